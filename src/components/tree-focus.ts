/** Which row of the tree of datasets has the focus, or would take it. */
import type { TreeLayout } from '../state/dataset-tree';
import type { RowPages } from '../state/row-pages';

/** A group, or a dataset by its place in the answer to a question, and by its id if it is here. */
export type ICurrent =
  | { group: string }
  | { group?: undefined; offset: number; id?: string; question: number };

/** The index of the row now; -1 if there is no row at all. */
export function indexOfCurrent(
  current: ICurrent | null,
  layout: TreeLayout,
  rows: RowPages,
  question: number
): number {
  if (layout.count === 0) {
    return -1;
  }
  if (current === null) {
    return 0;
  }
  if (current.group !== undefined) {
    return Math.max(layout.indexOfGroup(current.group), 0);
  }
  const known = current.id === undefined ? -1 : rows.offsetOf(current.id);
  if (known >= 0) {
    return layout.indexOf(known);
  }
  return current.question === question
    ? Math.min(layout.indexOf(current.offset), layout.count - 1)
    : 0;
}
