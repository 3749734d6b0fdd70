/** The cluster picker in a notebook's toolbar: what it is attached to, by region, with workers. */
import type { ISessionContext } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import { multicloudIcon } from '../icons';
import { byRegion, clustersOf } from '../state/attached';
import type { IMulticloudLab } from '../tokens';
import { stateOf, workersOf } from './cluster-words';
import { useChanged } from './use-changed';

export interface IClusterPickerProps {
  lab: IMulticloudLab;
  /** Of the notebook's kernel; null while it has none. */
  kernel: string | null;
  trans: TranslationBundle;
  onPick: () => void;
}

/** A button that says it at a glance, and whole in its description. */
export function ClusterPickerButton(props: IClusterPickerProps): JSX.Element {
  const { lab, kernel, trans } = props;
  useChanged(lab.attachments, lab.clusters);
  const attached = clustersOf(
    kernel,
    lab.attachments.value,
    lab.clusters.value
  );
  const now = Date.now() / 1000;
  const whole = attached
    .map(cluster =>
      trans.__(
        '%1 on %2, %3, %4',
        cluster.region,
        cluster.gateway,
        stateOf(cluster, now, trans).words,
        workersOf(cluster, trans)
      )
    )
    .join('; ');
  return (
    <button
      className="jp-ToolbarButtonComponent jp-MulticloudPicker"
      aria-haspopup="dialog"
      title={whole || trans.__('Choose the clusters of this notebook')}
      onClick={props.onPick}
    >
      <multicloudIcon.react tag="span" className="jp-MulticloudPicker-sign" />
      <span className="jp-MulticloudSpoken">
        {trans.__('Clusters of this notebook:')}{' '}
      </span>
      {attached.length === 0 ? (
        <span>{trans.__('none')}</span>
      ) : (
        byRegion(attached).map(({ region, workers }) => (
          <span key={region}>
            {region.slice(region.indexOf(':') + 1)} · {workers ?? '?'}
          </span>
        ))
      )}
    </button>
  );
}

export namespace ClusterPicker {
  export interface IOptions {
    lab: IMulticloudLab;
    sessionContext: ISessionContext;
    trans: TranslationBundle;
    onPick: () => void;
  }
}

/** The same as a toolbar's item, which follows the notebook's kernel. */
export class ClusterPicker extends ReactWidget {
  constructor(private _options: ClusterPicker.IOptions) {
    super();
    this.addClass('jp-MulticloudPicker-item');
    _options.sessionContext.kernelChanged.connect(this._onKernel, this);
  }

  protected render(): JSX.Element {
    const { lab, sessionContext, trans, onPick } = this._options;
    return (
      <ClusterPickerButton
        lab={lab}
        kernel={sessionContext.session?.kernel?.id ?? null}
        trans={trans}
        onPick={onPick}
      />
    );
  }

  private _onKernel(): void {
    this.update();
  }
}
