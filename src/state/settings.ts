/** What a person has set: where home is, how new clusters are, whether the tour is due. */
import { ISignal, Signal } from '@lumino/signaling';

import type { StartCluster } from '../api/wire';

export interface ISettings {
  /** A region; empty: what the server says. */
  readonly homeRegion: string;
  /** Workers of a new cluster; null: what its gateway is configured with. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Minutes after which an idle one is stopped, 0: never; null: what its gateway says. */
  readonly idleMinutes: number | null;
  /** Whether the tour is to be shown. */
  readonly tour: boolean;
}

export class Settings {
  get value(): ISettings {
    return this._value;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Take what JupyterLab read; what is not of its type is as if it were not set. */
  set(given: Readonly<Record<string, unknown>>): void {
    const { homeRegion, minimum, maximum, idleMinutes, tour } = given;
    this._value = {
      homeRegion: typeof homeRegion === 'string' ? homeRegion : '',
      minimum: countOf(minimum),
      maximum: countOf(maximum),
      idleMinutes: typeof idleMinutes === 'number' ? idleMinutes : null,
      tour: tour === true
    };
    this._changed.emit();
  }

  /** What a new cluster gets unless something else is said. */
  get ofCluster(): Pick<StartCluster, 'minimum' | 'maximum' | 'idle_minutes'> {
    const { minimum, maximum, idleMinutes } = this._value;
    return {
      ...(minimum === null ? {} : { minimum }),
      ...(maximum === null ? {} : { maximum }),
      ...(idleMinutes === null ? {} : { idle_minutes: idleMinutes })
    };
  }

  private _value: ISettings = {
    homeRegion: '',
    minimum: null,
    maximum: null,
    idleMinutes: null,
    tour: false
  };
  private _changed = new Signal<this, void>(this);
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}
