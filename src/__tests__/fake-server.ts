/** A Jupyter server for tests: answers by method and path, and remembers what it was asked. */
import { ServerConnection } from '@jupyterlab/services';

import type {
  CatalogStatus,
  Cluster,
  Dataset,
  DatasetGroup,
  DatasetPage,
  DatasetRow,
  Facet,
  Gateway,
  LabStatus,
  Replica
} from '../api/wire';

/** What a route answers: a value for 200, or a whole response. */
export type Answer = (call: ICall) => unknown | Response;

export interface ICall {
  route: string;
  query: URLSearchParams;
  body: unknown;
  /** Says when the caller gives up. */
  signal: AbortSignal;
}

/** Node's request takes Node's signals only, and the tests' DOM has its own. */
class RequestWithSignal extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, { ...init, signal: undefined });
    this.given = init.signal!;
  }

  readonly given: AbortSignal;
}

export class FakeServer {
  /** By method and path below the API, as `GET gateways`. */
  routes: Record<string, Answer> = {};
  readonly calls: ICall[] = [];

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://lab.example/user/me/',
    Request: RequestWithSignal,
    fetch: async (input: RequestInfo | URL): Promise<Response> => {
      const request = input as RequestWithSignal;
      const url = new URL(request.url);
      const path = url.pathname.replace('/user/me/multicloud-lab/api/', '');
      const text = await request.text();
      const call: ICall = {
        route: `${request.method} ${path}`,
        query: url.searchParams,
        body: text ? JSON.parse(text) : undefined,
        signal: request.given
      };
      this.calls.push(call);
      const answer = this.routes[call.route];
      if (!answer) {
        return new Response('no such page', { status: 404 });
      }
      const value = await Promise.race([answer(call), givenUp(call.signal)]);
      return value instanceof Response
        ? value
        : new Response(JSON.stringify(value));
    }
  });

  /** Those calls whose route is this one. */
  asked(route: string): ICall[] {
    return this.calls.filter(call => call.route === route);
  }
}

/** Fails as a browser's fetch does once the caller gives up. */
function givenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(new DOMException('Aborted', 'AbortError'));
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) {
      giveUp();
    }
  });
}

export function refusal(
  status: number,
  code: string,
  message: string
): Response {
  return new Response(JSON.stringify({ code, message }), { status });
}

export function dataset(id: string, more: Partial<Dataset> = {}): Dataset {
  const region = more.region === undefined ? 'aws:us-west-2' : more.region;
  return {
    id,
    name: id.split('/').pop()!,
    title: '',
    description: '',
    catalog: id.split('/')[0],
    format: 'zarr',
    tags: [],
    variables: [],
    requester_pays: false,
    replicas: [replica({ url: `s3://data/${id}`, region })],
    url: `s3://data/${id}`,
    region,
    evidence: 'catalog',
    problem: '',
    stale: false,
    ...more
  };
}

export function replica(more: Partial<Replica> = {}): Replica {
  return {
    url: 's3://data/x',
    region: 'aws:us-west-2',
    evidence: 'catalog',
    detail: '',
    contradicted: [],
    requester_pays: false,
    ...more
  };
}

export function catalog(
  name: string,
  more: Partial<CatalogStatus> = {}
): CatalogStatus {
  return {
    name,
    url: `https://catalogs.example/${name}.yaml`,
    kind: 'catalog',
    datasets: 2,
    read: 0,
    stale: false,
    problem: '',
    ...more
  };
}

export function facet(
  name: Facet['name'],
  counts: Record<string, number>,
  more = 0
): Facet {
  const values = Object.entries(counts).map(([value, count]) => ({
    value,
    title: '',
    count
  }));
  return { name, values, more };
}

/** A page that is the whole answer, unless more is said. */
export function page(
  items: DatasetRow[],
  more: Partial<DatasetPage> = {}
): DatasetPage {
  return {
    items,
    total: items.length,
    next_cursor: null,
    facets: [],
    groups: groupsOf(items),
    ...more
  };
}

/** The groups of datasets that are in order. */
function groupsOf(rows: readonly DatasetRow[]): DatasetGroup[] {
  const counts = new Map<string, number>();
  for (const { id, name } of rows) {
    const path = id.slice(0, -name.length - 1);
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts].map(([path, count]) => ({ path, count }));
}

/**
 * Answer any part of a long list, whose rows are made when they are asked for.
 *
 * @param total - How many there are.
 * @param size - Of each group.
 */
export function longList(total: number, size = total): Answer {
  return ({ query }) => {
    const offset = Number(query.get('offset'));
    const limit = Math.min(Number(query.get('limit')), total - offset);
    const groups = Array.from({ length: Math.ceil(total / size) }, (_, n) => ({
      path: `c/g${n}`,
      count: Math.min(size, total - n * size)
    }));
    const at = (n: number) => row(`c/g${Math.floor(n / size)}/d${n}`);
    return page(
      Array.from({ length: Math.max(limit, 0) }, (_, n) => at(offset + n)),
      {
        total,
        groups:
          query.get('grouped') === 'true' && query.get('counts') !== 'false'
            ? groups
            : []
      }
    );
  };
}

/** A row whose dataset lies beside a gateway. */
export function row(
  id: string,
  gateway = 'aws-oregon',
  region = 'aws:us-west-2',
  more: Partial<Dataset> = {}
): DatasetRow {
  return {
    ...dataset(id, { region, ...more }),
    here: null,
    near: {
      dataset: id,
      url: `s3://data/${id}`,
      region,
      gateway,
      gateway_region: region,
      relation: 'same-region',
      price: null,
      why: `${id} and ${gateway} are in ${region}.`
    }
  };
}

export function labStatus(more: Partial<LabStatus> = {}): LabStatus {
  return {
    version: '1',
    home: null,
    chosen_home: null,
    egress_budget_usd: 1,
    problems: [],
    catalogs: [],
    ...more
  };
}

export function gateway(name: string, more: Partial<Gateway> = {}): Gateway {
  return {
    name,
    region: 'aws:us-west-2',
    address: 'https://gateway.example',
    state: 'signed-in',
    message: '',
    auth: 'basic',
    username: 'pangeo',
    minimum: 1,
    maximum: 4,
    idle_minutes: 30,
    longest_idle_minutes: 30,
    since: 0,
    retry_at: null,
    ...more
  };
}

export function cluster(name: string, more: Partial<Cluster> = {}): Cluster {
  return {
    gateway: 'aws-oregon',
    name,
    region: 'aws:us-west-2',
    status: 'RUNNING',
    message: '',
    workers: 2,
    cores: 4,
    memory: 8 * 2 ** 30,
    minimum: 1,
    maximum: 4,
    dataset: 'lens/PRECT',
    started: 1000,
    tasks: 0,
    ours: true,
    owner: 'pangeo',
    idle_since: null,
    stops_at: null,
    idle_minutes: 30,
    worker_seconds: null,
    dashboard: `multicloud-lab/dashboards/aws-oregon/${name}/status`,
    ...more
  };
}
