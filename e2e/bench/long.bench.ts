// A long run with the overview and the cluster in sight: what a frame costs while one drags and pans, what the tab
// takes of memory, and whether playing stays as fast as it was. Prints figures beside what was aimed at; asserts
// nothing, since a busy machine is no reason for a failure.
import type { CDPSession, Page } from '@playwright/test';
import { test } from '../fixtures.ts';
import { frames, start } from '../helpers.ts';

/** Sends among five processes, three records each: a request, a send, a receive. */
function talk(records: number, everyMs: number): Record<string, unknown> {
  const count = Math.round(records / 3);
  const nodes = ['P1', 'P2', 'P3', 'P4', 'P5'];
  return {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    title: `${records} events`,
    setup: { processes: nodes.length },
    network: { delay_ms: { uniform: [2, 9] } },
    acts: [{ at_ms: 0, act: { workload: { op: 'send', nodes, count, every_ms: everyMs } } }],
    until_ms: count * everyMs + 20,
  };
}

function share(list: number[], of: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? Number.NaN;
}

function say(what: string, value: string, aim = ''): void {
  console.log(`${what.padEnd(58)} ${value.padStart(22)}${aim && `   (aim: ${aim})`}`);
}

/** Median and 95 % of the time that scripts took in a frame. */
function sayFrames(what: string, spent: number[]): void {
  say(what, `${share(spent, 0.5).toFixed(1)} / ${share(spent, 0.95).toFixed(1)} ms`, 'at most 8 / 16 ms');
}

async function metric(client: CDPSession, name: string): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find((m) => m.name === name)?.value ?? 0;
}

/** Does something in each of many frames; the time that scripts took in each, in milliseconds. */
async function spent(page: Page, client: CDPSession, times: number, each: (i: number) => Promise<void>): Promise<number[]> {
  const list: number[] = [];
  for (let i = 0; i < times; i++) {
    const before = await metric(client, 'ScriptDuration');
    await each(i);
    await frames(page);
    list.push(((await metric(client, 'ScriptDuration')) - before) * 1000);
  }
  return list;
}

/** The same while the page moves by itself: as many frames as there are between two looks, and their mean. */
async function spentPlaying(page: Page, client: CDPSession, looks: number): Promise<number[]> {
  await page.evaluate(() => {
    const counter = { frames: 0 };
    Object.assign(window, { counter });
    const count = () => {
      counter.frames++;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  const count = () => page.evaluate(() => (window as unknown as { counter: { frames: number } }).counter.frames);
  const list: number[] = [];
  for (let i = 0; i < looks; i++) {
    const [before, first] = [await metric(client, 'ScriptDuration'), await count()];
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    const [after, last] = [await metric(client, 'ScriptDuration'), await count()];
    list.push(((after - before) * 1000) / Math.max(1, last - first));
  }
  return list;
}

/** What the tab holds: JavaScript's heap, and the memory of the simulator beside it. */
async function memory(page: Page, client: CDPSession): Promise<string> {
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = (await client.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    embedderHeapUsedSize?: number;
    backingStorageSize?: number;
  };
  const wasm = await page.evaluate(() => (window as unknown as { simulator: { buffer: ArrayBuffer } }).simulator.buffer.byteLength);
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  // The simulator's memory is among what the heap holds elsewhere.
  const rest = Math.max(0, backingStorageSize - wasm);
  return `${mb(usedSize + embedderHeapUsedSize + rest + wasm)} MB (wasm ${mb(wasm)})`;
}

/** Keeps hold of the simulator's memory as it is made. */
async function watchMemory(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const keep = (result: WebAssembly.Instance) => {
      const memory = Object.values(result.exports).find((e) => e instanceof WebAssembly.Memory);
      if (memory) Object.assign(window, { simulator: memory });
    };
    const streaming = WebAssembly.instantiateStreaming;
    WebAssembly.instantiateStreaming = async (...args) => {
      const made = await streaming(...args);
      keep(made.instance);
      return made;
    };
  });
}

test('100,000 events, overview and cluster in sight', async ({ page }) => {
  await watchMemory(page);
  await start(page);
  await page.evaluate(async (scenario) => {
    window.lightcone.load(scenario);
    window.lightcone.run();
  }, talk(100_000, 1));
  await frames(page);
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  console.log(`\n${await page.evaluate(() => window.lightcone.frame().position)} records`);
  say('memory of the tab', await memory(page, client), 'below 300 MB');

  const slider = (await page.locator('#scrubber').boundingBox())!;
  const y = slider.y + slider.height / 2;
  await page.mouse.move(slider.x + slider.width - 10, y);
  await page.mouse.down();
  const dragged = await spent(page, client, 80, (i) => page.mouse.move(slider.x + 10 + ((i * 37) % 100) * 0.01 * (slider.width - 20), y));
  await page.mouse.up();
  sayFrames('dragging the scrubber to and fro, script a frame', dragged);

  const strip = (await page.locator('#overview').boundingBox())!;
  await page.evaluate(() => window.lightcone.seek(50_000));
  // Three records a millisecond.
  let inSight = '';
  for (let i = 0; i < 40; i++) {
    inSight = (await page.locator('#overview').getAttribute('aria-valuetext')) ?? '';
    const [, first, last] = /^([\d.]+) to ([\d.]+)/.exec(inSight) ?? [];
    if (Number(last) - Number(first) <= 340) break;
    await page.keyboard.press('+');
    await frames(page);
  }
  await page.keyboard.press('f');
  await frames(page);
  console.log(`in sight: ${inSight}`);
  const box = (await page.locator('#diagram').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 20);
  await page.mouse.down();
  const panned = await spent(page, client, 80, (i) => page.mouse.move(box.x + box.width / 2 + (i % 2 ? 40 : -40), box.y + 20));
  await page.mouse.up();
  sayFrames('panning with about 1,000 events in sight, script a frame', panned);
  const hovered = await spent(page, client, 60, (i) => page.mouse.move(box.x + 200 + i * 9, box.y + box.height / 2 + (i % 3) * 20));
  sayFrames('the pointer over them, script a frame', hovered);
  await page.mouse.move(strip.x + strip.width * 0.2, strip.y + strip.height / 2);
  await page.mouse.down();
  const strips = await spent(page, client, 60, (i) => page.mouse.move(strip.x + strip.width * (0.2 + 0.01 * i), strip.y + strip.height / 2));
  await page.mouse.up();
  sayFrames('dragging the frame of the overview, script a frame', strips);
  await page.keyboard.press('0');
  await page.keyboard.press('Home');
  await page.keyboard.press('k');
  const played = await spentPlaying(page, client, 100);
  await page.keyboard.press('k');
  sayFrames('playing, script a frame', played);
  say('memory of the tab after all that', await memory(page, client), 'below 300 MB');
  await client.detach();
});

test('ten minutes of simulated time, played', async ({ page }) => {
  await watchMemory(page);
  await start(page);
  const minute = 60_000;
  await page.evaluate(async (scenario) => window.lightcone.load(scenario), { ...talk(300_000, 6), until_ms: 10 * minute });
  // As fast as it goes.
  for (let i = 0; i < 12; i++) await page.keyboard.press('>');
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable');
  const times = await page.evaluate(async (ms) => {
    const shown = () => window.lightcone.frame().at_us / 1000;
    const marks: number[] = [];
    const step = () => new Promise<number>((done) => requestAnimationFrame(done));
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', bubbles: true, cancelable: true }));
    const from = performance.now();
    while (marks.length < 10 && performance.now() - from < 240_000) {
      await step();
      // The record at the cursor is never far behind the time that is shown.
      while (marks.length < 10 && shown() >= ms * (marks.length + 1) - 100) marks.push(performance.now() - from);
    }
    return marks;
  }, minute);
  const rate = (from: number, to: number) => 60_000 / Math.max(1, to - from);
  const first = rate(0, times[0] ?? Number.NaN);
  const last = rate(times[8] ?? Number.NaN, times[9] ?? Number.NaN);
  console.log(`\nten minutes in ${((times[9] ?? Number.NaN) / 1000).toFixed(1)} s: ${times.map((t) => (t / 1000).toFixed(1)).join(' ')}`);
  say('simulated seconds a second in the first minute', first.toFixed(1));
  say('and in the last one', last.toFixed(1), `at least ${(first * 0.8).toFixed(1)}`);
  say('memory of the tab', await memory(page, client), 'below 300 MB');
  await client.detach();
});
