/** One row of the tree of datasets. */
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretRightIcon,
  classes
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { DatasetRow, PriceRange } from '../api/wire';
import type { IGroupRow } from '../state/dataset-tree';
import { ROW_HEIGHTS } from '../state/dataset-tree';
import { Badge } from './badge';
import { payerOf, priceOf } from './places';

/** Plain values and things that stay the same, so that a row is drawn again only if it changes. */
export interface ITreeItemProps {
  /** Of the row in the tree. */
  index: number;
  /** Pixels from the top of the tree. */
  top: number;
  /** What it heads; null for a dataset. */
  group: IGroupRow | null;
  /** The dataset, if it is here. */
  dataset: DatasetRow | undefined;
  level: number;
  position: number;
  siblings: number;
  selected: boolean;
  /** Whether it takes the focus when the tree does. */
  current: boolean;
  trans: TranslationBundle;
  /** The region that prices are counted from; null: outside every cloud. */
  home: string | null;
}

/** A row; what is done with it is heard by the tree, which finds it by its index. */
export const TreeItem = React.memo(function TreeItem(
  props: ITreeItemProps
): JSX.Element {
  const { group, dataset, trans } = props;
  const height = group ? ROW_HEIGHTS.group : ROW_HEIGHTS.dataset;
  const common = {
    role: 'treeitem',
    tabIndex: props.current ? 0 : -1,
    style: { top: props.top, height },
    'data-index': props.index,
    'aria-level': props.level,
    'aria-posinset': props.position,
    'aria-setsize': props.siblings
  };
  if (group) {
    return (
      <div
        {...common}
        className="jp-MulticloudTree-row jp-MulticloudGroup"
        title={spaced(group.path)}
        aria-expanded={group.expanded}
        aria-label={trans._n(
          '%2, %1 dataset',
          '%2, %1 datasets',
          group.count,
          spaced(group.path)
        )}
      >
        <Heading group={group} />
      </div>
    );
  }
  if (!dataset) {
    return (
      <div
        {...common}
        className="jp-MulticloudTree-row jp-MulticloudTree-coming"
        aria-busy="true"
        aria-selected={false}
        aria-label={trans.__(
          'Dataset %1 of %2 is coming',
          props.position.toLocaleString(),
          props.siblings.toLocaleString()
        )}
      />
    );
  }
  const about = dataset.problem || dataset.title || dataset.description;
  return (
    <div
      {...common}
      className={classes(
        'jp-MulticloudTree-row',
        'jp-MulticloudDataset',
        props.selected && 'jp-mod-selected',
        dataset.problem && 'jp-mod-problem',
        props.level === 1 && 'jp-mod-flat'
      )}
      data-dataset={dataset.id}
      aria-selected={props.selected}
    >
      <div className="jp-MulticloudDataset-line">
        <span className="jp-MulticloudDataset-name" title={dataset.id}>
          {dataset.name}
        </span>
        <Badge row={dataset} trans={trans} />
      </div>
      <div className="jp-MulticloudDataset-line">
        <span className="jp-MulticloudDataset-about" title={about}>
          {about}
        </span>
        <Facts row={dataset} home={props.home} trans={trans} />
      </div>
    </div>
  );
});

function Heading({ group }: { group: IGroupRow }): JSX.Element {
  const Caret = group.expanded ? caretDownIcon : caretRightIcon;
  return (
    <>
      <Caret.react tag="span" className="jp-MulticloudGroup-caret" />
      <span className="jp-MulticloudGroup-path">
        {/* The end of a path says more than its start, so the start is cut. */}
        <bdi>{spaced(group.path)}</bdi>
      </span>{' '}
      <span className="jp-MulticloudGroup-count">
        {group.count.toLocaleString()}
      </span>
    </>
  );
}

/** A path as people read it. */
function spaced(path: string): string {
  return path.split('/').join(' / ');
}

/** A few words on a row. */
interface IFact {
  text: string;
  /** The same where the row is narrow. */
  short?: string;
  title: string;
}

/** What a GB costs that is read from home. */
function fromHere(
  price: PriceRange,
  home: string | null,
  trans: TranslationBundle
): IFact {
  const where = home ?? trans.__('outside every cloud');
  if (price.high === 0) {
    return {
      text: trans.__('free here'),
      title: trans.__('Reading it from home, %1, costs nothing.', where)
    };
  }
  const short = priceOf(price, trans);
  return {
    text: trans.__('%1 here', short),
    short,
    title: trans.__(
      'What reading it from home, %1, costs. %2',
      where,
      payerOf(price, trans)
    )
  };
}

/** What is short enough for a row, the most important first: whether it may be old, who pays. */
function factsOf(
  row: DatasetRow,
  home: string | null,
  trans: TranslationBundle
): IFact[] {
  const facts: IFact[] = [];
  if (row.stale) {
    facts.push({
      text: trans.__('old copy'),
      title: trans.__(
        'Its catalog cannot be read now; this is the last copy of it.'
      )
    });
  }
  if (row.here) {
    facts.push(fromHere(row.here, home, trans));
  }
  if (row.requester_pays) {
    facts.push({
      text: trans.__('you pay'),
      title: trans.__('Requester pays: requests and egress are on your bill.')
    });
  }
  if (row.format) {
    facts.push({ text: row.format, title: trans.__('Format') });
  }
  if (row.near && row.near.relation !== 'unknown') {
    facts.push({
      text: row.near.gateway,
      title: trans.__('The gateway that is nearest')
    });
  }
  return facts;
}

function Facts(props: {
  row: DatasetRow;
  home: string | null;
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <span className="jp-MulticloudDataset-facts">
      {factsOf(props.row, props.home, props.trans).map((fact, index) => (
        <span key={fact.title} title={fact.title}>
          {index > 0 && ' · '}
          <span className={fact.short && 'jp-mod-long'}>{fact.text}</span>
          {fact.short && <span className="jp-mod-short">{fact.short}</span>}
        </span>
      ))}
    </span>
  );
}
