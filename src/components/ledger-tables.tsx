/** The tables of the ledger: rows added up, and the rows, what was expected beside what was measured. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { LedgerRow, LedgerSummary } from '../api/wire';
import type { Grouping, LedgerView } from '../state/ledger-view';
import { formatSize } from './format';
import { endOf, notebookName, rangeOf } from './map-words';

export function Sums(props: {
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
            <th scope="row" title={sum.key}>
              <bdi>{keyOf(sum, view.grouping, sums, trans)}</bdi>
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

export function Rows(props: {
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
          <NumberHead>{trans.__('Expected')}</NumberHead>
          <NumberHead>{trans.__('Measured')}</NumberHead>
          <NumberHead>{trans.__('Cost')}</NumberHead>
          <NumberHead>{trans.__('Would have cost')}</NumberHead>
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.id}>
            <td>
              {new Date(row.at * 1000).toLocaleString([], {
                dateStyle: 'medium',
                timeStyle: 'short'
              })}
            </td>
            <td className="jp-mod-wide" title={row.notebook}>
              <bdi>{notebookName(row.notebook) || trans.__('not known')}</bdi>
            </td>
            <td className="jp-mod-wide">
              {kindOf(row, trans)} <bdi>{row.dataset ?? row.url ?? ''}</bdi>
            </td>
            <td className="jp-mod-wide">
              {row.kind === 'read' && row.source === row.destination
                ? trans.__('in %1', endOf(row.source, trans))
                : trans.__(
                    '%1 to %2',
                    endOf(row.source, trans),
                    endOf(row.destination, trans)
                  )}
            </td>
            <td className="jp-mod-number">
              {sizeOf(row.estimated_bytes, trans)}
            </td>
            <td className="jp-mod-number">
              {sizeOf(row.measured_bytes, trans)}
            </td>
            <td className="jp-mod-number">
              {costOf(row.price_low, row.price_high, trans)}
            </td>
            <td className="jp-mod-number">
              {row.avoided_bytes === null
                ? '–'
                : costOf(row.avoided_low, row.avoided_high, trans)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function kindOf({ kind }: LedgerRow, trans: TranslationBundle): string {
  return {
    read: trans.__('read'),
    move: trans.__('moved'),
    graph: trans.__('sent tasks')
  }[kind];
}

function NumberHead({ children }: React.PropsWithChildren): JSX.Element {
  return (
    <th scope="col" className="jp-mod-number">
      {children}
    </th>
  );
}

export function groupingNames(
  trans: TranslationBundle
): Record<Grouping, string> {
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
  sums: readonly LedgerSummary[],
  trans: TranslationBundle
): string {
  if (grouping === 'regions') {
    return trans.__(
      '%1 to %2',
      endOf(sum.source, trans),
      endOf(sum.destination, trans)
    );
  }
  if (grouping === 'notebook') {
    const name = notebookName(sum.key);
    const isAlone =
      sums.filter(({ key }) => notebookName(key) === name).length === 1;
    return (isAlone ? name : sum.key) || trans.__('not known');
  }
  // What is read has a dataset or a URL; what moves is made of several.
  return (
    sum.key ||
    (grouping === 'dataset'
      ? trans.__('results, of no single dataset')
      : trans.__('not known'))
  );
}

/** What rows cost together, and of how many that is not known. */
export function priced(sum: LedgerSummary, trans: TranslationBundle): string {
  if (sum.unpriced === sum.rows) {
    return trans.__('price not known');
  }
  const range = rangeOf([sum.price_low, sum.price_high]);
  return sum.unpriced > 0
    ? trans.__('%1 + %2 not priced', range, sum.unpriced)
    : range;
}

function sizeOf(bytes: number | null, trans: TranslationBundle): string {
  return bytes === null ? trans.__('not known') : formatSize(bytes);
}

function costOf(
  low: number | null,
  high: number | null,
  trans: TranslationBundle
): string {
  return low === null || high === null
    ? trans.__('not known')
    : rangeOf([low, high]);
}
