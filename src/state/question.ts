/** A question that may take long: since when it is asked, its answer, and a way to stop waiting. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

export class Question<T> implements IDisposable {
  /** @param _put - Asks the server, until the signal says to give up. */
  constructor(private _put: (signal: AbortSignal) => Promise<T>) {}

  /** The last answer; null if there is none. */
  get answer(): T | null {
    return this._answer;
  }

  /** Why the last question failed; null if it did not. */
  get error(): Error | null {
    return this._error;
  }

  /** Seconds since 1970 when it was asked; null if nothing is waited for. */
  get since(): number | null {
    return this._since;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask it, or ask it again; the promise never rejects: see `error`. */
  async ask(): Promise<void> {
    this._asking?.abort();
    const asking = new AbortController();
    this._asking = asking;
    this._since = Date.now() / 1000;
    this._changed.emit();
    let answer = this._answer;
    let failure: Error | null = null;
    try {
      answer = await this._put(asking.signal);
    } catch (error) {
      failure = error as Error;
    }
    if (this._asking !== asking || this._isDisposed) {
      return; // It was stopped, or asked again.
    }
    this._asking = null;
    this._since = null;
    this._answer = answer;
    this._error = failure;
    this._changed.emit();
  }

  /** Wait no longer. */
  stop(): void {
    this._asking?.abort();
    this._asking = null;
    this._since = null;
    this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    this._asking?.abort();
    Signal.clearData(this);
  }

  private _answer: T | null = null;
  private _error: Error | null = null;
  private _since: number | null = null;
  private _asking: AbortController | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
