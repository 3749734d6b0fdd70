/** Pictures of every view, light and dark, narrow and at 200 %, small enough to keep. */
import { execFileSync } from 'child_process';
import path from 'path';

import {
  expect,
  galata,
  IJupyterLabPageFixture,
  test
} from '@jupyterlab/galata';

import { PanelPage } from '../tests/panel-page';

const IMAGES = path.join(__dirname, '..', '..', 'docs', 'images');
const RUN = { timeout: 120_000 };

const PLAN = `rain = mcl.open_dataset("pangeo/atmosphere/era5").tp
mcl.plan(rain.mean("time")) and "is planned"`;

/** Write some weeks of computations into the demo's ledger: more than a test has time for. */
function fillLedger(): void {
  const state = process.env.MULTICLOUD_UI_STATE ?? '';
  execFileSync('python', [
    path.join(__dirname, '..', 'server', 'fill_ledger.py'),
    path.join(state, 'data/jupyter/multicloud_lab/ledger.sqlite')
  ]);
}

async function picture(
  page: IJupyterLabPageFixture,
  name: string
): Promise<void> {
  await page.screenshot({
    path: path.join(IMAGES, `${name}.jpg`),
    type: 'jpeg',
    quality: 70
  });
}

test('pictures of every view', async ({ page }) => {
  fillLedger();
  const panel = new PanelPage(page);
  await panel.signedIn('gcp-iowa');
  await panel.open();
  await page.notebook.createNew('clusters.ipynb');
  await panel.picker.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Start Beside…' }).click();
  await dialog.getByRole('combobox').selectOption('gcp:us-central1 (gcp-iowa)');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await expect(panel.picker).toContainText('us-central1 · 1', RUN);
  await panel.picker.click();
  await expect(dialog.getByRole('checkbox')).toBeChecked();
  await picture(page, 'picker');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.notebook.addCell('code', PLAN);
  await page.notebook.runCell((await panel.cells.count()) - 1);
  await expect(panel.notebook.getByText("'is planned'")).toBeVisible(RUN);

  const views = [
    ['map', 'Show Map of Clouds', /^Regions$/],
    ['ledger', 'Show Ledger', /^Added up by/]
  ] as const;
  for (const [theme, suffix] of [
    ['JupyterLab Light', ''],
    ['JupyterLab Dark', '-dark']
  ]) {
    await page.theme.setTheme(theme);
    for (const [name, command, table] of views) {
      await panel.command(command);
      await expect(page.getByRole('table', { name: table })).toBeVisible();
      await picture(page, `${name}${suffix}`);
    }
  }
  await page.theme.setLightTheme();

  await test.step('narrow, and at 200 %', async () => {
    for (const [name, command, table] of views) {
      await panel.command(command);
      await page.setViewportSize({ width: 640, height: 900 });
      await expect(page.getByRole('table', { name: table })).toBeVisible();
      await picture(page, `${name}-narrow`);
    }
    // At 200 % a window has half as many pixels of its own.
    await page.setViewportSize({ width: 640, height: 450 });
    await picture(page, 'ledger-200');
    await page.setViewportSize({ width: 1280, height: 900 });
  });
  await panel.stopAll();
});

test.describe('on first use', () => {
  test.use({ mockSettings: galata.DEFAULT_SETTINGS });

  test('a picture of the tour', async ({ page }) => {
    await new PanelPage(page).open();
    await expect(
      page.getByRole('dialog', { name: 'Tour of Multi-Cloud Lab' })
    ).toContainText('1 of 4');
    await picture(page, 'tour');
  });
});
