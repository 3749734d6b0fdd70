/** Where and how large the marks of a map are, and where their labels may be. */
import { geoEqualEarth } from 'd3-geo';

import type { IPlace } from '../state/map-view';
import { ICurve, Point, pointAt } from './map-curves';
import { IBox, ILabel, widthOf } from './map-labels';

/** The map, in its own pixels. */
export const WHOLE: IBox = { x: 0, y: 0, width: 960, height: 470 };
/** Pixels of the smallest and the largest circle of datasets. */
const RADII = [4, 16];
/** Pixels of the letters. */
export const LETTERS = 11;
/** Shares of the way along an arc where its label may be. */
const ALONG = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
/** Pixels above and below it. */
const ASIDE = [-8, 8, -22, 22, -36, 36];
/** Where home is drawn when it is outside every cloud, and so nowhere in the world: beside it. */
export const HERE: Point = [60, WHOLE.height - 40];

export const projection = geoEqualEarth().fitExtent(
  [
    [4, 4],
    [WHOLE.width - 4, WHOLE.height - 4]
  ],
  { type: 'Sphere' }
);

/** A place that is on the map. */
export interface IMark {
  place: IPlace;
  point: Point;
  radius: number;
}

/** The places that are on the map, and how large each is drawn. */
export function marked(places: readonly IPlace[], scale: number): IMark[] {
  const most = Math.max(...places.map(({ datasets }) => datasets), 1);
  return places.flatMap(place => {
    const point = place.at && projection([place.at[1], place.at[0]]);
    const share = Math.sqrt(place.datasets / most);
    const radius = (RADII[0] + (RADII[1] - RADII[0]) * share) * scale;
    return point ? [{ place, point, radius }] : [];
  });
}

export function boxOf({ point: [x, y], radius }: IMark): IBox {
  return {
    x: x - radius,
    y: y - radius,
    width: 2 * radius,
    height: 2 * radius
  };
}

export function labelOfHome(text: string, scale: number): ILabel {
  const width = widthOf(text, LETTERS * scale);
  return {
    key: 'home',
    text,
    spots: [[HERE[0] - width / 2, HERE[1] + 16 * scale]]
  };
}

export function labelOfPlace(
  { place, point: [x, y], radius }: IMark,
  scale: number
): ILabel {
  const { region, clusters } = place;
  const name = region.slice(region.indexOf(':') + 1);
  const workers = clusters.reduce((sum, each) => sum + (each.workers ?? 0), 0);
  const text = clusters.length > 0 ? `${name} ▲${workers}` : name;
  const width = widthOf(text, LETTERS * scale);
  const away = radius + 7 * scale;
  return {
    key: region,
    text,
    spots: [
      [x + away, y],
      [x - away - width, y],
      [x - width / 2, y + away + 3 * scale],
      [x - width / 2, y - away - 3 * scale]
    ]
  };
}

export function labelOfArc(
  key: string,
  text: string,
  curve: ICurve,
  scale: number
): ILabel {
  const width = widthOf(text, LETTERS * scale);
  return {
    key,
    text,
    spots: ALONG.flatMap(share => {
      const [x, y] = pointAt(curve, share);
      return ASIDE.map(aside => [x - width / 2, y + aside * scale] as const);
    })
  };
}
