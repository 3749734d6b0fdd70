import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import { page, row } from '../../__tests__/fake-server';
import type { DatasetRow } from '../../api/wire';
import { TreeLayout } from '../../state/dataset-tree';
import { RowPages } from '../../state/row-pages';
import { Selection } from '../../state/selection';
import { DatasetTree } from '../dataset-tree';

const trans = nullTranslator.load('');

function Tree(props: {
  all: DatasetRow[];
  rows: RowPages;
  selection: Selection;
  onOpen: () => void;
}): JSX.Element {
  const [toggled, setToggled] = React.useState(new Set<string>());
  const layout = React.useMemo(
    () => new TreeLayout({ ...page(props.all), grouped: true }, true, toggled),
    [props.all, toggled]
  );
  return (
    <DatasetTree
      layout={layout}
      rows={props.rows}
      question={1}
      selection={props.selection}
      trans={trans}
      onOpen={props.onOpen}
      onToggle={group => {
        const next = new Set(toggled);
        if (!next.delete(group)) {
          next.add(group);
        }
        setToggled(next);
      }}
    />
  );
}

describe('DatasetTree', () => {
  const user = userEvent.setup();
  let rows: RowPages;
  let selection: Selection;
  let onOpen: jest.Mock;

  const show = (all: DatasetRow[]) => {
    rows = new RowPages(async () => []);
    rows.begin(0, all);
    return render(<Tree {...{ all, rows, selection, onOpen }} />);
  };
  const item = (name: RegExp) => screen.getByRole('treeitem', { name });

  beforeEach(() => {
    selection = new Selection();
    onOpen = jest.fn();
  });

  afterEach(() => rows.dispose());

  it('should select by click, Ctrl and Shift', () => {
    show([row('c/g/a'), row('c/g/b'), row('c/g/d')]);
    fireEvent.click(item(/^a /));
    expect(selection.ids).toEqual(['c/g/a']);
    fireEvent.click(item(/^d /), { ctrlKey: true });
    expect(selection.ids).toEqual(['c/g/a', 'c/g/d']);
    expect(item(/^d /).getAttribute('aria-selected')).toBe('true');
    fireEvent.click(item(/^b /));
    fireEvent.click(item(/^d /), { shiftKey: true });
    expect(selection.ids).toEqual(['c/g/b', 'c/g/d']);
  });

  it('should be used by keyboard alone', async () => {
    show([row('c/g/a'), row('c/g/b'), row('c/h/d')]);
    await user.tab();
    expect(document.activeElement).toBe(item(/^c \/ g/));
    await user.keyboard('{ArrowDown}');
    expect(document.activeElement).toBe(item(/^a /));
    expect(selection.ids).toEqual(['c/g/a']);
    await user.keyboard('{Shift>}{ArrowDown}{/Shift}');
    expect(selection.ids).toEqual(['c/g/a', 'c/g/b']);
    await user.keyboard('{Enter}');
    expect(onOpen).toHaveBeenCalledTimes(1);
    expect(selection.ids).toEqual(['c/g/a', 'c/g/b']);
    await user.keyboard('{ArrowLeft}{ArrowLeft}');
    expect(item(/^c \/ g/).getAttribute('aria-expanded')).toBe('false');
    expect(screen.queryByRole('treeitem', { name: /^a / })).toBeNull();
    await user.keyboard('{End}');
    expect(document.activeElement).toBe(item(/^d /));
  });

  it('should open and close a group by Enter and Space, and by no letter', async () => {
    show([row('c/g/a')]);
    await user.tab();
    const group = () => item(/^c \/ g/).getAttribute('aria-expanded');
    expect(group()).toBe('true');
    for (const letter of 'Enter') {
      await user.keyboard(letter);
      expect(group()).toBe('true');
    }
    await user.keyboard('{Enter}');
    expect(group()).toBe('false');
    await user.keyboard(' ');
    expect(group()).toBe('true');
  });

  it('should have one row in the order of tabs', () => {
    show([row('c/g/a'), row('c/g/b')]);
    fireEvent.click(item(/^b /));
    const inOrder = screen
      .getAllByRole('treeitem')
      .filter(element => element.tabIndex === 0);
    expect(inOrder).toEqual([item(/^b /)]);
  });

  it('should keep a selection that is right-clicked, and move it otherwise', () => {
    show([row('c/g/a'), row('c/g/b'), row('c/g/d')]);
    act(() => selection.set(['c/g/a', 'c/g/b']));
    fireEvent.contextMenu(item(/^b /));
    expect(selection.ids).toEqual(['c/g/a', 'c/g/b']);
    expect(selection.current).toBe('c/g/b');
    fireEvent.contextMenu(item(/^d /));
    expect(selection.ids).toEqual(['c/g/d']);
  });

  it('should show hostile text as text', () => {
    const name = '<img src=x onerror=alert(1)>';
    show([row(`c/g/${name}`, 'aws', 'aws:us-west-2', { name, title: name })]);
    expect(screen.getAllByText(name)).toHaveLength(2);
    expect(document.querySelector('img')).toBeNull();
  });
});
