/** The top of the panel: what is wrong in the configuration, and changes of clusters read aloud. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IMulticloudLab } from '../tokens';
import { Problems } from './messages';
import { useChanged } from './use-changed';

export interface IPanelHeaderProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
}

export function PanelHeader({ lab, trans }: IPanelHeaderProps): JSX.Element {
  useChanged(lab.status, lab.clusters);
  const count = (status: string) =>
    lab.clusters.value.filter(cluster => cluster.status === status).length;
  return (
    <>
      <Problems problems={lab.status.value?.problems ?? []} trans={trans} />
      <div className="jp-MulticloudSpoken" role="status">
        {trans.__(
          'Clusters: %1 running, %2 starting, %3 failed.',
          count('RUNNING'),
          count('PENDING'),
          count('FAILED')
        )}
      </div>
    </>
  );
}
