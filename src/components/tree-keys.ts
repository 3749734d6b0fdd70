/** Which keys lead where in the tree of datasets. */
import type { TreeLayout } from '../state/dataset-tree';

/**
 * Where a key leads.
 *
 * @param key - As its event names it.
 * @param current - The index of the row with the focus.
 * @param layout - Of the tree.
 * @param height - Pixels of it that are seen; a page is as many.
 * @returns The index of a row, which may be one too far; null if it is no key that moves.
 */
export function stepOf(
  key: string,
  current: number,
  layout: TreeLayout,
  height: number
): number | null {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return Math.max(layout.at(layout.top(current) + height), current + 1);
    case 'PageUp':
      return Math.min(layout.at(layout.top(current) - height), current - 1);
    case 'Home':
      return 0;
    case 'End':
      return layout.count - 1;
    default:
      return null;
  }
}
