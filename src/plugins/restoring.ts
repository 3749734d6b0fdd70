/** Brings back what was looked for, and which sections were closed, after a reload. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { SidePanel } from '@jupyterlab/ui-components';
import { AccordionPanel } from '@lumino/widgets';

import { keptOf, lookedFor } from '../state/kept';
import { IMulticloudLab } from '../tokens';

const KEY = 'multicloud-lab:panel';
const PANEL = 'multicloud-lab-panel';

/** Milliseconds without a change after which it is written. */
const REST = 500;

export const restoringPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:restoring',
  description: 'Restores filters and sections of the panel.',
  autoStart: true,
  requires: [IMulticloudLab, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    lab: IMulticloudLab,
    state: IStateDB
  ): void => {
    // Nothing that starts waits for this.
    restore(app, lab, state).catch((error: unknown) => {
      console.warn('Multi-Cloud Lab: the panel is not restored.', error);
    });
  }
};

async function restore(
  app: JupyterFrontEnd,
  lab: IMulticloudLab,
  state: IStateDB
): Promise<void> {
  const kept = ((await state.fetch(KEY)) ?? {}) as Record<string, unknown>;
  const { text, chosen } = lookedFor(kept.search);
  if (text || chosen.size > 0) {
    lab.datasets.look(text, chosen);
  }
  await app.restored;
  const sections = sectionsOf(app);
  for (const index of Array.isArray(kept.closed) ? kept.closed : []) {
    if (typeof index === 'number' && index < (sections?.widgets.length ?? 0)) {
      sections?.collapse(index);
    }
  }
  const closed = () =>
    sections?.widgets.flatMap((section, index) =>
      section.isHidden ? [index] : []
    ) ?? [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () =>
        void state.save(KEY, {
          search: keptOf(lab.datasets),
          closed: closed()
        }),
      REST
    );
  };
  let last = JSON.stringify(keptOf(lab.datasets));
  sections?.expansionToggled.connect(save);
  lab.datasets.changed.connect(() => {
    const now = JSON.stringify(keptOf(lab.datasets));
    if (now !== last) {
      last = now;
      save();
    }
  });
}

function sectionsOf(app: JupyterFrontEnd): AccordionPanel | null {
  for (const widget of app.shell.widgets('left')) {
    if (widget.id === PANEL && widget instanceof SidePanel) {
      return widget.content as AccordionPanel;
    }
  }
  return null;
}
