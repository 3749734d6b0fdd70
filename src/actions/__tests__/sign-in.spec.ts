import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog, until } from '../../__tests__/dialogs';
import { FakeServer, gateway, refusal } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { SignIn } from '../../api/wire';
import { Lab } from '../../state/lab';
import { signIn } from '../sign-in';

const trans = nullTranslator.load('');

describe('signing in with the token of a hub', () => {
  let server: FakeServer;
  let lab: Lab;
  const asked = () =>
    server.asked('POST gateways/aws/session').map(({ body }) => body);
  const hub = gateway('aws', { state: 'sign-in-needed', auth: 'jupyterhub' });

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    server.routes['GET gateways'] = () => [gateway('aws')];
  });

  afterEach(() => {
    lab.dispose();
    Dialog.flush();
  });

  it('should ask nobody while the server has a good one', async () => {
    server.routes['POST gateways/aws/session'] = () => gateway('aws');
    await expect(signIn(lab, hub, trans)).resolves.toBe(true);
    expect(asked()).toEqual([{ username: '', password: '' }]);
  });

  it('should ask for a new one when that has expired', async () => {
    server.routes['POST gateways/aws/session'] = ({ body }) =>
      (body as SignIn).password === 'new'
        ? gateway('aws')
        : refusal(403, 'wrong-credentials', 'aws refused the sign-in: …');
    const done = signIn(lab, hub, trans);
    const input = await until(() =>
      document.querySelector<HTMLInputElement>('.jp-Dialog [name=password]')
    );
    const text = await answerDialog('Sign In', () => {
      input.value = 'new';
    });
    expect(text).toContain('aws refused the sign-in');
    await expect(done).resolves.toBe(true);
    expect(asked()).toHaveLength(2);
  });

  it('should ask for none when the gateway is down', async () => {
    server.routes['POST gateways/aws/session'] = () =>
      refusal(503, 'gateway-unreachable', 'aws does not answer.');
    await expect(signIn(lab, hub, trans)).rejects.toThrow('does not answer');
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});
