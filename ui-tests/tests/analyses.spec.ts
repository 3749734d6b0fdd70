/** Analyses: asked in a form, by keyboard alone, and two regions compared. */
import { expect, test } from '@jupyterlab/galata';

import { expectAccessible } from './accessibility';
import { passwordOf } from './demo';
import { PanelPage } from './panel-page';

// Seconds for a notebook on two busy cores: a kernel, its imports, and workers that import too.
const RUN = { timeout: 120_000 };

test.use({ viewport: { width: 1440, height: 900 } });

test('goes from search to a running cell by keyboard alone', async ({
  page
}) => {
  const panel = new PanelPage(page);
  const { keyboard } = page;
  await page.getByRole('tab', { name: 'Multi-Cloud Lab' }).focus();
  await keyboard.press('Enter');
  const search = page.getByRole('searchbox', { name: 'Search datasets' });
  await expect(search).toBeVisible();
  await search.focus();

  await keyboard.type('PRECT');
  await expect(panel.dataset('PRECT')).toBeVisible();
  await expect(panel.found).toHaveText(/of 5 datasets/);
  await keyboard.press('ArrowDown');
  await keyboard.press('End');
  await expect(panel.dataset('PRECT')).toBeFocused();
  await expect(panel.dataset('PRECT')).toHaveAttribute('aria-level', '2');
  await keyboard.press('Enter');

  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Sign In to aws-oregon');
  await expect(dialog.getByLabel('Password')).toBeFocused();
  await expectAccessible(page, '.jp-Dialog');
  await dialog.getByLabel('Password').focus();
  await keyboard.type(passwordOf('aws-oregon'));
  await keyboard.press('Enter');

  await expect(panel.cells).toHaveCount(4);
  await expect(page.getByText('Python 3 (ipykernel) | Idle')).toBeVisible();
  await keyboard.press('Shift+Enter');
  await expect(
    panel.notebook.getByText('xarray.Dataset', { exact: true })
  ).toBeVisible(RUN);
  await expect(panel.errors).toHaveCount(0);
  await page.notebook.close(false);
  await panel.stopAll();
});

test('asks what an analysis needs to know, and inserts what was chosen', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.chooseAnalysis(['era5'], 'Time mean…');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Time mean of era5');
  await expect(dialog.getByLabel('Variable')).toHaveValue('tp');
  await dialog.getByLabel(/^From/).fill('1990-01-01');
  await dialog.getByLabel(/^To/).fill('1989');
  await expectAccessible(page, '.jp-Dialog');
  await page.screenshot({ path: test.info().outputPath('form.png') });
  await dialog.getByRole('button', { name: 'Insert' }).click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'The time range ends in 1989, before it begins in 1990-01-01.'
  );
  await dialog.getByLabel(/^To/).fill('1990-01-02');
  await dialog.getByRole('button', { name: 'Insert' }).click();
  await expect(panel.cells.nth(2)).toContainText(
    'mean = era5["tp"].sel(time=slice("1990-01-01", "1990-01-02"))'
  );
  await page.notebook.close(false);
});

test('compares two datasets, each computed in its own region', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.chooseAnalysis(['era5', 'PRECT'], 'Comparison…');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Comparison of era5, PRECT');
  await dialog
    .getByLabel('What is compared')
    .selectOption('The mean over the whole area, in time');
  await dialog.getByRole('button', { name: 'Insert' }).click();
  await expect(panel.cells).toHaveCount(6);
  await panel.dataset('era5').click();
  await panel.choose('era5', 'Open Dataset Near Data');
  await panel.signIn('gcp-iowa', passwordOf('gcp-iowa'));
  await expect(panel.cells).toHaveCount(10);
  await page.notebook.runCell(0);
  for (let cell = 1; cell < 6; cell++) {
    await page.notebook.runCell(cell);
  }
  await expect(panel.plots).toHaveCount(1, RUN);
  await expect(panel.errors).toHaveCount(0);
  await panel.plots.first().scrollIntoViewIfNeeded();
  await page.screenshot({ path: test.info().outputPath('compare.png') });
  await page.notebook.close(false);
  await panel.stopAll();
});
