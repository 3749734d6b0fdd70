import { until } from '../../__tests__/dialogs';
import {
  FakeServer,
  labStatus,
  page,
  refusal
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Home } from '../home';
import { Lab } from '../lab';

const OREGON = 'aws:us-west-2';

describe('Home', () => {
  let server: FakeServer;
  let lab: Lab;
  let home: Home;
  let onRefused: jest.Mock;
  /** What the server knows. */
  let chosen: string | null;

  beforeEach(() => {
    chosen = null;
    server = new FakeServer();
    const status = () => labStatus({ home: chosen, chosen_home: chosen });
    server.routes = {
      'GET status': status,
      'GET datasets': () => page([]),
      'POST home': ({ body }) => {
        chosen = (body as { region: string | null }).region;
        return status();
      }
    };
    lab = new Lab(new LabClient(server.settings));
    onRefused = jest.fn();
    home = new Home(lab, onRefused);
  });

  afterEach(() => {
    home.dispose();
    lab.dispose();
  });

  const told = () => server.asked('POST home').map(({ body }) => body);

  it('should be told to the server once both are known, and be asked for with new prices', async () => {
    lab.settings.set({ homeRegion: OREGON });
    expect(told()).toEqual([]);
    await lab.status.refresh();
    await until(() => lab.home === OREGON);
    expect(told()).toEqual([{ region: OREGON }]);
    expect(server.asked('GET datasets')).toHaveLength(1);
    lab.settings.set({ homeRegion: '' });
    await until(() => lab.home === null);
    expect(told()).toEqual([{ region: OREGON }, { region: null }]);
  });

  it('should not be told where the server knows it, nor over what another page has told', async () => {
    chosen = OREGON;
    lab.settings.set({ homeRegion: OREGON });
    await lab.status.refresh();
    chosen = 'gcp:us-central1';
    await lab.status.refresh();
    lab.settings.set({ homeRegion: OREGON, minimum: 3 });
    expect(told()).toEqual([]);
  });

  it('should say why it is refused, and be told again after an outage', async () => {
    await lab.status.refresh();
    const take = server.routes['POST home'];
    server.routes['POST home'] = () =>
      refusal(400, 'unknown-region', 'Did you mean aws:us-west-2?');
    lab.settings.set({ homeRegion: 'aws:us-wset-2' });
    await until(() => onRefused.mock.calls.length > 0);
    expect(onRefused.mock.calls[0][0]).toBe('aws:us-wset-2');
    expect(onRefused.mock.calls[0][1].message).toContain('Did you mean');

    server.routes['POST home'] = () => {
      throw new TypeError('fetch failed');
    };
    lab.settings.set({ homeRegion: OREGON });
    await until(() => told().length === 2);
    server.routes['POST home'] = take;
    await until(() => {
      void lab.status.refresh();
      return lab.home === OREGON;
    });
    expect(onRefused).toHaveBeenCalledTimes(1);
  });
});
