/** The settings form, as a person finds it, and what each setting does. */
import { expect, test } from '@jupyterlab/galata';

import { expectAccessible } from './accessibility';
import { PanelPage } from './panel-page';

const FORM = 'jp-SettingsEditor-multicloud-lab:plugin';

/** JupyterLab's forms name no field: what a person sees above each is no label. */
const OF_JUPYTERLAB = ['label', 'label-title-only', 'select-name'];

test.describe.configure({ timeout: 120_000 });

test('what a person sets holds in rows, details and new clusters', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.signedIn('aws-oregon');
  await panel.open();
  await expect(panel.dataset('PRECT')).toContainText('/GB here');
  await page.menu.clickMenuItem('Settings>Settings Editor');
  await page
    .locator('.jp-PluginList')
    .getByText('Multi-Cloud Lab', { exact: true })
    .click();
  const field = (name: string) => page.locator(`[id="${FORM}_${name}"]`);

  await test.step('what reading costs is counted from the home region', async () => {
    await field('homeRegion').fill('aws:us-west-2');
    await expect(panel.dataset('PRECT')).toContainText('free here');
    await expect(panel.dataset('era5')).toContainText('/GB here');
  });

  await test.step('a region that is none is refused, with the one that was meant', async () => {
    await field('homeRegion').fill('aws:us-wset-2');
    await expect(
      page.getByText(/Home is not aws:us-wset-2.+did you mean 'aws:us-west-2'/)
    ).toBeVisible();
    await field('homeRegion').fill('aws:us-west-2');
  });

  await test.step('the form is without barriers, light and dark', async () => {
    await expectAccessible(
      page,
      `[id="${FORM}"]`,
      theme =>
        page.screenshot({
          path: test.info().outputPath(`settings-${theme}.png`)
        }),
      OF_JUPYTERLAB
    );
  });

  await test.step('new clusters are as large, and may be idle for as long, as set', async () => {
    await field('maximum').fill('3');
    await field('idleMinutes').fill('5');
    await field('cellStyle').selectOption('dask-gateway, intake and xarray');
    const saved = async () =>
      (
        await page.evaluate(async () => {
          const url = '/lab/api/settings/multicloud-lab:plugin';
          return (await fetch(url)).json();
        })
      ).raw;
    await expect.poll(saved).toMatch(/"plain"/);
    await panel
      .gateway('aws-oregon')
      .getByRole('button', { name: 'Start cluster on aws-oregon' })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Maximum workers')).toHaveValue('3');
    await expect(
      dialog.getByLabel('Minutes idle until it stops (at most 30)')
    ).toHaveValue('5');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  await test.step('details have the price from home, and the code in that style', async () => {
    await panel.choose('PRECT', 'Show Details');
    const details = page.locator('.jp-MulticloudDetails');
    await expect(details).toContainText('to aws:us-west-2, your home: $0.00');
    await expect(
      details.getByRole('region', { name: 'Code' })
    ).not.toContainText('multicloud_lab');
    await expect(details.getByRole('region', { name: 'Code' })).toContainText(
      'Gateway('
    );
  });

  await page.getByRole('tab', { name: 'Settings', exact: true }).click();
  await field('homeRegion').fill('');
  await expect(panel.dataset('PRECT')).toContainText('/GB here');
});
