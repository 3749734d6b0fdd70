import { FakeServer, page, row } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../lab';
import { datasetsIn } from '../region-datasets';

describe('datasetsIn', () => {
  it('should ask for one region, and else for what is looked for', async () => {
    const server = new FakeServer();
    server.routes['GET datasets'] = () => page([row('c/rain')]);
    const lab = new Lab(new LabClient(server.settings));
    lab.datasets.toggle('format', { value: 'zarr', title: '' });
    lab.datasets.toggle('region', { value: 'aws:us-west-2', title: '' });
    lab.datasets.setText(' rain ');
    await lab.datasets.refresh();
    const { items } = await datasetsIn('unknown', lab);
    expect(items.map(({ id }) => id)).toEqual(['c/rain']);
    const { query } = server.asked('GET datasets').slice(-1)[0];
    expect([...query].sort()).toEqual([
      ['format', 'zarr'],
      ['limit', '20'],
      ['region', 'unknown'],
      ['text', 'rain']
    ]);
    lab.dispose();
  });
});
