import {
  cluster,
  facet,
  FakeServer,
  gateway,
  page
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { RegionInfo } from '../../api/wire';
import { Lab } from '../lab';
import { MapView } from '../map-view';
import { far, plan, sum } from './arcs';

const OREGON = 'aws:us-west-2';
const IOWA = 'gcp:us-central1';

function region(
  name: string,
  latitude: number | null,
  longitude: number | null,
  members: string[] = []
): RegionInfo {
  const kind = members.length > 0 ? 'multi-region' : 'region';
  return { region: name, title: name, kind, latitude, longitude, members };
}

describe('MapView', () => {
  let server: FakeServer;
  let lab: Lab;
  let view: MapView;

  beforeEach(() => {
    server = new FakeServer();
    server.routes['GET regions'] = () => [
      region(OREGON, 46, -120),
      region(IOWA, 41, -96),
      region('gcp:us-east1', 33, -80),
      region('gcp:us', null, null, [IOWA, 'gcp:us-east1'])
    ];
    server.routes['GET ledger/summary'] = () => [];
    server.routes['GET plans'] = () => [];
    lab = new Lab(new LabClient(server.settings));
    view = new MapView(lab);
  });

  afterEach(() => {
    view.dispose();
    lab.dispose();
  });

  it('should have every region where something is, the busiest first', async () => {
    server.routes['GET datasets'] = () =>
      page([], {
        facets: [
          facet('region', { [IOWA]: 3, 'gcp:us': 7, 'az:mars': 1, unknown: 9 })
        ]
      });
    await Promise.all([view.ask(), lab.datasets.refresh()]);
    lab.gateways.set([
      gateway('aws-oregon'),
      gateway('home', { region: 'local:lab' })
    ]);
    lab.clusters.set([
      cluster('x', { workers: 6 }),
      cluster('y', { status: 'STOPPED' })
    ]);
    expect(
      view
        .places()
        .map(place => [
          place.region,
          place.datasets,
          place.gateways.length,
          place.clusters.length,
          place.at
        ])
    ).toEqual([
      [OREGON, 0, 1, 1, [46, -120]],
      ['local:lab', 0, 1, 0, null],
      // In the middle of its members.
      ['gcp:us', 7, 0, 0, [37, -88]],
      [IOWA, 3, 0, 0, [41, -96]],
      ['az:mars', 1, 0, 0, null],
      // Those of which nobody knows are the last, however many.
      ['unknown', 9, 0, 0, null]
    ]);
    expect(
      view
        .places()
        .filter(({ wide }) => wide)
        .map(place => place.region)
    ).toEqual(['gcp:us']);
  });

  it('should have what moved, what plans would move, and what is selected', async () => {
    server.routes['GET ledger/summary'] = ({ query }) => {
      expect(query.get('by')).toBe('regions');
      return [sum({})];
    };
    server.routes['GET plans'] = () => [plan('rain.ipynb', 7)];
    server.routes['GET datasets'] = () => page([far('c/a'), far('c/b')]);
    await Promise.all([view.ask(), lab.datasets.refresh()]);
    expect(view.arcs().map(({ kind }) => kind)).toEqual(['moved', 'planned']);
    lab.selection.set(['c/b']);
    expect(view.arcs()[2]).toMatchObject({
      kind: 'selected',
      datasets: ['b']
    });
  });

  it('should ask for the plans again when one was made or forgotten', async () => {
    await view.ask();
    server.routes['GET plans'] = () => [plan('rain.ipynb', 7)];
    const told = new Promise<void>(resolve =>
      view.changed.connect(() => view.arcs().length > 0 && resolve())
    );
    await lab.follow('plans');
    await told;
    expect(view.arcs()[0]).toMatchObject({ kind: 'planned', bytes: 7 });
    expect(server.asked('GET ledger/summary').length).toBe(1);
  });

  it('should ask for the regions once, and tell of every change', async () => {
    const changed = jest.fn();
    await view.ask();
    view.changed.connect(changed);
    await view.ask();
    expect(server.asked('GET regions').length).toBe(1);
    expect(server.asked('GET ledger/summary').length).toBe(2);
    const before = changed.mock.calls.length;
    lab.selection.set(['x']);
    lab.clusters.set([]);
    expect(changed.mock.calls.length).toBe(before + 2);
  });
});
