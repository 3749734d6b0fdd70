/** The datasets as the rows of a tree: groups by path, datasets, and a way to more of them. */
import type { DatasetRow } from '../api/wire';

/** Above this many datasets, groups start collapsed. */
const MANY = 50;

export type TreeRow =
  | {
      kind: 'group';
      id: string;
      path: readonly string[];
      /** Of those that are here. */
      count: number;
      /** Whether there may be more of it. */
      partial: boolean;
      expanded: boolean;
    }
  | {
      kind: 'dataset';
      id: string;
      row: DatasetRow;
      /** How deep it is in the tree, from 1. */
      level: number;
      /** Its place in its group, or in the list, from 1. */
      position: number;
      /** How many its group, or the list, has; -1 if that is not known. */
      siblings: number;
    }
  | { kind: 'more'; id: string; shown: number; total: number };

export interface ITreeOptions {
  /** Whether all are in one list, without groups. */
  flat?: boolean;
  /** How many there are in all. */
  total: number;
  /** Whether some are left to be asked for. */
  more: boolean;
  /** Whether only some datasets were looked for: groups are then open. */
  narrowed: boolean;
  /** Ids of the groups that the user opened or closed against the default. */
  toggled: ReadonlySet<string>;
}

/** Whether groups are open unless the user closes them. */
export function startsOpen(total: number, narrowed: boolean): boolean {
  return narrowed || total <= MANY;
}

/** The path of the group that a dataset is in: its id without its name. */
export function groupOf(dataset: DatasetRow): string {
  const end = dataset.id.endsWith(`/${dataset.name}`)
    ? dataset.id.length - dataset.name.length - 1
    : dataset.id.lastIndexOf('/');
  return dataset.id.slice(0, Math.max(end, 0)) || dataset.catalog;
}

/** Lay out what is to be seen, from top to bottom. */
export function layOut(
  rows: readonly DatasetRow[],
  options: ITreeOptions
): TreeRow[] {
  const more: TreeRow[] = options.more
    ? [{ kind: 'more', id: 'more', shown: rows.length, total: options.total }]
    : [];
  if (options.flat) {
    const siblings = options.more ? -1 : rows.length;
    const list = rows.map((row, index): TreeRow => ({
      kind: 'dataset',
      id: row.id,
      row,
      level: 1,
      position: index + 1,
      siblings
    }));
    return [...list, ...more];
  }
  const open = startsOpen(options.total, options.narrowed);
  const groups = new Map<string, DatasetRow[]>();
  for (const row of rows) {
    const key = groupOf(row);
    const group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  const last = rows.length > 0 ? groupOf(rows[rows.length - 1]) : '';
  const out: TreeRow[] = [];
  for (const [key, members] of groups) {
    const id = `group:${key}`;
    const expanded = options.toggled.has(id) !== open;
    // Catalogs are listed in their own order; what was looked for comes the best first.
    const partial = options.more && (options.narrowed || key === last);
    out.push({
      kind: 'group',
      id,
      path: key.split('/'),
      count: members.length,
      partial,
      expanded
    });
    if (expanded) {
      members.forEach((row, index) =>
        out.push({
          kind: 'dataset',
          id: row.id,
          row,
          level: 2,
          position: index + 1,
          siblings: partial ? -1 : members.length
        })
      );
    }
  }
  return [...out, ...more];
}
