/** The bounds of a cluster, and new ones. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface IScaleFormProps {
  /** Null if somebody else set them. */
  minimum: number | null;
  maximum: number | null;
  label: string;
  trans: TranslationBundle;
  onScale: (minimum: number, maximum: number) => void;
}

export function ScaleForm(props: IScaleFormProps): JSX.Element {
  const { trans } = props;
  const [edited, setEdited] = React.useState<[string, string] | null>(null);
  const known: [string, string] = [
    props.minimum?.toString() ?? '',
    props.maximum?.toString() ?? ''
  ];
  const [minimum, maximum] = edited ?? known;
  // What the server says in the end is what shows; an edit is over when it is sent.
  const problem = edited && problemOf(minimum, maximum, trans);
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        if (edited && !problem) {
          props.onScale(Number(minimum), Number(maximum));
          setEdited(null);
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Escape' && edited) {
          event.stopPropagation();
          setEdited(null);
        }
      }}
    >
      <div className="jp-MulticloudScale" role="group" aria-label={props.label}>
        <input
          className="jp-mod-styled"
          type="number"
          min={0}
          aria-label={trans.__('Fewest workers')}
          value={minimum}
          onChange={event => setEdited([event.target.value, maximum])}
        />
        <span aria-hidden="true">–</span>
        <input
          className="jp-mod-styled"
          type="number"
          min={1}
          aria-label={trans.__('Most workers')}
          value={maximum}
          onChange={event => setEdited([minimum, event.target.value])}
        />
        <span>{trans.__('workers')}</span>
        {edited && (
          <Button small type="submit" disabled={Boolean(problem)}>
            {trans.__('Apply')}
          </Button>
        )}
        {problem && <span role="alert">{problem}</span>}
      </div>
    </form>
  );
}

function problemOf(
  minimum: string,
  maximum: string,
  trans: TranslationBundle
): string | null {
  const isCount = (text: string) => /^\d+$/.test(text);
  if (!isCount(minimum) || !isCount(maximum) || Number(maximum) < 1) {
    return trans.__('Whole numbers, and at least 1 worker at most.');
  }
  return Number(minimum) > Number(maximum)
    ? trans.__('The maximum is below the minimum.')
    : null;
}
