// Room: the picture has half of the window, what one does is in reach without scrolling, and nothing is cut off in any scenario.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { frames, isSmall, start, tab } from '../helpers.ts';

const LABS = ['vector-clocks', 'total-order', 'causal-multicast', 'causal-kv', 'raft-lock', 'mesi', 'zk-lock', 'queue'];
const WIDE = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 1024, height: 768 },
];

/** The part of the window that the diagram has. */
const share = (page: Page) =>
  page.evaluate(() => {
    const box = document.querySelector('#diagram')!.getBoundingClientRect();
    return (box.width * box.height) / (innerWidth * innerHeight);
  });

/** Distances of neighbouring lanes, in pixels. */
const gaps = (page: Page) =>
  page.evaluate(() => {
    // A lane on which nothing happens is a thin line, and has no mark.
    const boots = window.lightcone.trace().filter((r) => r.kind === 'boot').flatMap((r) => window.lightcone.locate(r.id)?.y ?? []);
    return boots.slice(1).map((y, i) => y - boots[i]!);
  });

test.describe('on a wide screen', () => {
  test.beforeEach(({ page }) => test.skip(isSmall(page), 'the sizes are set here'));

  for (const size of WIDE) {
    test(`the diagram has half of the window: ${size.width}×${size.height}`, async ({ page }) => {
      await page.setViewportSize(size);
      for (const lab of LABS) {
        await start(page, `#lab=${lab}`);
        await page.keyboard.press('Home');
        await frames(page);
        expect.soft(await share(page), lab).toBeGreaterThanOrEqual(0.5);
        const header = await page.locator('.top').evaluate((e) => e.getBoundingClientRect().height);
        expect.soft(header, lab).toBeLessThanOrEqual(52);
        if (size.width === 1440) {
          const near = await gaps(page);
          if (near.length < 10) expect.soft(Math.min(...near), lab).toBeGreaterThanOrEqual(40);
        }
      }
    });
  }

  test('what one does is in reach without scrolling', async ({ page }) => {
    for (const lab of LABS) {
      await start(page, `#lab=${lab}`);
      await frames(page);
      for (const part of ['.card.act .go', '.card.act .segmented button', '.fault-bar button']) {
        await expect.soft(page.locator(part).first(), `${lab} ${part}`).toBeInViewport({ ratio: 1 });
      }
    }
    await start(page, '#lab=raft-lock');
    for (const tile of await page.locator('.situations .tiles button').all()) await expect.soft(tile).toBeInViewport({ ratio: 0.9 });
  });

  test('the views change places with the diagram, take the window, and the choice stays with the lab', async ({ page }) => {
    const high = (selector: string) => page.locator(selector).evaluate((e) => e.getBoundingClientRect().height);
    await start(page, '#lab=mesi');
    const below = await high('.views');
    await page.keyboard.press('v');
    await expect.poll(() => high('.views')).toBeGreaterThan(below + 100);
    await expect(page.locator('#diagram')).toBeVisible();
    await page.keyboard.press('v');
    await expect.poll(() => high('.views')).toBe(below);
    await page.keyboard.press('w');
    await expect(page.locator('#diagram')).toBeHidden();
    await expect.poll(() => high('.card.below')).toBeGreaterThan(680);
    await page.reload();
    await expect.poll(() => high('.card.below')).toBeGreaterThan(680);
    await page.getByLabel('Lab', { exact: true }).selectOption('vector-clocks');
    await expect(page.locator('#diagram')).toBeVisible();
    await page.getByLabel('Lab', { exact: true }).selectOption('mesi');
    await expect(page.locator('#diagram')).toBeHidden();
    await page.getByRole('button', { name: 'Whole window' }).click();
    await expect(page.locator('#diagram')).toBeVisible();
  });

  test('what explains a panel steps back once it was read', async ({ page }) => {
    await start(page, '#lab=vector-clocks');
    const explained = page.locator('.below .panel:not(.cluster) .says').first();
    await expect(explained).toBeVisible();
    await page.getByRole('button', { name: /^What .* shows$/ }).first().click();
    await expect(explained).toBeHidden();
    await page.reload();
    await expect(page.getByRole('button', { name: /^What .* shows$/ }).first()).toHaveAttribute('aria-expanded', 'false');
    await page.getByRole('button', { name: /^What .* shows$/ }).first().click();
    await expect(page.locator('.below .panel:not(.cluster) .says').first()).toBeVisible();
  });
});

test('on a phone the diagram has more than half of the height, and the header one line', async ({ page }) => {
  test.skip(!isSmall(page), 'on a small screen');
  for (const lab of LABS) {
    await start(page, `#lab=${lab}`);
    await frames(page);
    const [canvas, header] = await page.evaluate(() => {
      const high = (s: string) => document.querySelector(s)!.getBoundingClientRect().height;
      return [high('#diagram') / innerHeight, high('.top')];
    });
    expect.soft(canvas, lab).toBeGreaterThanOrEqual(0.55);
    expect.soft(header, lab).toBeLessThanOrEqual(52);
  }
});

/** Elements that hold text and do not show all of it, and texts of one card that lie on one another. */
const faults = (page: Page) =>
  page.evaluate(() => {
    // What a person or a run has typed may be shortened: the whole is in the inspector. What is a field shows its end.
    const data = '.sr, .long, .label, .words, .name, option, select, input, textarea, pre, code, .entry, .pin, td, .branch-menu, .tape, .thing';
    const texts = [...document.querySelectorAll<HTMLElement>('.page *')].filter(
      (e) =>
        !(e instanceof SVGElement) &&
        [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent!.trim() !== '') &&
        e.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
    );
    const name = (e: Element) => `${e.tagName.toLowerCase()}.${String(e.className)} “${e.textContent!.trim().slice(0, 40)}”`;
    const found: string[] = [];
    for (const e of texts) {
      if (e.closest(data)) continue;
      const style = getComputedStyle(e);
      if (style.display !== 'inline' && style.overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1) found.push(`clipped: ${name(e)}`);
      if (style.display === 'inline') continue;
      // Words that wrap inside a button or a tab.
      const box = e.getBoundingClientRect();
      const lines = box.height / (parseFloat(style.lineHeight) || 20);
      if (e.matches('.tab, .side-tab, .segmented button, .stages button') && lines > 2.4) found.push(`wraps: ${name(e)}`);
    }
    // As much of it as is seen: panes scroll.
    const seen = (e: Element) => {
      const own = e.getBoundingClientRect();
      let [left, top, right, bottom] = [own.left, own.top, own.right, own.bottom];
      for (let up = e.parentElement; up; up = up.parentElement) {
        if (getComputedStyle(up).overflowY === 'visible') continue;
        const box = up.getBoundingClientRect();
        [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
        [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
      }
      return { left, top, right, bottom, width: right - left, height: bottom - top };
    };
    const boxes = texts
      .filter((e) => !e.closest('.sr, .drop, .tip, .notice, .context, svg, .tape, .log, .veil, .hint, .fault-bar, .shut'))
      .filter((e) => !texts.some((other) => other !== e && (other.contains(e) || e.contains(other))))
      .filter((e) => getComputedStyle(e).display !== 'inline')
      .map((e) => ({ e, box: seen(e), card: e.closest('.card, .top, .transport, .toolbar, .views-head') }))
      .filter(({ box }) => box.width > 0 && box.height > 0);
    for (let i = 0; i < boxes.length; i++) {
      for (let j = i + 1; j < boxes.length; j++) {
        const [a, b] = [boxes[i]!, boxes[j]!];
        if (a.card !== b.card || a.card === null) continue;
        const w = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const h = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (w > 2 && h > 3) found.push(`on one another: ${name(a.e)} and ${name(b.e)}`);
      }
    }
    const sideways = document.documentElement.scrollWidth - innerWidth;
    if (sideways > 0) found.push(`the page is ${sideways} px too wide`);
    return found;
  });

// The last ones are what a browser makes of the others when everything in it is 130 % as large.
const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 1108, height: 692 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
  { width: 300, height: 650 },
];

for (const lab of LABS) {
  test(`nothing is cut off in any scenario of ${lab}`, async ({ page }) => {
    test.skip(isSmall(page), 'the sizes are set here');
    test.setTimeout(180_000);
    await start(page, `#lab=${lab}`);
    const ids = await page.getByLabel('Scenario', { exact: true }).locator('option').evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value));
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const id of ids) {
        await page.getByLabel('Scenario', { exact: true }).selectOption(id);
        await page.keyboard.press('End');
        await frames(page);
        expect.soft(await faults(page), `${id} at ${size.width}×${size.height}`).toEqual([]);
      }
      for (const panel of ['act', 'network', 'inspect', 'metrics', 'branches', 'acts', 'lab'] as const) {
        await tab(page, panel);
        await frames(page);
        expect.soft(await faults(page), `${panel} at ${size.width}×${size.height}`).toEqual([]);
      }
    }
  });
}
