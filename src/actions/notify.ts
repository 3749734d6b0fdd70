/** Says what went wrong as a notification, with the next step as a button. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { wordsOf } from '../api/error-words';

/** JupyterLab cuts a notification after so many characters. */
const ROOM = 140;

/** A button that shows a text whole, if a notification has no room for it. */
export function inFull(
  title: string,
  text: string,
  trans: TranslationBundle
): Notification.IAction[] {
  return text.length <= ROOM
    ? []
    : [
        {
          label: trans.__('Read More'),
          callback: event => {
            event.preventDefault(); // The notification stays.
            void showDialog({
              title,
              body: text,
              buttons: [Dialog.okButton({ label: trans.__('Close') })]
            });
          }
        }
      ];
}

/**
 * Say that something failed.
 *
 * @param what - What was tried, as a short sentence.
 * @param error - Why it failed; its message says the way out.
 * @param next - The next steps.
 */
export function sayFailed(
  what: string,
  error: unknown,
  trans: TranslationBundle,
  next: Notification.IAction[] = []
): void {
  const why = wordsOf(error, trans);
  const text = trans.__('%1: %2', what, why);
  Notification.error(text, {
    autoClose: false,
    actions: [
      ...next,
      ...inFull(what, why.length + what.length > ROOM ? text : '', trans)
    ]
  });
}
