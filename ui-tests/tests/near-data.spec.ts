/** The whole way: from a clean JupyterLab to two histograms, each computed beside its data. */
import { expect, test } from '@jupyterlab/galata';

import { passwordOf, startAfresh } from './demo';
import { PanelPage } from './panel-page';

const WHERE_IT_RAN = `import os
print("computed in", client.submit(lambda: os.environ["MULTICLOUD_REGION"], pure=False).result())`;

const WHERE_BOTH_RAN = `import os
for client in [mcl.client(near=era5), mcl.client(near=prect)]: print("computed in", client.submit(lambda: os.environ["MULTICLOUD_REGION"], pure=False).result())`;

// Seconds for a notebook on two busy cores: a kernel, its imports, and workers that import too.
const RUN = { timeout: 120_000 };

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });
test.beforeAll(startAfresh);

test('opens a dataset near its data, and its cells run there', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();

  await test.step('a wrong password is told in words, and can be tried again', async () => {
    await panel.choose('era5', 'Open Dataset Near Data');
    await panel.signIn('gcp-iowa', 'not the password');
    await expect(page.getByRole('dialog')).toContainText(
      'gcp-iowa refused the user name or password'
    );
    await panel.signIn('gcp-iowa', passwordOf('gcp-iowa'));
  });

  await test.step('a cluster runs near it, and cells are in a new notebook', async () => {
    await expect(panel.gateway('gcp-iowa')).toContainText('signed in');
    await expect(panel.cells).toHaveCount(4);
    await expect(panel.cells.first()).toContainText(
      'mcl.open_dataset("pangeo/atmosphere/era5")'
    );
    await expect(panel.cluster('gcp-iowa')).toContainText('running');
    await expect(panel.cluster('gcp-iowa')).toHaveAccessibleName(
      'Cluster on gcp-iowa in gcp:us-central1, running'
    );
    await expect(panel.cluster('gcp-iowa')).toContainText('1 worker');
  });

  await test.step('they run in the region of the data, and plot', async () => {
    await page.notebook.addCell('code', WHERE_IT_RAN);
    await page.notebook.run();
    await expect(
      panel.notebook.getByText('computed in gcp:us-central1')
    ).toBeVisible(RUN);
    await expect(panel.plots).toHaveCount(1);
    await expect(panel.errors).toHaveCount(0);
  });

  await test.step("the dashboards are in dask-labextension's panes, through the server", async () => {
    await panel
      .cluster('gcp-iowa')
      .getByRole('button', { name: /dashboard/i })
      .click();
    for (const [title, plot] of [
      ['Task Stream', 'individual-task-stream'],
      ['Workers Memory', 'individual-workers-memory']
    ]) {
      await expect(page.getByRole('tab', { name: title })).toBeVisible();
      const pane = page.frameLocator(
        `iframe[src*="multicloud-lab/dashboards/gcp-iowa/"][src*="/${plot}"]`
      );
      await expect(pane.locator('.bk-Figure').first()).toBeVisible();
    }
    // The lab's own tab is for who does not have them.
    await expect(page.getByRole('tab', { name: /^Dask: / })).toHaveCount(0);
  });

  await test.step('a second click takes the running cluster', async () => {
    await page.notebook.close(false);
    await panel.choose('era5', 'Open Dataset Near Data');
    await expect(panel.cells).toHaveCount(4);
    await expect(page.getByText(/Using the cluster on gcp-iowa/)).toBeVisible();
    await expect(panel.cluster('gcp-iowa')).toHaveCount(1);
    await page.notebook.close(false);
  });
});

test('opens two datasets together, each beside its data, side by side', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.dataset('era5').click();
  await panel.dataset('PRECT').click({ modifiers: ['Control'] });
  await panel.choose('PRECT', /Open .*Near Data/);
  await panel.signIn('aws-oregon', passwordOf('aws-oregon'));
  await expect(panel.cluster('aws-oregon')).toContainText('1 worker');
  await expect(panel.cluster('gcp-iowa')).toContainText('1 worker');

  await page.notebook.run();
  await expect(panel.plots).toHaveCount(1, RUN);
  await expect(panel.errors).toHaveCount(0);
  await panel.plots.first().scrollIntoViewIfNeeded();
  // The picture in the README.
  await page.screenshot({ path: test.info().outputPath('panel.png') });

  await page.notebook.addCell('code', WHERE_BOTH_RAN);
  await page.notebook.runCell((await panel.cells.count()) - 1);
  for (const region of ['gcp:us-central1', 'aws:us-west-2']) {
    await expect(panel.notebook.getByText(`computed in ${region}`)).toBeVisible(
      RUN
    );
  }
  await page.notebook.close(false);

  await test.step('clusters are rescaled and stopped from the panel', async () => {
    const cluster = panel.cluster('aws-oregon');
    await cluster
      .getByRole('spinbutton', { name: 'Minimum workers' })
      .fill('2');
    await page.keyboard.press('Enter');
    await expect(cluster).toContainText('2 workers');
    await page
      .getByRole('button', { name: /^Stop the clusters of this lab/ })
      .click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('listitem')).toHaveText([
      /^gcp-iowa running · .+ · opened for era5/,
      /^aws-oregon running · 2 workers .+ · opened for PRECT/
    ]);
    await dialog.getByRole('button', { name: 'Stop All' }).click();
    for (const gateway of ['aws-oregon', 'gcp-iowa']) {
      await expect(panel.cluster(gateway)).toHaveCount(0);
    }
  });
});
