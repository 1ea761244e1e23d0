// Situations that a lab brings about with one click or key, scenarios told step by step, and what the timing leads to.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { clock, halt, start, tab } from '../helpers.ts';

/** The kinds of the scenario's acts. */
function acts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const list = (window.lightcone.scenario().acts ?? []) as { act: object }[];
    return list.map((planned) => Object.keys(planned.act)[0]!);
  });
}

async function open(page: Page, scenario: string): Promise<void> {
  await start(page, `#lab=raft-lock&scenario=${scenario}`);
  await halt(page);
  await tab(page, 'act');
}

test('the leader is cut off with a click and crashed with a key', async ({ page }) => {
  await open(page, 'first-election');
  await page.getByRole('button', { name: 'To the end' }).click();
  await page.getByRole('button', { name: 'Isolate leader' }).click();
  await expect.poll(() => acts(page)).toContain('partition');
  await page.locator('body').click({ position: { x: 3, y: 300 } });
  await page.keyboard.press('5');
  await expect.poll(() => acts(page)).toContain('crash');
  await expect(page.getByRole('button', { name: 'Crash leader' })).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Restart all' })).toBeEnabled();
});

test('several acts of one situation are taken back in one step', async ({ page }) => {
  await open(page, 'first-election');
  await page.keyboard.press('Home');
  await page.keyboard.press('.');
  const before = (await acts(page)).length;
  for (let i = 0; i < 12; i++) await page.keyboard.press('.');
  await page.getByRole('button', { name: 'Align timers' }).click();
  const count = async () => (await acts(page)).length;
  await expect.poll(count).toBeGreaterThan(before + 2);
  await page.keyboard.press('Control+z');
  await expect.poll(count).toBe(before);
});

test('Figure 8 is taken step by step', async ({ page }) => {
  await open(page, 'first-election');
  await page.getByRole('button', { name: 'Figure 8' }).click();
  const steps = page.getByRole('group', { name: 'Step by step' });
  await expect(steps.getByRole('button')).toHaveCount(4);
  await steps.getByRole('button', { name: '(c)' }).click();
  await expect(clock(page)).toHaveText('260.000 ms');
  await expect(page.locator('.situations .says')).toContainText('still not committed');
  await page.keyboard.press('PageDown');
  await expect(steps.getByRole('button', { name: '(d)' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('PageUp');
  await expect(clock(page)).toHaveText('260.000 ms');
});

test('the network panel says what the timing leads to', async ({ page }) => {
  await open(page, 'first-election');
  await tab(page, 'network');
  const timing = page.getByRole('region', { name: 'Timing' });
  await expect(timing).toContainText('broadcast time');
  await page.evaluate(() => window.lightcone.act({ network: { delay_ms: { uniform: [50, 400] } } }));
  await expect(timing).toContainText('unstable');
  await expect(timing).toContainText('elections fail again and again');
  await page.evaluate(() => window.lightcone.act({ network: { delay_ms: 2 } }));
  await expect(timing).toContainText('steady');
});

test('the console takes a timer, a transfer and the forms of the lock service', async ({ page }) => {
  await open(page, 'first-election');
  await page.getByRole('button', { name: 'To the end' }).click();
  await page.keyboard.press('`');
  const line = page.getByRole('combobox', { name: 'Command line' });
  const leader = await page.evaluate(
    () => window.lightcone.frame().processes.find((p) => p.band?.word === 'leader')!.name,
  );
  const other = leader === 'S1' ? 'S2' : 'S1';
  const lines = [
    `timer ${other} election in 90`,
    `POST ${other} /acquire {"resource_id":"x","client_id":"client_A","lock_type":"exclusive"}`,
    `GET ${other} /locks`,
    `GET ${leader} /metrics`,
    `${leader} metrics`,
    `${leader} transfer ${other}`,
  ];
  for (const text of lines) {
    await line.fill(text);
    await page.keyboard.press('Enter');
  }
  await expect.poll(() => acts(page)).toEqual(expect.arrayContaining(['timer', 'request']));
  await page.evaluate(() => window.lightcone.run(4000));
  const replies = () =>
    page.evaluate(() =>
      window.lightcone
        .trace()
        .filter((r) => r.kind === 'reply')
        .map((r) => r.data.op),
    );
  await expect.poll(replies).toEqual(expect.arrayContaining(['acquire', 'locks', 'metrics', 'transfer']));
});
