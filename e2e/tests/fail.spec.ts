// When something is wrong with the page itself: never a white one.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { SITE_FOLDER, expect, test } from '../fixtures.ts';
import { header, ready, start, text } from '../helpers.ts';

test.describe('a failure of the program', () => {
  test.use({ expectedErrors: [/unreachable/, /RuntimeError/, /asked for a failure/] });

  test('shows a panel that keeps the scenario, saves it and starts again', async ({ page }) => {
    await start(page, '#lab=vector-clocks&scenario=crash');
    await page.evaluate(() => window.lightcone.act({ crash: { node: 'P3' } }));
    await (await header(page, 'Share')).focus();
    await page.evaluate(() => {
      try {
        window.lightcone.fail();
      } catch {
        // What the page shows is what counts.
      }
    });
    const panel = page.getByRole('alertdialog', { name: 'The program has failed' });
    await expect(panel).toBeVisible();
    await expect(panel.getByRole('button', { name: 'Save the scenario' })).toBeFocused();
    const kept = await page.getByLabel('The scenario', { exact: true }).inputValue();
    expect((JSON.parse(kept) as { lab: string }).lab).toBe('vector-clocks');
    expect(kept).toContain('A crash in the middle');
    await page.getByText('What happened').click();
    await expect(page.locator('#failed-what')).toContainText('asked for a failure');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      panel.getByRole('button', { name: 'Save the scenario' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('rescued.lightcone.json');
    expect(await text(download)).toBe(kept);
    await panel.getByRole('button', { name: 'Start again' }).click();
    await page.waitForURL((url) => url.hash === '' || url.hash.startsWith('#v='));
    await ready(page);
    await expect(panel).toBeHidden();
    await expect(page.getByLabel('Scenario', { exact: true })).toHaveValue('textbook');
    await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  });

  test('right after an act keeps that act too', async ({ page }) => {
    await start(page);
    await page.locator('.tab[data-tab="act"]').evaluate((e: HTMLElement) => e.click());
    await page.locator('.card.act .go').click();
    await page.evaluate(() => {
      try {
        window.lightcone.fail();
      } catch {
        // As above.
      }
    });
    const kept = JSON.parse(await page.getByLabel('The scenario', { exact: true }).inputValue()) as { acts: unknown[] };
    expect(kept.acts).toHaveLength(10);
  });
});

test.describe('a site that was copied incompletely', () => {
  test.use({ expectedErrors: [/.*/] });

  test('says so in words', async ({ page }) => {
    await page.route(/\.wasm$/, (route) => route.fulfill({ status: 404, body: 'not found' }));
    await page.goto('./');
    await expect(page.locator('#cannot')).toBeVisible();
    await expect(page.locator('#cannot')).toContainText('could not be loaded');
  });

  test('says so when its script is missing', async ({ page }) => {
    await page.route(/lightcone-web.*\.js$/, (route) => route.fulfill({ status: 404, body: 'not found' }));
    await page.goto('./');
    await expect(page.locator('#cannot')).toBeVisible();
    await expect(page.locator('#cannot')).toContainText('could not be loaded');
  });
});

test.describe('opened from a folder', () => {
  // A browser refuses modules and wasm there, and says so on the console.
  test.use({ expectedErrors: [/.*/] });

  test('the page says why it cannot run and what to type', async ({ page }) => {
    await page.goto(pathToFileURL(join(SITE_FOLDER, 'index.html')).href);
    const words = page.locator('#cannot');
    await expect(words).toBeVisible();
    await expect(words).toContainText('opened this page as a file');
    await expect(words).toContainText('cargo xtask serve');
    await expect(words).toContainText('python3 -m http.server');
    await expect(page.locator('#loading')).toBeHidden();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the page says what it needs', async ({ page }) => {
    await page.goto('./');
    // Playwright finds no text inside noscript.
    await expect(page.locator('noscript p')).toBeVisible();
    await expect(page.locator('noscript p')).toContainText('needs JavaScript and WebAssembly');
  });
});
