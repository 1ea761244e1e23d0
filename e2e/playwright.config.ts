import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

// `cargo xtask` names the browser it has found. Without it: Debian's, else Playwright's own.
const debian = '/usr/bin/chromium';
const executablePath =
  process.env.LIGHTCONE_CHROMIUM_PATH || (existsSync(debian) ? debian : undefined);

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results/files',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  fullyParallel: true,
  workers: 2,
  // A machine that others use too may stall a browser: one more try there, and the list says which test was flaky.
  // Where one works on the tests, a test that passes only sometimes is a failure.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    actionTimeout: 10_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    locale: 'en-GB',
    timezoneId: 'UTC',
    launchOptions: {
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    // Hashes do not depend on the screen.
    { name: 'phone', testIgnore: 'hash.spec.ts', use: { viewport: { width: 390, height: 844 }, hasTouch: true } },
  ],
});
