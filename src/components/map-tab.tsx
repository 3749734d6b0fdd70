/** The map as a tab of the main area. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { multicloudIcon } from '../icons';
import { MapView } from '../state/map-view';
import type { IMulticloudLab } from '../tokens';
import { MovesTable, PlacesTable } from './map-tables';
import { LoadState } from './messages';
import { useChanged } from './use-changed';
import { WorldMap } from './world-map';

export interface ICloudMapProps {
  view: MapView;
  lab: IMulticloudLab;
  trans: TranslationBundle;
  /** Called after the panel was told which region to show. */
  onChosen: () => void;
}

export function CloudMap(props: ICloudMapProps): JSX.Element {
  const { view, lab, trans } = props;
  useChanged(view);
  if (!view.regions.answer) {
    const { error } = view.regions;
    return (
      <LoadState
        resource={{ error, refresh: () => view.ask() }}
        what={trans.__('Asking for the regions …')}
        trans={trans}
      />
    );
  }
  const chosen = new Set(lab.datasets.chosen.get('region')?.keys());
  const choose = (region: string) => {
    lab.datasets.toggle('region', { value: region, title: region });
    props.onChosen();
  };
  const places = view.places();
  const arcs = view.arcs();
  const shared = { places, chosen, trans, onChoose: choose };
  const { text } = lab.datasets.found;
  return (
    <div className="jp-MulticloudMap-page">
      <p role="status">
        {text.trim()
          ? trans.__('Regions of the datasets that match “%1”.', text.trim())
          : trans.__('Regions of all datasets.')}{' '}
        {chosen.size > 0 &&
          trans.__('The panel shows %1 only.', [...chosen].join(', '))}
      </p>
      <WorldMap {...shared} arcs={arcs} />
      <Legend trans={trans} />
      {places.length > 0 ? (
        <PlacesTable {...shared} />
      ) : (
        <p className="jp-MulticloudMessage">
          {trans.__(
            'Nothing is on the map yet: no dataset has a region, and there is no gateway. The panel says how to add both.'
          )}
        </p>
      )}
      {view.moved.error && (
        <LoadState
          resource={{
            error: view.moved.error,
            refresh: () => view.moved.ask()
          }}
          what=""
          trans={trans}
        />
      )}
      {arcs.length > 0 ? (
        <MovesTable arcs={arcs} trans={trans} />
      ) : (
        <p className="jp-MulticloudMessage">
          {trans.__(
            'No bytes have moved between regions. Select a dataset that has no gateway in its region to see what would move.'
          )}
        </p>
      )}
    </div>
  );
}

function Legend({ trans }: { trans: TranslationBundle }): JSX.Element {
  return (
    <p className="jp-MulticloudMap-legend">
      <span>{trans.__('● datasets, by number')}</span>
      <span>{trans.__('◌ in any of several regions')}</span>
      <span>{trans.__('□ gateway')}</span>
      <span>{trans.__('▲ clusters, with workers')}</span>
      <span>{trans.__('━ moved')}</span>
      <span>{trans.__('╌ would move')}</span>
    </p>
  );
}

export namespace MapTab {
  export interface IOptions {
    lab: IMulticloudLab;
    trans: TranslationBundle;
    onChosen: () => void;
  }
}

export class MapTab extends MainAreaWidget<ReactWidget> {
  constructor({ lab, trans, onChosen }: MapTab.IOptions) {
    const view = new MapView(lab);
    const content = ReactWidget.create(
      <CloudMap view={view} lab={lab} trans={trans} onChosen={onChosen} />
    );
    super({ content });
    this._view = view;
    content.addClass('jp-MulticloudMap-tab');
    this.id = 'multicloud-lab-map';
    this.title.label = trans.__('Map of Clouds');
    this.title.caption = trans.__(
      'Datasets, gateways, clusters and what moves between them'
    );
    this.title.icon = multicloudIcon;
    this.title.closable = true;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this._view.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._view.ask();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      void this._view.ask();
    }
  }

  private _view: MapView;
}
