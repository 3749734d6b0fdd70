/** What the map shows: regions with what is there, and bytes that moved or would move between them. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type {
  Cluster,
  Gateway,
  KernelPlan,
  LedgerSummary,
  RegionInfo
} from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { IArc, movedArcs, plannedArcs, selectedArcs } from './map-arcs';
import { Question } from './question';

/** What the facet of regions calls those of which nobody knows. */
export const UNKNOWN = 'unknown';

/** A region of the map, and what is there. */
export interface IPlace {
  /** `UNKNOWN` for all that nobody knows where it is. */
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

type Source = Pick<
  IMulticloudLab,
  | 'api'
  | 'datasets'
  | 'gateways'
  | 'clusters'
  | 'selection'
  | 'status'
  | 'recorded'
  | 'planned'
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
    this.plans = new Question(signal => api.plans(signal));
    for (const { changed } of this._parts()) {
      (changed as ISignal<unknown, void>).connect(this._onChanged, this);
    }
    _lab.recorded.connect(this._onRecorded, this);
    _lab.planned.connect(this._onPlanned, this);
  }

  readonly regions: Question<RegionInfo[]>;
  readonly moved: Question<LedgerSummary[]>;
  readonly plans: Question<KernelPlan[]>;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Why something that is shown may be old or missing; null if nothing is. */
  get error(): Error | null {
    return this.moved.error ?? this.plans.error;
  }

  /** Regions with too few datasets to be counted. */
  get uncounted(): number {
    return this._facet?.more ?? 0;
  }

  /**
   * Ask for the regions unless they are known, for what moved, and for what would; never rejects.
   */
  async ask(): Promise<void> {
    await Promise.all([
      this.regions.answer ? undefined : this.regions.ask(),
      this.moved.ask(),
      this.plans.ask()
    ]);
  }

  /** Every region where something is, those with the most first; the unknown one is the last. */
  places(): IPlace[] {
    const { gateways, clusters } = this._lab;
    const counted = new Map(
      this._facet?.values.map(({ value, count }) => [value, count])
    );
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
    const rank = ({ region, datasets, gateways, clusters }: IPlace) =>
      region === UNKNOWN
        ? -1
        : datasets + 1e6 * gateways.length + 1e9 * clusters.length;
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

  /** What moved, what plans would move, and what opening the selected datasets would. */
  arcs(): IArc[] {
    const { datasets, selection } = this._lab;
    return [
      ...movedArcs(this.moved.answer ?? []),
      ...plannedArcs(this.plans.answer ?? []),
      ...selectedArcs(selection.ids.flatMap(id => datasets.row(id) ?? []))
    ];
  }

  dispose(): void {
    this._isDisposed = true;
    for (const { changed } of this._parts()) {
      (changed as ISignal<unknown, void>).disconnect(this._onChanged, this);
    }
    this._lab.recorded.disconnect(this._onRecorded, this);
    this._lab.planned.disconnect(this._onPlanned, this);
    this.regions.dispose();
    this.moved.dispose();
    this.plans.dispose();
    Signal.clearData(this);
  }

  private get _facet() {
    return this._lab.datasets.found.facets.find(
      ({ name }) => name === 'region'
    );
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
      this.moved,
      this.plans
    ];
  }

  private _onRecorded(): void {
    void this.moved.ask();
  }

  private _onPlanned(): void {
    void this.plans.ask();
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
