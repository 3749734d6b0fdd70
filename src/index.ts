import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { clustersPlugin } from './plugins/clusters';
import { contextMenuPlugin } from './plugins/context-menu';
import { copyingPlugin } from './plugins/copying';
import { dashboardsPlugin } from './plugins/dashboards';
import { datasetDetailsPlugin } from './plugins/dataset-details';
import { datasetsPlugin } from './plugins/datasets';
import { labPlugin } from './plugins/lab';
import { ledgerPlugin } from './plugins/ledger';
import { mapPlugin } from './plugins/map';
import { notebookClustersPlugin } from './plugins/notebook-clusters';
import { openAnywherePlugin } from './plugins/open-anywhere';
import { panelPlugin } from './plugins/panel';
import { restoringPlugin } from './plugins/restoring';
import { runningPlugin } from './plugins/running';
import { shutDownPlugin } from './plugins/shut-down';
import { statusBarPlugin } from './plugins/status-bar';
import { tourPlugin } from './plugins/tour';

export { IMulticloudLab } from './tokens';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each provides another thing
const plugins: JupyterFrontEndPlugin<any>[] = [
  labPlugin,
  datasetsPlugin,
  datasetDetailsPlugin,
  copyingPlugin,
  openAnywherePlugin,
  clustersPlugin,
  dashboardsPlugin,
  runningPlugin,
  shutDownPlugin,
  notebookClustersPlugin,
  statusBarPlugin,
  mapPlugin,
  ledgerPlugin,
  tourPlugin,
  restoringPlugin,
  contextMenuPlugin,
  panelPlugin
];
export default plugins;
