/** Brings back what was looked for after a reload; JupyterLab itself brings back sections and tabs. */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';

import { keptOf, lookedFor } from '../state/kept';
import { IMulticloudLab } from '../tokens';

const KEY = 'multicloud-lab:panel';

export const restoringPlugin: JupyterFrontEndPlugin<void> = {
  id: 'multicloud-lab:restoring',
  description: 'Restores what was looked for in the panel.',
  autoStart: true,
  requires: [IMulticloudLab, IStateDB],
  activate: (
    _app: JupyterFrontEnd,
    lab: IMulticloudLab,
    state: IStateDB
  ): void => {
    // Nothing that starts waits for this.
    restore(lab, state).catch((error: unknown) => {
      console.warn('Multi-Cloud Lab: the panel is not restored.', error);
    });
  }
};

async function restore(lab: IMulticloudLab, state: IStateDB): Promise<void> {
  const kept = ((await state.fetch(KEY)) ?? {}) as Record<string, unknown>;
  const { text, chosen } = lookedFor(kept.search);
  const isUntouched = JSON.stringify(keptOf(lab.datasets)) === NOTHING;
  if (isUntouched && (text || chosen.size > 0)) {
    lab.datasets.look(text, chosen);
  }
  let last = JSON.stringify(keptOf({ text, chosen }));
  const save = () => {
    const search = keptOf(lab.datasets);
    const now = JSON.stringify(search);
    if (now !== last) {
      last = now;
      // JupyterLab waits for a rest before it sends to the server what is saved.
      void state.save(KEY, { search });
    }
  };
  lab.datasets.changed.connect(save);
  save(); // Somebody may have typed meanwhile.
}

const NOTHING = JSON.stringify(keptOf({ text: '', chosen: new Map() }));
