import { nullTranslator } from '@jupyterlab/translation';
import {
  act,
  configure,
  fireEvent,
  render,
  screen,
  waitFor
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  catalog,
  FakeServer,
  labStatus,
  longList
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { ROW_HEIGHTS } from '../../state/dataset-tree';
import { Lab } from '../../state/lab';
import { PAGE } from '../../state/row-pages';
import { MOST } from '../../state/selection';
import { Datasets } from '../datasets';

configure({ asyncUtilTimeout: 20_000 }); // On a busy machine a DOM takes its time.
jest.setTimeout(60_000);

const TOTAL = 100_000;
const SIZE = 500; // of each of the 200 groups
const HEIGHT = 420; // pixels that are seen
/** Rows that are drawn at most: seen, above, below, and the one with the focus. */
const DRAWN = Math.ceil((HEIGHT + 2 * 200) / ROW_HEIGHTS.group) + 2 * 4 + 1;

describe('A hundred thousand datasets', () => {
  const user = userEvent.setup();
  let server: FakeServer;
  let lab: Lab;
  let scroller: Element;

  const items = () => [
    ...document.querySelectorAll<HTMLElement>('[role="treeitem"]')
  ];
  const focused = () => document.activeElement!;
  const attributes = (element: Element) =>
    ['aria-level', 'aria-posinset', 'aria-setsize'].map(name =>
      Number(element.getAttribute(name))
    );
  /** The offsets that were asked for since. */
  const asked = () =>
    server
      .asked('GET datasets')
      .map(({ query }) => Number(query.get('offset')));
  /** Scroll as far as a part of the whole. */
  const scroll = (part: number) => {
    const all = (scroller.firstChild as HTMLElement).style.height;
    fireEvent.scroll(scroller, {
      target: { scrollTop: Math.floor(parseFloat(all) * part) }
    });
  };
  /** Wait until a dataset is drawn. */
  const drawn = (name: string) =>
    waitFor(() => {
      // To compute every name for a query by role takes this DOM a second.
      const found = document.querySelector(`[data-dataset$="/${name}"]`);
      expect(found?.getAttribute('role')).toBe('treeitem');
      return found!;
    });

  beforeEach(async () => {
    jest
      .spyOn(HTMLElement.prototype, 'clientHeight', 'get')
      .mockReturnValue(HEIGHT);
    server = new FakeServer();
    server.routes['GET datasets'] = longList(TOTAL, SIZE);
    lab = new Lab(new LabClient(server.settings));
    lab.status.set(
      labStatus({ catalogs: [catalog('c', { datasets: TOTAL })] })
    );
    await lab.datasets.refresh();
    const { container } = render(
      <Datasets
        lab={lab}
        trans={nullTranslator.load('')}
        onAddCatalog={jest.fn()}
        onOpen={jest.fn()}
        onRefresh={jest.fn()}
      />
    );
    scroller = container.querySelector('.jp-MulticloudTree')!;
    server.calls.length = 0;
  });

  afterEach(() => {
    lab.dispose();
    jest.restoreAllMocks();
  });

  describe('in one list', () => {
    beforeEach(async () => {
      act(() => lab.flat.set(true));
      await drawn('d0');
      server.calls.length = 0;
    });

    it('should draw few of them, and have the scroll bar span all', () => {
      expect(items().length).toBeLessThanOrEqual(DRAWN);
      expect((scroller.firstChild as HTMLElement).style.height).toBe(
        `${TOTAL * ROW_HEIGHTS.dataset}px`
      );
    });

    it('should ask for the middle alone when it is scrolled there', async () => {
      scroll(0.5);
      const waiting = items().filter(
        each => each.getAttribute('aria-busy') === 'true'
      );
      expect(waiting.length).toBeGreaterThan(5);
      expect(waiting[waiting.length - 1].getAttribute('aria-label')).toMatch(
        /^Dataset 50,0\d\d of 100,000 is coming$/
      );
      const middle = await drawn(`d${TOTAL / 2}`);
      expect(attributes(middle)).toEqual([1, TOTAL / 2 + 1, TOTAL]);
      expect(asked()).toEqual([TOTAL / 2 - PAGE, TOTAL / 2]);
      expect(items().length).toBeLessThanOrEqual(DRAWN);
    });

    it('should ask for nothing on the way', async () => {
      for (let part = 0; part <= 1; part += 0.005) {
        scroll(part);
      }
      scroll(1);
      await drawn(`d${TOTAL - 1}`);
      const open = server.calls.filter(({ signal }) => !signal.aborted);
      expect(open.map(({ query }) => Number(query.get('offset')))).toEqual([
        TOTAL - PAGE
      ]);
      expect(server.calls.length).toBeLessThan(20);
    });

    it('should reach the last by a key, and the first', async () => {
      act(() => items()[0].focus());
      await user.keyboard('{End}');
      expect(attributes(focused())).toEqual([1, TOTAL, TOTAL]);
      expect(await drawn(`d${TOTAL - 1}`)).toBe(focused());
      expect(lab.selection.ids).toEqual([`c/g199/d${TOTAL - 1}`]);
      expect(asked()).toEqual([TOTAL - PAGE]);
      await user.keyboard('{PageUp}');
      expect(attributes(focused())[1]).toBe(
        TOTAL - HEIGHT / ROW_HEIGHTS.dataset
      );
      await user.keyboard('{Home}');
      expect(attributes(focused())).toEqual([1, 1, TOTAL]);
      await user.keyboard('{PageDown}{PageDown}');
      expect(attributes(focused())[1]).toBe(21);
      expect(items().length).toBeLessThanOrEqual(DRAWN);
      expect(items().filter(({ tabIndex }) => tabIndex === 0)).toHaveLength(1);
    });

    it('should select a range over what was never here, up to a limit', async () => {
      fireEvent.click(await drawn('d2'));
      scroll(0.004);
      fireEvent.click(await drawn('d401'), { shiftKey: true });
      await screen.findByText('400 selected');
      expect(lab.selection.ids[0]).toBe('c/g0/d2');
      expect(lab.selection.ids[399]).toBe('c/g0/d401');
      await user.keyboard('{Shift>}{Home}{/Shift}');
      expect(lab.selection.ids).toEqual(['c/g0/d0', 'c/g0/d1', 'c/g0/d2']);
      await user.keyboard('{Control>}a{/Control}');
      await screen.findByText('1,000 selected, no more at once');
      expect(lab.selection.ids).toHaveLength(MOST);
    });

    it('should stay where it is when it is asked again, and begin anew with other words', async () => {
      scroll(0.5);
      const middle = await drawn(`d${TOTAL / 2}`);
      fireEvent.click(middle);
      await act(() => lab.datasets.refresh());
      expect(scroller.scrollTop).toBe((TOTAL * ROW_HEIGHTS.dataset) / 2);
      expect(focused()).toBe(await drawn(`d${TOTAL / 2}`));
      fireEvent.change(screen.getByRole('searchbox'), {
        target: { value: 'd' }
      });
      await drawn('d0');
      expect(scroller.scrollTop).toBe(0);
    });
  });

  describe('in groups', () => {
    const group = (number: number) =>
      document.querySelector<HTMLElement>(
        `[role="treeitem"][aria-label="c / g${number}, 500 datasets"]`
      )!;

    it('should list every group, and have what is in it when it is opened', async () => {
      expect(attributes(group(0))).toEqual([1, 1, 200]);
      scroll(1);
      expect(attributes(group(199))).toEqual([1, 200, 200]);
      fireEvent.click(group(199));
      scroll(1);
      const last = await drawn(`d${TOTAL - 1}`);
      expect(attributes(last)).toEqual([2, SIZE, SIZE]);
      expect(items().length).toBeLessThanOrEqual(DRAWN);
    });

    it('should keep the focus on its row when groups above are closed and opened', async () => {
      act(() => group(0).focus());
      await user.keyboard('{ArrowRight}{ArrowDown}{ArrowDown}');
      expect(focused()).toBe(await drawn('d1'));
      await user.keyboard('{ArrowLeft}');
      expect(focused()).toBe(group(0));
      await user.keyboard('{ArrowLeft}{ArrowDown}{ArrowRight}');
      expect(focused()).toBe(group(1));
      fireEvent.click(await drawn(`d${SIZE}`));
      fireEvent.click(group(0));
      expect(focused()).toBe(group(0));
      expect(group(0).getAttribute('aria-expanded')).toBe('true');
    });
  });
});
