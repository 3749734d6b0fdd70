import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IFrame, MainAreaWidget } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { cluster, FakeServer } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { dashboardsPlugin, driveDask } from '../dashboards';

const PATH = 'multicloud-lab/dashboards/aws/x/status';

describe('driveDask', () => {
  let commands: CommandRegistry;
  let done: string[];

  beforeEach(() => {
    commands = new CommandRegistry();
    done = [];
  });

  it('should leave it to a tab without dask-labextension', async () => {
    await expect(driveDask(commands, PATH)).resolves.toBe(false);
  });

  it('should launch only once the dashboards are found', async () => {
    let found = false;
    commands.addCommand('dask:populate-dashboard-url', {
      execute: ({ url }) => {
        done.push(url as string);
        setTimeout(() => {
          found = true;
          done.push('found');
        }, 150);
      }
    });
    commands.addCommand('dask:launch-layout', {
      isEnabled: () => found,
      execute: () => done.push('launched')
    });
    await expect(driveDask(commands, PATH)).resolves.toBe(true);
    expect(done).toEqual([
      'multicloud-lab/dashboards/aws/x',
      'found',
      'launched'
    ]);
  });
});

describe('opening the dashboards of a cluster', () => {
  const OPEN = 'multicloud-lab:open-dashboard';
  const args = { gateway: 'aws-oregon', cluster: 'x' };
  let commands: CommandRegistry;
  let lab: Lab;
  let tabs: MainAreaWidget<IFrame>[];

  beforeEach(() => {
    commands = new CommandRegistry();
    const server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    lab.clusters.set([cluster('x'), cluster('y', { dashboard: null })]);
    server.routes['GET clusters'] = () => lab.clusters.value;
    tabs = [];
    void dashboardsPlugin.activate(
      {
        commands,
        shell: {
          add: (tab: MainAreaWidget<IFrame>) => tabs.push(tab),
          activateById: () => undefined
        },
        serviceManager: { serverSettings: server.settings }
      } as unknown as JupyterFrontEnd,
      lab,
      null
    );
  });

  afterEach(() => {
    tabs.forEach(tab => tab.dispose());
    lab.dispose();
  });

  it('should use one tab of its own without dask-labextension', async () => {
    await commands.execute(OPEN, args);
    await commands.execute(OPEN, args);
    expect(tabs.map(tab => [tab.title.label, tab.content.url])).toEqual([
      [
        'Dask: aws-oregon',
        'http://lab.example/user/me/multicloud-lab/dashboards/aws-oregon/x/status'
      ]
    ]);
  });

  it('should leave it to dask-labextension where that is', async () => {
    const launched: string[] = [];
    for (const id of ['dask:populate-dashboard-url', 'dask:launch-layout']) {
      commands.addCommand(id, { execute: () => launched.push(id) });
    }
    await commands.execute(OPEN, args);
    expect(launched).toEqual([
      'dask:populate-dashboard-url',
      'dask:launch-layout'
    ]);
    expect(tabs).toEqual([]);
  });

  it('should open nothing of a cluster that does not run', async () => {
    await commands.execute(OPEN, { ...args, cluster: 'y' });
    expect(tabs).toEqual([]);
  });
});
