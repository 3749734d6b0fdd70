/** A value that says when it changes. */
import { ISignal, Signal } from '@lumino/signaling';

export class Value<T> {
  constructor(private _value: T) {}

  get value(): T {
    return this._value;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  set(value: T): void {
    if (value !== this._value) {
      this._value = value;
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
}
