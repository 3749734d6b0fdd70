import { Selection } from '../selection';

const ORDER = ['a', 'b', 'c', 'd'];

describe('Selection', () => {
  let selection: Selection;

  beforeEach(() => {
    selection = new Selection();
  });

  it('should reach from the anchor in both directions', () => {
    selection.set(['c']);
    selection.extend('d', ORDER);
    expect(selection.ids).toEqual(['c', 'd']);
    selection.extend('a', ORDER);
    expect(selection.ids).toEqual(['a', 'b', 'c']);
  });

  it('should start anew where the anchor is not shown any more', () => {
    selection.set(['gone']);
    selection.extend('b', ORDER);
    expect(selection.ids).toEqual(['b']);
  });

  it('should toggle one without touching the others', () => {
    selection.set(['a']);
    selection.toggle('c');
    expect(selection.ids).toEqual(['a', 'c']);
    selection.toggle('a');
    expect(selection.ids).toEqual(['c']);
  });

  it('should keep what is selected when one of it is touched', () => {
    selection.set(['a', 'b']);
    selection.touch('b');
    expect(selection.ids).toEqual(['a', 'b']);
    expect(selection.current).toBe('b');
    selection.touch('d');
    expect(selection.ids).toEqual(['d']);
  });
});
