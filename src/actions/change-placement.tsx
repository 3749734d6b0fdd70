/** Offers other placements of a dataset, and asks before data are read where that is dear. */
import { Dialog, showDialog } from '@jupyterlab/apputils';
import * as React from 'react';

import type { StartedCluster } from '../api/wire';
import { PlacementForm, priceInWords } from '../components/placement-form';
import { payerOf } from '../components/places';
import type { IInserted } from '../notebook/insert';
import type { IMulticloudLab } from '../tokens';
import type { IOpenOptions, IPlaced } from './open-near-data';
import { sayFailed } from './notify';
import { stopOne } from './stop-clusters';

export interface IChangeOptions extends IOpenOptions {
  /** Of the cells that were inserted. */
  datasets: readonly string[];
  analysis: string | null;
  inserted: Promise<IInserted>;
  /** Starts a cluster on a gateway that was chosen. */
  open: (placed: IPlaced, gateway: string) => Promise<boolean>;
}

/**
 * Ask before data are read at more than the limit.
 *
 * @returns Whether it may go on.
 */
export async function mayCost(
  placed: readonly IPlaced[],
  lab: IMulticloudLab,
  trans: IOpenOptions['trans']
): Promise<boolean> {
  const dear = placed.filter(
    ({ placement: { price } }) => price && price.high > lab.priceLimit
  );
  if (dear.length === 0) {
    return true;
  }
  const { button } = await showDialog({
    title: trans.__('Read Data from Another Region?'),
    body: (
      <div className="jp-MulticloudQuestion">
        {dear.map(({ row, placement: { gateway, price, why } }) => (
          <p key={row.id}>
            <strong>
              {trans.__(
                '%1 costs %2 to read on %3.',
                row.name,
                priceInWords(price, trans),
                gateway
              )}{' '}
              {price && payerOf(price, trans)}
            </strong>
            <br />
            {why}
          </p>
        ))}
      </div>
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.warnButton({ label: trans.__('Read It There') })
    ]
  });
  return button.accept;
}

/**
 * Have another placement chosen for a dataset that was opened.
 *
 * The cells are written anew where nobody has changed them, and a cluster that was started for the
 * first placement is stopped.
 *
 * @param started - The cluster of the placement that is to be changed.
 */
export async function changePlacement(
  placed: IPlaced,
  started: StartedCluster,
  options: IChangeOptions
): Promise<void> {
  const { lab, trans } = options;
  const { id, name } = placed.row;
  try {
    const placements = await lab.api.placements(id);
    const { button, value } = await new Dialog({
      title: trans.__('Compute %1 Elsewhere', name),
      body: new PlacementForm({
        placements,
        current: started.gateway,
        trans
      }),
      focusNodeSelector: 'input:checked',
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Change') })
      ]
    }).launch();
    const chosen = placements.find(({ gateway }) => gateway === value);
    if (!button.accept || !chosen || chosen.gateway === started.gateway) {
      return;
    }
    const there = { row: placed.row, placement: chosen };
    if (!(await mayCost([there], lab, trans))) {
      return;
    }
    const { cells } = await lab.api.cells({
      datasets: [...options.datasets],
      analysis: options.analysis,
      gateways: { [id]: chosen.gateway },
      style: lab.cellStyle
    });
    if (!(await options.open(there, chosen.gateway))) {
      return;
    }
    (await options.inserted).replace(cells);
    if (!started.reused) {
      await stopOne(lab, started.gateway, started.name, trans);
    }
  } catch (error) {
    sayFailed(trans.__('%1 was not moved', name), error, trans);
  }
}
