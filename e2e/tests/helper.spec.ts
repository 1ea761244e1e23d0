// The helper in the background: loaded when it is needed, watched, stopped, and what becomes of its answer.
import { expect, test } from '../fixtures.ts';
import { empty, halt, load, records, save, start, tab, text } from '../helpers.ts';

async function look(page: import('@playwright/test').Page, runs: string, what: string): Promise<void> {
  await tab(page, 'inspect');
  const form = page.locator('.rules > .fold');
  if (!(await form.getByLabel('Runs to try').isVisible())) await form.locator('summary').click();
  await form.getByLabel('Runs to try').selectOption(runs);
  await form.getByRole('button', { name: what }).click();
}

test('a search finds a run that breaks a rule, and opens it at its first bad event', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (r) => fetched.push(r.url()));
  await start(page, '#lab=total-order&scenario=concurrent');
  // A run that goes on would break the rule by itself, and say so over the form.
  await halt(page);
  await tab(page, 'network');
  await page.getByRole('checkbox', { name: 'no-acks' }).check();
  await halt(page);
  expect(fetched.filter((u) => u.includes('worker'))).toEqual([]);
  await look(page, '1000', 'random runs');
  await expect(page.getByRole('alert')).toContainText(/Run \d+ breaks /);
  expect(fetched.filter((u) => u.includes('worker.js'))).toHaveLength(1);
  const violation = (await records(page, 'violation'))[0]!;
  // Rules that break at the same record stand behind it together.
  const event = (await page.evaluate(() => window.lightcone.frame().event))!;
  expect(event).toBeGreaterThanOrEqual(violation.id);
  expect(event).toBeLessThan(violation.id + 4);
  expect(await page.evaluate(() => window.lightcone.scenario()['setup'])).toMatchObject({ broken: ['no-acks'] });
  await expect(page.locator('.working')).toHaveCount(0);
});

test('a sound protocol gives nothing, and says so', async ({ page }) => {
  await start(page, '#lab=vector-clocks&scenario=textbook');
  await look(page, '100', 'other seeds');
  await expect(page.locator('.notice')).toContainText('None of 100 runs breaks a rule.');
});

test('the page answers while a search goes on, and the search can be stopped', async ({ page }) => {
  await start(page, '#lab=total-order&scenario=many');
  await look(page, '100000', 'other seeds');
  const working = page.locator('.working');
  await expect(working.locator('output')).toHaveText(/[1-9]\d* of 100000/);
  await page.getByRole('button', { name: 'To the beginning' }).click();
  await expect(page.locator('.now b')).toHaveText('0.000 ms');
  await working.getByRole('button', { name: 'Stop' }).click();
  await expect(working).toHaveCount(0);
});

test('a long trace is written in the background, whole', async ({ page }) => {
  await empty(page);
  await load(page, {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    acts: [{ at_ms: 1, act: { workload: { op: 'multicast', nodes: ['P1', 'P2', 'P3'], count: 5500, every_ms: 1 } } }],
    until_ms: 5600,
  });
  await page.evaluate(() => window.lightcone.run());
  const download = await save(page, 'Trace');
  const lines = (await text(download)).trimEnd().split('\n');
  expect(lines.length).toBe(await page.evaluate(() => window.lightcone.frame().position));
  expect(lines.length).toBeGreaterThan(20_000);
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ id: lines.length - 1 });
});
