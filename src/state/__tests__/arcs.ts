/** What arcs of the map are made from. */
import { row } from '../../__tests__/fake-server';
import type { DatasetRow, KernelPlan, LedgerSummary } from '../../api/wire';

export const OREGON = 'aws:us-west-2';
export const IOWA = 'gcp:us-central1';

/** What moved from Oregon to Iowa. */
export function sum(more: Partial<LedgerSummary>): LedgerSummary {
  return {
    key: '',
    source: OREGON,
    destination: IOWA,
    first: 0,
    last: 0,
    runs: 1,
    rows: 2,
    read_bytes: 0,
    moved_bytes: 5e9,
    unsized: 0,
    price_low: 0.1,
    price_high: 0.45,
    unpriced: 0,
    avoided_bytes: 0,
    avoided_low: 0,
    avoided_high: 0,
    ...more
  };
}

/** A plan that would move bytes from Oregon to Iowa. */
export function plan(
  notebook: string,
  bytes: number,
  more: Partial<KernelPlan['moves'][0]> = {}
): KernelPlan {
  return {
    kernel: `kernel of ${notebook}`,
    notebook,
    at: 1_764_072_000,
    moves: [
      {
        source: OREGON,
        destination: IOWA,
        bytes,
        unsized: 0,
        price_low: 0.1,
        price_high: 0.2,
        ...more
      }
    ]
  };
}

export const PRICE = {
  low: 0.08,
  high: 0.12,
  source: '',
  date: '',
  payer: 'owner' as const
};

/** A dataset in Oregon whose nearest gateway is in Iowa. */
export function far(id: string): DatasetRow {
  const made = row(id);
  return {
    ...made,
    near: {
      ...made.near!,
      relation: 'other-provider',
      gateway_region: IOWA,
      price: PRICE
    }
  };
}
