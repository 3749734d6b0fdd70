/** Keeps a lab up to date: the server's events, and a slow poll for what no event tells. */
import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import type { Change } from '../api/wire';
import type { Lab } from './lab';

/** The id of the schema of the server's events. */
export const CHANGE_SCHEMA = 'https://events.multicloud-lab.org/change/v1';

/** Milliseconds between questions while there are clusters, whose workers come and go untold. */
const BUSY = 5_000;
/** Milliseconds between questions while there are none. */
const IDLE = 60_000;

export class Feed implements IDisposable {
  constructor(
    private _lab: Lab,
    private _events: Event.Stream
  ) {
    this._events.connect(this._onEvent, this);
    this._lab.clusters.changed.connect(this._adjust, this);
    this._poll = new Poll({
      name: 'multicloud-lab:feed',
      factory: () => this._tick(),
      frequency: { interval: IDLE, backoff: true, max: 5 * IDLE },
      standby: 'when-hidden',
      auto: false
    });
    void this._poll.start();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._events.disconnect(this._onEvent, this);
    this._lab.clusters.changed.disconnect(this._adjust, this);
    this._poll.dispose();
  }

  private async _tick(): Promise<void> {
    const { status, datasets, gateways, clusters } = this._lab;
    const parts: { refresh(): Promise<void>; error: Error | null }[] = [
      gateways,
      clusters
    ];
    // Catalogs change rarely, and then an event says so: only what is not here is asked for.
    if (!status.loaded || status.error || !datasets.loaded || datasets.error) {
      parts.push(status, datasets);
    }
    await Promise.all(parts.map(part => part.refresh()));
    const failed = parts.find(part => part.error);
    if (failed) {
      throw failed.error; // The poll then backs off.
    }
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id === CHANGE_SCHEMA) {
      void this._lab.follow((event as unknown as Change).topic);
    }
  }

  private _adjust(): void {
    const interval = this._lab.clusters.value.length > 0 ? BUSY : IDLE;
    if (this._poll.frequency.interval !== interval) {
      this._poll.frequency = { interval, backoff: true, max: 5 * IDLE };
    }
  }

  private _poll: Poll;
}
