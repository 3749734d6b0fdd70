/** Which facets are on, how they are asked for, and what a row of toggles shows of them. */
import type { DatasetQuery } from '../api/client';
import type { Facet, FacetValue } from '../api/wire';

export type FacetName = Facet['name'];

/** The values that are on, each with its title, by facet. */
export type Chosen = ReadonlyMap<FacetName, ReadonlyMap<string, string>>;

export const NOTHING_CHOSEN: Chosen = new Map();

/** Facets whose values exclude each other. */
const YES_OR_NO: readonly FacetName[] = ['requester_pays', 'near'];

/** One toggle. */
export interface IToggle {
  facet: FacetName;
  value: FacetValue;
  on: boolean;
}

/** Turn a value on or off. */
export function toggled(
  chosen: Chosen,
  facet: FacetName,
  { value, title }: Pick<FacetValue, 'value' | 'title'>
): Chosen {
  const values = new Map(chosen.get(facet));
  if (!values.delete(value)) {
    if (YES_OR_NO.includes(facet)) {
      values.clear();
    }
    values.set(value, title);
  }
  const next = new Map(chosen);
  if (values.size > 0) {
    next.set(facet, values);
  } else {
    next.delete(facet);
  }
  return next;
}

/** How many values are on. */
export function countChosen(chosen: Chosen): number {
  let count = 0;
  for (const values of chosen.values()) {
    count += values.size;
  }
  return count;
}

/** The part of a query that the values say. */
export function facetQuery(chosen: Chosen): DatasetQuery {
  const query: DatasetQuery = {};
  for (const [facet, values] of chosen) {
    const words = [...values.keys()];
    if (facet === 'requester_pays' || facet === 'near') {
      query[facet] = words[0] === 'true';
    } else {
      query[facet] = words;
    }
  }
  return query;
}

/** The toggles of a facet: what was counted, and what is on although nothing is left of it. */
export function togglesOf(facet: Facet, chosen: Chosen): IToggle[] {
  const on = chosen.get(facet.name) ?? new Map<string, string>();
  const counted = new Set(facet.values.map(({ value }) => value));
  const empty = [...on]
    .filter(([value]) => !counted.has(value))
    .map(([value, title]) => ({ value, title, count: 0 }));
  return [...facet.values, ...empty].map(value => ({
    facet: facet.name,
    value,
    on: on.has(value.value)
  }));
}

/**
 * Split the toggles into a short row that is always shown and the others.
 *
 * The row has the known providers, whether a gateway is near, and all that is on; a facet with one
 * value narrows nothing, so it is not in it unless it is on.
 *
 * @param facets - As the server counted them, in the order to be shown.
 */
export function shortRow(
  facets: readonly Facet[],
  chosen: Chosen
): { row: IToggle[]; others: number } {
  const row: IToggle[] = [];
  let others = 0;
  for (const facet of facets) {
    const toggles = togglesOf(facet, chosen);
    for (const toggle of toggles) {
      const leads =
        toggles.length > 1 &&
        (facet.name === 'provider'
          ? toggle.value.value !== 'unknown'
          : facet.name === 'near' && toggle.value.value === 'true');
      if (toggle.on || leads) {
        row.push(toggle);
      } else {
        others += 1;
      }
    }
  }
  return { row, others };
}
