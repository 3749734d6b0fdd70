/** What a person finds again when the page is loaded anew: filters, sections and tabs. */
import { expect, test } from '@jupyterlab/galata';

import { PanelPage } from './panel-page';

// The server keeps it, as for a person; each test begins with an empty workspace.
test.use({ mockState: false });

test('what was looked for, closed and opened comes back', async ({ page }) => {
  const panel = new PanelPage(page);
  await panel.open();
  await panel.search('precipitation');
  await panel.facet('AWS').click();
  await expect(panel.found).toHaveText(/^1 of \d+ datasets$/);
  await panel.section('Gateways').click();
  const height = async () =>
    (await page
      .getByRole('region', { name: 'Datasets Section' })
      .boundingBox())!.height;
  const heightBefore = await height();
  const tab = (name: string) =>
    page.getByRole('main').getByRole('tab', { name });
  // One after the other: a tab that comes takes the focus from the palette, which then closes.
  await panel.choose('PRECT', 'Show Details');
  await expect(tab('PRECT')).toBeVisible();
  await panel.command('Show Ledger');
  await expect(tab('Ledger')).toBeVisible();
  await panel.command('Show Map of Clouds');
  await expect(tab('Map of Clouds')).toBeVisible();

  // JupyterLab writes what is open a moment after it has changed.
  const kept = async () => {
    const url = new URL('/lab/api/workspaces/default', page.url());
    const { data } = await (await page.request.get(url.href)).json();
    const layout = data['layout-restorer:data'];
    return {
      search: data['multicloud-lab:panel']?.search,
      sections:
        layout?.left?.widgetStates?.['multicloud-lab-panel']?.expansionStates,
      tabs: layout?.main?.dock?.widgets
    };
  };
  await expect.poll(kept).toEqual({
    search: { text: 'precipitation', chosen: [['provider', [['aws', '']]]] },
    sections: [true, true, false],
    tabs: [
      'multicloud-lab-datasets:lens/atm/hourly6-1990-2005/PRECT',
      'multicloud-lab-ledger:ledger',
      'multicloud-lab-map:map'
    ]
  });
  await panel.reload();

  await expect(
    page.getByRole('searchbox', { name: 'Search datasets' })
  ).toHaveValue('precipitation');
  await expect(panel.facet('AWS')).toHaveAttribute('aria-pressed', 'true');
  await expect(panel.found).toHaveText(/^1 of \d+ datasets$/);
  await expect(panel.section('Gateways')).toHaveAttribute(
    'aria-expanded',
    'false'
  );
  await expect(panel.section('Clusters')).toHaveAttribute(
    'aria-expanded',
    'true'
  );
  // Within 50 pixels; in halves, as Lumino has them at first, it would be 70 less.
  await expect.poll(height).toBeCloseTo(heightBefore, -2);
  await expect(
    page.getByRole('img', { name: /^Map of the world/ })
  ).toBeVisible();
  await tab('Ledger').click();
  await expect(
    page.getByRole('button', { name: 'Export as CSV' })
  ).toBeVisible();
  await tab('PRECT').click();
  await expect(
    page.getByRole('heading', { name: 'PRECT', exact: true })
  ).toBeVisible();
});
