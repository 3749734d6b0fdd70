/** One cluster: how it is, how large it may be, what it costs, and what to do with it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, closeIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ChangeCluster, Cluster } from '../api/wire';
import type { IMoment } from '../state/worker-history';
import { ChangeForm } from './change-form';
import { idleOf, loadOf, originOf, waitsFor } from './cluster-doings';
import { countOf, isAlive, shortName, stateOf } from './cluster-words';
import { Sparkline } from './sparkline';

export interface IClusterCallbacks {
  onDashboard: (cluster: Cluster) => void;
  onConnect: (cluster: Cluster) => void;
  onStop: (cluster: Cluster) => void;
  onKeep: (cluster: Cluster) => void;
  onChange: (cluster: Cluster, changes: ChangeCluster) => Promise<void>;
}

export interface IClusterCardProps extends IClusterCallbacks {
  cluster: Cluster;
  /** What tells it from the others to who does not see where it is: its gateway, or more. */
  called: string;
  /** The most minutes that it may be idle, of its gateway; 0: any number, and never. */
  longestIdle: number;
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
  const load = status === 'RUNNING' ? loadOf(cluster, trans) : [];
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
      <div className="jp-MulticloudCard-line jp-MulticloudCard-head">
        <span className="jp-MulticloudCard-name" title={name}>
          <strong>{gateway}</strong> <code>{shortName(cluster)}</code>
        </span>
        <Sparkline moments={props.moments} now={now} trans={trans} />
      </div>
      <div className="jp-MulticloudCard-line">
        <span className={`jp-MulticloudState jp-mod-${status.toLowerCase()}`}>
          <span aria-hidden="true" className="jp-MulticloudSign">
            {state.sign}
          </span>{' '}
          {state.words}
        </span>
        {status === 'RUNNING' && <strong>{countOf(cluster, trans)}</strong>}
      </div>
      {load.length > 0 && <Words words={load} />}
      {waits && <div>{waits}</div>}
      <Words
        words={originOf(cluster, now, trans)}
        className="jp-MulticloudCard-origin"
      />
      {cluster.message && (
        <p className="jp-MulticloudCard-message">{cluster.message}</p>
      )}
      {idle && (
        <div
          className={
            isStopping
              ? 'jp-MulticloudCard-warning'
              : 'jp-MulticloudCard-origin'
          }
        >
          <span>
            {isStopping && <span aria-hidden="true">▲ </span>}
            {idle}
          </span>
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
        <ChangeForm
          cluster={cluster}
          longestIdle={props.longestIdle}
          label={trans.__('Size and idle time of the cluster on %1', called)}
          trans={trans}
          onChange={changes => props.onChange(cluster, changes)}
        />
      )}
      <Actions {...props} />
    </li>
  );
}

/** Some things that are said in one line, each of which stays whole where it wraps. */
function Words(props: {
  words: readonly string[];
  className?: string;
}): JSX.Element {
  return (
    <div className={props.className}>
      {props.words.map((each, index) => (
        <React.Fragment key={index}>
          {index > 0 && ' · '}
          <span className="jp-MulticloudCard-word">{each}</span>
        </React.Fragment>
      ))}
    </div>
  );
}

/** What can be done with it; nothing once it stops. */
function Actions(props: IClusterCardProps): JSX.Element | null {
  const { called, cluster, trans } = props;
  const { dashboard, status } = cluster;
  if (status === 'STOPPING' || status === 'STOPPED') {
    return null;
  }
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
      ) : null}
      {status === 'RUNNING' && (
        <Button
          small
          disabled={!dashboard}
          onClick={() => props.onDashboard(cluster)}
          title={
            dashboard
              ? trans.__('Open the Dask dashboards of this cluster')
              : trans.__('Its dashboards do not answer yet')
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
