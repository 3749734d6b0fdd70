/** What the map shows: regions with what is there, and bytes that moved or would move between them. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type {
  Cluster,
  Gateway,
  LedgerSummary,
  PriceRange,
  RegionInfo
} from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { Question } from './question';

/** A region of the map, and what is there. */
export interface IPlace {
  region: string;
  /** Its name for people; empty if nobody knows it. */
  title: string;
  /** Degrees north and east; null if it has no place on a map. */
  at: readonly [latitude: number, longitude: number] | null;
  /** Whether bytes may be in any of several regions around it. */
  wide: boolean;
  /** Of those that are found in the panel. */
  datasets: number;
  gateways: readonly Gateway[];
  /** Whether data are read from there at home. */
  here: boolean;
  /** Those that run or start. */
  clusters: readonly Cluster[];
}

/** Bytes between two regions; null is home, outside every cloud. */
export interface IArc {
  source: string | null;
  destination: string | null;
  /** That moved, or null if they would only move. */
  bytes: number | null;
  /** USD in all that it cost; null if it is not known. */
  cost: readonly [low: number, high: number] | null;
  /** USD per GB that it would cost. */
  price: PriceRange | null;
  /** Names of the datasets that would move. */
  datasets: readonly string[];
}

type Source = Pick<
  IMulticloudLab,
  | 'api'
  | 'datasets'
  | 'gateways'
  | 'clusters'
  | 'selection'
  | 'status'
  | 'recorded'
  | 'home'
  | 'settings'
>;

export class MapView implements IDisposable {
  constructor(private _lab: Source) {
    const { api } = _lab;
    this.regions = new Question(() => api.regions());
    this.moved = new Question(signal =>
      api.ledgerSummary({ by: 'regions' }, signal)
    );
    for (const { changed } of this._parts()) {
      (changed as ISignal<unknown, void>).connect(this._onChanged, this);
    }
    _lab.recorded.connect(this._onRecorded, this);
  }

  readonly regions: Question<RegionInfo[]>;
  readonly moved: Question<LedgerSummary[]>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask for the regions unless they are known, and for what moved; never rejects. */
  async ask(): Promise<void> {
    await Promise.all([
      this.regions.answer ? undefined : this.regions.ask(),
      this.moved.ask()
    ]);
  }

  /** Every region where something is, those with the most first. */
  places(): IPlace[] {
    const { datasets, gateways, clusters } = this._lab;
    const counted = new Map(
      datasets.found.facets
        .find(({ name }) => name === 'region')
        ?.values.map(({ value, count }) => [value, count])
    );
    counted.delete('unknown');
    const alive = clusters.value.filter(
      ({ status }) => status === 'RUNNING' || status === 'PENDING'
    );
    const used = new Set([
      this._lab.home,
      ...counted.keys(),
      ...gateways.value.map(({ region }) => region),
      ...alive.map(({ region }) => region),
      ...this.arcs().flatMap(({ source, destination }) => [source, destination])
    ]);
    const known = new Map(
      this.regions.answer?.map(info => [info.region, info])
    );
    const rank = ({ datasets, gateways, clusters }: IPlace) =>
      datasets + 1e6 * gateways.length + 1e9 * clusters.length;
    return [...used]
      .filter((region): region is string => region !== null)
      .map(region => ({
        region,
        title: known.get(region)?.title ?? '',
        at: middleOf(region, known),
        wide: (known.get(region)?.members.length ?? 0) > 0,
        here: region === this._lab.home,
        datasets: counted.get(region) ?? 0,
        gateways: gateways.value.filter(gateway => gateway.region === region),
        clusters: alive.filter(cluster => cluster.region === region)
      }))
      .sort(
        (one, other) =>
          rank(other) - rank(one) || one.region.localeCompare(other.region)
      );
  }

  /** What moved, and what would move if the selected datasets were opened where they are placed. */
  arcs(): IArc[] {
    const moved = (this.moved.answer ?? []).flatMap(sum =>
      sum.moved_bytes > 0 && sum.source !== sum.destination
        ? [
            {
              source: sum.source,
              destination: sum.destination,
              bytes: sum.moved_bytes,
              cost:
                sum.unpriced < sum.rows
                  ? ([sum.price_low, sum.price_high] as const)
                  : null,
              price: null,
              datasets: []
            }
          ]
        : []
    );
    return [...moved, ...this._wouldMove()];
  }

  dispose(): void {
    this._isDisposed = true;
    for (const { changed } of this._parts()) {
      (changed as ISignal<unknown, void>).disconnect(this._onChanged, this);
    }
    this._lab.recorded.disconnect(this._onRecorded, this);
    this.regions.dispose();
    this.moved.dispose();
    Signal.clearData(this);
  }

  private _wouldMove(): IArc[] {
    const { datasets, selection } = this._lab;
    const arcs = new Map<string, IArc>();
    for (const id of selection.ids) {
      const { name, near } = datasets.row(id) ?? {};
      if (
        !name ||
        !near?.region ||
        near.relation === 'same-region' ||
        near.relation === 'contained'
      ) {
        continue;
      }
      const key = `${near.region} ${near.gateway_region}`;
      const known = arcs.get(key);
      arcs.set(key, {
        source: near.region,
        destination: near.gateway_region,
        bytes: null,
        cost: null,
        price: near.price,
        datasets: [...(known?.datasets ?? []), name]
      });
    }
    return [...arcs.values()];
  }

  private _parts() {
    const { datasets, gateways, clusters, selection, status, settings } =
      this._lab;
    return [
      settings,
      datasets,
      gateways,
      clusters,
      selection,
      status,
      this.regions,
      this.moved
    ];
  }

  private _onRecorded(): void {
    void this.moved.ask();
  }

  private _onChanged(): void {
    this._changed.emit();
  }

  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}

/** Where a region is on a map: a multi- or dual-region in the middle of its members. */
function middleOf(
  region: string,
  known: ReadonlyMap<string, RegionInfo>
): readonly [number, number] | null {
  const info = known.get(region);
  if (!info) {
    return null;
  }
  const points = (info.members.length > 0 ? info.members : [region])
    .map(member => known.get(member))
    .flatMap(each =>
      each && each.latitude !== null && each.longitude !== null
        ? [[each.latitude, each.longitude] as const]
        : []
    );
  if (points.length === 0) {
    return null;
  }
  const mean = (axis: 0 | 1) =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}
