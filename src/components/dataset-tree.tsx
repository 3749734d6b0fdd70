/** The tree of datasets: windowed, with several selected at once, all by keyboard too. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DatasetRow } from '../api/wire';
import type { Selection } from '../state/selection';
import type { TreeRow } from '../state/dataset-tree';
import { DatasetTreeRow, ROW_HEIGHTS } from './dataset-row';
import { useChanged } from './use-changed';
import { useWindow } from './use-window';

export interface IDatasetTreeProps {
  rows: readonly TreeRow[];
  selection: Selection;
  trans: TranslationBundle;
  /** Open or close a group. */
  onToggle: (group: string) => void;
  /** Open the selected datasets. */
  onOpen: () => void;
  /** The mouse went down on a dataset: it may be dragged. */
  onGrab?: (row: DatasetRow, event: React.MouseEvent) => void;
  /** Ask for more datasets. */
  onMore: () => void;
  /** Whether an answer of the server is waited for. */
  waiting: boolean;
  /** The region that prices are counted from; null: outside every cloud. */
  home?: string | null;
}

export function DatasetTree(props: IDatasetTreeProps): JSX.Element {
  const { rows, selection, trans, waiting, onMore } = props;
  useChanged(selection);
  const scroller = React.useRef<HTMLDivElement>(null);
  const focused = React.useRef<HTMLDivElement>(null);
  const wantsFocus = React.useRef(false);
  const [currentId, setCurrent] = React.useState('');
  const heights = React.useMemo(
    () => rows.map(({ kind }) => ROW_HEIGHTS[kind]),
    [rows]
  );
  const { first, end, tops } = useWindow(scroller, heights);
  const current = Math.max(
    rows.findIndex(({ id }) => id === currentId),
    0
  );
  const order = () =>
    rows.filter(({ kind }) => kind === 'dataset').map(({ id }) => id);

  React.useEffect(() => {
    if (wantsFocus.current) {
      wantsFocus.current = false;
      focused.current?.focus();
    }
  });

  // Who scrolls an open group to its end wants more of it; closed groups would bring in all.
  const last = rows.length - 1;
  const atEnd =
    end > last &&
    rows[last]?.kind === 'more' &&
    rows[last - 1]?.kind === 'dataset';
  React.useEffect(() => {
    if (atEnd && !waiting) {
      onMore();
    }
  }, [atEnd, rows]);

  const goTo = (index: number) => {
    const to = Math.min(Math.max(index, 0), rows.length - 1);
    const view = scroller.current;
    if (view) {
      const bottom = tops[to + 1] - view.clientHeight;
      view.scrollTop = Math.max(Math.min(view.scrollTop, tops[to]), bottom);
    }
    wantsFocus.current = true;
    setCurrent(rows[to]?.id ?? '');
    return rows[to];
  };

  const choose = (
    row: TreeRow,
    how: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }
  ) => {
    if (row.kind !== 'dataset') {
      return;
    }
    if (how.shiftKey) {
      selection.extend(row.id, order());
    } else if (how.ctrlKey || how.metaKey) {
      selection.toggle(row.id);
    } else {
      selection.set([row.id]);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[current];
    if (!row) {
      return;
    }
    const step = stepOf(event.key, current, rows);
    if (step !== null) {
      const to = goTo(step);
      // Ctrl moves without selecting, as in the file browser.
      if (!event.ctrlKey && !event.metaKey) {
        choose(to, event);
      }
    } else if (event.key === 'Enter') {
      if (row.kind === 'group') {
        props.onToggle(row.id);
      } else if (row.kind === 'dataset') {
        selection.touch(row.id);
        props.onOpen();
      } else {
        onMore();
      }
    } else if (event.key === ' ' && row.kind === 'dataset') {
      selection.toggle(row.id);
    } else if (event.key === ' ' && row.kind === 'group') {
      props.onToggle(row.id);
    } else if (event.key === ' ') {
      onMore();
    } else if (event.key === 'ArrowRight' && row.kind === 'group') {
      if (row.expanded) {
        goTo(current + 1);
      } else {
        props.onToggle(row.id);
      }
    } else if (event.key === 'ArrowLeft') {
      if (row.kind === 'group' && row.expanded) {
        props.onToggle(row.id);
      } else if (row.kind === 'dataset' && row.level > 1) {
        goTo(current - row.position);
      }
    } else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      selection.set(order());
    } else if (
      row.kind === 'dataset' &&
      (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10'))
    ) {
      // The menu that opens now is about the row with the focus.
      selection.touch(row.id);
      return;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  // The row with the focus is drawn wherever it is, or the focus would be lost.
  const drawn: number[] = [];
  for (let index = first; index < end; index++) {
    drawn.push(index);
  }
  if (rows[current] && (current < first || current >= end)) {
    drawn.push(current);
  }
  return (
    <div className="jp-MulticloudTree" ref={scroller}>
      <div
        role="tree"
        aria-label={trans.__('Datasets')}
        aria-multiselectable="true"
        className="jp-MulticloudTree-rows"
        style={{ height: tops[rows.length] }}
        onKeyDown={onKeyDown}
      >
        {drawn.map(index => {
          const row = rows[index];
          return (
            <DatasetTreeRow
              key={row.id}
              row={row}
              trans={trans}
              home={props.home ?? null}
              selected={row.kind === 'dataset' && selection.has(row.id)}
              current={index === current}
              waiting={waiting}
              focusRef={index === current ? focused : null}
              style={{ top: tops[index], height: heights[index] }}
              onClick={event => {
                wantsFocus.current = true;
                setCurrent(row.id);
                if (row.kind === 'group') {
                  props.onToggle(row.id);
                } else if (row.kind === 'more') {
                  onMore();
                } else {
                  choose(row, event);
                }
              }}
              onGrab={event =>
                row.kind === 'dataset' && props.onGrab?.(row.row, event)
              }
              onDoubleClick={props.onOpen}
              onContextMenu={() => {
                setCurrent(row.id);
                selection.touch(row.id);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Rows that PageUp and PageDown move by. */
const PAGE = 10;

/** Where a key leads; null if it is no key that moves. */
function stepOf(
  key: string,
  current: number,
  rows: readonly TreeRow[]
): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return current + PAGE;
    case 'PageUp':
      return current - PAGE;
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    default:
      return null;
  }
}
