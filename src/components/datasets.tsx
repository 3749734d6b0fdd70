/** The datasets section: a filter, how many match, and the tree. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { InputGroup } from '@jupyterlab/ui-components';
import * as React from 'react';

import { layOut, matches } from '../state/dataset-tree';
import type { IMulticloudLab } from '../tokens';
import { DatasetTree } from './dataset-tree';
import { Invitation, LoadState } from './messages';
import { useChanged } from './use-changed';

const CATALOG_EXAMPLE = `{"MulticloudLab": {
  "catalogs": [{"name": "pangeo", "url": "https://…/master.yaml"}]
}}`;

export interface IDatasetsProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  onOpen: () => void;
}

export function Datasets({ lab, trans, onOpen }: IDatasetsProps): JSX.Element {
  useChanged(lab.datasets, lab.status);
  const [filter, setFilter] = React.useState('');
  const [toggled, setToggled] = React.useState<ReadonlySet<string>>(new Set());
  const all = lab.datasets.value;
  const catalogs = lab.status.value?.catalogs ?? [];
  const rows = React.useMemo(
    () => layOut(all, { filter, toggled, catalogs }),
    [all, filter, toggled, catalogs]
  );
  const found = React.useMemo(() => matches(all, filter).length, [all, filter]);
  const onToggle = (group: string) => {
    const next = new Set(toggled);
    if (!next.delete(group)) {
      next.add(group);
    }
    setToggled(next);
  };
  const onFilter = (next: string) => {
    if ((next.trim() === '') !== (filter.trim() === '')) {
      setToggled(new Set()); // Groups have another default now.
    }
    setFilter(next);
  };
  if (!lab.datasets.loaded) {
    return (
      <LoadState
        resource={lab.datasets}
        what={trans.__('Asking which datasets there are …')}
        trans={trans}
      />
    );
  }
  if (lab.status.value && catalogs.length === 0) {
    return (
      <Invitation
        what={trans.__(
          'No catalogs yet. Add one to the configuration of the Jupyter server, in a file in jupyter_server_config.d, and restart it:'
        )}
        example={CATALOG_EXAMPLE}
        trans={trans}
      />
    );
  }
  return (
    <div className="jp-MulticloudDatasets">
      <div className="jp-MulticloudDatasets-filter">
        <InputGroup
          type="search"
          placeholder={trans.__('Filter datasets')}
          aria-label={trans.__('Filter datasets')}
          rightIcon="ui-components:search"
          value={filter}
          onChange={event => onFilter(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              onFilter('');
            }
          }}
        />
      </div>
      <div className="jp-MulticloudDatasets-count" role="status">
        {filter.trim()
          ? trans.__('%1 of %2 datasets', found, all.length)
          : trans._n('%1 dataset', '%1 datasets', all.length)}
      </div>
      {lab.datasets.error && (
        <LoadState resource={lab.datasets} what="" trans={trans} />
      )}
      <DatasetTree
        rows={rows}
        selection={lab.selection}
        trans={trans}
        onToggle={onToggle}
        onOpen={onOpen}
      />
    </div>
  );
}
