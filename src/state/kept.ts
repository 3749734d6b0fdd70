/** What of the panel is kept over a reload, written as JSON and read back with care. */
import type { ReadonlyJSONObject } from '@lumino/coreutils';

import type { DatasetSearch } from './dataset-search';
import type { Chosen, FacetName } from './facets';

const FACETS: Record<FacetName, true> = {
  provider: true,
  region: true,
  catalog: true,
  format: true,
  tag: true,
  requester_pays: true,
  near: true
};

/** Write what is looked for. */
export function keptOf({
  text,
  chosen
}: Pick<DatasetSearch, 'text' | 'chosen'>): ReadonlyJSONObject {
  return {
    text,
    chosen: [...chosen].map(([facet, values]) => [facet, [...values]])
  };
}

/** Read what was looked for; what cannot be used is left out. */
export function lookedFor(kept: unknown): { text: string; chosen: Chosen } {
  const { text, chosen } = (kept ?? {}) as Record<string, unknown>;
  const pairs = (value: unknown): [unknown, unknown][] =>
    Array.isArray(value)
      ? value.filter(pair => Array.isArray(pair) && pair.length === 2)
      : [];
  const read = new Map<FacetName, Map<string, string>>();
  for (const [facet, values] of pairs(chosen)) {
    const texts = pairs(values).filter(
      (pair): pair is [string, string] =>
        typeof pair[0] === 'string' && typeof pair[1] === 'string'
    );
    if (typeof facet === 'string' && facet in FACETS && texts.length > 0) {
      read.set(facet as FacetName, new Map(texts));
    }
  }
  return { text: typeof text === 'string' ? text : '', chosen: read };
}
