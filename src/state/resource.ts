/** A value that the server holds: the last copy of it, and what went wrong when it was asked for. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

export class Resource<T> implements IDisposable {
  /**
   * @param initial - The value until the server has said it.
   * @param load - Asks the server.
   */
  constructor(
    initial: T,
    private _load: () => Promise<T>
  ) {
    this._value = initial;
  }

  /** What the server said last. */
  get value(): T {
    return this._value;
  }

  /** Whether the server has ever said it. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Why the last question failed; null if it did not. The value is then an older one. */
  get error(): Error | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Ask the server; questions that come while one is on its way become one more after it.
   *
   * The promise never rejects: see `error`.
   */
  refresh(): Promise<void> {
    if (this._running) {
      this._next ??= this._running.then(() => {
        this._next = null;
        return this.refresh();
      });
      return this._next;
    }
    this._running = this._ask().finally(() => {
      this._running = null;
    });
    return this._running;
  }

  /** Take a newer value that an answer to something else brought. */
  set(value: T): void {
    this._value = value;
    this._loaded = true;
    this._error = null;
    this._changed.emit();
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _ask(): Promise<void> {
    try {
      const value = await this._load();
      if (!this._isDisposed) {
        this.set(value);
      }
    } catch (error) {
      if (!this._isDisposed) {
        this._error = error as Error;
        this._changed.emit();
      }
    }
  }

  private _value: T;
  private _loaded = false;
  private _error: Error | null = null;
  private _running: Promise<void> | null = null;
  private _next: Promise<void> | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
