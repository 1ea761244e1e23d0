// What stays: across a reload, in a link, and between visits.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { atEnd, clock, dragSlider, hash, header, ready, shownMs, start, still } from '../helpers.ts';

/** The address is written a moment after the last change. */
async function address(page: Page): Promise<string> {
  let last = '';
  await expect
    .poll(async () => {
      const now = await page.evaluate(() => {
        const at = /t=(\d+)/.exec(location.hash)?.[1];
        return { hash: location.hash, ms: at === undefined ? '' : `${(Number(at) / 1000).toFixed(3)} ms` };
      });
      last = now.hash;
      return now.ms === (await clock(page).textContent());
    })
    .toBe(true);
  return last;
}

/** Crashes a process in the middle of a run, by hand. */
async function actInTheMiddle(page: Page): Promise<void> {
  await still(page);
  await dragSlider(page, page.getByRole('slider', { name: 'Time' }), 0.5);
  await expect.poll(() => shownMs(page)).toBeGreaterThan(70);
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } }));
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes[1]!.status)).toBe('crashed');
}

test('a reload comes back to the same run and the same moment', async ({ page }) => {
  await actInTheMiddle(page);
  await address(page);
  const ms = await clock(page).textContent();
  const before = await page.evaluate(() => window.lightcone.scenario());
  const frame = await page.evaluate(() => window.lightcone.frame());
  await page.reload();
  await ready(page);
  await expect(clock(page)).toHaveText(ms!);
  expect(await page.evaluate(() => window.lightcone.scenario())).toEqual(before);
  expect(await page.evaluate(() => window.lightcone.frame())).toEqual(frame);
  // It stands still where it was left.
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('the address holds the run: another browser opens the same', async ({ page, browser, site }) => {
  await actInTheMiddle(page);
  const link = `${site.url}${await address(page)}`;
  const frame = await page.evaluate(() => window.lightcone.frame());
  const ms = await clock(page).textContent();
  await page.keyboard.press('End');
  const end = await hash(page);
  const other = await browser.newContext({ viewport: page.viewportSize() });
  const fresh = await other.newPage();
  await fresh.goto(link);
  await ready(fresh);
  await expect(clock(fresh)).toHaveText(ms!);
  expect(await fresh.evaluate(() => window.lightcone.frame())).toEqual(frame);
  await fresh.keyboard.press('End');
  expect(await hash(fresh)).toBe(end);
  await other.close();
});

test('Share puts that link on the clipboard', async ({ page, context, site }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await atEnd(page);
  await (await header(page, 'Share')).click();
  await expect(page.locator('.notice')).toContainText('The link is on the clipboard.');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.startsWith(`${site.url}#v=2&lab=vector-clocks&z=`)).toBe(true);
  expect(link).toContain('&t=175000');
});

test('a run too long for a link is still there after a reload', async ({ page }) => {
  await start(page);
  await page.evaluate(() => {
    // Words that no compression makes shorter.
    const word = (i: number) => [1, 2, 3].map((k) => (Math.abs(Math.sin(i * 7 + k)) * 1e9).toString(36)).join('');
    const acts = Array.from({ length: 900 }, (_, i) => ({ at_ms: i, act: { request: { node: 'P1', op: 'multicast', args: { message: word(i) } } } }));
    window.lightcone.load({ format: 'lightcone/1', lab: 'vector-clocks', title: 'Long', acts, until_ms: 1000 });
    window.lightcone.run();
  });
  await expect.poll(() => page.evaluate(() => location.hash)).toBe('#s=stored');
  const before = await hash(page);
  await page.reload();
  await ready(page);
  await page.keyboard.press('End');
  await expect.poll(() => hash(page)).toBe(before);
});

for (const [name, link, says = /^The link cannot be opened[.:] .{5,200}$/] of [
  ['not JSON', '#s=hello'],
  ['a lab that does not exist', `#s=${encodeURIComponent('{"format":"lightcone/1","lab":"nope"}')}`],
  ['cut off in the middle', `#s=${encodeURIComponent('{"format":"lightcone/1","la')}`],
  ['cut off in the middle of a character', '#s=%7B%22format%22%3A%2'],
  [
    'a scenario that does not exist',
    '#lab=vector-clocks&scenario=nope',
    /^The link cannot be opened: there is no scenario “nope” in vector-clocks\. There are: [a-z, -]+\. Its lab, Vector clocks, is open instead\.$/,
  ],
  ['something else', '#section-3'],
] as [string, string, RegExp?][]) {
  test(`a link that is ${name} is explained, and the first scenario opens`, async ({ page }) => {
    await start(page, link);
    const alert = page.getByRole('alert').locator('span');
    await expect(alert).toHaveText(says);
    await expect(page.getByLabel('Scenario', { exact: true })).toHaveValue('textbook');
    await expect.poll(() => shownMs(page)).toBeGreaterThan(1);
  });
}

test('the way back in the browser leads to the scenario that was open', async ({ page }) => {
  await atEnd(page);
  const before = await address(page);
  const scenario = page.getByLabel('Scenario', { exact: true });
  await scenario.selectOption('partition');
  await expect(page).toHaveTitle(/Two sides of a partition/);
  // The address follows a moment later.
  await expect.poll(() => page.evaluate(() => location.hash)).not.toBe(before);
  await page.goBack();
  await expect(scenario).toHaveValue('textbook');
  await expect.poll(() => shownMs(page)).toBe(175);
});

test('a link that lost its end says so, and opens what came through', async ({ page }) => {
  await atEnd(page);
  const link = await address(page);
  await page.goto('about:blank');
  await start(page, link.slice(0, -1));
  const alert = page.getByRole('alert').locator('span');
  await expect(alert).toHaveText('The link is damaged. Its last characters are missing.');
  await expect(clock(page)).toHaveText('175.000 ms');
  await page.goto('about:blank');
  await start(page, link.slice(0, 80));
  await expect(alert).toHaveText('The link cannot be opened. It is not whole: its end is missing. Its lab, Vector clocks, is open instead.');
});

test('a link can name a built-in scenario', async ({ page }) => {
  await start(page, '#lab=vector-clocks&scenario=partition');
  await expect(page.getByLabel('Scenario', { exact: true })).toHaveValue('partition');
  await expect(page).toHaveTitle(/Two sides of a partition/);
  // And one that is typed into the address of an open page works too.
  await page.evaluate(() => {
    location.hash = '#lab=vector-clocks&scenario=crash';
  });
  await expect(page.getByLabel('Scenario', { exact: true })).toHaveValue('crash');
});

test('the first visit follows the system, a choice is kept', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await start(page);
  const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const paper = () =>
    page.evaluate(() => [...document.querySelector<HTMLCanvasElement>('#diagram')!.getContext('2d')!.getImageData(2, 2, 1, 1).data]);
  expect(await theme()).toBe('dark');
  const dark = await ground();
  await expect.poll(async () => (await paper())[0]).toBeLessThan(60);
  await (await header(page, 'Light theme')).click();
  await expect.poll(theme).toBe('light');
  expect(await ground()).not.toBe(dark);
  await expect.poll(async () => (await paper())[0]).toBeGreaterThan(200);
  await page.reload();
  await ready(page);
  expect(await theme()).toBe('light');
  await page.keyboard.press('t');
  await expect.poll(theme).toBe('dark');
});

test('Reset takes back what was done by hand', async ({ page }) => {
  await actInTheMiddle(page);
  await (await header(page, 'Reset')).click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  expect((await page.evaluate(() => window.lightcone.scenario()))['acts']).toHaveLength(9);
});
