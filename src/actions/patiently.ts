/** Waits for an answer that may take long, and says so with a way to stop. */
import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ApiError } from '../api/request';

/** Milliseconds that an answer may take before it is said that it is waited for. */
const PATIENCE = 800;

/**
 * Wait for an answer.
 *
 * @param ask - Asks; the signal says to give up.
 * @param what - What is waited for, as a short sentence.
 * @returns The answer; null if the user gave up.
 */
export async function patiently<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  what: string,
  trans: TranslationBundle
): Promise<T | null> {
  const asking = new AbortController();
  let notice = '';
  const slow = setTimeout(() => {
    notice = Notification.emit(what, 'in-progress', {
      autoClose: false,
      actions: [{ label: trans.__('Cancel'), callback: () => asking.abort() }]
    });
  }, PATIENCE);
  try {
    return await ask(asking.signal);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'aborted') {
      return null;
    }
    throw error;
  } finally {
    clearTimeout(slow);
    if (notice) {
      Notification.dismiss(notice);
    }
  }
}
