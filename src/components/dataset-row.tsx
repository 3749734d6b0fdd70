/** One row of the tree of datasets. */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  classes
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { DatasetRow, PriceRange } from '../api/wire';
import type { TreeRow } from '../state/dataset-tree';
import { Badge } from './badge';
import { payerOf, priceOf } from './places';

/** Pixels; the style sheet says the same. */
export const ROW_HEIGHTS: Record<TreeRow['kind'], number> = {
  group: 24,
  dataset: 42,
  more: 30
};

export interface IDatasetRowProps {
  row: TreeRow;
  trans: TranslationBundle;
  /** The region that prices are counted from; null: outside every cloud. */
  home: string | null;
  selected: boolean;
  /** Whether it takes the focus when the tree does. */
  current: boolean;
  /** Whether an answer of the server is waited for. */
  waiting: boolean;
  style: React.CSSProperties;
  onClick: (event: React.MouseEvent) => void;
  onDoubleClick: () => void;
  onContextMenu: () => void;
  /** The mouse went down on a dataset: it may be dragged. */
  onGrab: (event: React.MouseEvent) => void;
  focusRef: React.Ref<HTMLDivElement> | null;
}

export function DatasetTreeRow(props: IDatasetRowProps): JSX.Element {
  const { row, trans } = props;
  const common = {
    ref: props.focusRef,
    role: 'treeitem',
    tabIndex: props.current ? 0 : -1,
    style: props.style,
    onClick: props.onClick
  };
  if (row.kind === 'more') {
    return (
      <div
        {...common}
        className="jp-MulticloudTree-row jp-MulticloudMore"
        aria-level={1}
        aria-busy={props.waiting}
      >
        {props.waiting
          ? trans.__('Asking for more …')
          : trans.__(
              'Show more (%1 of %2 are here)',
              row.shown.toLocaleString(),
              row.total.toLocaleString()
            )}
      </div>
    );
  }
  if (row.kind === 'group') {
    const Caret = row.expanded ? caretDownIcon : caretRightIcon;
    return (
      <div
        {...common}
        className="jp-MulticloudTree-row jp-MulticloudGroup"
        title={row.path.join(' / ')}
        aria-level={1}
        aria-expanded={row.expanded}
        aria-label={
          row.partial
            ? trans.__(
                '%1, %2 datasets or more',
                row.path.join(' / '),
                row.count
              )
            : trans._n(
                '%2, %1 dataset',
                '%2, %1 datasets',
                row.count,
                row.path.join(' / ')
              )
        }
      >
        <Caret.react tag="span" className="jp-MulticloudGroup-caret" />
        <span className="jp-MulticloudGroup-path">
          {/* The end of a path says more than its start, so the start is cut. */}
          <bdi>{row.path.join(' / ')}</bdi>
        </span>
        <span className="jp-MulticloudGroup-count">
          {row.partial ? trans.__('%1+', row.count) : row.count}
        </span>
      </div>
    );
  }
  const dataset = row.row;
  const about = dataset.problem || dataset.title || dataset.description;
  return (
    <div
      {...common}
      className={classes(
        'jp-MulticloudTree-row',
        'jp-MulticloudDataset',
        props.selected && 'jp-mod-selected',
        dataset.problem && 'jp-mod-problem',
        row.level === 1 && 'jp-mod-flat'
      )}
      data-dataset={dataset.id}
      aria-level={row.level}
      aria-selected={props.selected}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      onMouseDown={props.onGrab}
      onDoubleClick={props.onDoubleClick}
      onContextMenu={props.onContextMenu}
    >
      <div className="jp-MulticloudDataset-line">
        <span className="jp-MulticloudDataset-name" title={dataset.id}>
          {dataset.name}
        </span>
        <Badge row={row.row} trans={trans} />
      </div>
      <div className="jp-MulticloudDataset-line">
        <span className="jp-MulticloudDataset-about" title={about}>
          {about}
        </span>
        <Facts row={dataset} home={props.home} trans={trans} />
      </div>
    </div>
  );
}

/** What a GB costs that is read from home. */
function fromHere(
  price: PriceRange,
  home: string | null,
  trans: TranslationBundle
): [string, string] {
  const free = price.high === 0;
  const where = home ?? trans.__('outside every cloud');
  return [
    free ? trans.__('free here') : trans.__('%1 here', priceOf(price, trans)),
    free
      ? trans.__('Reading it from home, %1, costs nothing.', where)
      : trans.__(
          'What reading it from home, %1, costs. %2',
          where,
          payerOf(price, trans)
        )
  ];
}

/** What is short enough for a row: whether it may be old, who computes and pays, its format. */
function Facts(props: {
  row: DatasetRow;
  home: string | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { row, home, trans } = props;
  const beside = row.near?.relation === 'unknown' ? null : row.near?.gateway;
  const facts: [string, string][] = [];
  if (row.stale) {
    facts.push([
      trans.__('old copy'),
      trans.__('Its catalog cannot be read now; this is the last copy of it.')
    ]);
  }
  if (row.here) {
    facts.push(fromHere(row.here, home, trans));
  }
  if (beside) {
    facts.push([beside, trans.__('The gateway that is nearest')]);
  }
  if (row.format) {
    facts.push([row.format, trans.__('Format')]);
  }
  if (row.requester_pays) {
    facts.push([
      trans.__('you pay'),
      trans.__('Requester pays: requests and egress are on your bill.')
    ]);
  }
  return (
    <span className="jp-MulticloudDataset-facts">
      {facts.map(([fact, title], index) => (
        <React.Fragment key={fact}>
          {index > 0 && ' · '}
          <span title={title}>{fact}</span>
        </React.Fragment>
      ))}
    </span>
  );
}
