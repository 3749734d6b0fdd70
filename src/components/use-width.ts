/** Follows how wide an element is. */
import { RefObject, useLayoutEffect, useState } from 'react';

/**
 * Give the width of an element in pixels; 0 until it is known.
 *
 * @param of - The element.
 */
export function useWidth(of: RefObject<Element>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) {
      return;
    }
    const look = () => setWidth(element.getBoundingClientRect().width);
    look();
    const observer =
      typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(look);
    observer?.observe(element);
    return () => observer?.disconnect();
  }, [of]);
  return width;
}
