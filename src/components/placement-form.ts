/** The body of the dialog that offers other placements: each with its price and its reason. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Placement } from '../api/wire';
import { priceOf } from './places';

export namespace PlacementForm {
  export interface IOptions {
    placements: readonly Placement[];
    /** The gateway that is chosen now. */
    current: string;
    trans: TranslationBundle;
  }
}

export class PlacementForm
  extends Widget
  implements Dialog.IBodyWidget<string>
{
  constructor({ placements, current, trans }: PlacementForm.IOptions) {
    super();
    this.addClass('jp-MulticloudPlacements');
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = trans.__('Compute on, the nearest first:');
    group.append(legend);
    placements.forEach((placement, index) => {
      const { gateway, gateway_region: region, price, why } = placement;
      const row = document.createElement('div');
      const radio = document.createElement('input');
      radio.type = 'radio';
      radio.name = 'placement';
      radio.value = gateway;
      radio.checked = gateway === current;
      radio.id = `jp-multicloud-placement-${index}`;
      const label = document.createElement('label');
      label.htmlFor = radio.id;
      label.textContent = trans.__(
        '%1, in %2: %3',
        gateway,
        region,
        priceInWords(price, trans)
      );
      const reason = document.createElement('small');
      reason.id = `${radio.id}-why`;
      reason.textContent = why;
      radio.setAttribute('aria-describedby', reason.id);
      row.append(radio, label, reason);
      group.append(row);
      this._radios.push(radio);
    });
    this.node.append(group);
  }

  /** The name of the gateway. */
  getValue(): string {
    return this._radios.find(radio => radio.checked)?.value ?? '';
  }

  private _radios: HTMLInputElement[] = [];
}

/** What reading a GB there costs. */
export function priceInWords(
  price: Placement['price'],
  trans: TranslationBundle
): string {
  return price === null
    ? trans.__('price not known')
    : price.high === 0
      ? trans.__('nothing to pay')
      : priceOf(price, trans);
}
