/** What is said of what a cluster does: what it waits for, what it was started for and has cost, how idle it is. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Cluster } from '../api/wire';
import { formatAge, formatMemory, formatWork } from './format';

/** What is waited for; empty if nothing is. */
export function waitsFor(cluster: Cluster, trans: TranslationBundle): string {
  if (cluster.status === 'PENDING') {
    return trans.__('Waiting for %1 to start its scheduler.', cluster.gateway);
  }
  const { status, workers, minimum } = cluster;
  return status === 'RUNNING' && workers !== null && workers < (minimum ?? 0)
    ? trans.__('Waiting for workers: %1 of %2 are there.', workers, minimum)
    : '';
}

/** Cores, memory and tasks, as far as they are known. */
export function loadOf(cluster: Cluster, trans: TranslationBundle): string[] {
  const { cores, memory, tasks } = cluster;
  return said([
    // Before the first worker there is nothing of these.
    Boolean(cores) &&
      trans._n('%2 core', '%2 cores', cores!, cores!.toLocaleString()),
    Boolean(memory) && formatMemory(memory!),
    tasks !== null &&
      trans._n('%2 task', '%2 tasks', tasks, tasks.toLocaleString())
  ]);
}

/** Seconds of workers from which on it is said what they have cost. */
const TOLD = 60;

/** What or who it was started for, when, and what it has cost in worker-hours. */
export function originOf(
  cluster: Cluster,
  now: number,
  trans: TranslationBundle
): string[] {
  const { dataset, ours, owner, worker_seconds } = cluster;
  const age = formatAge(now - cluster.started, trans);
  const elsewhere = owner
    ? trans.__('started elsewhere by %1', owner)
    : trans.__('started elsewhere');
  const why = dataset
    ? trans.__('opened for %1', dataset.split('/').pop())
    : ours
      ? trans.__('started by hand')
      : elsewhere;
  return said([
    why,
    dataset && !ours && elsewhere,
    age,
    worker_seconds !== null &&
      worker_seconds >= TOLD &&
      formatWork(worker_seconds, trans)
  ]);
}

/** What there is to say. */
function said(words: readonly (string | false | null)[]): string[] {
  return words.filter((each): each is string => Boolean(each));
}

/**
 * How idle it is, and when it is stopped for that; empty if it is not.
 *
 * @param now - Seconds since 1970.
 */
export function idleOf(
  { status, idle_since, stops_at, idle_minutes }: Cluster,
  now: number,
  trans: TranslationBundle
): string {
  if (status !== 'RUNNING' || idle_since === null) {
    return '';
  }
  const idle = formatAge(now - idle_since, trans);
  if (stops_at !== null) {
    return trans.__(
      'Idle for %1: stops in %2',
      idle,
      formatAge(stops_at - now, trans)
    );
  }
  return idle_minutes
    ? trans.__(
        'Idle for %1: stops after %2',
        idle,
        formatAge(idle_minutes * 60, trans)
      )
    : trans.__('Idle for %1', idle);
}
