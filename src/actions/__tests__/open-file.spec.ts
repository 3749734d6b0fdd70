import { Dialog, Notification } from '@jupyterlab/apputils';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog } from '../../__tests__/dialogs';
import { cluster, FakeServer, gateway, row } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { Inserter } from '../../notebook/inserter';
import { Lab } from '../../state/lab';
import { openFile } from '../open-file';

const trans = nullTranslator.load('');

describe('openFile', () => {
  let server: FakeServer;
  let lab: Lab;
  let insert: jest.Mock;

  /** Open a file of the work folder, from a notebook in there. */
  const open = (name: string, text = '', size = text.length) => {
    const contents = {
      get: async (_: string, { content }: { content?: boolean }) =>
        content ? { content: text } : { size, content: null }
    } as unknown as Contents.IManager;
    const target = async () => ({ context: { path: 'work/x.ipynb' } });
    const inserter = { insert, target } as unknown as Inserter;
    const callbacks = { openDashboard: jest.fn(), stop: jest.fn() };
    return openFile(`work/${name}`, contents, inserter, {
      lab,
      trans,
      callbacks
    });
  };

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    lab.gateways.set([gateway('aws-oregon')]);
    insert = jest.fn();
    const near = row('x').near!;
    server.routes = {
      'GET placements': () => [near],
      'POST cells': () => ({ analysis: 'open', cells: [] }),
      'GET clusters': () => [cluster('x')],
      'POST clusters': () => ({
        ...cluster('x'),
        reused: false,
        placement: near
      }),
      'POST catalogs': () => null,
      'GET status': () => ({ catalogs: [] })
    };
  });

  afterEach(() => {
    Notification.dismiss();
    Dialog.flush();
  });

  it('should open data without looking into them', async () => {
    await open('a.zarr');
    const [{ body }] = server.asked('POST cells');
    expect(body).toMatchObject({ datasets: ['./a.zarr'], gateways: {} });
    expect(server.asked('POST clusters')).toEqual([]);
  });

  it('should have a cluster near what references lead to', async () => {
    const refs = { '.zgroup': '{}', 'a/0': ['s3://bucket/a.nc', 0, 9] };
    await open('refs.json', JSON.stringify({ refs }));
    const [{ body }] = server.asked('POST cells');
    expect(body).toMatchObject({
      datasets: ['./refs.json'],
      gateways: { './refs.json': 'aws-oregon' }
    });
    expect(server.asked('POST clusters')[0].body).toMatchObject({
      near: 's3://bucket/a.nc',
      gateway: 'aws-oregon'
    });
  });

  it('should take a very long file for references', async () => {
    await open('refs.json', '', 90_000_000);
    expect(server.asked('POST cells')).toHaveLength(1);
  });

  it.each([
    ['cesm.json', '{"esmcat_version": "0.1.0"}'],
    ['master.yaml', 'sources:\n  a: {}\n']
  ])('should add %s to the catalogs', async (name, text) => {
    const opened = open(name, text);
    await answerDialog('Add');
    await opened;
    expect(server.asked('POST catalogs')).toHaveLength(1);
    expect(insert).not.toHaveBeenCalled();
  });

  it.each([
    ['numbers.json', '[1, 2]', /numbers.json holds neither references/],
    ['broken.json', '{', /broken.json holds neither references/],
    ['environment.yml', 'name: x\n', /environment.yml is no catalog/]
  ])('should say that %s is nothing to the lab', async (name, text, said) => {
    await expect(open(name, text)).rejects.toThrow(said);
    expect(server.asked('POST cells')).toEqual([]);
    expect(server.asked('POST catalogs')).toEqual([]);
  });
});
