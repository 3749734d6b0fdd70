/** All that is known of a dataset: where its copies are and how that is known, and what is near. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Dataset, Placement } from '../api/wire';
import { priceOf } from './badge';

export interface IDatasetDetailsProps {
  dataset: Dataset;
  placements: readonly Placement[];
  trans: TranslationBundle;
}

export function DatasetDetails(props: IDatasetDetailsProps): JSX.Element {
  const { dataset, placements, trans } = props;
  const facts: [string, string][] = [
    [trans.__('Id'), dataset.id],
    [trans.__('Format'), dataset.format],
    [trans.__('Variables'), dataset.variables.join(', ')],
    [trans.__('Tags'), dataset.tags.join(', ')],
    [
      trans.__('Who pays'),
      dataset.requester_pays
        ? trans.__('Whoever reads it (requester pays)')
        : trans.__('Its owner, for reads in its region')
    ]
  ];
  return (
    <div className="jp-MulticloudDetails">
      {dataset.problem && (
        <p className="jp-MulticloudDetails-problem" role="alert">
          {dataset.problem}
        </p>
      )}
      {/* Some catalogs say the same twice. */}
      {!dataset.description.startsWith(dataset.title) && <p>{dataset.title}</p>}
      {dataset.description && (
        <p className="jp-MulticloudDetails-text">{dataset.description}</p>
      )}
      <dl>
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
      </dl>
      <h3>{trans.__('Where it is')}</h3>
      <ul>
        {dataset.replicas.map((replica, index) => (
          <li key={index}>
            <code>{replica.url || trans.__('no address')}</code>
            <br />
            {replica.region
              ? trans.__('%1 (%2)', replica.region, replica.evidence)
              : trans.__('region not known')}
            {replica.detail && ` — ${replica.detail}`}
          </li>
        ))}
        {dataset.replicas.length === 0 && (
          <li>{trans.__('The catalog does not say.')}</li>
        )}
      </ul>
      <h3>{trans.__('Where it can be computed, the nearest first')}</h3>
      <ol>
        {placements.map(placement => (
          <li key={`${placement.gateway} ${placement.url}`}>
            <strong>{placement.gateway}</strong> ({placement.gateway_region}
            {placement.price && `, ${priceOf(placement.price, trans)}`})
            <br />
            {placement.why}
          </li>
        ))}
      </ol>
      {placements.length === 0 && (
        <p>{trans.__('No gateway can be placed beside it.')}</p>
      )}
    </div>
  );
}
