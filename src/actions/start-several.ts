/** Starts a cluster on each of several gateways at once, so that they are warm when needed. */
import { Dialog, Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { StartSeveralForm } from '../components/start-several-form';
import type { IMulticloudLab } from '../tokens';
import { IClusterCallbacks, startAndFollow } from './follow-cluster';
import { sayFailed } from './notify';
import { withSignIn } from './with-sign-in';

/**
 * Ask on which of the gateways that are signed in to, and start one cluster on each.
 *
 * @returns Whether each has one now; what failed has been said in a notification.
 */
export async function startOnSeveral(
  lab: IMulticloudLab,
  callbacks: IClusterCallbacks,
  trans: TranslationBundle
): Promise<boolean> {
  await lab.gateways.refresh();
  const gateways = lab.gateways.value.filter(
    ({ state }) => state === 'signed-in'
  );
  if (gateways.length === 0) {
    Notification.info(
      trans.__(
        'No gateway is signed in to yet: sign in to those that you want clusters on, in the panel.'
      )
    );
    return false;
  }
  const { button, value } = await new Dialog({
    title: trans.__('Start Clusters'),
    body: new StartSeveralForm({ gateways, trans }),
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Start') })
    ]
  }).launch();
  if (!button.accept || !value) {
    return false;
  }
  const done = await Promise.all(
    value.map(async gateway => {
      try {
        // One that runs is warm already.
        const wish = { gateway, reuse: true };
        const about = trans.__('Asking %1 for a cluster …', gateway);
        const start = async () => {
          await startAndFollow(lab, wish, about, callbacks, trans);
          return true;
        };
        return (await withSignIn(lab, gateway, start, trans)) ?? false;
      } catch (error) {
        sayFailed(trans.__('No cluster on %1', gateway), error, trans);
        return false;
      }
    })
  );
  return done.every(Boolean);
}
