/** The datasets as the rows of a tree: catalogs with a problem, groups by path, datasets. */
import type { CatalogStatus, DatasetRow } from '../api/wire';

/** Above this many datasets, groups start collapsed. */
const MANY = 50;

export type TreeRow =
  | { kind: 'problem'; id: string; catalog: CatalogStatus }
  | {
      kind: 'group';
      id: string;
      path: readonly string[];
      count: number;
      expanded: boolean;
    }
  | {
      kind: 'dataset';
      id: string;
      row: DatasetRow;
      /** Its place in its group, from 1. */
      position: number;
      /** How many its group has. */
      siblings: number;
    };

export interface ITreeOptions {
  /** Words that must all be in the dataset's name, path, title, description, tags or region. */
  filter: string;
  /** Ids of the groups that the user opened or closed against the default. */
  toggled: ReadonlySet<string>;
  catalogs: readonly CatalogStatus[];
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
  const matching = matches(rows, options.filter);
  const open = options.filter.trim() !== '' || rows.length <= MANY;
  const groups = new Map<string, DatasetRow[]>();
  for (const row of matching) {
    const key = groupOf(row);
    const group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  const out: TreeRow[] = options.catalogs
    .filter(catalog => catalog.problem)
    .map(catalog => ({
      kind: 'problem',
      id: `problem:${catalog.name}`,
      catalog
    }));
  for (const [key, members] of groups) {
    const id = `group:${key}`;
    const expanded = options.toggled.has(id) !== open;
    out.push({
      kind: 'group',
      id,
      path: key.split('/'),
      count: members.length,
      expanded
    });
    if (expanded) {
      members.forEach((row, index) =>
        out.push({
          kind: 'dataset',
          id: row.id,
          row,
          position: index + 1,
          siblings: members.length
        })
      );
    }
  }
  return out;
}

/** Those that hold every word. */
export function matches(
  rows: readonly DatasetRow[],
  filter: string
): readonly DatasetRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    return rows;
  }
  return rows.filter(row => {
    const text = textOf(row);
    return words.every(word => text.includes(word));
  });
}

const TEXTS = new WeakMap<DatasetRow, string>();

/** What is searched, made once a row: thousands are filtered at every key. */
function textOf(row: DatasetRow): string {
  let text = TEXTS.get(row);
  if (text === undefined) {
    const { id, title, description, tags, variables, format, region } = row;
    text = [id, title, description, ...tags, ...variables, format, region]
      .join('\n')
      .toLowerCase();
    TEXTS.set(row, text);
  }
  return text;
}
