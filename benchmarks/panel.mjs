/**
 * Measures the panel in a headless browser; prints the figures as JSON.
 *
 * Arguments: address of a JupyterLab with the panel, address of one without it, repeats.
 */
/* global console, document, MessageChannel, MutationObserver, performance, process, queueMicrotask, requestAnimationFrame, URL, window */
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';

// Playwright is a dependency of the browser tests.
const { chromium } = createRequire(
  new URL('../ui-tests/package.json', import.meta.url)
)('@playwright/test');

const [withPanel, without, repeats] = process.argv.slice(2);
const WORDS = ['precipitation', 'humidity', 'runoff', 'snowfall'];
const FOUND = '.jp-MulticloudDatasets-found';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH,
  args: [
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--enable-precise-memory-info'
  ]
});

/** Open JupyterLab in a profile of its own, and wait until its launcher is there. */
async function open(address, onResponse = () => undefined) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 }
  });
  const page = await context.newPage();
  page.on('response', onResponse);
  const began = performance.now();
  await page.goto(address);
  await page.waitForSelector('.jp-LauncherCard', { timeout: 120_000 });
  return { context, page, took: performance.now() - began };
}

/** Milliseconds until JupyterLab is there, with the panel and without, in turns. */
async function startUp() {
  const ours = [];
  const bare = [];
  for (let turn = -1; turn < Number(repeats); turn++) {
    for (const [address, times] of [
      [without, bare],
      [withPanel, ours]
    ]) {
      const { context, took } = await open(address);
      await context.close();
      if (turn >= 0) {
        times.push(took); // the first turn fills the caches of the machine
      }
    }
  }
  return { ours, bare };
}

/** Bytes of the scripts and styles of ours that a start loads, as gzip sends them. */
async function bundle() {
  const bodies = [];
  const { context } = await open(withPanel, response => {
    if (response.url().includes('/extensions/multicloud-lab/static/')) {
      bodies.push(response.body());
    }
  });
  const sizes = (await Promise.all(bodies)).map(body => gzipSync(body).length);
  await context.close();
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of the page's heap after a collection. */
async function heap(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
}

async function showPanel(page) {
  await page.click('.lm-TabBar-tab[data-id="multicloud-lab-panel"]');
  await page.waitForSelector('#multicloud-lab-panel [role="treeitem"]', {
    timeout: 120_000
  });
  await page.keyboard.press('Escape'); // the tour, on a first use
}

/** Milliseconds from each key to the painted answer to it. */
async function keystrokes(page) {
  await page.evaluate(found => {
    window.painted = [];
    document.addEventListener('keydown', event => {
      const began = event.timeStamp;
      // What is shown is old until the answer is there, and says so.
      const look = () =>
        queueMicrotask(() => {
          const list = document.querySelector(found);
          const settle = () => {
            if (!list.classList.contains('jp-mod-waiting')) {
              observer.disconnect();
              requestAnimationFrame(() => {
                const { port1, port2 } = new MessageChannel();
                port1.onmessage = () =>
                  window.painted.push(performance.now() - began);
                port2.postMessage(0);
              });
            }
          };
          const observer = new MutationObserver(settle);
          observer.observe(list, {
            attributes: true,
            subtree: true,
            childList: true
          });
        });
      document.addEventListener('input', look, { once: true });
    });
  }, FOUND);
  await page.focus('input[type="search"]');
  let keys = 0;
  for (const word of WORDS) {
    for (const key of word) {
      await page.keyboard.press(key);
      keys += 1;
      await page.waitForFunction(count => window.painted.length >= count, keys);
    }
    for (let index = 0; index < word.length; index++) {
      await page.keyboard.press('Backspace');
      keys += 1;
      await page.waitForFunction(count => window.painted.length >= count, keys);
    }
  }
  return page.evaluate(() => window.painted);
}

/** Milliseconds of each frame while a long list is scrolled from its top to its end and back. */
async function scrolling(page) {
  await page.fill('input[type="search"]', 'precipitation');
  await page.waitForFunction(
    found =>
      !document.querySelector(found).classList.contains('jp-mod-waiting') &&
      document.querySelectorAll('#multicloud-lab-panel [role="treeitem"]')
        .length > 10,
    FOUND
  );
  return page.evaluate(
    () =>
      new Promise(resolve => {
        const frames = [];
        let scroller = document.querySelector(
          '#multicloud-lab-panel [role="tree"]'
        );
        while (scroller && scroller.scrollHeight <= scroller.clientHeight + 1) {
          scroller = scroller.parentElement;
        }
        let last = performance.now();
        let direction = 1;
        const step = now => {
          frames.push(now - last);
          last = now;
          scroller.scrollTop += direction * 120;
          const atEnd =
            scroller.scrollTop + scroller.clientHeight >=
            scroller.scrollHeight - 1;
          if (atEnd) {
            direction = -1;
          }
          if (direction < 0 && scroller.scrollTop <= 0) {
            resolve(frames.slice(2));
          } else {
            requestAnimationFrame(step);
          }
        };
        requestAnimationFrame(step);
      })
  );
}

const start = await startUp();
const gzip = await bundle();
const bare = await open(without);
const bareHeap = await heap(bare.page);
await bare.context.close();
const { context, page } = await open(withPanel);
await showPanel(page);
const painted = await keystrokes(page);
const frames = await scrolling(page);
const usedHeap = await heap(page);
await context.close();
await browser.close();
console.log(
  JSON.stringify({ start, gzip, painted, frames, heap: usedHeap - bareHeap })
);
