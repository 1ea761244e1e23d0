// What a first visit waits for: the skeleton of the page, the first frame of the running program, and the bytes for it.
// Prints figures; asserts nothing, since a busy machine is no reason for a failure.
import { brotliCompressSync } from 'node:zlib';
import { test } from '../fixtures.ts';

const VISITS = 9;

function middle(list: number[]): string {
  const sorted = [...list].sort((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]!.toFixed(0)} ms (${sorted[0]!.toFixed(0)} to ${sorted.at(-1)!.toFixed(0)})`;
}

test('a first visit', async ({ browser, baseURL }) => {
  const [skeleton, frame, answers]: [number[], number[], number[]] = [[], [], []];
  let bodies = new Map<string, Promise<Buffer>>();
  for (let visit = 0; visit < VISITS; visit++) {
    // A context of its own has an empty cache.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      // The first frame in which the diagram has something on it.
      const look = () => {
        const canvas = document.querySelector<HTMLCanvasElement>('#diagram');
        const data = canvas && canvas.width > 0 && canvas.getContext('2d')!.getImageData(0, canvas.height / 4, canvas.width, canvas.height / 2).data;
        if (data && new Set(new Uint32Array(data.buffer)).size > 1) performance.mark('first frame');
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    bodies = new Map();
    page.on('response', (response) => bodies.set(response.url(), response.body()));
    await page.goto(baseURL!);
    await page.waitForFunction(() => performance.getEntriesByName('first frame').length > 0);
    const seen = await page.evaluate(() => ({
      skeleton: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
      frame: performance.getEntriesByName('first frame')[0]!.startTime,
    }));
    skeleton.push(seen.skeleton);
    frame.push(seen.frame);
    // How long the page then takes for a wish.
    answers.push(
      await page.evaluate(async () => {
        const from = performance.now();
        window.lightcone.run(1_000);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - from;
      }),
    );
    await page.waitForLoadState('networkidle');
    if (visit + 1 === VISITS) {
      const sizes = await Promise.all(
        [...bodies].map(async ([url, body]) => [url.split('/').at(-1) || 'index.html', brotliCompressSync(await body).length] as const),
      );
      const kB = (which: (name: string) => boolean) => {
        const bytes = sizes.filter(([name]) => which(name)).reduce((sum, [, size]) => sum + size, 0);
        return `${(bytes / 1000).toFixed(0)} kB`;
      };
      console.log('\nfirst visit, with brotli');
      console.log(`  wasm                 ${kB((name) => name.endsWith('.wasm'))}`);
      console.log(`  scripts              ${kB((name) => name.endsWith('.js'))}`);
      console.log(`  page and styles      ${kB((name) => /\.(css|html|svg)$/.test(name))}`);
      console.log(`  typefaces            ${kB((name) => name.endsWith('.woff2'))}`);
      console.log(`  all                  ${kB(() => true)}`);
    }
    await context.close();
  }
  console.log(`first skeleton         ${middle(skeleton)}`);
  console.log(`first frame            ${middle(frame)}   (aim: at most 1000 ms)`);
  console.log(`then a second of run   ${middle(answers)}`);
});
