/** The body of the dialog that has one of several things chosen. */
import type { Dialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

export namespace ChoiceForm {
  export interface IOptions {
    /** What is chosen. */
    label: string;
    items: readonly string[];
  }
}

/** JupyterLab's own dialog of this kind has a list without a name. */
export class ChoiceForm extends Widget implements Dialog.IBodyWidget<number> {
  constructor({ label, items }: ChoiceForm.IOptions) {
    super();
    this.addClass('jp-MulticloudChoice');
    this._list = document.createElement('select');
    this._list.className = 'jp-mod-styled';
    this._list.append(...items.map(item => new Option(item)));
    const labelled = document.createElement('label');
    labelled.append(label, this._list);
    this.node.append(labelled);
  }

  /** Which one, counted from 0. */
  getValue(): number {
    return this._list.selectedIndex;
  }

  private _list: HTMLSelectElement;
}
