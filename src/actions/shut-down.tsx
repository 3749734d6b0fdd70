/** Asks about clusters that would go on when JupyterLab is shut down. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { isOwnAlive } from '../components/cluster-words';
import type { IMulticloudLab } from '../tokens';
import { ClusterList, stop } from './stop-clusters';

/**
 * Stop the clusters first, or let them go on, as the user says; asks nothing if there are none.
 *
 * @returns Whether JupyterLab may be shut down now.
 */
export async function mayShutDown(
  lab: IMulticloudLab,
  trans: TranslationBundle
): Promise<boolean> {
  await lab.clusters.refresh();
  const clusters = lab.clusters.value.filter(isOwnAlive);
  if (clusters.length === 0) {
    return true;
  }
  const keep = trans.__('Leave Running');
  const { button } = await showDialog({
    title: trans._n(
      '%1 Cluster Is Running',
      '%1 Clusters Are Running',
      clusters.length
    ),
    body: (
      <>
        <ClusterList clusters={clusters} trans={trans} />
        <p>
          {trans.__(
            'Clusters go on without JupyterLab, and cost money until they are stopped.'
          )}
        </p>
      </>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: keep }),
      Dialog.warnButton({ label: trans.__('Stop All') })
    ]
  });
  if (!button.accept) {
    return false;
  }
  return button.label === keep || stop(lab, clusters, trans);
}
