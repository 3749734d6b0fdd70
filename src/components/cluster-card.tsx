/** One cluster: how it is, how large it may be, what it costs, and what to do with it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import type { IMoment } from '../state/worker-history';
import {
  idleOf,
  isAlive,
  loadOf,
  originOf,
  shortName,
  stateOf,
  waitsFor,
  workersOf
} from './cluster-words';
import { ScaleForm } from './scale-form';
import { Sparkline } from './sparkline';

export interface IClusterCallbacks {
  onDashboard: (cluster: Cluster) => void;
  onConnect: (cluster: Cluster) => void;
  onStop: (cluster: Cluster) => void;
  onKeep: (cluster: Cluster) => void;
  onScale: (cluster: Cluster, minimum: number, maximum: number) => void;
}

export interface IClusterCardProps extends IClusterCallbacks {
  cluster: Cluster;
  /** What tells it from the others to who does not see where it is: its gateway, or more. */
  called: string;
  /** How many workers it had lately. */
  moments: readonly IMoment[];
  /** Seconds since 1970. */
  now: number;
  trans: TranslationBundle;
}

export function ClusterCard(props: IClusterCardProps): JSX.Element {
  const { called, cluster, now, trans } = props;
  const { gateway, name, region, status } = cluster;
  const state = stateOf(cluster, now, trans);
  const load = status === 'RUNNING' ? loadOf(cluster, trans) : '';
  const waits = waitsFor(cluster, trans);
  const idle = idleOf(cluster, now, trans);
  const isStopping = cluster.stops_at !== null;
  return (
    <li
      className="jp-MulticloudCard"
      aria-label={trans.__(
        'Cluster on %1 in %2, %3',
        called,
        region,
        state.words
      )}
      data-status={status}
    >
      <div className="jp-MulticloudCard-line">
        <span className={`jp-MulticloudState jp-mod-${status.toLowerCase()}`}>
          <span aria-hidden="true" className="jp-MulticloudSign">
            {state.sign}
          </span>{' '}
          {state.words}
        </span>
        {status === 'RUNNING' && <strong>{workersOf(cluster, trans)}</strong>}
        <Sparkline moments={props.moments} now={now} trans={trans} />
        <span className="jp-MulticloudCard-name" title={name}>
          {gateway} <code>{shortName(cluster)}</code>
        </span>
      </div>
      {load && <div className="jp-MulticloudCard-line">{load}</div>}
      {waits && <div className="jp-MulticloudCard-line">{waits}</div>}
      <div className="jp-MulticloudCard-line jp-MulticloudCard-origin">
        {originOf(cluster, now, trans)}
      </div>
      {cluster.message && (
        <p className="jp-MulticloudCard-message">{cluster.message}</p>
      )}
      {idle && (
        <div
          className={`jp-MulticloudCard-line ${
            isStopping
              ? 'jp-MulticloudCard-warning'
              : 'jp-MulticloudCard-origin'
          }`}
        >
          {isStopping && <span aria-hidden="true">▲</span>}
          <span>{idle}</span>
          {isStopping && (
            <Button
              small
              onClick={() => props.onKeep(cluster)}
              aria-label={trans.__('Keep the cluster on %1', called)}
              title={trans.__(
                'Let it go on, and count anew how long it is idle'
              )}
            >
              {trans.__('Keep')}
            </Button>
          )}
        </div>
      )}
      {isAlive(cluster) && (
        <div className="jp-MulticloudCard-line">
          <ScaleForm
            minimum={cluster.minimum}
            maximum={cluster.maximum}
            label={trans.__('Workers of the cluster on %1', called)}
            trans={trans}
            onScale={(minimum, maximum) =>
              props.onScale(cluster, minimum, maximum)
            }
          />
        </div>
      )}
      <Actions {...props} />
    </li>
  );
}

function Actions(props: IClusterCardProps): JSX.Element {
  const { called, cluster, trans } = props;
  const { dashboard, status } = cluster;
  return (
    <div className="jp-MulticloudCard-line jp-MulticloudCard-actions">
      {status === 'FAILED' ? (
        <Button
          small
          onClick={() => props.onStop(cluster)}
          aria-label={trans.__('Dismiss the failed cluster on %1', called)}
          title={trans.__('Take it off this list')}
        >
          {trans.__('Dismiss')}
        </Button>
      ) : status === 'PENDING' ? (
        <Button
          small
          onClick={() => props.onStop(cluster)}
          aria-label={trans.__('Cancel the start of the cluster on %1', called)}
          title={trans.__('Do not start this cluster')}
        >
          <closeIcon.react tag="span" className="jp-MulticloudCard-icon" />
          {trans.__('Cancel')}
        </Button>
      ) : (
        <Button
          small
          disabled={!dashboard}
          onClick={() => props.onDashboard(cluster)}
          title={
            dashboard
              ? trans.__('Open the Dask dashboards of this cluster')
              : trans.__('There are no dashboards unless the cluster runs')
          }
        >
          {trans.__('Dashboard')}
        </Button>
      )}
      {status === 'RUNNING' && (
        <Button
          small
          onClick={() => props.onConnect(cluster)}
          aria-label={trans.__(
            'Connect a notebook to the cluster on %1',
            called
          )}
          title={trans.__('Insert a cell that connects to this cluster')}
        >
          {trans.__('Connect')}
        </Button>
      )}
      {status === 'RUNNING' && (
        <Button
          small
          onClick={() => props.onStop(cluster)}
          aria-label={trans.__('Stop the cluster on %1', called)}
          title={trans.__('Stop this cluster')}
        >
          <stopIcon.react tag="span" className="jp-MulticloudCard-icon" />
          {trans.__('Stop')}
        </Button>
      )}
    </div>
  );
}
