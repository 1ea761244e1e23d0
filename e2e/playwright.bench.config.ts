// Measurements, not tests: `cargo xtask bench` runs them on the page as users get it.
import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: 'bench',
  testMatch: '*.bench.ts',
  timeout: 300_000,
  // One at a time: two would measure each other.
  workers: 1,
  fullyParallel: false,
  reporter: 'list',
  projects: [{ name: 'desktop', use: { viewport: { width: 1440, height: 900 } } }],
});
