/** The map, the ledger and the tour, as a person finds them. */
import { readFileSync } from 'fs';

import { expect, galata, test } from '@jupyterlab/galata';

import { fillLedger } from './demo';
import { PanelPage } from './panel-page';

test.describe.configure({ timeout: 90_000 });

test('shows what is where on a map, and filters the panel by it', async ({
  page
}) => {
  fillLedger();
  const panel = new PanelPage(page);
  await panel.open();
  await panel.command('Show Map of Clouds');
  const regions = page.getByRole('table', { name: 'Regions' });
  await expect(
    regions.getByRole('row', { name: /aws:us-west-2 Oregon \d aws-oregon/ })
  ).toBeVisible();
  await expect(
    page.getByRole('img', { name: /^Map of the world with 2 regions/ })
  ).toBeVisible();
  await expect(
    page
      .getByRole('table', { name: 'Bytes between regions' })
      .getByRole('row', { name: /aws:us-west-2 gcp:us-central1 40 GB/ })
  ).toContainText('$0.80–$3.60');

  await test.step('a click on the map, and the keyboard in the table, do the same', async () => {
    await page.locator('[data-region="gcp:us-central1"]').click();
    await expect(panel.found).toHaveText(/^1 of \d datasets$/);
    const button = regions.getByRole('button', { name: 'gcp:us-central1' });
    await expect(button).toHaveAttribute('aria-pressed', 'true');
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(panel.found).toHaveText(/^\d datasets$/);
  });
});

test('says what was read and moved, and exports it', async ({ page }) => {
  fillLedger();
  const panel = new PanelPage(page);
  await panel.open();
  await panel.command('Show Ledger');
  const sums = page.getByRole('table', { name: /^Added up by/ });
  await expect(sums.getByRole('row')).toHaveCount(7);
  await page.getByRole('button', { name: 'Notebook', exact: true }).click();
  await expect(
    sums.getByRole('row', { name: /^=compare.ipynb 1 0 B 40 GB \$0.80–\$3.60/ })
  ).toBeVisible();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export as CSV' }).click()
  ]);
  const lines = readFileSync(await download.path(), 'utf-8').split('\r\n');
  expect(lines[0]).toMatch(/^at,run,notebook,kind,dataset,/);
  expect(lines.filter(line => line.includes('compare.ipynb'))).toEqual([
    expect.stringContaining(`,"'=compare.ipynb",move,lens/atm/`)
  ]);
});

test.describe('on first use', () => {
  test.use({ mockSettings: galata.DEFAULT_SETTINGS });

  test('a tour of four steps comes once, and again when it is asked for', async ({
    page
  }) => {
    const panel = new PanelPage(page);
    await panel.open();
    const tour = page.getByRole('dialog', { name: 'Tour of Multi-Cloud Lab' });
    await expect(tour).toContainText('1 of 4');
    for (const step of ['2 of 4', '3 of 4', '4 of 4']) {
      await page.keyboard.press('Enter');
      await expect(tour).toContainText(step);
    }
    await page.keyboard.press('Enter');
    await expect(tour).toHaveCount(0);
    await page.sidebar.close('left');
    await panel.open();
    await expect(tour).toHaveCount(0);
    await panel.command('Tour of Multi-Cloud Lab');
    await expect(tour).toContainText('1 of 4');
    await page.keyboard.press('Escape');
    await expect(tour).toHaveCount(0);
  });
});
