/** Opens data near where they are from the file browser, and from a URL that is selected in a text. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  IDefaultFileBrowser,
  IFileBrowserFactory
} from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import { sayFailed } from '../actions/notify';
import { argumentsOf, CommandIDs, onCluster } from '../commands';
import { multicloudIcon } from '../icons';
import { cloudUrl, isData, isJson, mayBeCatalog } from '../state/addresses';
import { IMulticloudLab } from '../tokens';

export const openAnywherePlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:open-anywhere',
  description:
    'Opens data near where they are, from the file browser and from a selected URL.',
  autoStart: true,
  requires: [IMulticloudLab, INotebookTracker],
  optional: [ITranslator, IFileBrowserFactory, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    tracker: INotebookTracker,
    translator: ITranslator | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const { commands, serviceManager } = app;
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    const callbacks = {
      openDashboard: onCluster(commands, CommandIDs.openDashboard),
      stop: onCluster(commands, CommandIDs.stopCluster)
    };

    /** The URL that a command is about: the one it is told, else the one selected in a text. */
    const urlOf = (args: { url?: unknown }): string | null =>
      cloudUrl(
        typeof args.url === 'string'
          ? args.url
          : (window.getSelection()?.toString() ?? '')
      );
    commands.addCommand(CommandIDs.openUrlNearData, {
      label: args => {
        const url = urlOf(args);
        return url
          ? trans.__('Open %1 Near Data', url.split('/').filter(Boolean).pop()!)
          : trans.__('Open URL Near Data');
      },
      caption: trans.__(
        'Insert cells that open the selected URL, and start a cluster where its bytes are'
      ),
      icon: multicloudIcon,
      describedBy: argumentsOf({
        url: trans.__('The URL; else the one that is selected in a text')
      }),
      isVisible: args => urlOf(args) !== null,
      execute: args => {
        const dataset = urlOf(args);
        return (
          dataset && commands.execute(CommandIDs.openNearData, { dataset })
        );
      }
    });

    /** The one file or folder that a command is about. */
    const pathOf = (args: { path?: unknown }): string | null => {
      if (typeof args.path === 'string') {
        return args.path;
      }
      const items = [
        ...(browsers?.tracker.currentWidget?.selectedItems() ?? [])
      ];
      return items.length === 1 ? items[0].path : null;
    };
    const argument = argumentsOf({
      path: trans.__('The path of a file; else the selected one')
    });
    /** Open a file, if it fits, as what it is. */
    const onFile = (
      fits: (path: string) => boolean
    ): Pick<
      CommandRegistry.ICommandOptions,
      'describedBy' | 'icon' | 'isVisible' | 'execute'
    > => ({
      describedBy: argument,
      icon: multicloudIcon,
      // Files of other drives are not where kernels see them.
      isVisible: args => {
        const path = pathOf(args);
        return (
          path !== null &&
          serviceManager.contents.driveName(path) === '' &&
          fits(path)
        );
      },
      execute: async args => {
        const path = pathOf(args);
        try {
          if (path !== null) {
            const { contents } = serviceManager;
            const { Inserter } = await import('../notebook/inserter');
            const { openFile } = await import('../actions/open-file');
            const inserter = new Inserter(app, tracker, browser, trans);
            await openFile(contents.localPath(path), contents, inserter, {
              lab,
              trans,
              callbacks
            });
          }
        } catch (error) {
          sayFailed(trans.__('The file was not opened'), error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.openFileNearData, {
      label: trans.__('Open Dataset Near Data'),
      caption: trans.__('Insert cells that open this file as a dataset'),
      ...onFile(isData)
    });

    commands.addCommand(CommandIDs.addCatalog, {
      label: args =>
        isJson(pathOf(args) ?? '')
          ? trans.__('Open with Multi-Cloud Lab…')
          : trans.__('Add to Multi-Cloud Lab’s Catalogs…'),
      caption: trans.__(
        'List the datasets of a catalog file in the panel, or open references of kerchunk near data'
      ),
      ...onFile(mayBeCatalog)
    });
  }
};
