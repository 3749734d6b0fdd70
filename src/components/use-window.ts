/** Says which rows of a long list can be seen, so that only those are drawn. */
import { RefObject, useLayoutEffect, useMemo, useState } from 'react';

/** Pixels above and below what is seen that are drawn too. */
const MARGIN = 200;

export interface IWindow {
  /** Index of the first row to draw. */
  first: number;
  /** Index after the last row to draw. */
  end: number;
  /** Pixels from the top of the list to the top of each row; one more for the whole height. */
  tops: readonly number[];
}

/**
 * Follow what is seen of a list.
 *
 * @param scroller - The element that scrolls.
 * @param heights - Of the rows, in pixels.
 */
export function useWindow(
  scroller: RefObject<HTMLElement>,
  heights: readonly number[]
): IWindow {
  const [view, setView] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const look = () =>
      setView({
        top: element.scrollTop,
        height: element.clientHeight || 600
      });
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer =
      typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(look);
    observer?.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer?.disconnect();
    };
  }, [scroller]);
  const tops = useMemo(() => {
    const sums = [0];
    for (const height of heights) {
      sums.push(sums[sums.length - 1] + height);
    }
    return sums;
  }, [heights]);
  const first = Math.max(rowAt(tops, view.top - MARGIN), 0);
  const end = Math.min(
    rowAt(tops, view.top + view.height + MARGIN) + 1,
    heights.length
  );
  return { first, end, tops };
}

/** The index of the row at so many pixels from the top. */
function rowAt(tops: readonly number[], pixels: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle] <= pixels) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
