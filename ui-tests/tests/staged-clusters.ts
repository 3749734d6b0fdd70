/** Clusters and gateways to put on the stage: one in each state. */
import type { Cluster, Gateway } from '../../src/api/wire';

/** What is not known yet of a cluster that starts. */
export const STARTING = {
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
export function everyState(): { clusters: Cluster[]; gateways: Gateway[] } {
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
