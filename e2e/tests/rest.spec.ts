// What a first visit loads, and the rest of the program that comes while one looks at it.

import { expect, test } from '../fixtures.ts';
import { clock, start, tab } from '../helpers.ts';
import { brotliCompressSync } from 'node:zlib';

/** Most that a first visit may load until the page answers, in bytes, as a server with brotli sends it. */
const FIRST_VISIT_MAX = 450_000;
const REST = '**/*_rest.wasm';

test('a first visit runs before the rest of the program is there', async ({ page }) => {
  let come = () => {};
  const coming = new Promise<void>((resolve) => (come = resolve));
  await page.route(REST, async (route) => {
    await coming;
    await route.continue();
  });
  await page.goto('./');
  const time = clock(page);
  await expect(time).toBeVisible();
  const first = await time.textContent();
  await expect(time).not.toHaveText(first!);
  expect(await page.evaluate(() => window.lightcone)).toBeUndefined();

  // Everything of the first screen works.
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.keyboard.press('Home');
  await expect(time).toHaveText('0.000 ms');
  await page.keyboard.press('End');
  await expect(time).not.toHaveText('0.000 ms');

  await page.mouse.move(640, 300, { steps: 5 });
  for (const key of ['n', 'n', '+', '-', '0', 'c', 'c', 'f', ',', '.', '>', '<', 't', 't', '?']) await page.keyboard.press(key);
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await tab(page, 'act');
  const act = (name: string) => page.getByRole('button', { name, exact: true });
  await act('Multicast').or(act('Send')).first().click();
  for (const name of ['Axis', 'Panels', 'File']) {
    const menu = page.locator('summary', { hasText: name }).first();
    if (await menu.isVisible()) {
      await menu.click();
      await page.keyboard.press('Escape');
    }
  }
  await page.locator('#diagram').click({ button: 'right', position: { x: 200, y: 80 } });
  await page.keyboard.press('Escape');

  // What needs the rest waits for it, and then happens.
  await page.getByLabel('Lab', { exact: true }).selectOption('causal-kv');
  await expect(page).not.toHaveTitle(/key-value/i);
  come();
  await expect(page.locator('body')).toContainText('node1');
  await expect.poll(() => page.evaluate(() => window.lightcone?.scenario().lab)).toBe('causal-kv');
});

test('a first visit loads little', async ({ page }) => {
  test.slow();
  const bodies = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => bodies.set(response.url(), response.body()));
  await page.goto('./');
  await page.waitForFunction(() => window.lightcone !== undefined);
  // Packed only now: this process serves the page, too.
  const files = new Map<string, number>();
  for (const [url, body] of bodies) files.set(url, brotliCompressSync(await body).length);
  const sum = (wanted: (url: string) => boolean) =>
    [...files].filter(([url]) => wanted(url)).reduce((all, [, size]) => all + size, 0);
  const rest = (url: string) => url.endsWith('_rest.wasm');
  expect(sum(rest), 'the rest comes by itself').toBeGreaterThan(10_000);
  expect(sum((url) => !rest(url))).toBeLessThan(FIRST_VISIT_MAX);
});

test.describe('without the rest', () => {
  test.use({ expectedErrors: [/_rest\.wasm|Failed to load resource/] });

  test('where the rest does not come the page says so, goes on, and tries again', async ({ page }) => {
  let broken = true;
  await page.route(REST, (route) => (broken ? route.abort() : route.continue()));
  await page.goto('./');
  await expect(page.getByText('A part of the program could not be loaded.')).toBeVisible();
  await page.keyboard.press('End');
  await expect(clock(page)).not.toHaveText('0.000 ms');
  broken = false;
  await page.getByLabel('Lab', { exact: true }).selectOption('total-order');
  await expect.poll(() => page.evaluate(() => window.lightcone?.scenario().lab)).toBe('total-order');
});

test('a link to another lab without the rest says why nothing is shown', async ({ page }) => {
  await page.route(REST, (route) => route.abort());
  await page.goto('./#lab=causal-kv');
  await expect(page.getByRole('alert')).toContainText('A part of the simulator could not be loaded');
});
});

test('a link to another lab waits for the rest', async ({ page }) => {
  await start(page, '#lab=causal-multicast');
  expect(await page.evaluate(() => window.lightcone.scenario().lab)).toBe('causal-multicast');
});
