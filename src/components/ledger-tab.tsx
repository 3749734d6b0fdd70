/** The ledger as a tab of the main area. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { ledgerIcon } from '../icons';
import { LedgerView } from '../state/ledger-view';
import type { IMulticloudLab } from '../tokens';
import { keepFocus } from './keep-focus';
import { Ledger } from './ledger';

export namespace LedgerTab {
  export interface IOptions {
    lab: IMulticloudLab;
    trans: TranslationBundle;
    /** Has the rows saved as a file. */
    onExport: (view: LedgerView) => void;
  }
}

export class LedgerTab extends MainAreaWidget<ReactWidget> {
  constructor({ lab, trans, onExport }: LedgerTab.IOptions) {
    const view = new LedgerView(lab);
    const content = ReactWidget.create(
      <Ledger view={view} trans={trans} onExport={() => onExport(view)} />
    );
    super({ content });
    this.view = view;
    content.addClass('jp-MulticloudLedger-tab');
    keepFocus(content.node);
    this.id = 'multicloud-lab-ledger';
    this.title.label = trans.__('Ledger');
    this.title.caption = trans.__(
      'What was read where, what moved, and what that cost'
    );
    this.title.icon = ledgerIcon;
    this.title.closable = true;
  }

  readonly view: LedgerView;

  override dispose(): void {
    if (!this.isDisposed) {
      this.view.dispose();
      super.dispose();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this.view.ask();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      void this.view.ask();
    }
  }
}
