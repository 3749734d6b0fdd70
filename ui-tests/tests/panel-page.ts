/** The panel as a person finds it: everything by its role and name. */
import type { IJupyterLabPageFixture } from '@jupyterlab/galata';
import { expect } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { passwordOf, readDemo } from './demo';

export class PanelPage {
  constructor(readonly page: IJupyterLabPageFixture) {}

  /** The notebook in front. */
  get notebook(): Locator {
    return this.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden)');
  }

  get cells(): Locator {
    return this.notebook.locator('.jp-CodeCell');
  }

  /** The plots that its cells drew. */
  get plots(): Locator {
    return this.notebook.locator('.jp-OutputArea-output img');
  }

  get errors(): Locator {
    return this.notebook.locator(
      '[data-mime-type="application/vnd.jupyter.error"]'
    );
  }

  /** The cluster picker of the notebook in front. */
  get picker(): Locator {
    return this.notebook.getByRole('button', {
      name: /^Clusters of this notebook/
    });
  }

  /** Sign in to a gateway without the dialog, unless that is done. */
  async signedIn(gateway: string): Promise<void> {
    const { url, token } = readDemo().jupyter;
    const answer = await this.page.request.post(
      new URL(`multicloud-lab/api/gateways/${gateway}/session`, url).href,
      {
        headers: { Authorization: `token ${token}` },
        data: { password: passwordOf(gateway) }
      }
    );
    expect(answer.ok()).toBe(true);
  }

  /** Show the panel. */
  async open(): Promise<void> {
    await this.page.getByRole('tab', { name: 'Multi-Cloud Lab' }).click();
    await expect(
      this.page.getByRole('tree', { name: 'Datasets' })
    ).toBeVisible();
  }

  /** Load the page anew; Galata by itself would wait for the launcher in front. */
  async reload(): Promise<void> {
    // Its declared types leave this option out.
    const options: object = { waitForIsReady: false };
    await this.page.reload(options);
  }

  /** The title of a section, which opens and closes it. */
  section(name: string): Locator {
    return this.page.getByLabel(`${name} Section`, { exact: true });
  }

  /** How many datasets are found. */
  get found(): Locator {
    return this.page.locator('.jp-MulticloudDatasets-count [role="status"]');
  }

  /** Look for datasets by words. */
  async search(words: string): Promise<void> {
    await this.page
      .getByRole('searchbox', { name: 'Search datasets' })
      .fill(words);
  }

  /** The toggle of a facet's value. */
  facet(label: string): Locator {
    return this.page.getByRole('button', {
      name: new RegExp(`^${label}, \\d+ datasets?$`)
    });
  }

  dataset(name: string): Locator {
    return this.page
      .getByRole('tree', { name: 'Datasets' })
      .getByRole('treeitem', { name: new RegExp(`^${name} `) });
  }

  gateway(name: string): Locator {
    return this.page
      .getByRole('list', { name: 'Gateways' })
      .getByRole('listitem', { name: new RegExp(`^Gateway ${name} `) });
  }

  cluster(gateway: string): Locator {
    return this.page
      .getByRole('list', { name: 'Clusters' })
      .getByRole('listitem', { name: new RegExp(gateway) });
  }

  /** Run a command of the palette. */
  async command(label: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+Shift+C');
    const palette = this.page.getByRole('region', {
      name: 'Command Palette Section'
    });
    await palette.getByRole('textbox').fill(label);
    await palette
      .getByRole('menuitem', { name: new RegExp(`^${label}`) })
      .first()
      .click();
  }

  /** Stop every cluster of the lab. */
  async stopAll(): Promise<void> {
    await this.page
      .getByRole('button', { name: /^Stop the clusters of this lab/ })
      .click();
    await this.page
      .getByRole('dialog')
      .getByRole('button', { name: 'Stop All' })
      .click();
  }

  /** Choose an item of a dataset's context menu. */
  async choose(dataset: string, item: string | RegExp): Promise<void> {
    await this.dataset(dataset).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Select datasets, and choose one of the analyses that fit them. */
  async chooseAnalysis(datasets: string[], title: string): Promise<void> {
    const [first, ...others] = datasets;
    const fit = () =>
      this.page.waitForResponse(/multicloud-lab\/api\/analyses/);
    let answer = fit();
    await this.dataset(first).click();
    await answer;
    for (const other of others) {
      answer = fit();
      await this.dataset(other).click({ modifiers: ['Control'] });
      await answer;
    }
    await this.dataset(first).click({ button: 'right' });
    // Lumino gives what opens a submenu no role.
    await this.page.getByText('Insert Analysis', { exact: true }).hover();
    await this.page.getByRole('menuitem', { name: title }).click();
  }

  /** Answer the sign-in dialog. */
  async signIn(gateway: string, password: string): Promise<void> {
    const dialog = this.page.getByRole('dialog');
    await expect(dialog).toContainText(`Sign In to ${gateway}`);
    await dialog.getByLabel('Password').fill(password);
    await dialog.getByRole('button', { name: 'Sign In' }).click();
  }

  /** Start a cluster by hand, without workers, and sign in first if need be. */
  async startCluster(gateway: string, password = ''): Promise<void> {
    const card = this.gateway(gateway);
    if (password) {
      await card.getByRole('button', { name: `Sign in to ${gateway}` }).click();
      await this.signIn(gateway, password);
    }
    await card
      .getByRole('button', { name: `Start cluster on ${gateway}` })
      .click();
    const dialog = this.page.getByRole('dialog');
    await dialog.locator('input[name="minimum"]').fill('0');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(dialog).toHaveCount(0);
  }
}
