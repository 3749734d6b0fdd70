/** The server's API as typed methods. */
import { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type {
  Analysis,
  Cells,
  CellsRequest,
  Cluster,
  Dataset,
  DatasetPage,
  DatasetRow,
  Gateway,
  LabStatus,
  OptionField,
  Placement,
  ScaleCluster,
  SignIn,
  StartCluster,
  StartedCluster
} from './wire';

/** Rows that are asked for at once; the server's limit is the same. */
const PAGE = '10000';

export class LabClient {
  constructor(private _settings: ServerConnection.ISettings) {}

  status(): Promise<LabStatus> {
    return request(this._settings, ['status']);
  }

  /** Have every catalog read again. */
  refresh(): Promise<LabStatus> {
    return request(this._settings, ['refresh'], { method: 'POST' });
  }

  /** All datasets, page after page, so that filtering needs no server. */
  async datasets(): Promise<DatasetRow[]> {
    const rows: DatasetRow[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: Record<string, string> = { limit: PAGE };
      if (cursor) {
        query.cursor = cursor;
      }
      const page: DatasetPage = await request(this._settings, ['datasets'], {
        query
      });
      rows.push(...page.items);
      cursor = page.next_cursor;
    }
    return rows;
  }

  dataset(id: string): Promise<Dataset> {
    return request(this._settings, ['datasets', id]);
  }

  /** The gateways ranked for a dataset, the nearest first. */
  placements(id: string): Promise<Placement[]> {
    return request(this._settings, ['datasets', id, 'placements']);
  }

  gateways(): Promise<Gateway[]> {
    return request(this._settings, ['gateways']);
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

  scaleCluster(
    gateway: string,
    cluster: string,
    body: ScaleCluster
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

  /** The analyses that fit some datasets, the best first. */
  analyses(datasets: readonly string[]): Promise<Analysis[]> {
    return request(this._settings, ['analyses'], {
      query: { dataset: datasets }
    });
  }

  cells(body: CellsRequest): Promise<Cells> {
    return request(this._settings, ['cells'], { method: 'POST', body });
  }
}
