/** Follows a cluster that starts, in one notification from the wish to the first worker. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';
import type { Cluster, StartCluster, StartedCluster } from '../api/wire';
import { waitsFor } from '../components/cluster-doings';
import type { IMulticloudLab } from '../tokens';
import { inFull } from './notify';

/** Milliseconds that a gateway may take to answer before it is said that it is asked. */
const PATIENCE = 2_000;

/** Milliseconds between questions while a cluster starts, in case that no event comes. */
const SELDOM = 10_000;

/** Lists that may not know a cluster yet: they were on their way when it was started. */
const LATE = 2;

/** What the buttons of the notification do. */
export interface IClusterCallbacks {
  openDashboard(cluster: Cluster): void;
  stop(cluster: Cluster): void;
}

/**
 * Start a cluster, or take the one that is there, and say so.
 *
 * @param change - Offers another place for it; left out where there is no other.
 * @throws ApiError - It did not start; the notification is gone then.
 */
export async function startAndFollow(
  lab: IMulticloudLab,
  wish: StartCluster,
  about: string,
  callbacks: IClusterCallbacks,
  trans: TranslationBundle,
  change: ((started: StartedCluster) => void) | null = null
): Promise<void> {
  const notice = new Notice();
  const slow = setTimeout(
    () => notice.say(about, 'in-progress', { autoClose: false }),
    PATIENCE
  );
  let cluster: StartedCluster;
  try {
    cluster = await lab.api.startCluster({
      ...lab.settings.ofCluster,
      ...wish
    });
  } catch (error) {
    if (error instanceof ApiError && error.code === 'cluster-failed') {
      // Somebody cancelled it before the gateway had answered.
      notice.say(error.message, 'info', { autoClose: 5_000, actions: [] });
      return;
    }
    notice.dismiss();
    throw error;
  } finally {
    clearTimeout(slow);
  }
  void lab.clusters.refresh();
  const why = cluster.placement?.why ?? '';
  const said = cluster.reused
    ? trans.__('Using the cluster on %1. %2', cluster.gateway, why)
    : trans.__('Starting a cluster on %1. %2', cluster.gateway, why);
  const title = trans.__('Cluster on %1', cluster.gateway);
  const elsewhere: Notification.IAction[] = change
    ? [{ label: trans.__('Change…'), callback: () => change(cluster) }]
    : [];
  const sayWaiting = (message: string) =>
    notice.say(message, 'in-progress', {
      autoClose: false,
      actions: [
        ...inFull(title, message, trans),
        ...elsewhere,
        { label: trans.__('Stop'), callback: () => callbacks.stop(cluster) }
      ]
    });
  if (!isReady(cluster)) {
    sayWaiting(said);
  }
  const onRunning = (now: Cluster) =>
    sayWaiting(
      trans.__(
        'The cluster on %1 runs. %2 %3',
        now.gateway,
        waitsFor(now, trans),
        why
      )
    );
  void untilSettled(lab, cluster, onRunning).then(last => {
    if (last && isReady(last)) {
      const message = cluster.reused
        ? said
        : trans.__(
            'The cluster on %1, in %2, is ready.',
            cluster.gateway,
            cluster.region
          );
      notice.say(message, 'success', {
        autoClose: 10_000,
        actions: [
          ...inFull(title, said, trans),
          ...elsewhere,
          {
            label: trans.__('Dashboard'),
            callback: () => callbacks.openDashboard(last)
          }
        ]
      });
    } else if (last?.status === 'FAILED') {
      const message = trans.__(
        'The cluster on %1 failed to start. %2',
        cluster.gateway,
        last.message
      );
      notice.say(message, 'error', {
        autoClose: false,
        actions: inFull(title, message, trans)
      });
    } else {
      const message = trans.__(
        'The cluster on %1 was stopped.',
        cluster.gateway
      );
      notice.say(message, 'info', {
        autoClose: 5_000,
        actions: []
      });
    }
  });
}

/**
 * One notification whose words change.
 *
 * JupyterLab loses an update that comes before the notification is drawn, so nothing is said until
 * there is something that lasts.
 */
class Notice {
  private _id: string | null = null;

  say(
    message: string,
    type: Notification.TypeOptions,
    options: Notification.IOptions<never>
  ): void {
    if (this._id === null) {
      this._id = Notification.emit(message, type, options);
    } else {
      Notification.update({ id: this._id, message, type, ...options });
    }
  }

  dismiss(): void {
    if (this._id !== null) {
      Notification.dismiss(this._id);
    }
  }
}

/** Whether it runs, with a worker if it is to have one at all times. */
export function isReady(cluster: Cluster): boolean {
  return (
    cluster.status === 'RUNNING' &&
    (!cluster.minimum || cluster.workers === null || cluster.workers > 0)
  );
}

/** Whether the clusters of a gateway are known, so that one that is not listed is gone. */
function isListed(lab: IMulticloudLab, name: string): boolean {
  return lab.gateways.value.some(
    gateway => gateway.name === name && gateway.state === 'signed-in'
  );
}

/**
 * Wait until a cluster is ready, has failed, or is gone (null).
 *
 * @param onRunning - Told when it runs without all of its workers, and of each that comes.
 */
function untilSettled(
  lab: IMulticloudLab,
  first: Cluster,
  onRunning: (now: Cluster) => void
): Promise<Cluster | null> {
  return new Promise(resolve => {
    let missed = 0;
    let seen = false;
    let workers: number | null = null;
    const timer = setInterval(() => void lab.clusters.refresh(), SELDOM);
    const settle = (last: Cluster | null) => {
      clearInterval(timer);
      lab.clusters.changed.disconnect(look);
      resolve(last);
    };
    const look = () => {
      const now = lab.clusters.value.find(
        ({ gateway, name }) => gateway === first.gateway && name === first.name
      );
      if (lab.clusters.error) {
        return; // The list is an older one.
      }
      missed = now ? 0 : missed + 1;
      seen ||= now !== undefined;
      if (now && (isReady(now) || now.status === 'FAILED')) {
        settle(now);
      } else if (
        now?.status === 'STOPPED' ||
        missed > LATE ||
        (seen && missed > 0 && isListed(lab, first.gateway))
      ) {
        settle(null);
      } else if (now?.status === 'RUNNING' && now.workers !== workers) {
        workers = now.workers;
        onRunning(now);
      }
    };
    if (isReady(first)) {
      settle(first);
      return;
    }
    lab.clusters.changed.connect(look);
    look();
  });
}
