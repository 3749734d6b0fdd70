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
    ['same-region', '●', 'here', ''],
    ['contained', '◐', 'near', '$0.08–0.12/GB'],
    ['same-provider', '◐', 'near', '$0.08–0.12/GB'],
    ['other-provider', '○', 'far', '$0.08–0.12/GB'],
    ['unknown', '?', 'unknown', '']
  ] as const)('should show %s as %s', (relation, sign, state, cost) => {
    expect(badgeOf(related(relation), trans)).toMatchObject({
      sign,
      state,
      text: 'us-west-2',
      price: cost,
      marks: ''
    });
  });

  it('should name no price where there is none to pay', () => {
    const free = related('contained', price({ low: 0, high: 0 }));
    expect(badgeOf(free, trans).price).toBe('');
    expect(badgeOf(related('other-provider', null), trans).price).toBe('');
  });

  it('should take the sentence of the server, evidence, price and payer included', () => {
    const far = related('other-provider');
    far.near!.why = 'PRECT is in aws:us-west-2 (probed); …, which you pay.';
    expect(badgeOf(far, trans).words).toBe(far.near!.why);
  });

  it('should say how the region is known where no gateway can be near', () => {
    const words = (more: Partial<DatasetRow['replicas'][number]>) =>
      badgeOf(
        {
          ...row('c/x'),
          replicas: [replica({ url: 's3://data/c/x', ...more })],
          near: null
        },
        trans
      ).words;
    expect(words({})).toBe(
      'In aws:us-west-2 (declared by its catalog). No gateway is near.'
    );
    expect(words({ evidence: 'probed' })).toContain('(probed)');
    const detail = 'S3 said so on 2026-11-02.';
    expect(words({ evidence: 'probed', detail })).toContain(
      '(S3 said so on 2026-11-02).'
    );
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
    const said = row('c/x');
    said.replicas = [replica({ url: 's3://data/c/x', contradicted })];
    said.near!.why = 'Another source says aws:us-east-1 and gcp:us.';
    expect(badgeOf(said, trans).words).toBe(said.near!.why);
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
    const detail = 'no registry knows the bucket.';
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
      'Region not known: no registry knows the bucket. ' +
        'To say it, add "gs://some-bucket" to MulticloudLab.regions.'
    );
    unknown.replicas[0].detail = 'name it in MulticloudLab.regions.';
    expect(badgeOf(unknown, trans).words).toBe(
      'Region not known: name it in MulticloudLab.regions.'
    );
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
      name: /lens\/PRECT and aws-oregon are in aws:us-west-2/
    });
    expect(badge.getAttribute('title')).toContain('aws-oregon');
  });
});

describe('priceOf', () => {
  it('should be one figure or a range, with fractions of cents if there are', () => {
    const text = (low: number, high: number) =>
      priceOf(price({ low, high }), trans);
    expect(text(0.09, 0.09)).toBe('$0.09/GB');
    expect(text(0, 0)).toBe('$0.00/GB');
    expect(text(0.05, 0.0875)).toBe('$0.05–0.087/GB');
    expect(priceOf(null, trans)).toBe('');
  });
});
