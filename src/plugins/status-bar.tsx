/** Shows in the status bar how many clusters and workers there are; a click opens the panel. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { CommandIDs } from '../commands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the status bar shows it from the start
import { ClusterStatus } from '../components/cluster-status';
import { isAlive } from '../components/cluster-words';
import { IMulticloudLab } from '../tokens';

export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:status-bar',
  description: 'Shows in the status bar how many clusters and workers run.',
  autoStart: true,
  requires: [IMulticloudLab],
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('multicloud_lab');
    statusBar?.registerStatusItem('multicloud-lab:clusters', {
      item: ReactWidget.create(
        <ClusterStatus
          lab={lab}
          trans={trans}
          onOpen={() => void app.commands.execute(CommandIDs.showPanel)}
        />
      ),
      align: 'left',
      rank: 4,
      isActive: () => lab.clusters.value.some(isAlive),
      activeStateChanged: lab.clusters.changed
    });
  }
};
