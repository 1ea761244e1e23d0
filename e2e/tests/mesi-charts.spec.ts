// The charts of the caches: several lines in one, their last values in the legend, bars as a table; and a line that is
// shared falsely. All numbers are held against the run's own metrics.
import { AxeBuilder } from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { clock, frames, halt, start } from '../helpers.ts';

/** Opens a scenario at a time, standing still, with a tab in sight. */
async function at(page: Page, scenario: string, ms: number, name: string): Promise<void> {
  await start(page, `#lab=mesi&scenario=${scenario}`);
  await halt(page);
  await page.evaluate((ms) => window.lightcone.run(ms), ms);
  await expect(clock(page)).toHaveText(`${ms}.000 ms`);
  await page.locator(`.tab[data-tab="${name}"]`).click();
  await frames(page);
}

/** The numbers of the run as the panel prints them. */
async function metrics(page: Page): Promise<Map<string, number>> {
  const figures = await page.locator('.figures div').evaluateAll((all) => all.map((e) => [e.querySelector('dt')!.textContent!, e.querySelector('dd')!.textContent!]));
  return new Map(figures.map(([name, value]) => [name!, Number(value!.replaceAll(',', '').split(' ')[0])]));
}

const chart = (page: Page, title: string): Locator => page.locator('.chart').filter({ hasText: title });

/** What the legend of a chart says. */
async function legend(page: Page, title: string): Promise<[string, string][]> {
  const spans = await chart(page, title).locator('h3 span').all();
  return Promise.all(
    spans.map(async (span): Promise<[string, string]> => {
      const now = (await span.locator('b').textContent()) ?? '';
      const all = ((await span.textContent()) ?? '').trim();
      return [all.slice(0, all.length - now.length), now];
    }),
  );
}

test('one chart has several lines, each told apart without its colour and with what it has come to', async ({ page }) => {
  await at(page, 'mix', 1500, 'metrics');
  const all = await metrics(page);
  const of = (name: string) => String(all.get(name));
  expect(await legend(page, 'Bus transactions so far')).toEqual([
    ['BusRd', of('bus rd')],
    ['BusRdX', of('bus rdx')],
    ['BusUpgr', of('bus upgr')],
    ['WriteBack', of('bus write back')],
  ]);
  expect(await legend(page, 'Given up or written back')).toEqual([
    ['invalidations', of('invalidations')],
    ['interventions', of('interventions')],
    ['write-backs', of('write backs')],
  ]);
  const hits = await legend(page, 'Hits so far');
  expect(hits.map(([name]) => name)).toEqual(['of reads', 'of writes']);
  expect(hits[0]![1]).toBe(`${Math.round((100 * all.get('read hits')!) / all.get('reads')!)} %`);
  const lines = chart(page, 'Bus transactions so far').locator('> svg .line');
  await expect(lines).toHaveCount(4);
  const looks = await lines.evaluateAll((paths) => paths.map((p) => [getComputedStyle(p).strokeDasharray, getComputedStyle(p).stroke]));
  expect(new Set(looks.map(([dash]) => dash)).size).toBe(4);
  expect(new Set(looks.map(([, stroke]) => stroke)).size).toBe(4);
  // The key looks as its line does.
  const keys = chart(page, 'Bus transactions so far').locator('h3 .line');
  expect(await keys.evaluateAll((paths) => paths.map((p) => [getComputedStyle(p).strokeDasharray, getComputedStyle(p).stroke]))).toEqual(looks);
  await expect(chart(page, 'Bus transactions so far').getByRole('img')).toHaveAccessibleName(new RegExp(`BusRd ${of('bus rd')}; BusRdX`));
});

test('changes of state are bars with their numbers, in a table', async ({ page }) => {
  await at(page, 'mix', 1500, 'metrics');
  const all = await metrics(page);
  const rows = page.getByRole('table', { name: 'Changes of state so far' }).getByRole('row');
  await expect(rows).toHaveCount(10);
  const found = await rows.evaluateAll((rows) =>
    rows.map((row) => [row.querySelector('th')!.textContent!, row.lastElementChild!.textContent!, row.querySelector('i')!.getBoundingClientRect().width] as const),
  );
  for (const [way, count] of found) expect(Number(count), way).toBe(all.get(way.toLowerCase().replace('→', ' to ')));
  const [longest] = [...found].sort((a, b) => Number(b[1]) - Number(a[1]));
  for (const [way, count, width] of found) {
    expect(Math.abs(width - (longest![2] * Number(count)) / Number(longest![1])), way).toBeLessThan(longest![2] / 50);
  }
});

test('the numbers go back with the cursor, and the CSV has a column for each line', async ({ page }) => {
  await at(page, 'false-sharing', 260, 'metrics');
  const misses = 'Misses so far by their cause';
  expect(await legend(page, misses)).toEqual([['no sharing', '2'], ['true sharing', '0'], ['false sharing', '6']]);
  await page.evaluate(() => window.lightcone.run(90));
  await expect(clock(page)).toHaveText('90.000 ms');
  await expect.poll(() => legend(page, misses)).toEqual([['no sharing', '2'], ['true sharing', '0'], ['false sharing', '1']]);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const text = await readFile((await (await download).path())!, 'utf8');
  const rows = text.trim().split('\n').map((row) => row.split(','));
  for (const name of ['Bus transactions so far BusUpgr', `${misses} false sharing`, 'Changes of state so far I→M', 'Lines held in memory']) {
    expect(rows[0]).toContain(name);
  }
  const column = rows[0]!.indexOf(`${misses} false sharing`);
  expect(rows.slice(1).map((row) => row[column]).filter((value) => value !== '').at(-1)).toBe('1');
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
});

test('a line that is shared falsely says which words are written by whom', async ({ page }) => {
  await at(page, 'false-sharing', 85, 'lab');
  const row = page.getByRole('table', { name: /^C1/ }).getByRole('row').filter({ hasText: 'false sharing' });
  await expect(row).toContainText('false sharing: C1 writes 0x1000, C2 wrote 0x1008');
  await at(page, 'false-sharing-cured', 260, 'lab');
  await expect(page.locator('.machine')).not.toContainText('false sharing');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('axe finds nothing in the charts, and nothing sticks out', async ({ page }) => {
      await at(page, 'mix', 1500, 'metrics');
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide).toBe(0);
      const cut = await page.locator('.chart').evaluateAll((all) => all.filter((c) => c.scrollWidth > c.clientWidth + 1).length);
      expect(cut).toBe(0);
    });
  });
}
