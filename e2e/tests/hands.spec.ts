// What is done in the diagram itself: lines from lane to lane, messages that answer a click, names that offer what can be
// done to their process; and what of it is seen to happen.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { type Point, atEnd, clock, drag, frames, halt, isSmall, place, records, shownMs, start, still, trace } from '../helpers.ts';

const notice = (page: Page) => page.locator('.notice');
const entry = (page: Page, name: string | RegExp) => page.getByRole('menuitem', { name });

/** Draws a line; what it would mean stands at its end. */
const pull = (page: Page, from: Point, to: Point, seen: string) => drag(page, from, to, () => expect(page.locator('.over text')).toContainText(seen));

async function ring(page: Page, lane: number): Promise<Point> {
  await expect(page.locator('.hand').nth(lane)).toBeVisible();
  const box = (await page.locator('.hand').nth(lane).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Taps or clicks. */
async function tap(page: Page, at: Point): Promise<void> {
  await (isSmall(page) ? page.touchscreen.tap(at.x, at.y) : page.mouse.click(at.x, at.y));
}

test('a line from lane to lane sends', async ({ page }) => {
  await atEnd(page);
  const before = (await records(page, 'send')).length;
  await pull(page, await ring(page, 0), await ring(page, 2), 'P1 → P3');
  await expect.poll(async () => (await records(page, 'send')).length).toBe(before + 1);
  const sent = (await records(page, 'send')).at(-1)!;
  expect([sent.node, sent.messages?.[0]?.to ?? sent.peer]).toEqual(['P1', 'P3']);
});

test('a line that begins in the past makes a branch, plays on to the arrival and says so', async ({ page }) => {
  test.skip(isSmall(page), 'a finger that moves across a lane scrolls the page; the ring at the cursor is for it');
  await atEnd(page);
  const [first, last] = [await ring(page, 0), await ring(page, 1)];
  const at = await place(page, (await records(page, 'receive'))[0]!.id);
  const from = { x: at.x + 30, y: first.y };
  await pull(page, from, { x: from.x + 4, y: last.y }, 'ms on');
  await expect(notice(page)).toContainText('What comes of it');
  await expect(notice(page)).toContainText('P2 receives hello from P1');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  const arrival = (await records(page, 'receive')).at(-1)!;
  expect(await shownMs(page)).toBeCloseTo(arrival.at_us / 1000, 2);
  await expect(page.locator('.transport .menu > summary')).toContainText(/send/);
});

test('between a client and a server a line offers what the client can ask', async ({ page }) => {
  await start(page, '#lab=raft-lock&scenario=first-election');
  await halt(page);
  await page.evaluate(() => window.lightcone.seek(400));
  await frames(page);
  const names = await page.evaluate(() => window.lightcone.frame().processes.map((p) => p.name));
  const [client, server] = [await ring(page, names.indexOf('client_A')), await ring(page, names.indexOf('S1'))];
  await pull(page, client, server, 'client_A → S1');
  await expect(page.getByRole('menu')).toContainText('client_A → S1');
  await entry(page, /^acquire/).click();
  await expect.poll(async () => (await records(page, 'request')).filter((r) => r.node === 'client_A').length).toBeGreaterThan(0);
});

test('a message that has long arrived answers a click: back to where it was sent, and lost there', async ({ page }) => {
  await atEnd(page);
  const receive = (await records(page, 'receive'))[0]!;
  const send = (await records(page, 'send')).find((r) => r.message === receive.message || r.messages?.some((m) => m.id === receive.message))!;
  const [a, b] = [await place(page, send.id), await place(page, receive.id)];
  await tap(page, { x: a.x * 0.4 + b.x * 0.6, y: a.y * 0.4 + b.y * 0.6 });
  await expect(page.getByRole('menu')).toContainText('message m1');
  await entry(page, 'go back and drop it').click();
  await expect(notice(page)).toContainText('P2 receives m1 from P1 no longer happens', { timeout: 20_000 });
  await expect(clock(page)).toHaveText(`${(receive.at_us / 1000).toFixed(3)} ms`);
  expect((await trace(page)).some((r) => r.kind === 'receive' && r.message === receive.message)).toBe(false);
  await expect(page.locator('.transport .menu > summary')).toContainText('drop message m1');
  // The old future is one key away.
  await page.keyboard.press('Control+z');
  await expect.poll(async () => (await trace(page)).some((r) => r.kind === 'receive' && r.message === receive.message)).toBe(true);
});

test('keys come to every message too', async ({ page }) => {
  test.skip(isSmall(page), 'keys are the same at every size');
  await atEnd(page);
  await page.locator('#diagram').focus();
  const said = page.locator('.stage [role="status"]');
  for (let i = 0; i < 12 && !((await said.textContent()) ?? '').includes('message m1'); i += 1) await page.keyboard.press('ArrowDown');
  await expect(said).toContainText('message m1');
  await page.keyboard.press('Enter');
  await expect(entry(page, 'go back and drop it')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(notice(page)).toContainText('no longer happens', { timeout: 20_000 });
});

test('a name offers what can be done to its process', async ({ page }) => {
  await atEnd(page);
  const box = (await page.locator('#diagram').boundingBox())!;
  const at = { x: box.x + 28, y: (await ring(page, 1)).y };
  await tap(page, at);
  await expect(page.getByRole('menu')).toContainText('P2');
  await entry(page, /^crash/).click();
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes[1]!.status)).toBe('crashed');
  await tap(page, at);
  await entry(page, /^restart/).click();
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes[1]!.status)).toBe('up');
  await tap(page, at);
  await entry(page, 'collapse this lane').click();
  await expect(page.locator('.toolbar .menu > summary').first()).toContainText('view −1');
  await tap(page, at);
  await expect(page.locator('.toolbar .menu > summary').first()).not.toContainText('−1');
});

test('page keys lead from moment to moment, and each is told', async ({ page }) => {
  await start(page, '#lab=raft-lock&scenario=leader-crash');
  await halt(page);
  const seen: string[] = [];
  for (let i = 0; i < 40; i += 1) {
    await page.keyboard.press('PageDown');
    await expect(notice(page)).toBeVisible();
    const text = (await notice(page).locator('span').textContent())!;
    if (text.startsWith('No moment')) break;
    if (seen.at(-1) !== text) seen.push(text);
    await frames(page);
  }
  const all = seen.join('\n');
  for (const part of ['first timer', 'leads', 'crash', 'first answer']) expect(all).toContain(part);
  const end = await shownMs(page);
  await page.keyboard.press('PageUp');
  await expect.poll(() => shownMs(page)).toBeLessThan(end);
});

test('zooming keeps the cursor where it is, by button and by key', async ({ page }) => {
  await still(page);
  await page.evaluate(() => window.lightcone.seek(60));
  await frames(page);
  const x = async () => (await ring(page, 0)).x;
  const before = await x();
  for (let i = 0; i < 3; i += 1) await page.getByRole('button', { name: 'Zoom in' }).click();
  await frames(page);
  expect(Math.abs((await x()) - before)).toBeLessThanOrEqual(2);
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('+');
  await frames(page);
  expect(Math.abs((await x()) - before)).toBeLessThanOrEqual(2);
});

test('the strip of terms seeks where it is clicked', async ({ page }) => {
  test.skip(isSmall(page), 'as on a wide screen, and narrower');
  await start(page, '#lab=raft-lock&scenario=leader-crash');
  await halt(page);
  await page.evaluate(() => window.lightcone.run());
  await frames(page);
  const tape = (await page.locator('.tape').boundingBox())!;
  const until = await page.evaluate(() => Number((window.lightcone.scenario() as { until_ms: number }).until_ms));
  await page.mouse.click(tape.x + tape.width * 0.25, tape.y + tape.height / 2);
  await expect.poll(async () => Math.abs((await shownMs(page)) - until * 0.25)).toBeLessThan(until * 0.02);
});

test('the first stop of the keyboard leads to the diagram', async ({ page }) => {
  await still(page);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('Tab');
  const skip = page.getByRole('button', { name: 'To the diagram' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#diagram')).toBeFocused();
});

test('a guide that is left for another lab stops no clock there', async ({ page }) => {
  await start(page, '#guide=vector-clocks&step=2');
  await expect(page.locator('section.guide')).toBeVisible();
  await page.getByLabel('Lab', { exact: true }).selectOption('raft-lock');
  const until = await page.evaluate(() => Number((window.lightcone.scenario() as { until_ms: number }).until_ms));
  for (let i = 0; i < 6; i += 1) await page.getByRole('button', { name: 'Faster' }).click();
  await expect.poll(() => shownMs(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(until);
});
