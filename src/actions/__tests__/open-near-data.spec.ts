import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog, until } from '../../__tests__/dialogs';
import {
  cluster,
  FakeServer,
  gateway,
  page,
  refusal,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { DatasetRow, StartCluster } from '../../api/wire';
import { Lab } from '../../state/lab';
import { openNearData } from '../open-near-data';

const trans = nullTranslator.load('');
const LENS = 'lens/PRECT';
const ERA5 = 'pangeo/era5';
const CELLS = {
  analysis: 'open',
  cells: [{ cell_type: 'code', source: 'import multicloud_lab as mcl' }]
};

describe('openNearData', () => {
  let server: FakeServer;
  let lab: Lab;
  let insert: jest.Mock;
  let replace: jest.Mock;
  let stop: jest.Mock;
  let showDetails: jest.Mock;
  let rows: DatasetRow[];

  const open = (...ids: string[]) =>
    openNearData(ids, null, {
      lab,
      trans,
      insert,
      callbacks: { openDashboard: jest.fn(), stop },
      showDetails
    });
  const said = () =>
    Notification.manager.notifications.map(({ type, message }) => [
      type,
      message
    ]);

  beforeEach(async () => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    replace = jest.fn();
    insert = jest.fn(async () => ({ replace }));
    stop = jest.fn();
    showDetails = jest.fn();
    rows = [
      row(LENS),
      row(ERA5, 'gcp-iowa', 'gcp:us-central1'),
      { ...row('c/lost'), near: null }
    ];
    lab.gateways.set([gateway('aws-oregon'), gateway('gcp-iowa')]);
    server.routes = {
      'GET datasets': () => page(rows),
      'POST cells': () => CELLS,
      'GET gateways': () => [gateway('aws-oregon'), gateway('gcp-iowa')],
      'GET clusters': () => [cluster('x')],
      'POST clusters': ({ body }) => {
        const { near } = body as StartCluster;
        const found = rows.find(({ id }) => id === near)!;
        return {
          ...cluster('x', {
            gateway: found.near!.gateway,
            status: 'PENDING',
            workers: 0
          }),
          reused: false,
          placement: found.near
        };
      }
    };
    await lab.datasets.refresh();
  });

  afterEach(() => {
    lab.dispose();
    Notification.dismiss();
    Dialog.flush();
  });

  it('should insert the cells and follow the cluster to its first worker', async () => {
    lab.cellStyle = 'plain';
    await expect(open(LENS)).resolves.toBe(true);
    expect(insert).toHaveBeenCalledWith(CELLS.cells);
    expect(server.asked('POST cells')[0].body).toEqual({
      datasets: [LENS],
      analysis: null,
      style: 'plain'
    });
    expect(server.asked('POST clusters')[0].body).toEqual({ near: LENS });
    await until(() => said().find(([type]) => type === 'success'));
    expect(said()).toEqual([
      ['success', 'The cluster on aws-oregon, in aws:us-west-2, is ready.']
    ]);
  });

  it('should insert the cells while the cluster still starts, and offer to stop it', async () => {
    server.routes['GET clusters'] = () => [
      cluster('x', { status: 'PENDING', workers: 0 })
    ];
    await open(LENS);
    expect(insert).toHaveBeenCalledTimes(1);
    const [{ type, message, options }] = Notification.manager.notifications;
    expect(type).toBe('in-progress');
    expect(message).toContain('lens/PRECT and aws-oregon are in aws:us-west-2');
    server.routes['GET clusters'] = () => [
      cluster('x', { status: 'RUNNING', workers: 0 })
    ];
    await lab.clusters.refresh();
    await until(() => said().find(([, text]) => text.includes('runs')));
    expect(said()).toEqual([
      [
        'in-progress',
        expect.stringContaining('Waiting for workers: 0 of 1 are there.')
      ]
    ]);
    options
      .actions!.find(({ label }) => label === 'Stop')!
      .callback(new MouseEvent('click'));
    expect(stop).toHaveBeenCalledWith(expect.objectContaining({ name: 'x' }));
    server.routes['GET clusters'] = () => [];
    for (let list = 0; list < 4; list++) {
      await lab.clusters.refresh();
    }
    await until(() => said().find(([, text]) => text.includes('was stopped')));
  });

  const PRICE = {
    low: 0.09,
    high: 0.09,
    source: 'list',
    date: '2026-10-01',
    payer: 'owner' as const
  };

  it('should ask before data are read at more than the limit', async () => {
    rows[0] = { ...rows[0], near: { ...rows[0].near!, price: PRICE } };
    await lab.datasets.refresh();
    const opened = open(LENS);
    const body = await until(() =>
      document.querySelector('.jp-Dialog .jp-Dialog-body')
    );
    await until(() => body.textContent);
    expect(body.textContent).toContain(
      'PRECT costs $0.09/GB to read on aws-oregon. The owner of the bucket pays it.'
    );
    document
      .querySelector<HTMLElement>('.jp-Dialog button.jp-mod-reject')!
      .click();
    await expect(opened).resolves.toBe(false);
    expect(insert).not.toHaveBeenCalled();
    lab.priceLimit = 0.1;
    await expect(open(LENS)).resolves.toBe(true);
  });

  it('should move what was opened: other cells, another cluster, the first one stopped', async () => {
    const near = rows[0].near!;
    const other = {
      ...near,
      gateway: 'gcp-iowa',
      gateway_region: 'gcp:us-central1',
      relation: 'other-provider' as const,
      price: { ...PRICE, low: 0.02, high: 0.02 },
      why: 'It is far.'
    };
    server.routes[`GET datasets/${encodeURIComponent(LENS)}/placements`] =
      () => [near, other];
    server.routes['GET clusters'] = () => [
      cluster('x', { status: 'PENDING', workers: 0 })
    ];
    server.routes['DELETE clusters/aws-oregon/x'] = () => null;
    await open(LENS);
    const [{ options }] = Notification.manager.notifications;
    options
      .actions!.find(({ label }) => label === 'Change…')!
      .callback(new MouseEvent('click'));
    await answerDialog('Change', () => {
      const radios = document.querySelectorAll<HTMLInputElement>(
        '.jp-Dialog input[type="radio"]'
      );
      expect([...radios].map(radio => radio.checked)).toEqual([true, false]);
      expect(radios[1].labels![0].textContent).toBe(
        'gcp-iowa, in gcp:us-central1: $0.02/GB'
      );
      radios[1].click();
    });
    await until(() => server.asked('DELETE clusters/aws-oregon/x')[0]);
    expect(server.asked('POST cells')[1].body).toMatchObject({
      gateways: { [LENS]: 'gcp-iowa' }
    });
    expect(replace).toHaveBeenCalledWith(CELLS.cells);
    expect(server.asked('POST clusters')[1].body).toEqual({
      near: LENS,
      gateway: 'gcp-iowa'
    });
  });

  it('should say why a cluster failed', async () => {
    server.routes['GET clusters'] = () => [
      cluster('x', { status: 'FAILED', message: 'no quota left' })
    ];
    await open(LENS);
    const [, text] = await until(() =>
      said().find(([type]) => type === 'error')
    );
    expect(text).toContain('no quota left');
  });

  it('should open several at once, with a cluster in each of their regions', async () => {
    rows.push(row('lens/FLNS'));
    await lab.datasets.refresh();
    server.routes['GET clusters'] = () => [
      cluster('x'),
      cluster('x', { gateway: 'gcp-iowa' })
    ];
    await open(LENS, ERA5, 'lens/FLNS');
    const wished = server.asked('POST clusters').map(({ body }) => body);
    expect(wished).toEqual([{ near: LENS }, { near: ERA5 }]);
    expect(server.asked('POST cells')).toHaveLength(1);
  });

  it('should ask for the password, again if it was wrong, and then go on by itself', async () => {
    const needed = gateway('aws-oregon', { state: 'sign-in-needed' });
    lab.gateways.set([needed]);
    const tried: unknown[] = [];
    server.routes['POST gateways/aws-oregon/session'] = ({ body }) => {
      tried.push(body);
      return tried.length === 1
        ? refusal(403, 'wrong-credentials', 'aws-oregon refused that.')
        : gateway('aws-oregon');
    };
    const opened = open(LENS);
    for (const [password, message] of [
      ['wrong', null],
      ['right', 'aws-oregon refused that.']
    ]) {
      const form = await until(() => {
        const node = document.querySelector('.jp-MulticloudSignIn');
        const alert = node?.querySelector('[role=alert]')?.textContent ?? null;
        return alert === message && node;
      });
      const input = form.querySelector<HTMLInputElement>('[name=password]')!;
      expect(input.value).toBe('');
      input.value = password!;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      document
        .querySelector<HTMLElement>('.jp-Dialog button.jp-mod-accept')!
        .click();
    }
    await expect(opened).resolves.toBe(true);
    expect(tried).toEqual([
      { username: 'pangeo', password: 'wrong' },
      { username: 'pangeo', password: 'right' }
    ]);
    expect(insert).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(Notification.manager.notifications)).not.toContain(
      'right'
    );
  });

  it('should do nothing if the user does not sign in', async () => {
    lab.gateways.set([gateway('aws-oregon', { state: 'sign-in-needed' })]);
    const opened = open(LENS);
    const cancel = await until(() =>
      document.querySelector<HTMLElement>('.jp-Dialog button.jp-mod-reject')
    );
    cancel.click();
    await expect(opened).resolves.toBe(false);
    expect(insert).not.toHaveBeenCalled();
    expect(server.asked('POST clusters')).toEqual([]);
  });

  it('should sign in when the gateway has forgotten us since', async () => {
    let calls = 0;
    const start = server.routes['POST clusters'];
    server.routes['POST clusters'] = call =>
      ++calls === 1 ? refusal(409, 'sign-in-needed', 'Sign in.') : start(call);
    await expect(open(LENS)).resolves.toBe(true);
    expect(calls).toBe(2);
  });

  it('should ask to sign in again when that expired on the way, and then go on', async () => {
    const expired = gateway('aws-oregon', { state: 'sign-in-needed' });
    let signedIn = false;
    const start = server.routes['POST clusters'];
    server.routes['POST clusters'] = call =>
      signedIn ? start(call) : refusal(409, 'sign-in-needed', 'Sign in again.');
    server.routes['GET gateways'] = () => [
      signedIn ? gateway('aws-oregon') : expired
    ];
    server.routes['POST gateways/aws-oregon/session'] = () => {
      signedIn = true;
      return gateway('aws-oregon');
    };
    const opened = open(LENS);
    const input = await until(() =>
      document.querySelector<HTMLInputElement>('.jp-Dialog [name=password]')
    );
    // Nobody has to wait for that to read the code.
    expect(insert).toHaveBeenCalledTimes(1);
    input.value = 'right';
    document
      .querySelector<HTMLElement>('.jp-Dialog button.jp-mod-accept')!
      .click();
    await expect(opened).resolves.toBe(true);
    expect(server.asked('POST clusters')).toHaveLength(2);
    expect(insert).toHaveBeenCalledTimes(1);
  });

  it('should tell of a cancelled start, but not as an error', async () => {
    const message = 'The start on aws-oregon was cancelled.';
    server.routes['POST clusters'] = () =>
      refusal(409, 'cluster-failed', message);
    await open(LENS);
    expect(said()).toEqual([['info', message]]);
    expect(insert).toHaveBeenCalledTimes(1);
  });

  it('should say at once that a cluster was stopped that had been listed', async () => {
    server.routes['GET clusters'] = () => [
      cluster('x', { status: 'PENDING', workers: 0 })
    ];
    await open(LENS);
    await until(() => lab.clusters.value.length === 1);
    server.routes['GET clusters'] = () => [];
    await lab.clusters.refresh();
    await until(() => said().find(([, text]) => text.includes('was stopped')));
    expect(server.asked('GET clusters').length).toBeLessThan(4);
  });

  it('should start nothing if there are no cells', async () => {
    server.routes['POST cells'] = () =>
      refusal(409, 'untrusted-source', 'PRECT would run code of its catalog.');
    await expect(open(LENS)).resolves.toBe(false);
    expect(server.asked('POST clusters')).toEqual([]);
    expect(said()).toEqual([
      [
        'error',
        'PRECT could not be opened: PRECT would run code of its catalog.'
      ]
    ]);
  });

  it('should still insert the cells if the cluster does not start', async () => {
    server.routes['POST clusters'] = () =>
      refusal(409, 'gateway-refused', 'You have too many clusters.');
    await expect(open(LENS)).resolves.toBe(false);
    expect(insert).toHaveBeenCalledTimes(1);
    expect(said()).toEqual([
      ['error', 'No cluster on aws-oregon: You have too many clusters.']
    ]);
  });

  it('should say that a gateway does not answer before anything is done', async () => {
    const down = gateway('aws-oregon', {
      state: 'unreachable',
      message: 'It is down.'
    });
    lab.gateways.set([down]);
    server.routes['GET gateways'] = () => [down];
    await expect(open(LENS)).resolves.toBe(false);
    expect(said()).toEqual([
      ['error', 'PRECT could not be opened: It is down.']
    ]);
    expect(insert).not.toHaveBeenCalled();

    server.routes['GET gateways'] = () => [gateway('aws-oregon')];
    const [{ options }] = Notification.manager.notifications;
    expect(options.actions![0].label).toBe('Try Again');
    options.actions![0].callback(new MouseEvent('click'));
    await until(() => insert.mock.calls.length > 0);
  });

  it('should go on with a gateway that is back', async () => {
    lab.gateways.set([gateway('aws-oregon', { state: 'unreachable' })]);
    await expect(open(LENS)).resolves.toBe(true);
  });

  it('should not start anything beside data that nobody knows the place of', async () => {
    const lost = row('c/x', 'aws-oregon', 'aws:us-west-2', { region: null });
    lost.region = null;
    lost.replicas[0].detail = 'no registry knows this bucket';
    lost.near!.relation = 'unknown';
    rows.push(lost);
    await lab.datasets.refresh();
    server.calls.length = 0;
    await expect(open('c/x')).resolves.toBe(false);
    expect(said()[0][1]).toContain('no registry knows this bucket');
    expect(server.calls).toEqual([]);
  });

  it('should say that a dataset is near no gateway, and offer its details', async () => {
    await expect(open('c/lost')).resolves.toBe(false);
    const [{ message, options }] = Notification.manager.notifications;
    expect(message).toContain('lost has no place to be computed');
    options.actions![0].callback(new MouseEvent('click'));
    expect(showDetails).toHaveBeenCalledWith('c/lost');
  });
});
