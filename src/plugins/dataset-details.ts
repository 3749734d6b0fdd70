/** Shows the details of datasets in tabs of the main area. */
import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { argumentsOf, CommandIDs } from '../commands';
import type { DatasetTab } from '../components/dataset-tab';
import { DatasetView } from '../state/dataset-view';
import { IMulticloudLab } from '../tokens';

import { showTab } from './show-tab';

export const datasetDetailsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:dataset-details',
  description: 'Shows where a dataset is, what is near it and what it holds.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const tabs = new WidgetTracker<DatasetTab>({
      namespace: 'multicloud-lab-datasets'
    });

    /** The dataset that a command is about. */
    const chosen = (args: { dataset?: unknown }): string | null =>
      typeof args.dataset === 'string'
        ? args.dataset
        : (lab.selection.current ?? lab.selection.ids[0] ?? null);

    commands.addCommand(CommandIDs.showDataset, {
      label: trans.__('Show Details'),
      caption: trans.__(
        'Show where a dataset is, what is near it and what it holds'
      ),
      describedBy: argumentsOf({
        dataset: trans.__('The id of a dataset; else the selected one')
      }),
      isEnabled: args => chosen(args) !== null,
      execute: async args => {
        const id = chosen(args);
        if (id === null) {
          return;
        }
        const { DatasetTab } = await import('../components/dataset-tab');
        const make = () => {
          const view = new DatasetView(
            id,
            lab.api,
            () => lab.cellStyle,
            () => lab.home
          );
          const tab = new DatasetTab({ view, commands, trans });
          let home = lab.home;
          const askAgain = () => {
            if (lab.home !== home) {
              home = lab.home;
              void view.ask();
            }
          };
          lab.status.changed.connect(askAgain);
          tab.disposed.connect(() => lab.status.changed.disconnect(askAgain));
          return tab;
        };
        await showTab(shell, tabs, ({ view }) => view.id === id, make);
      }
    });
    void restorer?.restore(tabs, {
      command: CommandIDs.showDataset,
      args: ({ view }) => ({ dataset: view.id }),
      name: ({ view }) => view.id
    });
    palette?.addItem({
      command: CommandIDs.showDataset,
      category: trans.__('Multi-Cloud Lab')
    });
  }
};
