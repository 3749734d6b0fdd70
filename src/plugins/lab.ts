/** Provides the lab, keeps it up to date, and reads the settings. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { treeViewIcon } from '@jupyterlab/ui-components';

import { sayFailed } from '../actions/notify';

// eslint-disable-next-line jupyter/prefer-lazy-imports -- the lab asks with it from the start
import { LabClient } from '../api/client';
import { argumentsOf, CommandIDs } from '../commands';
import { Home } from '../state/home';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the token's value is needed at once
import { Lab } from '../state/lab';
import { IMulticloudLab } from '../tokens';

const PLUGIN_ID = 'multicloud-lab:plugin';

export const labPlugin: JupyterFrontEndPlugin<IMulticloudLab> = {
  id: PLUGIN_ID,
  description: 'Holds the datasets, gateways and clusters of several clouds.',
  autoStart: true,
  provides: IMulticloudLab,
  optional: [ISettingRegistry, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    settingRegistry: ISettingRegistry | null,
    translator: ITranslator | null
  ): IMulticloudLab => {
    const lab = new Lab(new LabClient(app.serviceManager.serverSettings));
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    app.commands.addCommand(CommandIDs.toggleTree, {
      // No toggle: axe-core finds a barrier in the buttons that JupyterLab draws for those.
      label: () =>
        lab.flat.value
          ? trans.__('List Datasets in Groups')
          : trans.__('List Datasets without Groups'),
      caption: trans.__('List datasets in groups, or all in one list'),
      icon: treeViewIcon,
      describedBy: argumentsOf({}),
      execute: async () => {
        const view = lab.flat.value ? 'tree' : 'list';
        lab.flat.set(view === 'list');
        await settingRegistry?.set(PLUGIN_ID, 'datasetView', view);
      }
    });
    lab.flat.changed.connect(() =>
      app.commands.notifyCommandChanged(CommandIDs.toggleTree)
    );
    new Home(lab, (region, error) =>
      sayFailed(trans.__('Home is not %1', region), error, trans, [
        {
          label: trans.__('Settings'),
          callback: () =>
            void app.commands.execute('settingeditor:open', {
              query: trans.__('Multi-Cloud Lab')
            })
        }
      ])
    );
    const { events, connectionFailure } = app.serviceManager;
    lab.listen(events.stream, connectionFailure);
    if (settingRegistry) {
      const read = (settings: ISettingRegistry.ISettings) => {
        lab.cellStyle =
          settings.composite.cellStyle === 'plain' ? 'plain' : 'lab';
        lab.flat.set(settings.composite.datasetView === 'list');
        lab.priceLimit = Number(settings.composite.priceLimit);
        lab.settings.set(settings.composite);
      };
      settingRegistry
        .load(PLUGIN_ID)
        .then(settings => {
          read(settings);
          settings.changed.connect(read, lab);
        })
        .catch((error: unknown) => {
          console.error('Multi-Cloud Lab: the settings cannot be read.', error);
        });
    }
    return lab;
  }
};
