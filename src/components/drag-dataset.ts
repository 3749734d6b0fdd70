/** Drags datasets out of the tree: into a notebook as cells, elsewhere as text. */
import { Drag } from '@lumino/dragdrop';
import { MimeData } from '@lumino/coreutils';
import type * as React from 'react';

import type { Cell } from '../api/wire';
import { toNotebookFormat } from '../notebook/insert';

/** What JupyterLab's notebooks take for cells. */
const CELLS = 'application/vnd.jupyter.cells';

/** Pixels that the mouse moves before it is a drag. */
const FAR = 5;

/**
 * Drag a dataset from where the mouse went down, once its cells are there.
 *
 * A drop takes what it is given at once, so the cells are asked for when the mouse goes down.
 *
 * @param label - What follows the mouse.
 * @param ask - Asks for the cells.
 * @param source - Where the drag comes from.
 */
export function startDrag(
  event: React.MouseEvent,
  label: string,
  ask: () => Promise<readonly Cell[]>,
  source: unknown
): void {
  if (event.button !== 0 || event.shiftKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const { clientX, clientY } = event;
  let cells: readonly Cell[] | null = null;
  // What is wrong with a dataset is said where it is opened.
  ask().then(
    answer => (cells = answer),
    () => stop()
  );
  const stop = () => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', stop, true);
  };
  const move = (moved: MouseEvent) => {
    const { clientX: x, clientY: y } = moved;
    if (cells === null || Math.hypot(x - clientX, y - clientY) < FAR) {
      return;
    }
    stop();
    const mimeData = new MimeData();
    mimeData.setData(CELLS, cells.map(toNotebookFormat));
    mimeData.setData('text/plain', cells.map(cell => cell.source).join('\n\n'));
    const dragImage = document.createElement('div');
    dragImage.className = 'jp-MulticloudDrag';
    dragImage.textContent = label;
    const drag = new Drag({
      mimeData,
      dragImage,
      source,
      supportedActions: 'copy',
      proposedAction: 'copy'
    });
    void drag.start(x, y).then(() => drag.dispose());
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', stop, true);
}
