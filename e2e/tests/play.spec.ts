// Time: the page plays by itself, and the person can stop it, step through it and drag it about.
import { expect, test } from '../fixtures.ts';
import { atEnd, clock, count, dragSlider, frames, isSmall, nowX, picture, shownMs, start, still } from '../helpers.ts';

test('the first visit moves by itself', async ({ page }) => {
  await start(page);
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  const [before, line, ms] = [await picture(page), await nowX(page), await shownMs(page)];
  await expect.poll(() => picture(page)).not.toBe(before);
  await expect.poll(() => nowX(page)).toBeGreaterThan(line + 20);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(ms + 10);
  await expect.poll(async () => Number(/event (\d+)/.exec((await count(page).textContent()) ?? '')?.[1])).toBeGreaterThan(4);
});

test('a run reaches its end and stops there, and play begins again', async ({ page }) => {
  await start(page);
  for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Faster' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await expect(clock(page)).toHaveText('175.000 ms');
  await expect(count(page)).toHaveText(/^event (\d+) of \1$/);
  await frames(page);
  const before = await picture(page);
  await frames(page);
  await frames(page);
  expect(await picture(page)).toBe(before);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect.poll(() => shownMs(page)).toBeLessThan(170);
  expect(await picture(page)).not.toBe(before);
});

test('pause and play by button and by space', async ({ page }) => {
  await start(page);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(3);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await frames(page);
  const [ms, before] = [await shownMs(page), await picture(page)];
  await frames(page);
  await frames(page);
  expect(await shownMs(page)).toBe(ms);
  expect(await picture(page)).toBe(before);
  // The button has the focus: space must not count twice.
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect.poll(() => shownMs(page)).toBeGreaterThan(ms);
  await page.locator('#diagram').focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
});

test('one event forward and back, by button and by key', async ({ page }) => {
  await still(page);
  // At time 0 the processes have started.
  const first = 3;
  const shows = async (n: number) => {
    await expect(count(page)).toHaveText(new RegExp(`^event ${n} of`));
    await frames(page);
    return picture(page);
  };
  const seen: string[] = [await shows(first)];
  for (let n = 1; n <= 7; n++) {
    if (n % 2) await page.getByRole('button', { name: 'One event forward' }).click();
    else await page.keyboard.press('.');
    seen.push(await shows(first + n));
  }
  const times = await page.evaluate(() => window.lightcone.trace().map((r) => r.at_us));
  await expect(clock(page)).toHaveText(`${(times[first + 6]! / 1000).toFixed(3)} ms`);
  expect(new Set(seen).size, 'nearly every event changes the picture').toBeGreaterThan(5);
  // Back: the same number; what was taken back is pale and not gone.
  await page.getByRole('button', { name: 'One event back' }).click();
  await shows(first + 6);
  await page.keyboard.press(',');
  await shows(first + 5);
  await expect(count(page)).toHaveText(`event ${first + 5} of ${times.length}`);
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  expect(await shows(first + 7)).toBe(seen[7]);
  // Before all processes have started there is nothing to look at.
  for (let n = first + 7; n > first; n--) await page.getByRole('button', { name: 'One event back' }).click();
  await expect(count(page)).toHaveText(new RegExp(`^event ${first} of`));
  await expect(page.getByRole('button', { name: 'One event back' })).toBeDisabled();
});

test('the slider takes the run to any instant', async ({ page }) => {
  await still(page);
  const slider = page.getByRole('slider', { name: 'Time' });
  await dragSlider(page, slider, 0.8);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(130);
  expect(await shownMs(page)).toBeLessThan(150);
  await frames(page);
  const [events, before, line] = [await count(page).textContent(), await picture(page), await nowX(page)];
  await dragSlider(page, slider, 0.25);
  await expect.poll(() => shownMs(page)).toBeLessThan(55);
  expect(await shownMs(page)).toBeGreaterThan(35);
  await frames(page);
  expect(await count(page).textContent()).not.toBe(events);
  expect(await picture(page)).not.toBe(before);
  expect(await nowX(page)).toBeLessThan(line - 100 * (isSmall(page) ? 0.5 : 1));
  await dragSlider(page, slider, 1);
  await expect(clock(page)).toHaveText('175.000 ms');
  await dragSlider(page, slider, 0);
  await expect(clock(page)).toHaveText('0.000 ms');
});

test('Home and End, arrows, and their buttons', async ({ page }) => {
  await still(page);
  await page.keyboard.press('End');
  await expect(clock(page)).toHaveText('175.000 ms');
  await page.keyboard.press('ArrowLeft');
  await expect(clock(page)).toHaveText('171.500 ms');
  await page.keyboard.press('ArrowRight');
  await expect(clock(page)).toHaveText('175.000 ms');
  await page.keyboard.press('Home');
  await expect(clock(page)).toHaveText('0.000 ms');
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect(clock(page)).toHaveText('175.000 ms');
  await page.getByRole('button', { name: 'To the beginning' }).click();
  await expect(clock(page)).toHaveText('0.000 ms');
});

test('speed goes from a hundredth to as fast as possible', async ({ page }) => {
  await still(page);
  const speed = page.locator('.speed output');
  await expect(speed).toHaveText('0.02×');
  await page.getByRole('button', { name: 'Slower' }).click();
  await expect(speed).toHaveText('0.01×');
  await expect(page.getByRole('button', { name: 'Slower' })).toBeDisabled();
  await page.keyboard.press('>');
  await expect(speed).toHaveText('0.02×');
  await page.keyboard.press('<');
  await expect(speed).toHaveText('0.01×');
  for (let i = 0; i < 10; i++) await page.getByRole('button', { name: 'Faster' }).click();
  await expect(speed).toHaveText('max');
  await expect(page.getByRole('button', { name: 'Faster' })).toBeDisabled();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(clock(page)).toHaveText('175.000 ms');
});

test('with the scrubber in hand the other keys mean what they mean everywhere', async ({ page }) => {
  await atEnd(page);
  const slider = page.locator('#scrubber');
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(clock(page)).toHaveText('0.000 ms');
  await expect(slider).toBeFocused();
  const sight = () => page.locator('#overview').getAttribute('aria-valuetext');
  const whole = await sight();
  await page.keyboard.press('+');
  await expect.poll(sight).not.toBe(whole);
  const before = await count(page).textContent();
  await page.keyboard.press('.');
  await expect(count(page)).not.toHaveText(before!);
});
