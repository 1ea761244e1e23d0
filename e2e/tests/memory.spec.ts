// Memory traces: opened as a person opens them, run, walked through, and held against the command line.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Cli, run } from '../cli.ts';
import { expect, test } from '../fixtures.ts';
import { isSmall, start } from '../helpers.ts';

/** A trace of so many accesses that looks random and is the same each time. */
function made(count: number, processors = 4): string {
  let bits = 88172645;
  const next = () => (bits = (Math.imul(bits, 1103515245) + 12345) >>> 0) >>> 8;
  let text = '';
  for (let i = 0; i < count; i++) text += `${next() % processors} ${next() % 3 ? 'r' : 'w'} ${(next() % 16384).toString(16)}\n`;
  return text;
}

const file = (text: string, name = 'mine.trace') => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });

async function desk(page: Page): Promise<void> {
  await start(page, '#lab=mesi');
  await page.getByRole('tab', { name: 'Memory trace' }).click();
  await expect(page.getByText('A line for each access')).toBeVisible();
}

async function open(page: Page, text: string): Promise<void> {
  await page.locator('.memory-trace input[type="file"]').setInputFiles(file(text));
}

/** A field of the caches' shape. */
const field = (page: Page, name: string) => page.locator('.memory-trace .shape').getByLabel(name, { exact: true });

async function ran(page: Page): Promise<void> {
  await expect(page.locator('.strip')).toBeVisible({ timeout: 60_000 });
}

/** The counters as they stand in the table, by cache. */
async function shown(page: Page): Promise<Record<string, number>[]> {
  return page.locator('.counted').evaluate((table) => {
    const rows = [...table.querySelectorAll('tbody tr')].slice(1);
    const caches = table.querySelectorAll('thead th').length - 1;
    return [...Array(caches).keys()].map((cache) =>
      Object.fromEntries(
        rows.map((row) => {
          const name = row.querySelector('th')!.title;
          return [name, Number(row.querySelectorAll('td')[cache]!.textContent!.replaceAll(',', ''))];
        }),
      ),
    );
  });
}

function told(cli: Cli, text: string, ...args: string[]): Record<string, number>[] {
  return JSON.parse(run(cli.release, ['memory-trace', '-', ...args], text)) as Record<string, number>[];
}

const USUAL = ['--cpus', '4', '--size', '8192', '--ways', '8', '--line', '64'];

test('a trace file has the counters that the command line prints, also with other caches', async ({ page, cli }) => {
  const text = made(30_000);
  await desk(page);
  await open(page, text);
  await ran(page);
  await expect(page.locator('.memory-trace .what')).toHaveText('mine.trace: 30,000 accesses, 4 processors');
  expect(await shown(page)).toEqual(told(cli, text, ...USUAL));
  await field(page, 'cache').fill('1024');
  await field(page, 'ways').fill('2');
  await field(page, 'line').fill('32');
  await field(page, 'line').press('Enter');
  const small = told(cli, text, '--cpus', '4', '--size', '1024', '--ways', '2', '--line', '32');
  await expect.poll(() => shown(page)).toEqual(small);
  await field(page, 'protocol').selectOption('MSI');
  const msi = told(cli, text, '--cpus', '4', '--size', '1024', '--ways', '2', '--line', '32', '--msi');
  await expect.poll(() => shown(page)).toEqual(msi);
  await field(page, 'line').fill('48');
  await field(page, 'line').press('Enter');
  await expect(page.getByRole('alert')).toContainText('a power of two of bytes, not 48');
  expect(await shown(page)).toEqual(msi);
});

test('one goes to any access, by slider, number and button', async ({ page }) => {
  await desk(page);
  await open(page, '0 w 0\n1 r 8\n0 w 0\n1 r 8\n0 r 0\n1 w 8\n0 r 8\n');
  await ran(page);
  const access = page.locator('.access');
  await expect(access).toContainText('C1 writes 0x0');
  await page.getByLabel('What to go to').selectOption('false sharing');
  await page.getByRole('button', { name: 'To the next one: false sharing' }).click();
  await expect(access).toContainText('4.C2 reads 0x8, line 0x0, set 0');
  await expect(access).toContainText('miss: false sharing');
  await expect(access).toContainText('BusRd · C1 M → S · C2 I → S');
  const letter = (name: string) => page.getByRole('table', { name: new RegExp(`^${name}`) }).locator('.letter');
  await expect(letter('C1')).toHaveText('S');
  await expect(letter('C2')).toHaveText('S');
  await expect(page.getByRole('button', { name: 'There is none after this: false sharing' })).toBeDisabled();
  await page.getByLabel('Number of the access').fill('7');
  await page.getByLabel('Number of the access').press('Enter');
  await expect(access).toContainText('miss: true sharing');
  const slider = page.getByRole('slider', { name: 'Access of the trace' });
  await slider.press('ArrowLeft');
  await expect(access).toContainText('C2 writes 0x8');
  await expect(letter('C1')).toHaveText('I');
  await expect(letter('C2')).toHaveText('M');
  await page.getByRole('button', { name: 'until here' }).click();
  expect((await shown(page)).map((c) => c['reads']! + c['writes']!)).toEqual([3, 3]);
  await slider.press('Home');
  await expect(page.getByText('Before the first access')).toBeVisible();
});

test('false sharing is marked, with the words that lie side by side', async ({ page }) => {
  await desk(page);
  await page.getByRole('button', { name: /^counters side by side/ }).click();
  await ran(page);
  await expect(page.locator('.causes')).toContainText('false sharing 4,996');
  const line = page.getByRole('button', { name: '0x10000', exact: true });
  await expect(page.locator('.costly tbody tr').first().locator('td.wrong')).toHaveText('4996');
  await line.click();
  const words = page.locator('.costly .words');
  for (const [i, address] of ['0x10000', '0x10008', '0x10010', '0x10018'].entries()) {
    await expect(words).toContainText(`${address}: C${i + 1} 1250 r 1250 w`);
  }
  await expect(words).toContainText('Words that lie 64 bytes apart are in different lines');
  // The buttons go through that line alone, as long as one likes.
  await page.getByLabel('What to go to').selectOption('any access');
  await expect(page.getByLabel('only line 0x10000')).toBeChecked();
  await page.getByRole('button', { name: 'To the next one: any access' }).click();
  await expect(page.locator('.access')).toContainText('2.C1 writes 0x10000');
  await page.locator('.memory-trace summary').click();
  await page.getByLabel('pattern').selectOption('counters padded');
  await page.getByRole('button', { name: 'Make it' }).click();
  await expect(page.locator('.causes')).toContainText('false sharing 0');
});

test('the beginning of a trace can be seen on the bus, with the same counters', async ({ page }) => {
  const text = made(200, 3);
  await desk(page);
  await open(page, text);
  await ran(page);
  const counted = await shown(page);
  await page.getByRole('button', { name: 'See its beginning on the bus' }).click();
  await expect(page.getByRole('tab', { name: 'Caches' })).toHaveAttribute('aria-selected', 'true');
  await page.evaluate(() => window.lightcone.run(11_000));
  const panel = await page.evaluate(() => (window.lightcone.frame() as any).panels.find((p: any) => p.title === 'Counters'));
  const rows = panel.rows.map(([, cells]: [string, { text: string }[]]) =>
    Object.fromEntries(cells.map((c, i) => [panel.columns[i], Number(c.text)])),
  );
  expect(rows).toEqual(counted);
});

test('a mistake is named with its line, and what stands before it is kept', async ({ page }) => {
  await desk(page);
  await open(page, '0 r 10\n1 w 20\n0 x 30\n1 r 40\n');
  await expect(page.getByRole('alert')).toHaveText('mine.trace, line 3: expected r or w, found "x". The 2 accesses before it are kept.');
  await ran(page);
  await expect(page.locator('.walk')).toContainText('of 2');
  await open(page, 'nothing of the sort');
  await expect(page.getByRole('alert')).toContainText('mine.trace, line 1');
  await open(page, '');
  await expect(page.getByRole('alert')).toContainText('mine.trace has no accesses in it.');
});

test('a million accesses show how far they are, can be stopped, and leave the page alive', async ({ page, cli }) => {
  test.slow();
  const line = made(1_000);
  await desk(page);
  // Frames that the page gets to paint while it works.
  await page.evaluate(() => {
    (window as any).painted = 0;
    const look = () => {
      (window as any).painted += document.querySelector('.memory-trace .progress') ? 1 : 0;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await open(page, line.repeat(1_000));
  await expect(page.getByRole('progressbar', { name: 'How far it is' })).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('alert')).toContainText('Stopped');
  await open(page, line.repeat(1_001));
  await ran(page);
  await expect(page.locator('.memory-trace .what')).toContainText('1,000,000 accesses');
  await expect(page.getByRole('alert')).toContainText('is longer: these are its first 1,000,000 accesses.');
  expect(await page.evaluate(() => (window as any).painted)).toBeGreaterThan(10);
  const all = await shown(page);
  expect(all).toEqual(told(cli, line.repeat(1_000), ...USUAL));
  const slider = page.getByRole('slider', { name: 'Access of the trace' });
  await slider.press('End');
  await page.getByRole('button', { name: 'until here' }).click();
  expect(await shown(page)).toEqual(all);
});

test('the file menu and dropping tell a trace from a scenario, in whatever lab one is', async ({ page }) => {
  await start(page, '#lab=causal-kv');
  await expect(page.getByRole('tab', { name: 'Memory trace' })).toHaveCount(0);
  if (!isSmall(page)) {
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.txt'));
      return transfer;
    }, '0 r 10\n1 w 10\n');
    await page.dispatchEvent('.page', 'drop', { dataTransfer: data });
  } else {
    await page.locator('header summary', { hasText: 'File' }).click();
    await page.locator('header input[type="file"]').setInputFiles(file('0 r 10\n1 w 10\n', 'dropped.txt'));
  }
  await expect(page.locator('.memory-trace .what')).toHaveText('dropped.txt: 2 accesses, 2 processors');
  await page.getByLabel('Lab', { exact: true }).selectOption('causal-kv');
  await expect(page.getByRole('tab', { name: 'Memory trace' })).toHaveCount(0);
  await expect(page.locator('#diagram')).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`nothing against it for a screen reader, and nothing wider than the screen: ${scheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await desk(page);
    for (const full of [false, true]) {
      if (full) {
        await open(page, made(5_000));
        await ran(page);
        await page.locator('.costly button').first().click();
      }
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)).toEqual([]);
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(wide[0]).toBeLessThanOrEqual(wide[1]!);
    }
  });
}
