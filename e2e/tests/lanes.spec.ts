// The order of the lanes: by mouse, finger, menu and key; and what of the view goes into a link.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { type Point, atEnd, drag, frames, isSmall, place, ready, records, start, trace } from '../helpers.ts';

test.use({ colorScheme: 'light' });

const grip = (page: Page) => page.locator('.grip');

/** The processes from above to below, by where their events stand. */
async function lanes(page: Page): Promise<string[]> {
  const at = new Map<string, number>();
  for (const { id, node } of (await trace(page)).filter((r) => ['local', 'send', 'receive'].includes(r.kind))) {
    const there = await page.evaluate((event) => window.lightcone.locate(event), id);
    if (node !== null && there !== null) at.set(node, there.y);
  }
  return [...at].sort((a, b) => a[1] - b[1]).map(([name]) => name);
}

/** Moves a lane: the line where it would come is seen meanwhile. */
const move = (page: Page, from: Point, to: Point) => drag(page, from, to, () => expect(page.locator('.over .lane-goal')).toHaveCount(1));

/** Where the name of a process stands. */
async function nameOf(page: Page, node: string): Promise<{ x: number; y: number }> {
  const event = (await records(page, 'send')).concat(await records(page, 'receive')).find((r) => r.node === node)!;
  const box = (await page.locator('#diagram').boundingBox())!;
  return { x: box.x + 26, y: (await place(page, event.id)).y };
}

test('a lane is dragged by its name to where it is let go, and a reload keeps it there', async ({ page }) => {
  await atEnd(page);
  await expect(grip(page)).toHaveCount(1);
  const [first, third] = [await nameOf(page, 'P1'), await nameOf(page, 'P3')];
  const scrolled = await page.evaluate(() => scrollY);
  await move(page, first, { x: first.x + 4, y: third.y + 14 });
  expect(await page.evaluate(() => scrollY), 'the page stays where it is').toBe(scrolled);
  await expect.poll(() => lanes(page)).toEqual(['P2', 'P3', 'P1']);
  // What is pointed at is found there.
  const send = (await records(page, 'send')).find((r) => r.node === 'P1')!;
  const at = await place(page, send.id);
  await page.mouse.move(at.x, at.y);
  if (!isSmall(page)) await expect(page.locator('.tip')).toContainText('P1 sends');
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('&o=2%2C3%2C1');
  await page.reload();
  await ready(page);
  await frames(page);
  await expect.poll(() => lanes(page)).toEqual(['P2', 'P3', 'P1']);
  // Back in its place: then there is nothing to say about it.
  await move(page, await nameOf(page, 'P1'), { x: first.x, y: (await nameOf(page, 'P2')).y - 14 });
  await expect.poll(() => lanes(page)).toEqual(['P1', 'P2', 'P3']);
  await expect.poll(() => page.evaluate(() => location.hash)).not.toContain('&o=');
});

test('a lane is moved by its menu and by keys', async ({ page }) => {
  await atEnd(page);
  await page.locator('#diagram').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'P1' });
  await expect(menu.getByRole('menuitem', { name: /^move lane up/ })).toBeDisabled();
  await expect(menu).toContainText('It is the first lane.');
  await menu.getByRole('menuitem', { name: 'move lane down' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => lanes(page)).toEqual(['P2', 'P1', 'P3']);
  // The keys are still at P1, and go on from lane to lane as they stand.
  await page.locator('#diagram').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(() => lanes(page)).toEqual(['P2', 'P3', 'P1']);
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(() => lanes(page)).toEqual(['P2', 'P3', 'P1']);
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => lanes(page)).toEqual(['P1', 'P2', 'P3']);
});

test('direction, collapsed lanes and the search come back by a link', async ({ page, browser, site }) => {
  await atEnd(page);
  const menu = page.locator('.toolbar .menu', { hasText: 'Open lanes' });
  await menu.locator('summary').click();
  await menu.getByRole('button', { name: 'down' }).click();
  await menu.getByLabel('P2', { exact: true }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Escape');
  await page.getByLabel('Search the events').fill('kind:send "m1"');
  const said = () => page.evaluate(() => decodeURIComponent(location.hash));
  await expect.poll(said).toContain('&d=down&c=2&q=kind:send "m1"');
  // The link is written after the page: what was found stands there by now.
  const hits = await page.locator('.search .hits').textContent();
  const other = await browser.newContext({ viewport: page.viewportSize(), colorScheme: 'light' });
  const fresh = await other.newPage();
  await fresh.goto(`${site.url}${await page.evaluate(() => location.hash)}`);
  await ready(fresh);
  await expect(fresh.getByLabel('Search the events')).toHaveValue('kind:send "m1"');
  await expect(fresh.locator('.search .hits')).toHaveText(hits!);
  await expect(fresh.locator('#diagram')).toHaveClass(/down/);
  await expect(menu.locator('summary')).toHaveText('view −1');
  await expect(fresh.locator('.toolbar .menu', { hasText: 'Open lanes' }).locator('summary')).toHaveText('view −1');
  await other.close();
});

test('what makes no sense in a link is said in a sentence, and the rest is opened', async ({ page }) => {
  await atEnd(page);
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('&h=');
  const link = await page.evaluate(() => location.hash.replace('&a=time', '&a=sideways').replace(/&k=.*/, ''));
  await start(page, `${link}&o=3,9&c=x&d=down`);
  await expect(page.getByRole('alert').locator('span')).toHaveText(
    'The link is damaged. It is not whole: its end is missing. The link says “a=sideways”, “o=3,9”, “c=x”, which makes no sense here; the rest is as it says.',
  );
  await expect(page.locator('#diagram')).toHaveClass(/down/);
  await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash))).toContain('&o=3,1,2');
});
