/** Puts the panel into the left side bar. */
import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { sayFailed } from '../actions/notify';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the side bar and its restorer need it at once
import { MulticloudPanel } from '../components/panel';
import { argumentsOf, CommandIDs } from '../commands';
import { multicloudIcon } from '../icons';
import { IMulticloudLab } from '../tokens';

export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:panel',
  description: 'The panel with datasets, clusters and gateways.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator, ILayoutRestorer, ICommandPalette, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    notebooks: INotebookTracker | null
  ): void => {
    const translation = translator ?? nullTranslator;
    const trans = translation.load('multicloud_lab');
    const panel = new MulticloudPanel({
      lab,
      commands: app.commands,
      translator: translation,
      dragging: {
        languages: async () => {
          const { languagesNow } = await import('../notebook/target');
          return notebooks ? languagesNow(notebooks) : () => null;
        },
        onRefused: language => {
          Notification.warning(
            trans.__(
              'The notebook runs %1, so no cells of Python were put there. Drop them on a Python notebook, or double-click the dataset for a new one.',
              language
            ),
            { autoClose: 10_000 }
          );
        }
      },
      change: async ({ gateway, name }, changes) => {
        try {
          await lab.api.changeCluster(gateway, name, changes);
        } catch (error) {
          const what = trans.__('The cluster on %1 was not changed', gateway);
          sayFailed(what, error, trans);
        }
        await lab.clusters.refresh();
      }
    });
    app.shell.add(panel, 'left', {
      rank: 300,
      type: trans.__('Multi-Cloud Lab')
    });
    restorer?.add(panel, panel.id);
    app.commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show Multi-Cloud Lab'),
      caption: trans.__('Show datasets, clusters and gateways in the side bar'),
      icon: multicloudIcon,
      describedBy: argumentsOf({}),
      execute: () => app.shell.activateById(panel.id)
    });
    palette?.addItem({
      command: CommandIDs.showPanel,
      category: trans.__('Multi-Cloud Lab')
    });
  }
};
