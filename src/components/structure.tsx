/** What a dataset holds, as xarray's users know it: dimensions, coordinates, data variables. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { wordsOf } from '../api/error-words';
import type { Structure, Variable } from '../api/wire';
import type { Question } from '../state/question';
import { formatAge, formatSize } from './format';
import { useChanged, useNow } from './use-changed';

/** Variables that are shown at first. */
const FIRST = 200;

export interface IStructureOfProps {
  name: string;
  question: Question<Structure>;
  trans: TranslationBundle;
}

/** The structure, or what is waited for, why it did not come, and what can be done. */
export function StructureOf(props: IStructureOfProps): JSX.Element {
  const { question, trans } = props;
  useChanged(question);
  const { answer, error, since } = question;
  const again = (label: string) => (
    <Button small onClick={() => void question.ask()}>
      {label}
    </Button>
  );
  return (
    <section aria-label={trans.__('What it holds')}>
      <h3>{trans.__('What it holds')}</h3>
      {since !== null ? (
        <Asking {...props} since={since} />
      ) : error ? (
        <div className="jp-MulticloudMessage jp-mod-error" role="alert">
          <p>{wordsOf(error, trans)}</p>
          {again(trans.__('Try Again'))}
        </div>
      ) : (
        !answer && (
          <p>
            {trans.__('Its metadata were not read.')}{' '}
            {again(trans.__('Read Metadata'))}
          </p>
        )
      )}
      {answer && <StructureTable structure={answer} trans={trans} />}
    </section>
  );
}

function Asking(props: IStructureOfProps & { since: number }): JSX.Element {
  const { question, trans } = props;
  const now = useNow(1);
  return (
    <p className="jp-MulticloudAsking">
      <span className="jp-MulticloudSpinner" aria-hidden="true" />
      <span role="status">
        {trans.__('Reading the metadata of %1 …', props.name)}
      </span>
      <span aria-hidden="true">{formatAge(now - props.since, trans)}</span>
      <Button
        small
        onClick={() => question.stop()}
        title={trans.__('Wait no longer')}
      >
        {trans.__('Stop')}
      </Button>
    </p>
  );
}

export interface IStructureTableProps {
  structure: Structure;
  trans: TranslationBundle;
}

export function StructureTable(props: IStructureTableProps): JSX.Element {
  const { structure, trans } = props;
  const [all, setAll] = React.useState(false);
  const { dims, variables, attributes } = structure;
  const shown = all ? variables : variables.slice(0, FIRST);
  const coordinates = shown.filter(({ coordinate }) => coordinate);
  const data = shown.filter(({ coordinate }) => !coordinate);
  return (
    <div className="jp-MulticloudStructure">
      <p>
        {trans.__('Format: %1.', structure.format)} {totalOf(structure, trans)}
      </p>
      {dims.length > 0 && (
        <p>
          {trans.__('Dimensions: ')}
          {dims
            .map(({ name, size }) => `${name}: ${size.toLocaleString()}`)
            .join(', ')}
        </p>
      )}
      <div className="jp-MulticloudStructure-scroll">
        <table aria-label={trans.__('Variables')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Name')}</th>
              <th scope="col">{trans.__('Dimensions')}</th>
              <th scope="col">{trans.__('Type')}</th>
              <th scope="col">{trans.__('Chunks')}</th>
              <th scope="col">{trans.__('Size')}</th>
              <th scope="col">{trans.__('Stored')}</th>
            </tr>
          </thead>
          <Group
            title={trans.__('Coordinates')}
            variables={coordinates}
            trans={trans}
          />
          <Group
            title={trans.__('Data variables')}
            variables={data}
            trans={trans}
          />
        </table>
      </div>
      {shown.length < variables.length && (
        <Button small onClick={() => setAll(true)}>
          {trans.__('Show All %1 Variables', variables.length)}
        </Button>
      )}
      {structure.groups.length > 0 && (
        <p>
          {trans.__(
            'Groups, each opened by itself: %1.',
            structure.groups.join(', ')
          )}
        </p>
      )}
      {Object.keys(attributes).length > 0 && (
        <details>
          <summary>
            {trans._n(
              '%1 attribute',
              '%1 attributes',
              Object.keys(attributes).length
            )}
          </summary>
          <dl>
            {Object.entries(attributes).map(([name, value]) => (
              <React.Fragment key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </React.Fragment>
            ))}
          </dl>
        </details>
      )}
      {structure.detail && <p>{trans.__('Note: %1.', structure.detail)}</p>}
      <p className="jp-MulticloudStructure-cost">
        {trans._n(
          'Learned from %2 of metadata, in %1 request.',
          'Learned from %2 of metadata, in %1 requests.',
          structure.requests,
          formatSize(structure.bytes_read)
        )}
      </p>
    </div>
  );
}

function totalOf(structure: Structure, trans: TranslationBundle): string {
  const { bytes, stored_bytes: stored } = structure;
  return [
    bytes === null
      ? trans.__('Size in memory not known.')
      : trans.__('%1 in memory.', formatSize(bytes)),
    stored === null
      ? trans.__('Size in the store not known.')
      : trans.__('%1 in the store.', formatSize(stored))
  ].join(' ');
}

function Group(props: {
  title: string;
  variables: readonly Variable[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { title, variables, trans } = props;
  if (variables.length === 0) {
    return null;
  }
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={6}>
          {title}
        </th>
      </tr>
      {variables.map(variable => (
        <tr key={variable.name}>
          <th scope="row" title={variable.title}>
            {variable.name}
            {variable.units && <small> [{variable.units}]</small>}
            {variable.title && variable.title !== variable.name && (
              <small>{variable.title}</small>
            )}
          </th>
          <td>{dimsOf(variable)}</td>
          <td>
            {variable.dtype}
            {variable.stored_dtype !== variable.dtype && (
              <small>{trans.__('stored as %1', variable.stored_dtype)}</small>
            )}
          </td>
          <td>
            {variable.chunks ? timesOf(variable.chunks) : '—'}
            {variable.shards && (
              <small>
                {trans.__('in shards of %1', timesOf(variable.shards))}
              </small>
            )}
          </td>
          <td>{sizeOf(variable.bytes, trans)}</td>
          <td>{sizeOf(variable.stored_bytes, trans)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** Names as xarray writes them; the shape, where nobody gave them names. */
function dimsOf({ dims, shape }: Variable): string {
  return dims.length > 0 ? `(${dims.join(', ')})` : timesOf(shape);
}

function timesOf(sizes: readonly number[]): string {
  return sizes.map(size => size.toLocaleString()).join(' × ');
}

function sizeOf(bytes: number | null, trans: TranslationBundle): string {
  return bytes === null ? trans.__('not known') : formatSize(bytes);
}
