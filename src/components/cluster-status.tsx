/** What the status bar says: how many clusters run, and how many workers they have. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { multicloudIcon } from '../icons';
import type { IMulticloudLab } from '../tokens';
import { isAlive } from './cluster-words';
import { useChanged } from './use-changed';

export interface IClusterStatusProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  onOpen: () => void;
}

export function ClusterStatus(props: IClusterStatusProps): JSX.Element {
  const { lab, trans } = props;
  useChanged(lab.clusters);
  const alive = lab.clusters.value.filter(isAlive);
  const running = alive.filter(({ status }) => status === 'RUNNING');
  const workers = running.reduce((sum, each) => sum + (each.workers ?? 0), 0);
  const starting = alive.length - running.length;
  const words = [
    trans._n('%1 Dask cluster', '%1 Dask clusters', running.length),
    trans._n('%1 worker', '%1 workers', workers),
    starting > 0 && trans.__('%1 starting', starting)
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <button
      className="jp-MulticloudStatus"
      title={trans.__('Show Multi-Cloud Lab')}
      onClick={props.onOpen}
    >
      <multicloudIcon.react tag="span" className="jp-MulticloudPicker-sign" />
      {words}
    </button>
  );
}
