// Terms of the field are explained where they stand.

import { expect, test } from '../fixtures.ts';
import { isSmall, start, tab } from '../helpers.ts';

test('a term is explained by pointing, by the focus and by a tap, and the help has all of the lab', async ({ page }) => {
  await start(page, '#lab=raft-lock&scenario=leader-crash');
  await page.keyboard.press('End');
  await tab(page, 'inspect');
  const word = page.locator('.right .word', { hasText: /^votedFor$/ }).first();
  const says = page.locator('.word-says');
  await word.scrollIntoViewIfNeeded();
  await expect(says).toHaveCount(0);
  if (isSmall(page)) await word.click();
  else await word.hover();
  await expect(says).toContainText('votedFor');
  const box = (await says.boundingBox())!;
  const { width, height } = page.viewportSize()!;
  expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, 'all of it is in the window').toBe(true);
  await page.mouse.move(2, 2);
  await word.blur();
  await word.focus();
  await expect(says).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(says).toHaveCount(0);
  await page.keyboard.press('?');
  const words = page.getByRole('dialog').locator('.glossary dt');
  await expect(words.filter({ hasText: /^fencing token$/ })).toHaveCount(1);
  await expect(words.filter({ hasText: /^BusRdX$/ }), 'a word of another lab').toHaveCount(0);
});
