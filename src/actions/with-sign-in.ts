/** Does something at a gateway, and once more after a sign-in if the gateway has forgotten us. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { IMulticloudLab } from '../tokens';
import { signIn } from './sign-in';

/**
 * Act, after a sign-in if one is needed.
 *
 * @param name - Of the gateway.
 * @returns What the act gave; null if the user gave up.
 * @throws ApiError - The gateway cannot be used, or the act failed.
 */
export async function withSignIn<T>(
  lab: IMulticloudLab,
  name: string,
  act: () => Promise<T>,
  trans: TranslationBundle
): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'sign-in-needed')) {
      throw error;
    }
    // It has expired since the gateway was listed.
    await lab.gateways.refresh();
    const gateway = lab.gateways.value.find(known => known.name === name);
    if (!gateway) {
      throw error;
    }
    return (await signIn(lab, gateway, trans)) ? act() : null;
  }
}
