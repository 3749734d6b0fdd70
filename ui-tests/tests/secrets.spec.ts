/** A password that was typed in the panel is nowhere in the browser afterwards. */
import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { passwordOf } from './demo';
import { PanelPage } from './panel-page';

// What records a page for the report keeps what was typed in it.
test.use({ trace: 'off', screenshot: 'off' });

const WRONG = 'wr0ng-marker-not-to-be-seen';

test('forgets the password when the dialog is closed', async ({ page }) => {
  const password = passwordOf('gcp-iowa');
  const panel = new PanelPage(page);
  await panel.open();
  // Another journey may have signed in already.
  const card = panel.gateway('gcp-iowa');
  const signOut = card.getByRole('button', { name: 'Sign out of gcp-iowa' });
  const signIn = card.getByRole('button', { name: 'Sign in to gcp-iowa' });
  await expect(signOut.or(signIn)).toBeVisible();
  if (await signOut.isVisible()) {
    await signOut.click();
  }

  await signIn.click();
  const dialog = page.getByRole('dialog');
  for (const text of [WRONG, password]) {
    await dialog.getByLabel('Password').focus();
    // As from a keyboard: what a locator fills in stays in the tools of the test.
    await page.keyboard.insertText(text);
    expect(await found(page, [text])).toContain('a field');
    await dialog.getByRole('button', { name: 'Sign In' }).click();
    if (text === WRONG) {
      await expect(dialog).toContainText('refused the user name or password');
    }
  }
  await expect(dialog).toHaveCount(0);
  await expect(card).toContainText('signed in');

  const forms = [WRONG, password].flatMap(text => [
    text,
    Buffer.from(text).toString('base64'),
    Buffer.from(`pangeo:${text}`).toString('base64')
  ]);
  expect(await found(page, forms)).toEqual([]);
  expect(await inHeap(page, [...forms, 'Multi-Cloud Lab'])).toEqual([
    'Multi-Cloud Lab'
  ]);
});

/** Where in the page, or in what it has stored, one of some texts is. */
async function found(page: Page, texts: string[]): Promise<string[]> {
  const places = await page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const stored = databases.map(
      ({ name }) =>
        new Promise<string>((resolve, reject) => {
          const open = indexedDB.open(name!);
          open.onerror = () => reject(open.error);
          open.onsuccess = () => {
            const stores = Array.from(open.result.objectStoreNames);
            const all: unknown[] = [];
            if (stores.length === 0) {
              return resolve('');
            }
            const reading = open.result.transaction(stores);
            for (const store of stores) {
              const request = reading.objectStore(store).getAll();
              request.onsuccess = () => all.push(request.result);
            }
            reading.oncomplete = () => {
              open.result.close();
              resolve(JSON.stringify(all));
            };
          };
        })
    );
    const fields = document.querySelectorAll('input, textarea');
    return {
      'the page': document.documentElement.outerHTML,
      'a field': Array.from(fields)
        .map(field => (field as HTMLInputElement).value)
        .join('\n'),
      'the address': location.href,
      'a cookie': document.cookie,
      'local storage': JSON.stringify(localStorage),
      'session storage': JSON.stringify(sessionStorage),
      'a database': (await Promise.all(stored)).join('\n')
    };
  });
  return Object.entries(places)
    .filter(([, text]) => texts.some(each => text.includes(each)))
    .map(([place]) => place);
}

/** Which of some texts are in the page's memory, when what nobody holds is collected. */
async function inHeap(page: Page, texts: string[]): Promise<string[]> {
  // Galata's page is a proxy of the page.
  const [own] = page.context().pages();
  const tools = await own.context().newCDPSession(own);
  const seen = new Set<string>();
  let last = '';
  tools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    const text = last + chunk;
    texts.filter(each => text.includes(each)).forEach(each => seen.add(each));
    last = text.slice(-200);
  });
  await tools.send('HeapProfiler.enable');
  await tools.send('HeapProfiler.collectGarbage');
  await tools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await tools.detach();
  return texts.filter(each => seen.has(each));
}
