/** Starts a cluster by hand, with the gateway's own options. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Gateway } from '../api/wire';
import { StartClusterForm } from '../components/start-cluster-form';
import type { IMulticloudLab } from '../tokens';
import { IClusterCallbacks, startAndFollow } from './follow-cluster';
import { signIn } from './sign-in';
import { withSignIn } from './with-sign-in';

/**
 * Ask how large it shall be, and start it.
 *
 * @returns Whether it was asked for; false if the user gave up.
 * @throws ApiError - It did not start.
 */
export async function startByHand(
  lab: IMulticloudLab,
  gateway: Gateway,
  callbacks: IClusterCallbacks,
  trans: TranslationBundle
): Promise<boolean> {
  if (!(await signIn(lab, gateway, trans))) {
    return false;
  }
  const ask = () => lab.api.gatewayOptions(gateway.name);
  const fields = await withSignIn(lab, gateway.name, ask, trans);
  if (fields === null) {
    return false;
  }
  const { button, value } = await new Dialog({
    title: trans.__('Start a Cluster on %1', gateway.name),
    body: new StartClusterForm({
      gateway,
      fields,
      wish: lab.settings.ofCluster,
      trans
    }),
    focusNodeSelector: 'input[name="minimum"]',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: trans.__('Start') })
    ]
  }).launch();
  if (!button.accept || !value) {
    return false;
  }
  const about = trans.__('Asking %1 for a cluster …', gateway.name);
  const start = async () => {
    await startAndFollow(lab, value, about, callbacks, trans);
    return true;
  };
  return (await withSignIn(lab, gateway.name, start, trans)) ?? false;
}
