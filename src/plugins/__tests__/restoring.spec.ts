import type { JupyterFrontEnd } from '@jupyterlab/application';
import { StateDB } from '@jupyterlab/statedb';

import { FakeServer } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { restoringPlugin } from '../restoring';

const KEY = 'multicloud-lab:panel';
const KEPT = {
  search: { text: 'rain', chosen: [['provider', [['aws', '']]]] }
};

describe('what was looked for', () => {
  let state: StateDB;
  let lab: Lab;

  beforeEach(() => {
    state = new StateDB();
    lab = new Lab(new LabClient(new FakeServer().settings));
  });

  afterEach(() => {
    lab.dispose();
  });

  const activate = () =>
    void restoringPlugin.activate({} as JupyterFrontEnd, lab, state);
  const settle = () => new Promise(resolve => setTimeout(resolve));

  it('should come back', async () => {
    await state.save(KEY, KEPT);
    activate();
    await settle();
    expect(lab.datasets.text).toBe('rain');
    expect([...lab.datasets.chosen.keys()]).toEqual(['provider']);
  });

  it('should be kept at every change', async () => {
    activate();
    await settle();
    lab.datasets.setText('snow');
    await settle();
    expect(await state.fetch(KEY)).toEqual({
      search: { text: 'snow', chosen: [] }
    });
  });

  it('should not be put over what was typed meanwhile', async () => {
    await state.save(KEY, KEPT);
    activate();
    lab.datasets.setText('snow');
    await settle();
    expect(lab.datasets.text).toBe('snow');
    expect(await state.fetch(KEY)).toEqual({
      search: { text: 'snow', chosen: [] }
    });
  });
});
