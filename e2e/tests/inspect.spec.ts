// Understanding: an event under the pointer, its cones, two events and how they stand to each other.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import {
  type TraceRecord,
  atEnd,
  frames,
  inkIn,
  LIGHT,
  picture,
  place,
  strength,
  tab,
  trace,
} from '../helpers.ts';

test.use({ colorScheme: 'light' });

const TICKING = ['local', 'send', 'receive', 'timeout'];

async function events(page: Page): Promise<TraceRecord[]> {
  return (await trace(page)).filter((r) => TICKING.includes(r.kind));
}

/** How two stamps stand: computed here from the trace, not by the page. */
function relation(a: TraceRecord, b: TraceRecord): string {
  const names = Object.keys({ ...a.vector, ...b.vector });
  const at = (r: TraceRecord, name: string) => r.vector?.[name] ?? 0;
  const less = names.every((n) => at(a, n) <= at(b, n));
  const more = names.every((n) => at(a, n) >= at(b, n));
  if (less && more) return 'a = b';
  if (less) return 'a → b';
  return more ? 'b → a' : 'a ∥ b';
}

async function choose(page: Page, id: number): Promise<void> {
  const { x, y } = await place(page, id);
  await page.mouse.click(x, y);
}

/** Away from every event, so that what was chosen is what is shown. */
async function lookAway(page: Page): Promise<void> {
  const box = (await page.locator('.transport').boundingBox())!;
  await page.mouse.move(box.x + 3, box.y + 3);
  await frames(page);
}

const heading = (page: Page) => page.locator('.inspector > h2');

test('pointing at an event shows its clock before and after', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'inspect');
  await expect(heading(page)).toHaveText('Last event');
  const all = await events(page);
  const receive = all.find((r) => r.kind === 'receive' && Object.keys(r.vector!).length > 1)!;
  const { x, y } = await place(page, receive.id);
  await page.mouse.move(x, y);
  await expect(heading(page)).toHaveText('Under the pointer');
  await expect(page.locator('.inspector .what')).toHaveText(new RegExp(`^${receive.node} receives .* from ${receive.peer}$`));
  await expect(page.locator('.inspector .facts')).toContainText(`event ${receive.id}`);
  const earlier = all.filter((r) => r.node === receive.node && r.id < receive.id).at(-1);
  const message = all.find((r) => r.id === receive.cause)!;
  for (const name of ['P1', 'P2', 'P3']) {
    const cells = page.locator('.inspector .clocks tbody tr', { hasText: name }).locator('td');
    const of = (r?: TraceRecord) => String(r?.vector?.[name] ?? 0);
    await expect(cells).toHaveText([of(earlier), of(message), of(receive)]);
  }
  await expect(page.locator('.inspector .lamport td')).toHaveText([
    String(earlier?.lamport ?? 0),
    String(message.lamport),
    String(receive.lamport),
  ]);
  await lookAway(page);
  await expect(heading(page)).toHaveText('Last event');
});

test('what is in neither cone fades, what is in one does not', async ({ page }) => {
  await atEnd(page, 'concurrent');
  const all = await events(page);
  const [a, outside] = [all.find((r) => r.node === 'P1')!, all.find((r) => r.node === 'P3')!];
  const later = all.find((r) => r.node === 'P1' && r.id > a.id)!;
  expect(relation(a, outside)).toBe('a ∥ b');
  const around = async (r: TraceRecord) => {
    const { x, y } = await place(page, r.id);
    return { x: x - 4, y: y - 4, w: 8, h: 8 };
  };
  await lookAway(page);
  const full = await strength(page, await around(outside));
  const fullLater = await strength(page, await around(later));
  expect(full).toBeGreaterThan(60);
  const { x, y } = await place(page, a.id);
  await page.mouse.move(x, y);
  await expect.poll(async () => strength(page, await around(outside))).toBeLessThan(full * 0.6);
  expect(await strength(page, await around(later))).toBeGreaterThan(fullLater * 0.8);
  // A ring in the accent colour says which event it is.
  expect(await inkIn(page, LIGHT.accent, { x: x - 12, y: y - 12, w: 24, h: 24 })).toBeGreaterThan(20);
  await lookAway(page);
  await expect.poll(async () => strength(page, await around(outside))).toBeGreaterThan(full * 0.9);
});

test('a click keeps an event, Escape lets go of it', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'inspect');
  await lookAway(page);
  const nothing = await picture(page);
  const first = (await events(page))[0]!;
  await choose(page, first.id);
  await lookAway(page);
  await expect(heading(page)).toHaveText('Chosen');
  await expect(page.locator('.inspector .facts')).toContainText(`event ${first.id} ·`);
  expect(await picture(page)).not.toBe(nothing);
  await page.keyboard.press('Escape');
  await expect(heading(page)).toHaveText('Last event');
  await frames(page);
  expect(await picture(page)).toBe(nothing);
  // The same click again lets go as well.
  await choose(page, first.id);
  await lookAway(page);
  await expect(heading(page)).toHaveText('Chosen');
  await choose(page, first.id);
  await lookAway(page);
  await expect(heading(page)).toHaveText('Last event');
});

for (const wanted of ['a → b', 'b → a', 'a ∥ b']) {
  test(`two events: ${wanted}`, async ({ page }) => {
    await atEnd(page, 'concurrent');
    await tab(page, 'inspect');
    const all = await events(page);
    const pairs = all.flatMap((a) => all.map((b) => [a, b] as const));
    const [a, b] = pairs.find(([p, q]) => p.node !== q.node && relation(p, q) === wanted)!;
    await choose(page, a.id);
    await choose(page, b.id);
    await lookAway(page);
    await expect(heading(page)).toHaveText('Two events');
    await expect(page.locator('.inspector .relation > span')).toHaveText(wanted);
    const rows = page.locator('.inspector .clocks tbody tr');
    for (const [i, name] of ['P1', 'P2', 'P3'].entries()) {
      const [va, vb] = [a.vector?.[name] ?? 0, b.vector?.[name] ?? 0];
      const sign = va < vb ? '<' : va > vb ? '>' : '=';
      await expect(rows.nth(i).locator('td')).toHaveText([String(va), sign, String(vb)]);
    }
    // One way from one to the other, where there is one.
    const steps = page.locator('.inspector .path li');
    if (wanted === 'a ∥ b') {
      await expect(steps).toHaveCount(0);
      return;
    }
    const [first, last] = wanted === 'a → b' ? [a, b] : [b, a];
    await expect(steps.first()).toContainText(first.node!);
    await expect(steps.last()).toContainText(last.node!);
    expect(await steps.count()).toBeGreaterThan(1);
  });
}

test('all pairs of events: the page says what the stamps say', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'events');
  const all = await events(page);
  // Through the table, which is quicker than the pointer and never covers another event.
  const shown = await page.evaluate(async (ids) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    const relation = () => document.querySelector('.inspector .relation');
    // A busy machine may need more than one frame until the panel is drawn.
    const click = async (id: number, compares: boolean) => {
      document.querySelector<HTMLElement>(`[aria-label="Choose event ${id}"]`)!.click();
      await frame();
      for (let i = 0; i < 200 && (relation() !== null) !== compares; i++) await frame();
    };
    const out: string[] = [];
    for (const a of ids) {
      for (const b of ids) {
        if (a === b) continue;
        await click(a, false);
        await click(b, true);
        out.push(`${a} ${b} ${relation()?.firstElementChild?.textContent}`);
      }
    }
    return out;
  }, all.slice(0, 10).map((r) => r.id));
  const ten = all.slice(0, 10);
  const expected = ten.flatMap((a) => ten.filter((b) => b !== a).map((b) => `${a.id} ${b.id} ${relation(a, b)}`));
  expect(shown).toEqual(expected);
});

test('n and p go from event to event', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'inspect');
  const all = await events(page);
  await choose(page, all[2]!.id);
  await lookAway(page);
  const facts = page.locator('.inspector .facts');
  await page.keyboard.press('n');
  await expect(facts).toContainText(`event ${all[3]!.id} ·`);
  await page.keyboard.press('n');
  await expect(facts).toContainText(`event ${all[4]!.id} ·`);
  await page.keyboard.press('p');
  await expect(facts).toContainText(`event ${all[3]!.id} ·`);
});

test('a row of the table chooses its event', async ({ page }) => {
  await atEnd(page);
  const event = (await events(page))[1]!;
  await tab(page, 'events');
  await page.getByRole('button', { name: `Choose event ${event.id}`, exact: true }).click();
  await expect(page.locator('.events tr.chosen')).toHaveCount(1);
  await expect(page.locator('.events tr.chosen')).toContainText(event.label);
  await tab(page, 'inspect');
  await expect(heading(page)).toHaveText('Chosen');
  await expect(page.locator('.inspector .facts')).toContainText(`event ${event.id} ·`);
});

test('the cause of a receive is one click away', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'inspect');
  const receive = (await events(page)).find((r) => r.kind === 'receive')!;
  await choose(page, receive.id);
  await lookAway(page);
  await page.locator('.inspector').getByRole('button', { name: `event ${receive.cause}` }).click();
  await expect(page.locator('.inspector .facts')).toContainText(`event ${receive.cause} · send`);
});

test('the table says the same as the trace', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'events');
  const all = await trace(page);
  const rows = page.locator('.events tbody tr');
  await expect(rows).toHaveCount(all.length);
  const shown = await rows.evaluateAll((list) => list.map((r) => [...r.querySelectorAll('td')].map((c) => c.textContent)));
  shown.forEach((cells, i) => {
    const r = all[i]!;
    const stamped = r.vector !== undefined && r.vector !== null && Object.keys(r.vector).length > 0;
    expect(cells.slice(0, 5)).toEqual([String(r.id), String(r.at_us / 1000), r.node ?? 'network', r.kind, r.label]);
    if (stamped) expect(cells[5]).toBe(String(r.lamport));
  });
});
