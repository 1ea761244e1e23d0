// What a first visit loads, and that it answers at once.

import { expect, test } from '../fixtures.ts';
import { clock, start, tab } from '../helpers.ts';
import { brotliCompressSync } from 'node:zlib';

/** Most that the whole program (wasm, scripts, styles, page) may weigh with all labs, in bytes with brotli: a leash, no goal. */
const PROGRAM_MAX = 1_300_000;

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
  // What the words mean comes behind it, as guides do.
  const program = [...bodies].filter(([url]) => !url.endsWith('.woff2') && !url.includes('/guides/'));
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

/** What a browser says of something that moved. */
interface Shift {
  startTime: number;
  value: number;
  sources: { node: Node | null }[];
}

/** What the window shows of the diagram, as the browser painted it. */
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 1024, height: 768 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
];

test('the page comes with the picture that the program goes on from, and nothing moves', async ({ page }) => {
  test.slow();
  await page.addInitScript(() => {
    const seen = { shifts: [] as string[], at: -1 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      // What moves once the run plays on is no shift of the page.
      for (const entry of list.getEntries() as unknown as Shift[]) {
        const moved = entry.sources.map((source) => (source.node as Element | null)?.className ?? 'text');
        if (seen.at < 0 || entry.startTime <= seen.at) seen.shifts.push(`${entry.value} by ${moved.join(', ')}`);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
      const canvas = document.querySelector('#diagram');
      if (canvas === null) return requestAnimationFrame(look);
      // Two frames: the first with the page in it, and the one in which it has been measured.
      return requestAnimationFrame(() => requestAnimationFrame((now) => (seen.at = now)));
    };
    look();
  });
  for (const size of SIZES) {
    const name = `${size.width} × ${size.height}`;
    await page.setViewportSize(size);
    await page.route('**/*.wasm', () => new Promise<void>(() => {}));
    await page.goto('about:blank');
    await page.goto('./');
    await page.evaluate(() => document.fonts.ready);
    const marks = await page.locator('.first').evaluate((svg) => {
      const box = svg.getBoundingClientRect();
      const at = (mark: Element) => {
        const r = mark.getBoundingClientRect();
        return { id: Number((mark as SVGElement).dataset.event), x: r.x + r.width / 2, y: r.y + r.height / 2, high: r.height };
      };
      return { box: [box.x, box.y, box.width, box.height], marks: [...svg.querySelectorAll('[data-event]')].map(at) };
    });
    expect(marks.marks.length, name).toBeGreaterThan(3);
    const lines = page.locator('.first [stroke-width]');
    const thick = await lines.evaluateAll((all) => all.map((line) => [`${line.getAttribute('stroke-width')}px`, getComputedStyle(line).strokeWidth]));
    expect(thick.every(([wanted, is]) => wanted === is), `${name}: no style changes how thick a line is`).toBe(true);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.goto('about:blank');
    await page.goto('./');
    await page.waitForFunction(() => window.lightcone !== undefined && (window as unknown as { seen: { at: number } }).seen.at >= 0);
    expect.soft(await page.evaluate(() => (window as unknown as { seen: { shifts: string[] } }).seen.shifts), name).toEqual([]);
    const box = (await page.locator('#diagram').boundingBox())!;
    for (const [i, side] of [box.x, box.y, box.width, box.height].entries()) {
      expect.soft(Math.abs(side - marks.box[i]!), `${name}: side ${i} of the diagram`).toBeLessThanOrEqual(1);
    }
    // Back to the moment of the picture, which has passed meanwhile.
    await page.getByRole('button', { name: 'Pause', exact: true }).or(page.locator('button[aria-label="Pause"]')).first().click();
    const last = Math.max(...marks.marks.map((mark) => mark.id));
    await page.evaluate((id) => window.lightcone.seek(id), last);
    for (const mark of marks.marks) {
      const at = await page.evaluate((id) => window.lightcone.locate(id), mark.id);
      expect.soft(Math.abs(at!.x - mark.x), `${name}: event ${mark.id} to the right`).toBeLessThanOrEqual(1);
      // What a person asks for stands above the lane, where it can be pointed at.
      expect.soft(Math.abs(at!.y - mark.y), `${name}: event ${mark.id} downwards`).toBeLessThanOrEqual(mark.high + 5);
    }
  }
});
