/** The map as a tab of the main area. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { multicloudIcon } from '../icons';
import { MapView } from '../state/map-view';
import type { IMulticloudLab } from '../tokens';
import { keepFocus } from './keep-focus';
import { MapLegend } from './map-legend';
import { MovesTable, PlacesTable } from './map-tables';
import { regionName } from './map-words';
import { LoadState } from './messages';
import { IRegionActions, RegionDatasets } from './region-datasets';
import { useChanged } from './use-changed';
import { WorldMap } from './world-map';

export interface ICloudMapProps {
  view: MapView;
  lab: IMulticloudLab;
  trans: TranslationBundle;
  actions: IRegionActions;
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
  };
  // The table keeps the focus; who clicks on the map looks for what is there in the panel.
  const look = (region: string) => {
    choose(region);
    if (!chosen.has(region)) {
      props.actions.onAll();
    }
  };
  const places = view.places();
  const arcs = view.arcs();
  const shared = { places, chosen, trans };
  const { text } = lab.datasets.found;
  return (
    <div
      className="jp-MulticloudMap-page"
      onContextMenu={event => {
        const region = (event.target as Element)
          .closest('[data-region]')
          ?.getAttribute('data-region');
        if (region) {
          props.actions.onMenu(region);
        }
      }}
    >
      <p role="status">
        {text.trim()
          ? trans.__('Regions of the datasets that match “%1”.', text.trim())
          : trans.__('Regions of all datasets.')}{' '}
        {chosen.size > 0 &&
          trans.__(
            'The panel shows %1 only; the datasets there are also listed below the map.',
            [...chosen].map(region => regionName(region, trans)).join(', ')
          )}{' '}
        {view.uncounted > 0 &&
          trans._n(
            '%1 more region has fewer datasets and is not shown.',
            '%1 more regions have fewer datasets and are not shown.',
            view.uncounted
          )}
      </p>
      <WorldMap {...shared} arcs={arcs} onChoose={look} />
      <MapLegend trans={trans} />
      {places.length > 0 ? (
        <PlacesTable
          {...shared}
          onChoose={choose}
          inside={place => (
            <RegionDatasets
              place={place}
              lab={lab}
              actions={props.actions}
              trans={trans}
            />
          )}
        />
      ) : (
        <p className="jp-MulticloudMessage">
          {trans.__(
            'Nothing is on the map yet: no dataset has a region, and there is no gateway. The panel says how to add both.'
          )}
        </p>
      )}
      {view.error && (
        <LoadState
          resource={{ error: view.error, refresh: () => view.ask() }}
          what=""
          trans={trans}
        />
      )}
      {arcs.length > 0 ? (
        <MovesTable arcs={arcs} trans={trans} />
      ) : (
        <p className="jp-MulticloudMessage">
          {trans.__(
            'No bytes have moved between regions. What mcl.plan(…) says in a notebook that would move is shown here, and what selected datasets would cost that have no gateway in their region.'
          )}
        </p>
      )}
    </div>
  );
}

export namespace MapTab {
  export interface IOptions {
    lab: IMulticloudLab;
    trans: TranslationBundle;
    actions: IRegionActions;
  }
}

export class MapTab extends MainAreaWidget<ReactWidget> {
  constructor({ lab, trans, actions }: MapTab.IOptions) {
    const view = new MapView(lab);
    const content = ReactWidget.create(
      <CloudMap view={view} lab={lab} trans={trans} actions={actions} />
    );
    super({ content });
    this._view = view;
    content.addClass('jp-MulticloudMap-tab');
    keepFocus(content.node);
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
