/** The browser journeys: Galata, with the demo as the server and whatever Chromium is there. */
import { randomBytes } from 'crypto';
import path from 'path';

import { galata } from '@jupyterlab/galata';
import type { PlaywrightTestConfig } from '@playwright/test';

import * as galataConfig from '@jupyterlab/galata/lib/playwright-config';

// Worker processes read this file again and inherit what the first reading chose: ports that
// neither a system nor the demo's search for free ones gives to anything else.
process.env.MULTICLOUD_UI_PORT ??= String(
  10000 + Math.floor(Math.random() * 9999)
);
process.env.MULTICLOUD_UI_OWN_PORT ??= String(
  Number(process.env.MULTICLOUD_UI_PORT) + 1
);
process.env.JUPYTER_TOKEN ??= randomBytes(16).toString('hex');
process.env.MULTICLOUD_UI_STATE ??= path.join(__dirname, '.demo');

// Galata declares no type for it.
const baseConfig = galataConfig as PlaywrightTestConfig;
const port = Number(process.env.MULTICLOUD_UI_PORT);
const token = process.env.JUPYTER_TOKEN;

const config: PlaywrightTestConfig = {
  ...baseConfig,
  reporter: [['list'], ['html', { open: 'never' }]],
  testDir: path.join(__dirname, 'tests'),
  timeout: 240_000,
  workers: 1,
  fullyParallel: false,
  retries: 0,
  expect: { timeout: 30_000 },
  use: {
    ...baseConfig.use,
    baseURL: `http://127.0.0.1:${port}`,
    extraHTTPHeaders: { Authorization: `token ${token}` },
    viewport: { width: 1280, height: 900 },
    // An option of Galata's own. The tour comes to who opens the panel first, but not in each test.
    ...{
      mockSettings: {
        ...galata.DEFAULT_SETTINGS,
        'multicloud-lab:plugin': { tour: false }
      }
    },
    trace: 'retain-on-failure',
    video: 'off',
    screenshot: 'only-on-failure',
    launchOptions: process.env.CHROMIUM_PATH
      ? {
          executablePath: process.env.CHROMIUM_PATH,
          args: ['--no-sandbox', '--disable-dev-shm-usage']
        }
      : {}
  },
  webServer: {
    command: `multicloud-lab demo --no-browser --port ${port} --state-dir "${process.env.MULTICLOUD_UI_STATE}"`,
    // Galata drives the application object, which a page shows only when asked to.
    env: {
      JUPYTER_CONFIG_PATH: path.join(__dirname, 'server'),
      // A kernel that says that it runs R.
      JUPYTER_PATH: path.join(__dirname, 'server'),
      JUPYTER_TOKEN: token
    },
    url: `http://127.0.0.1:${port}/api?token=${token}`,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 30_000 },
    stdout: 'pipe',
    timeout: 120_000
  }
};

export default config;
