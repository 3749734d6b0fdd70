import { dataset, row } from '../../__tests__/fake-server';
import { groupOf, ITreeOptions, layOut, matches } from '../dataset-tree';

const OPTIONS: ITreeOptions = { filter: '', toggled: new Set(), catalogs: [] };

describe('groupOf', () => {
  it('should be the id without the name, which may hold slashes', () => {
    const named = (id: string, name: string) => ({
      ...dataset(id, { name }),
      near: null
    });
    expect(groupOf(named('lens/atm/PRECT', 'PRECT'))).toBe('lens/atm');
    expect(groupOf(named('lens/atm/a/b', 'a/b'))).toBe('lens/atm');
    expect(groupOf(named('alone', 'alone'))).toBe('alone');
  });
});

describe('layOut', () => {
  const few = [row('c/x/1'), row('c/x/2'), row('c/y/3')];

  it('should put datasets below their groups', () => {
    expect(layOut(few, OPTIONS).map(({ kind, id }) => [kind, id])).toEqual([
      ['group', 'group:c/x'],
      ['dataset', 'c/x/1'],
      ['dataset', 'c/x/2'],
      ['group', 'group:c/y'],
      ['dataset', 'c/y/3']
    ]);
  });

  it('should close a group that the user closed', () => {
    const rows = layOut(few, { ...OPTIONS, toggled: new Set(['group:c/x']) });
    expect(rows[0]).toMatchObject({ expanded: false, count: 2 });
    expect(rows.map(({ id }) => id)).not.toContain('c/x/1');
  });

  it('should start with groups closed when there are many, unless filtered', () => {
    const many = Array.from({ length: 2000 }, (_, n) => row(`c/${n % 7}/${n}`));
    expect(layOut(many, OPTIONS)).toHaveLength(7);
    const filtered = layOut(many, { ...OPTIONS, filter: '1999' });
    expect(filtered.map(({ id }) => id)).toEqual(['group:c/4', 'c/4/1999']);
  });

  it('should show a catalog with a problem, whatever the filter', () => {
    const broken = { name: 'b', url: '', datasets: 0, problem: 'not YAML' };
    const fine = { name: 'f', url: '', datasets: 3, problem: '' };
    const rows = layOut(few, {
      ...OPTIONS,
      filter: 'nothing has this',
      catalogs: [broken, fine]
    });
    expect(rows).toEqual([
      { kind: 'problem', id: 'problem:b', catalog: broken }
    ]);
  });
});

describe('matches', () => {
  const rows = [
    row('lens/PRECT', 'aws', 'aws:us-west-2', { title: 'Total Precipitation' }),
    row('pangeo/era5', 'gcp', 'gcp:us-central1', { tags: ['precipitation'] }),
    row('pangeo/sst', 'gcp', 'gcp:us-central1', { variables: ['analysed_sst'] })
  ];
  const found = (filter: string) =>
    matches(rows, filter).map(({ name }) => name);

  it('should look in title, tags, variables, path and region, in any case', () => {
    expect(found('PRECIPITATION')).toEqual(['PRECT', 'era5']);
    expect(found('analysed')).toEqual(['sst']);
    expect(found('gcp:')).toEqual(['era5', 'sst']);
  });

  it('should want every word', () => {
    expect(found('precipitation gcp:')).toEqual(['era5']);
    expect(found('precipitation nowhere')).toEqual([]);
  });

  it('should filter ten thousand in less than a frame or two', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => row(`c/g/d${n}`));
    matches(many, 'warm'); // The texts are made at the first filter.
    const start = performance.now();
    expect(matches(many, 'd9999')).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
