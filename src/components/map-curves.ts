/** Arcs between points, bent upwards as on maps of flights; those of the same two points apart. */

export type Point = readonly [x: number, y: number];

/** How far an arc is lifted, as a share of its length; and each further one between its ends. */
const LIFT = 0.25;
const FURTHER = 0.14;

export interface ICurve {
  from: Point;
  to: Point;
  control: Point;
}

/** A curve that is the higher the more there are between its ends already. */
export function curveOf(from: Point, to: Point, before: number): ICurve {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const lift = (LIFT + FURTHER * before) * Math.max(length, 40);
  return {
    from,
    to,
    control: [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 - lift]
  };
}

/** It as the path of an SVG. */
export function pathOf({ from, to, control }: ICurve): string {
  return `M${from[0]},${from[1]}Q${control[0]},${control[1]} ${to[0]},${to[1]}`;
}

/** Its point at a share of the way. */
export function pointAt({ from, to, control }: ICurve, share: number): Point {
  const rest = 1 - share;
  const of = (axis: 0 | 1) =>
    rest * rest * from[axis] +
    2 * rest * share * control[axis] +
    share * share * to[axis];
  return [of(0), of(1)];
}

/** For each of some pairs how many of the same two ends, in either direction, are before it. */
export function countBefore(
  pairs: readonly (readonly [string | null, string | null])[]
): number[] {
  const seen = new Map<string, number>();
  return pairs.map(pair => {
    const key = [...pair].map(String).sort().join(' ');
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return before;
  });
}
