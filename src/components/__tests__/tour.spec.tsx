import { nullTranslator } from '@jupyterlab/translation';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { showTour } from '../../actions/show-tour';

const trans = nullTranslator.load('');

describe('the tour', () => {
  const onEnd = jest.fn();
  let panel: HTMLElement;

  beforeEach(async () => {
    jest.clearAllMocks();
    panel = document.createElement('div');
    panel.innerHTML =
      '<input>' + '<div class="jp-MulticloudSection"></div>'.repeat(3);
    document.body.append(panel);
    panel.querySelector('input')!.focus();
    const tour = showTour(panel, trans, onEnd);
    await act(() => tour.renderPromise);
  });

  afterEach(() => panel.remove());

  const marked = () =>
    [...panel.querySelectorAll('div')].findIndex(child =>
      child.classList.contains('jp-MulticloudTour-target')
    );
  const press = (name: string) =>
    userEvent.click(screen.getByRole('button', { name }));

  it('should go through four steps, each beside what it is about', async () => {
    const seen = [marked()];
    for (let step = 0; step < 3; step++) {
      await press('Next');
      seen.push(marked());
    }
    expect(seen).toEqual([0, 0, 1, 2]);
    expect(screen.getByText('4 of 4')).toBeTruthy();
    expect(document.activeElement?.textContent).toBe('Done');
    await press('Back');
    expect(screen.getByText('3 of 4')).toBeTruthy();
    await press('Next');
    await press('Done');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(marked()).toBe(-1);
    expect(onEnd).toHaveBeenCalledTimes(1);
  });

  it('should be skipped by a button or by Escape', async () => {
    await press('Skip');
    expect(screen.queryByRole('dialog')).toBeNull();
    const tour = showTour(panel, trans, onEnd);
    await act(() => tour.renderPromise);
    await userEvent.keyboard('{Escape}');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(onEnd).toHaveBeenCalledTimes(2);
  });

  it('should stay in a window that becomes lower', async () => {
    const card = () => screen.getByRole('dialog').parentElement!.style.top;
    const section = panel.querySelector('div')!;
    section.getBoundingClientRect = () => ({ right: 250, top: 600 }) as DOMRect;
    for (const [height, top] of [
      [900, '600px'],
      [450, '230px']
    ]) {
      window.innerHeight = Number(height);
      window.dispatchEvent(new Event('resize'));
      expect(card()).toBe(top);
    }
    await press('Skip');
  });

  it('should keep Tab in the card, and give the focus back', async () => {
    const names: (string | null | undefined)[] = [];
    for (const key of ['{Tab}', '{Tab}', '{Shift>}{Tab}{/Shift}']) {
      await userEvent.keyboard(key);
      names.push(document.activeElement?.textContent);
    }
    expect(names).toEqual(['Skip', 'Next', 'Skip']);
    await userEvent.keyboard('{Escape}');
    expect(document.activeElement).toBe(panel.querySelector('input'));
  });
});
