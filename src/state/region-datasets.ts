/** Asks for the datasets of one region among those that are looked for. */
import type { DatasetPage } from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { facetQuery } from './facets';

/** How many are asked for; the panel has all. */
const FIRST = 20;

/**
 * The first datasets of a region that match what is looked for in the panel, but for its regions.
 *
 * @throws ApiError - The server did not give them.
 */
export function datasetsIn(
  region: string,
  { api, datasets }: Pick<IMulticloudLab, 'api' | 'datasets'>,
  signal?: AbortSignal
): Promise<DatasetPage> {
  const { text, chosen } = datasets.found;
  return api.datasets(
    {
      ...facetQuery(chosen),
      region: [region],
      text: text.trim(),
      limit: FIRST
    },
    signal
  );
}
