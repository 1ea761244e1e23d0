// What every test starts from: import `test` and `expect` from here and not from Playwright.
//
// - `page.goto('./')` opens the built page; each worker has a server of its own.
// - A test fails when the page asks another host for anything, logs an error or throws. A test that
//   provokes an error on purpose says which: `test.use({ expectedErrors: [/no such lab/] })`.
import { test as base, expect } from '@playwright/test';
import { join } from 'node:path';
import { buildCli, type Cli } from './cli.ts';
import { serve, type Site } from './site.ts';

/** The folder of the built page. */
export const SITE_FOLDER = process.env.LIGHTCONE_SITE || join(import.meta.dirname, '..', 'dist');

/** LIGHTCONE_CASES scales the number of random cases, in percent. */
export function cases(usual: number): number {
  const percent = Number(process.env.LIGHTCONE_CASES ?? 100);
  return Math.max(1, Math.round((usual * (Number.isFinite(percent) ? percent : 100)) / 100));
}

interface Options {
  /** Errors that a test causes on purpose. */
  expectedErrors: RegExp[];
}

interface Guards {
  /** Watches every page of the test. */
  guard: void;
}

interface PerWorker {
  /** The server of the built page. */
  site: Site;
  /** The command-line program, built when a test first asks for it. */
  cli: Cli;
}

export const test = base.extend<Options & Guards, PerWorker>({
  site: [
    async ({}, use) => {
      const site = await serve(SITE_FOLDER);
      await use(site);
      await site.close();
    },
    { scope: 'worker' },
  ],

  // A fresh clone has neither build yet, which takes a minute.
  cli: [async ({}, use) => use(buildCli()), { scope: 'worker', timeout: 900_000 }],

  baseURL: async ({ site }, use) => {
    await use(site.url);
  },

  expectedErrors: [[], { option: true }],

  guard: [
    async ({ context, site, expectedErrors }, use) => {
      const host = new URL(site.url).host;
      const foreign: string[] = [];
      const errors: string[] = [];
      context.on('request', (request) => {
        const url = new URL(request.url());
        const network = ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol);
        if (network && url.host !== host) foreign.push(request.url());
      });
      context.on('console', (message) => {
        if (message.type() !== 'error') return;
        const { url, lineNumber } = message.location();
        errors.push(`${message.text()} (${url}:${lineNumber})`);
      });
      context.on('weberror', (error) => {
        errors.push(String(error.error().stack ?? error.error()));
      });
      await use();
      expect(foreign, 'the page asks no other host').toEqual([]);
      const surprising = errors.filter((text) => !expectedErrors.some((e) => e.test(text)));
      expect(surprising, 'the page reports no errors').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
