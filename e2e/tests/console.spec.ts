// The console: by keyboard alone, with completion, history, the HTTP form, refusals with their column, and replies.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { empty, frames, isSmall, ready, records, start } from '../helpers.ts';

const line = (page: Page) => page.getByRole('combobox', { name: 'Command line' });
const options = (page: Page) => page.getByRole('listbox', { name: 'Completions' }).getByRole('option');
const lines = (page: Page) => page.locator('.console .lines li');

/** On a small screen it stands under the Act tab; else a key opens it. */
async function open(page: Page): Promise<void> {
  if (isSmall(page)) {
    await page.locator('.tab[data-tab="act"]').click();
    await line(page).focus();
  } else {
    await page.keyboard.press('`');
  }
  await expect(line(page)).toBeFocused();
}

test('a line is completed and done by keyboard alone', async ({ page }) => {
  await empty(page);
  await open(page);
  await expect(line(page)).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.type('cr');
  await expect(line(page)).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue('crash ');
  await expect(options(page)).toHaveCount(3);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const second = options(page).nth(1);
  await expect(second).toHaveAttribute('aria-selected', 'true');
  await expect(line(page)).toHaveAttribute('aria-activedescendant', (await second.getAttribute('id'))!);
  await page.keyboard.press('Enter');
  await expect(line(page)).toHaveValue('crash P2 ');
  await page.keyboard.press('Enter');
  await expect(line(page)).toHaveValue('');
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes[1]!.status)).toBe('crashed');
  await expect(lines(page)).toHaveText([/crash P2.*P2 crashes/]);
});

test('Escape closes the list, then the console; Tab goes on where there is nothing to complete', async ({ page }) => {
  await empty(page);
  await open(page);
  await page.keyboard.press('ArrowDown');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('listbox', { name: 'Completions' })).toBeHidden();
  await expect(line(page)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(line(page)).not.toBeFocused();
  if (isSmall(page)) return;
  await line(page).focus();
  await page.keyboard.press('Escape');
  await expect(line(page)).toBeHidden();
  await page.getByRole('button', { name: 'type it in the console' }).click();
  await expect(line(page)).toBeFocused();
  // What is typed there is text and no key of the player.
  await page.keyboard.type('t ?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(line(page)).toHaveValue('t ?');
});

test('what is wrong is named with its column, what is refused with its reason', async ({ page }) => {
  await empty(page);
  await open(page);
  for (const text of ['crash P9', 'P1 send P2 "hi"', 'crash P1', 'P1 local']) {
    await line(page).fill(text);
    await page.keyboard.press('Enter');
    await expect(line(page)).toHaveValue('');
  }
  await expect(lines(page)).toHaveCount(4);
  const wrong = lines(page).nth(0);
  await expect(wrong.locator('mark')).toHaveText('P9');
  await expect(wrong).toContainText('column 7:');
  await expect(lines(page).nth(1)).toContainText('P1');
  expect((await records(page, 'send')).length).toBe(1);
  await expect(lines(page).nth(3)).toContainText('refused: ');
  expect((await records(page, 'refused')).length).toBe(1);
});

test('the HTTP form is completed, done, and its reply comes to the line', async ({ page }) => {
  await start(page);
  await page.evaluate(() => window.lightcone.load({ format: 'lightcone/1', lab: 'causal-kv', network: { delay_ms: 10 }, until_ms: 500 }));
  await open(page);
  await page.keyboard.type('PO');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue('POST ');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue('POST node1 ');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue('POST node1 /put ');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue(/^POST node1 \/put \{"key":"x","value":1.*\}$/);
  await page.keyboard.press('Enter');
  await expect(lines(page).first()).toContainText('is asked');
  await page.evaluate(() => window.lightcone.run(200));
  await expect(lines(page).first()).toHaveClass(/reply/);
  await expect(lines(page).first()).toContainText('ok node1/1');
  await line(page).fill('GET node2 /get?key=x');
  await page.keyboard.press('Enter');
  await page.evaluate(() => window.lightcone.run(400));
  await expect(lines(page).nth(1)).toContainText('x = 1');
  expect((await records(page, 'reply')).length).toBe(2);
});

test('lines come back with the arrow keys, also on the next visit', async ({ page }) => {
  await empty(page);
  await open(page);
  for (const text of ['P1 local', 'heal', 'P1 local']) {
    await line(page).fill(text);
    await page.keyboard.press('Enter');
  }
  await page.reload();
  await ready(page);
  await open(page);
  await page.keyboard.type('half');
  await page.keyboard.press('ArrowUp');
  await expect(line(page)).toHaveValue('P1 local');
  await page.keyboard.press('ArrowUp');
  await expect(line(page)).toHaveValue('heal');
  await page.keyboard.press('ArrowDown');
  await expect(line(page)).toHaveValue('P1 local');
  await page.keyboard.press('ArrowDown');
  await expect(line(page)).toHaveValue('half');
});

test('help lists what there is to type, and clear takes the lines away', async ({ page }) => {
  await start(page, '#lab=causal-kv&scenario=session');
  await open(page);
  await page.keyboard.type('hel');
  await expect(options(page).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line(page)).toHaveValue(/^help/);
  await page.keyboard.press('Enter');
  const list = lines(page).first();
  for (const text of ['client1 put node key value', 'POST node1 /put', 'GET node1 /get?key=…', 'partition P1 P2 | P3', 'crash P1']) {
    await expect(list).toContainText(text);
  }
  await line(page).fill('clear');
  await page.keyboard.press('Enter');
  await expect(lines(page)).toHaveCount(0);
});

test('a completion is chosen with a finger or a mouse as well', async ({ page }) => {
  await empty(page);
  await open(page);
  await page.keyboard.type('pau');
  await options(page).filter({ hasText: 'pause' }).click();
  await expect(line(page)).toHaveValue('pause ');
  await expect(line(page)).toBeFocused();
  await options(page).filter({ hasText: 'P3' }).click();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes[2]!.status)).toBe('paused');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the console', async ({ page }) => {
      await empty(page);
      await open(page);
      for (const text of ['crash P9', 'crash P1', 'P1 local', 'help']) {
        await line(page).fill(text);
        await page.keyboard.press('Enter');
      }
      await page.keyboard.type('P2 send ');
      await page.keyboard.press('ArrowDown');
      await frames(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`)).toEqual([]);
    });
  });
}
