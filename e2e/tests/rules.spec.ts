// Rules: what holds, what was broken and where, and that a protocol which is broken on purpose says so.
import { expect, test } from '../fixtures.ts';
import { LIGHT, atEnd, clock, frames, inkIn, place, records, start, tab } from '../helpers.ts';

test.use({ colorScheme: 'light' });

for (const [scenario, name] of [
  ['broken-no-merge', 'no-merge'],
  ['broken-no-tick', 'no-tick-on-receive'],
] as const) {
  test(`${scenario} stops at its first bad event and says why`, async ({ page }) => {
    await start(page, `#lab=vector-clocks&scenario=${scenario}`);
    for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Faster' }).click();
    await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
    const violations = await records(page, 'violation');
    expect(violations.length).toBeGreaterThan(0);
    const first = violations[0]!;
    expect(await page.evaluate(() => window.lightcone.frame().event)).toBe(first.id);
    await expect(clock(page)).toHaveText(`${(first.at_us / 1000).toFixed(3)} ms`);
    await expect(page.getByRole('alert')).toContainText('Stopped: clock-matches-causality is broken.');
    await expect(page.getByRole('alert')).toContainText(String(first.data['explain']));
    await expect(page.locator('.watch .broken')).toHaveText(`Broken on purpose: ${name}`);
    await tab(page, 'inspect');
    const rules = page.locator('.rules');
    await expect(rules.locator('h2')).toHaveText('A rule is broken');
    await expect(rules.locator('li.violated')).toContainText('clock-matches-causality violated');
    await expect(rules.locator('li.violated p:not(.rule)')).toHaveText(String(first.data['explain']));
    // The bad event is chosen; once let go of, it is ringed in red.
    const bad = (first.data['events'] as number[]).at(-1)!;
    await page.keyboard.press('Escape');
    await frames(page);
    const { x, y } = await place(page, bad);
    expect(await inkIn(page, LIGHT.bad, { x: x - 13, y: y - 13, w: 26, h: 26 })).toBeGreaterThan(15);
    await rules.getByRole('button', { name: `show event ${bad}` }).click();
    await expect(page.locator('.inspector > h2')).toHaveText('Chosen');
    await expect(page.locator('.inspector .facts')).toContainText(`event ${bad} ·`);
  });
}

test('after a violation the run can go on', async ({ page }) => {
  await start(page, '#lab=vector-clocks&scenario=broken-no-merge');
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Faster' }).click();
  const play = page.getByRole('button', { name: 'Play', exact: true });
  await expect(play).toBeVisible();
  const stopped = await clock(page).textContent();
  await play.click();
  await expect.poll(() => clock(page).textContent()).not.toBe(stopped);
});

test('in a sound protocol every rule holds', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'inspect');
  await expect(page.locator('.rules h2')).toHaveText('Rules hold');
  await expect(page.locator('.rules li.holds')).toContainText('clock-matches-causality holds');
  await expect(page.locator('.watch .broken')).toHaveCount(0);
});

test('a switch breaks a rule, with a plain sign, and mends it again', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'network');
  const box = page.getByRole('checkbox', { name: 'no-merge' });
  await box.check();
  await expect(page.locator('.watch .broken')).toHaveText('Broken on purpose: no-merge');
  await expect(box).toBeChecked();
  await page.getByRole('button', { name: 'To the end' }).click();
  await tab(page, 'inspect');
  await expect(page.locator('.rules h2')).toHaveText('A rule is broken');
  await tab(page, 'network');
  await box.uncheck();
  await expect(page.locator('.watch .broken')).toHaveCount(0);
  await page.getByRole('button', { name: 'To the end' }).click();
  await tab(page, 'inspect');
  await expect(page.locator('.rules h2')).toHaveText('Rules hold');
});

test('each switch offers a scenario in which it shows', async ({ page }) => {
  await start(page);
  await tab(page, 'network');
  await page.getByRole('button', { name: 'see no-tick-on-receive break' }).click();
  await expect(page.getByLabel('Scenario', { exact: true })).toHaveValue('broken-no-tick');
  await expect(page.locator('.watch .broken')).toHaveText('Broken on purpose: no-tick-on-receive');
});

test('the number of processes can be changed', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'network');
  const field = page.getByLabel('processes', { exact: true });
  await field.fill('5');
  await field.press('Enter');
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes.length)).toBe(5);
  await field.fill('99');
  await field.press('Enter');
  await expect(page.getByRole('alert')).toContainText('$.setup.processes');
  expect(await page.evaluate(() => window.lightcone.frame().processes.length)).toBe(5);
});
