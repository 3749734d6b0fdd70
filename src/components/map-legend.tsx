/** What the marks of the map mean, each beside itself. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

export function MapLegend({
  trans
}: {
  trans: TranslationBundle;
}): JSX.Element {
  return (
    <ul
      className="jp-MulticloudMap-legend"
      aria-label={trans.__('What the marks mean')}
    >
      <Entry text={trans.__('datasets, by number')}>
        <g className="jp-MulticloudMap-place">
          <circle className="jp-MulticloudMap-datasets" r={5} />
        </g>
      </Entry>
      <Entry text={trans.__('in any of several regions')}>
        <g className="jp-MulticloudMap-place jp-mod-wide">
          <circle className="jp-MulticloudMap-datasets" r={5} />
        </g>
      </Entry>
      <Entry text={trans.__('gateway')}>
        <rect
          className="jp-MulticloudMap-gateway"
          x={-6}
          y={-6}
          width={12}
          height={12}
        />
      </Entry>
      <Entry text={trans.__('clusters, with workers')}>
        <path className="jp-MulticloudMap-cluster" d="M0,-6L7,6H-7Z" />
      </Entry>
      <Line kind="moved" text={trans.__('moved')} />
      <Line kind="planned" text={trans.__('a plan would move')} />
      <Line kind="selected" text={trans.__('selected datasets would move')} />
    </ul>
  );
}

function Line(props: { kind: string; text: string }): JSX.Element {
  return (
    <Entry text={props.text} width={28}>
      <g className={`jp-MulticloudMap-arc jp-mod-${props.kind}`}>
        <path d="M-13,0H10" />
        <circle cx={10} r={3} />
      </g>
    </Entry>
  );
}

function Entry(
  props: React.PropsWithChildren<{ text: string; width?: number }>
): JSX.Element {
  const { width = 16 } = props;
  return (
    <li>
      <svg
        aria-hidden="true"
        width={width}
        height={16}
        viewBox={`${-width / 2} -8 ${width} 16`}
      >
        {props.children}
      </svg>
      {props.text}
    </li>
  );
}
