import { PromiseDelegate } from '@lumino/coreutils';

import {
  facet,
  FakeServer,
  longList,
  page,
  refusal,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { DatasetPage } from '../../api/wire';
import { DatasetSearch } from '../dataset-search';
import { PAGE } from '../row-pages';

describe('DatasetSearch', () => {
  let server: FakeServer;
  let search: DatasetSearch;

  const asked = () =>
    server.asked('GET datasets').map(({ query }) => query.toString());
  /** The ids of the first page. */
  const found = () =>
    Array.from({ length: Math.min(search.found.total, PAGE) }, (_, offset) =>
      String(search.rows.row(offset)?.id)
    );
  /** How questions for a first page end. */
  const FIRST = `grouped=true&limit=${PAGE}&offset=0`;
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
    expect(asked()).toEqual([`text=w&${FIRST}`, `text=wind&${FIRST}`]);
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
    expect(asked()[2]).toBe(`near=true&tag=ocean&text=wind&${FIRST}`);
    search.clearFacets();
    await settled();
    expect(asked()[3]).toBe(`text=wind&${FIRST}`);
  });

  describe('of a hundred thousand', () => {
    beforeEach(async () => {
      server.routes['GET datasets'] = longList(100_000, 500);
      search.setText('d');
      await settled();
      server.calls.length = 0;
    });

    it('should have the groups of all, and the rows that are looked at', async () => {
      expect(search.found).toMatchObject({ total: 100_000, text: 'd' });
      expect(search.found.groups).toHaveLength(200);
      search.rows.want(new Set([1000]));
      await new Promise<void>(resolve =>
        search.rows.changed.connect(() => resolve())
      );
      expect(asked()).toEqual([
        `text=d&grouped=true&limit=${PAGE}&offset=50000&counts=false`
      ]);
      expect(search.rows.row(50_000)?.id).toBe('c/g100/d50000');
      expect(search.found.groups).toHaveLength(200);
    });

    it('should ask again for where somebody looks, and go on from there', async () => {
      const { question } = search.found;
      search.rows.want(new Set([1000]));
      await search.refresh();
      expect(asked()[1]).toBe(`text=d&grouped=true&limit=${PAGE}&offset=50000`);
      expect(search.found.question).toBe(question);
      search.setText('d1');
      await settled();
      expect(asked()[2]).toBe(`text=d1&${FIRST}`);
      expect(search.found.question).toBe(question + 1);
    });

    it('should ask again for everything when the list is found to be another', async () => {
      server.routes['GET datasets'] = longList(99_999, 500);
      search.rows.want(new Set([1000]));
      while (search.found.total !== 99_999) {
        await new Promise(resolve => setTimeout(resolve, 5));
      }
      expect(asked()).toHaveLength(2);
    });

    it('should keep what is selected when it is scrolled out of the list', async () => {
      search.keep(['c/g0/d1', 'c/unknown']);
      for (let number = 1; number < 100; number++) {
        await search.rows.have([number]);
      }
      expect(search.rows.row(1)).toBeUndefined();
      expect(search.row('c/g0/d1')?.name).toBe('d1');
      expect(search.row('c/g0/d2')).toBeUndefined();
      search.rows.want(new Set([99]));
      await search.refresh(); // It may be another one by now.
      expect(search.row('c/g0/d1')).toBeUndefined();
    });

    it('should list all in one order without groups', async () => {
      search.setGrouped(false);
      search.setGrouped(false);
      await settled();
      expect(asked()).toEqual([`text=d&grouped=false&limit=${PAGE}&offset=0`]);
      expect(search.found).toMatchObject({ grouped: false, groups: [] });
    });

    it('should say why a page cannot be had, and recover', async () => {
      server.routes['GET datasets'] = () => refusal(500, 'internal', 'Broken.');
      const changed = new PromiseDelegate<void>();
      search.changed.connect(() => changed.resolve());
      search.rows.want(new Set([7]));
      await changed.promise;
      expect(search.error?.message).toBe('Broken.');
      server.routes['GET datasets'] = longList(100_000, 500);
      await search.refresh();
      expect(search.error).toBeNull();
    });
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
    expect(asked()).toEqual([`text=wind&${FIRST}`]);
  });
});
