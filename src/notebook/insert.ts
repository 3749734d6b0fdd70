/** Puts ready cells into a notebook, as one step that can be undone. */
import type { ICell } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Cell } from '../api/wire';

/**
 * Insert cells below the active cell, or in its place if nothing is in it.
 *
 * The first of them becomes the active cell and is scrolled into view.
 */
export async function insertCells(
  panel: NotebookPanel,
  cells: readonly Cell[]
): Promise<void> {
  const notebook = panel.content;
  const shared = notebook.model?.sharedModel;
  if (!shared || cells.length === 0) {
    return;
  }
  const active = notebook.activeCellIndex;
  const start = Math.min(active + 1, shared.cells.length);
  const replaced =
    shared.cells[active]?.getSource().trim() === '' ? active : -1;
  shared.transact(() => {
    shared.insertCells(start, cells.map(toNotebookFormat));
    if (replaced >= 0) {
      shared.deleteCell(replaced);
    }
  });
  notebook.deselectAll();
  notebook.activeCellIndex = replaced >= 0 ? replaced : start;
  await notebook.scrollToItem(notebook.activeCellIndex, 'smart');
}

function toNotebookFormat({ cell_type, source }: Cell): ICell {
  return cell_type === 'code'
    ? {
        cell_type,
        source,
        metadata: { trusted: true },
        outputs: [],
        execution_count: null
      }
    : { cell_type, source, metadata: {} };
}
