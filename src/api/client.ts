/** The server's API as typed methods. */
import { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type {
  AddCatalog,
  Analysis,
  AnalysisForm,
  Attachment,
  Cells,
  CellsRequest,
  ChangeCluster,
  Cluster,
  Dataset,
  DatasetPage,
  Gateway,
  KernelPlan,
  LabStatus,
  LedgerPage,
  LedgerSummary,
  operations,
  OptionField,
  Placement,
  Quote,
  RegionInfo,
  SetHome,
  SignIn,
  StartCluster,
  StartedCluster,
  Structure
} from './wire';

/** What datasets are looked for by. */
export type DatasetQuery = NonNullable<
  operations['datasets']['parameters']['query']
>;

/** Which rows of the ledger are asked for. */
export type LedgerQuery = NonNullable<
  operations['ledger']['parameters']['query']
>;

/** What rows of the ledger are added up by. */
export type LedgerSummaryQuery =
  operations['ledger_summary']['parameters']['query'];

/** A move of bytes. */
export type PriceQuery = operations['price']['parameters']['query'];

export class LabClient {
  constructor(private _settings: ServerConnection.ISettings) {}

  status(): Promise<LabStatus> {
    return request(this._settings, ['status']);
  }

  /** Have every catalog read again. */
  refresh(): Promise<LabStatus> {
    return request(this._settings, ['refresh'], { method: 'POST' });
  }

  /** The datasets that match, a page of them. */
  datasets(query: DatasetQuery, signal?: AbortSignal): Promise<DatasetPage> {
    return request(this._settings, ['datasets'], { query, signal });
  }

  dataset(id: string): Promise<Dataset> {
    return request(this._settings, ['datasets', id]);
  }

  /** The gateways ranked for a dataset, the nearest first. */
  placements(id: string): Promise<Placement[]> {
    return request(this._settings, ['datasets', id, 'placements']);
  }

  /** What a dataset holds, from its metadata alone; this may take a while. */
  structure(id: string, signal?: AbortSignal): Promise<Structure> {
    return request(this._settings, ['datasets', id, 'structure'], { signal });
  }

  /** What moving bytes costs. */
  price(query: PriceQuery): Promise<Quote> {
    return request(this._settings, ['prices'], { query });
  }

  /** The gateways ranked for a URL or a region, the nearest first. */
  placementsNear(near: string): Promise<Placement[]> {
    return request(this._settings, ['placements'], { query: { near } });
  }

  /** Say where data are read from and results go to; null: as the administrator says. */
  setHome(body: SetHome): Promise<LabStatus> {
    return request(this._settings, ['home'], { method: 'POST', body });
  }

  /** Have another catalog read, and kept until the server is restarted. */
  addCatalog(body: AddCatalog): Promise<LabStatus> {
    return request(this._settings, ['catalogs'], { method: 'POST', body });
  }

  gateways(): Promise<Gateway[]> {
    return request(this._settings, ['gateways']);
  }

  /** Have a gateway asked now, although it has failed a while ago. */
  retryGateway(gateway: string): Promise<Gateway> {
    return request(this._settings, ['gateways', gateway, 'retry'], {
      method: 'POST'
    });
  }

  signIn(gateway: string, body: SignIn): Promise<Gateway> {
    return request(this._settings, ['gateways', gateway, 'session'], {
      method: 'POST',
      body
    });
  }

  signOut(gateway: string): Promise<Gateway> {
    return request(this._settings, ['gateways', gateway, 'session'], {
      method: 'DELETE'
    });
  }

  gatewayOptions(gateway: string): Promise<OptionField[]> {
    return request(this._settings, ['gateways', gateway, 'options']);
  }

  clusters(): Promise<Cluster[]> {
    return request(this._settings, ['clusters']);
  }

  startCluster(body: StartCluster): Promise<StartedCluster> {
    return request(this._settings, ['clusters'], { method: 'POST', body });
  }

  changeCluster(
    gateway: string,
    cluster: string,
    body: ChangeCluster
  ): Promise<Cluster> {
    return request(this._settings, ['clusters', gateway, cluster], {
      method: 'PATCH',
      body
    });
  }

  stopCluster(gateway: string, cluster: string): Promise<void> {
    return request(this._settings, ['clusters', gateway, cluster], {
      method: 'DELETE'
    });
  }

  /** Let a cluster that is idle go on for another while. */
  keepCluster(gateway: string, cluster: string): Promise<Cluster> {
    return request(this._settings, ['clusters', gateway, cluster, 'keep'], {
      method: 'POST'
    });
  }

  /** Which kernels have clients of which clusters. */
  attachments(): Promise<Attachment[]> {
    return request(this._settings, ['attachments']);
  }

  /** What the newest plan of each kernel would move, the newest first. */
  plans(signal?: AbortSignal): Promise<KernelPlan[]> {
    return request(this._settings, ['plans'], { signal });
  }

  /** The known regions, with their places on a map. */
  regions(): Promise<RegionInfo[]> {
    return request(this._settings, ['regions']);
  }

  /** What was read and moved, the newest first, a page of it. */
  ledger(query: LedgerQuery, signal?: AbortSignal): Promise<LedgerPage> {
    return request(this._settings, ['ledger'], { query, signal });
  }

  /** The same added up. */
  ledgerSummary(
    query: LedgerSummaryQuery,
    signal?: AbortSignal
  ): Promise<LedgerSummary[]> {
    return request(this._settings, ['ledger', 'summary'], { query, signal });
  }

  /** The analyses that fit some datasets, the best first. */
  analyses(datasets: readonly string[]): Promise<Analysis[]> {
    return request(this._settings, ['analyses'], {
      query: { dataset: datasets }
    });
  }

  /** What an analysis asks about some datasets; this may take a while. */
  analysisForm(
    analysis: string,
    datasets: readonly string[],
    signal?: AbortSignal
  ): Promise<AnalysisForm> {
    return request(this._settings, ['analyses', analysis], {
      query: { dataset: datasets },
      signal
    });
  }

  cells(body: CellsRequest): Promise<Cells> {
    return request(this._settings, ['cells'], { method: 'POST', body });
  }
}
