// Room: nothing is cut off, nothing lies over anything else, whatever is shown.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { atEnd, empty, frames, inkIn, isSmall, load, picture, start, tab } from '../helpers.ts';

const TABS = ['act', 'network', 'lab', 'inspect', 'events'] as const;

async function noSideways(page: Page, where: string): Promise<void> {
  const { width, scroll } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    scroll: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
  }));
  expect.soft(scroll, where).toBeLessThanOrEqual(width);
}

/** Buttons and the like whose words do not fit into them. */
async function clipped(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, summary, .tab, output, h1, h2, .now b, .now span')]
      .filter((e) => e.checkVisibility() && !e.closest('.sr'))
      .filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
      .map((e) => `${e.tagName}.${e.className} ${e.textContent} ${e.scrollWidth} > ${e.clientWidth}`),
  );
}

/** Controls that stand partly outside the window or of a card. */
async function outside(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.page button, .page select, .page input, .page summary')]
      .filter((e) => e.checkVisibility() && !e.closest('.scroll, .tabs, .file'))
      .filter((e) => {
        const box = e.getBoundingClientRect();
        const card = (e.closest('.card') ?? document.documentElement).getBoundingClientRect();
        return box.left < card.left - 1 || box.right > card.right + 1;
      })
      .map((e) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent}`),
  );
}

test('nothing is cut off in any panel', async ({ page }) => {
  await atEnd(page);
  for (const name of TABS) {
    await tab(page, name);
    await frames(page);
    await noSideways(page, name);
    expect.soft(await clipped(page), name).toEqual([]);
    expect.soft(await outside(page), name).toEqual([]);
  }
});

test('what is to be touched can be hit with a thumb, and with a mouse', async ({ page }) => {
  // 24 pixels is what WCAG 2.2 asks for everywhere.
  const [high, wide] = isSmall(page) ? [36, 32] : [24, 24];
  await atEnd(page);
  const small = await page
    .locator('.transport button, .tab, .card.act .go, .actions button, .choosers select')
    .evaluateAll((list, [h, w]) =>
      list
        .filter((e) => e.checkVisibility())
        .map((e) => ({ name: e.getAttribute('aria-label') ?? e.textContent, box: e.getBoundingClientRect() }))
        .filter(({ box }) => box.height < h! || box.width < w!)
        .map(({ name, box }) => `${name} ${box.width} × ${box.height}`),
      [high, wide],
    );
  expect(small).toEqual([]);
});

test('the transport is in sight wherever the page is scrolled to', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'network');
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await frames(page);
  await expect(page.getByRole('slider', { name: 'Time' })).toBeInViewport({ ratio: 1 });
  // And it covers nothing for good: the last control can be scrolled above it.
  const [last, bar] = await page.evaluate(() => {
    const all = [...document.querySelectorAll('.card.setup button')].filter((e) => e.checkVisibility());
    const pick = all.at(-1)!;
    pick.scrollIntoView({ block: 'nearest' });
    scrollTo(0, document.documentElement.scrollHeight);
    return [pick.getBoundingClientRect().bottom, document.querySelector('.transport')!.getBoundingClientRect().top];
  });
  expect(last).toBeLessThanOrEqual(bar! + 1);
});

test('no card lies over another', async ({ page }) => {
  await atEnd(page);
  for (const name of TABS) {
    await tab(page, name);
    const over = await page.evaluate(() => {
      const cards = [...document.querySelectorAll('.card, .toolbar, #diagram, .tabs')].filter((e) => e.checkVisibility());
      const found: string[] = [];
      for (const a of cards) {
        for (const b of cards) {
          if (a === b || a.contains(b) || b.contains(a)) continue;
          // Columns scroll: what is scrolled away is not seen.
          const cut = (e: Element) => {
            const box = e.getBoundingClientRect();
            const port = e.closest('.left, .right')?.getBoundingClientRect();
            const clip = port && port.height > 0 ? port : undefined;
            return { l: box.left, r: box.right, t: Math.max(box.top, clip?.top ?? -1e9), b: Math.min(box.bottom, clip?.bottom ?? 1e9) };
          };
          const [p, q] = [cut(a), cut(b)];
          if (p.l < q.r - 1 && q.l < p.r - 1 && p.t < q.b - 1 && q.t < p.b - 1) found.push(`${a.className} ${b.className}`);
        }
      }
      return found;
    });
    expect.soft(over, name).toEqual([]);
  }
});

const LONG: [string, string][] = [
  ['ten thousand bytes', 'x'.repeat(10_000)],
  ['words without end', 'lorem ipsum '.repeat(800)],
  ['from right to left', 'שלום עולם مرحبا بالعالم '.repeat(20)],
  ['quotes and markup', '"<script>alert(1)</script>&amp;\' \\" \\\\'],
  ['emoji', '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(60)],
];

for (const [name, message] of LONG) {
  test(`a payload of ${name} spoils nothing`, async ({ page }) => {
    await empty(page);
    await tab(page, 'act');
    await page.getByLabel('message', { exact: true }).fill(message);
    await page.locator('.card.act .go').click();
    await page.getByRole('button', { name: 'To the end' }).click();
    const sends = await page.evaluate(() => window.lightcone.trace().filter((r) => r.kind === 'send').length);
    expect(sends).toBe(1);
    const kept = await page.evaluate(() => {
      const acts = window.lightcone.scenario()['acts'] as { act: { request: { args: { message: string } } } }[];
      return acts[0]!.act.request.args.message;
    });
    expect(kept).toBe(message);
    for (const panel of TABS) {
      await tab(page, panel);
      await frames(page);
      await noSideways(page, panel);
      expect.soft(await outside(page), panel).toEqual([]);
    }
    // Text is text and never markup.
    expect(await page.locator('.page script').count()).toBe(0);
  });
}

test('a long title stays in its place', async ({ page }) => {
  await start(page);
  await load(page, { format: 'lightcone/1', lab: 'vector-clocks', title: 'A very long title '.repeat(50) });
  await noSideways(page, 'title');
  expect(await outside(page)).toEqual([]);
});

test('twenty-six processes have a lane each', async ({ page }) => {
  await atEnd(page, 'alphabet');
  await page.keyboard.press('0');
  await frames(page);
  const boots = await page.evaluate(() =>
    window.lightcone.trace().filter((r) => r.kind === 'boot').map((r) => window.lightcone.locate(r.id)),
  );
  expect(boots).toHaveLength(26);
  const ys = boots.map((b) => b!.y);
  const box = (await page.locator('#diagram').boundingBox())!;
  for (let i = 1; i < ys.length; i++) expect(ys[i]! - ys[i - 1]!).toBeGreaterThan(6);
  expect(ys.at(-1)!).toBeLessThan(box.y + box.height);
  expect(await inkIn(page, '#0072b2')).toBeGreaterThan(20);
  for (const name of TABS) {
    await tab(page, name);
    await noSideways(page, name);
  }
});

test('the canvas follows the window', async ({ page }) => {
  await atEnd(page);
  const before = await picture(page);
  const size = page.viewportSize()!;
  await page.setViewportSize({ width: size.width - 60, height: size.height - 100 });
  await expect.poll(() => picture(page)).not.toBe(before);
  // It is painted anew in the frame after the one that has learned of the new size.
  const off = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#diagram')!;
      return Math.round(canvas.clientWidth * devicePixelRatio) - canvas.width;
    });
  await expect.poll(off).toBe(0);
});

test('zoom, pan and fit by wheel, keys and buttons', async ({ page }) => {
  await atEnd(page);
  const all = await picture(page);
  const box = (await page.locator('#diagram').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 4);
  await page.mouse.wheel(0, -400);
  await expect.poll(() => picture(page)).not.toBe(all);
  const zoomed = await picture(page);
  await expect(page.getByRole('button', { name: '→ now' })).toBeVisible();
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 120, box.y + box.height - 4, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => picture(page)).not.toBe(zoomed);
  await page.keyboard.press('0');
  await expect(page.getByRole('button', { name: '→ now' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect(page.getByRole('button', { name: '→ now' })).toBeVisible();
  await page.keyboard.press('f');
  await expect(page.getByRole('button', { name: '→ now' })).toHaveCount(0);
});

test('clocks and axis are chosen by their buttons', async ({ page }) => {
  await atEnd(page);
  const seen = new Set<string>();
  for (const name of ['none', 'Lamport', 'vector', 'both', 'order', 'time']) {
    if (name === 'order') await page.locator('.toolbar .menu summary').click();
    await page.locator('.toolbar').getByRole('button', { name, exact: true }).click();
    await expect(page.locator('.toolbar').getByRole('button', { name, exact: true })).toHaveAttribute('aria-pressed', 'true');
    await frames(page);
    seen.add(await picture(page));
  }
  expect(seen.size).toBeGreaterThanOrEqual(5);
});

test.describe('the division of the screen', () => {
  test.beforeEach(({ page }) => {
    test.skip(isSmall(page), 'on a small screen the panels are tabs');
  });

  const width = (page: Page, selector: string) => page.locator(selector).evaluate((e) => e.getBoundingClientRect().width);
  const height = (page: Page, selector: string) => page.locator(selector).evaluate((e) => e.getBoundingClientRect().height);

  test('a line is dragged, and stays where it was put', async ({ page }) => {
    await atEnd(page);
    const before = await width(page, '.left');
    const line = (await page.locator('.left-edge').boundingBox())!;
    await page.mouse.move(line.x + 5, line.y + 200);
    await page.mouse.down();
    await page.mouse.move(line.x + 65, line.y + 200, { steps: 4 });
    await page.mouse.up();
    expect(await width(page, '.left')).toBe(before + 60);
    await page.reload();
    await expect.poll(() => width(page, '.left')).toBe(before + 60);
  });

  test('a line is moved by keys, within bounds, and back', async ({ page }) => {
    await atEnd(page);
    const [diagram, right] = [await height(page, '.card.diagram'), await width(page, '.right')];
    await page.getByRole('separator', { name: 'Height of the views' }).focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => height(page, '.card.diagram')).toBeLessThan(diagram);
    const edge = page.getByRole('separator', { name: 'Width of the right column' });
    await edge.focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => width(page, '.right')).toBeGreaterThan(right);
    await page.keyboard.press('Home');
    await expect(edge).toHaveAttribute('aria-valuenow', '220');
    await edge.dblclick();
    await expect.poll(() => width(page, '.right')).toBe(right);
  });

  test('panels are closed and opened again, and what is beside takes the room', async ({ page }) => {
    await atEnd(page);
    const before = await width(page, '.views');
    for (const name of ['Inspector', 'Rules']) {
      await page.getByRole('button', { name: `Close ${name}` }).focus();
      await page.keyboard.press('Enter');
    }
    await expect(page.locator('.inspector')).toBeHidden();
    await expect.poll(() => width(page, '.views')).toBeGreaterThan(before + 250);
    await page.reload();
    await expect(page.locator('.card.act')).toBeVisible();
    await expect(page.locator('.inspector')).toBeHidden();
    await page.locator('.panels-menu summary').click();
    await page.getByLabel('Inspector', { exact: true }).check();
    await expect(page.locator('.inspector')).toBeVisible();
    const diagram = await height(page, '#diagram');
    for (const name of ['Views below the diagram', 'Inspector', 'Rules', 'Act', 'Network', 'Faults', 'Set-up']) {
      await page.getByLabel(name, { exact: true }).uncheck();
    }
    await expect(page.locator('.card.below')).toBeHidden();
    await expect.poll(() => height(page, '#diagram')).toBeGreaterThan(diagram + 150);
    await page.getByRole('button', { name: 'as at first' }).click();
    await expect(page.locator('.card.below')).toBeVisible();
    await expect.poll(() => width(page, '.views')).toBe(before);
  });
});

test('on a wide screen only what is in the page scrolls, and the way to a panel moves its pane alone', async ({ page }) => {
  test.skip(isSmall(page), 'a phone scrolls the page');
  for (const lab of ['vector-clocks', 'total-order', 'causal-multicast', 'causal-kv', 'zk-lock', 'raft-lock', 'mesi']) {
    await start(page, `#lab=${lab}`);
    await frames(page);
    const chips = page.getByRole('navigation', { name: 'Panels of this lab' }).getByRole('button');
    await expect(page.locator('.below .panel').first()).toBeVisible();
    if ((await chips.count()) > 0) await chips.last().click();
    await frames(page);
    const heights = await page.evaluate(() => [document.documentElement.scrollHeight, innerHeight, window.scrollY]);
    expect.soft(heights, lab).toEqual([heights[1], heights[1], 0]);
    await expect(page.locator('header.top')).toBeInViewport();
  }
});
