// For everybody: axe finds nothing wherever it looks, everything is reached by Tab, the focus is seen.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { atEnd, frames, header, isSmall, place, records, start, tab } from '../helpers.ts';

async function clean(page: Page, where: string): Promise<void> {
  await frames(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
  expect.soft(found, where).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in any panel', async ({ page }) => {
      await atEnd(page);
      for (const name of ['act', 'network', 'lab', 'inspect', 'events'] as const) {
        await tab(page, name);
        await clean(page, name);
      }
    });

    test('axe finds nothing in what lies over the page', async ({ page }) => {
      await atEnd(page);
      await page.locator('.actions > .menu summary').click();
      await clean(page, 'the File menu');
      await page.locator('.actions > .menu summary').click();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await clean(page, 'the help');
      await page.keyboard.press('Escape');
      const { x, y } = await place(page, (await records(page, 'boot'))[1]!.id);
      await page.mouse.click(x + 60, y, { button: 'right' });
      await expect(page.locator('.context')).toBeVisible();
      await clean(page, 'the menu of a lane');
      await page.keyboard.press('Escape');
    });

    test('axe finds nothing when things are crashed, chosen, broken and refused', async ({ page }) => {
      await start(page, '#lab=vector-clocks&scenario=broken-no-merge');
      await page.getByRole('button', { name: 'To the end' }).click();
      await page.evaluate(() => window.lightcone.act({ crash: { node: 'P1' } }));
      await page.evaluate(() => window.lightcone.act({ pause: { node: 'P2' } }));
      await page.keyboard.press('n');
      await page.locator('input[type="file"]').setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{') });
      await expect(page.getByRole('alert')).toBeVisible();
      for (const name of ['act', 'network', 'inspect', 'events'] as const) {
        await tab(page, name);
        await clean(page, name);
      }
    });
  });
}

test.describe('the failure panel', () => {
  test.use({ expectedErrors: [/unreachable/, /RuntimeError/, /asked for a failure/] });

  test('has nothing for axe either', async ({ page }) => {
    await start(page);
    await page.evaluate(() => {
      try {
        window.lightcone.fail();
      } catch {
        // The panel is what is looked at.
      }
    });
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await page.getByText('What happened').click();
    const { violations } = await new AxeBuilder({ page }).include('#failed').analyze();
    expect(violations.map((v) => v.id)).toEqual([]);
  });
});

test('Tab reaches everything that can be used, and each stop is seen', async ({ page }) => {
  await atEnd(page);
  // What a person can use and sees, by the page's own account; a name for each, to read in a failure.
  const wanted = await page.evaluate(() => {
    const list = [...document.querySelectorAll<HTMLElement>('button, select, input, summary, canvas, [tabindex="0"]')];
    const usable = list.filter((e) => e.checkVisibility() && !e.matches(':disabled') && e.tabIndex >= 0);
    usable.forEach((e, i) => e.setAttribute('data-stop', String(i)));
    return usable.map((e) => `${e.tagName} ${e.getAttribute('aria-label') ?? e.textContent?.slice(0, 30)}`);
  });
  const reached = new Set<number>();
  const unseen: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let i = 0; i < wanted.length + 5; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const e = document.activeElement as HTMLElement | null;
      if (!e || e === document.body) return null;
      const ringed = (x: Element | null): boolean => {
        if (!x) return false;
        const style = getComputedStyle(x);
        return style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
      };
      return { n: e.getAttribute('data-stop'), seen: ringed(e) || ringed(e.closest('label')) };
    });
    if (!stop || stop.n === null) continue;
    reached.add(Number(stop.n));
    if (!stop.seen) unseen.push(wanted[Number(stop.n)]!);
  }
  expect(wanted.filter((_, i) => !reached.has(i)), 'not reached').toEqual([]);
  expect(unseen, 'no ring around the focus').toEqual([]);
});

test('the help takes the focus, keeps it and gives it back', async ({ page }) => {
  await atEnd(page);
  const button = await header(page, 'Keys and help', 'Help');
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Keys and help' });
  await expect(dialog).toBeVisible();
  const inside = () => page.evaluate(() => !!document.activeElement?.closest('[role="dialog"]'));
  await expect.poll(inside).toBe(true);
  for (let i = 0; i < 4; i++) {
    await page.keyboard.press('Tab');
    expect(await inside()).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(isSmall(page) ? page.locator('.actions > .menu summary') : button).toBeFocused();
});

test('the menu of a lane can be opened and used by keyboard', async ({ page }) => {
  await atEnd(page);
  const { x, y } = await place(page, (await records(page, 'boot'))[1]!.id);
  await page.mouse.click(x + 60, y, { button: 'right' });
  const items = page.locator('.context [role="menuitem"]:not(:disabled)');
  await expect(items.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(items.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('.context')).toHaveCount(0);
  await expect.poll(async () => (await records(page, 'pause')).length).toBe(1);
});

test('the canvas says in words what it shows', async ({ page }) => {
  await atEnd(page);
  const label = page.locator('#diagram');
  await expect(label).toHaveAttribute('aria-label', /3 processes, \d+ events so far, at 175 milliseconds/);
  await expect(label).toHaveAttribute('role', 'img');
});

test('nothing moves by transitions where motion is not wanted', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await start(page);
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll('*')].filter((e) => {
      const style = getComputedStyle(e);
      return Number.parseFloat(style.transitionDuration) > 0 || Number.parseFloat(style.animationDuration) > 0;
    }).length,
  );
  expect(moving).toBe(0);
});
