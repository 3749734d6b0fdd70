/** The world, offline: regions as large as what is there, and arcs for bytes between them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { geoEqualEarth, geoPath } from 'd3-geo';
import * as React from 'react';
import { feature } from 'topojson-client';
import world from 'world-atlas/land-110m.json';

import type { IArc, IPlace } from '../state/map-view';
import { amountOf, contentsOf, costOf, endOf } from './map-words';

const WIDTH = 960;
const HEIGHT = 470;
/** Pixels of the smallest and the largest circle of datasets. */
const RADII = [4, 16];
/** Pixels that a character of a label is wide, as a guess to keep labels apart. */
const CHARACTER = 6.4;
const LINE = 13;
/** Labels of arcs that are put below each other. */
const ROWS = 4;

const projection = geoEqualEarth().fitExtent(
  [
    [4, 4],
    [WIDTH - 4, HEIGHT - 4]
  ],
  { type: 'Sphere' }
);
const path = geoPath(projection);
const LAND = path(feature(world, world.objects.land)) ?? '';
const SPHERE = path({ type: 'Sphere' }) ?? '';
/** Where home is drawn when it is outside every cloud, and so nowhere on the map. */
const HERE: readonly [number, number] = [WIDTH / 2 - 150, HEIGHT - 36];

type Point = readonly [x: number, y: number];

export interface IWorldMapProps {
  places: readonly IPlace[];
  arcs: readonly IArc[];
  /** The regions that the panel shows only. */
  chosen: ReadonlySet<string>;
  trans: TranslationBundle;
  onChoose: (region: string) => void;
}

/**
 * The picture.
 *
 * It is for the eyes and the mouse: the tables below it have all of it for the keyboard and for
 * screen readers.
 */
export function WorldMap(props: IWorldMapProps): JSX.Element {
  const { places, arcs, chosen, trans } = props;
  const most = Math.max(...places.map(({ datasets }) => datasets), 1);
  const drawn = places.flatMap(place => {
    const point = pointOf(place);
    const share = Math.sqrt(place.datasets / most);
    const radius = RADII[0] + (RADII[1] - RADII[0]) * share;
    return point ? [{ place, point, radius }] : [];
  });
  const points = new Map(
    drawn.map(({ place, point }) => [place.region, point])
  );
  const leaves = arcs.some(
    ({ source, destination }) => source === null || destination === null
  );
  return (
    <svg
      className="jp-MulticloudMap"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={trans.__(
        'Map of the world with %1 regions. The tables say the same.',
        drawn.length
      )}
    >
      <path className="jp-MulticloudMap-sea" d={SPHERE} />
      <path className="jp-MulticloudMap-land" d={LAND} />
      {arcs.map((arc, index) => (
        <Arc key={index} row={index} arc={arc} points={points} trans={trans} />
      ))}
      {leaves && <Here trans={trans} />}
      {[...drawn].reverse().map(({ place, point: [x, y], radius }) => (
        <g
          key={place.region}
          className={[
            'jp-MulticloudMap-place',
            place.wide && 'jp-mod-wide',
            chosen.has(place.region) && 'jp-mod-chosen'
          ]
            .filter(Boolean)
            .join(' ')}
          transform={`translate(${x} ${y})`}
          data-region={place.region}
          onClick={() => props.onChoose(place.region)}
        >
          <title>
            {trans.__(
              '%1 (%2): %3',
              place.region,
              place.title,
              contentsOf(place, trans)
            )}
          </title>
          <circle r={radius} className="jp-MulticloudMap-datasets" />
          {place.gateways.length > 0 && (
            <rect
              className="jp-MulticloudMap-gateway"
              x={-radius - 3}
              y={-radius - 3}
              width={2 * radius + 6}
              height={2 * radius + 6}
            />
          )}
          {place.here && (
            <path
              className="jp-MulticloudMap-here"
              d="M-5,4V-1L0,-5L5,-1V4Z"
              transform={`translate(${-radius - 6} 0)`}
            />
          )}
          {place.clusters.length > 0 && (
            <path
              className="jp-MulticloudMap-cluster"
              d="M0,-5L5,4H-5Z"
              transform={`translate(${radius + 3} ${-radius - 3})`}
            />
          )}
        </g>
      ))}
      {labelled(drawn).map(({ place, x, y }) => (
        <text key={place.region} className="jp-MulticloudMap-label" x={x} y={y}>
          {labelOf(place)}
        </text>
      ))}
    </svg>
  );
}

function Here({ trans }: { trans: TranslationBundle }): JSX.Element {
  const [x, y] = HERE;
  return (
    <g transform={`translate(${x} ${y})`}>
      <path className="jp-MulticloudMap-here" d="M-7,6V-1L0,-7L7,-1V6Z" />
      <text className="jp-MulticloudMap-label" x={-10} y={5} textAnchor="end">
        {trans.__('here')}
      </text>
    </g>
  );
}

function Arc(props: {
  /** Of its label, so that those of arcs side by side are not on each other. */
  row: number;
  arc: IArc;
  points: ReadonlyMap<string, Point>;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { arc, points, trans } = props;
  const ends = [arc.source, arc.destination].map(region =>
    region === null ? HERE : points.get(region)
  );
  const [from, to] = ends;
  if (!from || !to) {
    return null; // It has no place on the map; the table has it.
  }
  const d = curve(from, to);
  const words = trans.__(
    '%1 to %2: %3, %4',
    endOf(arc.source, trans),
    endOf(arc.destination, trans),
    amountOf(arc, trans),
    costOf(arc, trans)
  );
  const middle = middleOf(from, to);
  return (
    <g
      className={`jp-MulticloudMap-arc jp-mod-${arc.bytes === null ? 'would' : 'moved'}`}
    >
      <title>{words}</title>
      <path d={d} />
      <circle cx={to[0]} cy={to[1]} r={3} />
      <text
        className="jp-MulticloudMap-label"
        x={middle[0]}
        y={middle[1] + (props.row % ROWS) * LINE}
        textAnchor="middle"
      >
        {arc.bytes === null
          ? costOf(arc, trans)
          : `${amountOf(arc, trans)} · ${costOf(arc, trans)}`}
      </text>
    </g>
  );
}

function pointOf({ at }: IPlace): Point | null {
  return at ? projection([at[1], at[0]]) : null;
}

/** A line that is bent upwards, as an arc is drawn on maps of flights. */
function curve(from: Point, to: Point): string {
  const [x, y] = control(from, to);
  return `M${from[0]},${from[1]}Q${x},${y} ${to[0]},${to[1]}`;
}

function control(from: Point, to: Point): Point {
  const lift = 0.25 * Math.hypot(to[0] - from[0], to[1] - from[1]);
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2 - lift];
}

/** The point of the curve half way. */
function middleOf(from: Point, to: Point): Point {
  const bend = control(from, to);
  const half = (axis: 0 | 1) => from[axis] / 4 + bend[axis] / 2 + to[axis] / 4;
  return [half(0), half(1) - 4];
}

function labelOf({ region, clusters }: IPlace): string {
  const name = region.slice(region.indexOf(':') + 1);
  const workers = clusters.reduce((sum, each) => sum + (each.workers ?? 0), 0);
  return clusters.length > 0 ? `${name} · ${workers}` : name;
}

/** The places whose labels have room, the most important first. */
function labelled(
  drawn: readonly { place: IPlace; point: Point; radius: number }[]
): { place: IPlace; x: number; y: number }[] {
  const taken: { x: number; y: number; width: number }[] = [];
  return drawn.flatMap(({ place, point, radius }) => {
    const width = labelOf(place).length * CHARACTER;
    const x = point[0] + radius + 6;
    const y = point[1] + 4;
    const collides = taken.some(
      other =>
        x < other.x + other.width &&
        other.x < x + width &&
        Math.abs(y - other.y) < LINE
    );
    if (collides) {
      return [];
    }
    taken.push({ x, y, width });
    return [{ place, x, y }];
  });
}
