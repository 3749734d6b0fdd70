/** Finds the gateway that a command is about, and asks if nobody said. */
import { InputDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Gateway } from '../api/wire';
import type { IMulticloudLab } from '../tokens';

/**
 * Give a gateway by its name, or have one chosen.
 *
 * @returns The gateway, or null if the user gave up.
 * @throws Error - There is none, or none of that name.
 */
export async function chooseGateway(
  lab: IMulticloudLab,
  name: string | undefined,
  trans: TranslationBundle
): Promise<Gateway | null> {
  if (!lab.gateways.loaded) {
    await lab.gateways.refresh();
  }
  const gateways = lab.gateways.value;
  if (gateways.length === 0) {
    throw new Error(
      trans.__('No gateways are configured; the Gateways section says how.')
    );
  }
  let chosen = name ?? (gateways.length === 1 ? gateways[0].name : null);
  if (chosen === null) {
    const answer = await InputDialog.getItem({
      title: trans.__('Choose a Gateway'),
      items: gateways.map(gateway => gateway.name)
    });
    chosen = answer.button.accept ? answer.value : null;
  }
  if (chosen === null) {
    return null;
  }
  const found = gateways.find(gateway => gateway.name === chosen);
  if (!found) {
    throw new Error(trans.__('There is no gateway %1.', chosen));
  }
  return found;
}
