// The cluster and what can be done in it: menus of processes and messages, cuts, links, heads of messages.
// Each deed by mouse (on a small screen by touch) and by keyboard; each is seen in the picture and in the trace.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { type Point, drag, empty, frames, isSmall, load, nowX, place, records, start, tab, touch } from '../helpers.ts';

test.use({ colorScheme: 'light' });

/** Ways to open a menu: the pointer is a mouse, or a finger on a small screen. */
const WAYS = ['pointer', 'keyboard'] as const;
type Way = (typeof WAYS)[number];

const node = (page: Page, name: string): Locator => page.locator(`#cluster [data-node="${name}"]`);
const token = (page: Page, copy = 1): Locator => page.locator(`#cluster .token[data-copy="${copy}"]`);
const menu = (page: Page): Locator => page.getByRole('menu');

async function middle(target: Locator): Promise<Point> {
  const box = (await target.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function openMenu(page: Page, target: Locator, way: Way): Promise<void> {
  await tab(page, 'lab');
  if (way === 'keyboard') {
    await target.focus();
    await page.keyboard.press('Enter');
  } else {
    // Not under what is fixed at the foot of a small screen.
    await target.evaluate((e) => e.scrollIntoView({ block: 'center' }));
    const at = await middle(target.locator('.disc, path').first());
    if (isSmall(page)) {
      const session = await page.context().newCDPSession(page);
      await touch(session, 'touchStart', at);
      await expect(menu(page)).toBeVisible();
      await touch(session, 'touchEnd');
    } else {
      await page.mouse.click(at.x, at.y, { button: 'right' });
    }
  }
  await expect(menu(page)).toBeVisible();
}

async function choose(page: Page, entry: string | RegExp, way: Way): Promise<void> {
  const item = menu(page).getByRole('menuitem', { name: entry });
  if (way === 'keyboard') {
    for (let i = 0; i < 12 && !(await item.evaluate((e) => e === document.activeElement)); i++) {
      await page.keyboard.press('ArrowDown');
    }
    await expect(item).toBeFocused();
    await page.keyboard.press('Enter');
  } else {
    await item.click();
  }
  await expect(menu(page)).toHaveCount(0);
}

/** Three processes and a message from P1 to P3 on its way: sent at 0 ms, arriving at 600 ms, seen at 240 ms. */
async function underWay(page: Page): Promise<void> {
  await empty(page, { network: { delay_ms: 600 } });
  await page.evaluate(() => {
    window.lightcone.act({ request: { node: 'P1', op: 'send', args: { to: 'P3', message: 'slow' } } });
    window.lightcone.run(240);
  });
  await tab(page, 'lab');
  await expect(token(page)).toHaveCount(1);
  await frames(page);
}

const flights = (page: Page) =>
  page.evaluate(() => window.lightcone.frame().in_flight.map((f) => ({ id: f.message, arriveMs: f.arrive_us / 1000 })));

const groups = (page: Page) =>
  page.evaluate(() => (window.lightcone.frame() as unknown as { network: { groups: number[] | null } }).network.groups);

async function acts(page: Page): Promise<unknown[]> {
  const scenario = await page.evaluate(() => window.lightcone.scenario());
  return ((scenario['acts'] ?? []) as { act: unknown }[]).map((a) => a.act);
}

for (const way of WAYS) {
  test(`crash, restart, pause, resume from a process's menu: ${way}`, async ({ page }) => {
    await empty(page);
    const p2 = node(page, 'P2');
    const steps = [
      ['crash', 'crashed', /It is not down|It is down already/],
      ['restart', 'up', /It is not down/],
      ['pause', 'paused', /It is paused already|It is not down/],
      ['resume', 'up', /It is not paused/],
    ] as const;
    for (const [wish, status, reason] of steps) {
      await openMenu(page, p2, way);
      await choose(page, new RegExp(`^${wish}`), way);
      await expect(p2).toHaveClass(new RegExp(`\\b${status}\\b`));
      await expect(p2).toHaveAttribute('aria-label', new RegExp(`^P2, ${status}`));
      await expect(p2.locator('.state')).toHaveText(status === 'up' ? [] : [status]);
      await expect.poll(async () => (await records(page, wish)).map((r) => r.node)).toEqual(['P2']);
      // What makes no sense now cannot be chosen, and the menu says why.
      await openMenu(page, p2, way);
      const refused = menu(page).getByRole('menuitem', { name: new RegExp(`^${wish}`) });
      await expect(refused).toBeDisabled();
      await expect(refused).toHaveText(reason);
      await page.keyboard.press('Escape');
      await expect(menu(page)).toHaveCount(0);
    }
  });

  test(`a timer is fired from a process's menu: ${way}`, async ({ page }) => {
    await start(page);
    await load(page, { format: 'lightcone/1', lab: 'causal-kv', until_ms: 2000 });
    await openMenu(page, node(page, 'node2'), way);
    const entry = menu(page).getByRole('menuitem', { name: /^fire / });
    const [, name, left] = /^fire (\S+) \(in ([\d.]+) ms\)$/.exec((await entry.first().textContent())!)!;
    expect(Number(left)).toBeGreaterThan(0);
    const before = (await records(page, 'timeout')).length;
    await choose(page, new RegExp(`^fire ${name}`), way);
    await expect.poll(async () => (await records(page, 'timeout')).length).toBe(before + 1);
    const fired = (await records(page, 'timeout')).at(-1)!;
    expect(fired).toMatchObject({ node: 'node2', at_us: 0 });
    expect(fired.label).toContain(name!);
    // A process that is down has no timers to fire.
    await page.evaluate(() => window.lightcone.act({ crash: { node: 'node2' } }));
    await openMenu(page, node(page, 'node2'), way);
    const none = menu(page).getByRole('menuitem', { name: 'fire a timer' });
    await expect(none).toBeDisabled();
    await expect(none).toHaveText(/None is running here/);
  });

  test(`a message is delayed, duplicated, delivered now and dropped from its menu: ${way}`, async ({ page }) => {
    await underWay(page);
    await openMenu(page, token(page), way);
    await expect(menu(page)).toHaveAccessibleName(/message.*slow/);
    await choose(page, 'delay by 50 ms', way);
    await expect.poll(() => flights(page)).toEqual([{ id: 0, arriveMs: 650 }]);
    await expect(token(page)).toHaveAccessibleName(/from P1 to P3, arrives at 650 ms/);
    await openMenu(page, token(page), way);
    await choose(page, 'duplicate', way);
    await expect(token(page, 2)).toHaveCount(1);
    expect(await flights(page)).toHaveLength(2);
    // The copy is meant, and not the message that it is a copy of.
    await openMenu(page, token(page, 2), way);
    await expect(menu(page)).toHaveAccessibleName(/copy 2/);
    await choose(page, 'drop', way);
    await expect(token(page, 2)).toHaveCount(0);
    expect((await records(page, 'drop')).map((r) => r.data)).toMatchObject([{ reason: 'act', copy: 2 }]);
    expect(await flights(page)).toEqual([{ id: 0, arriveMs: 650 }]);
    await openMenu(page, token(page), way);
    await choose(page, 'deliver now', way);
    await page.getByRole('button', { name: 'One event forward' }).click();
    await expect.poll(async () => (await records(page, 'receive')).map((r) => [r.node, r.at_us])).toEqual([['P3', 240_001]]);
    await expect(token(page)).toHaveCount(0);
  });

  test(`the network is cut without scissors and healed: ${way}`, async ({ page }) => {
    await empty(page, { setup: { processes: 5 } });
    await tab(page, 'network');
    const card = page.locator('.card.network');
    const press = async (name: string) => {
      const button = card.getByRole('button', { name, exact: true });
      if (way === 'keyboard') await button.press('Enter');
      else await button.click();
    };
    const who = card.getByLabel('Cut around');
    await who.selectOption('P3');
    await press('minority');
    await expect.poll(() => groups(page)).toEqual([0, 1, 0, 1, 1]);
    await press('majority');
    await expect.poll(() => groups(page)).toEqual([1, 1, 1, 0, 0]);
    await press('isolate P3');
    await expect.poll(() => groups(page)).toEqual([1, 1, 0, 1, 1]);
    await press('split');
    await expect.poll(() => groups(page)).toEqual([0, 0, 0, 1, 1]);
    await tab(page, 'lab');
    await expect(page.locator('#cluster .zone')).toHaveCount(5);
    expect(await page.locator('#cluster .rift').count()).toBeGreaterThan(0);
    await expect(page.locator('.cluster .sr')).toHaveText(/The network is cut: P1 P2 P3 \| P4 P5\./);
    await tab(page, 'network');
    await press('heal');
    await expect.poll(() => groups(page)).toBeNull();
    await card.getByLabel('One way to').selectOption('P5');
    await press('one way');
    await expect(card.getByRole('button', { name: 'one way' })).toBeDisabled();
    await tab(page, 'lab');
    await expect(page.locator('#cluster .blocked')).toHaveCount(1);
    await expect(page.locator('.cluster .sr')).toHaveText('Nothing gets from P3 to P5.');
    await tab(page, 'network');
    await press('heal');
    await tab(page, 'lab');
    await expect(page.locator('#cluster .blocked')).toHaveCount(0);
    await tab(page, 'network');
    await expect(card.getByRole('button', { name: 'heal' })).toHaveAttribute('title', 'Nothing is cut.');
    // Groups by hand: what scissors do, for whoever has no pointer.
    await card.getByText('groups by hand').click();
    await expect(card.getByRole('button', { name: 'Cut into these groups' })).toBeDisabled();
    await card.getByLabel('Group of P2').selectOption('B');
    await card.getByLabel('Group of P4').selectOption('C');
    await press('Cut into these groups');
    await expect.poll(() => groups(page)).toEqual([0, 1, 0, 2, 0]);
    const kinds = ['partition', 'heal'].map(async (kind) => (await records(page, kind)).length);
    expect(await Promise.all(kinds)).toEqual([5, 2]);
  });

  test(`one link gets settings of its own and gives them back: ${way}`, async ({ page }) => {
    await empty(page);
    await openMenu(page, node(page, 'P1'), way);
    await menu(page).getByRole('menuitem', { name: /^settings of a link/ }).click();
    const form = page.getByRole('dialog', { name: 'Settings of a link' });
    await form.getByLabel('To', { exact: true }).selectOption('P3');
    await form.getByLabel('Delay model').selectOption('constant');
    await form.getByLabel('Delay', { exact: true }).fill('80');
    await form.getByLabel('Loss').fill('x');
    const apply = form.getByRole('button', { name: 'apply' });
    if (way === 'keyboard') await form.getByLabel('Loss').press('Enter');
    else await apply.click();
    // What cannot be read is said, and can be put right where it stands.
    await expect(page.getByRole('alert')).toHaveText(/loss/);
    await form.getByLabel('Loss').fill('12.5');
    if (way === 'keyboard') await form.getByLabel('Loss').press('Enter');
    else await apply.click();
    await expect(form).toHaveCount(0);
    await expect(page.locator('#cluster .own-link')).toHaveCount(1);
    await expect(page.locator('#cluster .link-label')).toHaveText('80 ms, 12.5 % lost');
    expect(await acts(page)).toEqual([{ link: { from: 'P1', to: 'P3', reset: true, delay_ms: 80, loss: 0.125 } }]);
    expect((await records(page, 'act')).map((r) => r.label)).toEqual(['change link P1 to P3']);
    // The form shows how the link stands; one button gives it back.
    await page.locator('.cluster-head').getByRole('button', { name: 'one link…' }).click();
    await form.getByLabel('To', { exact: true }).selectOption('P3');
    await expect(form.getByLabel('Loss')).toHaveValue('12.5');
    const back = form.getByRole('button', { name: 'as in the network' });
    if (way === 'keyboard') await back.press('Enter');
    else await back.click();
    await expect(page.locator('#cluster .own-link')).toHaveCount(0);
  });
}

test('a line cuts the cluster, a second one cuts it finer, and heal ends it', async ({ page }) => {
  await empty(page);
  await tab(page, 'lab');
  const cut = page.locator('.cluster-head').getByRole('button', { name: 'cut apart' });
  await page.locator('#cluster').evaluate((e) => e.scrollIntoView({ block: 'center' }));
  const across = async (first: string, second: string, shift: boolean) => {
    if (shift) await page.keyboard.down('Shift');
    else await cut.click();
    const box = (await page.locator('#cluster').boundingBox())!;
    const x = ((await middle(node(page, first))).x + (await middle(node(page, second))).x) / 2;
    const [from, to] = [
      { x, y: box.y + 6 },
      { x, y: box.y + box.height - 6 },
    ];
    await drag(page, from, to, () => expect(page.locator('#cluster .scissors')).toHaveCount(1));
    if (shift) await page.keyboard.up('Shift');
  };
  await across('P3', 'P1', false);
  await expect(page.locator('#cluster .scissors')).toHaveCount(0);
  await expect(cut).toHaveAttribute('aria-pressed', 'false');
  const apart = (await groups(page))!;
  expect(apart[0]).toBe(apart[1]);
  expect(apart[2]).not.toBe(apart[0]);
  await across('P1', 'P2', !isSmall(page));
  expect(new Set(await groups(page)).size).toBe(3);
  expect(await records(page, 'partition')).toHaveLength(2);
  await page.locator('.cluster-head').getByRole('button', { name: 'heal' }).click();
  await expect(page.locator('#cluster .zone')).toHaveCount(0);
  expect(await records(page, 'heal')).toHaveLength(1);
  // A line that leaves nobody on its other side does nothing, and says so.
  await cut.click();
  const box = (await page.locator('#cluster').boundingBox())!;
  await drag(page, { x: box.x + 4, y: box.y + 20 }, { x: box.x + 4, y: box.y + 120 });
  await expect(page.locator('.cluster .says')).toHaveText(/nothing was cut/);
  expect(await records(page, 'partition')).toHaveLength(2);
});

test('a process stays where it was put, by drag and by arrow keys, until all go back to the ring', async ({ page }) => {
  await empty(page);
  await tab(page, 'lab');
  const p1 = node(page, 'P1');
  await p1.evaluate((e) => e.scrollIntoView({ block: 'center' }));
  const ring = page.locator('.cluster-head').getByRole('button', { name: 'tidy up' });
  await expect(ring).toBeDisabled();
  const home = await middle(p1.locator('.disc'));
  await drag(page, home, { x: home.x + 90, y: home.y + 20 });
  const moved = await middle(p1.locator('.disc'));
  expect(moved.x - home.x).toBeCloseTo(90, 0);
  expect(moved.y - home.y).toBeCloseTo(20, 0);
  await expect(menu(page)).toHaveCount(0);
  await p1.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  const nudged = await middle(p1.locator('.disc'));
  expect([Math.round(nudged.x - moved.x), Math.round(nudged.y - moved.y)]).toEqual([-12, 12]);
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } }));
  await expect(node(page, 'P2')).toHaveClass(/crashed/);
  expect(await middle(p1.locator('.disc'))).toEqual(nudged);
  await ring.click();
  await expect.poll(() => middle(p1.locator('.disc'))).toEqual(home);
});

test('the head of a message is dragged to another time', async ({ page }) => {
  await underWay(page);
  await page.locator('#diagram').scrollIntoViewIfNeeded();
  const box = (await page.locator('#diagram').boundingBox())!;
  const from = await place(page, (await records(page, 'send'))[0]!.id);
  const goal = await place(page, (await records(page, 'boot'))[2]!.id);
  const now = box.x + (await nowX(page));
  const head = { x: now, y: from.y + (goal.y - from.y) * 0.4 };
  const to = { x: from.x + ((now - from.x) * 420) / 240, y: head.y + 5 };
  await drag(page, head, to, async () => {
    await expect(page.locator('.over .moved')).toHaveCount(1);
    await expect(page.locator('.over text')).toHaveText(/arrives at 4[12]\d(\.\d+)? ms \(−1[789]\d(\.\d+)? ms\)/);
  });
  await expect(page.locator('.over .moved')).toHaveCount(0);
  await expect.poll(async () => (await flights(page))[0]!.arriveMs).toBeLessThan(440);
  const { arriveMs } = (await flights(page))[0]!;
  expect(arriveMs).toBeGreaterThan(400);
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect.poll(async () => (await records(page, 'receive')).map((r) => r.at_us)).toEqual([Math.round(arriveMs * 1000)]);
});

test('the menu of a lane or a message in the diagram opens by keyboard', async ({ page }) => {
  await underWay(page);
  await page.locator('#diagram').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.over .key-mark')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(menu(page)).toHaveAccessibleName('P2');
  await page.keyboard.press('Escape');
  await expect(page.locator('#diagram')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(menu(page)).toBeVisible();
  await choose(page, 'drop', 'keyboard');
  expect((await records(page, 'drop')).map((r) => r.data['reason'])).toEqual(['act']);
});

test('a menu in the cluster stops the clock and gives the focus back', async ({ page }) => {
  await underWay(page);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await openMenu(page, node(page, 'P3'), 'keyboard');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menu(page)).toHaveCount(0);
  await expect(node(page, 'P3')).toBeFocused();
  // The one that was dropped cannot take it back: the picture does.
  await openMenu(page, token(page), 'keyboard');
  await choose(page, 'drop', 'keyboard');
  await expect(page.locator('#cluster')).toBeFocused();
});

test('messages move from frame to frame', async ({ page }) => {
  await underWay(page);
  const share = async () => {
    const [a, b, at] = await Promise.all([middle(node(page, 'P1')), middle(node(page, 'P3')), middle(token(page).locator('path'))]);
    return ((at.x - a.x) * (b.x - a.x) + (at.y - a.y) * (b.y - a.y)) / ((b.x - a.x) ** 2 + (b.y - a.y) ** 2);
  };
  expect(await share()).toBeGreaterThan(0.3);
  expect(await share()).toBeLessThan(0.5);
  // Every frame has a place of its own, though the panels are drawn only some ten times a second.
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  const places = await page.evaluate(async () => {
    const seen = new Set<string | null>();
    let drawn = 0;
    const observer = new MutationObserver(() => drawn++);
    observer.observe(document.querySelector('.now b')!, { characterData: true, subtree: true, childList: true });
    for (let i = 0; i < 20; i++) {
      await new Promise((done) => requestAnimationFrame(done));
      seen.add(document.querySelector('#cluster .token')?.getAttribute('transform') ?? null);
    }
    observer.disconnect();
    return { seen: seen.size, drawn };
  });
  expect(places.seen).toBeGreaterThan(places.drawn + 3);
});

test('each sort of messages has its shape in the legend, and what is hidden is not drawn', async ({ page }) => {
  await start(page, '#lab=total-order&scenario=overtaking');
  await page.evaluate(() => window.lightcone.run(60));
  await tab(page, 'lab');
  const kinds = page.locator('.legend span');
  await expect(kinds).toHaveText(['multicast', 'acknowledgement']);
  const shape = (i: number) => kinds.nth(i).locator('path').getAttribute('d');
  expect(await shape(0)).not.toBe(await shape(1));
  const all = await page.evaluate(
    () => window.lightcone.frame().in_flight.filter((f) => !(f as unknown as { link: boolean }).link).length,
  );
  const acks = page.getByRole('button', { name: /acknowledgement|^ack/ }).and(page.locator('.token'));
  await expect(page.locator('#cluster .token')).toHaveCount(all);
  const hidden = await acks.count();
  expect(hidden).toBeGreaterThan(0);
  await page.locator('.toolbar summary').click();
  await page.getByLabel('acknowledgement').click();
  await expect(page.locator('#cluster .token')).toHaveCount(all - hidden);
  await expect(acks).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the cluster, its menus and the settings of a link', async ({ page }) => {
      const clean = async (where: string) => {
        await frames(page);
        const { violations } = await new AxeBuilder({ page }).include(await page.locator('.veil').count() ? '.veil' : '.cluster').analyze();
        expect.soft(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`), where).toEqual([]);
      };
      await underWay(page);
      await page.evaluate(() => {
        window.lightcone.act({ crash: { node: 'P2' } });
        window.lightcone.act({ pause: { node: 'P3' } });
        window.lightcone.act({ partition: { groups: [['P1']] } });
        window.lightcone.act({ link: { from: 'P2', to: 'P3', delay_ms: 80, blocked: true } });
      });
      await expect(page.locator('#cluster .zone')).toHaveCount(3);
      await clean('the cluster');
      await openMenu(page, node(page, 'P2'), 'keyboard');
      await clean('the menu of a process');
      await choose(page, /^settings of a link/, 'keyboard');
      await expect(page.getByRole('dialog')).toBeVisible();
      await clean('the settings of a link');
      await page.keyboard.press('Escape');
      await openMenu(page, token(page), 'keyboard');
      await clean('the menu of a message');
    });
  });
}
