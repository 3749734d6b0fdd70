/** Looks for barriers with axe-core, in JupyterLab's light and dark themes. */
import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';

export const THEMES = ['JupyterLab Light', 'JupyterLab Dark'] as const;

/** What axe-core checks: WCAG 2.2 up to AA, and good practice. */
const RULES = [
  'wcag2a',
  'wcag2aa',
  'wcag21a',
  'wcag21aa',
  'wcag22aa',
  'best-practice'
];

/**
 * Expect that axe-core finds nothing wrong in a part of the page.
 *
 * @param part - A selector of it; what is of JupyterLab itself is to be left out by the caller.
 * @param without - Selectors of what is in it but not ours.
 * @param barriers - Rules that JupyterLab itself breaks there.
 */
export async function expectAccessible(
  page: IJupyterLabPageFixture,
  part: string,
  without: readonly string[] = [],
  barriers: readonly string[] = []
): Promise<void> {
  let axe = new AxeBuilder({ page })
    .include(part)
    .withTags(RULES)
    .disableRules([...barriers]);
  for (const other of without) {
    axe = axe.exclude(other);
  }
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) =>
      [id, html.slice(0, 200), failureSummary].join('\n')
    )
  );
  expect(found, `axe-core in ${part}`).toEqual([]);
}

/** Do something in each theme, and leave the light one. */
export async function inEachTheme(
  page: IJupyterLabPageFixture,
  act: (theme: string) => Promise<void>
): Promise<void> {
  for (const theme of THEMES) {
    await page.theme.setTheme(theme);
    await act(theme);
  }
  await page.theme.setLightTheme();
}
