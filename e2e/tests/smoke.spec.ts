// The built page loads below any path. That it asks no other host and reports no error is checked
// for every test, in fixtures.ts.
import { expect, test } from '../fixtures.ts';

test('the page loads', async ({ page }) => {
  const response = await page.goto('./');
  expect(response?.status()).toBe(200);
  await expect(page).toHaveTitle(/Lightcone/);
  // Nothing is shown before the wasm runs.
  await expect(page.getByText('Lightcone').first()).toBeVisible();
});

test('the wasm is sent with its own type and from below the page', async ({ page, site }) => {
  const wasm = page.waitForResponse((response) => response.url().endsWith('.wasm'));
  await page.goto('./');
  const response = await wasm;
  expect(response.headers()['content-type']).toBe('application/wasm');
  expect(response.url().startsWith(site.url)).toBe(true);
});
