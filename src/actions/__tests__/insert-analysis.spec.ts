import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog, until } from '../../__tests__/dialogs';
import { FakeServer, refusal } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { AnalysisForm } from '../../api/wire';
import { Lab } from '../../state/lab';
import { insertAnalysis } from '../insert-analysis';

const trans = nullTranslator.load('');
const ID = 'pangeo/era5';
const CELLS = [{ cell_type: 'code', source: '1' }];
const EVIL = '<img src=x onerror=alert(1)>"\n{}';

const PARAMETER = {
  type: 'text' as const,
  default: null,
  choices: [],
  minimum: null,
  maximum: null,
  required: false,
  help: ''
};
const FORM: AnalysisForm = {
  name: 'map',
  title: 'Map',
  description: 'A map of a variable.',
  asks: true,
  problem: '',
  parameters: [
    {
      ...PARAMETER,
      name: 'variable',
      label: 'Variable',
      type: 'choice',
      default: EVIL,
      required: true,
      choices: [
        { value: 'tp', title: 'tp: rain' },
        { value: EVIL, title: EVIL }
      ]
    },
    {
      ...PARAMETER,
      name: 'bins',
      label: 'Bins',
      type: 'int',
      default: 50,
      minimum: 1,
      required: true
    },
    {
      ...PARAMETER,
      name: 'start',
      label: 'From',
      type: 'date',
      help: 'A date, or nothing.'
    }
  ]
};

describe('insertAnalysis', () => {
  let server: FakeServer;
  let lab: Lab;
  let insert: jest.Mock;

  const run = (name?: string) =>
    insertAnalysis([ID], name, { lab, trans, insert });
  const field = (name: string) =>
    document.querySelector<HTMLInputElement>(`.jp-Dialog [name="${name}"]`)!;

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    insert = jest.fn(async () => undefined);
    server.routes = {
      'GET analyses': () => [
        { name: 'open', title: 'Open', description: '', asks: false },
        { name: 'map', title: 'Map', description: '', asks: true }
      ],
      'GET analyses/map': () => FORM,
      'POST cells': () => ({ analysis: 'map', cells: CELLS })
    };
  });

  afterEach(() => {
    lab.dispose();
    Notification.dismiss();
    Dialog.flush();
  });

  it('should insert at once what asks nothing', async () => {
    await expect(run('open')).resolves.toBe(true);
    expect(insert).toHaveBeenCalledWith(CELLS);
    expect(server.asked('GET analyses/open')).toEqual([]);
  });

  it('should ask with what is sensible filled in, and send what was said', async () => {
    const done = run('map');
    const text = await answerDialog('Insert', () => {
      expect(field('variable').value).toBe(EVIL);
      expect(field('bins').value).toBe('50');
      expect(field('start').getAttribute('aria-describedby')).toBe(
        'jp-multicloud-form-start-help'
      );
      field('bins').value = '7';
    });
    await expect(done).resolves.toBe(true);
    expect(text).toContain('Map of era5');
    expect(text).toContain('From (optional)');
    expect(document.querySelector('img')).toBeNull();
    expect(server.asked('GET analyses/map')[0].query.getAll('dataset')).toEqual(
      [ID]
    );
    expect(server.asked('POST cells')[0].body).toEqual({
      datasets: [ID],
      analysis: 'map',
      style: 'lab',
      parameters: { variable: EVIL, bins: 7, start: null }
    });
  });

  it('should say what was wrong, and keep what was filled in', async () => {
    const answer = server.routes['POST cells'];
    server.routes['POST cells'] = () =>
      refusal(400, 'invalid-input', 'From: that is no date.');
    const done = run('map');
    await answerDialog('Insert', () => {
      field('bins').value = '9';
      server.routes['POST cells'] = call => {
        server.routes['POST cells'] = answer;
        return refusal(400, 'invalid-input', `From: no date ${!!call}.`);
      };
    });
    const alert = await until(() =>
      document.querySelector('.jp-Dialog [role="alert"]')
    );
    expect(alert.textContent).toBe('From: no date true.');
    expect(field('bins').value).toBe('9');
    await answerDialog('Insert');
    await expect(done).resolves.toBe(true);
    expect(insert).toHaveBeenCalledTimes(1);
  });

  it('should say why nothing can be chosen from', async () => {
    server.routes['GET analyses/map'] = () => ({
      ...FORM,
      problem: 'Access is denied.'
    });
    const done = run('map');
    expect(await answerDialog('Cancel')).toContain('Access is denied.');
    await expect(done).resolves.toBe(false);
    expect(insert).not.toHaveBeenCalled();
  });

  it('should say what is waited for, with a way to stop', async () => {
    server.routes['GET analyses/map'] = () => new Promise(() => undefined);
    const done = run('map');
    const [{ message, options }] = await until(
      () =>
        Notification.manager.notifications.length > 0 &&
        Notification.manager.notifications
    );
    expect(message).toBe('Reading what era5 holds …');
    options.actions![0].callback(new MouseEvent('click'));
    await expect(done).resolves.toBe(false);
    expect(Notification.manager.notifications).toEqual([]);
  });
});
