/** Provides the lab, keeps it up to date, and reads the settings. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ISettingRegistry } from '@jupyterlab/settingregistry';

// eslint-disable-next-line jupyter/prefer-lazy-imports -- the lab asks with it from the start
import { LabClient } from '../api/client';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the token's value is needed at once
import { Lab } from '../state/lab';
import { IMulticloudLab } from '../tokens';

const PLUGIN_ID = 'multicloud-lab:plugin';

export const labPlugin: JupyterFrontEndPlugin<IMulticloudLab> = {
  id: PLUGIN_ID,
  description: 'Holds the datasets, gateways and clusters of several clouds.',
  autoStart: true,
  provides: IMulticloudLab,
  optional: [ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    settingRegistry: ISettingRegistry | null
  ): IMulticloudLab => {
    const lab = new Lab(new LabClient(app.serviceManager.serverSettings));
    const { events, connectionFailure } = app.serviceManager;
    lab.listen(events.stream, connectionFailure);
    if (settingRegistry) {
      const read = (settings: ISettingRegistry.ISettings) => {
        lab.cellStyle =
          settings.composite.cellStyle === 'plain' ? 'plain' : 'lab';
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
