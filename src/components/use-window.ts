/** Says which rows of a long list can be seen, so that only those are drawn. */
import {
  RefObject,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState
} from 'react';

/** Pixels above and below what is seen that are drawn too. */
const MARGIN = 200;

/** Rows by which the window moves, so that not every step of the wheel draws. */
const STEP = 4;

/** Pixels of a list whose height is not known yet. */
const HEIGHT = 600;

/** What a window needs to know of a list. */
export interface ILayout {
  readonly count: number;
  /** The index of the row at so many pixels from the top. */
  at(pixels: number): number;
}

export interface IWindow {
  /** Index of the first row to draw. */
  first: number;
  /** Index after the last row to draw. */
  end: number;
}

/**
 * Follow what is seen of a list.
 *
 * @param scroller - The element that scrolls.
 * @param layout - Of the list.
 * @param list - Whatever stands for the list: another one is looked at from its top.
 */
export function useWindow(
  scroller: RefObject<HTMLElement>,
  layout: ILayout,
  list: unknown
): IWindow {
  const [view] = useState({ top: 0, height: HEIGHT });
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const drawn = useRef<IWindow>({ first: 0, end: 0 });
  const current = useRef(layout);
  current.current = layout;
  useMemo(() => {
    view.top = 0;
  }, [list]);
  useLayoutEffect(() => {
    if (scroller.current && scroller.current.scrollTop !== view.top) {
      scroller.current.scrollTop = view.top;
    }
  }, [list]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) {
      return;
    }
    const look = () => {
      const { first, end } = windowOf(current.current, view);
      if (first !== drawn.current.first || end !== drawn.current.end) {
        draw();
      }
    };
    const onScroll = () => {
      view.top = element.scrollTop;
      look();
    };
    const onSize = () => {
      view.height = element.clientHeight || HEIGHT;
      look();
    };
    onSize();
    element.addEventListener('scroll', onScroll, { passive: true });
    const observer =
      typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(onSize);
    observer?.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer?.disconnect();
    };
  }, [scroller]);
  drawn.current = windowOf(layout, view);
  return drawn.current;
}

function windowOf(
  layout: ILayout,
  { top, height }: { top: number; height: number }
): IWindow {
  if (layout.count === 0) {
    return { first: 0, end: 0 };
  }
  const first = layout.at(top - MARGIN);
  const last = layout.at(top + height + MARGIN);
  return {
    first: first - (first % STEP),
    end: Math.min(last - (last % STEP) + STEP, layout.count)
  };
}
