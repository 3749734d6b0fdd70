/** Datasets as a person looks for them: by words and facets, with places in words, and what they hold. */
import { expect, test } from '@jupyterlab/galata';

import { PanelPage } from './panel-page';

test('finds a dataset, says where it is and how that is known, and what it holds', async ({
  page
}) => {
  const panel = new PanelPage(page);
  await panel.open();
  await expect(panel.found).toHaveText('5 datasets');

  await test.step('words and facets narrow the list at the server', async () => {
    await panel.search('precipitation');
    await expect(panel.found).toHaveText('2 of 5 datasets');
    await expect(panel.dataset('era5')).toBeVisible();
    await expect(panel.dataset('PRECT')).toBeVisible();
    await panel.facet('AWS').click();
    await expect(panel.found).toHaveText('1 of 5 datasets');
    await expect(panel.facet('AWS')).toHaveAttribute('aria-pressed', 'true');
    await expect(panel.dataset('era5')).toHaveCount(0);
  });

  await test.step('the rest of the facets open by keyboard, and close', async () => {
    const opener = page.getByRole('button', { name: /more filters?$/ });
    await opener.focus();
    await page.keyboard.press('Enter');
    const region = page.getByRole('group', { name: 'Region' });
    await expect(
      region.getByRole('button', { name: 'aws:us-west-2, 1 dataset' })
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(region).toHaveCount(0);
    await expect(opener).toBeFocused();
  });

  await test.step('the badge has its evidence in words', async () => {
    const badge = panel.dataset('PRECT').getByRole('img');
    await expect(badge).toHaveText('● us-west-2');
    await expect(badge).toHaveAccessibleName(
      /is in aws:us-west-2 \(.+\); aws-oregon is in the same region/
    );
  });

  await test.step('its details say what it holds and what leaving costs', async () => {
    await panel.choose('PRECT', 'Show Details');
    const details = page.getByRole('region', { name: 'What it holds' });
    await expect(
      details.getByRole('row', { name: /^PRECT .*member_id, time, lat, lon/ })
    ).toContainText('float32');
    await expect(details).toContainText(/Learned from .+ in \d+ requests?\./);
    const tab = page.getByRole('tabpanel').filter({ has: details });
    await expect(tab).toContainText('configured: s3://ncar-cesm-lens');
    await expect(tab).toContainText(/out of every cloud: <?\$/);
  });

  await test.step('all comes back', async () => {
    await page.getByRole('button', { name: 'Clear all filters' }).click();
    await panel.search('');
    await expect(panel.found).toHaveText('5 datasets');
  });
});
