/** The body of the dialog that chooses a notebook's clusters: by region, those it uses ticked. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Cluster } from '../api/wire';
import { byRegion } from '../state/attached';
import type { IMulticloudLab } from '../tokens';
import { isAlive, shortName, stateOf, workersOf } from './cluster-words';
import { useChanged, useNow } from './use-changed';

/** What is to be attached, and what detached. */
export interface IPicked {
  attach: readonly Cluster[];
  detach: readonly Cluster[];
}

export namespace PickClustersForm {
  export interface IOptions {
    lab: IMulticloudLab;
    /** What the notebook is attached to now. */
    attached: readonly Cluster[];
    trans: TranslationBundle;
    onDashboard: (cluster: Cluster) => void;
  }
}

export class PickClustersForm
  extends ReactWidget
  implements Dialog.IBodyWidget<IPicked>
{
  constructor(private _options: PickClustersForm.IOptions) {
    super();
    this.addClass('jp-MulticloudPickClusters');
    this._ticked = new Set(_options.attached.map(keyOf));
  }

  getValue(): IPicked {
    const { lab, attached } = this._options;
    const before = new Set(attached.map(keyOf));
    return {
      attach: lab.clusters.value.filter(
        cluster =>
          this._ticked.has(keyOf(cluster)) && !before.has(keyOf(cluster))
      ),
      detach: attached.filter(cluster => !this._ticked.has(keyOf(cluster)))
    };
  }

  protected render(): JSX.Element {
    const { lab, trans, onDashboard } = this._options;
    return (
      <ClusterChoice
        lab={lab}
        trans={trans}
        ticked={this._ticked}
        onTick={key => {
          if (!this._ticked.delete(key)) {
            this._ticked.add(key);
          }
          this.update();
        }}
        onDashboard={onDashboard}
      />
    );
  }

  private _ticked: Set<string>;
}

function ClusterChoice(props: {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  ticked: ReadonlySet<string>;
  onTick: (key: string) => void;
  onDashboard: (cluster: Cluster) => void;
}): JSX.Element {
  const { lab, trans, ticked } = props;
  useChanged(lab.clusters);
  const now = useNow(1);
  const clusters = lab.clusters.value.filter(isAlive);
  if (clusters.length === 0) {
    return (
      <p>
        {trans.__('No cluster runs. Start one beside the data you work on.')}
      </p>
    );
  }
  return (
    <>
      <p>{trans.__('A cell in the notebook does what you choose here.')}</p>
      {byRegion(clusters).map(({ region, clusters: there }) => (
        <fieldset key={region}>
          <legend>{region}</legend>
          {there.map(cluster => {
            const key = keyOf(cluster);
            return (
              <div className="jp-MulticloudPickClusters-row" key={key}>
                <label>
                  <input
                    type="checkbox"
                    checked={ticked.has(key)}
                    onChange={() => props.onTick(key)}
                  />
                  <span>
                    <strong>{cluster.gateway}</strong>{' '}
                    <code title={cluster.name}>{shortName(cluster)}</code>{' '}
                    {[
                      stateOf(cluster, now, trans).words,
                      cluster.status === 'RUNNING' && workersOf(cluster, trans)
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </label>
                <Button
                  small
                  disabled={!cluster.dashboard}
                  aria-label={trans.__(
                    'Dashboard of the cluster on %1, %2',
                    cluster.gateway,
                    shortName(cluster)
                  )}
                  onClick={() => props.onDashboard(cluster)}
                >
                  {trans.__('Dashboard')}
                </Button>
              </div>
            );
          })}
        </fieldset>
      ))}
    </>
  );
}

function keyOf({ gateway, name }: Cluster): string {
  return `${gateway}/${name}`;
}
