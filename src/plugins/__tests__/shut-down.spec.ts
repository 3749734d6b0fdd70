import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';

import { answerDialog } from '../../__tests__/dialogs';
import { cluster, FakeServer } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { Cluster } from '../../api/wire';
import { Lab } from '../../state/lab';
import { shutDownPlugin } from '../shut-down';

const SHUT_DOWN = 'filemenu:shutdown';

describe('a shutdown of JupyterLab', () => {
  let commands: CommandRegistry;
  let server: FakeServer;
  let lab: Lab;
  let clusters: Cluster[];
  let shutDown: jest.Mock;

  beforeEach(() => {
    commands = new CommandRegistry();
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    clusters = [cluster('x'), cluster('y'), cluster('other', { ours: false })];
    server.routes['GET clusters'] = () => clusters;
    void shutDownPlugin.activate(
      { commands } as unknown as JupyterFrontEnd,
      lab,
      null
    );
    // JupyterLab's own comes later, or earlier.
    shutDown = jest.fn(() => 'done');
    commands.addCommand(SHUT_DOWN, { execute: shutDown });
  });

  afterEach(() => {
    lab.dispose();
    Dialog.flush();
  });

  it.each([
    ['Cancel', 0],
    ['Leave Running', 1]
  ])('should ask about the clusters first: %s', async (label, count) => {
    const asked = commands.execute(SHUT_DOWN);
    expect(await answerDialog(label)).toContain('2 Clusters Are Running');
    await asked;
    expect(shutDown).toHaveBeenCalledTimes(count);
    expect(server.calls.map(({ route }) => route)).toEqual(['GET clusters']);
  });

  it('should stop the clusters of this lab first, if that is wished', async () => {
    for (const name of ['x', 'y']) {
      server.routes[`DELETE clusters/aws-oregon/${name}`] = () => {
        expect(shutDown).not.toHaveBeenCalled();
        clusters = clusters.filter(each => each.name !== name);
        return new Response(null, { status: 204 });
      };
    }
    const asked = commands.execute(SHUT_DOWN);
    await answerDialog('Stop All');
    await asked;
    expect(clusters.map(({ name }) => name)).toEqual(['other']);
    expect(shutDown).toHaveBeenCalledTimes(1);
  });

  it('should ask nothing when none runs, nor for other commands', async () => {
    commands.addCommand('other', { execute: ({ n }) => n });
    await expect(commands.execute('other', { n: 1 })).resolves.toBe(1);
    expect(server.calls).toEqual([]);
    clusters = [];
    await expect(commands.execute(SHUT_DOWN)).resolves.toBe('done');
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});
