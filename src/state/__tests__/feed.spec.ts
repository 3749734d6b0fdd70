import { Event } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';

import { cluster, FakeServer, page, row } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { CHANGE_SCHEMA } from '../feed';
import { Lab } from '../lab';

/** Wait until something holds. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 3000;
  while (!holds()) {
    if (Date.now() > end) {
      throw new Error('It never came to hold.');
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

describe('Feed', () => {
  let server: FakeServer;
  let events: Stream<Event.IManager, Event.Emission>;
  let lab: Lab;

  beforeEach(async () => {
    server = new FakeServer();
    server.routes = {
      'GET status': () => ({
        version: '1',
        home: null,
        problems: [],
        catalogs: []
      }),
      'GET datasets': () => page([row('c/1')]),
      'GET gateways': () => [],
      'GET clusters': () => []
    };
    events = new Stream({} as Event.IManager);
    lab = new Lab(new LabClient(server.settings));
    lab.listen(events);
    await until(() => lab.status.loaded && lab.clusters.loaded);
  });

  afterEach(() => lab.dispose());

  it('should ask for everything at first', () => {
    expect(server.calls.map(({ route }) => route).sort()).toEqual([
      'GET clusters',
      'GET datasets',
      'GET gateways',
      'GET status'
    ]);
  });

  it('should ask again for what an event is about, and for nothing else', async () => {
    server.routes['GET clusters'] = () => [cluster('new')];
    server.calls.length = 0;
    events.emit({
      schema_id: CHANGE_SCHEMA,
      topic: 'clusters',
      action: 'started'
    });
    await until(() => lab.clusters.value.length === 1);
    expect(server.calls.map(({ route }) => route)).toEqual(['GET clusters']);
  });

  it('should let the events of others pass', async () => {
    server.calls.length = 0;
    events.emit({ schema_id: 'https://other.example/v1', topic: 'clusters' });
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(server.calls).toEqual([]);
  });

  it('should hear nothing once disposed', async () => {
    lab.dispose();
    server.calls.length = 0;
    events.emit({ schema_id: CHANGE_SCHEMA, topic: 'clusters' });
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(server.calls).toEqual([]);
  });
});
