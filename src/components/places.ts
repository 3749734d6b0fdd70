/** Places in words: how a region is known, what a byte costs and who pays. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Evidence, PriceRange, Replica } from '../api/wire';

/** How a replica's region is known; the server's own words where it has them. */
export function evidenceOf(
  { evidence, detail, region }: Replica,
  trans: TranslationBundle
): string {
  const said = detail.trim().replace(/\.$/, '');
  // The region itself stands beside it.
  const again = ` is in ${region}`;
  return (
    (said.endsWith(again) ? said.slice(0, -again.length) : said) ||
    evidenceName(evidence, trans)
  );
}

/** A kind of evidence. */
export function evidenceName(
  evidence: Evidence,
  trans: TranslationBundle
): string {
  switch (evidence) {
    case 'explicit':
      return trans.__('stated');
    case 'catalog':
      return trans.__('declared by its catalog');
    case 'configured':
      return trans.__('configured by the administrator');
    case 'registry':
      return trans.__('from a registry');
    case 'probed':
      return trans.__('probed');
    default:
      return trans.__('not known');
  }
}

/** How a person can say where a URL's bytes are; empty if that has been said, or there is no bucket. */
export function wayOut(
  url: string,
  said: string,
  trans: TranslationBundle
): string {
  const bucket = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0];
  return bucket && !said.includes('MulticloudLab.regions')
    ? trans.__('To say it, add "%1" to MulticloudLab.regions.', bucket)
    : '';
}

/** A price, as $0.09/GB or $0.08–0.12/GB. */
export function priceOf(
  price: PriceRange | null,
  trans: TranslationBundle
): string {
  if (!price) {
    return '';
  }
  const low = dollars(price.low);
  const high = dollars(price.high);
  return low === high
    ? trans.__('%1/GB', low)
    : trans.__('%1–%2/GB', low, high.slice(1));
}

/** Who pays it, as a sentence; empty if there is nothing to pay. */
export function payerOf(
  { payer, high }: PriceRange,
  trans: TranslationBundle
): string {
  if (high === 0) {
    return '';
  }
  switch (payer) {
    case 'you':
      return trans.__('You pay it (requester pays).');
    case 'owner':
      return trans.__('The owner of the bucket pays it.');
    default:
      return trans.__('Nobody pays it.');
  }
}

/** Dollars, in cents unless there are fractions of them. */
function dollars(amount: number): string {
  const digits = Number.isInteger(Math.round(amount * 1e4) / 100) ? 2 : 3;
  return `$${amount.toFixed(digits)}`;
}
