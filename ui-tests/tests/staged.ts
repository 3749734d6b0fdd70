/** Shows the page what a lab says seldom: clusters in every state, a gateway that is down, no catalogs. */
import type { Page, Route } from '@playwright/test';

import type {
  Attachment,
  Cluster,
  DatasetPage,
  Gateway,
  LabStatus,
  LedgerPage,
  LedgerSummary,
  OptionField
} from '../../src/api/wire';

/** What the server is to say, by the path of the API; what is left out it says itself. */
export interface IStage {
  attachments?: Attachment[];
  clusters?: Cluster[];
  datasets?: DatasetPage;
  gateways?: Gateway[];
  'gateways/[^/]+/options'?: OptionField[];
  ledger?: LedgerPage;
  'ledger/summary'?: LedgerSummary[];
  status?: LabStatus;
}

/**
 * Have the page see a stage in the place of what the server says.
 *
 * What the page does to clusters is done on the stage only.
 */
export async function stage(page: Page, said: IStage): Promise<void> {
  const on = (path: string, answer: (route: Route) => unknown) =>
    page.route(
      new RegExp(`/multicloud-lab/api/${path}(\\?|$)`),
      async route => {
        const json = answer(route);
        await (json === undefined ? route.fallback() : route.fulfill({ json }));
      }
    );
  for (const path of Object.keys(said) as (keyof IStage)[]) {
    await on(path, route =>
      route.request().method() === 'GET' ? said[path] : undefined
    );
  }
  await on('clusters', route => {
    if (!said.clusters || route.request().method() !== 'POST') {
      return undefined;
    }
    const { gateway } = route.request().postDataJSON() as { gateway?: string };
    const started = cluster({
      ...STARTING,
      gateway: gateway ?? 'aws-oregon',
      name: `lab.${said.clusters.length}`,
      started: Date.now() / 1000
    });
    said.clusters = [...said.clusters, started];
    return { ...started, placement: null, reused: false };
  });
  await on('clusters/[^/]+/[^/]+', route => {
    const name = decodeURIComponent(route.request().url().split('/').pop()!);
    const found = said.clusters?.find(cluster => cluster.name === name);
    if (!found) {
      return undefined;
    }
    if (route.request().method() === 'DELETE') {
      said.clusters = said.clusters!.filter(cluster => cluster !== found);
      return {};
    }
    return Object.assign(found, route.request().postDataJSON());
  });
}

const STARTING = {
  cores: null,
  dashboard: null,
  memory: null,
  status: 'PENDING',
  tasks: null,
  workers: null
} as const;

export function cluster(more: Partial<Cluster> = {}): Cluster {
  const started = Date.now() / 1000 - 840;
  return {
    cores: 12,
    dashboard: 'multicloud-lab/dashboards/aws-oregon/b3f1/status',
    dataset: 'lens/atm/hourly6-1990-2005/PRECT',
    gateway: 'aws-oregon',
    idle_minutes: 30,
    idle_since: null,
    maximum: 200,
    memory: 24 * 2 ** 30,
    message: '',
    minimum: 1,
    name: 'lab.b3f1c2d4e5f60718',
    ours: true,
    owner: 'pangeo',
    region: 'aws:us-west-2',
    started,
    status: 'RUNNING',
    stops_at: null,
    tasks: 1204,
    worker_seconds: 5040,
    workers: 6,
    ...more
  };
}

export function gateway(more: Partial<Gateway> = {}): Gateway {
  return {
    address: 'https://gateway.example.org',
    auth: 'basic',
    idle_minutes: 30,
    longest_idle_minutes: 600,
    maximum: 200,
    message: '',
    minimum: 1,
    name: 'aws-oregon',
    region: 'aws:us-west-2',
    retry_at: null,
    since: Date.now() / 1000 - 190,
    state: 'signed-in',
    username: 'pangeo',
    ...more
  };
}

/** A cluster in each of its states, and gateways in each of theirs. */
export function everyState(): Required<Pick<IStage, 'clusters' | 'gateways'>> {
  const now = Date.now() / 1000;
  const iowa = { gateway: 'gcp-iowa', region: 'gcp:us-central1' };
  const europe = { gateway: 'azure-we', region: 'azure:westeurope' };
  return {
    clusters: [
      cluster(),
      cluster({
        name: 'lab.0a1b2c3d4e5f6071',
        dataset: null,
        idle_since: now - 900,
        stops_at: now + 900,
        tasks: 0
      }),
      cluster({
        ...iowa,
        name: 'lab.11aa22bb33cc44dd',
        ...STARTING
      }),
      cluster({
        ...europe,
        ...STARTING,
        name: 'lab.99ff88ee77dd66cc',
        status: 'FAILED',
        message: 'No node of the pool could take its scheduler.'
      })
    ],
    gateways: [
      gateway(),
      gateway({
        name: iowa.gateway,
        region: iowa.region,
        state: 'sign-in-needed',
        message: 'The token has expired: sign in again.'
      }),
      gateway({
        name: europe.gateway,
        region: europe.region,
        state: 'unreachable',
        message: 'azure-we does not answer: connection refused.',
        retry_at: now + 40
      })
    ]
  };
}

/** An option of each type that a gateway can offer. */
export const EVERY_OPTION: OptionField[] = [
  option({
    field: 'cores',
    label: 'Worker cores',
    type: 'int',
    default: 2,
    minimum: 1,
    maximum: 8
  }),
  option({
    field: 'memory',
    label: 'Worker memory (GiB)',
    type: 'float',
    default: 4
  }),
  option({
    field: 'image',
    label: 'Image',
    type: 'string',
    default: 'pangeo/pangeo-notebook:2026.10.01'
  }),
  option({
    field: 'spot',
    label: 'Spot instances',
    type: 'bool',
    default: true
  }),
  option({
    field: 'pool',
    label: 'Node pool',
    type: 'select',
    default: 'standard',
    choices: ['standard', 'large']
  }),
  option({
    field: 'environment',
    label: 'Environment',
    type: 'mapping',
    default: {}
  })
];

function option(
  more: Pick<OptionField, 'field' | 'label' | 'type'> & Partial<OptionField>
): OptionField {
  return {
    choices: null,
    default: null,
    maximum: null,
    minimum: null,
    ...more
  };
}

/** A lab of which nothing is set up, or what is, wrongly. */
export const NOTHING: IStage = {
  attachments: [],
  clusters: [],
  datasets: { facets: [], groups: [], items: [], next_cursor: null, total: 0 },
  gateways: [],
  ledger: { items: [], next_cursor: null, total: 0 },
  'ledger/summary': [],
  status: {
    catalogs: [],
    chosen_home: null,
    egress_budget_usd: 1,
    home: null,
    problems: [
      {
        key: 'gateways[0].region',
        message: 'us-west-2 is no region; write aws:us-west-2.'
      }
    ],
    version: ''
  }
};

/** A ledger in which something was read and something moved. */
export const LEDGER: Required<Pick<IStage, 'ledger' | 'ledger/summary'>> = {
  ledger: {
    items: [
      {
        at: 1_790_000_000,
        avoided_bytes: 1.5e12,
        avoided_high: 180,
        avoided_low: 75,
        dataset: 'pangeo/atmosphere/era5',
        destination: 'gcp:us-central1',
        estimated_bytes: null,
        id: 'read',
        kind: 'read',
        measured_bytes: 1.5e12,
        notebook: 'precipitation.ipynb',
        price_high: 0,
        price_low: 0,
        run: 'run',
        seconds: null,
        source: 'gcp:us-central1',
        url: null
      }
    ],
    next_cursor: null,
    total: 40
  },
  'ledger/summary': [
    {
      avoided_bytes: 1.5e12,
      avoided_high: 180,
      avoided_low: 75,
      destination: 'gcp:us-central1',
      first: 1_790_000_000,
      key: 'aws:us-west-2 to gcp:us-central1',
      last: 1_790_000_000,
      moved_bytes: 4e10,
      price_high: 3.6,
      price_low: 0.8,
      read_bytes: 1.5e12,
      rows: 40,
      runs: 3,
      source: 'aws:us-west-2',
      unpriced: 1,
      unsized: 0
    }
  ]
};
