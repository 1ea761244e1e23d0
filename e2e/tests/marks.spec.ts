// Marks on the page stand at their instants, at every size: found by where the page says that they are.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { frames, halt, isSmall, start } from '../helpers.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
];
const SCENARIOS = ['mesi/false-sharing', 'mesi/ping-pong', 'raft-lock/leader-crash', 'causal-kv/session'];

/** Time and place of every mark in sight, in the order of the records. */
async function marks(page: Page): Promise<{ us: number; x: number }[]> {
  return page.evaluate(() => {
    const found = [];
    for (const { id, at_us } of window.lightcone.trace()) {
      const at = window.lightcone.locate(id);
      if (at) found.push({ us: at_us, x: at.x });
    }
    return found;
  });
}

for (const size of SIZES) {
  for (const present of [false, true]) {
    test(`marks stand at their instants: ${size.width}×${size.height}${present ? ', presented' : ''}`, async ({ page }) => {
      test.skip(isSmall(page), 'the sizes are set here');
      await page.setViewportSize(size);
      for (const name of SCENARIOS) {
        const [lab, scenario] = name.split('/');
        await page.goto('about:blank');
        await start(page, `${present ? '?present' : ''}#lab=${lab}&scenario=${scenario}&a=time`);
        if (present) await page.evaluate(() => window.lightcone.seek(0));
        else await halt(page);
        await page.evaluate(() => window.lightcone.run());
        await frames(page);
        const all = await marks(page);
        expect(all.length, name).toBeGreaterThan(10);
        const [first, last] = [all[0]!, all.at(-1)!];
        const scale = (last.x - first.x) / (last.us - first.us);
        const off = all.map(({ us, x }) => Math.abs(first.x + (us - first.us) * scale - x));
        expect(Math.max(...off), `${name}: pixels off`).toBeLessThan(0.5);
        expect(all.every(({ x }, i) => i === 0 || x >= all[i - 1]!.x - 0.01), `${name}: in order`).toBe(true);
      }
    });
  }
}
