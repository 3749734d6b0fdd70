/** Answers JupyterLab's dialogs in tests. */

/** Wait until something is there. */
export async function until<T>(
  find: () => T | null | undefined | false
): Promise<T> {
  const end = Date.now() + 4000;
  for (;;) {
    const found = find();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error('It never came.');
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/**
 * Click a button of the dialog that comes.
 *
 * @param label - Of the button.
 * @param meanwhile - What happens while the dialog shows.
 * @returns What the dialog said.
 */
export async function answerDialog(
  label: string,
  meanwhile: () => void = () => undefined
): Promise<string> {
  const button = await until(() =>
    [...document.querySelectorAll<HTMLElement>('.jp-Dialog button')].find(
      ({ textContent }) => textContent === label
    )
  );
  // Title and body are drawn later than the buttons.
  const text = await until(() => {
    const dialog = document.querySelector('.jp-Dialog')!;
    return (
      dialog.querySelector('.jp-Dialog-header')?.textContent &&
      dialog.querySelector('li, label') &&
      dialog.textContent
    );
  });
  meanwhile();
  button.click();
  await until(() => !document.querySelector('.jp-Dialog'));
  return text;
}
