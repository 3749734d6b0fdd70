/** Looks for barriers with axe-core, in JupyterLab's light and dark themes. */
import AxeBuilder from '@axe-core/playwright';
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';

const LIGHT = 'JupyterLab Light';
const DARK = 'JupyterLab Dark';

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
 * JupyterLab's body is without height, since all that is in it is placed absolutely, and so is what
 * holds its notifications; axe-core takes what is in such a box for hidden and looks at no colour of
 * it.
 */
const SEEN =
  'body, body > .jp-ThemedContainer:has(.Toastify) { height: 100vh; }';

/** What depends on the theme. */
const COLOURS = 'color-contrast';

/**
 * Expect that axe-core finds nothing wrong in parts of the page: all of it in the theme that is on,
 * then the colours in the other one too, which stays on.
 *
 * @param parts - Selectors of them; what is of JupyterLab itself is to be left out by the caller.
 * @param meanwhile - What else is done in each theme.
 * @param barriers - Rules that JupyterLab itself breaks there.
 */
export async function expectAccessible(
  page: IJupyterLabPageFixture,
  parts: string | readonly string[],
  meanwhile: (theme: 'light' | 'dark') => Promise<unknown> = async () => null,
  barriers: readonly string[] = []
): Promise<void> {
  const isLight = await page.evaluate(
    () => document.body.dataset.jpThemeLight !== 'false'
  );
  await page.addStyleTag({ content: SEEN });
  await meanwhile(isLight ? 'light' : 'dark');
  const rules = builderOf(page, parts).withTags(RULES);
  await expectNoViolation(rules.disableRules([...barriers]));
  await page.theme.setTheme(isLight ? DARK : LIGHT);
  await meanwhile(isLight ? 'dark' : 'light');
  await expectNoViolation(builderOf(page, parts).withRules(COLOURS));
}

function builderOf(
  page: IJupyterLabPageFixture,
  parts: string | readonly string[]
): AxeBuilder {
  // All is in one frame, which is looked at without a page beside it.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  for (const part of [parts].flat()) {
    axe.include(part);
  }
  return axe;
}

async function expectNoViolation(axe: AxeBuilder): Promise<void> {
  const { passes, violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) =>
      [id, html.slice(0, 200), failureSummary].join('\n')
    )
  );
  expect(found).toEqual([]);
  const measured = passes
    .filter(({ id }) => id === COLOURS)
    .flatMap(({ nodes }) => nodes.flatMap(({ any }) => any))
    .filter(({ data }) => data?.contrastRatio);
  expect(measured, 'colours that axe-core could measure').not.toEqual([]);
}
