/** A Jupyter server for tests: answers by method and path, and remembers what it was asked. */
import { ServerConnection } from '@jupyterlab/services';

import type { Cluster, Dataset, DatasetRow, Gateway } from '../api/wire';

/** What a route answers: a value for 200, or a whole response. */
export type Answer = (call: ICall) => unknown | Response;

export interface ICall {
  route: string;
  query: URLSearchParams;
  body: unknown;
}

/** Node's request takes Node's signals only, and the tests' DOM has its own. */
class RequestWithoutSignal extends Request {
  constructor(input: RequestInfo | URL, init: RequestInit = {}) {
    super(input, { ...init, signal: undefined });
  }
}

export class FakeServer {
  /** By method and path below the API, as `GET gateways`. */
  routes: Record<string, Answer> = {};
  readonly calls: ICall[] = [];

  readonly settings = ServerConnection.makeSettings({
    baseUrl: 'http://lab.example/user/me/',
    Request: RequestWithoutSignal,
    fetch: async (input: RequestInfo | URL): Promise<Response> => {
      const request = input as Request;
      const url = new URL(request.url);
      const path = url.pathname.replace('/user/me/multicloud-lab/api/', '');
      const text = await request.text();
      const call: ICall = {
        route: `${request.method} ${path}`,
        query: url.searchParams,
        body: text ? JSON.parse(text) : undefined
      };
      this.calls.push(call);
      const answer = this.routes[call.route];
      if (!answer) {
        return new Response('no such page', { status: 404 });
      }
      const value = await answer(call);
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
    replicas: [
      { url: `s3://data/${id}`, region, evidence: 'catalog', detail: '' }
    ],
    url: `s3://data/${id}`,
    region,
    evidence: 'catalog',
    problem: '',
    ...more
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
    since: 0,
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
    dashboard: `multicloud-lab/dashboards/aws-oregon/${name}/status`,
    ...more
  };
}
