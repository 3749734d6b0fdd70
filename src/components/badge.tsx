/** How near a dataset is to a gateway: a sign, the region, and both in words. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DatasetRow, PriceRange } from '../api/wire';

export interface IBadge {
  sign: '●' | '◐' | '○' | '?';
  state: 'here' | 'near' | 'far' | 'unknown';
  /** The region, and the price where there is one. */
  text: string;
  /** All of it, for a tooltip and a screen reader. */
  words: string;
}

/** Describe a row's best placement. */
export function badgeOf(row: DatasetRow, trans: TranslationBundle): IBadge {
  const { near } = row;
  const region = row.region ?? near?.region ?? null;
  if (region === null || near?.relation === 'unknown') {
    const why = row.replicas[0]?.detail || near?.why || '';
    return {
      sign: '?',
      state: 'unknown',
      text: region ? shortOf(region) : trans.__('unknown'),
      words: trans.__('Region not known. %1', why).trim()
    };
  }
  if (near === null) {
    return {
      sign: '○',
      state: 'far',
      text: shortOf(region),
      words: trans.__('In %1. No gateway is near.', region)
    };
  }
  const text = shortOf(region);
  const { gateway, why } = near;
  switch (near.relation) {
    case 'same-region':
      return {
        sign: '●',
        state: 'here',
        text,
        words: trans.__('In %1, as is gateway %2. %3', region, gateway, why)
      };
    case 'contained':
    case 'same-provider':
      return {
        sign: '◐',
        state: 'near',
        text,
        words: trans.__('In %1, near gateway %2. %3', region, gateway, why)
      };
    default: {
      const price = priceOf(near.price, trans);
      return {
        sign: '○',
        state: 'far',
        text: price ? trans.__('%1 %2', text, price) : text,
        words: trans.__('In %1, far from every gateway. %2', region, why)
      };
    }
  }
}

/** A region without its provider: rows are narrow, and the tooltip has all. */
function shortOf(region: string): string {
  return region.slice(region.indexOf(':') + 1);
}

/** A price, as $0.09/GB or $0.08–$0.12/GB. */
export function priceOf(
  price: PriceRange | null,
  trans: TranslationBundle
): string {
  if (!price) {
    return '';
  }
  const low = dollars(price.low);
  const high = dollars(price.high);
  return low === high
    ? trans.__('%1/GB', low)
    : trans.__('%1–%2/GB', low, high);
}

function dollars(amount: number): string {
  // Cents unless there are fractions of them.
  const digits = Number.isInteger(Math.round(amount * 1e4) / 100) ? 2 : 3;
  return `$${amount.toFixed(digits)}`;
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
      <span aria-hidden="true">{badge.sign}</span>{' '}
      <span aria-hidden="true">{badge.text}</span>
    </span>
  );
}
