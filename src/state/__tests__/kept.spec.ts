import { keptOf, lookedFor } from '../kept';

describe('what is kept of a search', () => {
  it('should be read as it was written', () => {
    const search = {
      text: 'rain "and" snow',
      chosen: new Map([
        ['region' as const, new Map([['aws:us-west-2', 'Oregon']])],
        ['near' as const, new Map([['true', '']])]
      ])
    };
    const written = JSON.parse(JSON.stringify(keptOf(search)));
    expect(lookedFor(written)).toEqual(search);
  });

  it.each([
    [null],
    [3],
    [{ text: 3, chosen: 'x' }],
    [{ chosen: [['colour', [['red', '']]], ['region', [[1, 2]]], ['near'], 5] }]
  ])('should not be what cannot be used: %j', kept => {
    expect(lookedFor(kept)).toEqual({ text: '', chosen: new Map() });
  });
});
