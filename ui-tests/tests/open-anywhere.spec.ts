/** Data are opened from wherever they show up: files, a URL in a text, by dragging; and elsewhere. */
import { expect, test } from '@jupyterlab/galata';

import { passwordOf } from './demo';
import { PanelPage } from './panel-page';

const URL = 's3://ncar-cesm-lens/atm/hourly6-1990-2005/cesmLE-20C-PRECT.zarr';
const CATALOG = `sources:
  rain:
    driver: zarr
    args: {urlpath: "${URL}"}
`;

test.use({ viewport: { width: 1440, height: 900 } });

test('opens a URL that is selected in a notebook, and then elsewhere', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await page.notebook.createNew();
  await page.notebook.setCell(0, 'code', `"${URL}"`);
  await page.notebook.enterCellEditingMode(0);
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await panel.cells.first().locator('.cm-line').click({ button: 'right' });
  await page
    .getByRole('menuitem', { name: 'Open cesmLE-20C-PRECT.zarr Near Data' })
    .click();
  await signInIfAsked(panel, 'aws-oregon');
  await expect(panel.cells).toHaveCount(3);
  await expect(panel.cells.nth(1)).toContainText(URL);
  await expect(panel.cells.nth(2)).toContainText('on aws-oregon');

  await test.step('another placement is offered with its price and its reason', async () => {
    await page.getByRole('button', { name: 'Change…' }).first().click();
    const dialog = page.getByRole('dialog');
    const other = dialog.getByRole('radio', { name: /^gcp-iowa, in gcp:us-/ });
    await expect(
      dialog.getByRole('radio', { name: /aws-oregon/ })
    ).toBeChecked();
    await expect(other).toHaveAccessibleName(/\$0\.\d+/);
    await expect(other).toHaveAccessibleDescription(/another provider/);
    await page.screenshot({ path: test.info().outputPath('change.png') });
    await other.check();
    await dialog.getByRole('button', { name: 'Change' }).click();
  });

  await test.step('what costs more than the limit is asked first', async () => {
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Read Data from Another Region?');
    await expect(dialog).toContainText(/costs \$0\.\d+/);
    await dialog.getByRole('button', { name: 'Read It There' }).click();
    await signInIfAsked(panel, 'gcp-iowa');
    await expect(panel.cells.nth(2)).toContainText('gateway="gcp-iowa"');
    await expect(panel.cluster('gcp-iowa')).toHaveCount(1);
    await expect(panel.cluster('aws-oregon')).toHaveCount(0);
  });
  await page.notebook.close(false);
  await panel.stopAll();
});

test('drags a dataset into a notebook as cells, if that runs Python', async ({
  page
}) => {
  const panel = new PanelPage(page);
  const drag = async () => {
    const cells = page.waitForResponse(/multicloud-lab\/api\/cells/);
    await panel.dataset('PRECT').hover();
    await page.mouse.down();
    await cells;
    const box = (await panel.cells.first().boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 10);
    await page.mouse.move(box.x + 100, box.y + box.height - 4, { steps: 5 });
    await page.mouse.up();
  };
  await panel.open();
  await page.notebook.createNew();
  await drag();
  await expect(panel.cells).toHaveCount(5);
  await expect(panel.notebook).toContainText('mcl.open_dataset("lens/atm/');
  await page.notebook.close(false);

  await page.notebook.createNew('other.ipynb', { kernel: 'as-r' });
  await expect(
    panel.notebook.getByText('R, as far as JupyterLab')
  ).toBeVisible();
  await drag();
  await expect(
    page.getByText('The notebook runs R, so no cells of Python').first()
  ).toBeVisible();
  await panel.picker.click();
  await expect(
    page.getByText('this notebook runs R, and clients of clusters').first()
  ).toBeVisible();
  await expect(panel.cells).toHaveCount(1);
  await page.notebook.close(false);
});

test('opens a store of the file browser, and adds a catalog', async ({
  page,
  tmpPath
}) => {
  const panel = new PanelPage(page);
  await page.contents.createDirectory(`${tmpPath}/here.zarr`);
  for (const [name, text] of Object.entries({
    'more.yaml': CATALOG,
    'numbers.json': '{"numbers": [1, 2]}',
    'package.json': '{"name": "x"}',
    'refs.json': JSON.stringify({ refs: { '.zgroup': '{"zarr_format": 2}' } })
  })) {
    await page.contents.uploadContent(text, 'text', `${tmpPath}/${name}`);
  }
  await page.filebrowser.openDirectory(tmpPath);
  const item = (name: string) =>
    page.getByRole('listitem', { name: new RegExp(`^Name: ${name}`) });

  await item('here.zarr').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Open Dataset Near Data' }).click();
  await expect(panel.cells.first()).toContainText(
    'mcl.open_dataset("./here.zarr")'
  );
  await page.notebook.close(false);

  const mine = page.getByRole('menuitem', { name: /Near Data|Multi-Cloud/ });
  await item('package.json').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
  await expect(mine).toHaveCount(0);
  await page.keyboard.press('Escape');

  await item('refs.json').click({ button: 'right' });
  await mine.click();
  await expect(panel.cells.first()).toContainText('"./refs.json"');
  await page.notebook.close(false);

  await item('numbers.json').click({ button: 'right' });
  await mine.click();
  await expect(
    page.getByText('numbers.json holds neither references').first()
  ).toBeVisible();

  await item('more.yaml').click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Add to Multi-Cloud Lab/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toHaveValue('more');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(
    page.getByText('The catalog more, with 1 dataset, is there until').first()
  ).toBeVisible();
  await panel.open();
  await expect(panel.dataset('rain')).toBeVisible();
});

/** Sign in to a gateway, unless an earlier test has. */
async function signInIfAsked(panel: PanelPage, gateway: string): Promise<void> {
  const dialog = panel.page.getByRole('dialog');
  await expect(
    dialog.or(panel.cluster(gateway)).or(panel.cells.nth(2)).first()
  ).toBeVisible();
  if (await dialog.isVisible()) {
    await panel.signIn(gateway, passwordOf(gateway));
  }
}
