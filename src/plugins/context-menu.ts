/** The analyses that fit, as a submenu of the context menu on datasets. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';

import { CommandIDs } from '../commands';
import { IMulticloudLab } from '../tokens';

export const contextMenuPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:context-menu',
  description: 'Offers the analyses that fit the selected datasets.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null
  ): void => {
    const { commands, contextMenu } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const submenu = new MenuSvg({ commands });
    submenu.title.label = trans.__('Insert Analysis');
    contextMenu.addItem({
      type: 'submenu',
      submenu,
      selector: '.jp-MulticloudDataset',
      rank: 1
    });
    let asked = '';
    const fill = async (): Promise<void> => {
      const datasets = [...lab.selection.ids];
      asked = datasets.join('\n');
      const mine = asked;
      submenu.clearItems();
      if (datasets.length === 0) {
        return;
      }
      // It asks which, for whoever is faster than the answer; and says what is wrong, if there is
      // none.
      submenu.addItem({
        command: CommandIDs.insertAnalysis,
        args: { datasets, title: trans.__('Choose from a List…') }
      });
      try {
        const analyses = await lab.api.analyses(datasets);
        if (mine !== asked) {
          return; // Something else is selected by now.
        }
        // Before that one; to take it away would close the menu, which may be open by now.
        for (const [place, { name, title, asks }] of analyses.entries()) {
          submenu.insertItem(place, {
            command: CommandIDs.insertAnalysis,
            args: {
              datasets,
              analysis: name,
              title: asks ? trans.__('%1…', title) : title
            }
          });
        }
      } catch {
        // The command stays.
      }
    };
    lab.selection.changed.connect(() => void fill(), lab);
  }
};
