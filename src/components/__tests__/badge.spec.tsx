import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';
import * as React from 'react';

import { replica, row } from '../../__tests__/fake-server';
import type { DatasetRow, PriceRange, Relation } from '../../api/wire';
import { Badge, badgeOf } from '../badge';
import { priceOf } from '../places';

const trans = nullTranslator.load('');

function price(more: Partial<PriceRange> = {}): PriceRange {
  return {
    low: 0.08,
    high: 0.12,
    source: 'list',
    date: '2026-10-01',
    payer: 'owner',
    ...more
  };
}

function related(
  relation: Relation,
  cost: PriceRange | null = price()
): DatasetRow {
  const near = row('lens/PRECT').near!;
  return { ...row('lens/PRECT'), near: { ...near, relation, price: cost } };
}

describe('badgeOf', () => {
  it.each([
    ['same-region', '●', 'here', 'us-west-2'],
    ['contained', '◐', 'near', 'us-west-2 $0.08–$0.12/GB'],
    ['same-provider', '◐', 'near', 'us-west-2 $0.08–$0.12/GB'],
    ['other-provider', '○', 'far', 'us-west-2 $0.08–$0.12/GB'],
    ['unknown', '?', 'unknown', 'us-west-2']
  ] as const)('should show %s as %s', (relation, sign, state, text) => {
    expect(badgeOf(related(relation), trans)).toMatchObject({
      sign,
      state,
      text,
      marks: ''
    });
  });

  it('should name no price where there is none to pay', () => {
    const free = related('contained', price({ low: 0, high: 0 }));
    expect(badgeOf(free, trans).text).toBe('us-west-2');
    expect(badgeOf(related('other-provider', null), trans).text).toBe(
      'us-west-2'
    );
  });

  it('should say how the region is known, in the words of the server', () => {
    const dataset = row('c/x');
    const words = (more: Partial<DatasetRow['replicas'][number]>) =>
      badgeOf(
        { ...dataset, replicas: [replica({ url: 's3://data/c/x', ...more })] },
        trans
      ).words;
    expect(words({})).toContain('In aws:us-west-2 (declared by its catalog).');
    expect(words({ evidence: 'probed' })).toContain('(probed)');
    const detail = 'S3 said so on 2026-11-02.';
    expect(words({ evidence: 'probed', detail })).toContain(
      '(S3 said so on 2026-11-02).'
    );
  });

  it('should say who pays', () => {
    const words = (payer: PriceRange['payer']) =>
      badgeOf(related('other-provider', price({ payer })), trans).words;
    expect(words('you')).toContain(
      'Reading it there costs $0.08–$0.12/GB. You pay it (requester pays).'
    );
    expect(words('owner')).toContain('The owner of the bucket pays it.');
  });

  it('should mark evidence to the contrary', () => {
    const contradicted = ['aws:us-east-1', 'gcp:us'];
    const badge = badgeOf(
      {
        ...row('c/x'),
        replicas: [replica({ url: 's3://data/c/x', contradicted })]
      },
      trans
    );
    expect(badge).toMatchObject({ sign: '●', marks: '▲' });
    expect(badge.words).toContain('Other evidence says aws:us-east-1, gcp:us.');
  });

  it('should count the other replicas, and be about the one beside the gateway', () => {
    const both = row('cmip6/tas', 'gcp-iowa', 'gcp:us-central1');
    both.replicas = [
      replica({ url: 's3://cmip6-pds/tas' }),
      replica({ url: 's3://data/cmip6/tas', region: 'gcp:us-central1' })
    ];
    const badge = badgeOf(both, trans);
    expect(badge).toMatchObject({ text: 'us-central1', marks: '+1' });
    expect(badge.words).toContain('1 other replica: aws:us-west-2.');
  });

  it('should say why a region is not known, and the way out', () => {
    const detail = 'No registry knows the bucket.';
    const unknown: DatasetRow = {
      ...row('c/x', '', '', { region: null }),
      replicas: [
        replica({
          url: 'gs://some-bucket/x.zarr',
          region: null,
          evidence: 'unknown',
          detail
        })
      ],
      near: null
    };
    const badge = badgeOf(unknown, trans);
    expect(badge).toMatchObject({ sign: '?', text: 'unknown' });
    expect(badge.words).toBe(
      'Region not known. No registry knows the bucket. ' +
        'To say it, add "gs://some-bucket" to MulticloudLab.regions.'
    );
    unknown.replicas[0].detail = 'Name it in MulticloudLab.regions.';
    expect(badgeOf(unknown, trans).words).toBe(
      'Region not known. Name it in MulticloudLab.regions.'
    );
  });

  it('should say that no gateway is near', () => {
    const badge = badgeOf({ ...row('c/x'), near: null }, trans);
    expect(badge).toMatchObject({ sign: '○', state: 'far' });
    expect(badge.words).toContain('No gateway is near.');
  });

  it('should show a child that cannot be read as that', () => {
    const problem = 'ocean.yaml: not found.';
    const badge = badgeOf({ ...row('c/ocean'), problem, near: null }, trans);
    expect(badge).toMatchObject({ sign: '▲', state: 'broken' });
    expect(badge.words).toBe(`Cannot be read: ${problem}`);
  });

  it('should be read in words, gateway included', () => {
    render(<Badge row={related('same-region')} trans={trans} />);
    const badge = screen.getByRole('img', {
      name: /Gateway aws-oregon is there too/
    });
    expect(badge.getAttribute('title')).toContain('In aws:us-west-2');
  });
});

describe('priceOf', () => {
  it('should be one figure or a range, with fractions of cents if there are', () => {
    const text = (low: number, high: number) =>
      priceOf(price({ low, high }), trans);
    expect(text(0.09, 0.09)).toBe('$0.09/GB');
    expect(text(0, 0)).toBe('$0.00/GB');
    expect(text(0.05, 0.0875)).toBe('$0.05–$0.087/GB');
    expect(priceOf(null, trans)).toBe('');
  });
});
