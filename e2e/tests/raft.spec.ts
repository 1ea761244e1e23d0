// Pictures of a consensus protocol: votes and timers in the ring, the logs, who waits for whom, the tape of terms, charts.
// What is drawn is held against the frame and the trace. By mouse, by keyboard, and at the width of a phone.
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { clock, frames, halt, isSmall, records, start, tab } from '../helpers.ts';

/** Opens a scenario at a time, standing still, with the lab's views in sight. */
async function at(page: Page, scenario: string, ms: number): Promise<void> {
  await start(page, `#lab=raft-lock&scenario=${scenario}`);
  await halt(page);
  await page.evaluate((ms) => window.lightcone.run(ms), ms);
  await expect(clock(page)).toHaveText(`${ms}.000 ms`);
  await tab(page, 'lab');
  await frames(page);
}

const node = (page: Page, name: string): Locator => page.locator(`#cluster [data-node="${name}"]`);
const row = (page: Page, name: string): Locator =>
  page.locator('.log tbody tr').filter({ has: page.locator('th', { hasText: new RegExp(`^${name}`) }) });

/** What each cell of a row looks like: solid, open, struck, hatched or none. */
async function looks(page: Page, name: string): Promise<string[]> {
  const classes = await row(page, name).locator('.entry').evaluateAll((all) => all.map((e) => e.className));
  return classes.map((c) => c.split(' ')[1]!);
}

async function clean(page: Page, where: string): Promise<void> {
  await frames(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
  expect.soft(found, where).toEqual([]);
}

test('votes are signs at the candidate: what it has, what is on its way, what is open', async ({ page }) => {
  await at(page, 'first-election', 206);
  const badges = () => page.evaluate(() => (window.lightcone.frame() as any).processes[1].badges as { sign: string; says: string }[]);
  // Its own vote is there; the four others are given and under way.
  expect((await badges()).map((b) => b.sign)).toEqual(['coming', 'have', 'coming', 'coming', 'coming']);
  const signs = node(page, 'S2').locator('.signs');
  await expect(signs.locator('.coming')).toHaveCount(4);
  await expect(signs.locator('.have')).toHaveCount(1);
  await expect(node(page, 'S2')).toHaveAccessibleName(/candidate 1.*vote of S1: coming, vote of S2: has/);
  await expect(page.locator('.cluster .legend')).toContainText('coming');
  await page.evaluate(() => window.lightcone.run(216));
  await frames(page);
  await expect(node(page, 'S2')).toHaveClass(/leads/);
  await expect(signs.locator('.have')).toHaveCount((await badges()).filter((b) => b.sign === 'have').length);
  // Once its first entry is committed, who voted is no news any more.
  await page.evaluate(() => window.lightcone.run(240));
  await frames(page);
  await expect(signs).toHaveCount(0);
});

test('a refused vote is a cross', async ({ page }) => {
  await at(page, 'figure-7', 60);
  // Seven servers, three clients and all their signs want some room.
  if (!isSmall(page)) await page.keyboard.press('w');
  await expect(node(page, 'S1').locator('.signs .refused')).toHaveCount(2);
  await expect(node(page, 'S1')).toHaveAccessibleName(/vote of S4: refused, vote of S5: refused/);
});

test('an election timer is a ring that shrinks as the frame says', async ({ page }) => {
  await at(page, 'first-election', 50);
  const left = () =>
    page.locator('#cluster .timers rect').evaluateAll((all) => all.map((e) => Number.parseFloat(e.getAttribute('stroke-dasharray')!)));
  // Nothing has happened since the start, so the frame's time is the last record's, and the clock has gone on.
  const expected = () =>
    page.evaluate((now_us) => {
      const frame = window.lightcone.frame() as any;
      const next = frame.processes.map((p: any) => [...p.timers].sort((a: any, b: any) => a.due_us - b.due_us)[0]).filter(Boolean);
      return next.map((t: any) => ((t.due_us - now_us) / (t.due_us - t.armed_us)) * 100) as number[];
    }, 50_000);
  const early = await left();
  const wanted = await expected();
  expect(early.length).toBe(5);
  early.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(1));
  await page.evaluate(() => window.lightcone.run(150));
  await frames(page);
  const late = await left();
  late.forEach((value, i) => expect(value).toBeLessThan(early[i]!));
});

test('the logs tell committed, uncommitted and overwritten apart, by look and by word', async ({ page }) => {
  await at(page, 'minority-leader', 890);
  expect((await looks(page, 'S1')).slice(0, 6)).toEqual(['solid', 'solid', 'struck', 'open', 'open', 'none']);
  expect((await looks(page, 'S3')).slice(0, 4)).toEqual(['solid', 'solid', 'solid', 'none']);
  await expect(row(page, 'S1').locator('td').nth(2)).toHaveAccessibleName(/1, the leader has another: client_A acquires a/);
  await expect(row(page, 'S1').locator('th')).toContainText('commitIndex 2');
  await expect(row(page, 'S3').locator('th')).toContainText('matchIndex 3');
  await expect(row(page, 'S3').locator('th')).toContainText('nextIndex 4');
  // Two lead, each in a term of its own.
  await expect(page.locator('#cluster .node.leads')).toHaveCount(2);
  await page.evaluate(() => window.lightcone.run(905));
  await frames(page);
  expect((await looks(page, 'S1')).slice(0, 4)).toEqual(['solid', 'solid', 'solid', 'none']);
  const dropped = (await records(page, 'receive')).find((r) => r.node === 'S1' && (r.data['dropped'] as number) > 0)!;
  await expect(row(page, 'S1').locator('.was')).toHaveCount(dropped.data['dropped'] as number);
});

test('the line of commitIndex stands between the columns it parts', async ({ page }) => {
  await at(page, 'minority-leader', 890);
  const line = (await row(page, 'S1').locator('.pin').boundingBox())!;
  const cells = row(page, 'S1').locator('.entry');
  const [before, after] = [(await cells.nth(1).boundingBox())!, (await cells.nth(2).boundingBox())!];
  expect(line.x).toBeGreaterThanOrEqual(before.x + before.width - 2);
  expect(line.x + line.width).toBeLessThanOrEqual(after.x + 2);
});

test('a snapshot is one hatched stretch', async ({ page }) => {
  await at(page, 'snapshot', 1250);
  const cell = row(page, 'S3').locator('td').first();
  await expect(cell.locator('.hatched')).toHaveText(/^to \d+$/);
  expect(Number(await cell.getAttribute('colspan'))).toBeGreaterThan(3);
});

test('long logs show their newest entries, and the keyboard reaches the older ones', async ({ page }) => {
  await at(page, 'load', 2500);
  const region = page.getByRole('region', { name: 'Logs' });
  const last = page.locator('.log thead th').last();
  const seen = async (target: Locator): Promise<boolean> => {
    const [a, b] = [(await target.boundingBox())!, (await region.boundingBox())!];
    return a.x >= b.x - 1 && a.x + a.width <= b.x + b.width + 1;
  };
  expect(await seen(last)).toBe(true);
  const overflows = await region.evaluate((e) => e.scrollWidth > e.clientWidth + 16);
  if (isSmall(page)) expect(overflows).toBe(true);
  if (!overflows) return;
  await region.focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowLeft');
  await expect.poll(() => seen(last)).toBe(false);
});

test('a circle is lit up with its victim, and nothing is drawn over anything', async ({ page }) => {
  await at(page, 'deadlock-three', 515);
  const applied = (await records(page, 'deliver')).find((r) => Array.isArray(r.data['cycles']))!;
  const victim = (applied.data['cycles'] as string[][])[0]![0]!;
  const graph = page.getByRole('img', { name: 'Who waits for whom' });
  await expect(graph.locator('.vertex')).toHaveCount(3);
  await expect(graph.locator('.edge.wrong path')).toHaveCount(3);
  await expect(graph.locator('.vertex.wrong')).toContainText(victim);
  const panel = page.locator('.panel').filter({ has: graph });
  await expect(panel).toContainText(`${victim} was aborted, the youngest in it.`);
  await expect(panel.getByRole('listitem').filter({ hasText: `${victim}, age` })).toContainText('victim');
  await expect(panel.getByRole('listitem').filter({ hasText: '→' })).toHaveCount(3);
  // Labels of arrows keep off the nodes, and all of it is inside.
  await graph.scrollIntoViewIfNeeded();
  const boxes = (selector: string) =>
    graph.locator(selector).evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map(({ x, y, width, height }) => ({ x, y, width, height })));
  const [nodes, labels, whole] = [await boxes('.vertex rect'), await boxes('.edge text'), (await graph.boundingBox())!];
  expect(labels.length).toBe(3);
  for (const l of labels) {
    for (const n of nodes) {
      const apart = l.x + l.width <= n.x || n.x + n.width <= l.x || l.y + l.height <= n.y || n.y + n.height <= l.y;
      expect(apart, JSON.stringify([l, n])).toBe(true);
    }
    expect(l.x >= whole.x && l.x + l.width <= whole.x + whole.width && l.y >= whole.y && l.y + l.height <= whole.y + whole.height).toBe(true);
  }
});

test('who merely waits makes no circle', async ({ page }) => {
  await at(page, 'shared-behind-exclusive', 330);
  const graph = page.getByRole('img', { name: 'Who waits for whom' });
  await expect(graph.locator('.edge')).not.toHaveCount(0);
  await expect(graph.locator('.edge.wrong')).toHaveCount(0);
});

test('the tape has a stretch for each term and leader, and the slider says the same', async ({ page }) => {
  await at(page, 'leader-crash', 1600);
  // Terms in which somebody led, by the trace.
  const led = (await records(page, 'state')).filter((r) => r.data['role'] === 'leader');
  const wanted = [...new Set(led.map((r) => `term ${r.data['term']}, ${r.node} leads`))];
  expect(wanted.length).toBe(2);
  const titles = await page.locator('.tape li').evaluateAll((all) => all.map((e) => (e as HTMLElement).title));
  expect(titles.filter((t) => !t.includes('nobody'))).toEqual(wanted);
  await expect(page.locator('.tape li').last()).toContainText('2');
  const slider = page.getByRole('slider', { name: 'Time', exact: true });
  await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(wanted[1]!));
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /term 0, nobody leads/);
  await page.evaluate(() => window.lightcone.run(300));
  await frames(page);
  await expect(slider).toHaveAttribute('aria-valuetext', new RegExp(wanted[0]!));
});

test('faults, broken rules and acts are marked on the time line, each with a shape of its own', async ({ page }) => {
  await at(page, 'broken-vote', 200);
  const shape = (sort: string): Locator => page.locator(`.scrubber .marks .${sort} path`).first();
  const shapes = await Promise.all(['act', 'crash', 'back', 'cut', 'violation'].map((s) => shape(s).getAttribute('d')));
  expect(new Set(shapes).size).toBe(5);
  for (const [sort, kind] of [['crash', 'crash'], ['violation', 'violation']] as const) {
    await expect(page.locator(`.scrubber .marks .${sort}`)).toHaveCount((await records(page, kind)).length);
  }
  await expect(page.locator('.scrubber .marks .parted')).not.toHaveCount(0);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog');
  for (const word of ['your act', 'crash', 'back again', 'pause or cut', 'broken rule']) await expect(help).toContainText(word);
});

test('pointing at the time line tells the time, the term and what happened there', async ({ page }) => {
  test.skip(isSmall(page), 'a finger drags at once');
  await at(page, 'leader-crash', 1600);
  const slider = (await page.getByRole('slider', { name: 'Time', exact: true }).boundingBox())!;
  await page.mouse.move(slider.x + slider.width * 0.25, slider.y + slider.height / 2);
  const tip = page.locator('.scrubber .tip');
  await expect(tip).toContainText('term 1');
  await expect(tip).toContainText('crash');
  await page.mouse.move(slider.x, slider.y - 200);
  await expect(tip).toHaveCount(0);
});

test('elections, rounds, locks and who was followed are charts', async ({ page }) => {
  await at(page, 'load', 2500);
  await page.locator('.tab[data-tab="metrics"]').click();
  const titles = page.locator('.chart h3');
  for (const title of ['Without a leader', 'From append to commit', 'From asking for a lock', 'Deadlocks found', 'each command', 'Followed by a majority']) {
    await expect(titles.filter({ hasText: title })).toHaveCount(1);
  }
  const round = page.locator('.chart').filter({ hasText: 'From append to commit' });
  await expect(round.locator('> svg path.first')).toHaveAttribute('d', /L/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in these pictures', async ({ page }) => {
      await at(page, 'figure-7', 60);
      await clean(page, 'votes and logs');
      await at(page, 'deadlock-three', 515);
      await clean(page, 'the circle');
      await at(page, 'minority-leader', 905);
      await clean(page, 'overwritten entries');
      await page.locator('.tab[data-tab="metrics"]').click();
      await clean(page, 'charts');
    });
  });
}

test('at the width of a phone nothing sticks out', async ({ page }) => {
  await at(page, 'figure-7', 60);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide).toBe(0);
  const tape = (await page.locator('.tape').boundingBox())!;
  const slider = (await page.locator('#scrubber').boundingBox())!;
  expect(tape.y + tape.height).toBeLessThanOrEqual(slider.y + 2);
});
