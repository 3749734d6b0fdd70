/** Selects datasets of a tree by mouse and keys, also those that are still on their way. */
import { useEffect, useRef } from 'react';

import type { TreeLayout } from '../state/dataset-tree';
import { pageOf, RowPages } from '../state/row-pages';
import { MOST, Selection } from '../state/selection';

/** The keys that were held. */
export interface IHeld {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey?: boolean;
}

export interface IChoosing {
  /** Select the dataset of a row: alone, too, or all up to it. */
  choose: (index: number, held: IHeld) => void;
  /** Select all that are in open groups. */
  chooseAll: () => void;
}

export function useChoosing(
  layout: TreeLayout,
  rows: RowPages,
  question: number,
  selection: Selection
): IChoosing {
  /** Where a range begins; the place counts while the selection still begins there. */
  const anchor = useRef({ id: '', offset: 0, question: -1 });
  /** What was chosen last, while it is on its way. */
  const pending = useRef<(() => boolean) | null>(null);
  useEffect(() => {
    pending.current = null;
  }, [question]);
  useEffect(() => {
    pending.current?.();
  });

  /** Do something with datasets once they are all here, unless another thing is wanted first. */
  const once = (offsets: readonly number[], use: (ids: string[]) => void) => {
    const act = () => {
      const ids = offsets.flatMap(offset => rows.row(offset)?.id ?? []);
      const complete = ids.length === offsets.length;
      pending.current = complete ? null : act;
      if (complete) {
        use(ids);
      }
      return complete;
    };
    if (!act()) {
      void rows.have([...new Set(offsets.map(pageOf))]);
    }
  };

  const anchorOf = (): number => {
    const { current } = selection;
    const { id, offset, question: of } = anchor.current;
    return current === id && of === question
      ? offset
      : current === null
        ? -1
        : rows.offsetOf(current);
  };

  const choose = (index: number, held: IHeld) => {
    const row = layout.row(index);
    if (row.kind !== 'dataset') {
      return;
    }
    const { offset } = row;
    const from = held.shiftKey ? anchorOf() : -1;
    if (from >= 0) {
      const range = layout.between(layout.indexOf(from), index, MOST);
      once(range, ids => {
        const last = ids[ids.length - 1];
        selection.extend(last, offset < from ? ids.reverse() : ids);
      });
      return;
    }
    once([offset], ([id]) => {
      anchor.current = { id, offset, question };
      if (held.ctrlKey || held.metaKey) {
        selection.toggle(id);
      } else {
        selection.set([id]);
      }
    });
  };

  const chooseAll = () =>
    once(layout.between(0, layout.count - 1, MOST), ids => selection.set(ids));

  return { choose, chooseAll };
}
