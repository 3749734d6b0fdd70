/** The clusters section: for each region its clusters, and in the header how many run. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import { byRegion } from '../state/attached';
import type { IMulticloudLab } from '../tokens';
import { ClusterCard, IClusterCallbacks } from './cluster-card';
import { LoadState } from './messages';
import { useChanged, useNow } from './use-changed';

export interface IClustersProps extends IClusterCallbacks {
  lab: IMulticloudLab;
  trans: TranslationBundle;
}

export function Clusters(props: IClustersProps): JSX.Element {
  const { lab, trans, ...callbacks } = props;
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
    return (
      <p className="jp-MulticloudMessage">
        {gateways.length > 0 &&
        !gateways.some(({ state }) => state === 'signed-in')
          ? trans.__(
              'No gateway is signed in to, so clusters cannot be seen. Sign in below, or open a dataset.'
            )
          : trans.__(
              'No clusters. Open a dataset and one starts beside its data.'
            )}
      </p>
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
                moments={lab.workers.of(cluster)}
                now={now}
                trans={trans}
                {...callbacks}
              />
            ))}
          </ul>
        </div>
      ))}
    </>
  );
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

/** Whether its seconds are shown. */
function isCounting({ status, stops_at }: Cluster): boolean {
  return status === 'PENDING' || stops_at !== null;
}
