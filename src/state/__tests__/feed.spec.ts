import { Event } from '@jupyterlab/services';
import { Signal, Stream } from '@lumino/signaling';

import { until } from '../../__tests__/dialogs';
import {
  cluster,
  FakeServer,
  labStatus,
  page,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { CHANGE_SCHEMA } from '../feed';
import { Lab } from '../lab';

/** Milliseconds in which events are gathered, and some more. */
const GATHERED = 300;

const sleep = (milliseconds: number) =>
  new Promise(resolve => setTimeout(resolve, milliseconds));

describe('Feed', () => {
  let server: FakeServer;
  let events: Stream<Event.IManager, Event.Emission>;
  let lab: Lab;
  let lost: Signal<object, Error>;

  beforeEach(async () => {
    server = new FakeServer();
    server.routes = {
      'GET status': () => labStatus(),
      'GET datasets': () => page([row('c/1')]),
      'GET gateways': () => [],
      'GET clusters': () => [],
      'GET attachments': () => []
    };
    events = new Stream({} as Event.IManager);
    lab = new Lab(new LabClient(server.settings));
    lost = new Signal({});
    lab.listen(events, lost);
    await until(() => lab.status.loaded && lab.clusters.loaded);
  });

  afterEach(() => lab.dispose());

  it('should ask for everything at first', () => {
    expect(server.calls.map(({ route }) => route).sort()).toEqual([
      'GET attachments',
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

  it('should ask once for many events', async () => {
    server.calls.length = 0;
    for (let count = 0; count < 50; count++) {
      events.emit({ schema_id: CHANGE_SCHEMA, topic: 'clusters' });
    }
    await sleep(GATHERED);
    expect(server.calls.map(({ route }) => route)).toEqual(['GET clusters']);
  });

  it('should ask every two seconds at most while numbers change all the time', async () => {
    const emit = (action: string) =>
      events.emit({ schema_id: CHANGE_SCHEMA, topic: 'clusters', action });
    server.calls.length = 0;
    for (let count = 0; count < 24; count++) {
      emit('updated');
      await sleep(50);
    }
    expect(server.calls).toHaveLength(1);
    // What is done to a cluster does not wait for that.
    emit('stopped');
    await sleep(GATHERED);
    expect(server.calls).toHaveLength(2);
    emit('updated');
    await sleep(2_000 + GATHERED);
    expect(server.calls).toHaveLength(3);
  });

  it('should ask by itself once a minute only, though clusters run', async () => {
    lab.dispose();
    jest.useFakeTimers();
    try {
      server.routes['GET clusters'] = () => [cluster('x')];
      lab = new Lab(new LabClient(server.settings));
      lab.listen(events, lost);
      await jest.advanceTimersByTimeAsync(1_000);
      expect(lab.clusters.value).toHaveLength(1);
      server.calls.length = 0;
      await jest.advanceTimersByTimeAsync(58_000);
      expect(server.calls).toEqual([]);
      await jest.advanceTimersByTimeAsync(2_000);
      const routes = server.calls.map(({ route }) => route).sort();
      expect(routes).toEqual([
        'GET attachments',
        'GET clusters',
        'GET gateways'
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('should wait with events until the page is seen again', async () => {
    const hidden = jest.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    server.calls.length = 0;
    events.emit({ schema_id: CHANGE_SCHEMA, topic: 'clusters' });
    await sleep(GATHERED);
    expect(server.calls).toEqual([]);
    hidden.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    await until(() => server.calls.length > 0);
    expect(server.calls.map(({ route }) => route)).toEqual(['GET clusters']);
  });

  it('should ask soon, and for some time, when the server was away', async () => {
    const answer = server.routes['GET clusters'];
    server.routes['GET clusters'] = () => new Response('', { status: 502 });
    server.calls.length = 0;
    lost.emit(new TypeError('Failed to fetch'));
    await until(() => lab.clusters.error !== null);
    server.routes['GET clusters'] = answer;
    server.calls.length = 0;
    // Three seconds later, not after a minute.
    await until(() => lab.clusters.error === null);
    const routes = server.calls.map(({ route }) => route).sort();
    expect(routes).toEqual([
      'GET attachments',
      'GET clusters',
      'GET gateways',
      'GET status'
    ]);
    server.calls.length = 0;
    // Events may still not be heard: it asks once more.
    await until(() => server.asked('GET clusters').length > 0);
  }, 15_000);

  it('should let the events of others pass', async () => {
    server.calls.length = 0;
    events.emit({ schema_id: 'https://other.example/v1', topic: 'clusters' });
    await sleep(GATHERED);
    expect(server.calls).toEqual([]);
  });

  it('should hear nothing once disposed', async () => {
    lab.dispose();
    server.calls.length = 0;
    events.emit({ schema_id: CHANGE_SCHEMA, topic: 'clusters' });
    await sleep(GATHERED);
    expect(server.calls).toEqual([]);
  });
});
