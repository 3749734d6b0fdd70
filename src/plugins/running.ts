/** Lists the clusters among JupyterLab's running sessions. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { stopIcon } from '@jupyterlab/ui-components';

import type { Cluster } from '../api/wire';
import { CommandIDs } from '../commands';
import { originOf } from '../components/cluster-doings';
import {
  countOf,
  isOwnAlive,
  shortName,
  stateOf
} from '../components/cluster-words';
import { multicloudIcon } from '../icons';
import { IMulticloudLab } from '../tokens';

export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:running',
  description: 'Lists the clusters among the running sessions.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    managers: IRunningSessionManagers | null,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const stop = async (clusters: readonly Cluster[]) => {
      const actions = await import('../actions/stop-clusters');
      await actions.stop(lab, clusters, trans);
    };
    const alive = () => lab.clusters.value.filter(isOwnAlive);

    const itemOf = (cluster: Cluster): IRunningSessions.IRunningItem => {
      const { gateway, name, region, dashboard } = cluster;
      const args = { gateway, cluster: name };
      const now = () => Date.now() / 1000;
      return {
        context: name,
        icon: () => multicloudIcon,
        label: () => trans.__('%1 · %2', gateway, shortName(cluster)),
        labelTitle: () =>
          [
            trans.__('%1 in %2', name, region),
            stateOf(cluster, now(), trans).words,
            originOf(cluster, now(), trans).join(' · ')
          ].join('\n'),
        detail: () =>
          cluster.status === 'RUNNING'
            ? countOf(cluster, trans)
            : stateOf(cluster, now(), trans).words,
        open: dashboard
          ? () => void commands.execute(CommandIDs.openDashboard, args)
          : undefined,
        shutdown: () => void commands.execute(CommandIDs.stopCluster, args)
      };
    };

    managers?.add({
      name: trans.__('Multi-Cloud Clusters'),
      supportsMultipleViews: false,
      running: () => alive().map(itemOf),
      runningChanged: lab.clusters.changed,
      refreshRunning: () => void lab.clusters.refresh(),
      shutdownAll: () => void stop(alive()),
      shutdownItemIcon: stopIcon,
      shutdownLabel: trans.__('Stop Cluster'),
      shutdownAllLabel: trans.__('Stop All'),
      shutdownAllConfirmationText: trans.__(
        'Stop the Dask clusters that this lab has started, on every gateway? What their workers hold in memory is lost.'
      )
    });
  }
};
