import { ROW_HEIGHTS, startsOpen, TreeLayout } from '../dataset-tree';

const GROUPS = [
  { path: 'c/x', count: 2 },
  { path: 'c/y', count: 1 },
  { path: 'c/z', count: 3 }
];
const GROUPED = { total: 6, groups: GROUPS, grouped: true };
const { group: HEAD, dataset: ROW } = ROW_HEIGHTS;

const rowsOf = (layout: TreeLayout) =>
  Array.from({ length: layout.count }, (_, index) => {
    const row = layout.row(index);
    return row.kind === 'group' ? row.path : row.offset;
  });

describe('TreeLayout', () => {
  it('should put datasets below their groups', () => {
    const layout = new TreeLayout(GROUPED, true, new Set());
    expect(rowsOf(layout)).toEqual(['c/x', 0, 1, 'c/y', 2, 'c/z', 3, 4, 5]);
    expect(layout.row(7)).toEqual({
      kind: 'dataset',
      offset: 4,
      level: 2,
      position: 2,
      siblings: 3
    });
    expect(layout.row(3)).toMatchObject({ position: 2, siblings: 3, count: 1 });
  });

  it('should be one list without groups if they were not asked for', () => {
    const found = { total: 3, groups: [], grouped: false };
    const layout = new TreeLayout(found, false, new Set());
    expect(rowsOf(layout)).toEqual([0, 1, 2]);
    expect(layout.row(2)).toMatchObject({ level: 1, position: 3, siblings: 3 });
    expect(layout.height).toBe(3 * ROW);
  });

  it('should open and close groups against the default', () => {
    const toggled = new Set(['group:c/x']);
    expect(rowsOf(new TreeLayout(GROUPED, true, toggled))).toEqual(
      ['c/x', 'c/y', 2, 'c/z', 3, 4, 5] // prettier-ignore
    );
    const layout = new TreeLayout(GROUPED, false, toggled);
    expect(rowsOf(layout)).toEqual(['c/x', 0, 1, 'c/y', 'c/z']);
    expect(layout.indexOf(1)).toBe(2);
    expect(layout.indexOf(4)).toBe(4); // Its group is closed.
    expect(layout.indexOfGroup('group:c/z')).toBe(4);
    expect(layout.indexOfGroup('group:gone')).toBe(-1);
  });

  it.each([true, false])(
    'should know where each row is, groups open: %s',
    open => {
      const layout = new TreeLayout(GROUPED, open, new Set(['group:c/y']));
      let top = 0;
      for (let index = 0; index < layout.count; index++) {
        expect(layout.top(index)).toBe(top);
        expect(layout.at(top)).toBe(index);
        top += layout.row(index).kind === 'group' ? HEAD : ROW;
        expect(layout.bottom(index)).toBe(top);
        expect(layout.at(top - 1)).toBe(index);
      }
      expect(layout.height).toBe(top);
      expect(layout.at(-5)).toBe(0);
      expect(layout.at(top + 1000)).toBe(layout.count - 1);
    }
  );

  it('should list the datasets between two rows, from the first on', () => {
    const layout = new TreeLayout(GROUPED, true, new Set(['group:c/y']));
    expect(layout.between(1, 6, 99)).toEqual([0, 1, 3, 4]);
    expect(layout.between(6, 1, 99)).toEqual([4, 3, 1, 0]);
    expect(layout.between(6, 1, 2)).toEqual([4, 3]);
  });

  it('should be empty if nothing was found', () => {
    for (const grouped of [true, false]) {
      const found = { total: 0, groups: [], grouped };
      const layout = new TreeLayout(found, true, new Set());
      expect([layout.count, layout.height]).toEqual([0, 0]);
    }
  });
});

describe('startsOpen', () => {
  it('should close groups when there are many, unless something is looked for', () => {
    expect(startsOpen(50, false)).toBe(true);
    expect(startsOpen(51, false)).toBe(false);
    expect(startsOpen(51, true)).toBe(true);
  });
});
