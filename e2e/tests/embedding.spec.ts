// docs/embedding.md is true: its page works beside the built one, and each of its pieces of JavaScript runs.
import type { Page } from '@playwright/test';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SITE_FOLDER, expect, test as base } from '../fixtures.ts';
import { ready, trace } from '../helpers.ts';
import { serve, type Site } from '../site.ts';

interface Violation {
  rule: string;
  explain: string;
  events: number[];
}

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'embedding.md'), 'utf8').replaceAll('\r\n', '\n');

/** The fenced blocks of one language, from a heading on. */
function blocks(language: string, heading: string): string[] {
  const start = DOCUMENT.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`docs/embedding.md has no heading ${heading}`);
  const end = DOCUMENT.indexOf('\n## ', start + 1);
  const section = DOCUMENT.slice(start, end < 0 ? undefined : end);
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter((m) => m[1] === language).map((m) => m[2]!);
}

function only(language: string, heading: string): string {
  const found = blocks(language, heading);
  if (found.length !== 1) throw new Error(`${heading} has ${found.length} blocks of ${language}`);
  return found[0]!;
}

/** The document's page, with the built site in a folder beside it. */
const test = base.extend<object, { site: Site }>({
  site: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'lightcone-embedding-'));
      writeFileSync(join(folder, 'index.html'), only('html', 'A complete page'));
      cpSync(SITE_FOLDER, join(folder, 'lightcone'), { recursive: true });
      const site = await serve(folder);
      await use(site);
      await site.close();
      rmSync(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
});

test('the complete page loads a scenario, acts and reads the trace', async ({ page }) => {
  await page.goto('./');
  const [load, crash, read] = ['Send a message', 'Crash P2 before it arrives', 'What happened?'].map((name) =>
    page.getByRole('button', { name }),
  );
  const said = page.locator('#said');
  await expect(said).toHaveText('Ready.');
  await load!.click();
  await expect(said).toHaveText('1 message under way');
  await crash!.click();
  await expect(said).toHaveText('P2 is down');
  await read!.click();
  await expect(said).toHaveText('lost: crashed');
  // What is drawn is Lightcone's own, and it shows this run.
  await expect(page.frameLocator('#lab').locator('#diagram')).toBeVisible();
  const inside = page.frames().find((frame) => frame.url().includes('/lightcone/'))!;
  expect(await inside.evaluate(() => window.lightcone.scenario()['title'])).toBe('A lost message');
  // Without the crash the message arrives.
  await load!.click();
  await read!.click();
  await expect(said).toHaveText('received after 50 ms');
});

test('the iframe waits until the simulator is there', async ({ page }) => {
  await page.goto('./');
  const code = only('js', 'Waiting until it is ready');
  const version = await page.evaluate(
    (text) => new Function(`${text}; return lightconeIn(document.querySelector('iframe')).then((l) => l.version);`)(),
    code,
  );
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

/** Opens the site alone, as somebody in its console has it. */
async function open(page: Page): Promise<void> {
  await page.goto('./lightcone/');
  await ready(page);
}

test('the examples of all calls run, and say what they say', async ({ page }) => {
  await open(page);
  const examples = blocks('js', 'The calls');
  // One after the other: later ones use what earlier ones have found.
  const said = await page.evaluate((code) => {
    const lines: unknown[] = [];
    new Function('console', code)({ log: (value: unknown) => lines.push(value) });
    return lines;
  }, examples.join('\n'));
  const [wrong, reason, down, hash, same, place] = said;
  expect(wrong).toMatch(/^\$\.setup\.processes: /);
  expect(reason).toBe('crashed');
  expect(down).toEqual(['P2']);
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(same).toBe(true);
  expect(place === null || typeof (place as { x: number }).x === 'number').toBe(true);
  expect((await trace(page)).filter((record) => record.kind === 'refused')).toHaveLength(1);
});

test('every call is in the document, and every call of the document is there', async ({ page }) => {
  await open(page);
  const there = await page.evaluate(() => Object.keys(window.lightcone).sort());
  const typed = /interface Lightcone \{([^]*?)\n\}/.exec(DOCUMENT)![1]!;
  const named = [...typed.matchAll(/^ {2}(\w+)[(:]/gm)].map((match) => match[1]!);
  // `fail` is for tests, and the document says so beside the list.
  expect([...named, 'fail'].sort()).toEqual(there);
  const headings = [...DOCUMENT.matchAll(/^### `(\w+)\(/gm)].map((match) => match[1]!);
  expect([...headings, 'version'].sort()).toEqual(named.sort());
});

test('what the document says is thrown is thrown', async ({ page }) => {
  await open(page);
  const message = (code: string) =>
    page.evaluate((text) => {
      try {
        new Function(text)();
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    }, code);
  // At its end a run stands still.
  const before = await page.evaluate(() => {
    window.lightcone.run();
    return window.lightcone.hash();
  });
  expect(await message('lightcone.load({ format: "lightcone/1", lab: "nothing" })')).toMatch(/^\$\.lab: /);
  expect(await message('lightcone.load()')).toContain('an object or its JSON text');
  expect(await message('lightcone.act({ crash: { node: "P99" } })')).toMatch(/^\$\.crash\.node: /);
  for (const wrong of ['-2', '1.5', '"x"', '']) {
    expect(await message(`lightcone.seek(${wrong})`)).toContain('seek takes the id of an event');
  }
  for (const fine of ['seek(-1)', 'seek(1e6)', 'run(-5)', 'locate(1e6)']) {
    expect(await message(`lightcone.${fine}`), fine).toBeNull();
  }
  expect(await page.evaluate(() => window.lightcone.hash()), 'what was open stays open').toBe(before);
});

test('a grader reads the violations of an assignment', async ({ page }, info) => {
  const file = info.outputPath('grade.mjs');
  writeFileSync(file, only('js', 'For graders'));
  const { grade } = (await import(pathToFileURL(file).href)) as {
    grade(page: Page, scenario: unknown): Promise<Violation[]>;
  };
  await page.goto('./lightcone/');
  const assignment = (broken: string[]) => ({
    format: 'lightcone/1',
    lab: 'causal-multicast',
    setup: { broken },
    network: { delay_ms: { uniform: [5, 60] } },
    acts: [{ at_ms: 5, act: { workload: { op: 'multicast', nodes: ['P1', 'P2', 'P3'], count: 20, every_ms: 10 } } }],
    until_ms: 400,
  });
  expect(await grade(page, assignment([]))).toEqual([]);
  const [found] = await grade(page, assignment(['no-buffer']));
  expect(found!.rule).toBe('causal-order');
  expect(found!.explain).not.toBe('');
  expect(found!.events.length).toBeGreaterThan(0);
});
