/** Shows what is wanted in a tab of the main area: in the one that shows it, else in a new one. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

/**
 * Show a tab.
 *
 * @param tabs - The open ones.
 * @param shows - Whether an open one shows what is wanted.
 * @param make - Makes one that does.
 */
export async function showTab<T extends Widget>(
  shell: JupyterFrontEnd.IShell,
  tabs: WidgetTracker<T>,
  shows: (tab: T) => boolean,
  make: () => T
): Promise<void> {
  const known = tabs.find(shows);
  if (known) {
    shell.activateById(known.id);
    return;
  }
  const tab = make();
  shell.add(tab, 'main');
  shell.activateById(tab.id);
  await tabs.add(tab);
}
