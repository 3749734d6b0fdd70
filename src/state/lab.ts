/** All that the panel and the commands know, as the server said it. */
import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { LabClient } from '../api/client';
import type {
  Attachment,
  CellsRequest,
  Change,
  Cluster,
  Gateway,
  LabStatus
} from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { DatasetSearch } from './dataset-search';
import { Feed } from './feed';
import { Resource } from './resource';
import { Selection } from './selection';
import { Value } from './value';
import { Settings } from './settings';
import { WorkerHistory } from './worker-history';

export class Lab implements IMulticloudLab, IDisposable {
  constructor(readonly api: LabClient) {
    this.status = new Resource<LabStatus | null>(null, () => api.status());
    this.datasets = new DatasetSearch(api);
    this.gateways = new Resource<Gateway[]>([], () => api.gateways());
    this.clusters = new Resource<Cluster[]>([], () => api.clusters());
    this.workers = new WorkerHistory(this.clusters);
    this.attachments = new Resource<Attachment[]>([], () => api.attachments());
    this.flat.changed.connect(() => this.datasets.setGrouped(!this.flat.value));
    this.selection.changed.connect(() =>
      this.datasets.keep(this.selection.ids)
    );
  }

  readonly status: Resource<LabStatus | null>;
  readonly datasets: DatasetSearch;
  readonly gateways: Resource<Gateway[]>;
  readonly clusters: Resource<Cluster[]>;
  readonly workers: WorkerHistory;
  readonly attachments: Resource<Attachment[]>;
  readonly selection = new Selection();
  readonly flat = new Value(false);

  readonly settings = new Settings();

  /** How inserted cells are written; the settings say it. */
  cellStyle: NonNullable<CellsRequest['style']> = 'lab';

  get home(): string | null {
    return this.status.value?.home ?? null;
  }

  get recorded(): ISignal<unknown, void> {
    return this._recorded;
  }

  get planned(): ISignal<this, void> {
    return this._planned;
  }

  /** USD per GB, above which it is asked first; the settings say it. */
  priceLimit = 0.05;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  async ask(): Promise<void> {
    await Promise.all([
      this.status.refresh(),
      this.datasets.refresh(),
      this.gateways.refresh(),
      this.clusters.refresh(),
      this.attachments.refresh()
    ]);
  }

  async refresh(): Promise<void> {
    this.status.set(await this.api.refresh());
    await this.ask();
  }

  /**
   * Stay up to date from now on.
   *
   * @param lost - Emits when the Jupyter server does not answer.
   */
  listen(events: Event.Stream, lost: ISignal<unknown, Error> | null = null) {
    this._feed?.dispose();
    this._feed = new Feed(this, events, lost);
  }

  /** Ask again for what a change is about. */
  async follow(topic: Change['topic']): Promise<void> {
    if (topic === 'datasets') {
      await Promise.all([this.status.refresh(), this.datasets.refresh()]);
    } else if (topic === 'gateways') {
      // A gateway that comes or goes takes its clusters with it.
      await Promise.all([this.gateways.refresh(), this.clusters.refresh()]);
    } else if (topic === 'attachments') {
      await this.attachments.refresh();
    } else if (topic === 'ledger') {
      this._recorded.emit();
    } else if (topic === 'plans') {
      this._planned.emit();
    } else {
      await this.clusters.refresh();
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._feed?.dispose();
    Signal.clearData(this);
    for (const part of [
      this.status,
      this.datasets,
      this.gateways,
      this.clusters,
      this.workers,
      this.attachments
    ]) {
      part.dispose();
    }
  }

  private _recorded = new Signal<this, void>(this);
  private _planned = new Signal<this, void>(this);
  private _feed: Feed | null = null;
  private _isDisposed = false;
}
