/** Which datasets are selected; a Shift-selection reaches from the anchor. */
import { ISignal, Signal } from '@lumino/signaling';

/** Datasets that are selected at once by a range; nobody opens as many. */
export const MOST = 1000;

export class Selection {
  get ids(): readonly string[] {
    return this._ids;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The one that was touched last; what is about a single dataset is about this one. */
  get current(): string | null {
    return this._anchor;
  }

  has(id: string): boolean {
    return this._known.has(id);
  }

  /** Select these and nothing else. */
  set(ids: readonly string[]): void {
    this._anchor = ids[0] ?? null;
    this._put([...ids]);
  }

  /** Make one the current one, and select it alone unless it is selected already. */
  touch(id: string): void {
    if (this.has(id)) {
      this._anchor = id;
    } else {
      this.set([id]);
    }
  }

  /** Add one, or take it out. */
  toggle(id: string): void {
    this._anchor = id;
    this._put(
      this.has(id)
        ? this._ids.filter(other => other !== id)
        : [...this._ids, id]
    );
  }

  /**
   * Select everything from the anchor to one.
   *
   * @param id - Where the range ends.
   * @param order - All ids, as they are shown.
   */
  extend(id: string, order: readonly string[]): void {
    const from = this._anchor === null ? -1 : order.indexOf(this._anchor);
    const to = order.indexOf(id);
    if (from < 0 || to < 0) {
      this.set([id]);
      return;
    }
    this._put(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  private _put(ids: readonly string[]): void {
    this._ids = ids;
    this._known = new Set(ids);
    this._changed.emit();
  }

  private _ids: readonly string[] = [];
  private _known: ReadonlySet<string> = new Set();
  private _anchor: string | null = null;
  private _changed = new Signal<this, void>(this);
}
