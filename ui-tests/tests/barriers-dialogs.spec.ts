/** No dialog has a barrier: axe-core finds none, light and dark, and the keyboard gets in, round and back. */
import { expect, IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { expectAccessible } from './accessibility';
import {
  expectDialogFitsNarrow,
  expectNothingCutOff,
  expectNothingCutOffZoomed
} from './cut-off';
import { PanelPage } from './panel-page';
import { stage } from './staged';
import { everyState } from './staged-clusters';
import { EVERY_OPTION } from './staged-labs';

const CATALOG = 'sources: {}\n';

test.use({ autoGoto: false });

test('dialogs are without barriers, and give the focus back', async ({
  page,
  tmpPath
}) => {
  const said = { ...everyState(), 'gateways/[^/]+/options': EVERY_OPTION };
  await stage(page, said);
  await page.goto(`tree/${encodeURIComponent(tmpPath)}`);
  const panel = new PanelPage(page);
  const dialog = page.getByRole('dialog');
  const button = (of: Locator, name: RegExp) =>
    of.getByRole('button', { name });
  await panel.open();

  await test.step('start a cluster, with an option of each type', async () => {
    const start = button(panel.gateway('aws-oregon'), /^Start cluster/);
    await opens(start, 'Start a Cluster on aws-oregon');
    await expect(
      dialog.getByRole('spinbutton', { name: 'Minimum workers' })
    ).toBeFocused();
    await withoutBarriers(page);
    await closes(start);
  });

  await test.step('sign in', async () => {
    const signIn = button(panel.gateway('gcp-iowa'), /^Sign in again/);
    await opens(signIn, 'Sign In to gcp-iowa');
    await expect(dialog.getByLabel('Password')).toBeFocused();
    await withoutBarriers(page);
    await closes(signIn);
  });

  await test.step('sign out', async () => {
    const signOut = button(panel.gateway('aws-oregon'), /^Sign out/);
    await opens(signOut, 'Sign Out of aws-oregon?');
    await withoutBarriers(page);
    await closes(signOut);
  });

  await test.step('start several', async () => {
    const several = button(
      page.locator('#multicloud-lab-panel'),
      /^Start a cluster on each/
    );
    await opens(several, 'Start Clusters');
    await expect(dialog.getByRole('checkbox')).toBeFocused();
    await withoutBarriers(page);
    await closes(several);
  });

  await test.step('stop one, and stop all', async () => {
    const stop = button(panel.cluster('aws-oregon').first(), /^Stop/);
    await opens(stop, 'Stop the Cluster on aws-oregon?');
    await withoutBarriers(page);
    await closes(stop);
    const all = button(
      page.locator('#multicloud-lab-panel'),
      /^Stop the clusters of this lab/
    );
    await opens(all, 'Stop All 3 Clusters?');
    await withoutBarriers(page);
    await closes(all);
  });

  await test.step('choose a gateway, and add a catalog by its address', async () => {
    for (const [command, title] of [
      ['Start Cluster…', 'Choose a Gateway'],
      ['Add Catalog…', 'Add a Catalog']
    ]) {
      await panel.command(command);
      await expect(dialog).toContainText(title);
      await withoutBarriers(page);
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
    }
  });

  await test.step('shut down', async () => {
    await page.menu.clickMenuItem('File>Shut Down');
    await expect(dialog).toContainText('3 Clusters Are Running');
    await withoutBarriers(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('add a catalog', async () => {
    await page.contents.uploadContent(CATALOG, 'text', `${tmpPath}/more.yaml`);
    await page.sidebar.openTab('filebrowser');
    await page
      .getByRole('listitem', { name: /^Name: more.yaml/ })
      .click({ button: 'right' });
    await page
      .getByRole('menuitem', { name: /^Add to Multi-Cloud Lab/ })
      .click();
    await expect(dialog.getByRole('textbox')).toBeFocused();
    await withoutBarriers(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
});

test('the clusters of a notebook, and other placements, are chosen without barriers', async ({
  page,
  tmpPath
}) => {
  const said = everyState();
  await stage(page, said);
  await page.goto(`tree/${encodeURIComponent(tmpPath)}`);
  const panel = new PanelPage(page);
  const dialog = page.getByRole('dialog');
  await panel.open();
  await page.notebook.createNew();

  await test.step('the picker, with clusters', async () => {
    await opens(panel.picker, 'Clusters of This Notebook');
    await expect(
      dialog.getByRole('checkbox', { name: /aws-oregon b3f1c2…/ })
    ).toBeFocused();
    await withoutBarriers(page);
    await closes(panel.picker);
  });

  await test.step('start beside', async () => {
    await opens(panel.picker, 'Clusters of This Notebook');
    await dialog.getByRole('button', { name: 'Start Beside…' }).click();
    await expect(dialog).toContainText('Start a Cluster Beside');
    await withoutBarriers(page);
    await closes(panel.picker);
  });

  await test.step('another placement, and what it costs', async () => {
    await panel.choose('PRECT', 'Open Dataset Near Data');
    await page.getByRole('button', { name: 'Change…' }).first().click();
    await expect(dialog).toContainText('Compute PRECT Elsewhere');
    await expect(
      dialog.getByRole('radio', { name: /^aws-oregon/ })
    ).toBeFocused();
    await withoutBarriers(page);
    await dialog.getByRole('radio', { name: /^gcp-iowa/ }).check();
    await dialog.getByRole('button', { name: 'Change' }).click();
    await expect(dialog).toContainText('Read Data from Another Region?');
    await withoutBarriers(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });

  await test.step('the picker, without clusters', async () => {
    said.clusters = [];
    await opens(panel.picker, 'No cluster runs.');
    await withoutBarriers(page);
    await closes(panel.picker);
  });
});

/** Open a dialog by a control that is pressed. */
async function opens(control: Locator, title: string): Promise<void> {
  await control.focus();
  await control.press('Enter');
  await expect(control.page().getByRole('dialog')).toContainText(title);
}

/** Close a dialog by Escape; the control that opened it has the focus again. */
async function closes(control: Locator): Promise<void> {
  const page = control.page();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(control).toBeFocused();
}

/** Look at the dialog that shows, also at 200 % and 400 %, and go round in it with Tab. */
async function withoutBarriers(page: IJupyterLabPageFixture): Promise<void> {
  await expectAccessible(page, '.jp-Dialog');
  await expectNothingCutOff(page, '.jp-Dialog');
  await expectNothingCutOffZoomed(page, '.jp-Dialog');
  await expectDialogFitsNarrow(page);
  const controls = page.locator(
    '.jp-Dialog :is(a, button, input, select, textarea)'
  );
  const count = await controls.count();
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let steps = 0; steps <= count; steps++) {
      await page.keyboard.press(key);
    }
    await expect(page.locator('.jp-Dialog :focus')).toHaveCount(1);
  }
}
