/** Starts a cluster beside what a person names, and attaches a notebook to it. */
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Gateway } from '../api/wire';
import { nearCell } from '../notebook/client-cells';
import type { IMulticloudLab } from '../tokens';
import { askChoice } from './ask-choice';
import { IClusterCallbacks, startAndFollow } from './follow-cluster';
import { insertAndRun } from './pick-clusters';
import { signIn } from './sign-in';
import { withSignIn } from './with-sign-in';

/** Something that a cluster can be beside. */
interface IChoice {
  label: string;
  near: string;
  gateway: string;
}

/**
 * Ask beside what, start a cluster there or take the one that runs, and run a cell that attaches.
 *
 * @throws ApiError - It did not start.
 */
export async function startBeside(
  lab: IMulticloudLab,
  panel: NotebookPanel,
  callbacks: IClusterCallbacks,
  trans: TranslationBundle
): Promise<void> {
  await lab.gateways.refresh();
  const choices = choicesOf(lab, trans);
  if (choices.length === 0) {
    throw new Error(
      trans.__('No gateways are configured; the Gateways section says how.')
    );
  }
  const choice = await askChoice(
    {
      title: trans.__('Start a Cluster Beside'),
      label: trans.__('A selected dataset, or a region'),
      choices,
      nameOf: ({ label }) => label,
      okLabel: trans.__('Start')
    },
    trans
  );
  if (!choice) {
    return;
  }
  const gateway = lab.gateways.value.find(
    ({ name }) => name === choice.gateway
  );
  if (gateway && !(await signIn(lab, gateway, trans))) {
    return;
  }
  const about = trans.__('Asking %1 for a cluster …', choice.gateway);
  const start = async () => {
    const wish = { near: choice.near, gateway: choice.gateway, reuse: true };
    await startAndFollow(lab, wish, about, callbacks, trans);
    return true;
  };
  if (await withSignIn(lab, choice.gateway, start, trans)) {
    await insertAndRun(panel, nearCell(choice.near));
  }
}

/** The selected datasets that have a gateway near, then the region of every gateway. */
function choicesOf(lab: IMulticloudLab, trans: TranslationBundle): IChoice[] {
  const selected = lab.selection.ids.flatMap(id => {
    const row = lab.datasets.row(id);
    return row?.near && row.near.relation !== 'unknown'
      ? [
          {
            label: trans.__(
              '%1, in %2, on %3',
              row.name,
              row.near.region,
              row.near.gateway
            ),
            near: id,
            gateway: row.near.gateway
          }
        ]
      : [];
  });
  return [
    ...selected,
    ...lab.gateways.value.map(gateway => ofGateway(gateway))
  ];
}

function ofGateway({ name, region }: Gateway): IChoice {
  return { label: `${region} (${name})`, near: region, gateway: name };
}
