/** Shows the tour when the panel is first opened, and whenever it is asked for. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';

import { argumentsOf, CommandIDs } from '../commands';
import { IMulticloudLab } from '../tokens';

/** The panel's id in the shell, and the settings that say whether the tour is due. */
const PANEL = 'multicloud-lab-panel';
const SETTINGS = 'multicloud-lab:plugin';

export const tourPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:tour',
  description: 'A tour of the panel in four steps.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator, ICommandPalette, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    registry: ISettingRegistry | null
  ): void => {
    const { commands, shell } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    let begun = false;

    const end = () => {
      begun = false;
      if (lab.settings.value.tour) {
        registry?.set(SETTINGS, 'tour', false).catch((error: unknown) => {
          console.warn('Multi-Cloud Lab: the tour comes again.', error);
        });
      }
    };

    commands.addCommand(CommandIDs.showTour, {
      label: trans.__('Tour of Multi-Cloud Lab'),
      caption: trans.__('Show the panel in four steps'),
      describedBy: argumentsOf({}),
      execute: async () => {
        const { showTour } = await import('../actions/show-tour');
        shell.activateById(PANEL);
        const panel = document.getElementById(PANEL);
        if (panel && !begun) {
          begun = true;
          showTour(panel, trans, end);
        }
      }
    });
    palette?.addItem({
      command: CommandIDs.showTour,
      category: trans.__('Multi-Cloud Lab')
    });

    // Once, and only where a person has opened the panel.
    const look = () => {
      const isDue = lab.settings.value.tour && lab.datasets.loaded;
      if (isDue && document.getElementById(PANEL)?.offsetParent) {
        lab.settings.changed.disconnect(look);
        lab.datasets.changed.disconnect(look);
        void commands.execute(CommandIDs.showTour);
      }
    };
    void app.restored.then(() => {
      for (const widget of shell.widgets('left')) {
        if (widget.id === PANEL) {
          MessageLoop.installMessageHook(widget, (_, message) => {
            if (message.type === 'after-show' && !begun) {
              look();
            }
            return true;
          });
        }
      }
      lab.settings.changed.connect(look);
      lab.datasets.changed.connect(look);
      look();
    });
  }
};
