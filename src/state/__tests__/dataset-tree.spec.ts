import { dataset, row } from '../../__tests__/fake-server';
import { groupOf, ITreeOptions, layOut } from '../dataset-tree';

const OPTIONS: ITreeOptions = {
  total: 3,
  more: false,
  narrowed: false,
  toggled: new Set()
};

describe('groupOf', () => {
  it('should be the id without the name, which may hold slashes', () => {
    const named = (id: string, name: string) => ({
      ...dataset(id, { name }),
      near: null,
      here: null
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

  it('should be one list without groups if it is flat', () => {
    const rows = layOut(few, { ...OPTIONS, flat: true, more: true, total: 9 });
    expect(rows.map(({ kind, id }) => [kind, id])).toEqual([
      ['dataset', 'c/x/1'],
      ['dataset', 'c/x/2'],
      ['dataset', 'c/y/3'],
      ['more', 'more']
    ]);
    expect(rows[2]).toMatchObject({ level: 1, position: 3, siblings: -1 });
    expect(layOut(few, { ...OPTIONS, flat: true })[2]).toMatchObject({
      siblings: 3
    });
  });

  it('should close a group that the user closed', () => {
    const rows = layOut(few, { ...OPTIONS, toggled: new Set(['group:c/x']) });
    expect(rows[0]).toMatchObject({ expanded: false, count: 2 });
    expect(rows.map(({ id }) => id)).not.toContain('c/x/1');
  });

  it('should start with groups closed when there are many, unless something is looked for', () => {
    const many = Array.from({ length: 300 }, (_, n) => row(`c/${n % 7}/${n}`));
    const options = { ...OPTIONS, total: 300 };
    expect(layOut(many, options)).toHaveLength(7);
    expect(layOut(many, { ...options, narrowed: true })).toHaveLength(307);
  });

  it('should end with a way to more, and say which groups may go on', () => {
    const options = { ...OPTIONS, total: 9, more: true };
    const groups = (rows: ReturnType<typeof layOut>) =>
      rows.flatMap(row => (row.kind === 'group' ? [row.partial] : []));
    const rows = layOut(few, options);
    expect(rows[rows.length - 1]).toEqual({
      kind: 'more',
      id: 'more',
      shown: 3,
      total: 9
    });
    // In the catalogs' order only the last group is cut; the best first may cut any.
    expect(groups(rows)).toEqual([false, true]);
    expect(groups(layOut(few, { ...options, narrowed: true }))).toEqual([
      true,
      true
    ]);
  });

  it('should lay out ten thousand in less than a frame or two', () => {
    const many = Array.from({ length: 10_000 }, (_, n) =>
      row(`c/${n % 97}/${n}`)
    );
    const options = { ...OPTIONS, total: 10_000, narrowed: true };
    layOut(many, options);
    const start = performance.now();
    expect(layOut(many, options)).toHaveLength(10_097);
    expect(performance.now() - start).toBeLessThan(100);
  });
});
