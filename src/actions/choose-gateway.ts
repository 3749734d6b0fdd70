/** Finds the gateway that a command is about, and asks if nobody said. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Gateway } from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { askChoice } from './ask-choice';

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
  if (name === undefined && gateways.length > 1) {
    return askChoice(
      {
        title: trans.__('Choose a Gateway'),
        label: trans.__('Gateway'),
        choices: gateways,
        nameOf: gateway => gateway.name,
        okLabel: trans.__('Choose')
      },
      trans
    );
  }
  const wanted = name ?? gateways[0].name;
  const found = gateways.find(gateway => gateway.name === wanted);
  if (!found) {
    throw new Error(trans.__('There is no gateway %1.', wanted));
  }
  return found;
}
