/** Shows the ledger in a tab of the main area, and saves it as CSV. */
import {
  ILayoutRestorer,
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { sayFailed } from '../actions/notify';
import { argumentsOf, CommandIDs } from '../commands';
import type { LedgerTab } from '../components/ledger-tab';
import { ledgerIcon } from '../icons';
import type { LedgerView } from '../state/ledger-view';
import { IMulticloudLab } from '../tokens';

import { showTab } from './show-tab';

export const ledgerPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:ledger',
  description: 'Shows what was read where, what moved and what it cost.',
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
    const tabs = new WidgetTracker<LedgerTab>({
      namespace: 'multicloud-lab-ledger'
    });

    const save = async (view: LedgerView): Promise<void> => {
      try {
        const { saveFile } = await import('../actions/save-file');
        const day = new Date().toISOString().slice(0, 10);
        const name = `multicloud-lab-ledger-${day}.csv`;
        // Without that mark, Excel takes names for another encoding.
        const text = `\uFEFF${await view.csv()}`;
        saveFile(name, 'text/csv;charset=utf-8', text);
      } catch (error) {
        sayFailed(trans.__('The ledger was not exported'), error, trans);
      }
    };

    commands.addCommand(CommandIDs.showLedger, {
      label: trans.__('Show Ledger'),
      caption: trans.__(
        'Show what was read where, what moved and what it cost'
      ),
      icon: ledgerIcon,
      describedBy: argumentsOf({}),
      execute: async () => {
        const { LedgerTab } = await import('../components/ledger-tab');
        const onExport = (view: LedgerView) => void save(view);
        await showTab(
          shell,
          tabs,
          () => true,
          () => new LedgerTab({ lab, trans, onExport })
        );
      }
    });

    commands.addCommand(CommandIDs.exportLedger, {
      label: trans.__('Export Ledger as CSV'),
      caption: trans.__('Save every entry of the ledger as a file'),
      describedBy: argumentsOf({}),
      execute: async () => {
        const { LedgerView } = await import('../state/ledger-view');
        const view = new LedgerView(lab, null);
        await save(view);
        view.dispose();
      }
    });

    void restorer?.restore(tabs, {
      command: CommandIDs.showLedger,
      name: () => 'ledger'
    });
    for (const command of [CommandIDs.showLedger, CommandIDs.exportLedger]) {
      palette?.addItem({ command, category: trans.__('Multi-Cloud Lab') });
    }
  }
};
