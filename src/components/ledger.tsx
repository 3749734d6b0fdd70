/** The ledger: what was read where, what moved, and what that cost or would have cost. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { LedgerRow, LedgerSummary } from '../api/wire';
import { Grouping, GROUPINGS, LedgerView, SPANS } from '../state/ledger-view';
import { formatSize } from './format';
import { endOf, rangeOf } from './map-words';
import { LoadState } from './messages';
import { useChanged } from './use-changed';

export interface ILedgerProps {
  view: LedgerView;
  trans: TranslationBundle;
  onExport: () => void;
}

export function Ledger(props: ILedgerProps): JSX.Element {
  const { view, trans } = props;
  useChanged(view);
  const failed = [view.sums, view.total, view.rows].find(({ error }) => error);
  if (failed || !view.rows.answer || !view.sums.answer) {
    return (
      <LoadState
        resource={{ error: failed?.error ?? null, refresh: () => view.ask() }}
        what={trans.__('Reading the ledger …')}
        trans={trans}
      />
    );
  }
  const { items, total } = view.rows.answer;
  return (
    <div className="jp-MulticloudLedger">
      <Controls {...props} />
      {total === 0 ? (
        <p className="jp-MulticloudMessage">
          {view.span === null
            ? trans.__(
                'Nothing has been computed near data yet. Open a dataset near its data and run mcl.compute(…): what it read and moved is written here.'
              )
            : trans.__('Nothing was computed near data in this time.')}
        </p>
      ) : (
        <>
          {view.total.answer && (
            <Total total={view.total.answer} trans={trans} />
          )}
          <Sums view={view} sums={view.sums.answer} trans={trans} />
          <Rows rows={items} trans={trans} />
          <p role="status">
            {trans._n(
              '%1 of %2 entry',
              '%1 of %2 entries',
              total,
              items.length.toLocaleString(),
              total.toLocaleString()
            )}{' '}
            {view.rows.answer.next_cursor !== null && (
              <Button small onClick={() => void view.more()}>
                {trans.__('Show More')}
              </Button>
            )}
          </p>
        </>
      )}
    </div>
  );
}

function Controls({ view, trans, onExport }: ILedgerProps): JSX.Element {
  const names = groupingNames(trans);
  return (
    <div className="jp-MulticloudLedger-controls">
      <div role="group" aria-label={trans.__('Add up by')}>
        {GROUPINGS.map(grouping => (
          <Button
            small
            key={grouping}
            aria-pressed={grouping === view.grouping}
            onClick={() => void view.groupBy(grouping)}
          >
            {names[grouping]}
          </Button>
        ))}
      </div>
      <label>
        {trans.__('Time')}{' '}
        <HTMLSelect
          value={String(view.span)}
          aria-label={trans.__('Time')}
          onChange={event => {
            const chosen = event.target.value;
            void view.lookBack(
              SPANS.find(span => String(span) === chosen) ?? null
            );
          }}
        >
          {SPANS.map(span => (
            <option key={span} value={String(span)}>
              {span === null
                ? trans.__('all')
                : trans.__('the last %1 days', span)}
            </option>
          ))}
        </HTMLSelect>
      </label>
      <Button small onClick={onExport}>
        {trans.__('Export as CSV')}
      </Button>
    </div>
  );
}

function Total(props: {
  total: LedgerSummary;
  trans: TranslationBundle;
}): JSX.Element {
  const { total, trans } = props;
  return (
    <dl className="jp-MulticloudLedger-total">
      <Figure
        name={trans.__('Read beside the data')}
        figure={formatSize(total.read_bytes)}
        note={trans._n('in %1 computation', 'in %1 computations', total.runs)}
      />
      <Figure
        name={trans.__('Moved')}
        figure={formatSize(total.moved_bytes)}
        note={priced(total, trans)}
      />
      <Figure
        name={trans.__('Would have moved')}
        figure={formatSize(total.avoided_bytes)}
        note={trans.__(
          '%1, list prices',
          rangeOf([total.avoided_low, total.avoided_high])
        )}
      />
    </dl>
  );
}

function Figure(props: {
  name: string;
  figure: string;
  note: string;
}): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>
        <strong>{props.figure}</strong> {props.note}
      </dd>
    </div>
  );
}

function Sums(props: {
  view: LedgerView;
  sums: readonly LedgerSummary[];
  trans: TranslationBundle;
}): JSX.Element {
  const { view, sums, trans } = props;
  const name = groupingNames(trans)[view.grouping];
  return (
    <table className="jp-MulticloudTable">
      <caption>{trans.__('Added up by: %1', name)}</caption>
      <thead>
        <tr>
          <th scope="col">{name}</th>
          <NumberHead>{trans.__('Computations')}</NumberHead>
          <NumberHead>{trans.__('Read')}</NumberHead>
          <NumberHead>{trans.__('Moved')}</NumberHead>
          <NumberHead>{trans.__('Cost')}</NumberHead>
          <NumberHead>{trans.__('Would have moved')}</NumberHead>
          <NumberHead>{trans.__('Would have cost')}</NumberHead>
        </tr>
      </thead>
      <tbody>
        {sums.map(sum => (
          <tr key={sum.key}>
            <th scope="row">
              <bdi>{keyOf(sum, view.grouping, trans)}</bdi>
            </th>
            <td className="jp-mod-number">{sum.runs.toLocaleString()}</td>
            <td className="jp-mod-number">{formatSize(sum.read_bytes)}</td>
            <td className="jp-mod-number">{formatSize(sum.moved_bytes)}</td>
            <td className="jp-mod-number">{priced(sum, trans)}</td>
            <td className="jp-mod-number">{formatSize(sum.avoided_bytes)}</td>
            <td className="jp-mod-number">
              {rangeOf([sum.avoided_low, sum.avoided_high])}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rows(props: {
  rows: readonly LedgerRow[];
  trans: TranslationBundle;
}): JSX.Element {
  const { rows, trans } = props;
  return (
    <table className="jp-MulticloudTable">
      <caption>{trans.__('Entries, the newest first')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('When')}</th>
          <th scope="col">{trans.__('Notebook')}</th>
          <th scope="col">{trans.__('What')}</th>
          <th scope="col">{trans.__('Where')}</th>
          <NumberHead>{trans.__('Bytes')}</NumberHead>
          <NumberHead>{trans.__('Cost')}</NumberHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.id}>
            <td>{new Date(row.at * 1000).toLocaleString()}</td>
            <td>
              <bdi>{row.notebook || trans.__('not known')}</bdi>
            </td>
            <td>
              {row.kind === 'read' ? trans.__('read') : trans.__('moved')}{' '}
              <bdi>{row.dataset ?? row.url ?? ''}</bdi>
            </td>
            <td>
              {row.kind === 'read' && row.source === row.destination
                ? trans.__('in %1', endOf(row.source, trans))
                : trans.__(
                    '%1 to %2',
                    endOf(row.source, trans),
                    endOf(row.destination, trans)
                  )}
            </td>
            <td className="jp-mod-number">{bytesOf(row, trans)}</td>
            <td className="jp-mod-number">
              {row.price_low === null || row.price_high === null
                ? trans.__('not known')
                : rangeOf([row.price_low, row.price_high])}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NumberHead({ children }: React.PropsWithChildren): JSX.Element {
  return (
    <th scope="col" className="jp-mod-number">
      {children}
    </th>
  );
}

function groupingNames(trans: TranslationBundle): Record<Grouping, string> {
  return {
    day: trans.__('Day'),
    notebook: trans.__('Notebook'),
    dataset: trans.__('Dataset'),
    regions: trans.__('Regions')
  };
}

function keyOf(
  sum: LedgerSummary,
  grouping: Grouping,
  trans: TranslationBundle
): string {
  return grouping === 'regions'
    ? trans.__(
        '%1 to %2',
        endOf(sum.source, trans),
        endOf(sum.destination, trans)
      )
    : sum.key || trans.__('not known');
}

/** What rows cost together, and of how many that is not known. */
function priced(sum: LedgerSummary, trans: TranslationBundle): string {
  if (sum.unpriced === sum.rows) {
    return trans.__('price not known');
  }
  const range = rangeOf([sum.price_low, sum.price_high]);
  return sum.unpriced > 0
    ? trans.__('%1 + %2 not priced', range, sum.unpriced)
    : range;
}

/** What was measured, else what was expected. */
function bytesOf(row: LedgerRow, trans: TranslationBundle): string {
  if (row.measured_bytes !== null) {
    return formatSize(row.measured_bytes);
  }
  return row.estimated_bytes === null
    ? trans.__('not known')
    : trans.__('about %1', formatSize(row.estimated_bytes));
}
