import {
  cluster,
  facet,
  FakeServer,
  gateway,
  page,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { LedgerSummary, RegionInfo } from '../../api/wire';
import { Lab } from '../lab';
import { MapView } from '../map-view';

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

function sum(more: Partial<LedgerSummary>): LedgerSummary {
  return {
    key: '',
    source: OREGON,
    destination: IOWA,
    first: 0,
    last: 0,
    runs: 1,
    rows: 2,
    read_bytes: 0,
    moved_bytes: 5e9,
    unsized: 0,
    price_low: 0.1,
    price_high: 0.45,
    unpriced: 0,
    avoided_bytes: 0,
    avoided_low: 0,
    avoided_high: 0,
    ...more
  };
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
      ['az:mars', 1, 0, 0, null]
    ]);
    expect(view.places().map(({ wide }) => wide)).toEqual([
      false,
      false,
      true,
      false,
      false
    ]);
  });

  it('should have what moved between regions, and from there home', async () => {
    server.routes['GET ledger/summary'] = ({ query }) => {
      expect(query.get('by')).toBe('regions');
      return [
        sum({}),
        sum({ destination: null, unpriced: 2 }),
        sum({ destination: OREGON }),
        sum({ moved_bytes: 0, read_bytes: 9 })
      ];
    };
    await view.ask();
    expect(view.arcs()).toEqual([
      {
        source: OREGON,
        destination: IOWA,
        bytes: 5e9,
        cost: [0.1, 0.45],
        price: null,
        datasets: []
      },
      {
        source: OREGON,
        destination: null,
        bytes: 5e9,
        cost: null,
        price: null,
        datasets: []
      }
    ]);
  });

  it('should have what would move for the selected datasets', async () => {
    const price = {
      low: 0.08,
      high: 0.12,
      source: '',
      date: '',
      payer: 'owner' as const
    };
    const far = (id: string) => {
      const made = row(id);
      const near = {
        ...made.near!,
        relation: 'other-provider' as const,
        gateway_region: IOWA,
        price
      };
      return { ...made, near };
    };
    server.routes['GET datasets'] = () =>
      page([row('c/near'), far('c/a'), far('c/b'), far('c/not-selected')]);
    await Promise.all([view.ask(), lab.datasets.refresh()]);
    expect(view.arcs()).toEqual([]);
    lab.selection.set(['c/near', 'c/a', 'c/b']);
    expect(view.arcs()).toEqual([
      {
        source: OREGON,
        destination: IOWA,
        bytes: null,
        cost: null,
        price,
        datasets: ['a', 'b']
      }
    ]);
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
