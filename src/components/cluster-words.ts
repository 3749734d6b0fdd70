/** What is said of a cluster at a glance: its name, its state and its size. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster } from '../api/wire';
import { formatAge } from './format';

export interface IWords {
  /** An icon that says the same as the words, for a glance. */
  sign: string;
  words: string;
}

/** Whether it has, or is to have, workers that cost money. */
export function isAlive({ status }: Cluster): boolean {
  return status === 'RUNNING' || status === 'PENDING';
}

/**
 * Whether it is alive, and this lab started it.
 *
 * Others may be of somebody else who signs in with the same name: they are stopped one by one.
 */
export function isOwnAlive(cluster: Cluster): boolean {
  return cluster.ours && isAlive(cluster);
}

/** The end of its name, enough to tell it from others on its gateway. */
export function shortName({ name }: Cluster): string {
  const own = name.slice(name.lastIndexOf('.') + 1);
  return own.length > 7 ? `${own.slice(0, 6)}…` : own;
}

/**
 * Its state.
 *
 * @param now - Seconds since 1970.
 */
export function stateOf(
  cluster: Cluster,
  now: number,
  trans: TranslationBundle
): IWords {
  switch (cluster.status) {
    case 'PENDING':
      return {
        sign: '◌',
        words: trans.__('starting… %1', formatAge(now - cluster.started, trans))
      };
    case 'RUNNING':
      return { sign: '●', words: trans.__('running') };
    case 'STOPPING':
      return { sign: '◌', words: trans.__('stopping…') };
    case 'FAILED':
      return { sign: '▲', words: trans.__('failed') };
    default:
      return { sign: '○', words: trans.__('stopped') };
  }
}

/** How many workers it has, as `6 workers`. */
export function countOf(
  { workers }: Cluster,
  trans: TranslationBundle
): string {
  return workers === null
    ? trans.__('workers not known')
    : trans._n('%2 worker', '%2 workers', workers, workers.toLocaleString());
}

/** Its workers and their bounds, as `6 workers (1–200)`. */
export function workersOf(cluster: Cluster, trans: TranslationBundle): string {
  const { minimum, maximum } = cluster;
  const count = countOf(cluster, trans);
  return minimum === null || maximum === null
    ? count
    : trans.__('%1 (%2–%3)', count, minimum, maximum);
}
