/** The rows of a long list, of which only those pages are here that somebody looks at. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { DatasetRow } from '../api/wire';

/** Rows of a page. */
export const PAGE = 50;

/** Pages that are kept; the one that was not looked at for the longest time makes room. */
export const KEPT = 40;

/** Milliseconds between two questions while somebody scrolls on and on. */
const PACE = 60;

/** Asks the server for the rows from an offset on. */
export type LoadRows = (
  offset: number,
  signal: AbortSignal
) => Promise<readonly DatasetRow[]>;

interface IPage {
  readonly rows: readonly DatasetRow[];
  /** Whether the list may be another one since: it is shown until it is asked for again. */
  old: boolean;
}

interface IFlight {
  readonly abort: AbortController;
  /** Whether somebody waits for it who does not look at it. */
  kept: boolean;
  readonly done: Promise<void>;
}

export class RowPages implements IDisposable {
  constructor(private _load: LoadRows) {}

  /** Emits when rows have come, or could not be had. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Why a page could not be had; null if all could. */
  get error(): Error | null {
    return this._error;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The first page that somebody looks at. */
  get seen(): number {
    return this._wanted.size > 0 ? Math.min(...this._wanted) : 0;
  }

  /** The row at an offset in the list; undefined if it is not here. */
  row(offset: number): DatasetRow | undefined {
    return this._pages.get(pageOf(offset))?.rows[offset % PAGE];
  }

  /** Where a dataset is in the list; -1 if it is not here. */
  offsetOf(id: string): number {
    for (const [number, { rows }] of this._pages) {
      const at = rows.findIndex(row => row.id === id);
      if (at >= 0) {
        return number * PAGE + at;
      }
    }
    return -1;
  }

  /** A dataset of the list; undefined if it is not here, or may be another one by now. */
  find(id: string): DatasetRow | undefined {
    const offset = this.offsetOf(id);
    return this._pages.get(pageOf(offset))?.old ? undefined : this.row(offset);
  }

  /** Begin another list with a page of it. */
  begin(number: number, rows: readonly DatasetRow[]): void {
    this.hold();
    this._held = false;
    this._pages.clear();
    this._put(number, rows);
  }

  /** Take a page that was asked for again; the others will be when they are looked at. */
  renew(number: number, rows: readonly DatasetRow[]): void {
    this.hold();
    this._held = false;
    for (const page of this._pages.values()) {
      page.old = true;
    }
    this._put(number, rows);
  }

  /** Give up what is on its way and ask for nothing, as while another list is asked for. */
  hold(): void {
    this._held = true;
    this._stopTimer();
    this._flights.forEach(({ abort }) => abort.abort());
    this._flights.clear();
    this._failed.clear();
    this._error = null;
  }

  /** Go on with the list that there is. */
  release(): void {
    this._held = false;
    this._askWanted();
  }

  /** Have those pages that somebody looks at; pages that were scrolled past are given up. */
  want(pages: ReadonlySet<number>): void {
    this._wanted = pages;
    for (const [number, { abort, kept }] of this._flights) {
      if (!kept && !pages.has(number)) {
        this._flights.delete(number);
        abort.abort();
      }
    }
    for (const number of pages) {
      const page = this._pages.get(number);
      if (page) {
        // The last in the map is the last to make room.
        this._pages.delete(number);
        this._pages.set(number, page);
      }
    }
    this._askWanted();
  }

  /** Have pages although nobody looks at them; never rejects. */
  async have(pages: readonly number[]): Promise<void> {
    await Promise.all(
      pages
        .filter(number => !this._pages.has(number))
        .map(number => {
          const flight = this._flights.get(number) ?? this._ask(number);
          flight.kept = true;
          return flight.done;
        })
    );
  }

  dispose(): void {
    this._isDisposed = true;
    this.hold();
    Signal.clearData(this);
  }

  private _askWanted(): void {
    const missing = [...this._wanted].filter(
      number =>
        this._pages.get(number)?.old !== false &&
        !this._flights.has(number) &&
        !this._failed.has(number)
    );
    if (missing.length === 0 || this._timer !== null || this._held) {
      return;
    }
    const rest = this._asked + PACE - performance.now();
    if (rest > 0) {
      this._timer = setTimeout(() => {
        this._timer = null;
        this._askWanted();
      }, rest);
      return;
    }
    this._asked = performance.now();
    missing.forEach(number => this._ask(number));
  }

  private _ask(number: number): IFlight {
    const abort = new AbortController();
    const flight: IFlight = {
      abort,
      kept: false,
      done: this._load(number * PAGE, abort.signal).then(
        rows => {
          if (this._flights.get(number) === flight) {
            this._flights.delete(number);
            this._put(number, rows);
            this._changed.emit();
          }
        },
        (error: Error) => {
          if (this._flights.get(number) === flight) {
            this._flights.delete(number);
            this._failed.add(number);
            this._error = error;
            this._changed.emit();
          }
        }
      )
    };
    this._flights.set(number, flight);
    return flight;
  }

  private _put(number: number, rows: readonly DatasetRow[]): void {
    this._pages.delete(number);
    this._pages.set(number, { rows, old: false });
    for (const known of this._pages.keys()) {
      if (this._pages.size <= KEPT) {
        break;
      }
      if (!this._wanted.has(known)) {
        this._pages.delete(known);
      }
    }
  }

  private _stopTimer(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _pages = new Map<number, IPage>();
  private _flights = new Map<number, IFlight>();
  private _failed = new Set<number>();
  private _wanted: ReadonlySet<number> = new Set();
  private _held = false;
  private _asked = -Infinity;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _error: Error | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}

/** The page that an offset is on. */
export function pageOf(offset: number): number {
  return Math.floor(offset / PAGE);
}
