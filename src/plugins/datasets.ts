/** The commands on datasets. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  ICommandPalette,
  InputDialog,
  Notification
} from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { sayFailed } from '../actions/notify';
import type { Cell, Cluster } from '../api/wire';
import { argumentsOf, CommandIDs } from '../commands';
import { multicloudIcon } from '../icons';
import { insertCells } from '../notebook/insert';
import { pythonNotebook } from '../notebook/target';
import { IMulticloudLab } from '../tokens';

export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:datasets',
  description: 'The commands on datasets: open near data, analyses, addresses.',
  autoStart: true,
  requires: [IMulticloudLab, INotebookTracker],
  optional: [ITranslator, IDefaultFileBrowser, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, serviceManager } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');

    /** The datasets that a command is about: those it is told, else those selected. */
    const chosen = (args: ReadonlyPartialJSONObject): readonly string[] => {
      const { dataset, datasets } = args;
      if (Array.isArray(datasets)) {
        return datasets as string[];
      }
      return typeof dataset === 'string' ? [dataset] : lab.selection.ids;
    };
    const isEnabled = (args: ReadonlyPartialJSONObject) =>
      chosen(args).length > 0;

    const insert = async (cells: readonly Cell[]): Promise<void> => {
      const { panel, otherLanguage } = await pythonNotebook(tracker, {
        commands,
        kernelspecs: serviceManager.kernelspecs,
        cwd: () => browser?.model.path ?? ''
      });
      if (otherLanguage !== null) {
        Notification.info(
          trans.__(
            'The notebook that was open runs %1, so the cells are in a new one.',
            otherLanguage
          ),
          { autoClose: 8000 }
        );
      }
      await insertCells(panel, cells);
    };
    const onCluster = (command: string) => (cluster: Cluster) =>
      void commands.execute(command, {
        gateway: cluster.gateway,
        cluster: cluster.name
      });

    commands.addCommand(CommandIDs.openNearData, {
      label: args =>
        chosen(args).length > 1
          ? trans.__('Open Datasets Near Data')
          : trans.__('Open Dataset Near Data'),
      caption: trans.__(
        'Insert cells that open it, and start a cluster where its bytes are'
      ),
      icon: multicloudIcon,
      describedBy: argumentsOf({
        dataset: trans.__('The id of a dataset; else the selected ones'),
        datasets: trans.__('The ids of several datasets'),
        analysis: trans.__('The name of an analysis; else the best that fits')
      }),
      isEnabled,
      execute: async args => {
        // Chosen now: the selection may change while the code loads.
        const datasets = chosen(args);
        const { openNearData } = await import('../actions/open-near-data');
        return openNearData(datasets, (args.analysis as string) ?? null, {
          lab,
          trans,
          insert,
          callbacks: {
            openDashboard: onCluster(CommandIDs.openDashboard),
            stop: onCluster(CommandIDs.stopCluster)
          },
          showDetails: dataset =>
            void commands.execute(CommandIDs.showDataset, { dataset })
        });
      }
    });

    commands.addCommand(CommandIDs.insertAnalysis, {
      label: args =>
        typeof args.title === 'string'
          ? args.title
          : trans.__('Insert Analysis…'),
      caption: trans.__('Insert the cells of an analysis that fits'),
      describedBy: argumentsOf({
        datasets: trans.__('The ids of the datasets; else the selected ones'),
        dataset: trans.__('The id of one dataset'),
        analysis: trans.__('The name of the analysis; else it is asked'),
        title: trans.__('What a menu shows')
      }),
      isEnabled,
      execute: async args => {
        const datasets = [...chosen(args)];
        try {
          const analysis =
            (args.analysis as string | undefined) ??
            (await chooseAnalysis(datasets));
          if (analysis === null) {
            return;
          }
          const style = lab.cellStyle;
          const body = { datasets, analysis, style };
          await insert((await lab.api.cells(body)).cells);
        } catch (error) {
          sayFailed(trans.__('No analysis was inserted'), error, trans);
        }
      }
    });

    const chooseAnalysis = async (
      datasets: readonly string[]
    ): Promise<string | null> => {
      const analyses = await lab.api.analyses(datasets);
      const { button, value } = await InputDialog.getItem({
        title: trans.__('Insert Analysis'),
        label: trans.__('What fits the selected datasets:'),
        items: analyses.map(({ title }) => title),
        okLabel: trans.__('Insert')
      });
      const found = analyses.find(({ title }) => title === value);
      return (button.accept && found?.name) || null;
    };

    const listed = (id: string) =>
      lab.datasets.found.rows.find(row => row.id === id);
    /** The URLs of the chosen ones, also of those that the list does not show now. */
    const urls = (args: ReadonlyPartialJSONObject): Promise<string[]> =>
      Promise.all(
        chosen(args).map(
          async id => (listed(id) ?? (await lab.api.dataset(id))).url
        )
      );
    commands.addCommand(CommandIDs.copyUrl, {
      label: args =>
        chosen(args).length > 1 ? trans.__('Copy URLs') : trans.__('Copy URL'),
      caption: trans.__('Copy where the bytes are'),
      describedBy: argumentsOf({
        dataset: trans.__('The id of a dataset; else the selected ones')
      }),
      isEnabled: args => chosen(args).some(id => listed(id)?.url !== ''),
      execute: async args => {
        try {
          const found = (await urls(args)).filter(Boolean);
          Clipboard.copyToSystem(found.join('\n'));
        } catch (error) {
          sayFailed(trans.__('Nothing was copied'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Read Catalogs Again'),
      caption: trans.__('Read every catalog again'),
      icon: refreshIcon,
      describedBy: argumentsOf({}),
      execute: async () => {
        try {
          await lab.refresh();
        } catch (error) {
          sayFailed(trans.__('The catalogs were not read'), error, trans);
        }
      }
    });

    for (const command of [
      CommandIDs.openNearData,
      CommandIDs.insertAnalysis,
      CommandIDs.refresh
    ]) {
      palette?.addItem({ command, category: trans.__('Multi-Cloud Lab') });
    }
    const update = () => {
      for (const command of [CommandIDs.openNearData, CommandIDs.copyUrl]) {
        commands.notifyCommandChanged(command);
      }
    };
    lab.selection.changed.connect(update, lab);
  }
};
