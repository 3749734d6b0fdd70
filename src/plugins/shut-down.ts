/** Asks about running clusters before JupyterLab is shut down, wherever somebody does that. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMulticloudLab } from '../tokens';

/** JupyterLab's own command, of the File menu and the command palette. */
const SHUT_DOWN = 'filemenu:shutdown';

export const shutDownPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:shut-down',
  description: 'Asks about running clusters before JupyterLab is shut down.',
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
    const execute = commands.execute.bind(commands);
    // JupyterLab has no hook before its shutdown, and a command of ours in the File menu would
    // leave the palette and the keyboard to JupyterLab's.
    commands.execute = async (id, args) => {
      if (id === SHUT_DOWN) {
        const { mayShutDown } = await import('../actions/shut-down');
        if (!(await mayShutDown(lab, trans))) {
          return undefined;
        }
      }
      return execute(id, args);
    };
  }
};
