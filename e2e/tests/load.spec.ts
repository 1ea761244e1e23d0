// Many requests at once with progress; suggestions for arguments; a line that is chosen by its name; the way to panels.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { clock, frames, halt, isSmall, load, records, start, tab, trace } from '../helpers.ts';

/** A scenario of the caches without anything planned, standing still. */
async function caches(page: Page, setup: Record<string, unknown> = {}): Promise<void> {
  await start(page, '#lab=mesi');
  await load(page, { format: 'lightcone/1', lab: 'mesi', setup, network: { delay_ms: 2 }, until_ms: 100 });
}

/** The form for many requests, opened. */
async function form(page: Page): Promise<Locator> {
  await tab(page, 'act');
  const many = page.locator('.card.act details.fold');
  if (!(await many.evaluate((e: HTMLDetailsElement) => e.open))) await many.locator('summary').click();
  await expect(many.getByRole('button', { name: 'Run to its end' })).toBeVisible();
  return many;
}

const card = (page: Page): Locator => page.getByRole('region', { name: 'Load test', exact: true });
const over = async (page: Page, ms = 30_000) => expect(card(page)).toHaveClass(/still/, { timeout: ms });
const named = (page: Page, name: string) => page.getByRole('group', { name: 'Loads' }).getByRole('button', { name });

/** A number of the card. */
const number = async (page: Page, name: string): Promise<number> => {
  const value = await card(page).locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('+ dd').first().textContent();
  return Number.parseFloat(value!.replaceAll(',', ''));
};

test('a load runs to its last answer, and its numbers are those of the run', async ({ page }) => {
  await caches(page);
  const many = await form(page);
  await many.getByLabel('count', { exact: true }).fill('300');
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  await expect(card(page)).toContainText('300 of 300 answered');
  await expect(card(page).getByRole('status')).toHaveText('All are answered.');
  const bar = card(page).getByRole('progressbar');
  expect(await bar.evaluate((e: HTMLProgressElement) => [e.value, e.max])).toEqual([300, 300]);
  expect(await records(page, 'reply')).toHaveLength(300);
  const state = (await records(page, 'state')).filter((r) => r.node === 'bus' && r.data.bus !== undefined);
  expect(await number(page, 'bus transactions')).toBe(state.length);
  const hits = (await number(page, 'read hits')) + (await number(page, 'write hits'));
  const misses = (await number(page, 'read misses')) + (await number(page, 'write misses'));
  expect(hits + misses).toBe(300);
  expect(await number(page, 'hit percent')).toBe(Math.floor((100 * hits) / 300));
  // A line for each cache.
  await expect(card(page).getByRole('rowheader')).toHaveText(['C1', 'C2', 'C3']);
  // The file has it as acts, and runs to where the last answer came.
  const scenario = (await page.evaluate(() => window.lightcone.scenario())) as any;
  expect(scenario.acts.map((a: any) => a.act.workload.count)).toEqual([300]);
  const last = (await records(page, 'reply')).at(-1)!.at_us / 1000;
  expect(scenario.until_ms).toBeGreaterThanOrEqual(last);
  // One step takes all of it back.
  await page.keyboard.press('Control+z');
  await expect(card(page)).toBeHidden();
  expect(await records(page, 'request')).toHaveLength(0);
  expect(((await page.evaluate(() => window.lightcone.scenario())) as any).acts ?? []).toHaveLength(0);
});

test('ten thousand accesses: the bar moves, the page answers, Stop keeps what has happened', async ({ page }) => {
  test.slow();
  await caches(page, { caches: 4 });
  await form(page);
  await named(page, 'write mostly').click();
  await page.evaluate(() => {
    (window as any).bars = [];
    let stopped = false;
    const tick = () => {
      const bar = document.querySelector<HTMLProgressElement>('.load-card progress');
      if (bar) (window as any).bars.push(bar.value);
      // From here, since it may be over before a finger has come down.
      if (bar && bar.value > 100 && !stopped) {
        stopped = true;
        [...document.querySelectorAll<HTMLButtonElement>('.load-card button')].find((b) => b.textContent === 'Stop')!.click();
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  await expect(card(page)).toContainText('It stands still here');
  const far = async () => (await card(page).locator('.count').textContent())!;
  const [stopped, position] = [await far(), await page.evaluate(() => window.lightcone.frame().position)];
  expect(stopped).toMatch(/^[\d,]+ of 10,000 answered$/);
  await frames(page);
  expect([await far(), await page.evaluate(() => window.lightcone.frame().position)]).toEqual([stopped, position]);
  await card(page).getByRole('button', { name: 'Go on' }).click();
  await over(page, 120_000);
  await expect(card(page)).toContainText('10,000 of 10,000 answered');
  const bars = await page.evaluate(() => new Set((window as any).bars as number[]).size);
  expect(bars).toBeGreaterThan(3);
});

test('writers and readers are groups of one load', async ({ page }) => {
  await caches(page);
  const many = await form(page);
  await named(page, 'one writer').click();
  const group = (n: number) => many.getByRole('group', { name: `group ${n}`, exact: true });
  const ticked = (n: number) => group(n).getByRole('checkbox').evaluateAll((all: HTMLInputElement[]) => all.map((e) => e.checked));
  expect(await ticked(1)).toEqual([true, false, false]);
  expect(await ticked(2)).toEqual([false, true, true]);
  await group(1).getByLabel('count', { exact: true }).fill('40');
  await group(2).getByLabel('count', { exact: true }).fill('60');
  await many.getByRole('button', { name: 'one more group' }).click();
  await group(3).getByLabel('ask for').selectOption('write');
  await group(3).getByLabel('count', { exact: true }).fill('10');
  await group(3).getByLabel('C2', { exact: true }).uncheck();
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  await expect(card(page)).toContainText('110 of 110 answered');
  const replies = await records(page, 'reply');
  const of = (node: string, op: string) => replies.filter((r) => r.node === node && r.data.op === op).length;
  expect(of('C1', 'access')).toBe(40);
  expect(of('C2', 'access') + of('C3', 'access')).toBe(60);
  expect(['C1', 'C2', 'C3'].map((name) => of(name, 'write'))).toEqual([0, 0, 10]);
  // The first one only writes, the others only read.
  const counters = await page.evaluate(() => (window.lightcone.frame() as any).panels.find((p: any) => p.title === 'Counters').rows as [string, { text: string }[]][]);
  expect(counters.map(([, cells]) => [Number(cells[0]!.text) > 0, Number(cells[2]!.text)])).toEqual([[false, 40], [true, 0], [true, 10]]);
  // Two that are too few are said to be so, where they stand.
  await card(page).getByRole('button', { name: 'Close the load test' }).click();
  await many.getByRole('button', { name: 'without group 3' }).click();
  await group(1).getByLabel('count', { exact: true }).fill('0');
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await expect(page.getByRole('alert')).toContainText('count');
});

test('what is asked of a cache that is down is refused, and the bar still ends', async ({ page }) => {
  await caches(page);
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'C2' } }));
  const many = await form(page);
  await many.getByLabel('count', { exact: true }).fill('200');
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  const [refused, answered] = [await records(page, 'refused'), await records(page, 'reply')];
  expect(refused.length).toBeGreaterThan(20);
  expect(refused.length + answered.length).toBe(200);
  await expect(card(page)).toContainText(`${answered.length} of 200 answered, ${refused.length} refused`);
});

test('requests that nobody answers end, too', async ({ page }) => {
  await start(page, '#lab=vector-clocks');
  await load(page, { format: 'lightcone/1', lab: 'vector-clocks', until_ms: 100 });
  const many = await form(page);
  await many.getByLabel('count', { exact: true }).fill('25');
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  await expect(card(page)).toContainText('25 of 25 asked');
  await card(page).getByRole('button', { name: 'Close the load test' }).click();
  await expect(card(page)).toBeHidden();
});

test('a load that needs other settings says so and sets them', async ({ page }) => {
  await caches(page);
  const many = await form(page);
  await named(page, 'false sharing').click();
  await many.getByRole('button', { name: 'Set it and start again' }).click();
  await expect(many.getByRole('button', { name: 'Set it and start again' })).toBeHidden();
  for (const n of [1, 2]) await many.getByRole('group', { name: `group ${n}`, exact: true }).getByLabel('count', { exact: true }).fill('50');
  await many.getByRole('button', { name: 'Run to its end' }).click();
  await over(page);
  expect(await number(page, 'invalidations')).toBeGreaterThan(60);
});

test('an argument begins with a value that makes sense, and follows the settings', async ({ page }) => {
  await caches(page);
  await tab(page, 'act');
  const key = page.locator('.card.act > .row').getByLabel('key', { exact: true });
  await expect(key).toHaveValue('k1');
  const offers = (await key.getAttribute('list'))!;
  expect(await page.locator(`#${offers} option`).evaluateAll((all: HTMLOptionElement[]) => all.map((o) => o.value))).toContain('k2');
  await page.getByRole('button', { name: 'Read', exact: true }).click();
  await expect.poll(async () => (await records(page, 'request')).at(-1)?.data.args).toEqual({ key: 'k1' });
  await tab(page, 'network');
  await page.locator('.card.setup').getByLabel('size', { exact: true }).fill('1024');
  await page.keyboard.press('Tab');
  await tab(page, 'act');
  await expect(key).toHaveValue('0x1000');
});

test('a click on a line shows it on the lanes, at the same moment of the same run', async ({ page }) => {
  await start(page, '#lab=mesi&scenario=what-e-saves');
  await halt(page);
  await page.evaluate(() => window.lightcone.run(180));
  await page.evaluate(() => window.lightcone.run(130));
  await expect(clock(page)).toHaveText('130.000 ms');
  await tab(page, 'lab');
  const state = () =>
    page.evaluate(() => [window.lightcone.frame().position, window.lightcone.trace().length, window.lightcone.hash()] as const);
  const bands = () => page.evaluate(() => window.lightcone.frame().processes.slice(0, 3).map((p) => p.band?.word ?? null));
  const before = await state();
  const things = (name: string) => page.getByRole('button', { name, exact: true });
  await things('b').first().click();
  await expect(things('b').first()).toHaveAttribute('aria-pressed', 'true');
  // The cache, memory's table and that of the states know it all.
  for (const one of await things('b').all()) await expect(one).toHaveAttribute('aria-pressed', 'true');
  expect(await state()).toEqual(before);
  expect(await bands()).toEqual(['I', 'M', 'I']);
  await expect(clock(page)).toHaveText('130.000 ms');
  if (!isSmall(page)) await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  // In all caches alike, and by the keyboard.
  await things('c').first().focus();
  await page.keyboard.press('Enter');
  await expect(things('c').first()).toHaveAttribute('aria-pressed', 'true');
  expect(await bands()).toEqual(['I', 'I', 'M']);
  await things('c').first().click();
  await expect(things('c').first()).toHaveAttribute('aria-pressed', 'false');
  expect(await bands()).toEqual(['M', 'M', 'M']);
  expect(await state()).toEqual(before);
});

test('a line that is pointed at is lit up wherever it stands', async ({ page }) => {
  await start(page, '#lab=mesi&scenario=all-states');
  await halt(page);
  await page.evaluate(() => window.lightcone.run(70));
  await tab(page, 'lab');
  await expect(page.locator('tr.lit')).toHaveCount(0);
  await page.getByRole('table', { name: /^C1/ }).getByRole('button', { name: 'user_1' }).focus();
  // C1, C2, memory and the table of states.
  await expect(page.locator('tr.lit')).toHaveCount(4);
  await page.locator('.card.below h2').first().click();
  await expect(page.locator('tr.lit')).toHaveCount(0);
});

for (const lab of ['mesi', 'raft-lock', 'causal-kv']) {
  test(`a chip leads to each panel: ${lab}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await start(page, `#lab=${lab}`);
    await halt(page);
    await tab(page, 'lab');
    const chips = page.getByRole('navigation', { name: 'Panels of this lab' }).getByRole('button');
    const titles = await page.evaluate(() => (window.lightcone.frame() as any).panels.map((p: any) => p.title));
    await expect(chips).toHaveText(titles);
    for (const title of titles.toReversed()) {
      const chip = chips.filter({ hasText: new RegExp(`^${title}$`) });
      await chip.click();
      const head = page.locator('.panel > h2').filter({ hasText: new RegExp(`^${title}$`) });
      await expect(head).toBeInViewport();
      await expect(head).toBeFocused();
      await expect(chip).toHaveAttribute('aria-current', 'true');
    }
    // They cost no height where there is little of it.
    if (!isSmall(page)) {
      const [tabs, row] = await Promise.all([page.locator('.tabs').boundingBox(), page.locator('.chips').boundingBox()]);
      expect(row!.y + row!.height).toBeLessThanOrEqual(tabs!.y + tabs!.height + 1);
    }
  });
}

test('every cache has a wire that ends at the bus, however many there are', async ({ page }) => {
  for (const count of [2, 3, 4, 5, 8]) {
    await caches(page, { caches: count });
    await tab(page, 'lab');
    // A wire is drawn beside or below its cache; it must be seen, and reach from the cache to the bus.
    const wires = await page.locator('.cache').evaluateAll((all) => {
      const bus = document.querySelector('.bus')!.getBoundingClientRect();
      const room = document.querySelector('.caches')!.getBoundingClientRect();
      return all.map((cache) => {
        const [style, own] = [getComputedStyle(cache, '::after'), cache.getBoundingClientRect()];
        const [left, top] = [own.left + Number.parseFloat(style.left), own.top + Number.parseFloat(style.top)];
        const others = all.filter((other) => other !== cache).map((other) => other.getBoundingClientRect());
        const crosses = others.some((o) => left > o.left && left < o.right && o.top > own.bottom);
        const end = Math.min(top + Number.parseFloat(style.height) + 3, room.bottom + (style.height === '14px' ? 20 : 0));
        return style.display !== 'none' && left >= room.left - 1 && !crosses && end >= bus.top - 2;
      });
    });
    expect(wires, `${count} caches`).toEqual(Array(count).fill(true));
    const wide = await page.locator('.machine').evaluate((e) => [e.scrollWidth, e.clientWidth]);
    expect(wide[0], `${count} caches`).toBeLessThanOrEqual(wide[1]! + 1);
  }
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the form and the card have nothing against them for a screen reader: ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await caches(page);
    const many = await form(page);
    await named(page, 'one writer').click();
    for (const n of [1, 2]) await many.getByRole('group', { name: `group ${n}`, exact: true }).getByLabel('count', { exact: true }).fill('60');
    await many.getByRole('button', { name: 'Run to its end' }).click();
    await over(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
    expect(found).toEqual([]);
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide[0]).toBeLessThanOrEqual(wide[1]!);
    expect((await trace(page)).length).toBeGreaterThan(100);
  });
}
