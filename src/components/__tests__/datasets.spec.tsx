import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  catalog,
  facet,
  FakeServer,
  labStatus,
  page,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { CatalogStatus, DatasetRow, Facet } from '../../api/wire';
import { Lab } from '../../state/lab';
import { Datasets } from '../datasets';

const trans = nullTranslator.load('');
const user = userEvent.setup();

describe('Datasets', () => {
  let lab: Lab;
  let server: FakeServer;
  let onRefresh: jest.Mock;
  const onAddCatalog = jest.fn();

  const show = () =>
    render(
      <Datasets
        lab={lab}
        trans={trans}
        onAddCatalog={onAddCatalog}
        onOpen={jest.fn()}
        onRefresh={onRefresh}
      />
    );
  const say = (catalogs: CatalogStatus[]) =>
    lab.status.set(labStatus({ catalogs }));
  /** Have the server list these, by the words that a row's id begins with. */
  const list = async (rows: DatasetRow[], facets: Facet[] = []) => {
    server.routes['GET datasets'] = ({ query }) =>
      page(
        rows.filter(({ name }) => name.startsWith(query.get('text') ?? '')),
        { facets }
      );
    await lab.datasets.refresh();
  };
  const count = () => screen.getAllByRole('status')[0].textContent;
  const button = (name: string | RegExp) =>
    screen.getByRole<HTMLButtonElement>('button', { name });

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    onRefresh = jest.fn(async () => undefined);
    say([catalog('c')]);
  });

  afterEach(() => lab.dispose());

  it('should say what is waited for, then what failed, and try again', async () => {
    show();
    expect(count()).toContain('Asking');
    await act(() => lab.datasets.refresh());
    expect(screen.getByRole('alert').textContent).toContain(
      'has no Multi-Cloud Lab'
    );
    server.routes['GET datasets'] = () => page([row('c/a')]);
    await user.click(button('Try Again'));
    expect(await screen.findByRole('treeitem', { name: /^a / })).toBeTruthy();
  });

  it('should search at the server and say how many were found', async () => {
    await list([row('c/precip'), row('c/wind')]);
    show();
    expect(count()).toBe('2 datasets');
    const box = screen.getByRole('searchbox', { name: 'Search datasets' });
    fireEvent.change(box, { target: { value: 'wind' } });
    box.focus();
    expect(screen.getByText('Searching …')).toBeTruthy();
    expect(screen.getByRole('treeitem', { name: /^precip/ })).toBeTruthy();
    await screen.findByText('1 of 2 datasets');
    expect(screen.queryByRole('treeitem', { name: /^precip/ })).toBeNull();
    expect(screen.queryByText('Searching …')).toBeNull();
    await user.keyboard('{Escape}');
    await screen.findByText('2 datasets');
  });

  it('should say that nothing matches', async () => {
    await list([row('c/precip')]);
    show();
    await user.type(screen.getByRole('searchbox'), 'wind');
    expect(await screen.findByText(/No dataset matches/)).toBeTruthy();
    await user.click(button('Show All Datasets'));
    expect(await screen.findByText('1 dataset')).toBeTruthy();
    expect(screen.getByRole<HTMLInputElement>('searchbox').value).toBe('');
  });

  describe('facets', () => {
    const facets = [
      facet('provider', { gcp: 101, aws: 38 }),
      facet('region', { 'gcp:us-central1': 60, unknown: 3 }, 12),
      facet('format', { zarr: 100, netcdf: 39 }),
      facet('requester_pays', { true: 80, false: 59 }),
      facet('near', { true: 96, false: 43 })
    ];
    const pressed = () =>
      screen
        .getAllByRole('button', { pressed: true })
        .map(({ textContent }) => textContent);

    beforeEach(async () => {
      await list([row('c/a')], facets);
      show();
      server.calls.length = 0;
    });

    it('should turn several on, with counts, and all off', async () => {
      expect(screen.queryByRole('button', { name: 'Clear all filters' })).toBe(
        null
      );
      await user.click(button('AWS, 38 datasets'));
      await user.click(button('near a gateway, 96 datasets'));
      expect(pressed()).toEqual(['✓ AWS 38', '✓ near a gateway 96']);
      const { query } = server.calls[server.calls.length - 1];
      expect(query.getAll('provider')).toEqual(['aws']);
      expect(query.get('near')).toBe('true');
      await user.click(button('Clear all filters'));
      expect(screen.queryAllByRole('button', { pressed: true })).toEqual([]);
      expect(document.activeElement).toBe(button(/^Show \d+ more filters/));
    });

    it('should open the rest in groups, by keyboard, and close it', async () => {
      const opener = button('Show 7 more filters');
      expect(opener.textContent).toBe('+7');
      opener.focus();
      await user.keyboard('{Enter}');
      expect(button('Show fewer filters').getAttribute('aria-expanded')).toBe(
        'true'
      );
      const region = within(screen.getByRole('group', { name: 'Region' }));
      expect(region.getByText('and 12 more, rarer')).toBeTruthy();
      await user.tab();
      expect(document.activeElement).toBe(button('GCP, 101 datasets'));
      await user.click(region.getByRole('button', { name: /not known/ }));
      expect(server.calls[0].query.getAll('region')).toEqual(['unknown']);
      await user.keyboard('{Escape}');
      expect(screen.queryByRole('group', { name: 'Region' })).toBeNull();
      expect(pressed()).toEqual(['✓ region not known 3']);
      expect(document.activeElement).toBe(button(/^Show \d+ more filters/));
    });

    it('should keep one that is on when nothing is left of it', async () => {
      await user.click(button('AWS, 38 datasets'));
      await act(() =>
        list([], [facet('provider', { gcp: 5, local: 1 }), ...facets.slice(1)])
      );
      expect(pressed()).toEqual(['✓ AWS 0']);
    });

    it('should open the groups of what was looked for', async () => {
      const many = Array.from({ length: 60 }, (_, n) => row(`c/g/d${n}`));
      await act(() => list(many, facets));
      expect(screen.queryByRole('treeitem', { name: /^d1 / })).toBeNull();
      await user.click(button('AWS, 38 datasets'));
      expect(
        await screen.findByRole('treeitem', { name: /^d1 / })
      ).toBeTruthy();
    });
  });

  describe('catalogs that are not well', () => {
    const now = () => Date.now() / 1000;

    it('should say what is wrong, of registries too, and try again', async () => {
      const problem = 'master.yaml: not YAML at line 3.';
      say([
        catalog('c', { problem, datasets: 0 }),
        catalog('open-data', { kind: 'registry', problem: 'It is down.' })
      ]);
      await list([]);
      show();
      const items = screen.getAllByRole('listitem').map(i => i.textContent);
      expect(items).toEqual([
        `Catalog c has a problem: ${problem}`,
        'Registry open-data has a problem: It is down.'
      ]);
      let done = () => {};
      onRefresh.mockReturnValue(new Promise<void>(resolve => (done = resolve)));
      await user.click(button('Try Again'));
      expect(onRefresh).toHaveBeenCalledTimes(1);
      expect(button('Reading again …').disabled).toBe(true);
      await act(async () => done());
      expect(button('Try Again').disabled).toBe(false);
    });

    it('should say since when a catalog is stale and why, and mark its rows', async () => {
      const problem = 'https://x.example does not answer.';
      const read = now() - 3 * 3600;
      say([catalog('c', { stale: true, read, problem })]);
      await list([row('c/a', 'aws', 'aws:us-west-2', { stale: true })]);
      show();
      expect(screen.getByRole('listitem').textContent).toBe(
        `Catalog c is as it was 3 h ago. ${problem}`
      );
      expect(
        screen.getByRole('treeitem', { name: /^a .*old copy/ })
      ).toBeTruthy();
    });

    it('should fold them when there are many', async () => {
      say(['a', 'b', 'd'].map(name => catalog(name, { problem: 'Gone.' })));
      await list([]);
      const { container } = show();
      expect(container.querySelector('details')!.open).toBe(false);
      expect(screen.getByText('3 catalog problems')).toBeTruthy();
    });

    it('should show a child that cannot be read as a row with its sentence', async () => {
      const problem = 'ocean.yaml was not found.';
      await list([row('c/ocean', 'a', 'aws:us-west-2', { problem })]);
      show();
      const item = screen.getByRole('treeitem', { name: /^ocean / });
      expect(item.textContent).toContain('cannot be read');
      expect(item.textContent).toContain(problem);
    });
  });

  it('should say what reading from home costs, and where that is', async () => {
    const price = { low: 0, high: 0, source: '', date: '', payer: 'nobody' };
    lab.status.set(
      labStatus({ home: 'aws:us-west-2', catalogs: [catalog('c')] })
    );
    await list([
      { ...row('c/a', 'aws', 'aws:us-west-2'), here: price as never }
    ]);
    show();
    const title = 'Reading it from home, aws:us-west-2, costs nothing.';
    expect(screen.getByTitle(title).textContent).toBe('free here');
  });

  it('should mark where the reader pays', async () => {
    await list([row('c/a', 'aws', 'aws:us-west-2', { requester_pays: true })]);
    show();
    expect(screen.getByRole('treeitem', { name: /^a .*you pay/ })).toBeTruthy();
  });

  it('should invite to add a catalog, though there is a registry', async () => {
    say([catalog('open-data', { kind: 'registry' })]);
    await list([]);
    show();
    expect(screen.getByText(/No catalogs yet/)).toBeTruthy();
    expect(button('Copy')).toBeTruthy();
    await user.click(button('Add One Now…'));
    expect(onAddCatalog).toHaveBeenCalledTimes(1);
  });

  it('should offer to read catalogs again that hold nothing', async () => {
    say([catalog('c', { datasets: 0 })]);
    await list([]);
    show();
    expect(screen.getByText('The catalogs list no datasets.')).toBeTruthy();
    await user.click(button('Read Them Again'));
    expect(onRefresh).toHaveBeenCalledTimes(1);
  });
});
