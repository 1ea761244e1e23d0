// A run told as a story, two runs side by side, what a first visit asks for, and what an audience sees.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { frames, halt, isSmall, picture, start, tab, trace } from '../helpers.ts';

const at = (page: Page, hash: string, ms: number) =>
  start(page, hash).then(async () => {
    await halt(page);
    await page.evaluate((t) => window.lightcone.seek(t), ms);
    await frames(page);
  });

const routine = (page: Page) => page.locator('.toolbar').getByRole('button', { name: 'routine' });
const located = (page: Page, id: number) => page.evaluate((event) => window.lightcone.locate(event), id);

test('an uneven run is told as a story, and its routine is brought out and folded again', async ({ page }) => {
  await at(page, '#lab=raft-lock&scenario=first-election', 900);
  await expect(routine(page)).toHaveAttribute('aria-pressed', 'false');
  const folded = await picture(page);
  await page.keyboard.press('r');
  await expect(routine(page)).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(() => picture(page)).not.toBe(folded);
  await routine(page).click();
  await expect(routine(page)).toHaveAttribute('aria-pressed', 'false');
  await expect.poll(() => picture(page)).toBe(folded);
  // An even run has a time of its own, and nothing to bring out.
  await start(page, '#lab=vector-clocks');
  await expect(routine(page)).toHaveCount(0);
});

test('a break of the axis opens on a click and on a key, and closes again', async ({ page }) => {
  await at(page, '#lab=raft-lock&scenario=first-election', 206);
  await page.keyboard.press('0');
  await frames(page);
  const request = (await trace(page)).filter((r) => r.kind === 'send').at(-1)!;
  const before = (await located(page, request.id))!.x;
  await page.keyboard.press('o');
  await frames(page);
  await page.keyboard.press('0');
  await frames(page);
  const closed = await picture(page);
  await page.keyboard.press('o');
  await expect.poll(() => picture(page)).not.toBe(closed);
  await page.keyboard.press('0');
  await frames(page);
  expect(Math.abs((await located(page, request.id))!.x - before)).toBeLessThan(1);
});

test('two runs stand side by side, and what is broken beside what is whole', async ({ page }) => {
  await at(page, '#lab=mesi&scenario=broken-no-invalidate', 150);
  await page.getByRole('button', { name: 'beside it whole' }).click();
  await expect(page.locator('#other')).toBeVisible();
  await expect(page.locator('.compare p')).toContainText('with all rules');
  if (!isSmall(page)) {
    const [a, b] = await Promise.all([page.locator('#diagram').boundingBox(), page.locator('#other').boundingBox()]);
    expect(Math.abs(a!.y - b!.y)).toBeLessThan(4);
    expect(b!.x).toBeGreaterThanOrEqual(a!.x + a!.width - 2);
    expect(Math.abs(a!.height - b!.height)).toBeLessThan(4);
  }
  await page.locator('.compare').getByRole('button', { name: 'leave' }).click();
  await expect(page.locator('#other')).toHaveCount(0);
  await tab(page, 'branches');
  await page.getByLabel('Put another run beside this one').selectOption('scenario false-sharing-cured');
  await expect(page.locator('.other-name')).toHaveText('False sharing, cured');
  await expect(page.locator('.tree li')).toHaveCount(3);
  // It is one step back.
  await page.keyboard.press('Control+z');
  await expect(page.locator('.tree li')).toHaveCount(2);
});

test('at a first visit one thing after the other asks to be touched, and never again', async ({ page }) => {
  await start(page, '#lab=vector-clocks');
  // A step stands still too, and is no step back, which one of the hints asks for.
  await page.keyboard.press('.');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.evaluate(() => window.lightcone.seek(20));
  await frames(page);
  const hint = page.locator('.hint');
  await expect(hint).toHaveClass(/at-message/);
  await expect(hint).toBeVisible();
  await expect(hint).toContainText('A message on its way.');
  await tab(page, 'lab');
  await page.locator('#cluster .token').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /^drop/ }).click();
  await expect(hint).toHaveClass(/at-lane/);
  await tab(page, 'network');
  if (!isSmall(page)) await tab(page, 'act');
  await page.getByRole('button', { name: 'crash P1', exact: true }).click();
  await expect(hint).toHaveClass(/at-time/);
  await page.getByRole('button', { name: 'One event back' }).click();
  await expect(hint).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.page')).toBeVisible();
  await frames(page);
  await expect(hint).toHaveCount(0);
});

test('hints are closed for good with one click', async ({ page }) => {
  await start(page, '#lab=vector-clocks');
  // A step stands still too, and is no step back, which one of the hints asks for.
  await page.keyboard.press('.');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.evaluate(() => window.lightcone.seek(20));
  await frames(page);
  await page.getByRole('button', { name: 'No hints' }).click();
  await expect(page.locator('.hint')).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.page')).toBeVisible();
  await expect(page.locator('.hint')).toHaveCount(0);
});

for (const [size, least] of [[{ width: 1024, height: 768 }, 18], [{ width: 1920, height: 1080 }, 24]] as const) {
  test(`an audience reads nothing under ${least} px: ${size.width}×${size.height}`, async ({ page }) => {
    test.skip(isSmall(page), 'the sizes are set here');
    await page.setViewportSize(size);
    for (const scenario of ['mesi&scenario=false-sharing', 'raft-lock&scenario=first-election', 'zk-lock&scenario=sleeper', 'queue', 'vector-clocks', 'causal-kv']) {
      await page.goto('about:blank');
      await start(page, `?present#lab=${scenario}`);
      await page.evaluate(() => window.lightcone.run());
      await frames(page);
      const small = await page.evaluate((px) => {
        const texts = [...document.querySelectorAll<HTMLElement>('.page *')].filter(
          (e) =>
            [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent!.trim() !== '') &&
            e.checkVisibility() &&
            !e.closest('.sr, .top, title'),
        );
        return texts.filter((e) => parseFloat(getComputedStyle(e).fontSize) < px - 0.5).map((e) => `${e.tagName}.${e.getAttribute('class')} ${getComputedStyle(e).fontSize} “${e.textContent!.slice(0, 30)}”`);
      }, least);
      expect.soft(small.slice(0, 6), scenario).toEqual([]);
      await expect.soft(page.locator('.card.below .panel:not(.cluster)').first(), scenario).toBeVisible();
    }
  });
}
