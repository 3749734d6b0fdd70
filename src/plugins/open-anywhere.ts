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

import { sayFailed } from '../actions/notify';
import type { Cluster } from '../api/wire';
import { argumentsOf, CommandIDs } from '../commands';
import { multicloudIcon } from '../icons';
import { Inserter } from '../notebook/inserter';
import { cloudUrl, isData, mayBeCatalog } from '../state/addresses';
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
    const inserter = new Inserter(app, tracker, browser, trans);
    const onCluster = (command: string) => (cluster: Cluster) =>
      void commands.execute(command, {
        gateway: cluster.gateway,
        cluster: cluster.name
      });
    const callbacks = {
      openDashboard: onCluster(CommandIDs.openDashboard),
      stop: onCluster(CommandIDs.stopCluster)
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
    const onFile = (
      fits: (path: string) => boolean,
      failed: string,
      act: (path: string) => Promise<void>
    ) => ({
      describedBy: argument,
      // Files of other drives are not where kernels see them.
      isVisible: (args: { path?: unknown }) => {
        const path = pathOf(args);
        return (
          path !== null &&
          serviceManager.contents.driveName(path) === '' &&
          fits(path)
        );
      },
      execute: async (args: { path?: unknown }) => {
        const path = pathOf(args);
        try {
          if (path !== null) {
            await act(serviceManager.contents.localPath(path));
          }
        } catch (error) {
          sayFailed(failed, error, trans);
        }
      }
    });

    commands.addCommand(CommandIDs.openFileNearData, {
      label: trans.__('Open Dataset Near Data'),
      caption: trans.__('Insert cells that open this file as a dataset'),
      icon: multicloudIcon,
      ...onFile(isData, trans.__('The file was not opened'), async path => {
        const { openFile } = await import('../actions/open-file');
        await openFile(path, serviceManager.contents, inserter, {
          lab,
          trans,
          callbacks
        });
      })
    });

    commands.addCommand(CommandIDs.addCatalog, {
      label: trans.__('Add to Multi-Cloud Lab’s Catalogs…'),
      caption: trans.__('List the datasets of this catalog file in the panel'),
      icon: multicloudIcon,
      ...onFile(
        mayBeCatalog,
        trans.__('The catalog was not added'),
        async path => {
          const { addCatalog } = await import('../actions/open-file');
          await addCatalog(path, { lab, trans });
        }
      )
    });
  }
};
