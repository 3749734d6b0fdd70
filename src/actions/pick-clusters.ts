/** Chooses which clusters a notebook uses; a cell that is inserted and run does it. */
import { Dialog } from '@jupyterlab/apputils';
import { NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cell, Cluster } from '../api/wire';
import { isAlive } from '../components/cluster-words';
import { PickClustersForm } from '../components/pick-clusters-form';
import { clientCell } from '../notebook/client-cells';
import { insertCells } from '../notebook/insert';
import { clustersOf } from '../state/attached';
import type { IMulticloudLab } from '../tokens';

/** What the dialog's other ways lead to. */
export interface IPickCallbacks {
  openDashboard: (cluster: Cluster) => void;
  startBeside: () => void;
}

/** Ask, and attach and detach as the user says. */
export async function pickClusters(
  lab: IMulticloudLab,
  panel: NotebookPanel,
  callbacks: IPickCallbacks,
  trans: TranslationBundle
): Promise<void> {
  await Promise.all([lab.clusters.refresh(), lab.attachments.refresh()]);
  const kernel = panel.sessionContext.session?.kernel?.id ?? null;
  const attached = clustersOf(
    kernel,
    lab.attachments.value,
    lab.clusters.value
  );
  const beside = trans.__('Start Beside…');
  const isEmpty = !lab.clusters.value.some(isAlive);
  let dialog: Dialog<unknown> | null = null;
  const form = new PickClustersForm({
    lab,
    attached,
    trans,
    onDashboard: cluster => {
      dialog?.reject();
      callbacks.openDashboard(cluster);
    }
  });
  const asked = new Dialog({
    title: trans.__('Clusters of This Notebook'),
    body: form,
    focusNodeSelector: 'input',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      // The next step only where there is nothing to tick.
      Dialog.createButton({ label: beside, accept: isEmpty }),
      Dialog.createButton({ label: trans.__('Apply'), accept: !isEmpty })
    ],
    defaultButton: isEmpty ? 1 : 2
  });
  dialog = asked;
  const { button, value } = await asked.launch();
  if (button.label === beside) {
    callbacks.startBeside();
    return;
  }
  if (button.label === trans.__('Cancel')) {
    return;
  }
  if (value && (value.attach.length > 0 || value.detach.length > 0)) {
    await insertAndRun(panel, clientCell(value.attach, value.detach));
  }
}

/** Insert a cell and run it, as the user would. */
export async function insertAndRun(
  panel: NotebookPanel,
  cell: Cell
): Promise<void> {
  await insertCells(panel, [cell]);
  await NotebookActions.run(panel.content, panel.sessionContext);
}
