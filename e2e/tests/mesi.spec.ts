// Caches on a bus: their lines, the bus and memory, and the picture of the states. What is drawn is held against the frame.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { clock, frames, halt, isSmall, start, tab } from '../helpers.ts';

/** Opens a scenario at a time, standing still, with the lab's views in sight. */
async function at(page: Page, scenario: string, ms: number): Promise<void> {
  await start(page, `#lab=mesi&scenario=${scenario}`);
  await halt(page);
  await to(page, ms);
  await tab(page, 'lab');
}

async function to(page: Page, ms: number): Promise<void> {
  await page.evaluate((ms) => window.lightcone.run(ms), ms);
  await expect(clock(page)).toHaveText(`${ms}.000 ms`);
  await frames(page);
}

const cache = (page: Page, name: string): Locator => page.getByRole('table', { name: new RegExp(`^${name}`) });
const line = (page: Page, name: string, key: string): Locator =>
  cache(page, name).getByRole('row').filter({ has: page.getByRole('rowheader', { name: key, exact: true }) });
const letter = (page: Page, name: string, key: string): Locator => line(page, name, key).locator('.letter');
const bus = (page: Page): Locator => page.getByRole('region', { name: 'Bus', exact: true });
const memory = (page: Page): Locator => page.getByRole('table', { name: 'memory' });
const transitions = (page: Page): Locator => page.getByRole('img', { name: 'Transitions' });

/** The picture of the states as it is in the frame. */
const edges = (page: Page) =>
  page.evaluate(() => {
    const graph = (window.lightcone.frame() as any).panels.find((p: any) => p.panel === 'graph');
    const name = (i: number) => graph.nodes[i].label[0] as string;
    return graph.edges.map((e: any) => ({ way: name(e.from) + name(e.to), label: e.label, mark: e.mark })) as
      { way: string; label: string; mark: string }[];
  });

test('a line has its state by letter and shape, and memory says what is stale', async ({ page }) => {
  await at(page, 'all-states', 30);
  await expect(letter(page, 'C1', 'user_1')).toHaveText('E');
  await expect(memory(page)).not.toContainText('stale');
  await to(page, 45);
  await expect(letter(page, 'C1', 'user_1')).toHaveText('M');
  await expect(letter(page, 'C1', 'user_1')).toHaveClass(/is-M/);
  await expect(line(page, 'C1', 'user_1')).toContainText('dirty');
  await expect(memory(page).getByRole('row').filter({ hasText: 'Ada' })).toContainText('stale: C1 has it newer');
  await to(page, 70);
  for (const name of ['C1', 'C2']) await expect(letter(page, name, 'user_1')).toHaveText('S');
  await expect(memory(page)).toContainText('Ada L.');
  await expect(memory(page)).not.toContainText('stale');
  // Each state looks different without its colour, too.
  const shape = (state: string) =>
    page.evaluate((state) => {
      const span = document.createElement('span');
      span.className = `letter is-${state}`;
      document.querySelector('.cache')!.append(span);
      const { borderTopStyle, borderTopLeftRadius, borderTopWidth } = getComputedStyle(span);
      span.remove();
      return [borderTopStyle, borderTopLeftRadius, borderTopWidth].join();
    }, state);
  const shapes = await Promise.all(['M', 'E', 'S', 'I'].map(shape));
  expect(new Set(shapes).size).toBe(4);
});

test('the bus says what it serves, who has answered and who waits', async ({ page }) => {
  await at(page, 'slow-bus', 150);
  const now = await page.evaluate(() => (window.lightcone.frame() as any).panels[0].bus);
  await expect(bus(page)).toContainText(`${now.now.what} ${now.now.line} by ${now.now.by}`);
  // C3 is paused and has not answered.
  await expect(bus(page).getByRole('listitem').filter({ hasText: 'C3 has not answered yet' })).toHaveCount(1);
  expect(now.queue.length).toBe(1);
  await expect(bus(page).locator('ol')).toContainText(`${now.queue[0].what} ${now.queue[0].line} by ${now.queue[0].by}`);
  await to(page, 400);
  await expect(bus(page)).toContainText('idle');
});

test('the log of the bus has what took place, the newest first, and goes back with the time', async ({ page }) => {
  const rows = page.getByRole('table', { name: 'bus log' }).locator('tbody tr');
  const cells = () => rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  await at(page, 'all-states', 70);
  expect(await cells()).toEqual([
    ['2', 'BusRd user_1', 'C2', 'from C1, and into memory', '59 ms'],
    ['1', 'BusRd user_1', 'C1', 'from memory', '22 ms'],
  ]);
  await to(page, 30);
  expect(await cells()).toEqual([['1', 'BusRd user_1', 'C1', 'from memory', '22 ms']]);
  await to(page, 5);
  await expect(rows).toHaveCount(0);
});

test('a line that waits for the bus says in which state', async ({ page }) => {
  await at(page, 'all-states', 93);
  await expect(line(page, 'C2', 'user_1')).toContainText('S→M');
  await expect(cache(page, 'C2')).toContainText('waits for BusUpgr user_1');
});

test('the picture of the states lights the way that was just taken', async ({ page }) => {
  await at(page, 'all-states', 45);
  const taken = async () => (await edges(page)).filter((e) => e.mark === 'own');
  expect(await taken()).toEqual([{ way: 'EM', label: 'C1: PrWr', mark: 'own' }]);
  await expect(transitions(page).locator('.edge.own path')).toHaveCount(1);
  await expect(transitions(page).locator('.vertex.own .name')).toHaveText('M: C1');
  await to(page, 135);
  expect(await taken()).toEqual([{ way: 'MI', label: 'C2: BusRdX / flush', mark: 'own' }]);
  await expect(page.locator('.panel').filter({ has: transitions(page) }).locator('.says')).toHaveText(
    'The line user_1, last: C2 M → I by BusRdX, flush.',
  );
  // All ways of the table are there, whether taken or not.
  const ways = (await edges(page)).map((e) => e.way).sort();
  expect(ways).toEqual(['EE', 'EI', 'EM', 'ES', 'IE', 'IM', 'IS', 'MI', 'MM', 'MS', 'SI', 'SM', 'SS']);
});

test('without E the picture has three states', async ({ page }) => {
  await at(page, 'without-e', 30);
  await expect(transitions(page).locator('.vertex')).toHaveCount(3);
  expect((await edges(page)).filter((e) => e.mark === 'own')).toEqual([{ way: 'IS', label: 'C1: PrRd / BusRd', mark: 'own' }]);
});

test('a way that the table does not have is marked as wrong', async ({ page }) => {
  await at(page, 'broken-no-invalidate', 75);
  const wrong = (await edges(page)).filter((e) => e.mark === 'bad');
  expect(wrong.map((e) => e.way)).toEqual(['SS']);
  await expect(transitions(page).locator('.edge.wrong path')).toHaveCount(1);
});

test('caches whose lines are addresses show their sets', async ({ page }) => {
  await at(page, 'false-sharing', 130);
  await expect(cache(page, 'C1')).toContainText('set 0');
  await expect(line(page, 'C2', '0x1000')).toContainText('0x1008');
});

test('a cache that is down has no lines', async ({ page }) => {
  await at(page, 'dirty-crash', 78);
  await expect(cache(page, 'C1')).toContainText('down: its lines are lost');
  await expect(cache(page, 'C1').getByRole('rowheader')).toHaveCount(0);
});

for (const scheme of ['light', 'dark'] as const) {
  test(`the caches have nothing against them for a screen reader: ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [scenario, ms] of [['all-states', 135], ['false-sharing', 130], ['dirty-crash', 78]] as const) {
      await at(page, scenario, ms);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
      expect.soft(found, scenario).toEqual([]);
    }
  });
}

test('nothing of it is wider than the screen', async ({ page }) => {
  await at(page, 'all-states', 135);
  const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(wide[0]).toBeLessThanOrEqual(wide[1]!);
  const inside = await page.locator('.machine').evaluate((e) => [e.scrollWidth, e.clientWidth]);
  if (isSmall(page)) expect(inside[0]).toBeLessThanOrEqual(inside[1]! + 1);
});
