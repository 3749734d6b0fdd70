import { cluster } from '../../__tests__/fake-server';
import type { Cluster } from '../../api/wire';
import { Resource } from '../resource';
import { KEPT, WorkerHistory } from '../worker-history';

describe('WorkerHistory', () => {
  let clusters: Resource<Cluster[]>;
  let history: WorkerHistory;
  let fails = false;

  const at = (seconds: number) => jest.setSystemTime(seconds * 1000);
  const workers = (name = 'x') =>
    history.of(cluster(name)).map(moment => [moment.at, moment.workers]);

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    fails = false;
    clusters = new Resource<Cluster[]>([], async () => {
      if (fails) {
        throw new Error('no answer');
      }
      return clusters.value;
    });
    history = new WorkerHistory(clusters);
  });

  afterEach(() => {
    history.dispose();
    jest.useRealTimers();
  });

  it('should keep the moments at which the number changed', () => {
    for (const [second, count] of [
      [1, 0],
      [2, 0],
      [5, 3],
      [9, 3],
      [10, 1]
    ]) {
      at(second);
      clusters.set([cluster('x', { workers: count })]);
    }
    expect(workers()).toEqual([
      [1, 0],
      [5, 3],
      [10, 1]
    ]);
  });

  it('should forget what is older than half an hour, but not what still held then', () => {
    at(0);
    clusters.set([cluster('x', { workers: 1 })]);
    at(10);
    clusters.set([cluster('x', { workers: 2 })]);
    at(20 + KEPT);
    clusters.set([cluster('x', { workers: 3 })]);
    expect(workers()).toEqual([
      [10, 2],
      [20 + KEPT, 3]
    ]);
  });

  it('should not grow without end while numbers change all the time', () => {
    for (let second = 0; second < 1000; second++) {
      at(second);
      clusters.set([cluster('x', { workers: second })]);
    }
    expect(workers().length).toBe(120);
    expect(workers()[119]).toEqual([999, 999]);
  });

  it('should forget a cluster that is gone, and tell gateways apart', () => {
    clusters.set([
      cluster('x', { workers: 1 }),
      cluster('x', { workers: 9, gateway: 'gcp-iowa' })
    ]);
    expect(workers()).toEqual([[0, 1]]);
    clusters.set([]);
    expect(workers()).toEqual([]);
  });

  it('should not take an older list for a new one', async () => {
    clusters.set([cluster('x', { workers: 1 })]);
    fails = true;
    at(5);
    await clusters.refresh();
    expect(workers()).toEqual([[0, 1]]);
  });

  it('should not take a number that cannot be told for none', () => {
    clusters.set([cluster('x', { workers: 4 })]);
    at(5);
    clusters.set([cluster('x', { workers: null })]);
    expect(workers()).toEqual([[0, 4]]);
  });
});
