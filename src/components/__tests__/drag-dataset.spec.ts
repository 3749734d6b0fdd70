import { DropGuard } from '../drag-dataset';

describe('DropGuard', () => {
  const taken: string[] = [];
  let guard: DropGuard;
  let python: HTMLElement;
  let r: HTMLElement;

  /** A notebook's node, which takes what is dropped on it as JupyterLab's do. */
  function notebook(): HTMLElement {
    const node = document.body.appendChild(document.createElement('div'));
    for (const type of ['lm-dragenter', 'lm-dragover', 'lm-drop']) {
      node.addEventListener(type, () => taken.push(type), true);
    }
    return node.appendChild(document.createElement('p'));
  }

  /** Tell of a drag over a node, as Lumino does; give whether somebody takes it. */
  function tell(node: HTMLElement, type: string): boolean {
    const event = new Event(type, { bubbles: true, cancelable: true });
    return !node.dispatchEvent(event);
  }

  beforeEach(() => {
    taken.length = 0;
    [python, r] = [notebook(), notebook()];
    guard = new DropGuard(node => (r.contains(node) ? 'R' : null));
  });

  afterEach(() => guard.dispose());

  it('should let a notebook that runs Python have the drag', () => {
    tell(r, 'lm-dragenter');
    tell(python, 'lm-dragenter');
    tell(python, 'lm-drop');
    expect(taken).toEqual(['lm-dragenter', 'lm-drop']);
    expect(guard.refused).toBeNull();
  });

  it('should keep it from one of another language, and from all behind it', () => {
    expect(tell(r, 'lm-dragenter')).toBe(true);
    expect(tell(r, 'lm-dragover')).toBe(true);
    tell(r, 'lm-drop');
    expect(taken).toEqual([]);
    expect(guard.refused).toBe('R');
  });

  it('should do nothing once the drag is over', () => {
    guard.dispose();
    tell(r, 'lm-drop');
    expect(taken).toEqual(['lm-drop']);
  });
});
