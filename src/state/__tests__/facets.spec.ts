import { facet } from '../../__tests__/fake-server';
import {
  Chosen,
  countChosen,
  facetQuery,
  NOTHING_CHOSEN,
  shortRow,
  toggled,
  togglesOf
} from '../facets';

const word = (value: string, title = '') => ({ value, title });

function chosen(...words: [Parameters<typeof toggled>[1], string][]): Chosen {
  return words.reduce(
    (all, [name, value]) => toggled(all, name, word(value)),
    NOTHING_CHOSEN
  );
}

describe('toggled', () => {
  it('should turn several values on, and each off again', () => {
    const both = chosen(['region', 'gcp:us'], ['region', 'unknown']);
    expect(countChosen(both)).toBe(2);
    const one = toggled(both, 'region', word('gcp:us'));
    expect(facetQuery(one)).toEqual({ region: ['unknown'] });
    const none = toggled(one, 'region', word('unknown'));
    expect(facetQuery(none)).toEqual({});
    expect(countChosen(both)).toBe(2); // What was there is as it was.
  });

  it('should hold one of yes and no', () => {
    const near = chosen(['near', 'true'], ['near', 'false']);
    expect(facetQuery(near)).toEqual({ near: false });
    expect(facetQuery(chosen(['requester_pays', 'true']))).toEqual({
      requester_pays: true
    });
  });
});

describe('togglesOf', () => {
  it('should keep what is on when nothing is left of it, under its title', () => {
    const on = toggled(NOTHING_CHOSEN, 'region', word('gcp:us', 'US'));
    const toggles = togglesOf(facet('region', { 'aws:us-west-2': 3 }), on);
    expect(toggles.map(({ value, on }) => [value, on])).toEqual([
      [{ value: 'aws:us-west-2', title: '', count: 3 }, false],
      [{ value: 'gcp:us', title: 'US', count: 0 }, true]
    ]);
  });
});

describe('shortRow', () => {
  const facets = [
    facet('provider', { gcp: 101, aws: 38 }),
    facet('near', { true: 96, false: 43 }),
    facet('format', { zarr: 139 })
  ];

  it('should have providers and what is near, and count the others', () => {
    const { row, others } = shortRow(facets, NOTHING_CHOSEN);
    expect(row.map(({ value }) => value.value)).toEqual(['gcp', 'aws', 'true']);
    expect(others).toBe(2);
  });

  it('should have all that is on', () => {
    const { row, others } = shortRow(facets, chosen(['format', 'zarr']));
    expect(row.map(({ value }) => value.value)).toContain('zarr');
    expect(others).toBe(1);
  });

  it('should leave out what narrows nothing', () => {
    const { row } = shortRow([facet('provider', { gcp: 5 })], NOTHING_CHOSEN);
    expect(row).toEqual([]);
  });
});
