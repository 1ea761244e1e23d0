// How fast the page is. Prints figures beside what was aimed at; asserts nothing, since a busy machine
// is no reason for a failure.
import type { Page } from '@playwright/test';
import { run } from '../cli.ts';
import { test } from '../fixtures.ts';
import { frames, start } from '../helpers.ts';

/** A scenario of about this many events: a third of them sends, a third receives, a third requests. */
function long(events: number): Record<string, unknown> {
  const requests = Math.round(events / 3);
  const nodes = ['P1', 'P2', 'P3', 'P4', 'P5'];
  return {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    title: `${events} events`,
    setup: { processes: nodes.length },
    network: { delay_ms: { uniform: [2, 9] } },
    acts: [{ at_ms: 0, act: { workload: { op: 'send', nodes, count: requests, every_ms: 1 } } }],
    until_ms: requests + 20,
  };
}

function median(list: number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function say(what: string, ms: number, target?: number): void {
  const aim = target === undefined ? '' : `   (aim: at most ${target} ms)`;
  console.log(`${what.padEnd(58)} ${ms.toFixed(1).padStart(9)} ms${aim}`);
}

/** Runs something in each of many frames and measures the time that scripts took in each. */
async function scriptPerFrame(page: Page, times: number, each: (i: number) => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    // Handlers run before the frame's callbacks, which paint; both are work.
    const list: number[] = [];
    Object.assign(window, { spent: list });
  });
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const script = async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return (metrics.find((m) => m.name === 'ScriptDuration')?.value ?? 0) * 1000;
  };
  const spent: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = await script();
    await each(i);
    await frames(page);
    spent.push((await script()) - before);
  }
  await client.detach();
  return spent;
}

for (const [events, target] of [
  [10_000, 150],
  [100_000, 600],
] as const) {
  test(`${events} events`, async ({ page, cli }) => {
    const scenario = long(events);
    await start(page);
    // Opening, and the first frame that shows all of it.
    const opened = await page.evaluate(async (s) => {
      const from = performance.now();
      window.lightcone.load(s);
      const loaded = performance.now();
      window.lightcone.run();
      const simulated = performance.now();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return { load: loaded - from, run: simulated - loaded, all: performance.now() - from, records: window.lightcone.frame().position };
    }, scenario);
    console.log(`\n${opened.records} records`);
    say('opened, simulated and painted', opened.all, target);
    say('  of this reading and opening', opened.load);
    say('  of this the simulation in wasm', opened.run);
    const began = performance.now();
    const summary = JSON.parse(run(cli.release, ['run', '-'], JSON.stringify(scenario))) as { trace_hash: string };
    const native = performance.now() - began;
    say('the same in the native program, with its start and hash', native);
    const wasm = (opened.records / opened.run) * 1000;
    console.log(`simulated in wasm ${Math.round(wasm)} events/s, natively at least ${Math.round((opened.records / native) * 1000)} events/s`);
    const hash = await page.evaluate(() => {
      const from = performance.now();
      const value = window.lightcone.hash();
      return { value, ms: performance.now() - from };
    });
    console.log(`the same trace: ${hash.value === summary.trace_hash}`);
    say('the hash in wasm', hash.ms);
    // Anywhere in the run, as a drag of the slider asks for it.
    const jumps = await page.evaluate(async () => {
      const slider = document.querySelector<HTMLInputElement>('#scrubber')!;
      const out: number[] = [];
      for (let i = 0; i < 40; i++) {
        slider.value = String(Number(slider.max) * (((i * 37) % 100) / 100));
        const from = performance.now();
        slider.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await new Promise((done) => requestAnimationFrame(done));
        await new Promise((done) => setTimeout(done, 0));
        out.push(performance.now() - from);
      }
      return out;
    });
    say('a jump of the slider until it is painted, median', median(jumps), 16);
    say('  the longest', Math.max(...jumps));
    // Everything in sight: lanes show density.
    await page.keyboard.press('0');
    const box = (await page.locator('#diagram').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const wide = await scriptPerFrame(page, 15, async (i) => page.mouse.wheel(i % 2 ? 40 : -40, 0));
    say('a frame of panning over all of it, script, median', median(wide));
    // About a thousand events in sight.
    await page.evaluate((count) => window.lightcone.seek(count), Math.floor(opened.records / 2));
    const span = (1_000 / opened.records) * 1;
    let share = 1;
    while (share > span) {
      await page.keyboard.press('+');
      share *= 0.8;
    }
    await page.keyboard.press('f');
    await frames(page);
    const near = await scriptPerFrame(page, 30, async (i) => page.mouse.wheel(i % 2 ? 30 : -30, 0));
    say('a frame of panning over about 1,000 events, script, median', median(near), 8);
    say('  the longest', Math.max(...near));
  });
}
