/** The panel and the details have no barrier that axe-core finds, at any width, light and dark. */
import { expect, test } from '@jupyterlab/galata';

import { expectAccessible, inEachTheme } from './accessibility';
import { PanelPage } from './panel-page';

const PANEL = '#multicloud-lab-panel';

test('the panel is without barriers, light and dark, also at 200 px', async ({
  page
}) => {
  // No panel of JupyterLab is less than 250 px wide, unless a theme says so.
  await page.addInitScript(() =>
    document.addEventListener('DOMContentLoaded', () => {
      const style = document.createElement('style');
      style.textContent = ':root:root { --jp-sidebar-min-width: 200px; }';
      document.head.append(style);
    })
  );
  await page.reload();
  const panel = new PanelPage(page);
  await panel.open();
  await panel.dataset('PRECT').click();
  for (const width of [300, 200]) {
    await page.sidebar.setWidth(width, 'left');
    const box = await page.locator(PANEL).boundingBox();
    expect(Math.abs(box!.width - width)).toBeLessThan(3);
    await inEachTheme(page, async theme => {
      await expect(panel.dataset('PRECT')).toBeVisible();
      const name = `panel-${width}-${theme.split(' ').pop()!.toLowerCase()}.png`;
      await page
        .locator(PANEL)
        .screenshot({ path: test.info().outputPath(name) });
      await expectAccessible(page, PANEL);
    });
  }
});

test('the details are without barriers, light and dark', async ({ page }) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.choose('PRECT', 'Show Details');
  await expect(page.getByRole('region', { name: 'Code' })).toContainText(
    'mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT")'
  );
  await expect(
    page.getByRole('button', { name: 'Climatology and anomaly…' })
  ).toBeVisible();
  await expect(page.getByRole('table', { name: 'Variables' })).toBeVisible();
  await inEachTheme(page, async theme => {
    const name = `details-${theme.split(' ').pop()!.toLowerCase()}.png`;
    await page.screenshot({ path: test.info().outputPath(name) });
    await expectAccessible(page, '.jp-MulticloudDetails');
  });
  const button = page.getByRole('button', { name: 'List datasets in groups' });
  await button.click();
  await expect(panel.dataset('PRECT')).toHaveAttribute('aria-level', '1');
  await button.click();
  await expect(panel.dataset('PRECT')).toHaveAttribute('aria-level', '2');
});
