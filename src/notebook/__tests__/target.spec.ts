import { INotebookTracker } from '@jupyterlab/notebook';
import { KernelSpec } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { languagesNow, pythonNotebook } from '../target';

/** A notebook panel as far as is looked at. */
function notebook(kernel: string | null, metadata: object = {}) {
  return {
    context: { ready: Promise.resolve() },
    revealed: Promise.resolve(),
    sessionContext: {
      session: kernel && {
        kernel: { spec: Promise.resolve({ language: kernel }) }
      }
    },
    content: {
      model: {
        getMetadata: (key: string) => (metadata as Record<string, unknown>)[key]
      }
    }
  };
}

describe('pythonNotebook', () => {
  const fresh = notebook('python');
  let create: jest.Mock;
  let commands: CommandRegistry;
  let specs: Record<string, { language: string }>;
  let usual: string;

  beforeEach(() => {
    create = jest.fn(() => fresh);
    commands = new CommandRegistry();
    commands.addCommand('notebook:create-new', { execute: create });
    specs = {
      ir: { language: 'R' },
      python3: { language: 'python' },
      pangeo: { language: 'python' }
    };
    usual = 'python3';
  });

  const find = (current: object | null) =>
    pythonNotebook({ currentWidget: current } as unknown as INotebookTracker, {
      commands,
      kernelspecs: {
        ready: Promise.resolve(),
        specs: { default: usual, kernelspecs: specs }
      } as unknown as KernelSpec.IManager,
      cwd: () => 'work',
      trans: nullTranslator.load('')
    });

  it('should take the current notebook if Python runs there', async () => {
    const current = notebook('python');
    await expect(find(current)).resolves.toEqual({
      panel: current,
      otherLanguage: null
    });
    expect(create).not.toHaveBeenCalled();
  });

  it('should make one where the file browser is if none is open', async () => {
    const { panel } = await find(null);
    expect(panel).toBe(fresh);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ cwd: 'work', kernelName: 'python3' })
    );
  });

  it('should make a new one beside a notebook of another language', async () => {
    await expect(find(notebook('R'))).resolves.toEqual({
      panel: fresh,
      otherLanguage: 'R'
    });
  });

  it('should go by what a notebook says while its kernel is not there', async () => {
    const julia = notebook(null, { kernelspec: { language: 'julia' } });
    await expect(find(julia)).resolves.toMatchObject({
      otherLanguage: 'julia'
    });
    const untold = notebook(null);
    await expect(find(untold)).resolves.toMatchObject({ panel: untold });
  });

  it('should take a Python kernel although the usual one is another', async () => {
    usual = 'ir';
    await find(null);
    expect(create).toHaveBeenCalledWith(
      expect.objectContaining({ kernelName: 'python3' })
    );
  });

  it('should say so if no kernel speaks Python', async () => {
    specs = { ir: { language: 'R' } };
    await expect(find(null)).rejects.toThrow('no Python kernel');
  });
});

describe('languagesNow', () => {
  it('should tell of a node in which other language its notebook runs', async () => {
    const panels = ['python', 'R'].map(language => ({
      ...notebook(language),
      node: document.createElement('div')
    }));
    const inside = panels[1].node.appendChild(document.createElement('p'));
    const tracker = {
      forEach: (act: (panel: unknown) => void) => panels.forEach(act)
    } as unknown as INotebookTracker;
    const languageAt = await languagesNow(tracker);
    expect(languageAt(inside)).toBe('R');
    expect(languageAt(panels[0].node)).toBeNull();
    expect(languageAt(document.body)).toBeNull();
  });
});
