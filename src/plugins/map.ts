/** Shows the map of clouds in a tab of the main area; what draws it loads when it is first shown. */
import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';

import { argumentsOf, CommandIDs } from '../commands';
import type { MapTab } from '../components/map-tab';
import { mapIcon } from '../icons';
import { IMulticloudLab } from '../tokens';

import { showTab } from './show-tab';

export const mapPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:map',
  description: 'Shows datasets, gateways and clusters on a map of the world.',
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
    const tabs = new WidgetTracker<MapTab>({ namespace: 'multicloud-lab-map' });

    const submenu = new MenuSvg({ commands });
    submenu.title.label = trans.__('Open Dataset Near Data');
    app.contextMenu.addItem({
      type: 'submenu',
      submenu,
      selector: '.jp-MulticloudMap-page [data-region]',
      rank: 0
    });
    let wanted = '';
    /** Offer the datasets of a region, as many as a menu can hold. */
    const fill = async (region: string): Promise<void> => {
      wanted = region;
      submenu.clearItems();
      // It leads to all of them, for whoever is faster than the answer, and where there is none.
      submenu.addItem({ command: CommandIDs.showPanel });
      try {
        const { datasetsIn } = await import('../state/region-datasets');
        const { items } = await datasetsIn(region, lab);
        if (wanted !== region) {
          return; // The menu is another region's by now.
        }
        for (const [place, { id, name }] of items.entries()) {
          submenu.insertItem(place, {
            command: CommandIDs.openNearData,
            args: { dataset: id, title: name }
          });
        }
      } catch {
        // The command stays.
      }
    };

    commands.addCommand(CommandIDs.showMap, {
      label: trans.__('Show Map of Clouds'),
      caption: trans.__(
        'Show datasets, gateways, clusters and what moves between them on a map'
      ),
      icon: mapIcon,
      describedBy: argumentsOf({}),
      execute: async () => {
        const { MapTab } = await import('../components/map-tab');
        const actions = {
          onOpen: (dataset: string) =>
            void commands.execute(CommandIDs.openNearData, { dataset }),
          onDetails: (dataset: string) =>
            void commands.execute(CommandIDs.showDataset, { dataset }),
          onMenu: (region: string) => void fill(region),
          onAll: () => void commands.execute(CommandIDs.showPanel)
        };
        await showTab(
          shell,
          tabs,
          () => true,
          () => new MapTab({ lab, trans, actions })
        );
      }
    });
    void restorer?.restore(tabs, {
      command: CommandIDs.showMap,
      name: () => 'map'
    });
    palette?.addItem({
      command: CommandIDs.showMap,
      category: trans.__('Multi-Cloud Lab')
    });
  }
};
