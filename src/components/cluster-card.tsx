/** One cluster: where it is, how it is, how large it may be, and what to do with it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import { formatAge, formatMemory } from './format';
import { ScaleForm } from './scale-form';

export interface IClusterCardProps {
  cluster: Cluster;
  /** Seconds since 1970. */
  now: number;
  trans: TranslationBundle;
  onDashboard: () => void;
  onStop: () => void;
  onScale: (minimum: number, maximum: number) => void;
}

export function ClusterCard(props: IClusterCardProps): JSX.Element {
  const { cluster, trans } = props;
  const { gateway, name, region } = cluster;
  const state = stateOf(cluster, trans);
  const age = formatAge(props.now - cluster.started, trans);
  const alive = cluster.status === 'RUNNING' || cluster.status === 'PENDING';
  const dataset = cluster.dataset?.split('/').pop();
  return (
    <li
      className="jp-MulticloudCard"
      aria-label={trans.__(
        'Cluster on %1 in %2, %3',
        gateway,
        region,
        state.words
      )}
      data-status={cluster.status}
    >
      <div className="jp-MulticloudCard-line">
        <strong title={name}>{gateway}</strong>
        <span className="jp-MulticloudCard-region">{region}</span>
      </div>
      <div className="jp-MulticloudCard-line">
        <span
          className={`jp-MulticloudState jp-mod-${cluster.status.toLowerCase()}`}
        >
          <span aria-hidden="true">{state.sign}</span> {state.words}
          {cluster.status === 'PENDING' && ` ${age}`}
        </span>
      </div>
      {cluster.status === 'RUNNING' && (
        <div className="jp-MulticloudCard-line">{sizeOf(cluster, trans)}</div>
      )}
      {cluster.message && (
        <p className="jp-MulticloudCard-message">{cluster.message}</p>
      )}
      <div className="jp-MulticloudCard-line jp-MulticloudCard-origin">
        {dataset
          ? trans.__('opened for %1 · %2', dataset, age)
          : trans.__('started %1 ago', age)}
      </div>
      {alive && (
        <div className="jp-MulticloudCard-line">
          <ScaleForm
            minimum={cluster.minimum}
            maximum={cluster.maximum}
            label={trans.__('Workers of the cluster on %1', gateway)}
            trans={trans}
            onScale={props.onScale}
          />
        </div>
      )}
      <div className="jp-MulticloudCard-line jp-MulticloudCard-actions">
        <Button
          small
          disabled={!cluster.dashboard}
          onClick={props.onDashboard}
          title={
            cluster.dashboard
              ? trans.__('Open the Dask dashboards of this cluster')
              : trans.__('There are no dashboards until the cluster runs')
          }
        >
          {trans.__('Dashboard')}
        </Button>
        {alive && (
          <Button
            small
            onClick={props.onStop}
            aria-label={trans.__('Stop the cluster on %1', gateway)}
            title={trans.__('Stop this cluster')}
          >
            <stopIcon.react tag="span" className="jp-MulticloudCard-icon" />
            {trans.__('Stop')}
          </Button>
        )}
      </div>
    </li>
  );
}

function stateOf(
  cluster: Cluster,
  trans: TranslationBundle
): { sign: string; words: string } {
  switch (cluster.status) {
    case 'PENDING':
      return { sign: '◌', words: trans.__('starting …') };
    case 'RUNNING':
      return { sign: '●', words: trans.__('running') };
    case 'STOPPING':
      return { sign: '◌', words: trans.__('stopping …') };
    case 'FAILED':
      return { sign: '▲', words: trans.__('failed') };
    default:
      return { sign: '○', words: trans.__('stopped') };
  }
}

function sizeOf(cluster: Cluster, trans: TranslationBundle): string {
  const parts = [
    cluster.workers === null
      ? trans.__('workers not known')
      : trans._n('%1 worker', '%1 workers', cluster.workers)
  ];
  if (cluster.cores !== null) {
    parts.push(trans._n('%1 core', '%1 cores', cluster.cores));
  }
  if (cluster.memory !== null) {
    parts.push(formatMemory(cluster.memory));
  }
  return parts.join(' · ');
}
