/** The datasets found as the rows of a tree: which row is where, also of those that are not here. */
import type { IFound } from './dataset-search';

/** Above this many datasets, groups start collapsed. */
const MANY = 50;

/** Pixels; the style sheet says the same. */
export const ROW_HEIGHTS = { group: 24, dataset: 42 };

export interface IGroupRow {
  readonly kind: 'group';
  readonly id: string;
  readonly path: string;
  readonly count: number;
  readonly expanded: boolean;
  /** Its place among the groups, from 1. */
  readonly position: number;
  readonly siblings: number;
}

export interface IDatasetPlace {
  readonly kind: 'dataset';
  /** Its place among all that were found, from 0. */
  readonly offset: number;
  /** How deep it is in the tree, from 1. */
  readonly level: number;
  /** Its place in its group, or in the list, from 1. */
  readonly position: number;
  /** How many its group, or the list, has. */
  readonly siblings: number;
}

export type TreeRow = IGroupRow | IDatasetPlace;

/** A group with all below it, or the whole list. */
interface ISegment {
  /** The row of its heading; null for the whole list. */
  readonly group: IGroupRow | null;
  /** Of its first dataset among all that were found. */
  readonly offset: number;
  readonly count: number;
  /** Of its first row. */
  readonly index: number;
  /** Pixels from the top of the tree. */
  readonly top: number;
}

/** Whether groups are open unless the user closes them. */
export function startsOpen(total: number, narrowed: boolean): boolean {
  return narrowed || total <= MANY;
}

/** The id of the group with a path. */
export function groupId(path: string): string {
  return `group:${path}`;
}

/** Where each row is; what it costs grows with the groups, not with the datasets. */
export class TreeLayout {
  /**
   * @param found - How many datasets there are, in which groups.
   * @param open - Whether groups are open by default.
   * @param toggled - Ids of the groups that the user opened or closed against that.
   */
  constructor(
    found: Pick<IFound, 'total' | 'groups' | 'grouped'>,
    open: boolean,
    toggled: ReadonlySet<string>
  ) {
    const segments: ISegment[] = [];
    let [offset, index, top] = [0, 0, 0];
    const add = (group: IGroupRow | null, count: number) => {
      segments.push({ group, offset, count, index, top });
      const shown = group?.expanded === false ? 0 : count;
      offset += count;
      index += shown + (group ? 1 : 0);
      top += shown * ROW_HEIGHTS.dataset + (group ? ROW_HEIGHTS.group : 0);
    };
    if (found.grouped) {
      found.groups.forEach(({ path, count }, number) => {
        const id = groupId(path);
        const expanded = toggled.has(id) !== open;
        const [position, siblings] = [number + 1, found.groups.length];
        add(
          { kind: 'group', id, path, count, expanded, position, siblings },
          count
        );
      });
    } else if (found.total > 0) {
      add(null, found.total);
    }
    this._segments = segments;
    this.count = index;
    this.height = top;
  }

  /** How many rows there are. */
  readonly count: number;

  /** Pixels of all of them. */
  readonly height: number;

  /** The row at an index. */
  row(index: number): TreeRow {
    const { group, ...segment } = this._last(({ index: at }) => at <= index);
    const at = index - segment.index - (group ? 1 : 0);
    return group && at < 0
      ? group
      : {
          kind: 'dataset',
          offset: segment.offset + at,
          level: group ? 2 : 1,
          position: at + 1,
          siblings: segment.count
        };
  }

  /** Pixels from the top of the tree to the top of a row. */
  top(index: number): number {
    const segment = this._last(({ index: at }) => at <= index);
    const below = index - segment.index;
    return segment.group && below > 0
      ? segment.top + ROW_HEIGHTS.group + (below - 1) * ROW_HEIGHTS.dataset
      : segment.top + below * ROW_HEIGHTS.dataset;
  }

  /** Pixels from the top of the tree to the end of a row. */
  bottom(index: number): number {
    return this.top(index) + ROW_HEIGHTS[this.row(index).kind];
  }

  /** The index of the row at so many pixels from the top. */
  at(pixels: number): number {
    const inside = Math.min(Math.max(pixels, 0), this.height - 1);
    const segment = this._last(({ top }) => top <= inside);
    const heading = segment.group ? ROW_HEIGHTS.group : 0;
    const below = Math.floor(
      (inside - segment.top - heading) / ROW_HEIGHTS.dataset
    );
    return segment.group
      ? segment.index + Math.max(below + 1, 0)
      : segment.index + below;
  }

  /** The index of the row of a dataset, or of its group if that is closed. */
  indexOf(offset: number): number {
    const segment = this._last(({ offset: at }) => at <= offset);
    const { group, index } = segment;
    if (group?.expanded === false) {
      return index;
    }
    return index + offset - segment.offset + (group ? 1 : 0);
  }

  /** The index of the row of a group; -1 if there is none. */
  indexOfGroup(id: string): number {
    return this._segments.find(({ group }) => group?.id === id)?.index ?? -1;
  }

  /** The offsets of the datasets from one row to another, at most so many from the first on. */
  between(from: number, to: number, most: number): number[] {
    const step = from <= to ? 1 : -1;
    const offsets: number[] = [];
    for (
      let index = from;
      index !== to + step && offsets.length < most;
      index += step
    ) {
      const row = this.row(index);
      if (row.kind === 'dataset') {
        offsets.push(row.offset);
      }
    }
    return offsets;
  }

  /** The last segment that fits; those before it fit as well. */
  private _last(fits: (segment: ISegment) => boolean): ISegment {
    let low = 0;
    let high = this._segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (fits(this._segments[middle])) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return this._segments[low];
  }

  private _segments: readonly ISegment[];
}
