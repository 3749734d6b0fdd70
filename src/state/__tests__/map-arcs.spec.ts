import { row } from '../../__tests__/fake-server';
import { movedArcs, plannedArcs, selectedArcs, together } from '../map-arcs';
import { far, IOWA, OREGON, plan, PRICE, sum } from './arcs';

describe('movedArcs', () => {
  it('should have what moved between regions, and from there home', () => {
    const arcs = movedArcs([
      sum({}),
      sum({ destination: null, unpriced: 2 }),
      sum({ destination: OREGON }),
      sum({ moved_bytes: 0, read_bytes: 9 })
    ]);
    expect(arcs.map(arc => [arc.kind, arc.destination, arc.bytes])).toEqual([
      ['moved', IOWA, 5e9],
      ['moved', null, 5e9]
    ]);
    expect(arcs.map(({ cost }) => cost)).toEqual([[0.1, 0.45], null]);
  });
});

describe('plannedArcs', () => {
  it('should have each move of each plan, with its notebook and time', () => {
    const arcs = plannedArcs([
      plan('a/<b>.ipynb', 7, { unsized: 2 }),
      plan('', 5, { destination: null, price_high: null })
    ]);
    expect(
      arcs.map(({ kind, destination, bytes, unsized, cost, notebook, at }) => [
        kind,
        destination,
        bytes,
        unsized,
        cost,
        notebook,
        at
      ])
    ).toEqual([
      ['planned', IOWA, 7, 2, [0.1, 0.2], 'a/<b>.ipynb', 1_764_072_000],
      ['planned', null, 5, 0, null, '', 1_764_072_000]
    ]);
  });
});

describe('selectedArcs', () => {
  it('should have those that are not near a gateway, by the border they cross', () => {
    const nowhere = { ...row('c/x'), near: null };
    const [arc, ...others] = selectedArcs([
      row('c/near'),
      far('c/a'),
      nowhere,
      far('c/b')
    ]);
    expect(others).toEqual([]);
    expect(arc).toMatchObject({
      kind: 'selected',
      source: OREGON,
      destination: IOWA,
      bytes: null,
      price: PRICE,
      datasets: ['a', 'b']
    });
  });
});

describe('together', () => {
  it('should add up what several plans would move across a border', () => {
    const plans = plannedArcs([
      plan('a', 7),
      plan('b', 5, { unsized: 1 }),
      plan('c', 1, { destination: null }),
      plan('d', 1, { destination: null, price_low: null })
    ]);
    const moved = movedArcs([sum({})]);
    expect(
      together([...moved, ...plans]).map(arc => [
        arc.kind,
        arc.destination,
        arc.bytes,
        arc.unsized,
        arc.cost
      ])
    ).toEqual([
      ['moved', IOWA, 5e9, 0, [0.1, 0.45]],
      ['planned', IOWA, 12, 1, [0.2, 0.4]],
      ['planned', null, 2, 0, null]
    ]);
    expect(plans[0].bytes).toBe(7);
  });
});
