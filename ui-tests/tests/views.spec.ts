/** The map, the ledger and the tour, as a person finds them. */
import { readFileSync } from 'fs';

import { expect, galata, test } from '@jupyterlab/galata';

import { formatSize } from '../../src/components/format';
import { expectAccessible } from './accessibility';
import { startAfresh } from './demo';
import { PanelPage } from './panel-page';

// Seconds for a kernel to start and import, and a cluster to start, on two busy cores.
const RUN = { timeout: 120_000 };

const PLAN = `import json, os
import multicloud_lab as mcl
rain = mcl.open_dataset("pangeo/atmosphere/era5").tp.isel(time=slice(0, 48))
snow = mcl.open_dataset("lens/atm/hourly6-1990-2005/PRECT").PRECT.isel(time=slice(0, 8))
means = rain.mean("time"), snow.mean("time")
mcl.plan(*means)`;

const COMPUTE = `results = mcl.compute(*means)
mine = {"notebook": os.environ["JPY_SESSION_NAME"]}
print("ledger:", json.dumps({
    "rows": json.loads(mcl.ledger(**mine).to_json(orient="records")),
    "moved": mcl.ledger(by="regions").moved_bytes.to_dict(),
    "sum": json.loads(mcl.ledger(by="total", **mine).to_json(orient="records"))[0],
    **mine,
}))`;

/** What the ledger says to a notebook. */
interface ISaid {
  notebook: string;
  rows: Record<string, string | number | null>[];
  /** By pairs of regions, of all notebooks. */
  moved: Record<string, number>;
  sum: Record<string, number>;
}

test.describe('the map and the ledger', () => {
  test.describe.configure({ timeout: 180_000 });
  test.beforeAll(startAfresh);

  test('say what is where, what a notebook plans, and what it computed', async ({
    page
  }) => {
    const panel = new PanelPage(page);
    await panel.signedIn('gcp-iowa');
    await panel.signedIn('aws-oregon');
    await panel.open();
    await panel.command('Show Map of Clouds');
    const regions = page.getByRole('table', { name: 'Regions', exact: true });
    const moves = page.getByRole('table', { name: 'Bytes between regions' });
    const map = page.getByRole('img', { name: /^Map of the world with/ });
    const iowa = map.locator('[data-region="gcp:us-central1"]');
    await expect(
      regions.getByRole('row', { name: /aws:us-west-2 Oregon \d aws-oregon –/ })
    ).toBeVisible();

    await test.step('a click on the map filters the panel, and so does the table', async () => {
      await iowa.click();
      await expect(panel.found).toHaveText(/^1 of \d datasets$/);
      const button = regions.getByRole('button', { name: 'gcp:us-central1' });
      await expect(button).toHaveAttribute('aria-pressed', 'true');
      await button.focus();
      await page.keyboard.press('Enter');
      await expect(panel.found).toHaveText(/^\d datasets$/);
      await page.keyboard.press('Enter');
    });

    await test.step('the menu of a region opens its datasets', async () => {
      await iowa.click({ button: 'right' });
      // Lumino gives what opens a submenu no role.
      await page.getByText('Open Dataset Near Data', { exact: true }).hover();
      await expect(page.getByRole('menuitem', { name: 'era5' })).toBeVisible();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
    });

    await test.step('a dataset is opened near its data from there, by keyboard', async () => {
      const list = page.getByRole('list', {
        name: 'Datasets in gcp:us-central1'
      });
      await list.getByRole('button', { name: 'era5', exact: true }).focus();
      await page.keyboard.press('Shift+F10');
      await expect(
        page.getByRole('menuitem', { name: 'Open Dataset Near Data' })
      ).toBeVisible();
      await page.keyboard.press('Escape');
      await list
        .getByRole('button', { name: 'Open near data: era5' })
        .press('Enter');
      await expect(panel.cells.first()).toContainText(
        'mcl.open_dataset("pangeo/atmosphere/era5")'
      );
      await expect(panel.cluster('gcp-iowa')).toContainText('1 worker', RUN);
    });

    const show = (tab: string) => page.getByRole('tab', { name: tab }).click();
    const notebook = (await page
      .getByRole('tab', { name: /\.ipynb$/ })
      .textContent())!;

    await test.step('what the notebook plans is on the map, and the cluster', async () => {
      await page.notebook.addCell('code', PLAN);
      await page.notebook.runCell((await panel.cells.count()) - 1);
      await expect(
        panel.notebook.getByText('No other placement that reads each store')
      ).toBeVisible(RUN);
      await expectAccessible(page, '.jp-Notebook .jp-RenderedHTMLCommon');
      await show('Map of Clouds');
      await expect(
        moves.getByRole('row', {
          name: new RegExp(
            `^gcp:us-central1 here would move by the plan of ${notebook}, .* kB <\\$0.01$`
          )
        })
      ).toBeVisible();
      await expect(map.locator('.jp-mod-planned')).toHaveCount(2);
      await expect(iowa.locator('.jp-MulticloudMap-cluster')).toBeVisible();
      await expect(
        regions.getByRole('row', { name: /1 cluster with 1 worker$/ })
      ).toHaveCount(1);
    });

    let said: ISaid;
    await test.step('what it computes in both regions is written into the ledger', async () => {
      await show(notebook);
      await page.notebook.addCell('code', COMPUTE);
      await page.notebook.runCell((await panel.cells.count()) - 1);
      const output = panel.notebook.getByText(/^ledger: /);
      await expect(output).toBeVisible(RUN);
      said = JSON.parse((await output.textContent())!.replace('ledger:', ''));
      const [{ run }] = said.rows;
      // Of each region what was read, what came home, and the tasks that went there.
      expect(said.rows.filter(row => row.run === run).length).toBe(6);
      await show('Map of Clouds');
      await expect(
        moves.getByRole('row', {
          name: `aws:us-west-2 here moved ${formatSize(said.moved['aws:us-west-2->'])}`
        })
      ).toBeVisible();
      await expect(
        regions.getByRole('row', { name: /cluster with \d workers?$/ })
      ).toHaveCount(2);
      await page.screenshot({ path: test.info().outputPath('map.png') });
    });

    await test.step('its view says what mcl.ledger() says', async () => {
      await panel.command('Show Ledger');
      await page.getByRole('button', { name: 'Notebook', exact: true }).click();
      const { sum } = said;
      const row = page
        .getByRole('table', { name: /^Added up by/ })
        .getByRole('row')
        .filter({ has: page.getByTitle(said.notebook, { exact: true }) });
      await expect(row.getByRole('cell')).toHaveText([
        `${sum.runs}`,
        formatSize(sum.read_bytes),
        formatSize(sum.moved_bytes),
        /\$/,
        formatSize(sum.avoided_bytes),
        /\$/
      ]);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export as CSV' }).click()
      ]);
      const [head, ...lines] = readFileSync(await download.path(), 'utf-8')
        .replace(/^\uFEFF/, '')
        .split('\r\n')
        .map(line => line.split(','));
      const exported = lines
        .map(cells =>
          Object.fromEntries(head.map((name, index) => [name, cells[index]]))
        )
        .filter(each => each.notebook === said.notebook);
      const compared = ['kind', 'dataset', 'estimated_bytes', 'measured_bytes'];
      expect(
        exported.map(each => compared.map(name => each[name] || 'null'))
      ).toEqual(said.rows.map(each => compared.map(name => `${each[name]}`)));
      await page.screenshot({ path: test.info().outputPath('ledger.png') });
    });

    await test.step('a plan is forgotten with its kernel, and clusters leave the map', async () => {
      await show('Map of Clouds');
      await page.kernel.shutdownAll();
      await expect(
        moves.getByRole('row', { name: /would move by the plan/ })
      ).toHaveCount(0);
      await panel.stopAll();
      await expect(iowa.locator('.jp-MulticloudMap-cluster')).toHaveCount(0);
    });
  });
});

test.describe('on first use', () => {
  test.use({ mockSettings: galata.DEFAULT_SETTINGS });

  test('a tour of four steps comes once, and again when it is asked for', async ({
    page
  }) => {
    const panel = new PanelPage(page);
    await panel.open();
    const tour = page.getByRole('dialog', { name: 'Tour of Multi-Cloud Lab' });
    await expect(tour).toContainText('1 of 4');
    for (const step of ['2 of 4', '3 of 4', '4 of 4']) {
      await page.keyboard.press('Enter');
      await expect(tour).toContainText(step);
    }
    await page.keyboard.press('Enter');
    await expect(tour).toHaveCount(0);
    await page.sidebar.close('left');
    await panel.open();
    await expect(tour).toHaveCount(0);
    await panel.command('Tour of Multi-Cloud Lab');
    await expect(tour).toContainText('1 of 4');
    await page.keyboard.press('Escape');
    await expect(tour).toHaveCount(0);
  });
});
