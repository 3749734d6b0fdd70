/** What is said of an error: the server's own sentence, or ours where no server of ours has answered. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from './request';

/** An error as a sentence with the way out. */
export function wordsOf(error: unknown, trans: TranslationBundle): string {
  if (!(error instanceof ApiError)) {
    return error instanceof Error ? error.message : String(error);
  }
  switch (error.code) {
    case 'server-unreachable':
      return trans.__(
        'The Jupyter server does not answer; check that it still runs.'
      );
    case 'forbidden':
      // Most often it was started again, with another token.
      return trans.__(
        'The Jupyter server refuses this page: load it anew to sign in again, or ask its administrator.'
      );
    case 'extension-missing':
      return trans.__(
        'The Jupyter server has no Multi-Cloud Lab; install it there: %1',
        'jupyter server extension enable multicloud_lab'
      );
    case 'unexpected-answer':
      return trans.__(
        'The Jupyter server, or a proxy before it, answered %1. Try again, or look at its log.',
        error.status
      );
    default:
      return error.message;
  }
}
