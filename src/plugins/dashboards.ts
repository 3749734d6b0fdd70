/** Opens a cluster's Dask dashboards: in dask-labextension where it is, else in a tab. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  IFrame,
  MainAreaWidget,
  Notification,
  WidgetTracker
} from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { Cluster } from '../api/wire';
import { clusterArguments, CommandIDs } from '../commands';
import { multicloudIcon } from '../icons';
import { IMulticloudLab } from '../tokens';

/** The commands of dask-labextension, which offers no token. */
const POPULATE = 'dask:populate-dashboard-url';
const LAUNCH = 'dask:launch-layout';

/** Milliseconds that dask-labextension has to find the dashboards behind the address. */
const PATIENCE = 8_000;

export const dashboardsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:dashboards',
  description: 'Opens the Dask dashboards of a cluster on any gateway.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const tabs = new WidgetTracker<MainAreaWidget<IFrame>>({
      namespace: 'multicloud-lab-dashboards'
    });

    const openTab = (cluster: Cluster, path: string) => {
      const id = `multicloud-lab-dashboard-${cluster.gateway}-${cluster.name}`;
      if (!tabs.find(widget => widget.id === id)) {
        const { baseUrl } = app.serviceManager.serverSettings;
        const tab = newTab(URLExt.join(baseUrl, path));
        tab.id = id;
        tab.title.label = trans.__('Dask: %1', cluster.gateway);
        shell.add(tab, 'main', { mode: 'split-right' });
        void tabs.add(tab);
      }
      shell.activateById(id);
    };

    commands.addCommand(CommandIDs.openDashboard, {
      label: trans.__('Open Dask Dashboards'),
      caption: trans.__('Open the Dask dashboards of a cluster'),
      describedBy: clusterArguments(trans),
      execute: async args => {
        const find = () =>
          lab.clusters.value.find(
            ({ gateway, name }) =>
              gateway === args.gateway && name === args.cluster
          );
        if (!find()?.dashboard) {
          await lab.clusters.refresh();
        }
        const cluster = find();
        if (!cluster?.dashboard) {
          Notification.warning(
            trans.__(
              'There are no dashboards: the cluster on %1 does not run.',
              args.gateway as string
            )
          );
          return;
        }
        if (!(await driveDask(commands, cluster.dashboard))) {
          openTab(cluster, cluster.dashboard);
        }
      }
    });
  }
};

/**
 * Have dask-labextension show the dashboards.
 *
 * @param path - Of the dashboards' status page, below the server's base URL.
 * @returns Whether it did; false if it is not installed or does not find them.
 */
export async function driveDask(
  commands: CommandRegistry,
  path: string
): Promise<boolean> {
  if (!commands.hasCommand(POPULATE) || !commands.hasCommand(LAUNCH)) {
    return false;
  }
  await commands.execute(POPULATE, { url: path.replace(/\/status$/, '') });
  // It looks behind the address before it lets anything be launched, and tells nobody when.
  const end = Date.now() + PATIENCE;
  while (!commands.isEnabled(LAUNCH)) {
    if (Date.now() > end) {
      return false;
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  await commands.execute(LAUNCH);
  return true;
}

function newTab(url: string): MainAreaWidget<IFrame> {
  const content = new IFrame({
    // The dashboards are Bokeh documents: scripts that talk to their own server.
    sandbox: ['allow-scripts', 'allow-same-origin', 'allow-forms']
  });
  content.url = url;
  const tab = new MainAreaWidget({ content });
  tab.title.icon = multicloudIcon;
  tab.title.closable = true;
  return tab;
}
