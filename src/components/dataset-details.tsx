/** All that is known of a dataset: where it is and how that is known, what is near, what it holds. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type {
  Dataset,
  Placement,
  PriceRange,
  Quote,
  Replica
} from '../api/wire';
import type { DatasetView } from '../state/dataset-view';
import type { Question } from '../state/question';
import { formatSize } from './format';
import { rangeOf } from './map-words';
import { LoadState } from './messages';
import { evidenceOf, payerOf, priceOf, wayOut } from './places';
import { Doing } from './dataset-doing';
import { StructureOf } from './structure';
import { useChanged } from './use-changed';

export interface IDatasetDetailsProps {
  view: DatasetView;
  trans: TranslationBundle;
  /** Insert the cells of an analysis. */
  onAnalysis: (name: string) => void;
  /** Copy the code that opens it. */
  onCopy: () => void;
}

export function DatasetDetails(props: IDatasetDetailsProps): JSX.Element {
  const { view, trans } = props;
  useChanged(view.dataset, view.placements, view.leaving);
  const dataset = view.dataset.answer;
  const quote = view.leaving.answer;
  return (
    <div className="jp-MulticloudDetails">
      <Waiting
        question={view.dataset}
        what={trans.__('Asking what is known of %1 …', view.id)}
        trans={trans}
      />
      {dataset && <About dataset={dataset} trans={trans} />}
      {dataset && <Replicas replicas={dataset.replicas} trans={trans} />}
      {/* Of what is not there, nothing else is told. */}
      {(dataset || !view.dataset.error) && (
        <>
          <h3>{trans.__('Where it can be computed, the nearest first')}</h3>
          <Waiting
            question={view.placements}
            what={trans.__('Asking what is near …')}
            trans={trans}
          />
          {view.placements.answer && (
            <Placements placements={view.placements.answer} trans={trans} />
          )}
        </>
      )}
      {(quote || view.leaving.error) && (
        <h3>{trans.__('What reading all of it from here costs')}</h3>
      )}
      <Waiting question={view.leaving} what="" trans={trans} />
      {quote && <Leaving quote={quote} trans={trans} />}
      {dataset && !dataset.problem && (
        <>
          <Doing {...props} />
          <StructureOf
            name={dataset.name}
            question={view.structure}
            trans={trans}
          />
        </>
      )}
    </div>
  );
}

/** That the first answer is waited for, or why there is none. */
function Waiting(props: {
  question: Question<unknown>;
  what: string;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { question, what, trans } = props;
  const { answer, error, since } = question;
  if (!error && (answer !== null || since === null || !what)) {
    return null;
  }
  const resource = { error, refresh: () => question.ask() };
  return <LoadState resource={resource} what={what} trans={trans} />;
}

function About(props: {
  dataset: Dataset;
  trans: TranslationBundle;
}): JSX.Element {
  const { dataset, trans } = props;
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
    <>
      <h2>{dataset.name}</h2>
      {dataset.problem && (
        <p className="jp-MulticloudDetails-problem" role="alert">
          {dataset.problem}
        </p>
      )}
      {dataset.stale && (
        <p className="jp-MulticloudDetails-stale">
          {trans.__(
            'The catalog %1 cannot be read now; this is the last copy of it.',
            dataset.catalog
          )}
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
    </>
  );
}

function Replicas(props: {
  replicas: readonly Replica[];
  trans: TranslationBundle;
}): JSX.Element {
  const { replicas, trans } = props;
  return (
    <>
      <h3>{trans.__('Where it is')}</h3>
      {replicas.length === 0 && <p>{trans.__('The catalog does not say.')}</p>}
      <ul aria-label={trans.__('Where it is')}>
        {replicas.map((replica, index) => {
          const { url, region, detail, contradicted } = replica;
          return (
            <li key={index}>
              <code>{url || trans.__('no address')}</code>
              <br />
              <strong>{region ?? trans.__('Region not known')}</strong>
              {region
                ? ` (${evidenceOf(replica, trans)}).`
                : `: ${detail} ${wayOut(url, detail, trans)}`}
              {replica.requester_pays &&
                trans.__(' Its reader pays for requests and egress.')}
              {contradicted.length > 0 && (
                <p className="jp-MulticloudDetails-contradicted">
                  <span aria-hidden="true">▲ </span>
                  {trans.__(
                    'Other evidence says %1; check before you rely on it.',
                    contradicted.join(', ')
                  )}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Placements(props: {
  placements: readonly Placement[];
  trans: TranslationBundle;
}): JSX.Element {
  const { placements, trans } = props;
  if (placements.length === 0) {
    return <p>{trans.__('No gateway can be placed beside it.')}</p>;
  }
  return (
    <ol>
      {placements.map(({ gateway, gateway_region, url, price, why }) => (
        <li key={`${gateway} ${url}`}>
          <strong>{gateway}</strong> ({gateway_region}
          {price && `, ${priceOf(price, trans)}`})
          <br />
          {why}
          {price && price.high > 0 && <Source price={price} trans={trans} />}
        </li>
      ))}
    </ol>
  );
}

function Leaving(props: {
  quote: Quote;
  trans: TranslationBundle;
}): JSX.Element {
  const { quote, trans } = props;
  const { low, high, price, destination } = quote;
  const size = formatSize(quote.bytes);
  const move = destination
    ? trans.__('%1 to %2, your home', size, destination)
    : trans.__('%1 out of every cloud', size);
  const cost =
    low === null || high === null
      ? trans.__('The price is not known.')
      : trans.__('%1: %2.', move, rangeOf([low, high]));
  return (
    <p>
      {cost} {price && payerOf({ ...price, payer: quote.payer }, trans)}{' '}
      {quote.detail}
    </p>
  );
}

/** Where a figure is from, and when it was read there. */
function Source(props: {
  price: PriceRange;
  trans: TranslationBundle;
}): JSX.Element {
  const { price, trans } = props;
  return (
    <small className="jp-MulticloudDetails-source">
      {trans.__('Price of %1: ', price.date)}
      {price.source.startsWith('https://') ? (
        <a href={price.source} target="_blank" rel="noopener noreferrer">
          {price.source}
        </a>
      ) : (
        price.source
      )}
    </small>
  );
}
