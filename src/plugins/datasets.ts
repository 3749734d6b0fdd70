/** The commands on datasets. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { sayFailed } from '../actions/notify';
import type { Cell } from '../api/wire';
import { argumentsOf, chosenOf, CommandIDs, onCluster } from '../commands';
import { multicloudIcon } from '../icons';
import { IMulticloudLab } from '../tokens';

export const datasetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:datasets',
  description: 'The commands on datasets: open near data, and analyses.',
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
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');

    const chosen = (args: ReadonlyPartialJSONObject) => chosenOf(args, lab);
    const isEnabled = (args: ReadonlyPartialJSONObject) =>
      chosen(args).length > 0;

    const insert = async (cells: readonly Cell[]) => {
      const { Inserter } = await import('../notebook/inserter');
      return new Inserter(app, tracker, browser, trans).insert(cells);
    };

    commands.addCommand(CommandIDs.openNearData, {
      label: args =>
        typeof args.title === 'string'
          ? args.title
          : chosen(args).length > 1
            ? trans.__('Open Datasets Near Data')
            : trans.__('Open Dataset Near Data'),
      caption: trans.__(
        'Insert cells that open it, and start a cluster where its bytes are'
      ),
      icon: multicloudIcon,
      describedBy: argumentsOf({
        dataset: trans.__('The id of a dataset; else the selected ones'),
        datasets: trans.__('The ids of several datasets'),
        title: trans.__('What a menu shows'),
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
            openDashboard: onCluster(commands, CommandIDs.openDashboard),
            stop: onCluster(commands, CommandIDs.stopCluster)
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
          const { insertAnalysis } = await import('../actions/insert-analysis');
          const name = args.analysis as string | undefined;
          await insertAnalysis(datasets, name, { lab, trans, insert });
        } catch (error) {
          sayFailed(trans.__('No analysis was inserted'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.addCatalogUrl, {
      label: trans.__('Add Catalog…'),
      caption: trans.__('List the datasets of a catalog, by its address'),
      describedBy: argumentsOf({}),
      execute: async () => {
        try {
          const { askForCatalog } = await import('../actions/add-catalog');
          await askForCatalog(lab, trans);
        } catch (error) {
          sayFailed(trans.__('The catalog was not added'), error, trans);
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
      CommandIDs.addCatalogUrl,
      CommandIDs.refresh
    ]) {
      palette?.addItem({ command, category: trans.__('Multi-Cloud Lab') });
    }
    lab.selection.changed.connect(
      () => commands.notifyCommandChanged(CommandIDs.openNearData),
      lab
    );
  }
};
