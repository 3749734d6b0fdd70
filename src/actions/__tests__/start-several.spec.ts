import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog, until } from '../../__tests__/dialogs';
import {
  cluster,
  FakeServer,
  gateway,
  refusal
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { Gateway, StartCluster } from '../../api/wire';
import { Lab } from '../../state/lab';
import { startByHand } from '../start-cluster';
import { startOnSeveral } from '../start-several';

const trans = nullTranslator.load('');
const callbacks = { openDashboard: jest.fn(), stop: jest.fn() };

describe('starting by hand', () => {
  let server: FakeServer;
  let lab: Lab;
  let gateways: Gateway[];

  const wished = () => server.asked('POST clusters').map(({ body }) => body);
  const start = ({ body }: { body: unknown }) => ({
    ...cluster('x', { gateway: (body as StartCluster).gateway! }),
    reused: false,
    placement: null
  });
  const signIn = async () => {
    const input = await until(() =>
      document.querySelector<HTMLInputElement>('.jp-Dialog [name=password]')
    );
    input.value = 'secret';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    return answerDialog('Sign In');
  };

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    gateways = [
      gateway('aws'),
      gateway('gcp'),
      gateway('azure'),
      gateway('down', { state: 'unreachable' }),
      gateway('new', { state: 'sign-in-needed' })
    ];
    lab.gateways.set(gateways);
    server.routes = {
      'GET gateways': () => gateways,
      'GET clusters': () => [],
      'POST clusters': start
    };
  });

  afterEach(() => {
    lab.dispose();
    Notification.dismiss();
    Dialog.flush();
  });

  describe('on several gateways', () => {
    it('should ask those that are chosen all at once', async () => {
      const waiting: (() => void)[] = [];
      server.routes['POST clusters'] = async call => {
        await new Promise<void>(resolve => waiting.push(resolve));
        return start(call);
      };
      const done = startOnSeveral(lab, callbacks, trans);
      const text = await answerDialog('Start', () =>
        document.querySelector<HTMLElement>('.jp-Dialog [name=gcp]')!.click()
      );
      expect(text).toContain('aws, aws:us-west-2 (1–');
      expect(text).not.toContain('down');
      expect(text).not.toContain('new,');
      // Both are asked before either has answered.
      await until(() => waiting.length === 2);
      expect(wished()).toEqual([
        { gateway: 'aws', reuse: true },
        { gateway: 'azure', reuse: true }
      ]);
      waiting.forEach(go => go());
      await expect(done).resolves.toBe(true);
    });

    it('should say what one refused, and start the others', async () => {
      server.routes['POST clusters'] = call =>
        (call.body as StartCluster).gateway === 'gcp'
          ? refusal(409, 'gateway-refused', 'Too many clusters.')
          : start(call);
      const done = startOnSeveral(lab, callbacks, trans);
      await answerDialog('Start');
      await expect(done).resolves.toBe(false);
      expect(wished()).toHaveLength(3);
      expect(
        Notification.manager.notifications
          .filter(({ type }) => type === 'error')
          .map(({ message }) => message)
      ).toEqual(['No cluster on gcp: Too many clusters.']);
    });

    it('should say that none is signed in to', async () => {
      gateways = [gateway('new', { state: 'sign-in-needed' })];
      await expect(startOnSeveral(lab, callbacks, trans)).resolves.toBe(false);
      expect(wished()).toEqual([]);
    });
  });

  it('should ask to sign in when that has expired, and then go on', async () => {
    let signedIn = false;
    server.routes['POST gateways/aws/session'] = () => {
      signedIn = true;
      gateways = [gateway('aws')];
      return gateways[0];
    };
    server.routes['GET gateways/aws/options'] = () =>
      signedIn ? [] : refusal(409, 'sign-in-needed', 'aws wants a sign-in.');
    const done = startByHand(lab, gateways[0], callbacks, trans);
    gateways = [gateway('aws', { state: 'sign-in-needed' })];
    expect(await signIn()).toContain('Sign In to aws');
    await answerDialog('Start');
    await expect(done).resolves.toBe(true);
    expect(wished()).toEqual([
      {
        gateway: 'aws',
        minimum: 1,
        maximum: 4,
        idle_minutes: 30,
        options: {},
        reuse: false
      }
    ]);
  });

  it('should give up with the sign-in', async () => {
    server.routes['GET gateways/aws/options'] = () =>
      refusal(409, 'sign-in-needed', 'aws wants a sign-in.');
    const done = startByHand(lab, gateways[0], callbacks, trans);
    gateways = [gateway('aws', { state: 'sign-in-needed' })];
    await answerDialog('Cancel');
    await expect(done).resolves.toBe(false);
    expect(wished()).toEqual([]);
  });
});
