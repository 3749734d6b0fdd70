import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import { FakeServer, ICall, refusal } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { LedgerRow, LedgerSummary } from '../../api/wire';
import { Lab } from '../../state/lab';
import { LedgerView } from '../../state/ledger-view';
import { Ledger } from '../ledger';

const trans = nullTranslator.load('');

function entry(id: string, more: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    run: 'r',
    at: 1_764_072_000,
    notebook: '/home/me/rain.ipynb',
    kind: 'read',
    dataset: 'c/era5',
    url: null,
    source: 'gcp:us-central1',
    destination: 'gcp:us-central1',
    estimated_bytes: 1.4e12,
    measured_bytes: 1.5e12,
    seconds: 60,
    price_low: 0,
    price_high: 0,
    avoided_bytes: 1.5e12,
    avoided_low: 100,
    avoided_high: 150,
    ...more
  };
}

function sum(key: string, more: Partial<LedgerSummary> = {}): LedgerSummary {
  return {
    key,
    source: null,
    destination: null,
    first: 0,
    last: 0,
    runs: 2,
    rows: 3,
    read_bytes: 2.6e12,
    moved_bytes: 288_000,
    unsized: 0,
    price_low: 0,
    price_high: 0,
    unpriced: 0,
    avoided_bytes: 2.6e12,
    avoided_low: 190,
    avoided_high: 310,
    ...more
  };
}

describe('Ledger', () => {
  let server: FakeServer;
  let lab: Lab;
  let view: LedgerView;
  let rows: LedgerRow[];
  let sums: Record<string, LedgerSummary[]>;
  const onExport = jest.fn();
  const user = userEvent.setup();

  beforeEach(async () => {
    rows = [entry('a')];
    sums = {
      total: [sum('')],
      day: [sum('2026-11-25')],
      notebook: [sum(''), sum('=evil\u202e<b>.ipynb')],
      dataset: [sum('c/era5', { unpriced: 1 }), sum('')],
      regions: [sum('x', { source: 'aws:us-west-2', unpriced: 3 })]
    };
    server = new FakeServer();
    server.routes['GET ledger/summary'] = ({ query }: ICall) =>
      sums[query.get('by')!];
    server.routes['GET ledger'] = ({ query }: ICall) => {
      const from = Number(query.get('cursor') ?? 0);
      const to = from + Number(query.get('limit'));
      return {
        items: rows.slice(from, to),
        total: rows.length,
        next_cursor: to < rows.length ? String(to) : null
      };
    };
    lab = new Lab(new LabClient(server.settings));
    view = new LedgerView(lab);
    render(<Ledger view={view} trans={trans} onExport={onExport} />);
    await act(() => view.ask());
  });

  afterEach(() => {
    view.dispose();
    lab.dispose();
  });

  const texts = (name: RegExp) =>
    within(screen.getByRole('table', { name }))
      .getAllByRole('row')
      .slice(1)
      .map(row => row.textContent);

  it('should say what was read, what moved, and what that would have cost', () => {
    expect(texts(/^Added up/)).toEqual([
      '2026-11-2522.6 TB288 kB$0.002.6 TB$190–$310'
    ]);
    expect(texts(/^Entries/)[0]).toContain(
      'rain.ipynbread c/era5in gcp:us-central11.4 TB1.5 TB$0.00$100–$150'
    );
    expect(
      screen.getByText('Would have moved', { selector: 'dt' })
    ).toBeTruthy();
  });

  it('should add up by notebook, dataset and regions, hostile names as text', async () => {
    await user.click(screen.getByRole('button', { name: 'Notebook' }));
    expect(
      texts(/^Added up by: Notebook/).map(row => row?.slice(0, 9))
    ).toEqual(['not known', '=evil\u202e<b>']);
    // By their names alone, unless two have the same.
    const names = () => texts(/^Added up/).map(row => row?.replace(/nb.*/, ''));
    sums.notebook = [sum('/a/one.ipynb'), sum('/b/two.ipynb')];
    await act(() => view.ask());
    expect(names()).toEqual(['one.ipy', 'two.ipy']);
    sums.notebook.push(sum('/c/two.ipynb'));
    await act(() => view.ask());
    expect(names()).toEqual(['one.ipy', '/b/two.ipy', '/c/two.ipy']);
    await user.click(screen.getByRole('button', { name: 'Dataset' }));
    expect(texts(/^Added up/)[0]).toContain('$0.00 + 1 not priced');
    expect(texts(/^Added up/)[1]).toMatch(/^results, of no single dataset/);
    await user.click(screen.getByRole('button', { name: 'Regions' }));
    expect(texts(/^Added up/)[0]).toContain('aws:us-west-2 to here');
    expect(texts(/^Added up/)[0]).toContain('price not known');
  });

  it('should look back as far as is chosen', async () => {
    const since = () =>
      server.asked('GET ledger').slice(-1)[0].query.get('since');
    const days = (Date.now() / 1000 - Number(since())) / 86_400;
    expect(Math.round(days)).toBe(30);
    const span = screen.getByRole('combobox', { name: 'Period' });
    fireEvent.change(span, { target: { value: 'null' } });
    await act(() => view.ask());
    expect(since()).toBeNull();
  });

  it('should tell an estimate from a measurement, and say what is not known', async () => {
    rows = [
      entry('a', { measured_bytes: null, estimated_bytes: 5e9 }),
      entry('b', {
        kind: 'move',
        destination: null,
        estimated_bytes: null,
        avoided_bytes: null,
        dataset: null,
        price_low: null
      }),
      entry('c', {
        kind: 'graph',
        source: null,
        destination: 'gcp:us-central1'
      })
    ];
    await act(() => view.ask());
    expect(texts(/^Entries/)[0]).toContain('5.0 GBnot known$0.00');
    expect(texts(/^Entries/)[1]).toContain(
      'moved gcp:us-central1 to herenot known1.5 TBnot known–'
    );
    expect(texts(/^Entries/)[2]).toContain('here to gcp:us-central1');
    expect(texts(/^Entries/)[2]).toContain('sent tasks');
  });

  it('should show more entries when asked', async () => {
    rows = Array.from({ length: 150 }, (_, index) => entry(`${index}`));
    await act(() => view.ask());
    expect(texts(/^Entries/).length).toBe(100);
    await user.click(screen.getByRole('button', { name: 'Show More' }));
    expect(texts(/^Entries/).length).toBe(150);
  });

  it('should ask again when a computation was recorded', async () => {
    rows = [entry('a'), entry('b')];
    await act(() => lab.follow('ledger'));
    expect(
      (await screen.findByText('2 of 2 entries')).textContent
    ).toBeTruthy();
  });

  it('should write all pages as CSV, and names as values', async () => {
    rows = Array.from({ length: 10_001 }, (_, index) => entry(`${index}`));
    rows[10_000].notebook = '=1+1.ipynb';
    const lines = (await view.csv()).split('\r\n');
    expect(lines.length).toBe(10_003);
    expect(lines[0]).toMatch(/^at,run,notebook,kind,dataset/);
    expect(lines[1]).toMatch(
      /^2025-11-25T12:00:00\.000Z,r,\/home\/me\/rain\.ipynb,read/
    );
    expect(lines[10_001]).toContain(`,"'=1+1.ipynb",`);
  });

  it('should invite to compute when there is nothing', async () => {
    rows = [];
    sums = { total: [], day: [] };
    await act(() => view.ask());
    const said = () => screen.getByText(/^Nothing/).textContent;
    expect(said()).toMatch(/in the last 30 days\. .*run mcl\.compute/);
    await user.click(screen.getByRole('button', { name: 'Look at All Days' }));
    expect(said()).toMatch(/^Nothing has been .*run mcl\.compute/);
    expect(screen.queryByRole('button', { name: /^Look at/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Export as CSV' }));
    expect(onExport).toHaveBeenCalledTimes(1);
  });

  it('should say why it cannot be read, and try again', async () => {
    server.routes['GET ledger'] = () => refusal(500, 'internal', 'No luck.');
    await act(() => view.ask());
    expect(screen.getByRole('alert').textContent).toContain('No luck.');
    server.routes['GET ledger'] = () => ({
      items: [],
      total: 0,
      next_cursor: null
    });
    await user.click(screen.getByRole('button', { name: 'Try Again' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
