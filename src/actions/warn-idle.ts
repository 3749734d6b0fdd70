/** Warns before a cluster is stopped for being idle, with a way to keep it; and says it after. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';

import type { Change, Cluster } from '../api/wire';
import { formatClock } from '../components/format';
import { CHANGE_SCHEMA } from '../state/feed';
import type { IMulticloudLab } from '../tokens';

export interface IIdleCallbacks {
  keep(cluster: Cluster): void;
  stop(cluster: Cluster): void;
}

export class IdleWarnings implements IDisposable {
  constructor(
    private _lab: IMulticloudLab,
    private _events: Event.Stream,
    private _callbacks: IIdleCallbacks,
    private _trans: TranslationBundle
  ) {
    _lab.clusters.changed.connect(this._look, this);
    _events.connect(this._onEvent, this);
    this._look();
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._lab.clusters.changed.disconnect(this._look, this);
    this._events.disconnect(this._onEvent, this);
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    const { topic, action, gateway, message } = event as unknown as Change;
    if (
      event.schema_id === CHANGE_SCHEMA &&
      topic === 'clusters' &&
      action === 'stopped' &&
      message
    ) {
      Notification.info(
        this._trans.__('The cluster on %1 was %2.', gateway, message),
        { autoClose: false }
      );
    }
  }

  private _look(): void {
    const { clusters } = this._lab;
    if (!clusters.loaded || clusters.error) {
      return; // What is known is old.
    }
    const idle = new Set<string>();
    for (const cluster of clusters.value) {
      if (cluster.status !== 'RUNNING' || cluster.stops_at === null) {
        continue;
      }
      const key = `${cluster.gateway}/${cluster.name}`;
      idle.add(key);
      if (!this._shown.has(key)) {
        this._shown.set(key, this._warn(cluster));
      }
    }
    for (const [key, notification] of this._shown) {
      if (!idle.has(key)) {
        this._shown.delete(key);
        Notification.dismiss(notification);
      }
    }
  }

  private _warn(cluster: Cluster): string {
    const trans = this._trans;
    return Notification.warning(
      // By the clock, since nobody counts the minutes down in a notification.
      trans.__(
        'The cluster on %1 is idle, and stops at %2.',
        cluster.gateway,
        formatClock(cluster.stops_at!)
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Keep'),
            callback: () => this._callbacks.keep(cluster)
          },
          {
            label: trans.__('Stop Now'),
            callback: () => this._callbacks.stop(cluster)
          }
        ]
      }
    );
  }

  private _isDisposed = false;
  /** The ids of the notifications, by cluster. */
  private _shown = new Map<string, string>();
}
