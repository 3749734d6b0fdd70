/** Finds words that are cut off and can be read whole nowhere: neither scrolled to, nor in a tooltip. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';

/** A window at 200 %, which has half as many pixels of its own. */
const ZOOMED = { width: 640, height: 450 };

/** At 400 %, a quarter of 1280. */
const NARROW = { width: 320, height: 450 };

/** A row has as many facts as there is room for; the rest is in the details. */
const ROOM_LEFT = '.jp-MulticloudDataset-facts';

/** Expect that all words in parts of the page can be read, at the size that it has. */
export async function expectNothingCutOff(
  page: IJupyterLabPageFixture,
  parts: string
): Promise<void> {
  await expect(page.locator(parts).first()).toBeVisible();
  await expect.poll(() => cutOffIn(page, parts)).toEqual([]);
}

/** The words that are cut off, each with what cuts it. */
export function cutOffIn(
  page: IJupyterLabPageFixture,
  parts: string
): Promise<string[]> {
  return page.evaluate(cutOff, [parts, ROOM_LEFT] as const);
}

/** Expect the same at 200 %, and leave the window as it was. */
export async function expectNothingCutOffZoomed(
  page: IJupyterLabPageFixture,
  parts: string
): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize(ZOOMED);
  await expectNothingCutOff(page, parts);
  await page.setViewportSize(size);
}

/** Expect that the dialog that shows is in the window as a whole at 400 %, and leave the window as it was. */
export async function expectDialogFitsNarrow(
  page: IJupyterLabPageFixture
): Promise<void> {
  const size = page.viewportSize()!;
  await page.setViewportSize(NARROW);
  const beyond = () =>
    page.locator('.jp-Dialog-content').evaluate(content => {
      const { left, right } = content.getBoundingClientRect();
      return [
        Math.max(0, -left),
        Math.max(0, right - window.innerWidth),
        Math.max(0, content.scrollWidth - content.clientWidth)
      ];
    });
  await expect.poll(beyond).toEqual([0, 0, 0]);
  await page.setViewportSize(size);
}

/** Finds them; run in the page, so that it knows nothing of this file. */
function cutOff([parts, roomLeft]: readonly [string, string]): string[] {
  const clips = (way: string) => way === 'hidden' || way === 'clip';
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim();
  const spoken = (node: Element) =>
    getComputedStyle(node).clipPath === 'inset(50%)';

  /** What cuts a box off, of all that it is in. */
  const cutterOf = (box: DOMRect, from: Element): Element | null => {
    let [across, down] = [true, true];
    for (
      let node: Element | null = from;
      // JupyterLab's body has no height, and cuts nothing off.
      node && node !== document.body && (across || down);
      node = node.parentElement
    ) {
      if (spoken(node)) {
        return null; // For the ears only.
      }
      const { overflowX, overflowY } = getComputedStyle(node);
      const edge = node.getBoundingClientRect();
      if (node.matches(roomLeft) && box.top >= edge.bottom) {
        return null;
      }
      if (
        (across &&
          clips(overflowX) &&
          (box.right > edge.right + 1 || box.left < edge.left - 1)) ||
        (down &&
          clips(overflowY) &&
          (box.bottom > edge.bottom + 2 || box.top < edge.top - 2))
      ) {
        return node;
      }
      // What scrolls shows all of it in its way.
      across &&= clips(overflowX) || overflowX === 'visible';
      down &&= clips(overflowY) || overflowY === 'visible';
    }
    return null;
  };

  /** Whether an ellipsis says that there is more, and a tooltip says it. */
  const isToldWhole = (text: string, cutter: Element): boolean =>
    getComputedStyle(cutter).textOverflow === 'ellipsis' &&
    plain(cutter.closest('[title]')?.getAttribute('title') ?? '').includes(
      plain(text)
    );

  const found: string[] = [];
  for (const part of Array.from(document.querySelectorAll(parts))) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      const parent = text.parentElement!;
      if (!plain(text.data) || !parent.checkVisibility()) {
        continue;
      }
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const box of Array.from(range.getClientRects())) {
        const cutter = box.width > 0 && cutterOf(box, parent);
        if (cutter && !isToldWhole(text.data, cutter)) {
          found.push(
            `${plain(text.data)} < ${cutter.className || cutter.tagName}`
          );
          break;
        }
      }
    }
  }
  return found;
}
