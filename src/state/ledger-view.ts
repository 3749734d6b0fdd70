/** What the ledger's tab shows: rows added up, the rows themselves, and all of them as CSV. */
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import type { LedgerPage, LedgerRow, LedgerSummary } from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { toCsv } from './csv';
import { Question } from './question';

/** What rows can be added up by. */
export const GROUPINGS = ['day', 'notebook', 'dataset', 'regions'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Days back from now that can be looked at; null is all of them. */
export const SPANS = [7, 30, 365, null] as const;
export type Span = (typeof SPANS)[number];

/** Rows that are shown at first, and that are asked for at once to be written as CSV. */
const SHOWN = 100;
const EXPORTED = 10_000;
const DAY = 86_400;

const COLUMNS: readonly (keyof LedgerRow)[] = [
  'at',
  'run',
  'notebook',
  'kind',
  'dataset',
  'url',
  'source',
  'destination',
  'estimated_bytes',
  'measured_bytes',
  'seconds',
  'price_low',
  'price_high',
  'avoided_bytes',
  'avoided_low',
  'avoided_high'
];

export class LedgerView implements IDisposable {
  constructor(
    private _lab: Pick<IMulticloudLab, 'api' | 'recorded'>,
    private _span: Span = 30
  ) {
    const { api } = _lab;
    const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.sums = new Question(signal =>
      api.ledgerSummary(
        { by: this._grouping, timezone, ...this._since() },
        signal
      )
    );
    this.total = new Question(async signal => {
      const by = 'total' as const;
      const sums = await api.ledgerSummary({ by, ...this._since() }, signal);
      return sums[0] ?? null;
    });
    this.rows = new Question(signal =>
      api.ledger({ limit: this._limit, ...this._since() }, signal)
    );
    for (const part of [this.sums, this.total, this.rows]) {
      (part.changed as ISignal<unknown, void>).connect(this._onChanged, this);
    }
    _lab.recorded.connect(this._onRecorded, this);
  }

  readonly sums: Question<LedgerSummary[]>;
  /** All together; null if there are no rows. */
  readonly total: Question<LedgerSummary | null>;
  readonly rows: Question<LedgerPage>;

  get grouping(): Grouping {
    return this._grouping;
  }

  get span(): Span {
    return this._span;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask for everything; never rejects. */
  async ask(): Promise<void> {
    await Promise.all([this.sums.ask(), this.total.ask(), this.rows.ask()]);
  }

  groupBy(grouping: Grouping): Promise<void> {
    this._grouping = grouping;
    return this.sums.ask();
  }

  lookBack(span: Span): Promise<void> {
    this._span = span;
    this._limit = SHOWN;
    return this.ask();
  }

  /** Show more of the rows. */
  more(): Promise<void> {
    this._limit = Math.min(this._limit * 10, EXPORTED);
    return this.rows.ask();
  }

  /**
   * Write every row of the span as CSV, times as ISO 8601.
   *
   * @throws ApiError - The server did not give them.
   */
  async csv(): Promise<string> {
    const rows: LedgerRow[] = [];
    const query = { limit: EXPORTED, ...this._since() };
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: LedgerPage = await this._lab.api.ledger({ ...query, cursor });
      rows.push(...page.items);
      cursor = page.next_cursor;
    }
    return toCsv(
      COLUMNS,
      rows.map(row =>
        COLUMNS.map(column =>
          column === 'at' ? new Date(row.at * 1000).toISOString() : row[column]
        )
      )
    );
  }

  dispose(): void {
    this._isDisposed = true;
    this._lab.recorded.disconnect(this._onRecorded, this);
    this.sums.dispose();
    this.total.dispose();
    this.rows.dispose();
    Signal.clearData(this);
  }

  private _since(): { since?: number } {
    return this._span === null
      ? {}
      : { since: Math.floor(Date.now() / 1000) - this._span * DAY };
  }

  private _onRecorded(): void {
    void this.ask();
  }

  private _onChanged(): void {
    this._changed.emit();
  }

  private _grouping: Grouping = 'day';
  private _limit = SHOWN;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
