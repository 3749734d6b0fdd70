/** A small chart of a cluster's workers over time, and the same in words. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IMoment, KEPT } from '../state/worker-history';
import { formatAge } from './format';

const WIDTH = 64;
const HEIGHT = 16;
/** Seconds that the chart is wide at least, so that a start is not a cliff. */
const SHORTEST = 60;

export interface ISparklineProps {
  moments: readonly IMoment[];
  /** Seconds since 1970. */
  now: number;
  trans: TranslationBundle;
}

export function Sparkline(props: ISparklineProps): JSX.Element | null {
  const { moments, now, trans } = props;
  if (moments.length < 2) {
    return null; // Nothing has changed.
  }
  const begin = Math.min(Math.max(moments[0].at, now - KEPT), now - SHORTEST);
  const counts = moments.map(({ workers }) => workers);
  const words = trans.__(
    'Workers in the last %1: %2 to %3, now %4',
    formatAge(now - begin, trans),
    Math.min(...counts),
    Math.max(...counts),
    counts[counts.length - 1]
  );
  return (
    <svg
      className="jp-MulticloudSparkline"
      role="img"
      aria-label={words}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
    >
      <title>{words}</title>
      <path d={areaOf(moments, begin, now)} />
    </svg>
  );
}

/** The area below the steps, as the data of an SVG path. */
export function areaOf(
  moments: readonly IMoment[],
  begin: number,
  end: number
): string {
  const most = Math.max(...moments.map(({ workers }) => workers), 1);
  const x = (at: number) => round(((at - begin) / (end - begin)) * WIDTH);
  const y = (workers: number) => round(HEIGHT - (workers / most) * HEIGHT);
  const from = Math.max(moments[0].at, begin);
  let path = `M${x(from)},${HEIGHT}`;
  for (const { at, workers } of moments) {
    path += `H${x(Math.max(at, begin))}V${y(workers)}`;
  }
  return `${path}H${WIDTH}V${HEIGHT}Z`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
