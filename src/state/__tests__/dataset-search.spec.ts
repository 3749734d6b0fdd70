import { PromiseDelegate } from '@lumino/coreutils';

import {
  facet,
  FakeServer,
  page,
  refusal,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { DatasetPage } from '../../api/wire';
import { DatasetSearch, PAGE } from '../dataset-search';

describe('DatasetSearch', () => {
  let server: FakeServer;
  let search: DatasetSearch;

  const asked = () =>
    server.asked('GET datasets').map(({ query }) => query.toString());
  const found = () => search.found.rows.map(({ id }) => id);
  /** Wait until no answer is on its way. */
  const settled = async () => {
    while (search.waiting) {
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };

  beforeEach(async () => {
    server = new FakeServer();
    server.routes['GET datasets'] = ({ query }) =>
      page([row(`c/${query.get('text') ?? 'all'}`)], {
        facets: [facet('provider', { aws: 1, gcp: 2 })]
      });
    search = new DatasetSearch(new LabClient(server.settings));
    await search.refresh();
    server.calls.length = 0;
  });

  afterEach(() => search.dispose());

  it('should ask at once, then for all that was typed meanwhile', async () => {
    search.setText('w');
    search.setText('wi');
    search.setText('wind');
    expect(search.text).toBe('wind');
    expect(search.waiting).toBe(true);
    expect(found()).toEqual(['c/all']);
    await settled();
    expect(asked()).toEqual([
      `text=w&limit=${PAGE}`,
      `text=wind&limit=${PAGE}`
    ]);
    expect(found()).toEqual(['c/wind']);
    expect(search.found.text).toBe('wind');
  });

  it('should give up older questions, and show the answers in the order asked', async () => {
    const answers = new Map<string, PromiseDelegate<DatasetPage>>();
    server.routes['GET datasets'] = ({ query }) => {
      const answer = new PromiseDelegate<DatasetPage>();
      answers.set(query.getAll('provider').join(), answer);
      return answer.promise;
    };
    const shown: string[][] = [];
    search.changed.connect(() => shown.push(found()));
    search.toggle('provider', { value: 'aws', title: '' });
    search.toggle('provider', { value: 'gcp', title: '' });
    while (answers.size < 2) {
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    const signals = server.calls.map(({ signal }) => signal.aborted);
    expect(signals).toEqual([true, false]);
    answers.get('aws,gcp')!.resolve(page([row('c/both')]));
    await settled();
    answers.get('aws')!.resolve(page([row('c/late')]));
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(found()).toEqual(['c/both']);
    expect(shown.flat()).not.toContain('c/late');
    expect(shown.every(rows => rows.length === 1)).toBe(true); // Never a flash of empty.
    expect(search.error).toBeNull();
  });

  it('should ask at once when a facet is toggled, with the words as typed', async () => {
    search.setText(' wind ');
    search.toggle('near', { value: 'true', title: '' });
    search.toggle('tag', { value: 'ocean', title: '' });
    await settled();
    expect(asked()).toHaveLength(3);
    expect(asked()[2]).toBe(`near=true&tag=ocean&text=wind&limit=${PAGE}`);
    search.clearFacets();
    await settled();
    expect(asked()[3]).toBe(`text=wind&limit=${PAGE}`);
  });

  it('should go through ten thousand page by page, each listed once', async () => {
    const all = Array.from({ length: 10_000 }, (_, n) => row(`c/g/${n}`));
    server.routes['GET datasets'] = ({ query }) => {
      const start = Number(query.get('cursor') ?? 0);
      // One row of the page before again, as when the index changes meanwhile.
      const items = all.slice(Math.max(start - 1, 0), start + PAGE);
      const next = start + PAGE;
      return page(items, {
        total: all.length,
        next_cursor: next < all.length ? String(next) : null,
        facets: start === 0 ? [facet('format', { zarr: 10_000 })] : []
      });
    };
    await search.refresh();
    expect(search.found).toMatchObject({ total: 10_000, more: true });
    let pages = 1;
    while (search.found.more) {
      await search.more();
      pages += 1;
    }
    expect(pages).toBe(Math.ceil(10_000 / PAGE));
    expect(found()).toEqual(all.map(({ id }) => id));
    expect(search.found.facets).toHaveLength(1);
    await search.more(); // There is no more.
    expect(asked()).toHaveLength(pages);
  });

  it('should ask for as many as there are when it asks again', async () => {
    const rows = Array.from({ length: PAGE }, (_, n) => row(`c/${n}`));
    server.routes['GET datasets'] = ({ query }) =>
      query.get('cursor')
        ? page([row('c/last')], { total: PAGE + 1 })
        : page(rows, { total: PAGE + 1, next_cursor: 'next' });
    await search.refresh();
    await search.more();
    await search.refresh();
    expect(asked()[2]).toBe(`limit=${PAGE + 1}`);
  });

  it('should make several wishes to ask again one, after the question on its way', async () => {
    search.toggle('provider', { value: 'aws', title: '' });
    await Promise.all([search.refresh(), search.refresh(), search.refresh()]);
    expect(asked()).toHaveLength(2);
  });

  it('should keep what was found when a question fails, and recover', async () => {
    const { routes } = server;
    const good = routes['GET datasets'];
    routes['GET datasets'] = () =>
      refusal(400, 'invalid-input', "'%' is not a region.");
    search.toggle('region', { value: '%', title: '' });
    await settled();
    expect(search.error?.message).toBe("'%' is not a region.");
    expect(found()).toEqual(['c/all']);
    routes['GET datasets'] = good;
    await search.refresh();
    expect(search.error).toBeNull();
  });

  it('should say nothing once disposed', async () => {
    const changed = jest.fn();
    search.setText('wind');
    search.changed.connect(changed);
    search.dispose();
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(changed).not.toHaveBeenCalled();
    expect(asked()).toEqual([`text=wind&limit=${PAGE}`]);
  });
});
