/** How many workers each cluster had in the last half hour, from the lists that come in anyway. */
import { IDisposable } from '@lumino/disposable';

import type { Cluster } from '../api/wire';
import type { Resource } from './resource';

/** Seconds that are kept. */
export const KEPT = 1800;

/** Moments of one cluster that are kept at most. */
const MOST = 120;

/** From a moment on, so many workers. */
export interface IMoment {
  /** Seconds since 1970. */
  at: number;
  workers: number;
}

export class WorkerHistory implements IDisposable {
  constructor(private _clusters: Resource<Cluster[]>) {
    _clusters.changed.connect(this._look, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The moments at which a cluster's workers became another number, the first first. */
  of({ gateway, name }: Pick<Cluster, 'gateway' | 'name'>): readonly IMoment[] {
    return this._moments.get(keyOf(gateway, name)) ?? [];
  }

  dispose(): void {
    this._isDisposed = true;
    this._clusters.changed.disconnect(this._look, this);
    this._moments.clear();
  }

  private _look(): void {
    const { value, error } = this._clusters;
    if (error) {
      return; // The list is an older one.
    }
    const now = Date.now() / 1000;
    const listed = new Set<string>();
    for (const { gateway, name, workers } of value) {
      const key = keyOf(gateway, name);
      listed.add(key);
      if (workers !== null) {
        const known = this._moments.get(key) ?? [];
        this._moments.set(key, withMoment(known, { at: now, workers }));
      }
    }
    for (const key of this._moments.keys()) {
      if (!listed.has(key)) {
        this._moments.delete(key);
      }
    }
  }

  private _moments = new Map<string, readonly IMoment[]>();
  private _isDisposed = false;
}

function keyOf(gateway: string, name: string): string {
  return `${gateway}/${name}`;
}

/** Add a moment, unless nothing changed, and drop what is too old but for what still held then. */
function withMoment(
  known: readonly IMoment[],
  moment: IMoment
): readonly IMoment[] {
  if (known[known.length - 1]?.workers === moment.workers) {
    return known;
  }
  const moments = [...known, moment];
  const oldest = moment.at - KEPT;
  let first = Math.max(moments.length - MOST, 0);
  while (moments[first + 1]?.at <= oldest) {
    first += 1;
  }
  return moments.slice(first);
}
