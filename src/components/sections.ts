/** The sections of the panel one above the other: their heights are kept until there is room for them. */
import { AccordionToolbar } from '@jupyterlab/ui-components';
import { AccordionPanel, Widget } from '@lumino/widgets';

export class Sections extends AccordionPanel {
  constructor() {
    super({ layout: AccordionToolbar.createLayout({}) });
  }

  /** JupyterLab restores them before the page is laid out: Lumino would share nothing out, and forget them. */
  override setRelativeSizes(sizes: number[], update?: boolean): void {
    super.setRelativeSizes(sizes, update);
    this._waiting = this.node.offsetHeight === 0 ? [...sizes] : null;
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    if (this._waiting && this.node.offsetHeight > 0) {
      this.setRelativeSizes(this._waiting);
    }
  }

  /** The relative heights that could not be given yet. */
  private _waiting: number[] | null = null;
}
