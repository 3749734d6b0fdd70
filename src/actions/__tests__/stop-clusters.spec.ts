import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { cluster, FakeServer, refusal } from '../../__tests__/fake-server';
import { answerDialog } from '../../__tests__/dialogs';
import { LabClient } from '../../api/client';
import type { Cluster } from '../../api/wire';
import { Lab } from '../../state/lab';
import { mayShutDown } from '../shut-down';
import { stopAll, stopOne } from '../stop-clusters';

const trans = nullTranslator.load('');

describe('stopping clusters', () => {
  let server: FakeServer;
  let lab: Lab;

  const set = (...clusters: Cluster[]) => {
    server.routes['GET clusters'] = () => clusters;
    for (const { gateway, name } of clusters) {
      const route = `DELETE clusters/${gateway}/${name}`;
      server.routes[route] = () => new Response(null, { status: 204 });
    }
    lab.clusters.set(clusters);
  };
  const stopped = () =>
    server.calls
      .map(({ route }) => route)
      .filter(route => route.startsWith('DELETE'));

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
  });

  afterEach(() => {
    lab.dispose();
    Notification.dismiss();
    Dialog.flush();
  });

  it.each([
    ['has no tasks', cluster('x', { tasks: 0 })],
    ['still starts', cluster('x', { status: 'PENDING', tasks: null })],
    ['has failed', cluster('x', { status: 'FAILED', tasks: null })]
  ])('should ask nothing if it %s', async (_, one) => {
    set(one);
    await stopOne(lab, 'aws-oregon', 'x', trans);
    expect(stopped()).toEqual(['DELETE clusters/aws-oregon/x']);
  });

  it.each([
    ['has tasks', cluster('x', { tasks: 3 })],
    ['may have tasks', cluster('x', { tasks: null })],
    ['was started elsewhere', cluster('x', { tasks: 0, ours: false })]
  ])('should ask first if it %s', async (_, one) => {
    set(one);
    const stopping = stopOne(lab, 'aws-oregon', 'x', trans);
    const text = await answerDialog('Cancel');
    expect(text).toContain('Stop the Cluster on aws-oregon?');
    expect(text).toContain('2 workers (1–4)');
    await stopping;
    expect(stopped()).toEqual([]);
    const again = stopOne(lab, 'aws-oregon', 'x', trans);
    await answerDialog('Stop');
    await again;
    expect(stopped()).toEqual(['DELETE clusters/aws-oregon/x']);
  });

  it('should list what it stops, stop only that, and say what was not stopped', async () => {
    set(
      cluster('x'),
      cluster('y', { gateway: 'gcp-iowa', status: 'PENDING' }),
      cluster('other', { ours: false }),
      cluster('f', { status: 'FAILED' })
    );
    server.routes['DELETE clusters/gcp-iowa/y'] = () =>
      refusal(503, 'gateway-unreachable', 'gcp-iowa does not answer.');
    const stopping = stopAll(lab, trans);
    // One that comes up while the question shows is not stopped.
    const text = await answerDialog('Stop All', () =>
      set(...lab.clusters.value, cluster('late'))
    );
    server.routes['DELETE clusters/gcp-iowa/y'] = () =>
      refusal(503, 'gateway-unreachable', 'gcp-iowa does not answer.');
    expect(text).toContain('Stop All 2 Clusters?');
    expect(text).toContain('aws-oregon running · 2 workers (1–4)');
    expect(text).toContain('gcp-iowa starting…');
    await stopping;
    expect(stopped().sort()).toEqual([
      'DELETE clusters/aws-oregon/x',
      'DELETE clusters/gcp-iowa/y'
    ]);
    expect(
      Notification.manager.notifications.map(({ message }) => message)
    ).toEqual([
      'The cluster on gcp-iowa was not stopped: gcp-iowa does not answer.'
    ]);
  });

  describe('at a shutdown', () => {
    it('should ask nothing if none runs', async () => {
      set(
        cluster('other', { ours: false }),
        cluster('f', { status: 'FAILED' })
      );
      await expect(mayShutDown(lab, trans)).resolves.toBe(true);
    });

    it.each([
      ['Cancel', false, 0],
      ['Leave Running', true, 0],
      ['Stop All', true, 1]
    ])('should do as it is told: %s', async (label, may, count) => {
      set(cluster('x'));
      const asked = mayShutDown(lab, trans);
      const text = await answerDialog(label);
      expect(text).toContain('1 Cluster Is Running');
      expect(text).toContain('opened for PRECT');
      await expect(asked).resolves.toBe(may);
      expect(stopped()).toHaveLength(count);
    });

    it('should not shut down if a cluster could not be stopped', async () => {
      set(cluster('x'));
      server.routes['DELETE clusters/aws-oregon/x'] = () =>
        refusal(503, 'gateway-unreachable', 'It does not answer.');
      const asked = mayShutDown(lab, trans);
      await answerDialog('Stop All');
      await expect(asked).resolves.toBe(false);
    });
  });
});
