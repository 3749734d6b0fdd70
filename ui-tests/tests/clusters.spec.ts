/** Clusters that nobody needs any more: cancelled, idle, listed among what runs, asked about at the end. */
import { expect, test } from '@jupyterlab/galata';

import { passwordOf } from './demo';
import { clustersOf, OwnServer } from './own-server';
import { PanelPage } from './panel-page';

const PORT = Number(process.env.MULTICLOUD_UI_OWN_PORT);
const USER = 'ida';

test.describe.configure({ mode: 'serial' });
// Its files go with the demo's: at the end nobody is there to delete them.
test.use({ baseURL: `http://127.0.0.1:${PORT}`, serverFiles: 'on' });

let server: OwnServer;

test.beforeAll(async () => {
  server = await OwnServer.start({
    port: PORT,
    username: USER,
    // Half of that until the warning, and as long again until the end.
    lab: { idle_minutes: 0.75 },
    disabledExtensions: ['dask-labextension']
  });
});

test.afterAll(() => server.stop());

test('cancels a start, shows dashboards, and keeps an idle cluster', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  const cluster = panel.cluster('aws-oregon');

  await test.step('a start is cancelled', async () => {
    await panel.startCluster('aws-oregon', passwordOf('aws-oregon'));
    await cluster
      .getByRole('button', { name: 'Cancel the start of the cluster' })
      .click();
    await expect(cluster).toHaveCount(0);
    await expect
      .poll(() => clustersOf(USER, 'aws-oregon'), { timeout: 30_000 })
      .toEqual([]);
  });

  await test.step('the dashboards have a tab of their own', async () => {
    await panel.startCluster('aws-oregon');
    await expect(cluster).toContainText('running');
    await cluster.getByRole('button', { name: 'Dashboard' }).click();
    await expect(
      page.getByRole('tab', { name: 'Dask: aws-oregon' })
    ).toBeVisible();
    const pane = page.frameLocator('iframe[src*="multicloud-lab/dashboards"]');
    await expect(pane.locator('.bk-Figure').first()).toBeVisible();
    await page.activity.closeAll();
  });

  await test.step('its idle time is changed in its card', async () => {
    const idle = cluster.getByRole('spinbutton', {
      name: 'Minutes idle until it stops'
    });
    await expect(idle).toHaveValue('0.75');
    await idle.fill('0.7');
    await idle.press('Enter');
    await expect(cluster.getByRole('button', { name: 'Apply' })).toHaveCount(0);
    await expect(idle).toHaveValue('0.7');
  });

  await test.step('an idle cluster is announced, and kept', async () => {
    await expect(cluster).toContainText(/Idle for .+: stops in/);
    const warning = page.locator('.Toastify__toast').filter({
      hasText: /^The cluster on aws-oregon is idle, and stops at \d/
    });
    await warning.getByRole('button', { name: 'Keep' }).click();
    await expect(warning).toHaveCount(0);
    await expect(cluster).toContainText('running');
    await expect(cluster).not.toContainText('stops in');
    expect(await clustersOf(USER, 'aws-oregon')).toHaveLength(1);
    await cluster.getByRole('button', { name: /^Stop/ }).click();
    await expect(cluster).toHaveCount(0);
  });
});

test('lists clusters among the running sessions, and asks about them at a shutdown', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.startCluster('aws-oregon');
  await expect(panel.cluster('aws-oregon')).toContainText('running');

  await test.step('one is stopped in the running sessions', async () => {
    await page.sidebar.openTab('jp-running-sessions');
    const item = page
      .locator('.jp-RunningSessions-item')
      .filter({ hasText: /aws-oregon · / });
    await item.hover();
    await item.getByTitle('Stop Cluster').click();
    await expect(item).toHaveCount(0);
    await expect
      .poll(() => clustersOf(USER, 'aws-oregon'), { timeout: 30_000 })
      .toEqual([]);
  });

  await panel.open();
  await expect(panel.cluster('aws-oregon')).toHaveCount(0);
  await panel.startCluster('aws-oregon');
  await expect(panel.cluster('aws-oregon')).toContainText('running');
  const question = page
    .getByRole('dialog')
    .filter({ hasText: '1 Cluster Is Running' });

  await test.step('the command palette asks', async () => {
    await page.menu.clickMenuItem('View>Activate Command Palette');
    await page.locator('#modal-command-palette input').fill('Shut Down');
    await page
      .locator('.lm-CommandPalette-item[data-command="filemenu:shutdown"]')
      .click();
    await expect(question).toContainText('aws-oregon running');
    await question.getByRole('button', { name: 'Cancel' }).click();
    await expect(question).toHaveCount(0);
    expect(await clustersOf(USER, 'aws-oregon')).toHaveLength(1);
  });

  await test.step('the File menu asks, stops the clusters, and shuts down', async () => {
    await page.menu.clickMenuItem('File>Shut Down');
    await question.getByRole('button', { name: 'Stop All' }).click();
    await page
      .getByRole('dialog')
      .filter({ hasText: 'Shutdown confirmation' })
      .getByRole('button', { name: 'Shut Down' })
      .click();
    await server.ended;
    expect(await clustersOf(USER, 'aws-oregon')).toEqual([]);
  });
});
