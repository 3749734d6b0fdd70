/** What datasets are looked for, and those that the server found: the newest question first. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { LabClient } from '../api/client';
import type { DatasetGroup, DatasetPage, DatasetRow, Facet } from '../api/wire';
import {
  Chosen,
  facetQuery,
  FacetName,
  NOTHING_CHOSEN,
  toggled
} from './facets';
import { PAGE, RowPages } from './row-pages';

/** Milliseconds after a key in which an answer to older words may come before it is given up. */
const PATIENCE = 120;

/** An answer but for its rows, and the question that it answers. */
export interface IFound {
  /** How many match in all. */
  readonly total: number;
  readonly facets: readonly Facet[];
  /** In order, all of them; empty unless it is grouped. */
  readonly groups: readonly DatasetGroup[];
  readonly text: string;
  readonly chosen: Chosen;
  readonly grouped: boolean;
  /** Another number for another question; the same when one was asked again. */
  readonly question: number;
}

const NOTHING_FOUND: IFound = {
  total: 0,
  facets: [],
  groups: [],
  text: '',
  chosen: NOTHING_CHOSEN,
  grouped: true,
  question: 0
};

export class DatasetSearch implements IDisposable {
  constructor(private _api: Pick<LabClient, 'datasets'>) {
    this.rows = new RowPages((offset, signal) => this._page(offset, signal));
    this.rows.changed.connect(() => {
      if (this.rows.error) {
        this._changed.emit();
      }
    });
  }

  /** The rows of what was found, as far as they are here. */
  readonly rows: RowPages;

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
    return this._error ?? this.rows.error;
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
      void this._ask();
      return;
    }
    this._timer ??= setTimeout(() => void this._ask(), PATIENCE);
    this._changed.emit();
  }

  /** Turn a value of a facet on or off. */
  toggle(facet: FacetName, value: { value: string; title: string }): void {
    this._chosen = toggled(this._chosen, facet, value);
    void this._ask();
  }

  /** Look for words and values at once, as when they are restored. */
  look(text: string, chosen: Chosen): void {
    this._text = text;
    this._chosen = chosen;
    void this._ask();
  }

  /** Have those of one path follow each other, or all in one order. */
  setGrouped(grouped: boolean): void {
    if (grouped === this._grouped) {
      return;
    }
    this._grouped = grouped;
    if (this._loaded || this.waiting) {
      void this._ask();
    }
  }

  /** Turn all facets off. */
  clearFacets(): void {
    this._chosen = NOTHING_CHOSEN;
    void this._ask();
  }

  /** A dataset, if the list has it here or it is kept. */
  row(id: string): DatasetRow | undefined {
    return this.rows.find(id) ?? this._kept.get(id);
  }

  /** Keep these datasets, and no others, when they are scrolled out of the list. */
  keep(ids: readonly string[]): void {
    const kept = new Map<string, DatasetRow>();
    for (const id of ids) {
      const row = this.row(id);
      if (row) {
        kept.set(id, row);
      }
    }
    this._kept = kept;
  }

  /**
   * Ask the same again; while a question is on its way, after it.
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
    return this._ask();
  }

  dispose(): void {
    this._isDisposed = true;
    this._stopTimer();
    this._asking?.abort();
    this.rows.dispose();
    Signal.clearData(this);
  }

  /** Ask the server; a question that is on its way is given up. */
  private _ask(): Promise<void> {
    if (this._isDisposed) {
      return Promise.resolve();
    }
    this._stopTimer();
    this._asking?.abort();
    this.rows.hold();
    const asking = new AbortController();
    this._asking = asking;
    const running = this._answer(asking).finally(() => {
      if (this._running === running) {
        this._running = null;
      }
    });
    this._running = running;
    this._changed.emit();
    return running;
  }

  private async _answer(asking: AbortController): Promise<void> {
    const question = {
      text: this._text,
      chosen: this._chosen,
      grouped: this._grouped
    };
    const { found } = this;
    const again =
      this._loaded &&
      question.text === found.text &&
      question.chosen === found.chosen &&
      question.grouped === found.grouped;
    // Who asks again goes on looking where they are.
    const number = again ? this.rows.seen : 0;
    let page: DatasetPage | null = null;
    let failure: Error | null = null;
    try {
      page = await this._api.datasets(
        { ...queryOf(question), limit: PAGE, offset: number * PAGE },
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
      this._found = {
        ...question,
        total: page.total,
        facets: page.facets,
        groups: page.groups,
        question: again ? found.question : found.question + 1
      };
      if (again) {
        this.rows.renew(number, page.items);
        const ids = [...this._kept.keys()];
        this._kept.clear(); // They may be others by now.
        this.keep(ids);
      } else {
        this.rows.begin(number, page.items);
      }
    } else {
      this.rows.release();
    }
    this._changed.emit();
    if (this._timer !== null) {
      void this._ask();
    }
  }

  /** Ask for a page of what was found. */
  private async _page(
    offset: number,
    signal: AbortSignal
  ): Promise<readonly DatasetRow[]> {
    const { found } = this;
    const { items, total } = await this._api.datasets(
      { ...queryOf(found), limit: PAGE, offset, counts: false },
      signal
    );
    if (total !== found.total && found === this._found && !this.waiting) {
      void this.refresh(); // The list is another one by now.
    }
    return items;
  }

  private _stopTimer(): void {
    if (this._timer !== null) {
      clearTimeout(this._timer);
      this._timer = null;
    }
  }

  private _text = '';
  private _chosen = NOTHING_CHOSEN;
  private _grouped = NOTHING_FOUND.grouped;
  private _kept = new Map<string, DatasetRow>();
  private _found = NOTHING_FOUND;
  private _loaded = false;
  private _error: Error | null = null;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _asking: AbortController | null = null;
  private _running: Promise<void> | null = null;
  private _next: Promise<void> | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}

function queryOf(question: Pick<IFound, 'text' | 'chosen' | 'grouped'>) {
  const { text, chosen, grouped } = question;
  return { ...facetQuery(chosen), text: text.trim(), grouped };
}
