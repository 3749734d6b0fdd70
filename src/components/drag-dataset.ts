/** Drags datasets out of the tree: into a notebook as cells, elsewhere as text. */
import { Drag } from '@lumino/dragdrop';
import { MimeData } from '@lumino/coreutils';
import type * as React from 'react';

import type { Cell } from '../api/wire';
import { toNotebookFormat } from '../notebook/insert';
import type { LanguageAt } from '../notebook/target';

/** What JupyterLab's notebooks take for cells. */
const CELLS = 'application/vnd.jupyter.cells';

/** Pixels that the mouse moves before it is a drag. */
const FAR = 5;

export interface IDragOptions {
  /** What follows the mouse. */
  label: string;
  /** Where the drag comes from. */
  source: unknown;
  /** Asks for the cells. */
  ask: () => Promise<readonly Cell[]>;
  /** Asks in which languages notebooks run that are not the cells'. */
  languages: () => Promise<LanguageAt>;
  /** Told if they were to be dropped on such a notebook. */
  onRefused: (language: string) => void;
}

/**
 * Drag a dataset from where the mouse went down, once its cells are there.
 *
 * A drop takes what it is given at once, so all is asked for when the mouse goes down.
 */
export function startDrag(
  event: React.MouseEvent,
  { label, source, ask, languages, onRefused }: IDragOptions
): void {
  if (event.button !== 0 || event.shiftKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const { clientX, clientY } = event;
  let found: [readonly Cell[], LanguageAt] | null = null;
  // What is wrong with a dataset is said where it is opened.
  Promise.all([ask(), languages()]).then(
    answers => (found = answers),
    () => stop()
  );
  const stop = () => {
    document.removeEventListener('mousemove', move, true);
    document.removeEventListener('mouseup', stop, true);
  };
  const move = (moved: MouseEvent) => {
    const { clientX: x, clientY: y } = moved;
    if (found === null || Math.hypot(x - clientX, y - clientY) < FAR) {
      return;
    }
    stop();
    const [cells, languageAt] = found;
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
    const guard = new DropGuard(languageAt);
    void drag.start(x, y).then(() => {
      guard.dispose();
      drag.dispose();
      if (guard.refused !== null) {
        onRefused(guard.refused);
      }
    });
  };
  document.addEventListener('mousemove', move, true);
  document.addEventListener('mouseup', stop, true);
}

/** What Lumino tells of a drag, before JupyterLab's notebooks hear of it. */
const EVENTS = ['lm-dragenter', 'lm-dragover', 'lm-drop'];

/** Keeps a drag from notebooks that do not run Python. */
export class DropGuard implements EventListenerObject {
  constructor(private _languageAt: LanguageAt) {
    for (const type of EVENTS) {
      document.addEventListener(type, this, true);
    }
  }

  /** The language of the notebook that the mouse was last over, if it was refused there. */
  refused: string | null = null;

  handleEvent(event: Event): void {
    const language = this._languageAt(event.target as Node);
    this.refused = language;
    if (language === null) {
      return;
    }
    // As one who takes it, so that nobody else is asked; and then does not.
    event.preventDefault();
    event.stopImmediatePropagation();
    (event as Drag.Event).dropAction = 'none';
  }

  dispose(): void {
    for (const type of EVENTS) {
      document.removeEventListener(type, this, true);
    }
  }
}
