import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  cluster,
  facet,
  FakeServer,
  gateway,
  page,
  refusal
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { MapView } from '../../state/map-view';
import { CloudMap } from '../map-tab';
import { rangeOf } from '../map-words';

const trans = nullTranslator.load('');
const IOWA = 'gcp:us-central1';

describe('CloudMap', () => {
  let server: FakeServer;
  let lab: Lab;
  let view: MapView;
  const onChosen = jest.fn();

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
    server.routes['GET datasets'] = () =>
      page([], { facets: [facet('region', { [IOWA]: 1204 })] });
    lab = new Lab(new LabClient(server.settings));
    view = new MapView(lab);
    render(
      <CloudMap view={view} lab={lab} trans={trans} onChosen={onChosen} />
    );
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
    const drawn = document.querySelector(`[data-region="${IOWA}"] title`);
    expect(drawn?.textContent).toBe('gcp:us-central1 (Iowa): 1,204 datasets');
  });

  it('should filter the panel by a region, from the table and from the map', async () => {
    await ask();
    await userEvent.click(screen.getByRole('button', { name: IOWA }));
    expect([...lab.datasets.chosen.get('region')!.keys()]).toEqual([IOWA]);
    expect(onChosen).toHaveBeenCalledTimes(1);
    expect(
      screen.getByRole('button', { name: IOWA }).getAttribute('aria-pressed')
    ).toBe('true');
    expect(screen.getByRole('status').textContent).toContain(
      'The panel shows gcp:us-central1 only.'
    );
    fireEvent.click(document.querySelector(`[data-region="${IOWA}"]`)!);
    expect(lab.datasets.chosen.get('region')).toBeUndefined();
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
    [[0, 0.0001], '$0.00–<$0.01'],
    [[190, 310.5], '$190.00–$310.50'],
    [[1234567, 1234567], '$1,234,567.00']
  ])('should write %j as %s', (range, text) => {
    expect(rangeOf(range as [number, number])).toBe(text);
  });
});
