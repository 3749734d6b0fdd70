/** Keeps a lab up to date: the server's events, and a slow poll for what no event told. */
import { Event } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal } from '@lumino/signaling';

import type { Change } from '../api/wire';
import type { Lab } from './lab';

/** The id of the schema of the server's events. */
export const CHANGE_SCHEMA = 'https://events.multicloud-lab.org/change/v1';

/** Milliseconds in which events are gathered, so that many are one question. */
const GATHER = 200;
/** Milliseconds between questions while numbers change all the time, as tasks of a computation. */
const OFTEN = 2_000;
/** Milliseconds between questions, in case that an event was missed. */
const SELDOM = 60_000;
/** Milliseconds between questions when the server was away. */
const SOON = 3_000;
/**
 * Milliseconds after an outage in which to ask soon: JupyterLab may take half a minute to listen
 * to events again, and says nothing when it does.
 */
const RECOVERY = 45_000;

export class Feed implements IDisposable {
  /**
   * @param _lost - Emits when the Jupyter server does not answer somebody.
   */
  constructor(
    private _lab: Lab,
    private _events: Event.Stream,
    private _lost: ISignal<unknown, Error> | null = null
  ) {
    this._events.connect(this._onEvent, this);
    this._lost?.connect(this._onLost, this);
    document.addEventListener('visibilitychange', this._onVisible);
    this._poll = new Poll({
      name: 'multicloud-lab:feed',
      factory: () => this._tick(),
      frequency: { interval: SELDOM, backoff: false, max: SELDOM },
      standby: 'when-hidden',
      auto: false
    });
    void this._poll.start();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    clearTimeout(this._timer);
    document.removeEventListener('visibilitychange', this._onVisible);
    this._events.disconnect(this._onEvent, this);
    this._lost?.disconnect(this._onLost, this);
    this._poll.dispose();
  }

  private async _tick(): Promise<void> {
    const { status, datasets, gateways, clusters, attachments } = this._lab;
    const parts: { refresh(): Promise<void>; error: Error | null }[] = [
      gateways,
      clusters,
      attachments
    ];
    // Catalogs change rarely, and then an event says so: only what is not here is asked for.
    if (this._isRecovering || !status.loaded || status.error) {
      parts.push(status);
    }
    if (!datasets.loaded || datasets.error) {
      parts.push(datasets);
    }
    await Promise.all(parts.map(part => part.refresh()));
    if (parts.some(part => part.error)) {
      this._lostAt = Date.now();
    }
    this._setPace();
  }

  /** Whether the server was away a short time ago. */
  private get _isRecovering(): boolean {
    return Date.now() - this._lostAt < RECOVERY;
  }

  private _setPace(): void {
    const interval = this._isRecovering ? SOON : SELDOM;
    if (!this.isDisposed && this._poll.frequency.interval !== interval) {
      this._poll.frequency = { interval, backoff: false, max: SELDOM };
    }
  }

  private _onLost(): void {
    const known = this._isRecovering;
    this._lostAt = Date.now();
    this._setPace();
    if (!known) {
      void this._poll.refresh();
    }
  }

  private _onEvent(_: Event.IManager, event: Event.Emission): void {
    if (event.schema_id === CHANGE_SCHEMA) {
      const { topic, action } = event as unknown as Change;
      this._topics.add(topic);
      this._gather(action === 'updated' ? this._asked + OFTEN : 0);
    }
  }

  /**
   * Ask about what has changed, soon.
   *
   * @param notBefore - Milliseconds since 1970.
   */
  private _gather(notBefore: number): void {
    const now = Date.now();
    const due = Math.max(notBefore, now + GATHER);
    // A page that nobody sees asks when somebody does.
    if (!document.hidden && this._topics.size > 0 && due < this._due) {
      clearTimeout(this._timer);
      this._due = due;
      this._timer = setTimeout(() => this._follow(), due - now);
    }
  }

  private _follow(): void {
    this._due = Infinity;
    this._asked = Date.now();
    const topics = [...this._topics];
    this._topics.clear();
    for (const topic of topics) {
      void this._lab.follow(topic);
    }
  }

  private _onVisible = () => this._gather(0);

  private _poll: Poll;
  private _topics = new Set<Change['topic']>();
  private _timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer goes off, and when it did; milliseconds since 1970. */
  private _due = Infinity;
  private _asked = -Infinity;
  private _lostAt = -Infinity;
}
