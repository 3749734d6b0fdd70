/** What the map says of a place and of a move, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IArc, IPlace } from '../state/map-view';
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

/** A region, or that it is home. */
export function endOf(region: string | null, trans: TranslationBundle): string {
  return region ?? trans.__('here');
}

/** How much moved, or that it would. */
export function amountOf(arc: IArc, trans: TranslationBundle): string {
  return arc.bytes === null
    ? trans.__('would move: %1', arc.datasets.join(', '))
    : formatSize(arc.bytes);
}

/** What a move cost, or would cost per GB. */
export function costOf(arc: IArc, trans: TranslationBundle): string {
  if (arc.bytes === null) {
    return arc.price ? priceOf(arc.price, trans) : trans.__('not known');
  }
  return arc.cost ? rangeOf(arc.cost) : trans.__('not known');
}

/** An amount of USD, or the range that it is in. */
export function rangeOf([low, high]: readonly [number, number]): string {
  const text = (amount: number) =>
    amount > 0 && amount < 0.01
      ? '<$0.01'
      : `$${amount.toLocaleString('en-US', {
          minimumFractionDigits: 2,
          maximumFractionDigits: 2
        })}`;
  return text(low) === text(high) ? text(low) : `${text(low)}–${text(high)}`;
}
