/** What a section says while there is nothing to show: waiting, a failure, or an invitation. */
import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import { wordsOf } from '../api/error-words';
import type { Problem } from '../api/wire';

export interface ILoadStateProps {
  resource: { readonly error: Error | null; refresh(): Promise<void> };
  /** What is waited for. */
  what: string;
  trans: TranslationBundle;
}

/** That something is waited for, or why it did not come and a way to try again. */
export function LoadState(props: ILoadStateProps): JSX.Element {
  const { resource, trans } = props;
  if (!resource.error) {
    return (
      <p className="jp-MulticloudMessage" role="status">
        {props.what}
      </p>
    );
  }
  return (
    <div className="jp-MulticloudMessage jp-mod-error" role="alert">
      <p>{wordsOf(resource.error, trans)}</p>
      <Button small onClick={() => void resource.refresh()}>
        {trans.__('Try Again')}
      </Button>
    </div>
  );
}

/** That there is nothing to show, and a button that does the next step. */
export function Empty(props: {
  what: string;
  label: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <div className="jp-MulticloudMessage">
      <p>{props.what}</p>
      <Button small onClick={props.onClick}>
        {props.label}
      </Button>
    </div>
  );
}

export interface IInvitationProps {
  /** What there is none of. */
  what: string;
  /** How to have one for good. */
  how: string;
  /** Lines of configuration to copy. */
  example: string;
  trans: TranslationBundle;
  /** Buttons of what can be done here and now. */
  children?: React.ReactNode;
}

export function Invitation(props: IInvitationProps): JSX.Element {
  const { example, trans } = props;
  const [copied, setCopied] = React.useState(false);
  return (
    <div className="jp-MulticloudMessage">
      <p>
        <strong>{props.what}</strong>
      </p>
      {props.children && <p>{props.children}</p>}
      <p>{props.how}</p>
      <pre tabIndex={0} aria-label={trans.__('Configuration to copy')}>
        {example}
      </pre>
      <Button
        small
        onClick={() => {
          Clipboard.copyToSystem(example);
          setCopied(true);
        }}
      >
        {trans.__('Copy')}
      </Button>{' '}
      <span role="status">{copied ? trans.__('Copied.') : ''}</span>
    </div>
  );
}

/** What is wrong in the configuration, by key. */
export function Problems(props: {
  problems: readonly Problem[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { problems, trans } = props;
  if (problems.length === 0) {
    return null;
  }
  return (
    <section
      className="jp-MulticloudProblems"
      aria-label={trans.__('Problems in the configuration')}
    >
      <strong>
        <span aria-hidden="true">▲ </span>
        {trans.__('Problems in the configuration')}
      </strong>
      <ul>
        {problems.map(({ key, message }, index) => (
          <li key={index}>
            {key && <code>{key}</code>} {message}
          </li>
        ))}
      </ul>
    </section>
  );
}
