/** The clusters section: a card for each. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { ClusterCard } from './cluster-card';
import { LoadState } from './messages';
import { useChanged, useNow } from './use-changed';

export interface IClustersProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  onDashboard: (cluster: Cluster) => void;
  onStop: (cluster: Cluster) => void;
  onScale: (cluster: Cluster, minimum: number, maximum: number) => void;
}

export function Clusters(props: IClustersProps): JSX.Element {
  const { lab, trans } = props;
  useChanged(lab.clusters);
  const clusters = lab.clusters.value;
  const now = useNow(
    clusters.some(({ status }) => status === 'PENDING') ? 1 : 20
  );
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
        {trans.__(
          'No clusters. Open a dataset and one starts beside its data.'
        )}
      </p>
    );
  }
  return (
    <ul className="jp-MulticloudCards" aria-label={trans.__('Clusters')}>
      {clusters.map(cluster => (
        <ClusterCard
          key={`${cluster.gateway}/${cluster.name}`}
          cluster={cluster}
          now={now}
          trans={trans}
          onDashboard={() => props.onDashboard(cluster)}
          onStop={() => props.onStop(cluster)}
          onScale={(minimum, maximum) =>
            props.onScale(cluster, minimum, maximum)
          }
        />
      ))}
    </ul>
  );
}
