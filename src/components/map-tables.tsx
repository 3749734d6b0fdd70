/** What the map shows, as tables: for the keyboard, for screen readers, and for exact figures. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IArc } from '../state/map-arcs';
import type { IPlace } from '../state/map-view';
import {
  amountOf,
  clustersOf,
  costOf,
  endOf,
  reasonOf,
  regionName
} from './map-words';

export interface IPlacesTableProps {
  places: readonly IPlace[];
  /** The regions that the panel shows only. */
  chosen: ReadonlySet<string>;
  trans: TranslationBundle;
  onChoose: (region: string) => void;
  /** What is in a region that is chosen. */
  inside: (place: IPlace) => React.ReactNode;
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
          <React.Fragment key={place.region}>
            <tr data-region={place.region}>
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
                  {regionName(place.region, trans)}
                </Button>
              </th>
              <td>{placeOf(place, trans)}</td>
              <td className="jp-mod-number">
                {place.datasets.toLocaleString()}
              </td>
              <td>
                {place.gateways.map(({ name }) => name).join(', ') || '–'}
              </td>
              <td>{clustersOf(place, trans) || '–'}</td>
            </tr>
            {chosen.has(place.region) && (
              <tr>
                <td colSpan={5} className="jp-MulticloudMap-inside">
                  {props.inside(place)}
                </td>
              </tr>
            )}
          </React.Fragment>
        ))}
      </tbody>
    </table>
  );
}

function placeOf(place: IPlace, trans: TranslationBundle): string {
  return [
    place.title || trans.__('not known'),
    place.here && `(${trans.__('home')})`,
    place.at === null && `(${trans.__('not on the map')})`
  ]
    .filter(Boolean)
    .join(' ');
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
          <th scope="col">{trans.__('What')}</th>
          <th scope="col">{trans.__('How much')}</th>
          <th scope="col">{trans.__('Price')}</th>
        </tr>
      </thead>
      <tbody>
        {arcs.map((arc, index) => (
          <tr key={index}>
            <td>{endOf(arc.source, trans)}</td>
            <td>{endOf(arc.destination, trans)}</td>
            <td title={arc.notebook || undefined}>
              <bdi>{reasonOf(arc, trans)}</bdi>
            </td>
            <td>{amountOf(arc, trans)}</td>
            <td>{costOf(arc, trans)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
