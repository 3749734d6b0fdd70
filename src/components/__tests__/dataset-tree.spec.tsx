import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import { row } from '../../__tests__/fake-server';
import type { DatasetRow } from '../../api/wire';
import { layOut } from '../../state/dataset-tree';
import { Selection } from '../../state/selection';
import { DatasetTree } from '../dataset-tree';

const trans = nullTranslator.load('');

function Tree(props: {
  rows: DatasetRow[];
  selection: Selection;
  onOpen: () => void;
  /** If these are only some. */
  total?: number;
  onMore?: () => void;
}): JSX.Element {
  const [toggled, setToggled] = React.useState(new Set<string>());
  const rows = React.useMemo(
    () =>
      layOut(props.rows, {
        total: props.total ?? props.rows.length,
        more: props.total !== undefined,
        narrowed: props.total !== undefined,
        toggled
      }),
    [props.rows, props.total, toggled]
  );
  return (
    <DatasetTree
      rows={rows}
      selection={props.selection}
      trans={trans}
      onOpen={props.onOpen}
      onMore={props.onMore ?? jest.fn()}
      waiting={false}
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
  let selection: Selection;
  let onOpen: jest.Mock;

  const show = (rows: DatasetRow[]) =>
    render(<Tree rows={rows} selection={selection} onOpen={onOpen} />);
  const item = (name: RegExp) => screen.getByRole('treeitem', { name });

  beforeEach(() => {
    selection = new Selection();
    onOpen = jest.fn();
  });

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

  it('should draw only what is seen of thousands, and go to the last by a key', async () => {
    show(Array.from({ length: 5000 }, (_, n) => row(`c/g/d${n}`)));
    await user.tab();
    await user.keyboard('{ArrowRight}'); // Groups are closed when there are many.
    expect(screen.getAllByRole('treeitem').length).toBeLessThan(60);
    await user.keyboard('{End}');
    expect(document.activeElement?.textContent).toContain('d4999');
    expect(document.activeElement?.getAttribute('aria-posinset')).toBe('5000');
  });

  it('should ask for more by key, by click and at the end of an open group', async () => {
    const onMore = jest.fn();
    const rows = Array.from({ length: 300 }, (_, n) => row(`c/g/d${n}`));
    const tree = { rows, selection, onOpen, onMore };
    const { container } = render(<Tree {...tree} total={100_000} />);
    expect(onMore).not.toHaveBeenCalled();
    await user.tab();
    await user.keyboard('{End}');
    expect(document.activeElement?.textContent).toBe(
      'Show more (300 of 100,000 are here)'
    );
    await user.keyboard('{Enter}');
    expect(onMore).toHaveBeenCalledTimes(1);
    fireEvent.click(item(/^Show more/));
    expect(onMore).toHaveBeenCalledTimes(2);
    const scroller = container.querySelector('.jp-MulticloudTree')!;
    fireEvent.scroll(scroller, { target: { scrollTop: 300 * 42 } });
    expect(onMore).toHaveBeenCalledTimes(3);
  });

  it('should not bring in everything below closed groups', () => {
    const onMore = jest.fn();
    const rows = [row('c/g/a')];
    render(<Tree {...{ rows, selection, onOpen, onMore }} total={9} />);
    onMore.mockClear();
    fireEvent.click(item(/^c \/ g/));
    expect(item(/^Show more/)).toBeTruthy();
    expect(onMore).not.toHaveBeenCalled();
  });

  it('should show hostile text as text', () => {
    const name = '<img src=x onerror=alert(1)>';
    show([row(`c/g/${name}`, 'aws', 'aws:us-west-2', { name, title: name })]);
    expect(screen.getAllByText(name)).toHaveLength(2);
    expect(document.querySelector('img')).toBeNull();
  });
});
