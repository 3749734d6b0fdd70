/** The cluster picker: what a notebook is attached to, and cells that attach and detach it. */
import { expect, test } from '@jupyterlab/galata';

import { PanelPage } from './panel-page';

// Seconds for a kernel to start and import, and a cluster to start, on two busy cores.
const RUN = { timeout: 120_000 };

test.use({ viewport: { width: 1280, height: 800 } });

test('attaches a notebook to clusters and detaches it, in cells that it shows', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.signedIn('gcp-iowa');
  await panel.open();
  await page.notebook.createNew('clusters.ipynb');
  await expect(panel.picker).toHaveAccessibleName(/none$/);

  await test.step('it starts one beside a region, and attaches', async () => {
    await panel.picker.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Start Beside…' }).click();
    await expect(dialog).toContainText('Start a Cluster Beside');
    await dialog
      .getByRole('combobox')
      .selectOption('gcp:us-central1 (gcp-iowa)');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(panel.cells.first()).toContainText(
      'client = mcl.client(near="gcp:us-central1")'
    );
    await expect(panel.picker).toHaveAccessibleDescription(
      /gcp:us-central1 on gcp-iowa, running, 1 worker/,
      RUN
    );
    await expect(panel.picker).toHaveAccessibleName(/us-central1 · 1$/);
  });

  await test.step('the status bar counts, and leads to the panel', async () => {
    await page.sidebar.close('left');
    await page
      .getByRole('button', { name: /^1 Dask cluster, 1 worker/ })
      .click();
    await expect(panel.cluster('gcp-iowa')).toContainText('1 worker');
  });

  await test.step('what it uses is ticked; unticked, it is detached', async () => {
    await panel.picker.click();
    const dialog = page.getByRole('dialog');
    const group = dialog.getByRole('group', { name: 'gcp:us-central1' });
    const box = group.getByRole('checkbox', { name: /gcp-iowa .* running/ });
    await expect(box).toBeChecked();
    await page.screenshot({ path: test.info().outputPath('picker.png') });
    await box.uncheck();
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await expect(panel.picker).toHaveAccessibleName(/none$/);
    await expect(panel.cells.nth(1)).toContainText(/mcl.detach\(.+\)/);
    await expect(panel.errors).toHaveCount(0);
  });

  await test.step('the panel connects a cell to a cluster', async () => {
    await panel
      .cluster('gcp-iowa')
      .getByRole('button', { name: /^Connect a notebook/ })
      .click();
    await expect(panel.cells.nth(2)).toContainText('client = mcl.client(');
    await page.notebook.runCell(2, true);
    await expect(panel.picker).toContainText('us-central1 · 1', RUN);
    await expect(panel.errors).toHaveCount(0);
  });

  await test.step('it is still attached when the page is loaded anew', async () => {
    await page.notebook.save();
    await panel.reload();
    await expect(panel.picker).toContainText('us-central1 · 1', RUN);
    await expect(panel.cells).toHaveCount(3);
  });

  await test.step('a kernel that begins anew is attached to nothing', async () => {
    await page.menu.clickMenuItem('Kernel>Restart Kernel…');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Confirm Kernel Restart' })
      .click();
    await expect(panel.picker).toHaveAccessibleName(/none$/);
  });

  await page.notebook.close(true);
  await panel.stopAll();
  await expect(panel.cluster('gcp-iowa')).toHaveCount(0);
});
