import { existsSync } from 'node:fs';

import { defineConfig } from '@playwright/test';

import type { LabWorkerOptions } from './fixtures/lab';

/** `npm test` names one; a system's Chromium serves where Playwright is run by hand. */
const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export default defineConfig<object, LabWorkerOptions>({
  testDir: '.',
  outputDir: 'test-results',
  // Each worker starts a JupyterLab, runtimes and a browser: more of them only slow each other down.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
  use: {
    viewport: { width: 1280, height: 800 },
    // A trace takes a tenth of the time, and nobody opens one on a CI machine.
    trace: process.env.CI ? 'off' : { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(existsSync(chromium) ? { executablePath: chromium } : {}),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync'
      ]
    }
  }
});
