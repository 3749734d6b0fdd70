import { PromiseDelegate } from '@lumino/coreutils';

import { row } from '../../__tests__/fake-server';
import type { DatasetRow } from '../../api/wire';
import { KEPT, PAGE, RowPages } from '../row-pages';

/** A page of a list: its rows say where they are. */
const pageAt = (number: number, mark = ''): DatasetRow[] =>
  Array.from({ length: PAGE }, (_, n) => row(`c/d${number * PAGE + n}${mark}`));

describe('RowPages', () => {
  let pages: RowPages;
  let asked: {
    number: number;
    signal: AbortSignal;
    answer: PromiseDelegate<readonly DatasetRow[]>;
  }[];

  const numbers = () => asked.map(({ number }) => number);
  const answer = async (number: number, mark = '') => {
    const question = [...asked].reverse().find(each => each.number === number);
    question!.answer.resolve(pageAt(number, mark));
    await Promise.resolve();
    await Promise.resolve();
  };
  /** Have time for another question. */
  const later = () => jest.advanceTimersByTime(1000);

  beforeEach(() => {
    jest.useFakeTimers();
    asked = [];
    pages = new RowPages((offset, signal) => {
      const answer = new PromiseDelegate<readonly DatasetRow[]>();
      asked.push({ number: offset / PAGE, signal, answer });
      return answer.promise;
    });
    pages.begin(0, pageAt(0));
  });

  afterEach(() => {
    pages.dispose();
    jest.useRealTimers();
  });

  it('should ask for what is looked at and is not here, once', async () => {
    pages.want(new Set([0, 1, 700]));
    pages.want(new Set([0, 1, 700]));
    expect(numbers()).toEqual([1, 700]);
    const changed = jest.fn();
    pages.changed.connect(changed);
    await answer(700);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(pages.row(700 * PAGE + 3)?.id).toBe(`c/d${700 * PAGE + 3}`);
    expect(pages.offsetOf(`c/d${700 * PAGE + 3}`)).toBe(700 * PAGE + 3);
    expect(pages.row(PAGE)).toBeUndefined();
    later();
    pages.want(new Set([700]));
    expect(numbers()).toEqual([1, 700]);
  });

  it('should give up what was scrolled past, and ask for few places on the way', async () => {
    for (let number = 1; number <= 1000; number++) {
      pages.want(new Set([number]));
      jest.advanceTimersByTime(1);
    }
    later();
    expect(asked.length).toBeLessThan(20);
    expect(asked[asked.length - 1].number).toBe(1000);
    const open = asked.filter(({ signal }) => !signal.aborted);
    expect(open.map(({ number }) => number)).toEqual([1000]);
    await answer(1); // It comes all the same.
    expect(pages.row(PAGE)).toBeUndefined();
  });

  it('should keep few pages, and those that were looked at last', async () => {
    for (let number = 1; number <= 3 * KEPT; number++) {
      pages.want(new Set([number, 2]));
      later();
      if (numbers().includes(number)) {
        await answer(number);
      }
    }
    const here = Array.from({ length: 3 * KEPT + 1 }, (_, n) => n).filter(
      number => pages.row(number * PAGE)
    );
    expect(here).toHaveLength(KEPT);
    expect(here.slice(0, 2)).toEqual([2, 2 * KEPT + 2]);
  });

  it('should show what it has until it was asked for again', async () => {
    pages.want(new Set([0, 1]));
    await answer(1);
    later();
    pages.renew(0, pageAt(0, 'new'));
    expect(pages.row(0)?.id).toBe('c/d0new');
    expect(pages.row(PAGE)?.id).toBe(`c/d${PAGE}`);
    expect(pages.find('c/d0new')).toBeDefined();
    expect(pages.find(`c/d${PAGE}`)).toBeUndefined(); // It may be another one now.
    pages.want(new Set([0, 1]));
    expect(numbers()).toEqual([1, 1]);
    await answer(1, 'new');
    expect(pages.row(PAGE)?.id).toBe(`c/d${PAGE}new`);
  });

  it('should ask for nothing while another list is asked for', async () => {
    pages.want(new Set([5]));
    pages.hold();
    expect(asked[0].signal.aborted).toBe(true);
    later();
    pages.want(new Set([6]));
    expect(numbers()).toEqual([5]);
    pages.release();
    expect(numbers()).toEqual([5, 6]);
    await answer(5);
    expect(pages.row(5 * PAGE)).toBeUndefined();
  });

  it('should have pages that nobody looks at', async () => {
    let done = false;
    void pages.have([0, 3, 4]).then(() => (done = true));
    pages.want(new Set([0]));
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false]);
    await answer(3);
    expect(done).toBe(false);
    await answer(4);
    await Promise.resolve();
    expect(done).toBe(true);
    expect(numbers()).toEqual([3, 4]);
  });

  it('should not ask again for what failed, until it is told to', async () => {
    pages.want(new Set([2]));
    asked[0].answer.reject(new Error('down'));
    await Promise.resolve();
    await Promise.resolve();
    expect(pages.error?.message).toBe('down');
    later();
    pages.want(new Set([2]));
    expect(numbers()).toEqual([2]);
    pages.renew(0, pageAt(0));
    expect(pages.error).toBeNull();
    pages.want(new Set([2]));
    expect(numbers()).toEqual([2, 2]);
  });
});
