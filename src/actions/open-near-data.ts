/** Open Dataset Near Data: from a selection to cells in a notebook and clusters beside the data. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type {
  Cell,
  DatasetRow,
  Gateway,
  Placement,
  StartedCluster
} from '../api/wire';
import type { IInserted } from '../notebook/insert';
import type { IMulticloudLab } from '../tokens';
import { changePlacement, mayCost } from './change-placement';
import { IClusterCallbacks, startAndFollow } from './follow-cluster';
import { sayFailed } from './notify';
import { signIn } from './sign-in';
import { withSignIn } from './with-sign-in';

export interface IOpenOptions {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  callbacks: IClusterCallbacks;
  /** Puts the cells into a notebook. */
  insert: (cells: readonly Cell[]) => Promise<IInserted>;
  /** Shows a dataset's placements. */
  showDetails: (dataset: string) => void;
}

/** What is opened, and where. */
export interface IPlaced {
  row: Pick<DatasetRow, 'id' | 'name'>;
  placement: Placement;
}

/**
 * Open datasets, each where its bytes are.
 *
 * Everything that can fail without cost comes first; then cells are inserted at once, while the
 * clusters start.
 *
 * @param ids - Of the datasets, or addresses.
 * @param analysis - The name of an analysis, or null for the best that fits.
 * @returns Whether all was done. What was not has been said in a notification.
 */
export async function openNearData(
  ids: readonly string[],
  analysis: string | null,
  options: IOpenOptions
): Promise<boolean> {
  const { lab, trans } = options;
  let name = ids.join(', ');
  try {
    const rows = await Promise.all(ids.map(id => rowOf(lab, id)));
    name = rows.map(row => row.name).join(', ');
    const homeless = rows.find(
      ({ near }) => near === null || near.relation === 'unknown'
    );
    if (homeless) {
      sayNowhere(homeless, options);
      return false;
    }
    const placed = rows.map(row => ({ row, placement: row.near! }));
    if (!(await mayCost(placed, lab, trans))) {
      return false;
    }
    const { cells } = await lab.api.cells({
      datasets: [...ids],
      analysis,
      style: lab.cellStyle
    });
    const places = byGateway(placed);
    for (const gateway of places.keys()) {
      if (!(await isSignedIn(lab, gateway, trans))) {
        return false;
      }
    }
    // Waited for by "Change…", which may be clicked before the cells are there.
    const inserted = options.insert(cells);
    const done = await Promise.all([
      tried(options, trans.__('No cells for %1', name), () => inserted),
      ...[...places].map(([gateway, there]) =>
        tried(options, trans.__('No cluster on %1', gateway), () =>
          startNear(there, gateway, options, started =>
            changePlacement(there[0], started, {
              ...options,
              datasets: ids,
              analysis,
              inserted,
              open: (placed, gateway) => openThere(placed, gateway, options)
            })
          )
        )
      )
    ]);
    return done.every(Boolean);
  } catch (error) {
    const mayBeBack =
      error instanceof ApiError && error.code === 'gateway-unreachable';
    const again = {
      label: trans.__('Try Again'),
      callback: () => void openNearData(ids, analysis, options)
    };
    sayFailed(
      trans.__('%1 could not be opened', name),
      error,
      trans,
      mayBeBack ? [again] : []
    );
    return false;
  }
}

/** Sign in to a gateway that was chosen, and start a cluster there; no if the user gave up. */
async function openThere(
  placed: IPlaced,
  gateway: string,
  options: IOpenOptions
): Promise<boolean> {
  const { lab, trans } = options;
  return (
    (await isSignedIn(lab, gateway, trans)) &&
    (await tried(options, trans.__('No cluster on %1', gateway), () =>
      startNear([placed], gateway, options)
    ))
  );
}

/** A dataset as the list has it, else as the server says it now. */
async function rowOf(lab: IMulticloudLab, id: string): Promise<DatasetRow> {
  const known = lab.datasets.row(id);
  if (known) {
    return known;
  }
  const [dataset, placements] = await Promise.all([
    lab.api.dataset(id),
    lab.api.placements(id)
  ]);
  return { ...dataset, near: placements[0] ?? null, here: null };
}

function byGateway(placed: readonly IPlaced[]): Map<string, IPlaced[]> {
  const places = new Map<string, IPlaced[]>();
  for (const one of placed) {
    const { gateway } = one.placement;
    places.set(gateway, [...(places.get(gateway) ?? []), one]);
  }
  return places;
}

async function isSignedIn(
  lab: IMulticloudLab,
  name: string,
  trans: TranslationBundle
): Promise<boolean> {
  const find = (): Gateway | undefined =>
    lab.gateways.value.find(gateway => gateway.name === name);
  if (!find() || find()?.state === 'unreachable') {
    await lab.gateways.refresh(); // It may be back.
  }
  const gateway = find();
  if (gateway?.state === 'unreachable') {
    throw new ApiError('gateway-unreachable', gateway.message, 503);
  }
  // One that is not listed is left to the server to refuse.
  return !gateway || signIn(lab, gateway, trans);
}

async function startNear(
  placed: readonly IPlaced[],
  gateway: string,
  { lab, trans, callbacks }: IOpenOptions,
  change: ((started: StartedCluster) => void) | null = null
): Promise<void> {
  const [{ row, placement }] = placed;
  const wish = change ? { near: row.id } : { near: row.id, gateway };
  const about = trans.__(
    '%1 is in %2: asking %3 for a cluster …',
    placed.map(({ row }) => row.name).join(', '),
    placement.region ?? trans.__('an unknown region'),
    gateway
  );
  const start = () =>
    startAndFollow(lab, wish, about, callbacks, trans, change);
  await withSignIn(lab, gateway, start, trans);
}

async function tried(
  { trans }: IOpenOptions,
  what: string,
  act: () => Promise<unknown>
): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    sayFailed(what, error, trans);
    return false;
  }
}

function sayNowhere(dataset: DatasetRow, options: IOpenOptions): void {
  const { trans } = options;
  const why = dataset.region
    ? trans.__('No gateway can be placed near %1.', dataset.region)
    : dataset.replicas[0]?.detail || trans.__('Its region is not known.');
  Notification.error(
    trans.__('%1 has no place to be computed: %2', dataset.name, why),
    {
      autoClose: false,
      actions: [
        {
          label: trans.__('Show Details'),
          callback: () => options.showDetails(dataset.id)
        }
      ]
    }
  );
}
