/** One row of the tree of datasets. */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  classes
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { TreeRow } from '../state/dataset-tree';
import { Badge } from './badge';

/** Pixels; the style sheet says the same. */
export const ROW_HEIGHTS: Record<TreeRow['kind'], number> = {
  problem: 58,
  group: 24,
  dataset: 42
};

export interface IDatasetRowProps {
  row: TreeRow;
  trans: TranslationBundle;
  selected: boolean;
  /** Whether it takes the focus when the tree does. */
  current: boolean;
  style: React.CSSProperties;
  onClick: (event: React.MouseEvent) => void;
  onDoubleClick: () => void;
  onContextMenu: () => void;
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
  if (row.kind === 'problem') {
    const words = trans.__(
      'Catalog %1 has a problem: %2',
      row.catalog.name,
      row.catalog.problem
    );
    return (
      <div
        {...common}
        className="jp-MulticloudTree-row jp-MulticloudProblem"
        title={words}
        aria-level={1}
      >
        <span aria-hidden="true">▲ </span>
        {words}
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
        aria-label={trans._n(
          '%2, %1 dataset',
          '%2, %1 datasets',
          row.count,
          row.path.join(' / ')
        )}
      >
        <Caret.react tag="span" className="jp-MulticloudGroup-caret" />
        <span className="jp-MulticloudGroup-path">
          {/* The end of a path says more than its start, so the start is cut. */}
          <bdi>{row.path.join(' / ')}</bdi>
        </span>
        <span className="jp-MulticloudGroup-count">{row.count}</span>
      </div>
    );
  }
  const dataset = row.row;
  const { near } = dataset;
  const about = dataset.problem || dataset.title || dataset.description;
  const beside = near?.relation === 'unknown' ? null : near?.gateway;
  const facts = [beside, dataset.format].filter(Boolean).join(' · ');
  return (
    <div
      {...common}
      className={classes(
        'jp-MulticloudTree-row',
        'jp-MulticloudDataset',
        props.selected && 'jp-mod-selected',
        dataset.problem && 'jp-mod-problem'
      )}
      data-dataset={dataset.id}
      aria-level={2}
      aria-selected={props.selected}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
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
        <span className="jp-MulticloudDataset-facts">{facts}</span>
      </div>
    </div>
  );
}
