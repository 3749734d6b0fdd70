/** The gateways section: where each is, whether we may use it, and a way to change that. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Gateway } from '../api/wire';
import type { IMulticloudLab } from '../tokens';
import { formatAge } from './format';
import { Invitation, LoadState } from './messages';
import { useChanged, useNow } from './use-changed';

const GATEWAY_EXAMPLE = `{"MulticloudLab": {
  "gateways": [{"name": "aws-oregon", "region": "aws:us-west-2", "address": "https://…", "auth": {"type": "basic"}}]
}}`;

export interface IGatewaysProps {
  lab: IMulticloudLab;
  trans: TranslationBundle;
  onSignIn: (gateway: Gateway) => void;
  onSignOut: (gateway: Gateway) => void;
  onStart: (gateway: Gateway) => void;
}

export function Gateways(props: IGatewaysProps): JSX.Element {
  const { lab, trans } = props;
  useChanged(lab.gateways);
  const gateways = lab.gateways.value;
  const now = useNow(
    gateways.some(({ state }) => state === 'unreachable') ? 1 : 20
  );
  if (!lab.gateways.loaded || lab.gateways.error) {
    return (
      <LoadState
        resource={lab.gateways}
        what={trans.__('Asking which gateways there are …')}
        trans={trans}
      />
    );
  }
  if (gateways.length === 0) {
    return (
      <Invitation
        what={trans.__('No gateways yet.')}
        how={trans.__(
          'Add one to the configuration of the Jupyter server, in a file in jupyter_server_config.d, and restart it:'
        )}
        example={GATEWAY_EXAMPLE}
        trans={trans}
      />
    );
  }
  return (
    <ul className="jp-MulticloudCards" aria-label={trans.__('Gateways')}>
      {gateways.map(gateway => {
        const state = stateOf(gateway, now, trans);
        const { name, region } = gateway;
        return (
          <li
            key={name}
            className="jp-MulticloudCard"
            aria-label={trans.__(
              'Gateway %1 in %2, %3',
              name,
              region,
              state.words
            )}
            data-state={gateway.state}
          >
            <div className="jp-MulticloudCard-line">
              <strong title={gateway.address}>{name}</strong>
              <span className="jp-MulticloudCard-region">{region}</span>
            </div>
            <div className="jp-MulticloudCard-line">
              <span className={`jp-MulticloudState jp-mod-${gateway.state}`}>
                <span aria-hidden="true" className="jp-MulticloudSign">
                  {state.sign}
                </span>{' '}
                {state.words}
              </span>
            </div>
            {saysMore(gateway) && (
              <p className="jp-MulticloudCard-message">{gateway.message}</p>
            )}
            <div className="jp-MulticloudCard-line jp-MulticloudCard-actions">
              {gateway.state === 'signed-in' ? (
                <>
                  <Button
                    small
                    onClick={() => props.onStart(gateway)}
                    aria-label={trans.__('Start cluster on %1', name)}
                  >
                    {trans.__('Start Cluster…')}
                  </Button>
                  <Button
                    small
                    onClick={() => props.onSignOut(gateway)}
                    aria-label={trans.__('Sign out of %1', name)}
                  >
                    {trans.__('Sign Out')}
                  </Button>
                </>
              ) : gateway.state === 'sign-in-needed' ? (
                <Button
                  small
                  onClick={() => props.onSignIn(gateway)}
                  aria-label={
                    hasExpired(gateway)
                      ? trans.__('Sign in again to %1', name)
                      : trans.__('Sign in to %1', name)
                  }
                >
                  {hasExpired(gateway)
                    ? trans.__('Sign In Again')
                    : trans.__('Sign In')}
                </Button>
              ) : (
                <Button
                  small
                  onClick={() => void askAgain(lab, name)}
                  aria-label={trans.__('Try again to reach %1', name)}
                >
                  {trans.__('Try Again')}
                </Button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Have the server ask a gateway at once; what it then says, or that it does not, is in the list. */
async function askAgain(lab: IMulticloudLab, gateway: string): Promise<void> {
  await lab.api.retryGateway(gateway).catch(() => undefined);
  await lab.follow('gateways');
}

/** Whether a sign-in was good before and is not any more: the message says so, and why. */
function hasExpired({ state, message }: Gateway): boolean {
  return state === 'sign-in-needed' && message.includes('sign in again');
}

/** Whether the message says more than the state and the button beside it do. */
function saysMore(gateway: Gateway): boolean {
  const { state, auth, name, message } = gateway;
  const isPlain = auth === 'basic' && message.startsWith(`${name} wants`);
  return state !== 'signed-in' && !isPlain && message !== '';
}

function stateOf(
  gateway: Gateway,
  now: number,
  trans: TranslationBundle
): { sign: string; words: string } {
  switch (gateway.state) {
    case 'signed-in':
      return {
        sign: '●',
        words: gateway.username
          ? trans.__('signed in as %1', gateway.username)
          : trans.__('signed in')
      };
    case 'sign-in-needed':
      return hasExpired(gateway)
        ? { sign: '▲', words: trans.__('sign in again') }
        : { sign: '○', words: trans.__('sign-in needed') };
    default:
      return { sign: '▲', words: outageOf(gateway, now, trans) };
  }
}

function outageOf(
  { since, retry_at }: Gateway,
  now: number,
  trans: TranslationBundle
): string {
  const age = formatAge(now - since, trans);
  return retry_at === null || retry_at <= now
    ? trans.__('no answer for %1', age)
    : trans.__(
        'no answer for %1, next try in %2',
        age,
        formatAge(Math.ceil(retry_at - now), trans)
      );
}
