/** What can be done with a dataset: its analyses, and the code that opens it. */
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { wordsOf } from '../api/error-words';
import type { IDatasetDetailsProps } from './dataset-details';
import { useChanged } from './use-changed';

export function Doing(props: IDatasetDetailsProps): JSX.Element {
  const { view, trans, onAnalysis, onCopy } = props;
  useChanged(view.analyses, view.cells);
  const { answer: cells, error } = view.cells;
  return (
    <>
      <section aria-label={trans.__('Analyses')}>
        <h3>{trans.__('Analyses')}</h3>
        {view.analyses.error && (
          <p role="alert">{wordsOf(view.analyses.error, trans)}</p>
        )}
        <ul className="jp-MulticloudAnalyses">
          {(view.analyses.answer ?? []).map(
            ({ name, title, description, asks }) => (
              <li key={name}>
                <Button
                  small
                  onClick={() => onAnalysis(name)}
                  aria-describedby={`jp-multicloud-about-${name}`}
                >
                  {asks ? trans.__('%1…', title) : title}
                </Button>
                <span id={`jp-multicloud-about-${name}`}>{description}</span>
              </li>
            )
          )}
        </ul>
      </section>
      <section aria-label={trans.__('Code')}>
        <h3>{trans.__('The code that opens it')}</h3>
        {error && <p role="alert">{wordsOf(error, trans)}</p>}
        {cells && (
          <>
            <pre tabIndex={0} aria-label={trans.__('Code')}>
              {cells.cells.map(({ source }) => source).join('\n\n')}
            </pre>
            <Button small onClick={onCopy}>
              {trans.__('Copy Code')}
            </Button>
          </>
        )}
      </section>
    </>
  );
}
