/** What a running cluster may be changed in, in place: its bounds, and how long it may be idle. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ChangeCluster, Cluster } from '../api/wire';
import { Filled } from './filled';

/** What is typed, by what it is for. */
type Typed = Record<keyof ChangeCluster, string>;

export interface IChangeFormProps {
  /** A bound is null if somebody else set it, the idle time if this lab does not stop it. */
  cluster: Pick<Cluster, keyof ChangeCluster>;
  /** The most minutes that may be set, of the administrator; 0: any number, and never. */
  longestIdle: number;
  /** What is changed, to who does not see where it is. */
  label: string;
  trans: TranslationBundle;
  /** Settled when what the server says is there. */
  onChange: (changes: ChangeCluster) => Promise<void>;
}

export function ChangeForm(props: IChangeFormProps): JSX.Element {
  const { cluster, longestIdle, trans, onChange } = props;
  const [edited, setEdited] = React.useState<Typed | null>(null);
  const [sending, setSending] = React.useState(false);
  const note = React.useId();
  const known: Typed = {
    minimum: cluster.minimum?.toString() ?? '',
    maximum: cluster.maximum?.toString() ?? '',
    idle_minutes: cluster.idle_minutes?.toString() ?? ''
  };
  const typed = edited ?? known;
  const changed = KEYS.filter(key => typed[key] !== known[key]);
  // What the server says in the end is what shows; until then what was typed does.
  const problem = problemOf(typed, changed, longestIdle, trans);
  const form = React.useRef<HTMLFormElement>(null);
  const isChanged = changed.length > 0;
  // In a low section its button, or what is wrong, would come where nobody looks.
  React.useEffect(() => {
    if (isChanged) {
      form.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [isChanged, problem]);
  const field = (name: keyof ChangeCluster, label: string, min: number) => (
    <input
      className="jp-mod-styled"
      type="number"
      min={min}
      step={name === 'idle_minutes' ? 'any' : 1}
      aria-label={label}
      aria-describedby={problem ? note : undefined}
      readOnly={sending}
      value={typed[name]}
      onChange={event => setEdited({ ...typed, [name]: event.target.value })}
    />
  );
  return (
    <form
      ref={form}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        if (problem || sending) {
          return;
        }
        const changes = changed.map(key => [key, Number(typed[key])]);
        if (!isChanged) {
          setEdited(null);
          return;
        }
        setSending(true);
        void onChange(Object.fromEntries(changes)).finally(() => {
          setSending(false);
          setEdited(null);
        });
      }}
      onKeyDown={event => {
        if (event.key === 'Escape' && edited && !sending) {
          event.stopPropagation();
          setEdited(null);
        }
      }}
    >
      <div
        className="jp-MulticloudChange"
        role="group"
        aria-label={props.label}
      >
        <span>
          <Filled
            sentence={trans.__('%1 – %2 workers', '%1', '%2')}
            controls={[
              field('minimum', trans.__('Minimum workers'), 0),
              field('maximum', trans.__('Maximum workers'), 1)
            ]}
          />
        </span>
        {cluster.idle_minutes !== null && (
          <span
            title={
              longestIdle > 0
                ? trans.__('At most %1 minutes', longestIdle)
                : trans.__('0: never')
            }
          >
            <Filled
              sentence={
                typed.idle_minutes === '0'
                  ? trans.__('stops after %1 min idle: never', '%1')
                  : trans.__('stops after %1 min idle', '%1')
              }
              controls={[
                field(
                  'idle_minutes',
                  trans.__('Minutes idle until it stops'),
                  0
                )
              ]}
            />
          </span>
        )}
        {isChanged && (
          <Button small type="submit" disabled={problem !== ''}>
            {trans.__('Apply')}
          </Button>
        )}
      </div>
      {problem && (
        <div id={note} role="alert" className="jp-MulticloudForm-wrong">
          {problem}
        </div>
      )}
    </form>
  );
}

const KEYS = ['minimum', 'maximum', 'idle_minutes'] as const;

/** Why what is typed cannot be; empty if it can. */
function problemOf(
  typed: Typed,
  changed: readonly (keyof ChangeCluster)[],
  longestIdle: number,
  trans: TranslationBundle
): string {
  const [minimum, maximum] = [Number(typed.minimum), Number(typed.maximum)];
  if (changed.includes('minimum') || changed.includes('maximum')) {
    if (!/^\d+$/.test(typed.minimum) || !/^\d+$/.test(typed.maximum)) {
      return trans.__('Workers are whole numbers.');
    }
    if (maximum < 1) {
      return trans.__('The maximum is at least 1.');
    }
    if (minimum > maximum) {
      return trans.__('The maximum is below the minimum.');
    }
  }
  if (changed.includes('idle_minutes')) {
    const minutes = Number(typed.idle_minutes || NaN);
    if (!(minutes >= 0)) {
      return trans.__('The idle time is a number of minutes.');
    }
    if (longestIdle > 0 && (minutes > longestIdle || minutes === 0)) {
      return trans.__(
        'An idle cluster stops after %1 minutes at most, as the administrator has set.',
        longestIdle
      );
    }
  }
  return '';
}
