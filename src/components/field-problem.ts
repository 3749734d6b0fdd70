/** Says below a field of a dialog why it is not taken: JupyterLab greys the button out and says nothing. */

export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/**
 * Make the place for it, which is empty while all is well.
 *
 * @param form - Where one types: what is typed into one field may be wrong for another.
 */
export function problemOf(field: Field, form: HTMLElement): HTMLElement {
  const note = document.createElement('small');
  note.className = 'jp-MulticloudForm-wrong';
  note.setAttribute('role', 'alert');
  form.addEventListener('input', () => {
    const { validationMessage } = field;
    // An alert is read out when it changes, and not at each key.
    if (note.textContent !== validationMessage) {
      note.textContent = validationMessage;
    }
    field.setAttribute('aria-invalid', String(validationMessage !== ''));
  });
  return note;
}

/**
 * Say what is wrong with a field that its own bounds do not tell.
 *
 * JupyterLab's dialog looks at its fields before they hear of a key, so it is told once more.
 *
 * @param problem - Empty if nothing is wrong.
 */
export function judge(field: Field, problem: string): void {
  const isNews = field.validity.customError !== (problem !== '');
  field.setCustomValidity(problem);
  if (isNews) {
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
