/** The body of the dialog that starts several clusters: which gateways. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Gateway } from '../api/wire';

export namespace StartSeveralForm {
  export interface IOptions {
    gateways: readonly Gateway[];
    trans: TranslationBundle;
  }
}

export class StartSeveralForm
  extends Widget
  implements Dialog.IBodyWidget<string[]>
{
  constructor({ gateways, trans }: StartSeveralForm.IOptions) {
    super();
    this.addClass('jp-MulticloudStartSeveral');
    const group = document.createElement('fieldset');
    const legend = document.createElement('legend');
    legend.textContent = trans.__(
      'On each of these, unless a cluster of this lab runs there:'
    );
    group.append(legend);
    for (const { name, region, minimum, maximum } of gateways) {
      const label = document.createElement('label');
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.name = name;
      box.checked = true;
      const text = trans.__(
        '%1, %2 (%3–%4 workers)',
        name,
        region,
        minimum,
        maximum
      );
      label.append(box, text);
      group.append(label);
      this._boxes.push(box);
    }
    this.node.append(group);
  }

  /** The names of the gateways. */
  getValue(): string[] {
    return this._boxes.filter(box => box.checked).map(box => box.name);
  }

  private _boxes: HTMLInputElement[] = [];
}
