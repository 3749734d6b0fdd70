/** The world, offline: regions as large as what is there, and arcs for bytes between them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { classes } from '@jupyterlab/ui-components';
import { geoPath } from 'd3-geo';
import * as React from 'react';
import { feature } from 'topojson-client';
import world from 'world-atlas/land-110m.json';

import { IArc, together } from '../state/map-arcs';
import type { IPlace } from '../state/map-view';
import { countBefore, curveOf, ICurve, pathOf, Point } from './map-curves';
import { placeLabels } from './map-labels';
import {
  boxOf,
  HERE,
  IMark,
  labelOfArc,
  labelOfHome,
  labelOfPlace,
  LETTERS,
  marked,
  projection,
  WHOLE
} from './map-marks';
import { amountOf, contentsOf, costOf, endOf, reasonOf } from './map-words';
import { useWidth } from './use-width';

/** How much larger marks and letters are drawn at most where the map is small. */
const LARGEST = 2.5;

const path = geoPath(projection);
const LAND = path(feature(world, world.objects.land)) ?? '';
const SPHERE = path({ type: 'Sphere' }) ?? '';

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
  const { places, chosen, trans } = props;
  const svg = React.useRef<SVGSVGElement>(null);
  const width = useWidth(svg);
  const scale = width > 0 ? clamp(WHOLE.width / width, 1, LARGEST) : 1;
  const marks = marked(places, scale);
  const points = new Map<string | null, Point>(
    marks.map(({ place, point }) => [place.region, point])
  );
  const arcs = together(props.arcs);
  if (arcs.some(arc => arc.source === null || arc.destination === null)) {
    points.set(null, HERE);
  }
  const before = countBefore(
    arcs.map(({ source, destination }) => [source, destination])
  );
  const drawn = arcs.flatMap((arc, index) => {
    const from = points.get(arc.source);
    const to = points.get(arc.destination);
    // One without a place on the map is in the table.
    return from && to ? [{ arc, curve: curveOf(from, to, before[index]) }] : [];
  });
  const labels = [
    ...(points.has(null) ? [labelOfHome(trans.__('here'), scale)] : []),
    ...drawn.map(({ arc, curve }, index) =>
      labelOfArc(`arc ${index}`, worth(arc, trans), curve, scale)
    ),
    ...marks.map(mark => labelOfPlace(mark, scale))
  ];
  const spots = placeLabels(labels, marks.map(boxOf), LETTERS * scale, WHOLE);
  return (
    <svg
      ref={svg}
      className="jp-MulticloudMap"
      viewBox={`0 0 ${WHOLE.width} ${WHOLE.height}`}
      role="img"
      aria-label={trans._n(
        'Map of the world with %1 region. The tables say the same.',
        'Map of the world with %1 regions. The tables say the same.',
        marks.length
      )}
    >
      <path className="jp-MulticloudMap-sea" d={SPHERE} />
      <path className="jp-MulticloudMap-land" d={LAND} />
      {drawn.map(({ arc, curve }, index) => (
        <Arc key={index} arc={arc} curve={curve} scale={scale} trans={trans} />
      ))}
      {points.has(null) && (
        <path
          className="jp-MulticloudMap-here"
          d="M-7,6V-1L0,-7L7,-1V6Z"
          transform={`translate(${HERE[0]} ${HERE[1]}) scale(${scale})`}
        >
          <title>{trans.__('Home, outside every cloud')}</title>
        </path>
      )}
      {[...marks].reverse().map(mark => (
        <Place
          key={mark.place.region}
          {...mark}
          scale={scale}
          chosen={chosen.has(mark.place.region)}
          trans={trans}
          onChoose={() => props.onChoose(mark.place.region)}
        />
      ))}
      {labels.map(({ key, text }) => {
        const spot = spots.get(key);
        return (
          spot && (
            <text
              key={key}
              className="jp-MulticloudMap-label"
              x={spot[0]}
              y={spot[1]}
              dominantBaseline="central"
              fontSize={LETTERS * scale}
              strokeWidth={3 * scale}
            >
              {text}
            </text>
          )
        );
      })}
    </svg>
  );
}

function Place(
  props: IMark & {
    scale: number;
    chosen: boolean;
    trans: TranslationBundle;
    onChoose: () => void;
  }
): JSX.Element {
  const { place, point, radius, scale, trans } = props;
  const side = radius + 3 * scale;
  return (
    <g
      className={classes(
        'jp-MulticloudMap-place',
        place.wide && 'jp-mod-wide',
        props.chosen && 'jp-mod-chosen'
      )}
      transform={`translate(${point[0]} ${point[1]})`}
      data-region={place.region}
      onClick={props.onChoose}
    >
      <title>
        {trans.__(
          '%1 (%2): %3',
          place.region,
          place.title,
          contentsOf(place, trans)
        )}
      </title>
      {place.gateways.length > 0 && (
        <rect
          className="jp-MulticloudMap-gateway"
          x={-side}
          y={-side}
          width={2 * side}
          height={2 * side}
        />
      )}
      <circle r={radius} className="jp-MulticloudMap-datasets" />
      {place.here && (
        <path
          className="jp-MulticloudMap-here"
          d="M-5,4V-1L0,-5L5,-1V4Z"
          transform={`translate(${-side} ${-side}) scale(${scale})`}
        />
      )}
      {place.clusters.length > 0 && (
        <path
          className="jp-MulticloudMap-cluster"
          d="M0,-7L7,5H-7Z"
          transform={`translate(${side} ${-side}) scale(${scale})`}
        />
      )}
    </g>
  );
}

function Arc(props: {
  arc: IArc;
  curve: ICurve;
  scale: number;
  trans: TranslationBundle;
}): JSX.Element {
  const { arc, curve, scale, trans } = props;
  return (
    <g className={`jp-MulticloudMap-arc jp-mod-${arc.kind}`}>
      <title>
        {trans.__(
          '%1 to %2: %3, %4 (%5)',
          endOf(arc.source, trans),
          endOf(arc.destination, trans),
          amountOf(arc, trans),
          costOf(arc, trans),
          reasonOf(arc, trans)
        )}
      </title>
      <path d={pathOf(curve)} />
      <circle cx={curve.to[0]} cy={curve.to[1]} r={3 * scale} />
    </g>
  );
}

/** What is written at an arc. */
function worth(arc: IArc, trans: TranslationBundle): string {
  if (arc.kind === 'selected') {
    return costOf(arc, trans);
  }
  const words = `${amountOf(arc, trans)} · ${costOf(arc, trans)}`;
  return arc.kind === 'planned' ? trans.__('plan: %1', words) : words;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
