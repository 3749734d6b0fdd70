import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import * as React from 'react';

import { row } from '../../__tests__/fake-server';
import type { DatasetRow, Relation } from '../../api/wire';
import { Badge, badgeOf, priceOf } from '../badge';

const trans = nullTranslator.load('');

function related(relation: Relation, low = 0.08, high = 0.12): DatasetRow {
  const near = row('lens/PRECT').near!;
  const price = { low, high, source: 'list', date: '2026-10-01' };
  return { ...row('lens/PRECT'), near: { ...near, relation, price } };
}

describe('badgeOf', () => {
  it.each([
    ['same-region', '●', 'here', 'us-west-2'],
    ['contained', '◐', 'near', 'us-west-2'],
    ['same-provider', '◐', 'near', 'us-west-2'],
    ['other-provider', '○', 'far', 'us-west-2 $0.08–$0.12/GB'],
    ['unknown', '?', 'unknown', 'us-west-2']
  ] as const)('should show %s as %s', (relation, sign, state, text) => {
    expect(badgeOf(related(relation), trans)).toMatchObject({
      sign,
      state,
      text
    });
  });

  it('should say why a region is not known', () => {
    const dataset = row('c/x', '', '', { region: null });
    const detail = 'the bucket has no region that we know';
    const unknown = {
      ...dataset,
      replicas: [{ ...dataset.replicas[0], region: null, detail }],
      near: null
    };
    const badge = badgeOf(unknown, trans);
    expect(badge).toMatchObject({ sign: '?', text: 'unknown' });
    expect(badge.words).toContain(detail);
  });

  it('should say that no gateway is near', () => {
    const badge = badgeOf({ ...row('c/x'), near: null }, trans);
    expect(badge).toMatchObject({ sign: '○', state: 'far' });
    expect(badge.words).toBe('In aws:us-west-2. No gateway is near.');
  });

  it('should be read in words, gateway included', () => {
    render(<Badge row={related('same-region')} trans={trans} />);
    const badge = screen.getByRole('img', { name: /as is gateway aws-oregon/ });
    expect(badge.getAttribute('title')).toContain('In aws:us-west-2');
  });
});

describe('priceOf', () => {
  const price = (low: number, high: number) =>
    priceOf({ low, high, source: '', date: '' }, trans);

  it('should be one figure or a range, with fractions of cents if there are', () => {
    expect(price(0.09, 0.09)).toBe('$0.09/GB');
    expect(price(0, 0)).toBe('$0.00/GB');
    expect(price(0.05, 0.0875)).toBe('$0.05–$0.087/GB');
    expect(priceOf(null, trans)).toBe('');
  });
});
