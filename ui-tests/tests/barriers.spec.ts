/** No view has a barrier that axe-core finds, light and dark; the panel at any width. */
import { expect, galata, test } from '@jupyterlab/galata';

import { expectAccessible } from './accessibility';
import {
  cutOffIn,
  expectNothingCutOff,
  expectNothingCutOffZoomed
} from './cut-off';
import { PanelPage } from './panel-page';
import { stage } from './staged';
import { everyState } from './staged-clusters';
import { LEDGER, NOTHING } from './staged-labs';

const PANEL = '#multicloud-lab-panel';
const TOAST = '.Toastify__toast';
/** What has to be found, or nothing would be. */
const CUTTING =
  '.jp-MulticloudMessage p { width: 40px; overflow: hidden; white-space: nowrap; }';

test.describe('with a panel in which everything happens at once', () => {
  test.use({ autoGoto: false });

  test('the panel, the status bar, the map and the ledger are without barriers', async ({
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
    await stage(page, { ...everyState(), ...LEDGER });
    await page.goto();
    const panel = new PanelPage(page);
    await panel.open();
    await panel.dataset('PRECT').click();
    await expect(panel.cluster('azure-we')).toContainText('failed');
    for (const width of [300, 250, 200]) {
      await page.sidebar.setWidth(width, 'left');
      await expectNothingCutOff(page, PANEL);
      if (width === 250) {
        await expectNothingCutOffZoomed(page, PANEL);
        continue;
      }
      const box = await page.locator(PANEL).boundingBox();
      expect(Math.abs(box!.width - width)).toBeLessThan(3);
      await expect(panel.dataset('PRECT')).toBeVisible();
      const parts = width === 300 ? [PANEL, '.jp-MulticloudStatus'] : PANEL;
      await expectAccessible(page, parts, theme =>
        page.locator(PANEL).screenshot({
          path: test.info().outputPath(`panel-${width}-${theme}.png`)
        })
      );
    }
    // The warning of an idle cluster, in JupyterLab's own frame.
    await expect(page.locator(TOAST)).toHaveCount(1);
    await expectAccessible(page, TOAST);
    await panel.command('Show Map of Clouds');
    await expect(
      page.getByRole('table', { name: 'Regions', exact: true })
    ).toBeVisible();
    await expectAccessible(page, '.jp-MulticloudMap-tab');
    await expectNothingCutOffZoomed(page, '.jp-MulticloudMap-tab');
    await panel.command('Show Ledger');
    await expect(page.getByRole('table', { name: /^Added up/ })).toBeVisible();
    await expectAccessible(page, '.jp-MulticloudLedger-tab');
    await expectNothingCutOffZoomed(page, '.jp-MulticloudLedger-tab');
  });

  test('nor is there a barrier where there is nothing yet', async ({
    page
  }) => {
    await stage(page, NOTHING);
    await page.goto();
    await page.getByRole('tab', { name: 'Multi-Cloud Lab' }).click();
    await expect(page.getByText('No catalogs yet.')).toBeVisible();
    await expect(page.getByText('No gateways yet.')).toBeVisible();
    const panel = new PanelPage(page);
    await panel.command('Show Ledger');
    await expect(
      page.getByText(/^Nothing was computed near data/)
    ).toBeVisible();
    await expectAccessible(page, [PANEL, '.jp-MulticloudLedger-tab']);
    await expectNothingCutOff(page, PANEL);
    await page.addStyleTag({ content: CUTTING });
    expect(await cutOffIn(page, PANEL)).toContainEqual(
      expect.stringMatching(/^No catalogs yet\./)
    );
    await panel.command('Show Map of Clouds');
    await expect(page.getByText('Nothing is on the map yet')).toBeVisible();
    await expectAccessible(page, '.jp-MulticloudMap-tab');
  });
});

test('the details are without barriers', async ({ page }) => {
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
  await expectAccessible(page, '.jp-MulticloudDetails', theme =>
    page.screenshot({ path: test.info().outputPath(`details-${theme}.png`) })
  );
  await expectNothingCutOffZoomed(page, '.jp-MulticloudDetails');
  const button = page.getByRole('button', { name: 'List datasets in groups' });
  await button.click();
  await expect(panel.dataset('PRECT')).toHaveAttribute('aria-level', '1');
  await button.click();
  await expect(panel.dataset('PRECT')).toHaveAttribute('aria-level', '2');

  await test.step('nor where nothing is found', async () => {
    await panel.search('no such thing');
    await expect(page.getByText('No dataset matches.')).toBeVisible();
    await expectAccessible(page, PANEL);
  });
});

test.describe('on first use', () => {
  test.use({ mockSettings: galata.DEFAULT_SETTINGS });

  test('each step of the tour is without barriers', async ({ page }) => {
    await new PanelPage(page).open();
    const tour = page.getByRole('dialog', { name: 'Tour of Multi-Cloud Lab' });
    for (const step of [1, 2, 3, 4]) {
      await expect(tour).toContainText(`${step} of 4`);
      await expectAccessible(page, '.jp-MulticloudTour');
      await expectNothingCutOffZoomed(page, '.jp-MulticloudTour');
      await tour.getByRole('button', { name: /^(Next|Done)$/ }).click();
    }
    await expect(tour).toHaveCount(0);
  });
});
