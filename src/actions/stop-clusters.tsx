/** Stops clusters; asks first where work would be lost. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import { loadOf, originOf } from '../components/cluster-doings';
import { isOwnAlive, stateOf, workersOf } from '../components/cluster-words';
import type { IMulticloudLab } from '../tokens';
import { sayFailed } from './notify';

/** Stop clusters, all at once. What was not stopped is said in a notification. */
export async function stop(
  lab: IMulticloudLab,
  clusters: readonly Pick<Cluster, 'gateway' | 'name'>[],
  trans: TranslationBundle
): Promise<boolean> {
  const done = await Promise.all(
    clusters.map(async ({ gateway, name }) => {
      try {
        await lab.api.stopCluster(gateway, name);
        return true;
      } catch (error) {
        const what = trans.__('The cluster on %1 was not stopped', gateway);
        sayFailed(what, error, trans);
        return false;
      }
    })
  );
  await lab.clusters.refresh();
  return done.every(Boolean);
}

/** Stop a cluster; ask first unless it is known to have no tasks. */
export async function stopOne(
  lab: IMulticloudLab,
  gateway: string,
  name: string,
  trans: TranslationBundle
): Promise<void> {
  const cluster = lab.clusters.value.find(
    other => other.gateway === gateway && other.name === name
  );
  if (!cluster || mayLoseWork(cluster)) {
    const { button } = await showDialog({
      title: trans.__('Stop the Cluster on %1?', gateway),
      body: (
        <>
          {cluster && <ClusterList clusters={[cluster]} trans={trans} />}
          <p>
            {trans.__(
              'Its workers stop, and what they hold in memory is lost.'
            )}
          </p>
        </>
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Stop') })
      ]
    });
    if (!button.accept) {
      return;
    }
  }
  await stop(lab, [{ gateway, name }], trans);
}

/** Stop the clusters of this lab, after a question that lists them: those, and no other. */
export async function stopAll(
  lab: IMulticloudLab,
  trans: TranslationBundle
): Promise<void> {
  await lab.clusters.refresh();
  const clusters = lab.clusters.value.filter(isOwnAlive);
  if (clusters.length === 0) {
    return;
  }
  const { button } = await showDialog({
    title: trans._n(
      'Stop %1 Cluster?',
      'Stop All %1 Clusters?',
      clusters.length
    ),
    body: (
      <>
        <ClusterList clusters={clusters} trans={trans} />
        <p>
          {trans.__(
            'Their workers stop, and what they hold in memory is lost.'
          )}
        </p>
      </>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Stop All') })
    ]
  });
  if (button.accept) {
    await stop(lab, clusters, trans);
  }
}

/** Whether a cluster may have something to do, or belong to somebody else. */
function mayLoseWork({ status, ours, tasks }: Cluster): boolean {
  return status === 'RUNNING' && (!ours || tasks !== 0);
}

/** Clusters in a dialog, a line each. */
export function ClusterList(props: {
  clusters: readonly Cluster[];
  trans: TranslationBundle;
}): JSX.Element {
  const { clusters, trans } = props;
  const now = Date.now() / 1000;
  return (
    <ul className="jp-MulticloudClusterList">
      {clusters.map(cluster => (
        <li key={`${cluster.gateway}/${cluster.name}`}>
          <strong>{cluster.gateway}</strong>{' '}
          {[
            stateOf(cluster, now, trans).words,
            cluster.status === 'RUNNING' && workersOf(cluster, trans),
            ...(cluster.status === 'RUNNING' ? loadOf(cluster, trans) : []),
            ...originOf(cluster, now, trans)
          ]
            .filter(Boolean)
            .join(' · ')}
        </li>
      ))}
    </ul>
  );
}
