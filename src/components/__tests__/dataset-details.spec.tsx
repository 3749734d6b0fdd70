import { nullTranslator } from '@jupyterlab/translation';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  dataset,
  FakeServer,
  refusal,
  replica,
  row
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import type { Dataset, Quote, Structure, Variable } from '../../api/wire';
import { DatasetView } from '../../state/dataset-view';
import { DatasetDetails } from '../dataset-details';

const trans = nullTranslator.load('');
const user = userEvent.setup();
const ID = 'pangeo/era5';
const PATH = `GET datasets/${encodeURIComponent(ID)}`;

function variable(name: string, more: Partial<Variable> = {}): Variable {
  return {
    name,
    dims: ['time', 'lat'],
    shape: [350640, 721],
    chunks: [31, 721],
    shards: null,
    dtype: 'float32',
    stored_dtype: 'int16',
    coordinate: false,
    title: '',
    units: '',
    bytes: 1_011_245_760,
    stored_bytes: null,
    ...more
  };
}

const STRUCTURE: Structure = {
  dataset: ID,
  url: 'gs://data/era5',
  format: 'zarr v2',
  dims: [
    { name: 'time', size: 350640 },
    { name: 'lat', size: 721 }
  ],
  variables: [
    variable('time', {
      dims: ['time'],
      chunks: null,
      dtype: 'datetime64[ns]',
      stored_dtype: 'int64',
      coordinate: true
    }),
    variable('tp', { title: 'Total precipitation', units: 'm' })
  ],
  attributes: { Conventions: 'CF-1.6' },
  groups: [],
  bytes: 1_500_000_000_000,
  stored_bytes: 600_000_000_000,
  bytes_read: 12_345,
  requests: 3,
  detail: ''
};

const QUOTE: Quote = {
  source: 'gcp:us-central1',
  destination: null,
  bytes: 1e9,
  low: 0.08,
  high: 0.12,
  price: {
    low: 0.08,
    high: 0.12,
    source: 'https://prices.example/network',
    date: '2026-10-01',
    payer: 'owner'
  },
  payer: 'you',
  detail: 'Before any free tier.'
};

describe('DatasetDetails', () => {
  let server: FakeServer;
  let view: DatasetView;
  let onAnalysis: jest.Mock;
  let onCopy: jest.Mock;
  let home: string | null;

  /** Show the details of a dataset that the server knows. */
  const show = async (
    more: Partial<Dataset> = {},
    structure: (typeof server.routes)[string] = () => STRUCTURE
  ) => {
    server.routes = {
      [PATH]: () => dataset(ID, more),
      [`${PATH}/placements`]: () => [
        {
          ...row(ID).near!,
          gateway: 'gcp-iowa',
          price: { ...QUOTE.price!, payer: 'you' }
        }
      ],
      [`${PATH}/structure`]: structure,
      'GET prices': ({ query }) => ({
        ...QUOTE,
        destination: query.get('destination'),
        bytes: Number(query.get('bytes'))
      })
    };
    server.routes['GET analyses'] = () => [
      { name: 'open', title: 'Open', description: 'It opens.', asks: false },
      { name: 'map', title: 'Map', description: 'A map.', asks: true }
    ];
    server.routes['POST cells'] = () => ({
      analysis: 'open',
      cells: [
        { cell_type: 'code', source: 'import multicloud_lab as mcl' },
        { cell_type: 'code', source: 'client' }
      ]
    });
    onAnalysis = jest.fn();
    onCopy = jest.fn();
    view = new DatasetView(
      ID,
      new LabClient(server.settings),
      () => 'lab',
      () => home
    );
    render(
      <DatasetDetails
        view={view}
        trans={trans}
        onAnalysis={onAnalysis}
        onCopy={onCopy}
      />
    );
    act(() => void view.ask());
    await screen.findByText('Where it is');
  };
  const section = () =>
    within(screen.getByRole('region', { name: 'What it holds' }));

  beforeEach(() => {
    server = new FakeServer();
    home = null;
  });

  afterEach(() => view.dispose());

  it('should show variables as xarray does, and what it took to learn them', async () => {
    await show();
    const table = await screen.findByRole('table', { name: 'Variables' });
    const cells = within(table)
      .getAllByRole('row')
      .map(line => [...line.children].map(cell => cell.textContent));
    expect(cells).toEqual([
      ['Name', 'Dimensions', 'Type', 'Chunks', 'Size', 'Stored'],
      ['Coordinates'],
      [
        'time',
        '(time)',
        'datetime64[ns]stored as int64',
        '—',
        '1.0 GB',
        'not known'
      ],
      ['Data variables'],
      [
        'tp [m]Total precipitation',
        '(time, lat)',
        'float32stored as int16',
        '31 × 721',
        '1.0 GB',
        'not known'
      ]
    ]);
    expect(section().getByText(/time: 350,640, lat: 721/)).toBeTruthy();
    expect(
      section().getByText(
        'Format: zarr v2. 1.5 TB in memory. 600 GB in the store.'
      )
    ).toBeTruthy();
    expect(
      section().getByText('Learned from 12 kB of metadata, in 3 requests.')
    ).toBeTruthy();
  });

  it('should say of shards and of other groups', async () => {
    await show({}, () => ({
      ...STRUCTURE,
      variables: [variable('tp', { shards: [310, 721] })],
      groups: ['daily', 'monthly/mean']
    }));
    expect(await section().findByText('in shards of 310 × 721')).toBeTruthy();
    expect(
      section().getByText('Groups, each opened by itself: daily, monthly/mean.')
    ).toBeTruthy();
  });

  it('should count what leaving costs to home, where one is set', async () => {
    home = 'gcp:us-central1';
    await show();
    expect(
      await screen.findByText(/600 GB to gcp:us-central1, your home: \$0\.08/)
    ).toBeTruthy();
  });

  it('should say what leaving costs, for all of it once its size is known', async () => {
    await show({ requester_pays: true });
    expect(
      await screen.findByText(/600 GB out of every cloud: \$0.08–\$0.12\./)
    ).toBeTruthy();
    const asked = server.asked('GET prices').map(({ query }) => query);
    expect(asked.map(query => query.get('bytes'))).toEqual([
      '1000000000',
      '600000000000'
    ]);
    expect(asked[1].get('requester_pays')).toBe('true');
    expect(asked[1].get('source')).toBe(ID);
    expect(
      screen.getByText(/You pay it \(requester pays\)\. Before any free tier/)
    ).toBeTruthy();
    expect(
      screen.getByRole('link', { name: QUOTE.price!.source })
    ).toHaveProperty('rel', 'noopener noreferrer');
    expect(screen.getByText(/Price of 2026-10-01/)).toBeTruthy();
  });

  it('should say what is waited for and since when, and stop', async () => {
    await show({}, () => new Promise(() => undefined));
    expect((await section().findByRole('status')).textContent).toBe(
      'Reading the metadata of era5 …'
    );
    expect(section().getByText('0 s')).toBeTruthy();
    await user.click(section().getByRole('button', { name: 'Stop' }));
    expect(server.asked(`${PATH}/structure`)[0].signal.aborted).toBe(true);
    expect(section().getByText(/Its metadata were not read/)).toBeTruthy();
    expect(section().queryByRole('alert')).toBeNull();
    server.routes[`${PATH}/structure`] = () => STRUCTURE;
    await user.click(section().getByRole('button', { name: 'Read Metadata' }));
    expect(await section().findByRole('table')).toBeTruthy();
  });

  it('should say why it may not be read, and try again', async () => {
    const message =
      'gs://data/era5 is requester-pays; name a project in storage_options.';
    await show({}, () => refusal(403, 'access-denied', message));
    expect((await section().findByRole('alert')).textContent).toContain(
      message
    );
    server.routes[`${PATH}/structure`] = () => STRUCTURE;
    await user.click(section().getByRole('button', { name: 'Try Again' }));
    expect(await section().findByRole('table')).toBeTruthy();
    expect(section().queryByRole('alert')).toBeNull();
  });

  it('should show each replica with its evidence, and what contradicts it', async () => {
    await show({
      replicas: [
        replica({
          url: 's3://data/era5',
          evidence: 'probed',
          contradicted: ['gcp:us']
        }),
        replica({
          url: 'gs://lost/era5',
          region: null,
          evidence: 'unknown',
          detail: 'no registry knows it.',
          requester_pays: true
        })
      ]
    });
    const list = within(screen.getByRole('list', { name: 'Where it is' }));
    const [probed, lost] = list
      .getAllByRole('listitem')
      .map(item => item.textContent);
    expect(probed).toContain('aws:us-west-2 (probed)');
    expect(probed).toContain('Other evidence says gcp:us');
    expect(lost).toContain('Region not known: no registry knows it.');
    expect(lost).toContain('add "gs://lost" to MulticloudLab.regions');
    expect(lost).toContain('Its reader pays for requests and egress.');
  });

  it('should ask nothing more of a child that cannot be read', async () => {
    const problem = 'ocean.yaml was not found.';
    await show({ problem, replicas: [], region: null });
    expect(screen.getByRole('alert').textContent).toBe(problem);
    expect(screen.queryByRole('region', { name: 'What it holds' })).toBeNull();
    await act(() => view.ask());
    expect(server.asked(`${PATH}/structure`)).toEqual([]);
    expect(server.asked('GET prices')).toEqual([]);
  });

  it('should say that it is an old copy', async () => {
    await show({ stale: true });
    expect(screen.getByText(/the last copy of it/)).toBeTruthy();
  });

  it('should say that there is no such dataset', async () => {
    const nothing = () =>
      refusal(404, 'dataset-not-found', 'No catalog lists it.');
    server.routes = { [PATH]: nothing, [`${PATH}/placements`]: nothing };
    const client = new LabClient(server.settings);
    view = new DatasetView(
      ID,
      client,
      () => 'lab',
      () => null
    );
    render(
      <DatasetDetails
        view={view}
        trans={trans}
        onAnalysis={jest.fn()}
        onCopy={jest.fn()}
      />
    );
    await act(() => view.ask());
    expect(screen.getByRole('alert').textContent).toContain(
      'No catalog lists it.'
    );
    expect(screen.queryByRole('heading')).toBeNull();
  });

  it('should show hostile text as text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    await show({ description: evil, title: evil, tags: [evil] }, () => ({
      ...STRUCTURE,
      attributes: { [evil]: evil },
      variables: [variable(evil, { title: evil, units: evil })]
    }));
    await screen.findByRole('table');
    expect(document.querySelector('img')).toBeNull();
  });

  it('should show some hundreds of variables at first, and all on request', async () => {
    const variables = Array.from({ length: 1000 }, (_, n) => variable(`v${n}`));
    await show({}, () => ({ ...STRUCTURE, variables }));
    const table = await screen.findByRole('table');
    expect(within(table).getAllByRole('row')).toHaveLength(202);
    await user.click(
      screen.getByRole('button', { name: 'Show All 1000 Variables' })
    );
    expect(within(table).getAllByRole('row')).toHaveLength(1002);
  });

  it('should offer what fits, and show the code that opens it', async () => {
    await show();
    const button = await screen.findByRole('button', { name: 'Map…' });
    expect(
      document.getElementById(button.getAttribute('aria-describedby')!)!
        .textContent
    ).toBe('A map.');
    await user.click(button);
    expect(onAnalysis).toHaveBeenCalledWith('map');
    const code = screen.getByRole('region', { name: 'Code' });
    expect(code.querySelector('pre')!.textContent).toBe(
      'import multicloud_lab as mcl\n\nclient'
    );
    await user.click(screen.getByRole('button', { name: 'Copy Code' }));
    expect(onCopy).toHaveBeenCalled();
  });

  it('should offer nothing to do with a dataset that cannot be opened', async () => {
    await show({ problem: 'It is gone.' });
    expect(screen.queryByRole('region', { name: 'Analyses' })).toBeNull();
    expect(server.asked('POST cells')).toEqual([]);
  });

  it('should not ask for the metadata again when it is seen again', async () => {
    await show();
    await screen.findByRole('table');
    await act(() => view.ask());
    expect(server.asked(`${PATH}/structure`)).toHaveLength(1);
    expect(server.asked(PATH)).toHaveLength(2);
  });
});
