// Guides: every one from beginning to end; answers right, wrong and shown; taking over and coming back; before an
// audience and inside another page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import { atEnd, clock, frames, inkIn, isSmall, place, ready, start, tab } from '../helpers.ts';
import { answer, wholeTrace, type Guide, type GuideStep } from '../trace.ts';

const LABS = readdirSync(join(import.meta.dirname, '..', '..', 'guides'))
  .filter((name) => name.endsWith('.md') && name !== 'glossary.md')
  .map((name) => name.slice(0, -3));

const guide = (page: Page) => page.locator('section.guide');
const heading = (page: Page) => guide(page).locator('> .step');
const button = (page: Page, name: string) => guide(page).getByRole('button', { name, exact: true });

async function open(page: Page, lab = 'vector-clocks', step = 1): Promise<Guide> {
  await start(page, `#guide=${lab}.${step}`);
  const read = (await (await page.request.get(`guides/${lab}.json`)).json()) as Guide;
  await expect(heading(page)).toHaveText(read.steps[step - 1]!.title);
  return read;
}

/** A second page that works runs out; the first one stays as it is. */
async function helper(page: Page): Promise<Page> {
  const other = await page.context().newPage();
  await start(other);
  return other;
}

async function rightAnswer(page: Page, other: Page, step: GuideStep): Promise<string[]> {
  const { trace } = await wholeTrace(page, other);
  return answer(step.ask!.answer, trace);
}

async function give(page: Page, given: string[], isOrder: boolean): Promise<void> {
  const inputs = guide(page).locator('.numbers input');
  const count = await inputs.count();
  if (count > 0) {
    expect(count).toBe(given.length);
    for (let i = 0; i < count; i++) await inputs.nth(i).fill(given[i]!);
    await button(page, 'Check').click();
    return;
  }
  for (const text of given) {
    const options = guide(page).locator('.choices button');
    const texts = await options.allTextContents();
    const i = texts.findIndex((t) => t === text || t.startsWith(`${text}:`));
    expect(i, `“${text}” is among ${texts.join(' | ')}`).toBeGreaterThanOrEqual(0);
    await options.nth(i).click();
  }
  if (isOrder) await button(page, 'Check').click();
}

for (const lab of LABS) {
  test(`the guide of ${lab} is walked from beginning to end`, async ({ page }) => {
    test.slow();
    // What would be played is there at once.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const read = await open(page, lab);
    const other = await helper(page);
    expect(read.steps.filter((s) => s.ask).length).toBeGreaterThanOrEqual(2);
    for (const [i, step] of read.steps.entries()) {
      await expect(heading(page)).toHaveText(step.title);
      await expect(guide(page)).toContainText(`step ${i + 1} of ${read.steps.length}`);
      await expect(guide(page).getByText('You have taken over.')).toHaveCount(0);
      if (step.ask) {
        await give(page, await rightAnswer(page, other, step), step.ask.answer.startsWith('order '));
        await expect(guide(page).locator('.ask.over .tick')).toBeVisible();
      }
      if (step.check) {
        await expect(guide(page).locator('.task.done')).toHaveCount(0);
        await button(page, 'Show me').click();
        await expect(guide(page).locator('.task.done')).toBeVisible({ timeout: 30_000 });
      }
      await button(page, i + 1 < read.steps.length ? 'Next' : 'Finish').click();
    }
    await expect(guide(page)).toHaveCount(0);
  });
}

test('a first visit is invited, moves by itself, and comes back to the step it was at', async ({ page }) => {
  await start(page);
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().position)).toBeGreaterThan(6);
  await page.getByRole('button', { name: 'Take the guide' }).click();
  await expect(guide(page)).toContainText('step 1 of');
  await button(page, 'Next').click();
  await expect(guide(page)).toContainText('step 2 of');
  const second = await heading(page).textContent();
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('guide=vector-clocks.2');
  await page.reload();
  await ready(page);
  await expect(heading(page)).toHaveText(second!);
  await button(page, 'Leave the guide').click();
  await expect(guide(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Guide', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Take the guide' })).toHaveCount(0);
});

test('a clock is covered until it is answered, and a wrong answer is explained', async ({ page }) => {
  const read = await open(page, 'vector-clocks', 3);
  const step = read.steps[2]!;
  const right = await rightAnswer(page, await helper(page), step);
  await frames(page);
  // The one that is asked for stands as a question mark, and no table gives it away.
  await tab(page, 'events');
  if (!isSmall(page)) await page.locator('.tab[data-tab="events"]').click();
  const text = `(${right.join(',')})`;
  await expect(page.locator('.events')).toBeVisible();
  await expect(page.locator('.events')).not.toContainText(text);
  const wrong = right.map((n, i) => (i === 0 ? String(Number(n) + 1) : n));
  await give(page, wrong, false);
  await expect(guide(page).locator('.cross')).toContainText(wrong.join(', '));
  await expect(guide(page).locator('.ask')).toContainText('First take the larger number');
  await button(page, 'Show me').click();
  await expect(guide(page).locator('.ask.over')).toContainText(`It is ${text}`);
  await expect(guide(page).locator('.ask .why')).toContainText('larger');
  // The run has gone on to the event, and shows it.
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().event)).toBe(7);
  await expect(page.locator('.events')).toContainText(text);
});

test('what is ringed is seen in the diagram', async ({ page }) => {
  await open(page, 'vector-clocks', 3);
  await frames(page);
  const { x, y } = await place(page, 7);
  const ink = () => inkIn(page, '#2353d9', { x: x - 16, y: y - 16, w: 32, h: 32 });
  await expect.poll(ink).toBeGreaterThan(30);
  await button(page, 'Leave the guide').click();
  await expect.poll(ink).toBe(0);
});

test('who takes over can always come back', async ({ page }) => {
  await open(page, 'vector-clocks', 4);
  const before = await clock(page).textContent();
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } }));
  await expect(guide(page).getByText('You have taken over.')).toBeVisible();
  await button(page, 'Back to the guide').click();
  await expect(guide(page).getByText('You have taken over.')).toHaveCount(0);
  await expect(clock(page)).toHaveText(before!);
  expect(await page.evaluate(() => window.lightcone.frame().processes.map((p) => p.status))).toEqual(['up', 'up', 'up']);
  // Another lab altogether, and back again.
  await page.getByLabel('Lab', { exact: true }).selectOption('total-order');
  await expect(guide(page).getByText('You have taken over.')).toBeVisible();
  await button(page, 'Back to the guide').click();
  await expect(clock(page)).toHaveText(before!);
  await expect(page.getByLabel('Lab', { exact: true })).toHaveValue('vector-clocks');
  await button(page, 'Back').click();
  await expect(guide(page)).toContainText('step 3 of');
  await expect(guide(page).locator('.numbers input').first()).toBeEnabled();
});

test('what the person is to do can be done by hand', async ({ page }) => {
  await open(page, 'vector-clocks', 8);
  await expect(guide(page).locator('.task')).toContainText('Your turn');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(guide(page).locator('.task.done')).toBeVisible({ timeout: 30_000 });
  await expect(guide(page).locator('.task.done')).toContainText('Done');
  await expect(guide(page).getByText('You have taken over.')).toHaveCount(0);
});

test('a step looks the same from wherever one comes', async ({ page }) => {
  const state = () => page.evaluate(() => [window.lightcone.hash(), window.lightcone.frame().position, window.lightcone.trace().length]);
  const read = await open(page, 'causal-multicast', 4);
  const direct = await state();
  await button(page, 'Next').click();
  await expect(heading(page)).toHaveText(read.steps[4]!.title);
  await button(page, 'Next').click();
  await expect(heading(page)).toHaveText(read.steps[5]!.title);
  await button(page, 'Back').click();
  await expect(heading(page)).toHaveText(read.steps[4]!.title);
  await button(page, 'Back').click();
  await expect(heading(page)).toHaveText(read.steps[3]!.title);
  expect(await state()).toEqual(direct);
});

test('words of the text show what they speak of', async ({ page }) => {
  await open(page, 'vector-clocks', 2);
  await button(page, 'P1\'s very first event').click();
  await tab(page, 'inspect');
  await expect(page.locator('.inspector')).toContainText('P1: local event');
  await button(page, 'inspector').click();
  await expect(page.locator('.page')).toHaveAttribute('data-point', 'inspect');
});

test('before an audience one key does it all', async ({ page }) => {
  const read = await open(page, 'vector-clocks', 2);
  await button(page, 'Present').click();
  await expect(page.locator('.page.present')).toBeVisible();
  for (const hidden of ['.choosers', '.transport', '.toolbar', '.left']) await expect(page.locator(hidden).first()).toBeHidden();
  await expect(page.locator('#diagram')).toBeVisible();
  expect(await heading(page).evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize))).toBeGreaterThan(20);
  await page.keyboard.press('Space');
  await expect(heading(page)).toHaveText(read.steps[2]!.title);
  // A question is answered first, and then comes the next step.
  await page.keyboard.press('PageDown');
  await expect(guide(page).locator('.ask.over')).toContainText('It is (2,1,0)');
  await expect
    .poll(async () => {
      await page.keyboard.press('ArrowRight');
      return heading(page).textContent();
    })
    .toBe(read.steps[3]!.title);
  await page.keyboard.press('PageUp');
  await expect(heading(page)).toHaveText(read.steps[2]!.title);
  await page.locator('#diagram').locator('..').click({ position: { x: 40, y: 40 } });
  await expect(heading(page)).toHaveText(read.steps[3]!.title);
  await page.keyboard.press('Escape');
  await expect(page.locator('.page.present')).toHaveCount(0);
  await expect(page.locator('.choosers')).toBeVisible();
  await expect(heading(page)).toHaveText(read.steps[3]!.title);
});

test('before an audience without a guide the key goes from event to event', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?present#lab=total-order&scenario=concurrent');
  await ready(page);
  const at = () => page.evaluate(() => window.lightcone.frame().event ?? -1);
  await page.keyboard.press('Space');
  const first = await at();
  await page.keyboard.press('Space');
  await expect.poll(at).toBeGreaterThan(first);
  await expect(guide(page).locator('h3')).not.toBeEmpty();
  await page.keyboard.press('Escape');
  await expect(page.locator('.choosers')).toBeVisible();
  expect(new URL(page.url()).search).toBe('');
});

test('inside another page there are the parts that were asked for, and a way to the whole', async ({ page }) => {
  await page.goto('./?embed=diagram,transport,inspect#lab=vector-clocks&scenario=concurrent');
  await ready(page);
  await expect(page.locator('#diagram')).toBeVisible();
  await expect(page.locator('.transport')).toBeVisible();
  await expect(page.locator('.inspector')).toBeVisible();
  for (const hidden of ['.choosers', '.toolbar', '.act', '.network', '.card.below', '.rules', '.console']) {
    await expect(page.locator(hidden).first(), hidden).toBeHidden();
  }
  expect(await page.evaluate(() => localStorage.getItem('lightcone.run'))).toBeNull();
  const link = page.getByRole('link', { name: 'open in Lightcone' });
  const [whole] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await ready(whole);
  expect(new URL(whole.url()).search).toBe('');
  await expect(whole.getByLabel('Scenario', { exact: true })).toHaveValue('concurrent');
  await page.goto('./?embed');
  await ready(page);
  await expect(page.locator('.inspector')).toBeHidden();
  await expect(page.locator('.transport')).toBeVisible();
  await page.goto('./?embed=moon');
  await ready(page);
  await expect(page.getByRole('alert')).toContainText('no part “moon”');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in a guide, before an audience and inside a page', async ({ page }) => {
      test.slow();
      const clean = async (where: string) => {
        await frames(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary ?? ''}`).join(' | ')}`);
        expect.soft(found, where).toEqual([]);
      };
      await open(page, 'vector-clocks', 3);
      await clean('a question');
      await give(page, ['9', '9', '9'], false);
      await clean('a wrong answer');
      await button(page, 'Show me').click();
      await clean('the answer');
      await open(page, 'vector-clocks', 8);
      await clean('a task');
      await page.evaluate(() => window.lightcone.run());
      await clean('a task that is done');
      await button(page, 'Present').click();
      await clean('present');
      await page.goto('./?embed=diagram,transport,lab,inspect,act');
      await ready(page);
      await clean('embed');
    });
  });
}

test('a site without the file says so', async ({ page }) => {
  await page.route('**/guides/*.json', (route) => route.fulfill({ status: 200, body: 'nothing like a guide' }));
  await atEnd(page);
  await page.getByRole('button', { name: /guide/i }).click();
  await expect(page.getByRole('alert')).toContainText('The guide cannot go on');
});

test('on a narrow screen nothing of the guide is cut off', async ({ page }) => {
  for (const step of [1, 3, 5]) {
    await open(page, 'causal-kv', step);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide, `step ${step}`).toBeLessThanOrEqual(0);
    const box = (await guide(page).boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(page.viewportSize()!.width);
  }
});
