/** The clusters of a notebook: a picker in its toolbar, and cells that connect. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { sayFailed } from '../actions/notify';
import {
  argumentsOf,
  clusterArguments,
  CommandIDs,
  onCluster
} from '../commands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- every notebook's toolbar shows it
import { ClusterPicker } from '../components/cluster-picker';
import { IMulticloudLab } from '../tokens';

/** The name of the toolbar's item, which schema/plugin.json places. */
const ITEM = 'multicloudClusters';

export const notebookClustersPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:notebook-clusters',
  description: 'Shows and chooses the clusters that a notebook is attached to.',
  autoStart: true,
  requires: [IMulticloudLab, INotebookTracker],
  optional: [ITranslator, IDefaultFileBrowser, IToolbarWidgetRegistry],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    browser: IDefaultFileBrowser | null,
    toolbars: IToolbarWidgetRegistry | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');

    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      ITEM,
      panel =>
        new ClusterPicker({
          lab,
          sessionContext: panel.sessionContext,
          trans,
          onPick: () => void pick(panel)
        })
    );

    /** Throw if a notebook does not run what cells of clients are in. */
    const check = async (panel: NotebookPanel): Promise<void> => {
      const { otherLanguageOf } = await import('../notebook/target');
      const language = await otherLanguageOf(panel);
      if (language !== null) {
        throw new Error(
          trans.__(
            'this notebook runs %1, and clients of clusters are in Python; open a Python notebook for them.',
            language
          )
        );
      }
    };

    const pick = async (panel: NotebookPanel): Promise<void> => {
      const { pickClusters } = await import('../actions/pick-clusters');
      const callbacks = {
        openDashboard: onCluster(commands, CommandIDs.openDashboard),
        startBeside: () => void beside(panel)
      };
      try {
        await check(panel);
        await pickClusters(lab, panel, callbacks, trans);
      } catch (error) {
        sayFailed(trans.__('The clusters were not changed'), error, trans);
      }
    };

    const beside = async (panel: NotebookPanel): Promise<void> => {
      const { startBeside } = await import('../actions/start-beside');
      const callbacks = {
        openDashboard: onCluster(commands, CommandIDs.openDashboard),
        stop: onCluster(commands, CommandIDs.stopCluster)
      };
      try {
        await check(panel);
        await startBeside(lab, panel, callbacks, trans);
      } catch (error) {
        sayFailed(trans.__('No cluster was started'), error, trans);
      }
    };

    commands.addCommand(CommandIDs.pickClusters, {
      label: trans.__('Clusters of This Notebook…'),
      caption: trans.__('Attach the notebook to clusters, or detach it'),
      describedBy: argumentsOf({}),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        if (tracker.currentWidget) {
          await pick(tracker.currentWidget);
        }
      }
    });

    commands.addCommand(CommandIDs.startBeside, {
      label: trans.__('Start a Cluster Beside…'),
      caption: trans.__(
        'Start a cluster beside a dataset or in a region, and attach the notebook'
      ),
      describedBy: argumentsOf({}),
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        if (tracker.currentWidget) {
          await beside(tracker.currentWidget);
        }
      }
    });

    commands.addCommand(CommandIDs.connectCluster, {
      label: trans.__('Insert a Cell That Connects'),
      caption: trans.__('Insert a cell that connects to a cluster'),
      describedBy: clusterArguments(trans),
      execute: async args => {
        const cluster = lab.clusters.value.find(
          ({ gateway, name }) =>
            gateway === args.gateway && name === args.cluster
        );
        try {
          if (!cluster) {
            throw new Error(trans.__('The cluster is gone; start another.'));
          }
          const { clientCell } = await import('../notebook/client-cells');
          const { Inserter } = await import('../notebook/inserter');
          const inserter = new Inserter(app, tracker, browser, trans);
          await inserter.insert([clientCell([cluster])]);
        } catch (error) {
          sayFailed(trans.__('No cell was inserted'), error, trans);
        }
      }
    });

    const update = () => {
      commands.notifyCommandChanged(CommandIDs.pickClusters);
      commands.notifyCommandChanged(CommandIDs.startBeside);
    };
    tracker.currentChanged.connect(update);
  }
};
