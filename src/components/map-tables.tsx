/** What the map shows, as tables: for the keyboard, for screen readers, and for exact figures. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IArc, IPlace } from '../state/map-view';
import { amountOf, clustersOf, costOf, endOf } from './map-words';

export interface IPlacesTableProps {
  places: readonly IPlace[];
  /** The regions that the panel shows only. */
  chosen: ReadonlySet<string>;
  trans: TranslationBundle;
  onChoose: (region: string) => void;
}

export function PlacesTable(props: IPlacesTableProps): JSX.Element {
  const { places, chosen, trans } = props;
  return (
    <table className="jp-MulticloudTable">
      <caption>{trans.__('Regions')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('Region')}</th>
          <th scope="col">{trans.__('Place')}</th>
          <th scope="col" className="jp-mod-number">
            {trans.__('Datasets')}
          </th>
          <th scope="col">{trans.__('Gateways')}</th>
          <th scope="col">{trans.__('Clusters')}</th>
        </tr>
      </thead>
      <tbody>
        {places.map(place => (
          <tr key={place.region}>
            <th scope="row">
              <Button
                small
                aria-pressed={chosen.has(place.region)}
                title={
                  chosen.has(place.region)
                    ? trans.__('Show datasets of other regions again')
                    : trans.__('Show datasets of this region only')
                }
                onClick={() => props.onChoose(place.region)}
              >
                {place.region}
              </Button>
            </th>
            <td>
              {place.title || trans.__('not known')}
              {place.here && ` (${trans.__('home')})`}
              {place.at === null && ` (${trans.__('not on the map')})`}
            </td>
            <td className="jp-mod-number">{place.datasets.toLocaleString()}</td>
            <td>{place.gateways.map(({ name }) => name).join(', ') || '–'}</td>
            <td>{clustersOf(place, trans) || '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MovesTable(props: {
  arcs: readonly IArc[];
  trans: TranslationBundle;
}): JSX.Element {
  const { arcs, trans } = props;
  return (
    <table className="jp-MulticloudTable">
      <caption>{trans.__('Bytes between regions')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('From')}</th>
          <th scope="col">{trans.__('To')}</th>
          <th scope="col">{trans.__('How much')}</th>
          <th scope="col">{trans.__('Price')}</th>
        </tr>
      </thead>
      <tbody>
        {arcs.map((arc, index) => (
          <tr key={index}>
            <td>{endOf(arc.source, trans)}</td>
            <td>{endOf(arc.destination, trans)}</td>
            <td>{amountOf(arc, trans)}</td>
            <td>{costOf(arc, trans)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
