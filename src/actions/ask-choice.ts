/** Has one of several things chosen in a dialog. */
import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ChoiceForm } from '../components/choice-form';

export interface IChoiceOptions<T> {
  title: string;
  /** What is chosen. */
  label: string;
  choices: readonly T[];
  /** What the dialog calls one of them. */
  nameOf: (choice: T) => string;
  /** Of the button that goes on. */
  okLabel: string;
}

/**
 * Ask which one.
 *
 * @returns It, or null if the user gave up.
 */
export async function askChoice<T>(
  { title, label, choices, nameOf, okLabel }: IChoiceOptions<T>,
  trans: TranslationBundle
): Promise<T | null> {
  const { button, value } = await new Dialog({
    title,
    body: new ChoiceForm({ label, items: choices.map(nameOf) }),
    focusNodeSelector: 'select',
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      Dialog.okButton({ label: okLabel })
    ]
  }).launch();
  return button.accept && value !== null ? (choices[value] ?? null) : null;
}
