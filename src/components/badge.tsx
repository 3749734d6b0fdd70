/** How near a dataset is to a gateway: a sign, the region, and both in words with the evidence. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DatasetRow, Replica } from '../api/wire';
import { evidenceName, evidenceOf, priceOf, wayOut } from './places';

export interface IBadge {
  sign: '●' | '◐' | '○' | '?' | '▲';
  state: 'here' | 'near' | 'far' | 'unknown' | 'broken';
  /** The region, or why there is none. */
  text: string;
  /** What a GB costs that is read at the nearest gateway, if it costs anything. */
  price: string;
  /** Signs of what else is to be known: other replicas, evidence to the contrary. */
  marks: string;
  /** All of it, for a tooltip and a screen reader. */
  words: string;
}

/** Describe where a row's bytes are, and its best placement. */
export function badgeOf(row: DatasetRow, trans: TranslationBundle): IBadge {
  if (row.problem) {
    return {
      sign: '▲',
      state: 'broken',
      text: trans.__('cannot be read'),
      price: '',
      marks: '',
      words: trans.__('Cannot be read: %1', row.problem)
    };
  }
  const best = bestOf(row);
  const others = row.replicas.filter(replica => replica !== best);
  const contradicted = best?.contradicted ?? [];
  const near = nearOf(row, best, trans);
  return {
    ...near,
    marks: [
      contradicted.length > 0 && '▲',
      others.length > 0 && trans.__('+%1', others.length)
    ]
      .filter(Boolean)
      .join(' '),
    words: [
      near.words,
      // Unless its sentence says so.
      !contradicted.every(other => near.words.includes(other)) &&
        trans.__('Other evidence says %1.', contradicted.join(', ')),
      others.length > 0 && othersOf(others, trans)
    ]
      .filter(Boolean)
      .join(' ')
  };
}

/** The replica that the row is about: the one beside its gateway, else its best. */
function bestOf({ replicas, near, url }: DatasetRow): Replica | undefined {
  return (
    replicas.find(replica => replica.url === (near?.url || url)) ?? replicas[0]
  );
}

function nearOf(
  row: DatasetRow,
  best: Replica | undefined,
  trans: TranslationBundle
): Omit<IBadge, 'marks'> {
  const { near } = row;
  const region = best?.region ?? row.region;
  if (region === null || near?.relation === 'unknown') {
    const said = [best?.detail, near?.why].filter(Boolean).join(' ');
    const out = wayOut(best?.url ?? row.url, said, trans);
    return {
      sign: '?',
      state: 'unknown',
      text: region ? shortOf(region) : trans.__('unknown'),
      price: '',
      words: [
        said
          ? trans.__('Region not known: %1', said)
          : trans.__('Region not known.'),
        out
      ]
        .filter(Boolean)
        .join(' ')
    };
  }
  const text = shortOf(region);
  if (near === null) {
    return {
      sign: '○',
      state: 'far',
      text,
      price: '',
      words: trans.__(
        'In %1 (%2). No gateway is near.',
        region,
        best ? evidenceOf(best, trans) : evidenceName(row.evidence, trans)
      )
    };
  }
  // Its sentence says the region, how that is known, the gateway, the price and who pays.
  const words = near.why;
  if (near.relation === 'same-region') {
    return { sign: '●', state: 'here', text, price: '', words };
  }
  const price = near.price?.high ? priceOf(near.price, trans) : '';
  return near.relation === 'other-provider'
    ? { sign: '○', state: 'far', text, price, words }
    : { sign: '◐', state: 'near', text, price, words };
}

/** A region without its provider: rows are narrow, and the tooltip has all. */
function shortOf(region: string): string {
  return region.slice(region.indexOf(':') + 1);
}

function othersOf(
  others: readonly Replica[],
  trans: TranslationBundle
): string {
  return trans._n(
    '%1 other replica: %2.',
    '%1 other replicas: %2.',
    others.length,
    others
      .map(({ region }) => region ?? trans.__('region not known'))
      .join(', ')
  );
}

export function Badge(props: {
  row: DatasetRow;
  trans: TranslationBundle;
}): JSX.Element {
  const badge = badgeOf(props.row, props.trans);
  return (
    <span
      className={`jp-MulticloudBadge jp-mod-${badge.state}`}
      title={badge.words}
      data-state={badge.state}
      role="img"
      aria-label={badge.words}
    >
      <span aria-hidden="true" className="jp-MulticloudSign">
        {badge.sign}
      </span>{' '}
      <span aria-hidden="true" className="jp-MulticloudBadge-text">
        {badge.text}
      </span>
      {badge.price && (
        <span aria-hidden="true" className="jp-MulticloudBadge-price">
          {' '}
          {badge.price}
        </span>
      )}
      {badge.marks && (
        <span aria-hidden="true" className="jp-MulticloudBadge-marks">
          {badge.marks}
        </span>
      )}
    </span>
  );
}
