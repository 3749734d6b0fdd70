/** Copies what datasets are opened by: their URLs, or code. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { sayFailed } from '../actions/notify';
import { argumentsOf, chosenOf, CommandIDs } from '../commands';
import { IMulticloudLab } from '../tokens';

export const copyingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:copying',
  description: 'Copies the URLs of datasets, and the code that opens them.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    translator: ITranslator | null
  ): void => {
    const { commands } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const isSeveral = (args: ReadonlyPartialJSONObject) =>
      chosenOf(args, lab).length > 1;
    const listed = (id: string) => lab.datasets.row(id);
    const describedBy = argumentsOf({
      dataset: trans.__('The id of a dataset; else the selected ones')
    });

    /** Copy a text that is asked for, and say so. */
    const copy = async (ask: () => Promise<string>, said: string) => {
      try {
        Clipboard.copyToSystem(await ask());
        Notification.info(said, { autoClose: 2000 });
      } catch (error) {
        sayFailed(trans.__('Nothing was copied'), error, trans);
      }
    };

    commands.addCommand(CommandIDs.copyUrl, {
      label: args =>
        isSeveral(args) ? trans.__('Copy URLs') : trans.__('Copy URL'),
      caption: trans.__('Copy where the bytes are'),
      icon: copyIcon,
      describedBy,
      isEnabled: args => chosenOf(args, lab).some(id => listed(id)?.url !== ''),
      execute: args =>
        copy(async () => {
          // Also of those that the list does not show now.
          const urls = await Promise.all(
            chosenOf(args, lab).map(
              async id => (listed(id) ?? (await lab.api.dataset(id))).url
            )
          );
          return urls.filter(Boolean).join('\n');
        }, trans.__('The URL was copied.'))
    });

    commands.addCommand(CommandIDs.copyCode, {
      label: trans.__('Copy Code'),
      caption: trans.__('Copy the code that opens it'),
      icon: copyIcon,
      describedBy,
      isEnabled: args => chosenOf(args, lab).length > 0,
      execute: args =>
        copy(async () => {
          const { cells } = await lab.api.cells({
            datasets: [...chosenOf(args, lab)],
            analysis: 'open',
            style: lab.cellStyle
          });
          return cells.map(({ source }) => source).join('\n\n');
        }, trans.__('The code was copied.'))
    });

    lab.selection.changed.connect(() => {
      commands.notifyCommandChanged(CommandIDs.copyUrl);
      commands.notifyCommandChanged(CommandIDs.copyCode);
    }, lab);
  }
};
