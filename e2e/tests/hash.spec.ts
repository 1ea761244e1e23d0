// The same scenario makes the same run everywhere: in the page, in a debug build and in a release
// build, to the last record.
import { readFileSync } from 'node:fs';
import { run } from '../cli.ts';
import { expect, test } from '../fixtures.ts';
import { hash, ready, trace } from '../helpers.ts';

interface Listing {
  id: string;
  scenarios: { id: string }[];
}

interface Summary {
  trace_hash: string;
  events: number;
}

// Tests are declared before any program runs, so the scenarios are dealt out to a fixed number of them.
const SHARDS = 4;

test.describe('every built-in scenario', () => {
  for (let shard = 0; shard < SHARDS; shard++) {
    test(`has one trace everywhere (${shard + 1} of ${SHARDS})`, async ({ page, cli }, info) => {
      test.setTimeout(300_000);
      const labs = JSON.parse(run(cli.release, ['labs', '--json'])) as Listing[];
      const all = labs.flatMap((lab) => lab.scenarios.map((s) => ({ lab: lab.id, id: s.id })));
      const mine = all.filter((_, i) => i % SHARDS === shard);
      expect(mine.length).toBeGreaterThan(0);
      await page.goto('./');
      await ready(page);
      for (const { lab, id } of mine) {
        await test.step(`${lab}/${id}`, async () => {
          await page.getByLabel('Lab', { exact: true }).selectOption(lab);
          await page.getByLabel('Scenario', { exact: true }).selectOption(id);
          await page.getByRole('button', { name: 'To the end' }).click();
          const file = info.outputPath(`${id}.jsonl`);
          const release = JSON.parse(run(cli.release, ['run', `${lab}/${id}`, '--trace', file])) as Summary;
          const debug = JSON.parse(run(cli.debug, ['run', `${lab}/${id}`])) as Summary;
          expect(debug.trace_hash).toBe(release.trace_hash);
          expect(release.trace_hash).toMatch(/^[0-9a-f]{16}$/);
          await expect.poll(() => hash(page)).toBe(release.trace_hash);
          const shown = await trace(page);
          const written = readFileSync(file, 'utf8').trimEnd().split('\n');
          expect(shown.length).toBe(release.events);
          expect(shown).toEqual(written.map((line) => JSON.parse(line) as unknown));
        });
      }
    });
  }

  test('is offered in the page as the program lists them', async ({ page, cli }) => {
    const labs = JSON.parse(run(cli.release, ['labs', '--json'])) as Listing[];
    await page.goto('./');
    await ready(page);
    const values = (label: string) =>
      page.getByLabel(label, { exact: true }).evaluate((e: HTMLSelectElement) => [...e.options].map((o) => o.value));
    expect(await values('Lab')).toEqual(labs.map((lab) => lab.id));
    for (const lab of labs) {
      await page.getByLabel('Lab', { exact: true }).selectOption(lab.id);
      await expect.poll(() => values('Scenario')).toEqual(lab.scenarios.map((s) => s.id));
    }
  });

  test('differs from the same with another seed', async ({ page, cli }) => {
    // So that equal hashes above cannot come from a hash that never changes.
    const scenario = await page.goto('./').then(async () => {
      await ready(page);
      return page.evaluate(() => window.lightcone.scenario());
    });
    const of = (seed: number) =>
      (JSON.parse(run(cli.release, ['run', '-'], JSON.stringify({ ...scenario, seed }))) as Summary).trace_hash;
    expect(of(1)).not.toBe(of(2));
  });
});
