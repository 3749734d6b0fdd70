/** The clusters section: for each region its clusters, and in the header how many run. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Cluster, Gateway } from '../api/wire';
import { byRegion } from '../state/attached';
import type { IMulticloudLab } from '../tokens';
import { ClusterCard, IClusterCallbacks } from './cluster-card';
import { shortName } from './cluster-words';
import { Empty, LoadState } from './messages';
import { useChanged, useNow } from './use-changed';

export interface IClustersProps extends IClusterCallbacks {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  /** Sign in to a gateway, which is asked if there are several. */
  onSignIn: () => void;
  /** Start a cluster on a gateway, which is asked if there are several. */
  onStart: () => void;
}

export function Clusters(props: IClustersProps): JSX.Element {
  const { lab, trans, onSignIn, onStart, ...callbacks } = props;
  useChanged(lab.clusters, lab.gateways);
  const clusters = lab.clusters.value;
  const gateways = lab.gateways.value;
  // Ages go on by themselves: nobody is asked.
  const now = useNow(clusters.some(isCounting) ? 1 : 20);
  if (!lab.clusters.loaded || lab.clusters.error) {
    return (
      <LoadState
        resource={lab.clusters}
        what={trans.__('Asking the gateways for clusters …')}
        trans={trans}
      />
    );
  }
  if (clusters.length === 0) {
    const isIn = (wanted: Gateway['state']) =>
      gateways.some(({ state }) => state === wanted);
    if (gateways.length === 0) {
      return (
        <p className="jp-MulticloudMessage">
          {trans.__(
            'No clusters, since there is no gateway yet: below is how to add one.'
          )}
        </p>
      );
    }
    if (isIn('signed-in')) {
      return (
        <>
          <Empty
            what={trans.__(
              'No clusters. Open a dataset and one starts beside its data, or start one by hand.'
            )}
            label={trans.__('Start Cluster…')}
            onClick={onStart}
          />
          <Unseen gateways={gateways} trans={trans} />
        </>
      );
    }
    return isIn('sign-in-needed') ? (
      <>
        <Empty
          what={trans.__(
            'No gateway is signed in to, so clusters cannot be seen. Sign in, or open a dataset.'
          )}
          label={trans.__('Sign In…')}
          onClick={onSignIn}
        />
        <Unseen gateways={gateways} trans={trans} />
      </>
    ) : (
      <Empty
        what={trans.__(
          'No gateway answers, so clusters cannot be seen. They go on, and come back with it.'
        )}
        label={trans.__('Try Again')}
        onClick={() => void tryAll(lab)}
      />
    );
  }
  return (
    <>
      {byRegion(clusters).map(({ region, clusters: there, workers }) => (
        <div key={region} className="jp-MulticloudClusterGroup">
          <div
            className="jp-MulticloudClusterGroup-title"
            role="heading"
            aria-level={3}
          >
            {region}{' '}
            {there.length > 1 && workers !== null && (
              <span className="jp-MulticloudCard-region">
                {trans._n('%1 worker', '%1 workers', workers)}
              </span>
            )}
          </div>
          <ul
            className="jp-MulticloudCards"
            aria-label={trans.__('Clusters in %1', region)}
          >
            {there.map(cluster => (
              <ClusterCard
                key={`${cluster.gateway}/${cluster.name}`}
                cluster={cluster}
                called={calledOf(cluster, clusters)}
                longestIdle={
                  gateways.find(({ name }) => name === cluster.gateway)
                    ?.longest_idle_minutes ?? 0
                }
                moments={lab.workers.of(cluster)}
                now={now}
                trans={trans}
                {...callbacks}
              />
            ))}
          </ul>
        </div>
      ))}
      <Unseen gateways={gateways} trans={trans} />
    </>
  );
}

/** That clusters go on which nobody sees, if a gateway does not answer. */
function Unseen(props: {
  gateways: readonly Gateway[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { gateways, trans } = props;
  const silent = gateways.filter(({ state }) => state === 'unreachable');
  return silent.length === 0 ? null : (
    <p className="jp-MulticloudMessage">
      {trans.__(
        'Clusters on %1 cannot be seen while it does not answer. They go on, and come back with it.',
        silent.map(({ name }) => name).join(', ')
      )}
    </p>
  );
}

/** Its gateway, and its name too if there are several on that. */
function calledOf(cluster: Cluster, clusters: readonly Cluster[]): string {
  const { gateway } = cluster;
  const there = clusters.filter(other => other.gateway === gateway);
  return there.length > 1 ? `${gateway}, ${shortName(cluster)}` : gateway;
}

/** How many clusters run, else how many start, for the header of the section. */
export function ClusterCount(props: {
  lab: IMulticloudLab;
  trans: TranslationBundle;
}): JSX.Element {
  const { lab, trans } = props;
  useChanged(lab.clusters);
  const count = (status: Cluster['status']) =>
    lab.clusters.value.filter(cluster => cluster.status === status).length;
  const [running, starting] = [count('RUNNING'), count('PENDING')];
  return (
    <span className="jp-MulticloudCount">
      {running > 0
        ? trans.__('%1 running', running)
        : starting > 0
          ? trans.__('%1 starting', starting)
          : ''}
    </span>
  );
}

/** Have the server ask every gateway at once; what it then says is in the list of gateways. */
async function tryAll(lab: IMulticloudLab): Promise<void> {
  await Promise.all(
    lab.gateways.value.map(({ name }) =>
      lab.api.retryGateway(name).catch(() => undefined)
    )
  );
  await lab.follow('gateways');
}

/** Whether its seconds are shown. */
function isCounting({ status, stops_at }: Cluster): boolean {
  return status === 'PENDING' || stops_at !== null;
}
