/** Signs in to a gateway: asks, tries, and asks again with what was wrong. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { Gateway } from '../api/wire';
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
  if (gateway.auth !== 'basic') {
    // Nothing to type: the server has, or has not, what the gateway wants to see.
    await lab.api.signIn(gateway.name, { username: '', password: '' });
    await lab.gateways.refresh();
    return true;
  }
  let message = '';
  let username = gateway.username;
  for (;;) {
    const form = new SignInForm({ gateway, username, message, trans });
    const answer = await new Dialog({
      title: trans.__('Sign In to %1', gateway.name),
      body: form,
      focusNodeSelector: username
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
      await lab.api.signIn(gateway.name, answer.value);
    } catch (error) {
      if (error instanceof ApiError && error.code !== 'gateway-not-found') {
        message = error.message;
        continue;
      }
      throw error;
    }
    await lab.follow('gateways');
    return true;
  }
}
