/** The panel in the side bar: a section each for datasets, clusters and gateways. */
import type { ITranslator } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  PanelWithToolbar,
  ReactWidget,
  SidePanel
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import type { ChangeCluster, Cluster, Gateway } from '../api/wire';
import { CommandIDs, onCluster } from '../commands';
import { multicloudIcon } from '../icons';
import type { IMulticloudLab } from '../tokens';
import { ClusterCount, Clusters } from './clusters';
import { Datasets } from './datasets';
import { IDragOptions, startDrag } from './drag-dataset';
import { Gateways } from './gateways';
import { keepFocus } from './keep-focus';
import { PanelHeader } from './panel-header';
import { Sections } from './sections';

export namespace MulticloudPanel {
  export interface IOptions {
    lab: IMulticloudLab;
    commands: CommandRegistry;
    translator: ITranslator;
    /** Gives a cluster new bounds, or another time that it may be idle. */
    change: (cluster: Cluster, changes: ChangeCluster) => Promise<void>;
    /** What a drag has to know of notebooks. */
    dragging: Pick<IDragOptions, 'languages' | 'onRefused'>;
  }
}

export class MulticloudPanel extends SidePanel {
  constructor(options: MulticloudPanel.IOptions) {
    const sections = new Sections();
    super({ translator: options.translator, content: sections });
    const { lab, commands } = options;
    const trans = options.translator.load('multicloud_lab');
    this.id = 'multicloud-lab-panel';
    this.addClass('jp-MulticloudPanel');
    this.title.icon = multicloudIcon;
    this.title.caption = trans.__('Multi-Cloud Lab');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Multi-Cloud Lab'));

    this.header.addWidget(
      ReactWidget.create(<PanelHeader lab={lab} trans={trans} />)
    );
    const run = (command: string, args: Record<string, string> = {}) =>
      void commands.execute(command, args);
    const onGateway = (command: string) => (gateway: Gateway) =>
      run(command, { gateway: gateway.name });

    const datasets = this._section(
      trans.__('Datasets'),
      <Datasets
        lab={lab}
        trans={trans}
        onOpen={() => run(CommandIDs.openNearData)}
        onGrab={(ids, event) =>
          startDrag(event, {
            ...options.dragging,
            label: ids.map(id => id.split('/').pop()).join(', '),
            source: this,
            ask: async () => {
              const body = { datasets: [...ids], style: lab.cellStyle };
              return (await lab.api.cells(body)).cells;
            }
          })
        }
        onAddCatalog={() => run(CommandIDs.addCatalogUrl)}
        onRefresh={() => commands.execute(CommandIDs.refresh)}
      />
    );
    datasets.addClass('jp-MulticloudPanel-datasets');
    for (const id of [
      CommandIDs.openNearData,
      CommandIDs.showMap,
      CommandIDs.toggleTree,
      CommandIDs.refresh
    ]) {
      datasets.toolbar.addItem(
        id,
        new CommandToolbarButton({ commands, id, label: '' })
      );
    }
    const clusters = this._section(
      trans.__('Clusters'),
      <Clusters
        lab={lab}
        trans={trans}
        onDashboard={onCluster(commands, CommandIDs.openDashboard)}
        onConnect={onCluster(commands, CommandIDs.connectCluster)}
        onStop={onCluster(commands, CommandIDs.stopCluster)}
        onKeep={onCluster(commands, CommandIDs.keepCluster)}
        onChange={options.change}
        onSignIn={() => run(CommandIDs.signIn)}
        onStart={() => run(CommandIDs.startCluster)}
      />
    );
    clusters.toolbar.addItem(
      'count',
      ReactWidget.create(<ClusterCount lab={lab} trans={trans} />)
    );
    clusters.toolbar.addItem(
      CommandIDs.stopAllClusters,
      new CommandToolbarButton({
        commands,
        id: CommandIDs.stopAllClusters,
        label: ''
      })
    );
    const gateways = this._section(
      trans.__('Gateways'),
      <Gateways
        lab={lab}
        trans={trans}
        onSignIn={onGateway(CommandIDs.signIn)}
        onSignOut={onGateway(CommandIDs.signOut)}
        onStart={onGateway(CommandIDs.startCluster)}
      />
    );
    gateways.toolbar.addItem(
      CommandIDs.startClusters,
      new CommandToolbarButton({
        commands,
        id: CommandIDs.startClusters,
        label: ''
      })
    );
    sections.setRelativeSizes([7, 4, 3]);
    keepFocus(this.node);
  }

  /** Whoever opens the panel by keyboard mostly looks for something. */
  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.querySelector<HTMLElement>('input[type="search"]')?.focus();
  }

  private _section(label: string, body: JSX.Element): PanelWithToolbar {
    const section = new PanelWithToolbar();
    section.title.label = label;
    section.addClass('jp-MulticloudSection');
    section.addWidget(ReactWidget.create(body));
    section.node.tabIndex = -1;
    this.addWidget(section);
    return section;
  }
}
