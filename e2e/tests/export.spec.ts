// Taking a run away and bringing it back: pictures, files, links between them, and files that are no good.
import type { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expect, test } from '../fixtures.ts';
import { atEnd, empty, hash, openFile, ready, save, still, text, trace } from '../helpers.ts';

/** Another visit, from nothing: what comes back can only come out of the file. */
async function elsewhere(page: Page): Promise<void> {
  await page.evaluate(() => localStorage.clear());
  await page.goto('about:blank');
  await page.goto('./#lab=vector-clocks&scenario=lost');
  await ready(page);
}

async function toEnd(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'To the end' }).click();
  return hash(page);
}

/** A run that no built-in scenario has: an act by hand in it. */
async function byHand(page: Page): Promise<string> {
  await atEnd(page);
  await page.evaluate(() => window.lightcone.seek(12));
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } }));
  return toEnd(page);
}

test('the SVG is a picture with its text as text, and opens the run again', async ({ page }) => {
  const before = await byHand(page);
  const download = await save(page, 'SVG');
  expect(download.suggestedFilename()).toBe('textbook.svg');
  const svg = await text(download);
  const parsed = await page.evaluate((source) => {
    const doc = new DOMParser().parseFromString(source, 'image/svg+xml');
    return {
      error: doc.querySelector('parsererror')?.textContent ?? null,
      texts: [...doc.querySelectorAll('text')].map((t) => t.textContent),
      lines: doc.querySelectorAll('line').length,
      scenario: doc.querySelector('#lightcone-scenario')?.textContent ?? '',
    };
  }, svg);
  expect(parsed.error).toBeNull();
  expect(parsed.texts).toEqual(expect.arrayContaining(['P1', 'P2', 'P3', 'm1']));
  expect(parsed.lines).toBeGreaterThan(10);
  expect((JSON.parse(parsed.scenario) as { acts: unknown[] }).acts).toHaveLength(10);
  await elsewhere(page);
  await openFile(page, 'textbook.svg', svg);
  await expect(page.getByLabel('Scenario', { exact: true })).toHaveText(/The textbook example/);
  await expect.poll(() => toEnd(page)).toBe(before);
});

test('an SVG that is dropped on the page opens its run', async ({ page }) => {
  const before = await byHand(page);
  const svg = await text(await save(page, 'SVG for print'));
  await elsewhere(page);
  await page.evaluate((source) => {
    const data = new DataTransfer();
    data.items.add(new File([source], 'x.svg', { type: 'image/svg+xml' }));
    document.querySelector('#diagram')!.dispatchEvent(
      new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
    );
  }, svg);
  await expect.poll(() => toEnd(page)).toBe(before);
});

test('the print SVG has no colours', async ({ page }) => {
  await atEnd(page);
  const svg = await text(await save(page, 'SVG for print'));
  const colours = new Set(svg.match(/#[0-9a-f]{6}/g));
  expect(colours.size).toBeGreaterThan(2);
  for (const colour of colours) expect(colour).toMatch(/^#([0-9a-f]{2})\1\1$/);
});

test('the PNG has twice the size of what is seen and is not blank', async ({ page }) => {
  await atEnd(page);
  const download = await save(page, 'PNG');
  expect(download.suggestedFilename()).toBe('textbook.png');
  const bytes = await readFile(await download.path());
  expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const seen = await page.evaluate(async (base64) => {
    const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const image = await createImageBitmap(blob);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const ctx = canvas.getContext('2d')!;
    ctx.drawImage(image, 0, 0);
    const data = ctx.getImageData(0, 0, image.width, image.height).data;
    const colours = new Set<number>();
    for (let i = 0; i < data.length; i += 4) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    const on = document.querySelector<HTMLCanvasElement>('#diagram')!;
    return { w: image.width, h: image.height, on: [on.clientWidth, on.clientHeight], colours: colours.size };
  }, bytes.toString('base64'));
  expect([seen.w, seen.h]).toEqual(seen.on.map((n) => 2 * n));
  expect(seen.colours).toBeGreaterThan(20);
});

test('the scenario file opens the same run', async ({ page }) => {
  const before = await byHand(page);
  const download = await save(page, 'Scenario');
  expect(download.suggestedFilename()).toBe('textbook.lightcone.json');
  const json = await text(download);
  expect(JSON.parse(json)).toMatchObject({ format: 'lightcone/1', lab: 'vector-clocks' });
  await elsewhere(page);
  await openFile(page, 'mine.lightcone.json', json);
  await expect.poll(() => toEnd(page)).toBe(before);
  // The menu has done its work.
  await expect(page.locator('.drop:visible')).toHaveCount(0);
});

test('the trace file says what the page says', async ({ page }) => {
  await atEnd(page, 'lost');
  const download = await save(page, 'Trace');
  expect(download.suggestedFilename()).toBe('lost.jsonl');
  const lines = (await text(download)).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(await trace(page));
});

const SCENARIO = { format: 'lightcone/1', lab: 'vector-clocks' };

const BAD: [string, string, RegExp][] = [
  ['an empty file', '', /^This cannot be opened\. \$: .+/],
  ['text that is no JSON', 'Dear diary,', /^This cannot be opened\. \$: .+/],
  ['JSON that breaks off', '{"format":"lightcone/1","lab":', /^This cannot be opened\. \$: .+/],
  ['an unknown lab', JSON.stringify({ ...SCENARIO, lab: 'alchemy' }), /\$\.lab: there is no such lab/],
  ['another format', JSON.stringify({ ...SCENARIO, format: 'lightcone/9' }), /\$\.format: /],
  ['an unknown key', JSON.stringify({ ...SCENARIO, colour: 'red' }), /\$\.colour: /],
  ['an unknown process', JSON.stringify({ ...SCENARIO, acts: [{ at_ms: 1, act: { crash: { node: 'P9' } } }] }), /\$\.acts\[0\]\.act\.crash\.node: /],
  ['a number out of range', JSON.stringify({ ...SCENARIO, setup: { processes: 27 } }), /\$\.setup\.processes: /],
  ['an SVG of somebody else', '<svg xmlns="http://www.w3.org/2000/svg"/>', /^This cannot be opened\. \$: .+/],
  ['a megabyte of noise', '\u0001\ud83d\ude00"{[' .repeat(120_000), /^This cannot be opened\. \$: .+/],
  ['deep nesting', '['.repeat(200_000), /^This cannot be opened\. \$: .+/],
];

test('what is no scenario is refused in one sentence, and nothing is lost', async ({ page }) => {
  const before = await byHand(page);
  for (const [name, content, sentence] of BAD) {
    await test.step(name, async () => {
      await openFile(page, 'bad.json', content);
      const notice = page.getByRole('alert').filter({ hasText: 'cannot be opened' }).locator('span');
      await expect(notice).toHaveText(sentence);
      const said = (await notice.textContent()) ?? '';
      expect(said.length, said.slice(0, 400)).toBeLessThan(300);
      expect(await hash(page)).toBe(before);
      await expect(page.getByLabel('Scenario', { exact: true })).toHaveText(/The textbook example/);
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await expect(page.locator('.notice')).toHaveCount(0);
    });
  }
});

test('a file that was put right can be opened again under its name', async ({ page }) => {
  await still(page);
  await openFile(page, 'mine.json', '{');
  await expect(page.locator('.notice.bad')).toBeVisible();
  await openFile(page, 'mine.json', JSON.stringify({ ...SCENARIO, title: 'Put right' }));
  await expect(page.getByLabel('Scenario', { exact: true })).toHaveText(/Put right/);
  await expect(page.locator('.notice.bad')).toHaveCount(0);
});

test('labels with every kind of character survive the SVG', async ({ page }) => {
  await empty(page);
  const message = '<b>&"\' שלום 😀 ]]>';
  await page.evaluate(
    (m) => window.lightcone.act({ request: { node: 'P1', op: 'send', args: { to: 'P2', message: m } } }),
    message,
  );
  const before = await toEnd(page);
  const svg = await text(await save(page, 'SVG'));
  const error = await page.evaluate(
    (source) => new DOMParser().parseFromString(source, 'image/svg+xml').querySelector('parsererror')?.textContent ?? '',
    svg,
  );
  expect(error).toBe('');
  await elsewhere(page);
  await openFile(page, 'x.svg', svg);
  await expect.poll(() => toEnd(page)).toBe(before);
  expect((await trace(page)).find((r) => r.kind === 'send')?.label).toContain('שלום 😀');
});
