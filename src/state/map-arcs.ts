/** Bytes between regions, from what says so: the ledger, plans of notebooks, and selected datasets. */
import type {
  DatasetRow,
  KernelPlan,
  LedgerSummary,
  PriceRange
} from '../api/wire';

/** Bytes between two regions; null is home, outside every cloud. */
export interface IArc {
  /** What has moved, what a plan would move, or what opening selected datasets would. */
  kind: 'moved' | 'planned' | 'selected';
  source: string | null;
  destination: string | null;
  /** As measured or as planned; null where only a price per GB is known. */
  bytes: number | null;
  /** Results of a plan whose size is not known, and not in the bytes. */
  unsized: number;
  /** USD in all that it cost or would cost; null if it is not known. */
  cost: readonly [low: number, high: number] | null;
  /** USD per GB that it would cost. */
  price: PriceRange | null;
  /** Names of the datasets that would move. */
  datasets: readonly string[];
  /** The path of the notebook whose plan it is; empty: not known, or of no plan. */
  notebook: string;
  /** Seconds since 1970 when it was planned; null if it was not. */
  at: number | null;
}

const NOTHING: Omit<IArc, 'kind' | 'source' | 'destination'> = {
  bytes: null,
  unsized: 0,
  cost: null,
  price: null,
  datasets: [],
  notebook: '',
  at: null
};

/** What has moved between regions, by the sums of the ledger. */
export function movedArcs(sums: readonly LedgerSummary[]): IArc[] {
  return sums
    .filter(
      ({ moved_bytes, source, destination }) =>
        moved_bytes > 0 && source !== destination
    )
    .map(sum => ({
      ...NOTHING,
      kind: 'moved',
      source: sum.source,
      destination: sum.destination,
      bytes: sum.moved_bytes,
      cost:
        sum.unpriced < sum.rows
          ? ([sum.price_low, sum.price_high] as const)
          : null
    }));
}

/** What the plans of notebooks would move. */
export function plannedArcs(plans: readonly KernelPlan[]): IArc[] {
  return plans.flatMap(({ moves, notebook, at }) =>
    moves.map(move => ({
      ...NOTHING,
      kind: 'planned' as const,
      source: move.source,
      destination: move.destination,
      bytes: move.bytes,
      unsized: move.unsized,
      cost:
        move.price_low === null || move.price_high === null
          ? null
          : ([move.price_low, move.price_high] as const),
      notebook,
      at
    }))
  );
}

/** What would move if these datasets were opened at the gateways that are nearest. */
export function selectedArcs(rows: readonly DatasetRow[]): IArc[] {
  const arcs = new Map<string, IArc>();
  for (const { name, near } of rows) {
    if (
      !near?.region ||
      near.relation === 'same-region' ||
      near.relation === 'contained'
    ) {
      continue;
    }
    const key = `${near.region} ${near.gateway_region}`;
    arcs.set(key, {
      ...NOTHING,
      kind: 'selected',
      source: near.region,
      destination: near.gateway_region,
      price: near.price,
      datasets: [...(arcs.get(key)?.datasets ?? []), name]
    });
  }
  return [...arcs.values()];
}

/** What several plans would move across one border, together: to be drawn as one. */
export function together(arcs: readonly IArc[]): IArc[] {
  const found = new Map<string, IArc>();
  for (const arc of arcs) {
    const key = `${arc.kind} ${arc.source} ${arc.destination}`;
    const known = found.get(key);
    found.set(
      key,
      known
        ? {
            ...known,
            bytes: sum(known.bytes, arc.bytes),
            unsized: known.unsized + arc.unsized,
            cost:
              known.cost && arc.cost
                ? [known.cost[0] + arc.cost[0], known.cost[1] + arc.cost[1]]
                : null
          }
        : arc
    );
  }
  return [...found.values()];
}

function sum(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}
