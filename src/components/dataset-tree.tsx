/** The tree of datasets: windowed, with several selected at once, all by keyboard too. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DatasetRow } from '../api/wire';
import type { TreeLayout, TreeRow } from '../state/dataset-tree';
import { pageOf, RowPages } from '../state/row-pages';
import type { Selection } from '../state/selection';
import { TreeItem } from './dataset-row';
import { stepOf } from './tree-keys';
import { ICurrent, indexOfCurrent } from './tree-focus';
import { useChanged } from './use-changed';
import { useChoosing } from './use-choosing';
import { useWindow } from './use-window';

export interface IDatasetTreeProps {
  layout: TreeLayout;
  /** The datasets, as far as they are here. */
  rows: RowPages;
  /** Another number for another list. */
  question: number;
  selection: Selection;
  trans: TranslationBundle;
  /** The region that prices are counted from; null: outside every cloud. */
  home?: string | null;
  /** Open or close a group. */
  onToggle: (group: string) => void;
  /** Open the selected datasets. */
  onOpen: () => void;
  /** The mouse went down on a dataset: it may be dragged. */
  onGrab?: (row: DatasetRow, event: React.MouseEvent) => void;
}

export function DatasetTree(props: IDatasetTreeProps): JSX.Element {
  const { layout, rows, question, selection, trans, onToggle } = props;
  useChanged(selection, rows);
  const scroller = React.useRef<HTMLDivElement>(null);
  const tree = React.useRef<HTMLDivElement>(null);
  const wantsFocus = React.useRef(false);
  const [currentRow, setCurrent] = React.useState<ICurrent | null>(null);
  const { first, end } = useWindow(scroller, layout, question);
  const current = indexOfCurrent(currentRow, layout, rows, question);
  const choosing = useChoosing(layout, rows, question, selection);

  // The row with the focus is drawn wherever it is, or the focus would be lost.
  const drawn: number[] = [];
  for (let index = first; index < end; index++) {
    drawn.push(index);
  }
  if (current >= 0 && (current < first || current >= end)) {
    drawn.push(current);
  }
  const shown = drawn.map(index => [index, layout.row(index)] as const);

  React.useLayoutEffect(() => {
    const has = tree.current?.contains(document.activeElement);
    if (wantsFocus.current || has) {
      wantsFocus.current = false;
      tree.current
        ?.querySelector<HTMLElement>('[tabindex="0"]')
        ?.focus({ preventScroll: true });
    }
  });
  React.useEffect(() => {
    const pages = shown.flatMap(([, row]) =>
      row.kind === 'dataset' ? [pageOf(row.offset)] : []
    );
    rows.want(new Set(pages));
  });

  const makeCurrent = (row: TreeRow) => {
    wantsFocus.current = true;
    setCurrent(
      row.kind === 'group'
        ? { group: row.id }
        : { offset: row.offset, id: rows.row(row.offset)?.id, question }
    );
  };

  const goTo = (index: number) => {
    const to = Math.min(Math.max(index, 0), layout.count - 1);
    const view = scroller.current;
    if (view) {
      const top = layout.top(to);
      const bottom = layout.bottom(to) - view.clientHeight;
      const scrollTop = Math.max(Math.min(view.scrollTop, top), bottom);
      if (scrollTop !== view.scrollTop) {
        view.scrollTop = scrollTop;
      }
    }
    makeCurrent(layout.row(to));
    return to;
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (current < 0) {
      return;
    }
    const row = layout.row(current);
    const dataset = row.kind === 'dataset' ? rows.row(row.offset) : undefined;
    const height = scroller.current?.clientHeight ?? 0;
    const step = stepOf(event.key, current, layout, height);
    const modified = event.ctrlKey || event.metaKey;
    if (step !== null) {
      const to = goTo(step);
      // Ctrl moves without selecting, as in the file browser.
      if (!modified) {
        choosing.choose(to, event);
      }
    } else if (row.kind === 'group' && [' ', 'Enter'].includes(event.key)) {
      onToggle(row.id);
    } else if (event.key === 'Enter' && dataset) {
      selection.touch(dataset.id);
      props.onOpen();
    } else if (event.key === ' ' && row.kind === 'dataset') {
      choosing.choose(current, { shiftKey: false, ctrlKey: true });
    } else if (event.key === 'ArrowRight' && row.kind === 'group') {
      if (row.expanded) {
        goTo(current + 1);
      } else {
        onToggle(row.id);
      }
    } else if (event.key === 'ArrowLeft') {
      if (row.kind === 'group' && row.expanded) {
        onToggle(row.id);
      } else if (row.kind === 'dataset' && row.level > 1) {
        goTo(current - row.position);
      }
    } else if (event.key === 'a' && modified) {
      choosing.chooseAll();
    } else if (
      dataset &&
      (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10'))
    ) {
      // The menu that opens now is about the row with the focus.
      selection.touch(dataset.id);
      return;
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** The row that something happened in. */
  const rowAt = (event: React.MouseEvent): [number, TreeRow] | null => {
    const item = (event.target as Element).closest('[data-index]');
    const index = Number(item?.getAttribute('data-index') ?? layout.count);
    return index < layout.count ? [index, layout.row(index)] : null;
  };
  const datasetAt = (event: React.MouseEvent) => {
    const row = rowAt(event)?.[1];
    return row?.kind === 'dataset' ? rows.row(row.offset) : undefined;
  };

  return (
    <div className="jp-MulticloudTree" ref={scroller}>
      <div
        ref={tree}
        role="tree"
        aria-label={trans.__('Datasets')}
        aria-multiselectable="true"
        className="jp-MulticloudTree-rows"
        style={{ height: layout.height }}
        onKeyDown={onKeyDown}
        onClick={event => {
          const [index, row] = rowAt(event) ?? [];
          if (!row || index === undefined) {
            return;
          }
          makeCurrent(row);
          if (row.kind === 'group') {
            onToggle(row.id);
          } else {
            choosing.choose(index, event);
          }
        }}
        onDoubleClick={event => datasetAt(event) && props.onOpen()}
        onMouseDown={event => {
          const dataset = datasetAt(event);
          if (dataset) {
            props.onGrab?.(dataset, event);
          }
        }}
        onContextMenu={event => {
          const dataset = datasetAt(event);
          const row = rowAt(event)?.[1];
          if (dataset && row) {
            makeCurrent(row);
            selection.touch(dataset.id);
          }
        }}
      >
        {shown.map(([index, row]) => {
          const dataset =
            row.kind === 'dataset' ? rows.row(row.offset) : undefined;
          return (
            <TreeItem
              // A row that comes takes the place, and the focus, of what stood for it.
              key={index}
              index={index}
              top={layout.top(index)}
              group={row.kind === 'group' ? row : null}
              dataset={dataset}
              level={row.kind === 'group' ? 1 : row.level}
              position={row.position}
              siblings={row.siblings}
              selected={dataset !== undefined && selection.has(dataset.id)}
              current={index === current}
              trans={trans}
              home={props.home ?? null}
            />
          );
        })}
      </div>
    </div>
  );
}
