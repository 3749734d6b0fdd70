/** The ledger: what was read where, what moved, and what that cost or would have cost. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { LedgerSummary } from '../api/wire';
import { GROUPINGS, LedgerView, SPANS } from '../state/ledger-view';
import { formatSize } from './format';
import { groupingNames, priced, Rows, Sums } from './ledger-tables';
import { rangeOf } from './map-words';
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
        <Nothing view={view} trans={trans} />
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

/** That there is nothing to show, and what to do about it. */
function Nothing({
  view,
  trans
}: Pick<ILedgerProps, 'view' | 'trans'>): JSX.Element {
  return (
    <div className="jp-MulticloudMessage">
      <p>
        {view.span === null
          ? trans.__('Nothing has been computed near data yet.')
          : trans.__(
              'Nothing was computed near data in the last %1 days.',
              view.span
            )}{' '}
        {trans.__(
          'Open a dataset near its data and run mcl.compute(…) in the notebook: what it read and moved is written here.'
        )}
      </p>
      {view.span !== null && (
        <Button small onClick={() => void view.lookBack(null)}>
          {trans.__('Look at All Days')}
        </Button>
      )}
    </div>
  );
}

function Controls({ view, trans, onExport }: ILedgerProps): JSX.Element {
  const names = groupingNames(trans);
  return (
    <div className="jp-MulticloudLedger-controls">
      <div role="group" aria-label={trans.__('Add up by')}>
        <span aria-hidden="true">{trans.__('Add up by')}</span>
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
        {trans.__('Period')}{' '}
        <HTMLSelect
          value={String(view.span)}
          aria-label={trans.__('Period')}
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
