/** Where the labels of a map go: beside what they name, on no other label and no mark. */

export interface IBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface ILabel {
  key: string;
  text: string;
  /** Where the middle of its left edge may be, the best first. */
  spots: readonly (readonly [x: number, y: number])[];
}

/** How wide a character is, as a share of the size of the font: a guess. */
const CHARACTER = 0.58;
const LINE = 1.2;

/** The width of a label, as far as that can be told without drawing it. */
export function widthOf(text: string, size: number): number {
  return text.length * CHARACTER * size;
}

/**
 * Give each label the first of its spots that is free; one that has none is left out.
 *
 * @param labels - The most important first.
 * @param marks - What no label may cover.
 * @param size - Of the font.
 * @param within - What no label may leave.
 */
export function placeLabels(
  labels: readonly ILabel[],
  marks: readonly IBox[],
  size: number,
  within: IBox
): Map<string, readonly [x: number, y: number]> {
  const taken = [...marks];
  const placed = new Map<string, readonly [number, number]>();
  for (const { key, text, spots } of labels) {
    const width = widthOf(text, size);
    const height = LINE * size;
    for (const spot of spots) {
      const box = { x: spot[0], y: spot[1] - height / 2, width, height };
      if (contains(within, box) && !taken.some(other => overlap(box, other))) {
        taken.push(box);
        placed.set(key, spot);
        break;
      }
    }
  }
  return placed;
}

function contains(outer: IBox, inner: IBox): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

function overlap(one: IBox, other: IBox): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
