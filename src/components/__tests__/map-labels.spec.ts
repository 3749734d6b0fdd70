import { countBefore, curveOf, pointAt } from '../map-curves';
import { IBox, placeLabels, widthOf } from '../map-labels';

const WITHIN = { x: 0, y: 0, width: 400, height: 200 };

/** Labels of places at points: to the right, else to the left. */
const labels = (points: [number, number][]) =>
  points.map(([x, y], index) => ({
    key: `${index}`,
    text: 'us-west-2',
    spots: [
      [x, y],
      [x - widthOf('us-west-2', 10), y]
    ] as const
  }));

describe('placeLabels', () => {
  it('should take the best spot that is free, and leave out who has none', () => {
    const placed = placeLabels(
      labels([
        [100, 50],
        [100, 52],
        [100, 55],
        [100, 80]
      ]),
      [],
      10,
      WITHIN
    );
    expect([...placed].map(([key, [x]]) => [key, x < 100])).toEqual([
      ['0', false],
      ['1', true],
      ['3', false]
    ]);
  });

  it('should cover no mark, and stay on the map', () => {
    const mark: IBox = { x: 110, y: 45, width: 10, height: 10 };
    const placed = placeLabels(
      labels([
        [100, 50],
        [390, 50],
        [390, 4]
      ]),
      [mark],
      10,
      WITHIN
    );
    expect(placed.get('0')![0]).toBeLessThan(100);
    expect(placed.get('1')![0]).toBeLessThan(390);
    expect(placed.has('2')).toBe(false);
  });

  it('should put no two of very many on each other', () => {
    const points = Array.from(
      { length: 300 },
      (_, index) => [(index * 37) % 400, (index * 53) % 200] as [number, number]
    );
    const placed = [...placeLabels(labels(points), [], 10, WITHIN).values()];
    expect(placed.length).toBeGreaterThan(20);
    const width = widthOf('us-west-2', 10);
    for (const [index, [x, y]] of placed.entries()) {
      for (const [otherX, otherY] of placed.slice(index + 1)) {
        expect(
          Math.abs(x - otherX) >= width || Math.abs(y - otherY) >= 12
        ).toBe(true);
      }
    }
  });
});

describe('curveOf', () => {
  it('should keep those between the same ends apart, in either direction', () => {
    const pairs = [
      ['a', 'b'],
      ['b', 'a'],
      ['a', null],
      ['a', 'b']
    ] as const;
    expect(countBefore(pairs)).toEqual([0, 1, 0, 2]);
    const middles = [0, 1, 2].map(
      before => pointAt(curveOf([0, 100], [100, 100], before), 0.5)[1]
    );
    expect(middles[0]).toBeLessThan(100);
    expect(middles[1]).toBeLessThan(middles[0] - 5);
    expect(middles[2]).toBeLessThan(middles[1] - 5);
  });
});
