import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';

import { answerDialog, until } from '../../__tests__/dialogs';
import {
  catalog,
  FakeServer,
  labStatus,
  page,
  refusal
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { askForCatalog } from '../add-catalog';

const trans = nullTranslator.load('');
const URL = 'https://data.example/ocean/master.yaml';

describe('adding a catalog by its address', () => {
  let server: FakeServer;
  let lab: Lab;

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    const status = () => labStatus({ catalogs: [catalog('master')] });
    server.routes = {
      'POST catalogs': status,
      'GET status': status,
      'GET datasets': () => page([])
    };
  });

  afterEach(() => lab.dispose());

  const type = (text: string) => () => {
    document.querySelector<HTMLInputElement>('.jp-Dialog input')!.value = text;
  };

  it('should ask for the address and then a name, and say how to keep it', async () => {
    const done = askForCatalog(lab, trans);
    await answerDialog('Next', type(` ${URL} `));
    expect(await answerDialog('Add')).toContain('Its name');
    await done;
    expect(server.asked('POST catalogs').map(({ body }) => body)).toEqual([
      { name: 'master', url: URL }
    ]);
    const said = Notification.manager.notifications[0];
    expect(said.message).toContain('The catalog master, with 2 datasets');
    expect(said.options.actions!.map(({ label }) => label)).toEqual([
      'Keep It…'
    ]);
    said.options.actions![0].callback(new MouseEvent('click'));
    const shown = await until(() => document.querySelector('.jp-Dialog pre'));
    expect(JSON.parse(shown.textContent!)).toEqual({
      MulticloudLab: { catalogs: [{ name: 'master', url: URL }] }
    });
    document.querySelector<HTMLElement>('.jp-Dialog button')!.click();
    await until(() => !document.querySelector('.jp-Dialog'));
  });

  it('should ask the server nothing when that is given up, and pass on why it cannot be', async () => {
    let done = askForCatalog(lab, trans);
    await answerDialog('Cancel');
    await done;
    expect(server.calls).toEqual([]);

    server.routes['POST catalogs'] = () =>
      refusal(400, 'catalog', `${URL} is no catalog.`);
    done = askForCatalog(lab, trans);
    await answerDialog('Next', type(URL));
    await answerDialog('Add');
    await expect(done).rejects.toThrow('is no catalog');
  });
});
