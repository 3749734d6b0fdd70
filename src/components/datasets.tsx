/** The datasets section: what is looked for, how many are found, what is wrong, and the tree. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, classes, InputGroup } from '@jupyterlab/ui-components';
import * as React from 'react';

import { startsOpen, TreeLayout } from '../state/dataset-tree';
import { countChosen, NOTHING_CHOSEN } from '../state/facets';
import { MOST } from '../state/selection';
import type { IMulticloudLab } from '../tokens';
import { CatalogNotices } from './catalog-notices';
import { DatasetTree } from './dataset-tree';
import { Facets } from './facets';
import { Empty, Invitation, LoadState } from './messages';
import { useChanged } from './use-changed';

const CATALOG_EXAMPLE = `{"MulticloudLab": {
  "catalogs": [{"name": "pangeo", "url": "https://…/master.yaml"}]
}}`;

const NONE: ReadonlySet<string> = new Set();

export interface IDatasetsProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  onOpen: () => void;
  /** The mouse went down on datasets: they may be dragged. */
  onGrab?: (ids: readonly string[], event: React.MouseEvent) => void;
  /** Ask for a catalog's address, and add it. */
  onAddCatalog: () => void;
  /** Have every catalog read again. */
  onRefresh: () => Promise<unknown>;
}

export function Datasets(props: IDatasetsProps): JSX.Element {
  const { lab, trans } = props;
  const search = lab.datasets;
  useChanged(search, lab.status);
  const tree = React.useRef<HTMLDivElement>(null);
  const { found } = search;
  const catalogs = lab.status.value?.catalogs ?? [];
  const narrowed = found.text.trim() !== '' || countChosen(found.chosen) > 0;
  const open = startsOpen(found.total, narrowed);
  // What was opened and closed by hand holds until the default is another one.
  const [byHand, setByHand] = React.useState({ open, groups: NONE });
  const toggled = byHand.open === open ? byHand.groups : NONE;
  const layout = React.useMemo(
    () => new TreeLayout(found, open, toggled),
    [found, open, toggled]
  );
  const onToggle = (group: string) => {
    const groups = new Set(toggled);
    if (!groups.delete(group)) {
      groups.add(group);
    }
    setByHand({ open, groups });
  };
  if (!search.loaded) {
    return (
      <LoadState
        resource={search}
        what={trans.__('Asking which datasets there are …')}
        trans={trans}
      />
    );
  }
  const listed = catalogs.filter(({ kind }) => kind === 'catalog');
  if (lab.status.value && listed.length === 0) {
    return (
      <Invitation
        what={trans.__('No catalogs yet.')}
        how={trans.__(
          'To have one at each start, add it to the configuration of the Jupyter server, in a file in jupyter_server_config.d, and restart it:'
        )}
        example={CATALOG_EXAMPLE}
        trans={trans}
      >
        <Button small onClick={props.onAddCatalog}>
          {trans.__('Add One Now…')}
        </Button>
      </Invitation>
    );
  }
  const all = listed.reduce((sum, { datasets }) => sum + datasets, 0);
  return (
    <div className="jp-MulticloudDatasets">
      <div className="jp-MulticloudDatasets-filter">
        <InputGroup
          type="search"
          placeholder={trans.__('Search datasets')}
          aria-label={trans.__('Search datasets')}
          rightIcon="ui-components:search"
          value={search.text}
          onChange={event => search.setText(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              search.setText('');
            } else if (event.key === 'ArrowDown') {
              event.preventDefault();
              tree.current
                ?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')
                ?.focus();
            }
          }}
        />
      </div>
      <Facets
        search={search}
        facets={found.facets}
        chosen={search.chosen}
        trans={trans}
      />
      <div className="jp-MulticloudDatasets-count">
        <span role="status">
          {narrowed
            ? trans.__(
                '%1 of %2 datasets',
                found.total.toLocaleString(),
                Math.max(all, found.total).toLocaleString()
              )
            : trans._n(
                '%2 dataset',
                '%2 datasets',
                found.total,
                found.total.toLocaleString()
              )}
        </span>
        <SelectedCount lab={lab} trans={trans} />
        {search.waiting && (
          <span className="jp-MulticloudDatasets-waiting">
            {trans.__('Searching …')}
          </span>
        )}
      </div>
      {search.error && <LoadState resource={search} what="" trans={trans} />}
      <CatalogNotices
        catalogs={catalogs}
        trans={trans}
        onRefresh={props.onRefresh}
      />
      {narrowed && found.total === 0 && (
        <Empty
          what={trans.__('No dataset matches. Take a word or a filter away.')}
          label={trans.__('Show All Datasets')}
          onClick={() => search.look('', NOTHING_CHOSEN)}
        />
      )}
      {!narrowed && found.total === 0 && !search.waiting && (
        <Empty
          what={trans.__('The catalogs list no datasets.')}
          label={trans.__('Read Them Again')}
          onClick={() => void props.onRefresh()}
        />
      )}
      <div
        ref={tree}
        className={classes(
          'jp-MulticloudDatasets-found',
          search.waiting && 'jp-mod-waiting'
        )}
      >
        <DatasetTree
          layout={layout}
          rows={search.rows}
          question={found.question}
          selection={lab.selection}
          trans={trans}
          home={lab.home}
          onToggle={onToggle}
          onOpen={props.onOpen}
          onGrab={({ id }, event) =>
            props.onGrab?.(
              lab.selection.has(id) ? lab.selection.ids : [id],
              event
            )
          }
        />
      </div>
    </div>
  );
}

/** How many datasets are selected, if they are several. */
function SelectedCount(
  props: Pick<IDatasetsProps, 'lab' | 'trans'>
): JSX.Element {
  const { lab, trans } = props;
  useChanged(lab.selection);
  const count = lab.selection.ids.length;
  const words =
    count < MOST
      ? trans.__('%1 selected', count)
      : trans.__('%1 selected, no more at once', count.toLocaleString());
  return (
    <span className="jp-MulticloudDatasets-selected" aria-live="polite">
      {count > 1 ? words : ''}
    </span>
  );
}
