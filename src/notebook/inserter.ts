/** Puts cells where the cursor is: into the notebook that is open if Python runs there, else a new one. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cell } from '../api/wire';
import { IInserted, insertCells } from './insert';
import { pythonNotebook } from './target';

export class Inserter {
  constructor(
    private _app: JupyterFrontEnd,
    private _tracker: INotebookTracker,
    private _browser: IDefaultFileBrowser | null,
    private _trans: TranslationBundle
  ) {}

  /** The notebook that cells go into; it is said if that is not the one that is open. */
  async target(): Promise<NotebookPanel> {
    const { commands, serviceManager } = this._app;
    const { panel, otherLanguage } = await pythonNotebook(this._tracker, {
      commands,
      kernelspecs: serviceManager.kernelspecs,
      cwd: () => this._browser?.model.path ?? '',
      trans: this._trans
    });
    if (otherLanguage !== null) {
      Notification.info(
        this._trans.__(
          'The notebook that was open runs %1, so the cells are in a new one.',
          otherLanguage
        ),
        { autoClose: 8000 }
      );
    }
    return panel;
  }

  /** Insert cells; whoever did that by keyboard goes on in the notebook. */
  async insert(
    cells: readonly Cell[],
    into: NotebookPanel | null = null
  ): Promise<IInserted> {
    const panel = into ?? (await this.target());
    const inserted = await insertCells(panel, cells);
    this._app.shell.activateById(panel.id);
    return inserted;
  }
}
