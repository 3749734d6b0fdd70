/** What datasets are looked for, and those that the server found: page by page, newest question first. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { LabClient } from '../api/client';
import type { DatasetPage, DatasetRow, Facet } from '../api/wire';
import {
  Chosen,
  facetQuery,
  FacetName,
  NOTHING_CHOSEN,
  toggled
} from './facets';

/** Milliseconds after a key in which an answer to older words may come before it is given up. */
const PATIENCE = 120;

/** Rows of a page. */
export const PAGE = 300;

/** Rows that the server gives at once at most. */
const MOST = 10_000;

/** An answer, and the question that it answers. */
export interface IFound {
  readonly rows: readonly DatasetRow[];
  /** How many match in all. */
  readonly total: number;
  readonly facets: readonly Facet[];
  /** Whether there are more than the rows. */
  readonly more: boolean;
  readonly text: string;
  readonly chosen: Chosen;
}

const NOTHING_FOUND: IFound = {
  rows: [],
  total: 0,
  facets: [],
  more: false,
  text: '',
  chosen: NOTHING_CHOSEN
};

export class DatasetSearch implements IDisposable {
  constructor(private _api: Pick<LabClient, 'datasets'>) {}

  /** The words that are looked for, as they were typed. */
  get text(): string {
    return this._text;
  }

  /** The facets' values that are on. */
  get chosen(): Chosen {
    return this._chosen;
  }

  /** The last answer; it stays until the next one is here. */
  get found(): IFound {
    return this._found;
  }

  /** Whether the server has ever answered. */
  get loaded(): boolean {
    return this._loaded;
  }

  /** Whether an answer to a newer question is waited for. */
  get waiting(): boolean {
    return this._timer !== null || this._asking !== null;
  }

  /** Why the last question failed; null if it did not. */
  get error(): Error | null {
    return this._error;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Look for words: at once, or as soon as the answer to older ones is here. */
  setText(text: string): void {
    if (text === this._text) {
      return;
    }
    this._text = text;
    if (this._asking === null) {
      void this._ask(PAGE);
      return;
    }
    this._timer ??= setTimeout(() => void this._ask(PAGE), PATIENCE);
    this._changed.emit();
  }

  /** Turn a value of a facet on or off. */
  toggle(facet: FacetName, value: { value: string; title: string }): void {
    this._chosen = toggled(this._chosen, facet, value);
    void this._ask(PAGE);
  }

  /** Look for words and values at once, as when they are restored. */
  look(text: string, chosen: Chosen): void {
    this._text = text;
    this._chosen = chosen;
    void this._ask(PAGE);
  }

  /** Turn all facets off. */
  clearFacets(): void {
    this._chosen = NOTHING_CHOSEN;
    void this._ask(PAGE);
  }

  /** Add the page after the last one. */
  more(): Promise<void> {
    return this._found.more && !this.waiting
      ? this._ask(PAGE, this._cursor)
      : Promise.resolve();
  }

  /**
   * Ask the same again, for as many rows as there are; while a question is on its way, after it.
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
    return this._ask(Math.min(Math.max(this._found.rows.length, PAGE), MOST));
  }

  dispose(): void {
    this._isDisposed = true;
    this._stopTimer();
    this._asking?.abort();
    Signal.clearData(this);
  }

  /** Ask the server; a question that is on its way is given up. */
  private _ask(limit: number, cursor = ''): Promise<void> {
    if (this._isDisposed) {
      return Promise.resolve();
    }
    this._stopTimer();
    this._asking?.abort();
    const asking = new AbortController();
    this._asking = asking;
    const running = this._answer(asking, limit, cursor).finally(() => {
      if (this._running === running) {
        this._running = null;
      }
    });
    this._running = running;
    this._changed.emit();
    return running;
  }

  private async _answer(
    asking: AbortController,
    limit: number,
    cursor: string
  ): Promise<void> {
    const text = this._text;
    const chosen = this._chosen;
    let page: DatasetPage | null = null;
    let failure: Error | null = null;
    try {
      const words = { ...facetQuery(chosen), text: text.trim() };
      page = await this._api.datasets(
        { ...words, limit, cursor },
        asking.signal
      );
    } catch (error) {
      failure = error as Error;
    }
    if (this._asking !== asking || this._isDisposed) {
      return; // Something else was asked meanwhile.
    }
    this._asking = null;
    this._error = failure;
    if (page) {
      this._loaded = true;
      this._cursor = page.next_cursor ?? '';
      this._found = {
        rows: cursor ? joined(this._found.rows, page.items) : page.items,
        total: page.total,
        facets: cursor ? this._found.facets : page.facets,
        more: page.next_cursor !== null,
        text,
        chosen
      };
    }
    this._changed.emit();
    if (this._timer !== null) {
      void this._ask(PAGE);
    }
  }

  private _stopTimer(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _text = '';
  private _chosen = NOTHING_CHOSEN;
  private _found = NOTHING_FOUND;
  private _cursor = '';
  private _loaded = false;
  private _error: Error | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _asking: AbortController | null = null;
  private _running: Promise<void> | null = null;
  private _next: Promise<void> | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}

/** Two pages as one; what moved between them meanwhile is listed once. */
function joined(
  rows: readonly DatasetRow[],
  page: readonly DatasetRow[]
): readonly DatasetRow[] {
  const known = new Set(rows.map(({ id }) => id));
  return [...rows, ...page.filter(({ id }) => !known.has(id))];
}
