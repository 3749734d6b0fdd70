/** Labs to put on the stage: one without anything, one with options of each type, one with a ledger. */
import type { OptionField } from '../../src/api/wire';
import type { IStage } from './staged';

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
