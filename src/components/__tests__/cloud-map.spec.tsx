import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  cluster,
  facet,
  FakeServer,
  ICall,
  gateway,
  page,
  refusal,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { MapView } from '../../state/map-view';
import { plan, sum } from '../../state/__tests__/arcs';
import { CloudMap } from '../map-tab';
import { rangeOf } from '../map-words';

const trans = nullTranslator.load('');
const IOWA = 'gcp:us-central1';

describe('CloudMap', () => {
  let server: FakeServer;
  let lab: Lab;
  let view: MapView;
  const actions = {
    onOpen: jest.fn(),
    onDetails: jest.fn(),
    onAll: jest.fn(),
    onMenu: jest.fn()
  };

  beforeEach(() => {
    jest.clearAllMocks();
    server = new FakeServer();
    server.routes['GET regions'] = () =>
      [
        ['aws:us-west-2', 'Oregon', 46, -120],
        [IOWA, 'Iowa', 41, -96]
      ].map(([region, title, latitude, longitude]) => ({
        region,
        title,
        kind: 'region',
        latitude,
        longitude,
        members: []
      }));
    server.routes['GET ledger/summary'] = () => [];
    server.routes['GET plans'] = () => [];
    server.routes['GET datasets'] = () =>
      page([], { facets: [facet('region', { [IOWA]: 1204 })] });
    lab = new Lab(new LabClient(server.settings));
    view = new MapView(lab);
    render(<CloudMap view={view} lab={lab} trans={trans} actions={actions} />);
  });

  afterEach(() => {
    view.dispose();
    lab.dispose();
  });

  const ask = () =>
    act(async () => {
      await Promise.all([view.ask(), lab.datasets.refresh()]);
    });

  it('should say in a table what it draws', async () => {
    await ask();
    act(() => {
      lab.gateways.set([gateway('aws-oregon')]);
      lab.clusters.set([cluster('x', { workers: 6 })]);
    });
    const rows = within(
      screen.getByRole('table', { name: 'Regions' })
    ).getAllByRole('row');
    expect(rows.map(row => row.textContent)).toEqual([
      'RegionPlaceDatasetsGatewaysClusters',
      'aws:us-west-2Oregon0aws-oregon1 cluster with 6 workers',
      'gcp:us-central1Iowa1,204––'
    ]);
    const drawn = document.querySelector(`svg [data-region="${IOWA}"] title`);
    expect(drawn?.textContent).toBe('gcp:us-central1 (Iowa): 1,204 datasets');
  });

  it('should filter the panel by a region, from the table and from the map', async () => {
    await ask();
    await userEvent.click(screen.getByRole('button', { name: IOWA }));
    expect([...lab.datasets.chosen.get('region')!.keys()]).toEqual([IOWA]);
    expect(actions.onAll).toHaveBeenCalledTimes(0);
    expect(
      screen.getByRole('button', { name: IOWA }).getAttribute('aria-pressed')
    ).toBe('true');
    expect(screen.getByRole('status').textContent).toContain(
      'The panel shows gcp:us-central1 only;'
    );
    fireEvent.click(document.querySelector(`svg [data-region="${IOWA}"]`)!);
    expect(lab.datasets.chosen.get('region')).toBeUndefined();
    expect(actions.onAll).toHaveBeenCalledTimes(0);
    fireEvent.click(document.querySelector(`svg [data-region="${IOWA}"]`)!);
    expect(actions.onAll).toHaveBeenCalledTimes(1);
  });

  it('should list the datasets of a chosen region, and open one near its data', async () => {
    const rows = Array.from({ length: 20 }, (_, index) =>
      row(`c/era${index}`, 'gcp-iowa', IOWA)
    );
    server.routes['GET datasets'] = ({ query }: ICall) =>
      query.get('limit') === '20' && query.get('region') === IOWA
        ? page(rows, { total: 1204 })
        : page([], { facets: [facet('region', { [IOWA]: 1204 })] });
    await ask();
    expect(screen.queryByRole('list', { name: /^Datasets/ })).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: IOWA }));
    const list = await screen.findByRole('list', {
      name: `Datasets in ${IOWA}`
    });
    const items = within(list).getAllByRole('listitem');
    expect(items.length).toBe(20);
    const open = within(items[1]).getByRole('button', {
      name: 'Open near data: era1'
    });
    open.focus();
    await userEvent.keyboard('{Enter}');
    expect(actions.onOpen.mock.calls).toEqual([['c/era1']]);
    await userEvent.click(
      within(items[2]).getByRole('button', { name: 'era2' })
    );
    expect(actions.onDetails.mock.calls).toEqual([['c/era2']]);
    // The context menu of datasets is about what is selected.
    fireEvent.contextMenu(within(items[3]).getByText('era3'));
    expect(lab.selection.ids).toEqual(['c/era3']);
    expect(items[3].matches('.jp-MulticloudDataset.jp-mod-selected')).toBe(
      true
    );
    // That of a region offers its datasets, also on the map.
    for (const place of document.querySelectorAll(`[data-region="${IOWA}"]`)) {
      fireEvent.contextMenu(place.firstElementChild!);
    }
    expect(actions.onMenu.mock.calls).toEqual([[IOWA], [IOWA]]);
    await userEvent.click(
      screen.getByRole('button', { name: 'Show All 1,204 in the Panel' })
    );
    expect(actions.onAll).toHaveBeenCalledTimes(1);
  });

  it('should say of datasets that nobody knows where they are', async () => {
    const lost = { ...row('c/lost'), replicas: [], near: null };
    server.routes['GET datasets'] = () =>
      page([lost], { facets: [facet('region', { unknown: 1 }, 3)] });
    await ask();
    expect(screen.getByRole('status').textContent).toContain(
      '3 more regions have fewer datasets'
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'region not known' })
    );
    expect([...lab.datasets.chosen.get('region')!.keys()]).toEqual(['unknown']);
    const list = await screen.findByRole('list', {
      name: 'Datasets in region not known'
    });
    expect(list.textContent).toContain('lost');
    server.routes['GET datasets'] = ({ query }: ICall) =>
      query.get('limit') === '20'
        ? refusal(500, 'internal', 'No luck.')
        : page([], { facets: [facet('region', { unknown: 1 })] });
    await act(() => lab.datasets.refresh());
    expect((await screen.findByRole('alert')).textContent).toContain(
      'No luck.'
    );
  });

  it('should tell what a plan would move from what moved', async () => {
    server.routes['GET ledger/summary'] = () => [sum({})];
    server.routes['GET plans'] = () => [
      plan('/home/me/<b>rain.ipynb', 4e10, { unsized: 2 }),
      plan('', 0, { unsized: 1, source: null })
    ];
    await ask();
    const cells = within(
      screen.getByRole('table', { name: 'Bytes between regions' })
    )
      .getAllByRole('row')
      .slice(1)
      .map(each =>
        within(each)
          .getAllByRole('cell')
          .map(cell => cell.textContent)
      );
    const time = new Date(1_764_072_000_000).toLocaleTimeString();
    expect(cells).toEqual([
      ['aws:us-west-2', IOWA, 'moved', '5.0 GB', '$0.10–$0.45'],
      [
        'aws:us-west-2',
        IOWA,
        `would move by the plan of <b>rain.ipynb, ${time}`,
        '40 GB and 2 results of unknown size',
        '$0.10–$0.20 and more'
      ],
      [
        'here',
        IOWA,
        `would move by the plan of a notebook, ${time}`,
        '1 result of unknown size',
        'not known'
      ]
    ]);
    const kinds = [
      ...document.querySelectorAll('.jp-MulticloudMap .jp-MulticloudMap-arc')
    ].map(arc => arc.getAttribute('class'));
    expect(kinds).toEqual([
      'jp-MulticloudMap-arc jp-mod-moved',
      'jp-MulticloudMap-arc jp-mod-planned',
      'jp-MulticloudMap-arc jp-mod-planned'
    ]);
    const written = [...document.querySelectorAll('svg text')].map(
      text => text.textContent
    );
    expect(written).toContain(
      'plan: 40 GB and 2 results of unknown size · $0.10–$0.20 and more'
    );
  });

  it('should draw hundreds of clusters and forty gateways as places', async () => {
    await ask();
    act(() => {
      lab.gateways.set(
        Array.from({ length: 40 }, (_, index) =>
          gateway(`g${index}`, { region: `aws:r-${index % 20}` })
        )
      );
      lab.clusters.set(
        Array.from({ length: 300 }, (_, index) =>
          cluster(`c${index}`, { region: `aws:r-${index % 20}`, workers: 1 })
        )
      );
    });
    const rows = within(
      screen.getByRole('table', { name: 'Regions' })
    ).getAllByRole('row');
    expect(rows.length).toBe(22);
    expect(rows[1].textContent).toContain('15 clusters with 15 workers');
    expect(rows[1].textContent).toContain('not on the map');
  });

  it('should say what is waited for, and why it did not come', async () => {
    expect(screen.getByRole('status').textContent).toBe(
      'Asking for the regions …'
    );
    server.routes['GET regions'] = () => refusal(500, 'internal', 'No luck.');
    await ask();
    expect(screen.getByRole('alert').textContent).toContain('No luck.');
    delete server.routes['GET ledger/summary'];
    server.routes['GET regions'] = () => [];
    await userEvent.click(screen.getByRole('button', { name: 'Try Again' }));
    expect((await screen.findByRole('alert')).textContent).toContain(
      'has no Multi-Cloud Lab'
    );
  });
});

describe('rangeOf', () => {
  it.each([
    [[0, 0], '$0.00'],
    [[0.001, 0.004], '<$0.01'],
    [[0, 0.0001], '<$0.01'],
    [[0.001, 0.02], '$0.00–$0.02'],
    [[4.5, 9.99], '$4.50–$9.99'],
    [[9.5, 310.5], '$9.50–$311'],
    [[1234567, 1234567.2], '$1,234,567']
  ])('should write %j as %s', (range, text) => {
    expect(rangeOf(range as [number, number])).toBe(text);
  });
});
