/** Puts ready cells into a notebook, as one step that can be undone. */
import type { ICell } from '@jupyterlab/nbformat';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import type { Cell } from '../api/wire';

/** Cells that were inserted together. */
export interface IInserted {
  /** Write them anew, where nobody has changed them since. */
  replace(cells: readonly Cell[]): void;
}

type SharedNotebook = INotebookModel['sharedModel'];

/** The ids of the cells that were inserted together, last, into each notebook. */
const together = new WeakMap<SharedNotebook, ReadonlySet<string>>();

/**
 * Insert cells below the active cell, or in its place if nothing is in it.
 *
 * Below means below all of the cells that were inserted with it, so that a second insertion does
 * not take the first apart.
 *
 * The first of them becomes the active cell and is scrolled into view.
 *
 * @returns A hand on the cells.
 */
export async function insertCells(
  panel: NotebookPanel,
  cells: readonly Cell[]
): Promise<IInserted> {
  const notebook = panel.content;
  const shared = notebook.model?.sharedModel;
  if (!shared || cells.length === 0) {
    return { replace: () => undefined };
  }
  const active = lastTogether(shared, notebook.activeCellIndex);
  const start = Math.min(active + 1, shared.cells.length);
  const replaced =
    shared.cells[active]?.getSource().trim() === '' ? active : -1;
  shared.transact(() => {
    shared.insertCells(start, cells.map(toNotebookFormat));
    if (replaced >= 0) {
      shared.deleteCell(replaced);
    }
  });
  const first = replaced >= 0 ? replaced : start;
  const ids = shared.cells
    .slice(first, first + cells.length)
    .map(cell => cell.id);
  together.set(shared, new Set(ids));
  notebook.deselectAll();
  notebook.activeCellIndex = first;
  await notebook.scrollToItem(notebook.activeCellIndex, 'smart');
  return { replace: anew => replaceCells(shared, ids, cells, anew) };
}

/** Write cells anew that are still as they were inserted; the others stay as somebody left them. */
function replaceCells(
  shared: SharedNotebook,
  ids: readonly string[],
  written: readonly Cell[],
  anew: readonly Cell[]
): void {
  shared.transact(() => {
    for (const cell of shared.cells) {
      const index = ids.indexOf(cell.id);
      if (index >= 0 && cell.getSource() === written[index].source) {
        cell.setSource(anew[index]?.source ?? written[index].source);
      }
    }
  });
}

/** The last of the cells that were inserted with a cell; itself if it was inserted by hand. */
function lastTogether(shared: SharedNotebook, index: number): number {
  const ids = together.get(shared);
  if (!ids?.has(shared.cells[index]?.id ?? '')) {
    return index;
  }
  return shared.cells.reduce(
    (last, cell, i) => (ids.has(cell.id) ? i : last),
    index
  );
}

/** A cell as notebooks have it; what is inserted by a person is trusted. */
export function toNotebookFormat({ cell_type, source }: Cell): ICell {
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
