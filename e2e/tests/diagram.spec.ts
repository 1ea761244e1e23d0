// The diagram as a tool: which way time runs, the strip with the whole run, search, cuts, lanes, bands.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import {
  atEnd,
  clock,
  drag,
  frames,
  halt,
  inkIn,
  isSmall,
  load,
  picture,
  place,
  records,
  start,
  still,
  trace,
  type TraceRecord,
} from '../helpers.ts';

const FUTURE = '#b36b00';
const BAD = '#c1271d';

function overview(page: Page): Locator {
  return page.getByRole('slider', { name: 'Overview of the whole run' });
}

/** Looks, two frames apart, after which nothing more is on its way. */
const SAME_FRAMES = 6;

/** What is in sight, as the strip says it: from, to and the end of the run. */
async function sight(page: Page): Promise<[number, number, number]> {
  // What stands around the diagram follows it only so many times a second: wait until it stays the same.
  let text = '';
  for (let same = 0; same < SAME_FRAMES; ) {
    await frames(page);
    const next = (await overview(page).getAttribute('aria-valuetext')) ?? '';
    same = next === text ? same + 1 : 0;
    text = next;
  }
  const numbers = text.match(/[\d.]+/g)?.map(Number) ?? [];
  return [numbers[0]!, numbers[1]!, numbers[2]!];
}

/** How many pixels of the strip come close to a colour. */
async function inkInStrip(page: Page, colour: string): Promise<number> {
  return page.evaluate((hex) => {
    const want = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
    const canvas = document.querySelector<HTMLCanvasElement>('#overview')!;
    const data = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let i = 0; i < data.length; i += 4) {
      if ([0, 1, 2].reduce((sum, c) => sum + Math.abs(data[i + c]! - want[c]!), 0) <= 60) found++;
    }
    return found;
  }, colour);
}

async function viewMenu(page: Page): Promise<Locator> {
  const menu = page.locator('.toolbar .menu', { hasText: 'Open lanes' });
  if ((await menu.getAttribute('open')) === null) await menu.locator('summary').click();
  return menu;
}

async function turnDown(page: Page): Promise<void> {
  await (await viewMenu(page)).getByRole('button', { name: 'down' }).click();
  await page.keyboard.press('Escape');
  await frames(page);
}

/** Events of processes with where they stand. */
async function places(page: Page): Promise<(TraceRecord & { x: number; y: number })[]> {
  const found = [];
  for (const record of await trace(page)) {
    if (!['local', 'send', 'receive'].includes(record.kind)) continue;
    found.push({ ...record, ...(await place(page, record.id)) });
  }
  return found;
}

test('time runs downwards when it is asked to, and lanes are columns', async ({ page }) => {
  await atEnd(page);
  // Marks that would lie on one another stand across their lane, and nearer to it than to any other.
  const apart = (list: { node: string | null; x: number; y: number }[], axis: 'x' | 'y') => {
    const nodes = [...new Set(list.map((e) => e.node))];
    const spans = nodes.map((node) => list.filter((e) => e.node === node).map((e) => e[axis]));
    const ordered = spans.map((places) => [Math.min(...places), Math.max(...places)] as const).sort((a, b) => a[0] - b[0]);
    return ordered.every(([from], i) => i === 0 || from > ordered[i - 1]![1]) && ordered.length === 3;
  };
  const right = await places(page);
  expect(apart(right, 'y')).toBe(true);
  await turnDown(page);
  const down = await places(page);
  expect(down.map((e) => e.id)).toEqual(right.map((e) => e.id));
  expect(apart(down, 'x'), 'each lane is a column').toBe(true);
  for (let i = 1; i < down.length; i++) expect(down[i]!.y).toBeGreaterThanOrEqual(down[i - 1]!.y);
  // What is pointed at is found there.
  const middle = down[Math.floor(down.length / 2)]!;
  await page.mouse.click(middle.x, middle.y);
  await expect.poll(() => inkIn(page, '#2353d9', { x: middle.x - 14, y: middle.y - 14, w: 28, h: 28 })).toBeGreaterThan(10);
  // A drag along the time moves the picture along it.
  if (isSmall(page)) return;
  const [from] = await sight(page);
  await page.mouse.move(middle.x + 60, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 60, middle.y - 60, { steps: 4 });
  await page.mouse.up();
  expect((await sight(page))[0]).toBeGreaterThan(from);
});

test('the strip moves and sizes what is in sight by mouse or finger', async ({ page }) => {
  await atEnd(page);
  await page.evaluate(() => window.lightcone.run(60));
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
  const box = (await overview(page).boundingBox())!;
  const before = await sight(page);
  const y = box.y + box.height / 2;
  const x = (ms: number) => box.x + 10 + ((box.width - 20) * ms) / before[2];
  const middle = x((before[0] + before[1]) / 2);
  await drag(page, { x: middle, y }, { x: middle + box.width / 8, y });
  const moved = await sight(page);
  expect(moved[0]).toBeGreaterThan(before[0] + before[2] / 12);
  expect(moved[1] - moved[0]).toBeCloseTo(before[1] - before[0], 0);
  await drag(page, { x: x(moved[0]) + 2, y }, { x: x(moved[0]) - box.width / 8, y });
  const wider = await sight(page);
  expect(wider[0]).toBeLessThan(moved[0] - before[2] / 12);
  expect(Math.abs(wider[1] - moved[1])).toBeLessThan(0.5);
  // Beside the frame: what is in sight comes there.
  await drag(page, { x: x(before[2] * 0.02), y }, { x: x(before[2] * 0.02) + 1, y });
  expect((await sight(page))[0]).toBe(0);
  await expect(page.getByRole('button', { name: '→ now' })).toBeVisible();
});

test('the strip is moved by keys, which leave the time alone', async ({ page }) => {
  await atEnd(page);
  const shown = await clock(page).textContent();
  await overview(page).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('+');
  const zoomed = await sight(page);
  expect(zoomed[1] - zoomed[0]).toBeLessThan(zoomed[2] / 2);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  const moved = await sight(page);
  expect(moved[0]).toBeLessThan(zoomed[0]);
  expect(moved[1]).toBeLessThan(zoomed[1]);
  expect(await clock(page).textContent()).toBe(shown);
  await page.keyboard.press('-');
  const wider = await sight(page);
  expect(wider[1] - wider[0]).toBeGreaterThan(moved[1] - moved[0]);
});

test('crashes stand in the strip', async ({ page }) => {
  await atEnd(page);
  const without = await inkInStrip(page, BAD);
  await atEnd(page, 'crash');
  expect(await inkInStrip(page, BAD)).toBeGreaterThan(without + 8);
});

test('a search counts its hits, rings them, marks them in the strip and goes from one to the next', async ({ page }) => {
  await atEnd(page);
  const receives = await records(page, 'receive');
  expect(await inkInStrip(page, FUTURE)).toBe(0);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search the events')).toBeFocused();
  await page.keyboard.type('kind:receive');
  const count = page.locator('.search .hits');
  await expect(count).toHaveText(`${receives.length} hits`);
  await frames(page);
  expect(await inkInStrip(page, FUTURE)).toBeGreaterThan(10);
  const around = async (id: number) => {
    const { x, y } = await place(page, id);
    return inkIn(page, FUTURE, { x: x - 15, y: y - 15, w: 30, h: 30 });
  };
  expect(await around(receives[0]!.id)).toBeGreaterThan(20);
  expect(await around((await records(page, 'send'))[0]!.id)).toBeLessThan(20);
  // From the end of the run the next hit is the first one.
  await page.keyboard.press('Enter');
  await expect(count).toHaveText(`1 of ${receives.length}`);
  expect(await page.evaluate(() => window.lightcone.frame().event)).toBe(receives[0]!.id);
  await page.keyboard.press('Enter');
  await expect(count).toHaveText(`2 of ${receives.length}`);
  await page.keyboard.press('Shift+Enter');
  await expect(count).toHaveText(`1 of ${receives.length}`);
  await page.getByRole('button', { name: 'Previous hit' }).click();
  await expect(count).toHaveText(`${receives.length} of ${receives.length}`);
  expect(await page.evaluate(() => window.lightcone.frame().event)).toBe(receives.at(-1)!.id);
  // Words, and a process.
  await page.getByLabel('Search the events').fill('node:P2 m1');
  const m1 = (await trace(page)).filter((r) => r.node === 'P2' && r.label.includes('m1'));
  await expect(count).toHaveText(m1.length === 1 ? '1 hit' : `${m1.length} hits`);
  // What is not there is said in a sentence.
  await page.getByLabel('Search the events').fill('node:P9');
  await expect(page.locator('.trouble')).toHaveText('node: “P9” is none of P1, P2, P3.');
  await page.getByLabel('Search the events').focus();
  await page.keyboard.press('Escape');
  await expect(page.locator('.search .hits')).toHaveCount(0);
  await expect(page.getByLabel('Search the events')).toHaveValue('');
});

test('a long run is searched to its end', async ({ page }) => {
  await start(page);
  await load(page, {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    network: { delay_ms: 3 },
    acts: [{ at_ms: 0, act: { workload: { op: 'send', nodes: ['P1', 'P2'], count: 1500, every_ms: 1 } } }],
    until_ms: 1600,
  });
  await page.evaluate(() => window.lightcone.run());
  const sends = await records(page, 'send');
  const wanted = sends.filter((r) => r.label.includes(sends.at(-1)!.label)).length;
  await page.getByLabel('Search the events').fill(`kind:send "${sends.at(-1)!.label}"`);
  await expect(page.locator('.search .hits')).toHaveText(wanted === 1 ? '1 hit' : `${wanted} hits`);
  await page.getByLabel('Search the events').fill('kind:send node:P1');
  await expect(page.locator('.search .hits')).toHaveText(`${sends.filter((r) => r.node === 'P1').length} hits`);
  await expect(page.getByRole('button', { name: 'stop' })).toHaveCount(0);
});

/** The first message between two processes: its send and receive, and where they stand. */
async function firstMessage(page: Page) {
  const send = (await records(page, 'send'))[0]!;
  const receive = (await records(page, 'receive')).find((r) => r.message === send.messages![0]!.id)!;
  return { send, receive, s: await place(page, send.id), r: await place(page, receive.id) };
}

test('a cut says whether it is consistent, by mouse', async ({ page }) => {
  test.skip(isSmall(page), 'a finger comes in a test of its own');
  await atEnd(page);
  const { s, r } = await firstMessage(page);
  const between = (s.x + r.x) / 2;
  await page.mouse.move(between, (s.y + r.y) / 2 + 12);
  await page.keyboard.press('c');
  const bar = page.locator('.cut-bar');
  await expect(bar).toContainText('Consistent');
  await bar.locator('summary').click();
  await expect(bar.locator('li')).toHaveText(['m1 (P1 → P2)']);
  await page.keyboard.press('Escape');
  await expect(bar).toBeVisible();
  // The bar stands above the diagram: everything has moved.
  const now = await firstMessage(page);
  await drag(page, { x: between, y: now.s.y }, { x: now.s.x - 14, y: now.s.y });
  await expect(bar).toContainText('Consistent');
  await expect(bar).toContainText('nothing in flight');
  await drag(page, { x: between, y: now.r.y }, { x: now.r.x + 14, y: now.r.y });
  await expect(bar).toContainText('Not consistent: m1 (P1 → P2) is received inside, but sent outside.');
  // Its arrow is lit.
  const along = { x: (now.s.x + now.r.x) / 2 - 3, y: (now.s.y + now.r.y) / 2 - 3, w: 6, h: 6 };
  expect(await inkIn(page, BAD, along)).toBeGreaterThan(5);
  // A press elsewhere begins a new line there.
  await page.mouse.click(now.r.x + 40, (now.s.y + now.r.y) / 2);
  await expect(bar).toContainText('Consistent');
  await page.getByRole('button', { name: 'draw a cut', exact: true }).click();
  await expect(bar).toHaveCount(0);
});

test('a cut is moved event by event by keys', async ({ page }) => {
  await still(page);
  await page.keyboard.press('c');
  await expect(page.locator('#diagram')).toBeFocused();
  const bar = page.locator('.cut-bar');
  await expect(bar).toContainText('Consistent');
  await expect(bar).toContainText('P1 up to event');
  await page.keyboard.press('Tab');
  await expect(bar).toContainText('P2');
  // Only what is known can be parted.
  await page.evaluate(() => window.lightcone.run());
  await frames(page);
  const { receive } = await firstMessage(page);
  const own = (await trace(page)).filter((e) => e.node === 'P2' && e.kind !== 'boot' && e.id <= receive.id);
  for (const _ of own) await page.keyboard.press('ArrowRight');
  await expect(bar).toContainText('Not consistent: m1 (P1 → P2)');
  await expect(bar).toContainText(`P2 up to event ${receive.id}`);
  await page.keyboard.press('ArrowLeft');
  await expect(bar).toContainText('✓ Consistent');
  await page.keyboard.press('Shift+Tab');
  await expect(bar).toContainText('P1 up to');
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
});

test('a cut follows a finger', async ({ page }) => {
  test.skip(!isSmall(page), 'for screens to touch');
  await atEnd(page);
  await page.getByRole('button', { name: 'draw a cut', exact: true }).click();
  const bar = page.locator('.cut-bar');
  await expect(bar).toContainText('Consistent');
  await frames(page);
  const { s, r } = await firstMessage(page);
  // From between the lanes the whole line comes along; a handle goes alone.
  const middle = (s.y + r.y) / 2;
  await drag(page, { x: s.x + 60, y: middle }, { x: s.x - 12, y: middle });
  await expect(bar).toContainText('nothing in flight');
  await drag(page, { x: s.x - 12, y: r.y }, { x: r.x + 12, y: r.y });
  await expect(bar).toContainText('Not consistent: m1 (P1 → P2)');
});

test('lanes collapse by a click on the triangle before their names and in the menu, and open again', async ({ page }) => {
  await atEnd(page);
  const { s, receive } = await firstMessage(page);
  const whole = await picture(page);
  const box = (await page.locator('#diagram').boundingBox())!;
  await page.mouse.click(box.x + 9, s.y);
  const { send } = { send: (await records(page, 'send'))[0]! };
  await expect.poll(() => page.evaluate((id) => window.lightcone.locate(id), send.id)).toBeNull();
  expect(await page.evaluate((id) => window.lightcone.locate(id), receive.id)).not.toBeNull();
  const menu = await viewMenu(page);
  await expect(menu.getByLabel('P1', { exact: true })).not.toBeChecked();
  await expect(menu.locator('summary')).toHaveText('view −1');
  await menu.getByLabel('P1', { exact: true }).focus();
  await page.keyboard.press('Space');
  await expect(menu.getByLabel('P1', { exact: true })).toBeChecked();
  await page.keyboard.press('Escape');
  await page.mouse.move(2, 2);
  await expect.poll(() => picture(page)).toBe(whole);
});

test('a band along the lane says what a process holds', async ({ page }) => {
  await start(page, '#lab=total-order&scenario=overtaking');
  await halt(page);
  await page.getByRole('button', { name: 'To the end' }).click();
  await page.keyboard.press('0');
  await frames(page);
  // The receipt of a message that waits for its turn.
  const holds = (await records(page, 'receive')).find((e) => e.label.startsWith('ack') === false)!;
  const { x, y } = await place(page, holds.id);
  await page.mouse.move(x, y);
  await expect(page.locator('.tip .band')).toHaveText(/^cents 100000$/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the tools of the diagram', async ({ page }) => {
      await atEnd(page);
      await page.getByLabel('Search the events').fill('kind:receive');
      await page.getByRole('button', { name: 'draw a cut', exact: true }).click();
      await turnDown(page);
      await viewMenu(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.failureSummary).join(' | ')}`)).toEqual([]);
    });
  });
}
