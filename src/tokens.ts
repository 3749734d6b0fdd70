/** What other extensions can use of Multi-Cloud Lab. */
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type { LabClient } from './api/client';
import type {
  Attachment,
  CellsRequest,
  Change,
  Cluster,
  Gateway,
  LabStatus
} from './api/wire';
import type { DatasetSearch } from './state/dataset-search';
import type { Resource } from './state/resource';
import type { Selection } from './state/selection';
import type { Value } from './state/value';
import type { Settings } from './state/settings';
import type { WorkerHistory } from './state/worker-history';

/** The lab behind the panel: what the server said, and a client to ask it for more. */
export interface IMulticloudLab {
  readonly api: LabClient;
  /** How the lab is set up and what is wrong with that; null until it is known. */
  readonly status: Resource<LabStatus | null>;
  /** What datasets are looked for, and those found so far. */
  readonly datasets: DatasetSearch;
  readonly gateways: Resource<Gateway[]>;
  readonly clusters: Resource<Cluster[]>;
  /** How many workers each cluster had lately. */
  readonly workers: WorkerHistory;
  /** Which kernels have clients of which clusters. */
  readonly attachments: Resource<Attachment[]>;
  /** Emits when a computation was written into the ledger. */
  readonly recorded: ISignal<unknown, void>;
  /** Emits when what plans of notebooks would move is another. */
  readonly planned: ISignal<unknown, void>;
  /** The datasets that are selected in the panel. */
  readonly selection: Selection;
  /** Whether the datasets are one list, without groups. */
  readonly flat: Value<boolean>;
  /** How inserted cells are written. */
  readonly cellStyle: NonNullable<CellsRequest['style']>;
  /** USD per GB read, above which it is asked before data are opened there. */
  readonly priceLimit: number;
  /** What the person has set. */
  readonly settings: Settings;
  /** The region where data are read from home; null outside every cloud. */
  readonly home: string | null;
  /** Ask the server for everything. */
  ask(): Promise<void>;
  /** Ask the server for what a change is about. */
  follow(topic: Change['topic']): Promise<void>;
  /** Have every catalog read again, and ask for everything. */
  refresh(): Promise<void>;
}

export const IMulticloudLab = new Token<IMulticloudLab>(
  'multicloud_lab:IMulticloudLab',
  'The datasets, gateways and clusters of several clouds, and a client to their server.'
);
