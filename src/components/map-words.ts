/** What the map says of a place and of a move, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IArc } from '../state/map-arcs';
import { IPlace, UNKNOWN } from '../state/map-view';
import { formatSize } from './format';
import { priceOf } from './places';

/** What is at a place, as `42 datasets, 1 gateway, 2 clusters with 6 workers`. */
export function contentsOf(place: IPlace, trans: TranslationBundle): string {
  const { datasets, gateways, clusters, here } = place;
  return (
    [
      here && trans.__('home'),
      datasets > 0 &&
        trans._n(
          '%2 dataset',
          '%2 datasets',
          datasets,
          datasets.toLocaleString()
        ),
      gateways.length > 0 &&
        trans._n('%1 gateway', '%1 gateways', gateways.length),
      clusters.length > 0 && clustersOf(place, trans)
    ]
      .filter(Boolean)
      .join(', ') || trans.__('nothing')
  );
}

/** The clusters of a place and their workers together; empty if there are none. */
export function clustersOf(
  { clusters }: IPlace,
  trans: TranslationBundle
): string {
  if (clusters.length === 0) {
    return '';
  }
  const workers = clusters.reduce((sum, each) => sum + (each.workers ?? 0), 0);
  return trans.__(
    '%1 with %2',
    trans._n('%1 cluster', '%1 clusters', clusters.length),
    trans._n('%1 worker', '%1 workers', workers)
  );
}

/** A region, or that nobody knows it. */
export function regionName(region: string, trans: TranslationBundle): string {
  return region === UNKNOWN ? trans.__('region not known') : region;
}

/** A region, or that it is home. */
export function endOf(region: string | null, trans: TranslationBundle): string {
  return region ?? trans.__('here');
}

/** A notebook by its name alone, as its path may be long; empty if it is not known. */
export function notebookName(path: string): string {
  return path.split(/[\\/]/).pop()!;
}

/** What says that bytes move: a computation, a plan, or what is selected. */
export function reasonOf(arc: IArc, trans: TranslationBundle): string {
  switch (arc.kind) {
    case 'moved':
      return trans.__('moved');
    case 'planned':
      return trans.__(
        'would move by the plan of %1, %2',
        notebookName(arc.notebook) || trans.__('a notebook'),
        arc.at === null ? '' : new Date(arc.at * 1000).toLocaleTimeString()
      );
    default:
      return trans.__('would be read from afar: %1', arc.datasets.join(', '));
  }
}

/** How much moved or would move. */
export function amountOf(arc: IArc, trans: TranslationBundle): string {
  if (arc.bytes === null) {
    return trans.__('what is read');
  }
  if (arc.unsized === 0) {
    return formatSize(arc.bytes);
  }
  const unsized = trans._n(
    '%1 result of unknown size',
    '%1 results of unknown size',
    arc.unsized
  );
  return arc.bytes > 0
    ? trans.__('%1 and %2', formatSize(arc.bytes), unsized)
    : unsized;
}

/** What a move cost or would cost, in all or per GB. */
export function costOf(arc: IArc, trans: TranslationBundle): string {
  if (arc.bytes === null) {
    return arc.price ? priceOf(arc.price, trans) : trans.__('not known');
  }
  if (!arc.cost || (arc.bytes === 0 && arc.unsized > 0)) {
    return trans.__('not known');
  }
  return arc.unsized > 0
    ? trans.__('%1 and more', rangeOf(arc.cost))
    : rangeOf(arc.cost);
}

/** From so many dollars on an amount has no cents, as in the plans of a notebook. */
const WHOLE = 9.995;

/**
 * An amount of USD, or the range that it is in.
 *
 * Nothing is told below a cent, nor are the cents of what is large: no list price is so exact.
 */
export function rangeOf([low, high]: readonly [number, number]): string {
  const text = (amount: number) => {
    const digits = amount < WHOLE ? 2 : 0;
    return `$${amount.toLocaleString('en-US', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits
    })}`;
  };
  if (high > 0 && high < 0.01) {
    return '<$0.01';
  }
  return text(low) === text(high) ? text(low) : `${text(low)}–${text(high)}`;
}
