// Exercises of textbooks set up in the page: clocks that start anywhere, messages to oneself, locks held twice.
import { expect, test } from '../fixtures.ts';
import { empty, load, start, tab } from '../helpers.ts';

test('clocks at the start are typed into the form, and what cannot be is refused in a sentence', async ({ page }) => {
  await empty(page);
  await tab(page, 'network');
  const clocks = page.locator('.card.setup').getByLabel('clocks', { exact: true });
  await clocks.fill('{"P1": [4, 0, 2], "P3": [0, 0, 2]}');
  await clocks.press('Enter');
  await expect
    .poll(() => page.evaluate(() => window.lightcone.scenario()['setup']))
    .toMatchObject({ clocks: { P1: [4, 0, 2], P3: [0, 0, 2] } });
  const shown = () => page.evaluate(() => window.lightcone.frame().processes[0]!.fields.find((f) => f.name === 'clock')!.value);
  expect(await shown()).toBe('(4,0,2)');
  await clocks.fill('{"P1": [4, 1, 2]}');
  await clocks.press('Enter');
  await expect(page.getByText('P1 cannot know of 1 events of P2, which has counted 0 itself')).toBeVisible();
  expect(await shown()).toBe('(4,0,2)');
});

test('a message to oneself is a send and a receive of one lane', async ({ page }) => {
  await start(page);
  await load(page, {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    network: { delay_ms: 20 },
    acts: [{ at_ms: 10, act: { request: { node: 'P2', op: 'send', args: { to: 'P2', message: 'note' } } } }],
    until_ms: 60,
  });
  const kinds = await page.evaluate(() => {
    window.lightcone.run(60);
    return window.lightcone
      .trace()
      .filter((r) => r['node'] === 'P2')
      .map((r) => r['kind']);
  });
  expect(kinds).toEqual(['boot', 'request', 'send', 'receive']);
});
