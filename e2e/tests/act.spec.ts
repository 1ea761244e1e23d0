// What a person does to a run: requests, faults, the network, messages under way. Every test clicks
// what a person clicks and looks at what is to be seen: the table, the panels, the pixels.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import {
  ask,
  clock,
  dragSlider,
  empty,
  frames,
  inkAlong,
  inkIn,
  isSmall,
  LIGHT,
  nowX,
  picture,
  place,
  records,
  shownMs,
  tab,
  trace,
  type TraceRecord,
} from '../helpers.ts';

test.use({ colorScheme: 'light' });

const [P1, P2] = LIGHT.processes;

async function fault(page: Page, wish: string, name: string): Promise<void> {
  await tab(page, 'network');
  await page.getByRole('button', { name: `${wish} ${name}`, exact: true }).click();
}

async function end(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect.poll(() => shownMs(page)).toBeGreaterThanOrEqual(1000);
  await frames(page);
}

async function only(page: Page, kind: string): Promise<TraceRecord> {
  await expect.poll(async () => (await records(page, kind)).length).toBe(1);
  return (await records(page, kind))[0]!;
}

/** A row of the table of events that shows these words. */
function row(page: Page, kind: string, ...words: string[]) {
  let rows = page.locator('.events tbody tr').filter({ has: page.locator('td:nth-child(4)', { hasText: new RegExp(`^${kind}$`) }) });
  for (const word of words) rows = rows.filter({ hasText: word });
  return rows;
}

/** The lab's clock of a process, as the panel shows it. */
async function shownClock(page: Page, name: string): Promise<string[]> {
  await tab(page, 'lab');
  return page.locator('.matrix tbody tr', { hasText: name }).locator('td').allTextContents();
}

/** The height of a lane on the screen, and a place along it. */
async function lane(page: Page, process: number, share = 0.5): Promise<{ x: number; y: number }> {
  const boots = await records(page, 'boot');
  const { y } = await place(page, boots[process]!.id);
  const box = (await page.locator('#diagram').boundingBox())!;
  return { x: box.x + box.width * share, y };
}

test('send: a row, an arrow, and both clocks', async ({ page }) => {
  await empty(page);
  expect(await shownClock(page, 'P1')).toEqual(['0', '0', '0']);
  const before = await picture(page);
  await ask(page, 'send', { Process: 'P1', to: 'P3', message: 'greeting' });
  await frames(page);
  expect(await picture(page)).not.toBe(before);
  const send = await only(page, 'send');
  expect(send.node).toBe('P1');
  expect(send.messages).toHaveLength(1);
  expect(await shownClock(page, 'P1')).toEqual(['1', '0', '0']);
  await tab(page, 'events');
  await expect(row(page, 'send', 'P1', 'greeting')).toHaveCount(1);
  await end(page);
  const receive = await only(page, 'receive');
  expect(receive).toMatchObject({ node: 'P3', cause: send.id, at_us: 100_000 });
  await expect(row(page, 'receive', 'P3')).toHaveCount(1);
  expect(await shownClock(page, 'P3')).toEqual(['1', '0', '1']);
  expect(await inkAlong(page, await place(page, send.id), await place(page, receive.id), P1)).toBe(1);
});

test('multicast: one event, an arrow to each of the others', async ({ page }) => {
  await empty(page);
  await ask(page, 'multicast', { Process: 'P2', message: '{"add":100}' });
  await end(page);
  const send = await only(page, 'send');
  expect(send.messages?.map((m) => m.to).sort()).toEqual(['P1', 'P3']);
  const receives = await records(page, 'receive');
  expect(receives).toHaveLength(2);
  for (const receive of receives) {
    expect(await inkAlong(page, await place(page, send.id), await place(page, receive.id), P2)).toBe(1);
  }
  expect(await shownClock(page, 'P2')).toEqual(['0', '1', '0']);
  expect(await shownClock(page, 'P1')).toEqual(['1', '1', '0']);
});

test('local: an event that nobody else hears of', async ({ page }) => {
  await empty(page);
  await ask(page, 'local', { Process: 'P3' });
  await frames(page);
  const local = await only(page, 'local');
  const at = await place(page, local.id);
  expect(await inkIn(page, LIGHT.processes[2], { x: at.x - 5, y: at.y - 5, w: 10, h: 10 })).toBeGreaterThan(15);
  expect(await shownClock(page, 'P3')).toEqual(['0', '0', '1']);
  await tab(page, 'events');
  await expect(row(page, 'local', 'P3')).toHaveCount(1);
});

test('a crash shows on the lane, refuses requests with a reason, and a restart undoes it', async ({ page }) => {
  await empty(page);
  const red = async () => {
    // Asked for anew each time: a click on a small screen scrolls.
    const { y } = await lane(page, 1);
    const box = (await page.locator('#diagram').boundingBox())!;
    return inkIn(page, LIGHT.bad, { x: box.x + box.width * 0.4, y: y - 6, w: box.width * 0.5, h: 12 }, 200);
  };
  expect(await red()).toBe(0);
  await fault(page, 'crash', 'P2');
  await expect(page.locator('.faults li', { hasText: 'P2' }).locator('.status')).toHaveText('crashed');
  await frames(page);
  expect(await red()).toBeGreaterThan(10);
  await tab(page, 'act');
  const card = page.locator('.card.act');
  await card.getByLabel('Process').selectOption({ label: 'P2 (crashed)' });
  await expect(card.locator('.go')).toBeDisabled();
  await expect(card.locator('.why')).toHaveText('P2: It is down: restart it first.');
  await fault(page, 'restart', 'P2');
  await expect(page.locator('.faults li', { hasText: 'P2' }).locator('.status')).toHaveText('up');
  await tab(page, 'act');
  await expect(card.locator('.go')).toBeEnabled();
  await expect(card.locator('.why')).toHaveCount(0);
  const kinds = (await trace(page)).map((r) => r.kind);
  expect(kinds.filter((k) => k === 'crash' || k === 'restart')).toEqual(['crash', 'restart']);
});

test('what is sent to a paused process waits for it', async ({ page }) => {
  await empty(page);
  await fault(page, 'pause', 'P3');
  await ask(page, 'send', { Process: 'P1', to: 'P3' });
  const slider = page.getByRole('slider', { name: 'Time' });
  await dragSlider(page, slider, 0.5);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(400);
  await tab(page, 'network');
  const p3 = page.locator('.faults li', { hasText: 'P3' });
  await expect(p3.locator('.status')).toHaveText('paused, 1 waiting');
  expect(await records(page, 'receive')).toHaveLength(0);
  await fault(page, 'resume', 'P3');
  await expect(p3.locator('.status')).toHaveText('up');
  const receive = await only(page, 'receive');
  expect(receive.at_us).toBeGreaterThan(400_000);
});

test('the delay slider: what is sent from then on takes that long', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  const slider = page.getByRole('slider', { name: 'delay', exact: true });
  await expect(slider).toHaveAttribute('aria-valuetext', '100 ms');
  await dragSlider(page, slider, 1);
  await expect(slider).toHaveAttribute('aria-valuetext', '1000 ms');
  const network = await only(page, 'network');
  expect(JSON.stringify(network.data)).toContain('1000');
  await tab(page, 'events');
  await expect(row(page, 'network')).toHaveCount(1);
  await ask(page, 'send', { Process: 'P1', to: 'P2' });
  const flights = await page.evaluate(() => window.lightcone.frame().in_flight);
  expect(flights.map((f) => f.arrive_us - f.sent_us)).toEqual([1_000_000]);
});

test('a slider of the network answers to keys as well', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  const slider = page.getByRole('slider', { name: 'delay', exact: true });
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', '150 ms');
  await only(page, 'network');
  // Keys on a slider are the slider's: the run has not moved.
  await expect(clock(page)).toHaveText('0.000 ms');
});

test('with a loss of 100 % the next message is lost, and a cross says where', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  const slider = page.getByRole('slider', { name: 'loss', exact: true });
  await dragSlider(page, slider, 1);
  await expect(slider).toHaveAttribute('aria-valuetext', '100 %');
  expect(await inkIn(page, LIGHT.bad)).toBe(0);
  await ask(page, 'send', { Process: 'P1', to: 'P2', message: 'gone' });
  await end(page);
  const drop = await only(page, 'drop');
  expect(drop.data['reason']).toBe('loss');
  expect(await records(page, 'receive')).toHaveLength(0);
  expect(await inkIn(page, LIGHT.bad)).toBeGreaterThan(12);
  await tab(page, 'events');
  await expect(row(page, 'drop', 'network')).toHaveCount(1);
});

test('a split keeps messages from the other side until it is healed', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  const heal = page.locator('.card.network').getByRole('button', { name: 'heal' });
  await expect(heal).toBeDisabled();
  await expect(heal).toHaveAttribute('title', 'Nothing is cut.');
  const before = await picture(page);
  await page.getByRole('button', { name: 'split' }).click();
  await expect(heal).toBeEnabled();
  await frames(page);
  expect(await picture(page)).not.toBe(before);
  await only(page, 'partition');
  await ask(page, 'send', { Process: 'P1', to: 'P3', message: 'across' });
  await end(page);
  expect((await only(page, 'drop')).data['reason']).toBe('partition');
  await tab(page, 'network');
  await heal.click();
  await expect(heal).toBeDisabled();
  await only(page, 'heal');
  await ask(page, 'send', { Process: 'P1', to: 'P3', message: 'again' });
  // A finished run goes on, so that what was asked for can be seen.
  await expect.poll(async () => (await records(page, 'receive')).length, { timeout: 20_000 }).toBe(1);
});

test('isolating one process cuts only it off', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  await page.getByRole('button', { name: 'isolate P1' }).click();
  await ask(page, 'multicast', { Process: 'P3' });
  await end(page);
  expect((await only(page, 'drop')).data['reason']).toBe('partition');
  expect((await only(page, 'receive')).node).toBe('P2');
});

/** Opens the menu of a place: right click, or a long press where there is no mouse. */
async function menuAt(page: Page, at: { x: number; y: number }): Promise<void> {
  if (!isSmall(page)) {
    await page.mouse.click(at.x, at.y, { button: 'right' });
    return;
  }
  const touch = await page.context().newCDPSession(page);
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await expect(page.locator('.context')).toBeVisible();
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

test('right click or long press on a lane: crash it there', async ({ page }) => {
  await empty(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await menuAt(page, await lane(page, 1, 0.6));
  const menu = page.getByRole('menu', { name: 'P2' });
  await expect(menu).toBeVisible();
  // An open menu stops the clock.
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(menu.getByRole('menuitem', { name: 'restart' })).toBeDisabled();
  await expect(menu.getByRole('menuitem', { name: 'restart' })).toHaveAttribute('title', 'It is not down.');
  await menu.getByRole('menuitem', { name: 'crash' }).click();
  await expect(menu).toHaveCount(0);
  expect((await only(page, 'crash')).node).toBe('P2');
});

test('the menu of a lane closes by Escape and by a click elsewhere', async ({ page }) => {
  await empty(page);
  await menuAt(page, await lane(page, 0, 0.6));
  await expect(page.getByRole('menu', { name: 'P1' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.context')).toHaveCount(0);
  await menuAt(page, await lane(page, 0, 0.6));
  await expect(page.locator('.context')).toBeVisible();
  await page.mouse.click(4, 4);
  await expect(page.locator('.context')).toHaveCount(0);
  expect(await records(page, 'crash')).toHaveLength(0);
});

/** A message from P1 to P3, on its way. */
async function underWay(page: Page): Promise<{ x: number; y: number }> {
  await empty(page, { network: { delay_ms: 600 } });
  await ask(page, 'send', { Process: 'P1', to: 'P3', message: 'slow' });
  await dragSlider(page, page.getByRole('slider', { name: 'Time' }), 0.4);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(350);
  await frames(page);
  const from = await place(page, (await only(page, 'send')).id);
  const [top, bottom] = [await lane(page, 0), await lane(page, 2)];
  const box = (await page.locator('#diagram').boundingBox())!;
  const share = (await shownMs(page)) / 600;
  const head = { x: box.x + (await nowX(page)), y: top.y + (bottom.y - top.y) * share };
  expect(await inkAlong(page, from, head, P1), 'the arrow ends at now').toBe(1);
  return { x: (from.x + head.x) / 2, y: (from.y + head.y) / 2 };
}

test('a message under way can be dropped', async ({ page }) => {
  await menuAt(page, await underWay(page));
  const menu = page.locator('.context');
  await expect(menu.locator('b')).toHaveText(/message.*slow/);
  await menu.getByRole('menuitem', { name: 'drop' }).click();
  const drop = await only(page, 'drop');
  expect(drop.data['reason']).toBe('act');
  await end(page);
  expect(await records(page, 'receive')).toHaveLength(0);
  expect(await inkIn(page, LIGHT.bad)).toBeGreaterThan(12);
});

test('a message under way can be delivered at once, later, and twice', async ({ page }) => {
  const at = await underWay(page);
  await menuAt(page, at);
  await page.getByRole('menuitem', { name: 'duplicate' }).click();
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().in_flight.length)).toBe(2);
  await menuAt(page, at);
  await page.getByRole('menuitem', { name: 'deliver now' }).click();
  await page.getByRole('button', { name: 'One event forward' }).click();
  const ms = await shownMs(page);
  await expect.poll(async () => (await records(page, 'receive')).length).toBeGreaterThan(0);
  expect((await records(page, 'receive'))[0]!.at_us / 1000).toBeLessThanOrEqual(ms);
  expect(ms).toBeLessThan(450);
});

test('an act in the past makes the run anew from there', async ({ page }) => {
  await empty(page);
  await ask(page, 'local', { Process: 'P1' });
  await dragSlider(page, page.getByRole('slider', { name: 'Time' }), 0.8);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(700);
  await ask(page, 'local', { Process: 'P2' });
  await dragSlider(page, page.getByRole('slider', { name: 'Time' }), 0.3);
  await expect.poll(() => shownMs(page)).toBeLessThan(400);
  await ask(page, 'local', { Process: 'P3' });
  await end(page);
  expect((await records(page, 'local')).map((r) => r.node)).toEqual(['P1', 'P3', 'P2']);
});
