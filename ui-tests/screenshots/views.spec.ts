/** Pictures of every view, light and dark, narrow and at 200 %, small enough to keep. */
import { execFileSync } from 'child_process';
import path from 'path';

import {
  expect,
  galata,
  IJupyterLabPageFixture,
  test
} from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { PanelPage } from '../tests/panel-page';
import { stage } from '../tests/staged';
import { everyState } from '../tests/staged-clusters';
import { EVERY_OPTION, NOTHING } from '../tests/staged-labs';

const IMAGES = path.join(__dirname, '..', '..', 'docs', 'images');
const RUN = { timeout: 120_000 };

const WINDOW = { width: 1120, height: 720 };
/** At 200 % a window has half as many pixels of its own. */
const ZOOMED = { width: 640, height: 450 };
const NARROW = { width: 400, height: 720 };

const PLAN = `import multicloud_lab as mcl
rain = mcl.open_dataset("pangeo/atmosphere/era5").tp.isel(time=slice(0, 48))
snow = mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT").PRECT.isel(time=slice(0, 8))
mcl.plan(rain.mean("time"), snow.mean("time"))`;

test.use({ viewport: WINDOW });

test.describe('in every state', () => {
  test.use({ autoGoto: false });

  test('pictures of the panel, its dialogs and its tabs', async ({ page }) => {
    fillLedger();
    await stage(page, {
      ...everyState(),
      'gateways/[^/]+/options': EVERY_OPTION
    });
    await page.goto();
    const panel = new PanelPage(page);
    const dialog = page.locator('.jp-Dialog-content');
    const side = page.locator('#multicloud-lab-panel');
    const opened = async (name: string, open: () => Promise<void>) => {
      await open();
      await expect(dialog).toBeVisible();
      await inEachTheme(page, name, dialog);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    };
    await panel.open();
    await panel.dataset('PRECT').click();
    await page.sidebar.setWidth(320, 'left');
    await page.setViewportSize({ ...WINDOW, height: 1000 });
    await inEachTheme(page, 'side', side);
    await page.sidebar.setWidth(250, 'left');
    await picture(side, 'side-narrow');
    await page.setViewportSize(ZOOMED);
    await picture(page, 'side-200');
    await page.setViewportSize(WINDOW);

    await opened('start', () =>
      panel
        .gateway('aws-oregon')
        .getByRole('button', { name: 'Start cluster on aws-oregon' })
        .click()
    );
    await opened('sign-in', () =>
      panel
        .gateway('gcp-iowa')
        .getByRole('button', { name: /^Sign in again/ })
        .click()
    );
    await opened('start-several', () =>
      page.getByRole('button', { name: /^Start a cluster on each/ }).click()
    );
    await opened('stop-all', () =>
      page.getByRole('button', { name: /^Stop the clusters/ }).click()
    );
    await opened('analysis', async () => {
      await panel.chooseAnalysis(['era5'], 'Time mean…');
    });

    // It would lie on what is shown next.
    await page.getByRole('button', { name: 'Hide notification' }).click();
    const views = [
      ['map', 'Show Map of Clouds', /^Regions$/],
      ['ledger', 'Show Ledger', /^Added up by/]
    ] as const;
    for (const [name, command, table] of views) {
      await panel.command(command);
      await expect(page.getByRole('table', { name: table })).toBeVisible();
      if (name === 'ledger') {
        await inEachTheme(page, name, page);
      }
      await page.sidebar.close('left');
      await page.setViewportSize(NARROW);
      await picture(page, `${name}-narrow`);
      await page.setViewportSize(ZOOMED);
      await picture(page, `${name}-200`);
      await page.setViewportSize(WINDOW);
      await panel.open();
    }
    await panel.choose('PRECT', 'Show Details');
    await expect(page.getByRole('table', { name: 'Variables' })).toBeVisible();
    await inEachTheme(page, 'details', page);
    await page.sidebar.close('left');
    await page.setViewportSize(NARROW);
    await picture(page, 'details-narrow');
    await page.setViewportSize(ZOOMED);
    await picture(page, 'details-200');
    await page.setViewportSize(WINDOW);
    await panel.open();

    await panel.choose('PRECT', 'Open Dataset Near Data');
    await page.getByRole('button', { name: 'Change…' }).first().click();
    await expect(dialog).toContainText('Compute PRECT Elsewhere');
    await inEachTheme(page, 'change', dialog);
    await opened('price', async () => {
      await page.getByRole('radio', { name: /^gcp-iowa/ }).check();
      await dialog.getByRole('button', { name: 'Change' }).click();
      await expect(dialog).toContainText('Read Data from Another Region?');
    });

    await page.menu.clickMenuItem('Settings>Settings Editor');
    await page
      .locator('.jp-PluginList')
      .getByText('Multi-Cloud Lab', { exact: true })
      .click();
    await expect(page.locator('[id$="_homeRegion"]')).toBeVisible();
    await inEachTheme(page, 'settings', page);
  });

  test('a picture of a lab without anything', async ({ page }) => {
    await stage(page, NOTHING);
    await page.goto();
    await page.getByRole('tab', { name: 'Multi-Cloud Lab' }).click();
    await expect(page.getByText('No gateways yet.')).toBeVisible();
    await picture(page.locator('#multicloud-lab-panel'), 'nothing');
  });
});

test('pictures of what is in a notebook', async ({ page }) => {
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
  await page.sidebar.close('left');
  await page.notebook.addCell('code', PLAN);
  await page.notebook.runCell((await panel.cells.count()) - 1);
  const plan = panel.notebook.locator('.mcl-plan');
  await expect(plan).toBeVisible(RUN);
  await plan.scrollIntoViewIfNeeded();
  await inEachTheme(page, 'plan', page);
  await page.setViewportSize(ZOOMED);
  await plan.scrollIntoViewIfNeeded();
  await picture(page, 'plan-200');
  await page.setViewportSize(WINDOW);
  await panel.picker.click();
  await expect(dialog.getByRole('checkbox')).toBeChecked();
  await inEachTheme(page, 'picker', page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await panel.open();
  await panel.command('Show Map of Clouds');
  await expect(
    page.getByRole('table', { name: 'Bytes between regions' })
  ).toBeVisible();
  await inEachTheme(page, 'map', page);
  await page.activity.activateTab('clusters.ipynb');
  await page.notebook.close(false);
  await panel.stopAll();
});

test.describe('on first use', () => {
  test.use({ mockSettings: galata.DEFAULT_SETTINGS });

  test('pictures of the tour', async ({ page }) => {
    await new PanelPage(page).open();
    await expect(
      page.getByRole('dialog', { name: 'Tour of Multi-Cloud Lab' })
    ).toContainText('1 of 4');
    await inEachTheme(page, 'tour', page);
  });
});

/** Write some weeks of computations into the demo's ledger: more than a test has time for. */
function fillLedger(): void {
  const state = process.env.MULTICLOUD_UI_STATE ?? '';
  execFileSync('python', [
    path.join(__dirname, '..', 'server', 'fill_ledger.py'),
    path.join(state, 'data/jupyter/multicloud_lab/ledger.sqlite')
  ]);
}

async function picture(
  of: IJupyterLabPageFixture | Locator,
  name: string
): Promise<void> {
  await of.screenshot({
    path: path.join(IMAGES, `${name}.jpg`),
    type: 'jpeg',
    quality: 50
  });
}

/** Take a picture in each theme, and leave the light one. */
async function inEachTheme(
  page: IJupyterLabPageFixture,
  name: string,
  of: IJupyterLabPageFixture | Locator
): Promise<void> {
  await picture(of, name);
  await page.theme.setDarkTheme();
  await picture(of, `${name}-dark`);
  await page.theme.setLightTheme();
}
