/** Shows the page what a lab says seldom, in the place of what the server says. */
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
import { cluster, STARTING } from './staged-clusters';

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
