/**
 * Measures the panel in a headless browser; prints the figures as JSON.
 *
 * Arguments: address of a JupyterLab with the panel, address of one without it, repeats.
 */
/* global console, document, fetch, MessageChannel, MutationObserver, performance, process, queueMicrotask, requestAnimationFrame, URL, window */
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

/** Milliseconds until JupyterLab is there, with the panel and without, by turns. */
async function startUp() {
  const ours = [];
  const bare = [];
  for (let turn = -1; turn < Number(repeats); turn++) {
    const both = [
      [without, bare],
      [withPanel, ours]
    ];
    // Who comes second may find the machine warmer.
    for (const [address, times] of turn % 2 === 0 ? both : both.reverse()) {
      const { context, took } = await open(address);
      await context.close();
      if (turn >= 0) {
        times.push(took); // the first turn fills the caches of the machine
      }
    }
  }
  return { ours, bare };
}

/** The scripts and styles of ours that a start loads, and their bytes as gzip sends them. */
async function bundle() {
  const loaded = new Map();
  const { context } = await open(withPanel, response => {
    const [, name] =
      response.url().match(/\/multicloud-lab\/static\/([^?]+)/) ?? [];
    if (name) {
      loaded.set(name, response.body());
    }
  });
  const bodies = await Promise.all(loaded.values());
  await context.close();
  return {
    scripts: [...loaded.keys()],
    gzip: bodies.reduce((sum, body) => sum + gzipSync(body).length, 0)
  };
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
  for (const word of [...WORDS, ...WORDS]) {
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

/** Show all datasets in one list, whose scroll bar spans them; give what scrolls. */
async function showList(page) {
  await page.fill('input[type="search"]', '');
  await page.click('[data-command="multicloud-lab:toggle-tree"]');
  await page.waitForFunction(() => {
    const tree = document.querySelector('#multicloud-lab-panel [role="tree"]');
    const last = tree.querySelector('[aria-setsize="100000"]');
    if (last) {
      window.scroller = tree.parentElement;
    }
    return last;
  });
}

/** Milliseconds of each frame while the list is scrolled, by so many pixels a frame. */
async function frames(page, pixels, count) {
  return page.evaluate(
    ([pixels, count]) =>
      new Promise(resolve => {
        const { scroller } = window;
        scroller.scrollTop = 0;
        const frames = [];
        let last = performance.now();
        const step = now => {
          frames.push(now - last);
          last = now;
          // Down, and up again.
          scroller.scrollTop += frames.length > count / 2 ? -pixels : pixels;
          if (frames.length < count) {
            requestAnimationFrame(step);
          } else {
            resolve(frames.slice(3));
          }
        };
        requestAnimationFrame(step);
      }),
    [pixels, count]
  );
}

/** Scroll to every page of the list in turn, and wait until what is seen of it is there. */
async function seeAll(page) {
  return page.evaluate(async () => {
    const { scroller } = window;
    const frame = () => new Promise(requestAnimationFrame);
    const seen = new Set();
    const look = async top => {
      scroller.scrollTop = top;
      do {
        await frame();
      } while (scroller.querySelector('[aria-busy]'));
      scroller
        .querySelectorAll('[data-dataset]')
        .forEach(({ ariaPosInSet }) => seen.add(Math.ceil(ariaPosInSet / 50)));
    };
    scroller.scrollTop = 0;
    for (let top = 0; top < scroller.scrollHeight; top += 50 * 42) {
      await look(top);
    }
    await look(scroller.scrollHeight);
    return seen.size;
  });
}

/** Keep every row, as a list would that never lets go: what the measure of memory has to see. */
async function keepEveryRow(page) {
  return page.evaluate(async () => {
    const { baseUrl, token } = JSON.parse(
      document.getElementById('jupyter-config-data').textContent
    );
    window.kept = [];
    for (let offset = 0; offset < 100_000; offset += 10_000) {
      const answer = await fetch(
        `${baseUrl}multicloud-lab/api/datasets?limit=10000&offset=${offset}&token=${token}`
      );
      window.kept.push(...(await answer.json()).items);
    }
    return window.kept.length;
  });
}

function expect(found, wanted, what) {
  if (found !== wanted) {
    throw new Error(`${found} ${what}, not ${wanted}.`);
  }
}

const start = await startUp();
const { scripts, gzip } = await bundle();
const bare = await open(without);
const bareHeap = await heap(bare.page);
await bare.context.close();
const { context, page } = await open(withPanel);
await showPanel(page);
const painted = await keystrokes(page);
await showList(page);
const scrolled = {
  'by the wheel': await frames(page, 120, 600),
  'by the bar': await frames(page, 20_000, 200)
};
expect(await seeAll(page), 2000, 'pages were seen');
const seenHeap = await heap(page);
expect(await keepEveryRow(page), 100_000, 'rows are kept');
const keptHeap = await heap(page);
await context.close();
await browser.close();
console.log(
  JSON.stringify({
    start,
    scripts,
    gzip,
    painted,
    frames: scrolled,
    heap: seenHeap - bareHeap,
    everyRow: keptHeap - bareHeap
  })
);
