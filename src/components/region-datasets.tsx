/** The datasets of a region, below its row on the map: to look at, and to open near their data. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, classes } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { DatasetRow } from '../api/wire';
import type { IPlace } from '../state/map-view';
import { Question } from '../state/question';
import { datasetsIn } from '../state/region-datasets';
import type { Selection } from '../state/selection';
import type { IMulticloudLab } from '../tokens';
import { regionName } from './map-words';
import { LoadState } from './messages';
import { useChanged } from './use-changed';

/** What can be done with the datasets of a region. */
export interface IRegionActions {
  onOpen: (dataset: string) => void;
  onDetails: (dataset: string) => void;
  /** Show the panel, which lists all of them. */
  onAll: () => void;
  /** The context menu of a region is about to be shown. */
  onMenu: (region: string) => void;
}

export interface IRegionDatasetsProps {
  place: IPlace;
  lab: Pick<IMulticloudLab, 'api' | 'datasets' | 'selection'>;
  actions: IRegionActions;
  trans: TranslationBundle;
}

export function RegionDatasets(props: IRegionDatasetsProps): JSX.Element {
  const { place, lab, actions, trans } = props;
  const region = regionName(place.region, trans);
  const question = React.useMemo(
    () => new Question(signal => datasetsIn(place.region, lab, signal)),
    [place.region, lab]
  );
  useChanged(question, lab.selection);
  const { found } = lab.datasets;
  React.useEffect(() => void question.ask(), [question, found]);
  React.useEffect(() => () => question.dispose(), [question]);
  const { answer, error } = question;
  if (!answer || error) {
    return (
      <LoadState
        resource={{ error, refresh: () => question.ask() }}
        what={trans.__('Asking for the datasets in %1 …', region)}
        trans={trans}
      />
    );
  }
  if (answer.total === 0) {
    return (
      <p className="jp-MulticloudMessage">
        {trans.__('No dataset that is looked for is in %1.', region)}
      </p>
    );
  }
  return (
    <>
      <ul aria-label={trans.__('Datasets in %1', region)}>
        {answer.items.map(row => (
          <Dataset
            key={row.id}
            row={row}
            selection={lab.selection}
            actions={actions}
            trans={trans}
          />
        ))}
      </ul>
      <Button small onClick={actions.onAll}>
        {answer.items.length < answer.total
          ? trans.__('Show All %1 in the Panel', answer.total.toLocaleString())
          : trans.__('Show in the Panel')}
      </Button>
    </>
  );
}

function Dataset(props: {
  row: DatasetRow;
  selection: Selection;
  actions: IRegionActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { row, selection, actions, trans } = props;
  return (
    // The context menu of datasets is offered for this class, and is about the selected ones.
    <li
      className={classes(
        'jp-MulticloudDataset',
        'jp-MulticloudMap-dataset',
        selection.has(row.id) && 'jp-mod-selected'
      )}
      onContextMenu={() => selection.touch(row.id)}
    >
      <Button
        small
        minimal
        title={trans.__('Show the details of %1', row.id)}
        onClick={() => actions.onDetails(row.id)}
      >
        <bdi>{row.name}</bdi>
      </Button>
      <span className="jp-MulticloudMap-about">
        {row.problem || row.title || row.description}
      </span>
      <Button
        small
        aria-label={trans.__('Open near data: %1', row.name)}
        title={row.near?.why ?? trans.__('No gateway is near it.')}
        onClick={() => actions.onOpen(row.id)}
      >
        {trans.__('Open Near Data')}
      </Button>
    </li>
  );
}
