/** The details of a dataset as a tab of the main area. */
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandToolbarButton, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import * as React from 'react';

import { CommandIDs } from '../commands';
import { multicloudIcon } from '../icons';
import type { DatasetView } from '../state/dataset-view';
import { DatasetDetails } from './dataset-details';
import { keepFocus } from './keep-focus';

export namespace DatasetTab {
  export interface IOptions {
    /** Disposed with the tab. */
    view: DatasetView;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

export class DatasetTab extends MainAreaWidget<ReactWidget> {
  constructor({ view, commands, trans }: DatasetTab.IOptions) {
    const args = { dataset: view.id };
    const content = ReactWidget.create(
      <DatasetDetails
        view={view}
        trans={trans}
        onAnalysis={analysis =>
          void commands.execute(CommandIDs.insertAnalysis, {
            ...args,
            analysis
          })
        }
        onCopy={() => void commands.execute(CommandIDs.copyCode, args)}
      />
    );
    super({ content });
    this.view = view;
    this.addClass('jp-MulticloudDetails-main');
    content.addClass('jp-MulticloudDetails-tab');
    keepFocus(content.node);
    this.id = `multicloud-lab-dataset-${encodeURIComponent(view.id)}`;
    this.title.label = view.id.split('/').pop() ?? view.id;
    this.title.caption = view.id;
    this.title.icon = multicloudIcon;
    this.title.closable = true;
    for (const id of [CommandIDs.openNearData, CommandIDs.copyUrl]) {
      this.toolbar.addItem(
        id,
        new CommandToolbarButton({ commands, id, args })
      );
    }
  }

  readonly view: DatasetView;

  override dispose(): void {
    if (!this.isDisposed) {
      this.view.dispose();
      super.dispose();
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      void this.view.ask();
    }
  }

  /** What is near, and where it is, may have changed since it was last seen. */
  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this.view.ask();
  }
}
