// What a first visit loads, and that it answers at once.

import { expect, test } from '../fixtures.ts';
import { clock, start, tab } from '../helpers.ts';
import { brotliCompressSync } from 'node:zlib';

/** Most that the whole program (wasm, scripts, styles, page) may weigh with all labs, in bytes with brotli. */
const PROGRAM_MAX = 1_050_000;

test('a first visit runs, and everything of the first screen works', async ({ page }) => {
  await page.goto('./');
  const time = clock(page);
  await expect(time).toBeVisible();
  const first = await time.textContent();
  await expect(time).not.toHaveText(first!);

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

  await page.getByLabel('Lab', { exact: true }).selectOption('causal-kv');
  await expect(page.locator('body')).toContainText('node1');
  expect(await page.evaluate(() => window.lightcone.scenario().lab)).toBe('causal-kv');
});

test('the program is one file of wasm, and all of the program is within its budget', async ({ page }) => {
  test.slow();
  const bodies = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => bodies.set(response.url(), response.body()));
  await page.goto('./');
  await page.waitForFunction(() => window.lightcone !== undefined);
  // Packed only now: this process serves the page, too.
  const program = [...bodies].filter(([url]) => !url.endsWith('.woff2'));
  const sizes = await Promise.all(program.map(async ([, body]) => brotliCompressSync(await body).length));
  expect([...bodies.keys()].filter((url) => url.endsWith('.wasm'))).toHaveLength(1);
  expect(sizes.reduce((all, size) => all + size, 0)).toBeLessThan(PROGRAM_MAX);
});

test('a link to another lab opens it', async ({ page }) => {
  await start(page, '#lab=causal-multicast');
  expect(await page.evaluate(() => window.lightcone.scenario().lab)).toBe('causal-multicast');
});

test('the outline has as many lanes as the lab that a link asks for', async ({ page }) => {
  // The program does not come: what is there before it stays.
  await page.route('**/*.wasm', () => new Promise<void>(() => {}));
  const outlined = new Map<string, number>();
  const labs = ['vector-clocks', 'total-order', 'causal-multicast', 'causal-kv', 'raft-lock', 'mesi', 'zk-lock', 'queue'];
  for (const lab of labs) {
    await page.goto('about:blank');
    await page.goto(`./#lab=${lab}`);
    outlined.set(lab, await page.locator('.sk-lanes i').count());
  }
  await page.goto('about:blank');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  for (const lab of labs) {
    await page.goto('about:blank');
    await start(page, `#lab=${lab}`);
    expect.soft(await page.evaluate(() => window.lightcone.frame().processes.length), lab).toBe(outlined.get(lab));
  }
});
