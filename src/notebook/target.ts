/** Finds the notebook that cells go into: the current one if Python runs there, else a new one. */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { KernelSpec } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

/** Where a new notebook comes from. */
export interface INewNotebook {
  commands: CommandRegistry;
  kernelspecs: KernelSpec.IManager;
  /** The folder that a new notebook is put into. */
  cwd: () => string;
  trans: TranslationBundle;
}

/** The notebook, and the language of the current one if that is why it was not taken. */
export interface ITarget {
  panel: NotebookPanel;
  otherLanguage: string | null;
}

/**
 * Give the current notebook, or make one.
 *
 * @throws Error - No kernel here speaks Python.
 */
export async function pythonNotebook(
  tracker: INotebookTracker,
  fresh: INewNotebook
): Promise<ITarget> {
  const current = tracker.currentWidget;
  let otherLanguage: string | null = null;
  if (current) {
    await current.context.ready;
    const language = await languageOf(current);
    if (isPython(language)) {
      return { panel: current, otherLanguage };
    }
    otherLanguage = language;
  }
  const panel = (await fresh.commands.execute('notebook:create-new', {
    cwd: fresh.cwd(),
    kernelName: await pythonKernel(fresh),
    activate: true
  })) as NotebookPanel;
  await panel.context.ready;
  await panel.revealed;
  return { panel, otherLanguage };
}

/** The language that a notebook runs if that is not Python, which cells of the lab are in. */
export async function otherLanguageOf(
  panel: NotebookPanel
): Promise<string | null> {
  const language = await languageOf(panel);
  return isPython(language) ? null : language;
}

/** Say of a node, in which language the open notebook runs that it is in; null if Python or none. */
export type LanguageAt = (node: Node) => string | null;

/** Look at the notebooks that are open now. */
export async function languagesNow(
  tracker: INotebookTracker
): Promise<LanguageAt> {
  const panels: NotebookPanel[] = [];
  tracker.forEach(panel => panels.push(panel));
  const languages = await Promise.all(panels.map(otherLanguageOf));
  return node => {
    const index = panels.findIndex(panel => panel.node.contains(node));
    return languages[index] ?? null;
  };
}

function isPython(language: string): boolean {
  return /^i?python/i.test(language);
}

/** The language of a notebook's kernel, else of what it was written for, else Python. */
async function languageOf(panel: NotebookPanel): Promise<string> {
  const running = await panel.sessionContext.session?.kernel?.spec;
  return (
    running?.language ??
    panel.content.model?.getMetadata('kernelspec')?.language ??
    panel.content.model?.getMetadata('language_info')?.name ??
    'python'
  );
}

async function pythonKernel({
  kernelspecs,
  trans
}: INewNotebook): Promise<string> {
  await kernelspecs.ready;
  const specs = kernelspecs.specs;
  const names = Object.keys(specs?.kernelspecs ?? {}).filter(name =>
    isPython(specs?.kernelspecs[name]?.language ?? '')
  );
  if (names.length === 0) {
    throw new Error(
      trans.__(
        'This Jupyter server has no Python kernel; install ipykernel there.'
      )
    );
  }
  const usual = specs?.default ?? '';
  return names.includes(usual) ? usual : names[0];
}
