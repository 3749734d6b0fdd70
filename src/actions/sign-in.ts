/** Signs in to a gateway: asks, tries, and asks again with what was wrong. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { Gateway, SignIn } from '../api/wire';
import { SignInForm } from '../components/sign-in-form';
import type { IMulticloudLab } from '../tokens';

/**
 * Sign in, unless it is done already.
 *
 * @returns Whether the gateway is signed in now; false if the user gave up.
 * @throws ApiError - The gateway cannot be used, whoever signs in.
 */
export async function signIn(
  lab: IMulticloudLab,
  gateway: Gateway,
  trans: TranslationBundle
): Promise<boolean> {
  if (gateway.state === 'signed-in') {
    return true;
  }
  let message = '';
  if (gateway.auth !== 'basic') {
    // As a rule nothing is to be typed: the server has what the gateway wants to see.
    try {
      return await tell(lab, gateway, { username: '', password: '' });
    } catch (error) {
      const isStale =
        error instanceof ApiError && error.code === 'wrong-credentials';
      if (gateway.auth !== 'jupyterhub' || !isStale) {
        throw error;
      }
      message = error.message;
    }
  }
  let username = gateway.username;
  for (;;) {
    const form = new SignInForm({ gateway, username, message, trans });
    const answer = await new Dialog({
      title: trans.__('Sign In to %1', gateway.name),
      body: form,
      focusNodeSelector:
        gateway.auth !== 'basic' || username
          ? 'input[name="password"]'
          : 'input[name="username"]',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Sign In') })
      ]
    }).launch();
    if (!answer.button.accept || !answer.value) {
      return false;
    }
    username = answer.value.username ?? '';
    try {
      return await tell(lab, gateway, answer.value);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code === 'gateway-not-found') {
        throw error;
      }
      message = error.message;
    }
  }
}

async function tell(
  lab: IMulticloudLab,
  { name }: Gateway,
  signIn: SignIn
): Promise<boolean> {
  await lab.api.signIn(name, signIn);
  await lab.follow('gateways');
  return true;
}
