/** Every view by the keyboard alone: it is reached, used and left, and what has the focus is to be seen. */
import { readFileSync } from 'fs';

import { expect, test } from '@jupyterlab/galata';
import type { Locator, Page } from '@playwright/test';

import { PanelPage } from './panel-page';
import { stage } from './staged';
import { everyState } from './staged-clusters';
import { LEDGER } from './staged-labs';

const CARDS = {
  minimum: 'Minimum workers',
  maximum: 'Maximum workers',
  idle: 'Minutes idle until it stops'
};

test.use({ autoGoto: false });

test('the map, the ledger and the cards are used by keyboard alone', async ({
  page
}) => {
  await stage(page, { ...everyState(), ...LEDGER });
  await page.goto();
  const panel = new PanelPage(page);
  const { keyboard } = page;
  await panel.open();

  await test.step('the map: a region is chosen in its table, and the focus stays there', async () => {
    await panel.command('Show Map of Clouds');
    const region = page
      .getByRole('table', { name: 'Regions', exact: true })
      .getByRole('button', { name: 'gcp:us-central1' });
    await tabTo(region);
    await keyboard.press('Enter');
    await expect(panel.found).toHaveText(/^1 of \d+ datasets$/);
    await expect(region).toHaveAttribute('aria-pressed', 'true');
    await expect(region).toBeFocused();
    await keyboard.press('Space');
    await expect(panel.found).toHaveText(/^\d+ datasets$/);
  });

  await test.step('the ledger: added up otherwise, another time, exported', async () => {
    await panel.command('Show Ledger');
    const notebook = page.getByRole('button', {
      name: 'Notebook',
      exact: true
    });
    await tabTo(notebook);
    await keyboard.press('Enter');
    await expect(
      page.getByRole('table', { name: 'Added up by: Notebook' })
    ).toBeVisible();
    await expect(notebook).toBeFocused();
    await tabTo(page.getByRole('combobox', { name: 'Period' }));
    await keyboard.press('End');
    await expect(page.getByRole('combobox', { name: 'Period' })).toHaveValue(
      'null'
    );
    await tabTo(page.getByRole('button', { name: 'Export as CSV' }));
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      keyboard.press('Enter')
    ]);
    expect(readFileSync(await download.path(), 'utf-8')).toContain(
      'at,run,notebook,'
    );
  });

  const first = panel.cluster('aws-oregon').first();
  const minimum = first.getByRole('spinbutton', { name: CARDS.minimum });
  const maximum = first.getByRole('spinbutton', { name: CARDS.maximum });

  await test.step('a card: its bounds are changed, and back on Escape', async () => {
    await minimum.focus();
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('3');
    await keyboard.press('Escape');
    await expect(minimum).toHaveValue('1');
    await expect(minimum).toBeFocused();
    await tabTo(maximum);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('20');
    await tabTo(first.getByRole('button', { name: 'Apply' }));
    await keyboard.press('Enter');
    await expect(first.getByRole('button', { name: 'Apply' })).toHaveCount(0);
    await expect(maximum).toHaveValue('20');
    await expect(minimum).toBeFocused();
  });

  await test.step('a card: so is its idle time, up to what the administrator allows', async () => {
    const idle = first.getByRole('spinbutton', { name: CARDS.idle });
    await tabTo(idle);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('601');
    await expect(first.getByRole('alert')).toContainText(
      'after 600 minutes at most'
    );
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type('45');
    await keyboard.press('Enter');
    await expect(first.getByRole('button', { name: 'Apply' })).toHaveCount(0);
    await expect(idle).toHaveValue('45');
    await expect(idle).toBeFocused();
  });

  await test.step('a card: its cluster is stopped, and the focus is at the next card', async () => {
    await tabTo(first.getByRole('button', { name: /^Stop the cluster/ }));
    await keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Stop the Cluster on aws-oregon?');
    await expect(dialog.getByRole('button', { name: 'Stop' })).toBeFocused();
    await keyboard.press('Enter');
    await expect(panel.cluster('aws-oregon')).toHaveCount(1);
    await expect(first.locator(':focus')).toHaveCount(1);
  });

  await test.step('all are stopped, and the focus is at the title of the section', async () => {
    const title = page.getByRole('button', { name: /^Stop the clusters/ });
    await tabTo(title, 'Shift+Tab');
    await keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toContainText(
      'Stop All 2 Clusters?'
    );
    await expect(
      page.getByRole('dialog').getByRole('button', { name: 'Stop All' })
    ).toBeFocused();
    await keyboard.press('Enter');
    await expect(panel.cluster('aws-oregon')).toHaveCount(0);
    await expect(page.locator(':focus').last()).toContainText('Clusters');
  });

  await test.step('nothing turns for whoever wants less motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const turning = await page.evaluate(() => {
      const spinner = document.createElement('span');
      spinner.className = 'jp-MulticloudSpinner';
      document.body.append(spinner);
      return getComputedStyle(spinner).animationName;
    });
    expect(turning).toBe('none');
  });
});

/** Go to something with Tab; on the way and there, what has the focus is to be seen. */
async function tabTo(
  control: Locator,
  key: 'Tab' | 'Shift+Tab' = 'Tab'
): Promise<void> {
  const page = control.page();
  const isThere = () => control.evaluate(element => element.matches(':focus'));
  for (let steps = 0; !(await isThere()); steps++) {
    expect(steps, 'steps with Tab').toBeLessThan(40);
    await page.keyboard.press(key);
  }
  await expectFocusSeen(page);
}

/** Expect that what has the focus looks otherwise than without it, and is in the window. */
async function expectFocusSeen(page: Page): Promise<void> {
  // A button of a toolbar is in one of JupyterLab's own elements, which has the focus as well.
  const focused = page.locator(':focus').last();
  await expect(focused).toBeInViewport();
  const looks = await focused.evaluate((element: HTMLElement) => {
    const parts = [
      element.shadowRoot?.querySelector('.control') ?? element,
      element.parentElement ?? element
    ];
    const look = () =>
      parts.map(part => {
        const { outline, boxShadow, borderColor } = getComputedStyle(part);
        return [outline, boxShadow, borderColor].join('; ');
      });
    const withIt = look();
    element.blur();
    const without = look();
    element.focus();
    return { withIt, without };
  });
  expect(looks.withIt, 'the look of what has the focus').not.toEqual(
    looks.without
  );
}
