import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog } from '@jupyterlab/apputils';
import { RunningSessionManagers } from '@jupyterlab/running';
import { CommandRegistry } from '@lumino/commands';

import { until } from '../../__tests__/dialogs';
import { cluster, FakeServer } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { runningPlugin } from '../running';

describe('the running sessions', () => {
  let commands: CommandRegistry;
  let managers: RunningSessionManagers;
  let server: FakeServer;
  let lab: Lab;
  let done: unknown[];

  const manager = () => managers.items()[0];

  beforeEach(() => {
    commands = new CommandRegistry();
    managers = new RunningSessionManagers();
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    done = [];
    for (const id of ['open-dashboard', 'stop-cluster']) {
      commands.addCommand(`multicloud-lab:${id}`, {
        execute: args => done.push([id, args])
      });
    }
    server.routes['GET clusters'] = () => lab.clusters.value;
    void runningPlugin.activate(
      { commands } as unknown as JupyterFrontEnd,
      lab,
      managers,
      null
    );
    lab.clusters.set([
      cluster('b3f1aa0c93'),
      cluster('y', { gateway: 'gcp', status: 'PENDING', dashboard: null }),
      cluster('other', { ours: false }),
      cluster('f', { status: 'FAILED' })
    ]);
  });

  afterEach(() => {
    lab.dispose();
    Dialog.flush();
  });

  it('should list the clusters of this lab that have or get workers', () => {
    const items = manager().running({ mode: 'list' });
    expect(items.map(item => item.label())).toEqual([
      'aws-oregon · b3f1aa…',
      'gcp · y'
    ]);
    expect(items[0].detail!()).toBe('2 workers');
    expect(items[1].detail!()).toContain('starting…');
  });

  it('should open the dashboards of one, and stop it', () => {
    const [running, starting] = manager().running({ mode: 'list' });
    const args = { gateway: 'aws-oregon', cluster: 'b3f1aa0c93' };
    expect(starting.open).toBeUndefined();
    running.open!();
    running.shutdown!();
    expect(done).toEqual([
      ['open-dashboard', args],
      ['stop-cluster', args]
    ]);
  });

  it('should stop all of this lab, after JupyterLab has asked', async () => {
    manager().shutdownAll();
    await until(
      () =>
        server.calls.filter(({ route }) => /^DELETE/.test(route)).length === 2
    );
    expect(server.asked('DELETE clusters/aws-oregon/b3f1aa0c93')).toHaveLength(
      1
    );
    expect(server.asked('DELETE clusters/gcp/y')).toHaveLength(1);
  });

  it('should be told of changes', () => {
    const changed = jest.fn();
    manager().runningChanged.connect(changed);
    lab.clusters.set([]);
    expect(changed).toHaveBeenCalledTimes(1);
    expect(manager().running({ mode: 'list' })).toEqual([]);
  });
});
