// What several specs do: open a page at a scenario, read the canvas, drag sliders.
import type { CDPSession, Download, Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expect } from './fixtures.ts';

/** A record of the trace; docs/design has every field, tests need these. */
export interface TraceRecord {
  id: number;
  at_us: number;
  node: string | null;
  kind: string;
  message?: number;
  peer?: string;
  cause?: number;
  lamport?: number;
  vector?: Record<string, number>;
  label: string;
  messages?: { id: number; to: string }[];
  data: Record<string, unknown>;
}

interface Flight {
  message: number;
  sent_us: number;
  arrive_us: number;
}

interface Frame {
  position: number;
  event: number | null;
  at_us: number;
  in_flight: Flight[];
  processes: {
    name: string;
    status: string;
    waiting: number;
    fields: { name: string; value: string }[];
    band: { word: string; number: number | null } | null;
  }[];
}

/** What the page offers to tests and to the console. */
export interface Api {
  load(scenario: unknown): void;
  act(act: unknown): void;
  seek(event: number): void;
  run(untilMs?: number): void;
  frame(): Frame;
  trace(): TraceRecord[];
  hash(): string;
  scenario(): Record<string, unknown>;
  locate(event: number): { x: number; y: number } | null;
  fail(): void;
  version: string;
}

declare global {
  interface Window {
    lightcone: Api;
  }
}

/** Below this width the panels are tabs. */
export function isSmall(page: Page): boolean {
  return (page.viewportSize()?.width ?? 0) <= 900;
}

/** Opens the page and waits for the simulator. */
export async function start(page: Page, hash = ''): Promise<void> {
  await page.goto(`./${hash}`);
  await ready(page);
}

export async function ready(page: Page): Promise<void> {
  await page.waitForFunction(() => window.lightcone !== undefined && !!document.querySelector('.page'));
}

/** Stands still at the beginning. A run that breaks a rule stops by itself, so nothing may wait for the button that pauses it. */
export async function halt(page: Page): Promise<void> {
  await page.keyboard.press('Home');
  await expect(clock(page)).toHaveText('0.000 ms');
}

/** Opens a built-in scenario, standing still at its beginning. */
export async function still(page: Page, scenario = 'textbook'): Promise<void> {
  await start(page, `#lab=vector-clocks&scenario=${scenario}`);
  await halt(page);
  await frames(page);
}

/** Opens a built-in scenario at its end. */
export async function atEnd(page: Page, scenario = 'textbook'): Promise<void> {
  await still(page, scenario);
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().position)).toBeGreaterThan(3);
  await frames(page);
}

/** Three processes and nothing planned, for tests that do everything themselves. */
export async function empty(page: Page, more: Record<string, unknown> = {}): Promise<void> {
  await start(page);
  await load(page, {
    format: 'lightcone/1',
    lab: 'vector-clocks',
    title: 'By hand',
    network: { delay_ms: 100 },
    until_ms: 1000,
    ...more,
  });
}

export async function load(page: Page, scenario: unknown): Promise<void> {
  await page.evaluate((s) => window.lightcone.load(s), scenario);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await frames(page);
}

/** Two frames: what was asked for is painted. */
export async function frames(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

export type Panel = 'act' | 'network' | 'lab' | 'inspect' | 'events' | 'metrics' | 'branches' | 'acts' | 'memory';

/** What brings a panel to the front: on a wide screen what one does stands in a column of its own, and what one reads in another. */
export function tabOf(page: Page, name: Panel): Locator {
  return page.locator(`.tab[data-tab="${name}"], .side-tab[data-side="${name}"]`).filter({ visible: true });
}

/** Brings a panel to the front, where it is not there anyhow. */
export async function tab(page: Page, name: Panel): Promise<void> {
  const button = tabOf(page, name);
  if ((await button.count()) > 0) await button.click();
}

/** A button of the header; on a small screen it is an entry of the File menu, which is opened for it. */
export async function header(page: Page, name: string, entry = name): Promise<Locator> {
  if (!isSmall(page)) return page.getByRole('button', { name, exact: true });
  const menu = page.locator('.actions > .menu');
  if (!(await menu.evaluate((e) => (e as HTMLDetailsElement).open))) await menu.locator('summary').click();
  return menu.locator('.drop button').filter({ has: page.locator('b', { hasText: new RegExp(`^${entry}$`) }) });
}

/** The time as shown. */
export function clock(page: Page): Locator {
  return page.locator('.now b');
}

/** The time as shown, in milliseconds. */
export async function shownMs(page: Page): Promise<number> {
  return Number.parseFloat((await clock(page).textContent()) ?? 'NaN');
}

/** "event 3 of 12". */
export function count(page: Page): Locator {
  return page.locator('.now span');
}

export async function trace(page: Page): Promise<TraceRecord[]> {
  return page.evaluate(() => window.lightcone.trace());
}

export async function hash(page: Page): Promise<string> {
  return page.evaluate(() => window.lightcone.hash());
}

/** Records of one kind. */
export async function records(page: Page, kind: string): Promise<TraceRecord[]> {
  return (await trace(page)).filter((r) => r.kind === kind);
}

/** Where an event stands on the screen. */
export async function place(page: Page, id: number): Promise<{ x: number; y: number }> {
  const at = await page.evaluate((event) => window.lightcone.locate(event), id);
  if (at === null) throw new Error(`event ${id} is not on the screen`);
  return at;
}

/** A rectangle of the screen. */
export interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A fingerprint of the canvas, or of a part of it: equal exactly when the pixels are. */
export async function picture(page: Page, area?: Area): Promise<string> {
  return page.evaluate((part) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#diagram')!;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const { x, y, w, h } = part ?? { x: box.left, y: box.top, w: box.width, h: box.height };
    const data = canvas
      .getContext('2d')!
      .getImageData((x - box.left) * scale, (y - box.top) * scale, Math.max(1, w * scale), Math.max(1, h * scale)).data;
    let sum = 2166136261;
    for (let i = 0; i < data.length; i++) sum = Math.imul(sum ^ data[i]!, 16777619);
    return `${data.length}:${sum >>> 0}`;
  }, area);
}

/** How many pixels of an area come close to a colour (`#rrggbb`). */
export async function inkIn(page: Page, colour: string, area?: Area, tolerance = 60): Promise<number> {
  return page.evaluate(
    ({ part, hex, near }) => {
      const want = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
      const canvas = document.querySelector<HTMLCanvasElement>('#diagram')!;
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      const { x, y, w, h } = part ?? { x: box.left, y: box.top, w: box.width, h: box.height };
      const data = canvas
        .getContext('2d')!
        .getImageData((x - box.left) * scale, (y - box.top) * scale, Math.max(1, w * scale), Math.max(1, h * scale)).data;
      let found = 0;
      for (let i = 0; i < data.length; i += 4) {
        const off = [0, 1, 2].reduce((sum, c) => sum + Math.abs(data[i + c]! - want[c]!), 0);
        if (off <= near) found++;
      }
      return found;
    },
    { part: area, hex: colour, near: tolerance },
  );
}

/** Mean distance of an area from the paper: how strongly it is drawn. */
export async function strength(page: Page, area: Area): Promise<number> {
  return page.evaluate((part) => {
    const canvas = document.querySelector<HTMLCanvasElement>('#diagram')!;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const ctx = canvas.getContext('2d')!;
    const paper = ctx.getImageData(1, 1, 1, 1).data;
    const { x, y, w, h } = part;
    const data = ctx.getImageData((x - box.left) * scale, (y - box.top) * scale, w * scale, h * scale).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) {
      for (let c = 0; c < 3; c++) sum += Math.abs(data[i + c]! - paper[c]!);
    }
    return sum / (data.length / 4);
  }, area);
}

/** The share of a straight line on which a colour is found: 1 where an arrow is drawn along it. */
export async function inkAlong(
  page: Page,
  from: { x: number; y: number },
  to: { x: number; y: number },
  colour: string,
): Promise<number> {
  const shares = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
  let found = 0;
  for (const share of shares) {
    const [x, y] = [from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share];
    if ((await inkIn(page, colour, { x: x - 2, y: y - 2, w: 4, h: 4 }, 90)) > 0) found++;
  }
  return found / shares.length;
}

/** Colours of the diagram's light theme. */
export const LIGHT = { accent: '#2353d9', bad: '#c1271d', processes: ['#0072b2', '#d55e00', '#00825f'] } as const;

/** Where the line that says "now" stands: the middle of the marker above it. */
export async function nowX(page: Page): Promise<number> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#diagram')!;
    const scale = canvas.width / canvas.clientWidth;
    const row = canvas.getContext('2d')!.getImageData(0, Math.round(26.5 * scale), canvas.width, 1).data;
    const [r, g, b] = document.documentElement.dataset['theme'] === 'dark' ? [126, 161, 255] : [35, 83, 217];
    const hits: number[] = [];
    for (let x = 0; x < canvas.width; x++) {
      const off = Math.abs(row[4 * x]! - r!) + Math.abs(row[4 * x + 1]! - g!) + Math.abs(row[4 * x + 2]! - b!);
      if (off < 20) hits.push(x);
    }
    return hits.length === 0 ? Number.NaN : hits.reduce((a, b) => a + b, 0) / hits.length / scale;
  });
}

/** A place on the page, in pixels. */
export interface Point {
  x: number;
  y: number;
}

/** A finger, as the browser sees one. */
export async function touch(session: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', at?: Point): Promise<void> {
  await session.send('Input.dispatchTouchEvent', { type, touchPoints: at ? [at] : [] });
}

/** Drags from one point to another, with a finger on a screen to touch, else with the mouse; `during` looks while it is held. */
export async function drag(page: Page, from: Point, to: Point, during?: () => Promise<void>): Promise<void> {
  const step = (i: number): Point => ({ x: from.x + ((to.x - from.x) * i) / 6, y: from.y + ((to.y - from.y) * i) / 6 });
  if (isSmall(page)) {
    const session = await page.context().newCDPSession(page);
    await touch(session, 'touchStart', from);
    for (let i = 1; i <= 6; i++) await touch(session, 'touchMove', step(i));
    await during?.();
    await touch(session, 'touchEnd');
    await session.detach();
  } else {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    for (let i = 1; i <= 6; i++) await page.mouse.move(step(i).x, step(i).y);
    await during?.();
    await page.mouse.up();
  }
  await frames(page);
}

/** Drags a slider's thumb to a share of its track, as a mouse does. */
export async function dragSlider(page: Page, slider: Locator, share: number): Promise<void> {
  await slider.scrollIntoViewIfNeeded();
  const box = (await slider.boundingBox())!;
  const now = await slider.evaluate((e: HTMLInputElement) => {
    const [min, max] = [Number(e.min), Number(e.max)];
    return max > min ? (Number(e.value) - min) / (max - min) : 0;
  });
  // The thumb's middle goes from 8 pixels inside the left edge to 8 pixels inside the right one.
  const x = (s: number) => box.x + 8 + (box.width - 16) * s;
  const y = box.y + box.height / 2;
  await page.mouse.move(x(now), y);
  await page.mouse.down();
  await page.mouse.move(x((now + share) / 2), y, { steps: 4 });
  await page.mouse.move(x(share), y, { steps: 4 });
  await page.mouse.up();
}

/** Text of a file that the page offered. */
export async function text(download: Download): Promise<string> {
  return (await readFile(await download.path())).toString('utf8');
}

/** Clicks an entry of the File menu and takes the file. */
export async function save(page: Page, entry: string): Promise<Download> {
  await page.locator('.actions > .menu summary').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.drop button', { has: page.locator('b', { hasText: new RegExp(`^${entry}$`) }) }).click(),
  ]);
  return download;
}

/** Opens a file through the File menu. */
export async function openFile(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.locator('input[type="file"]').setInputFiles({
    name,
    mimeType: name.endsWith('.svg') ? 'image/svg+xml' : 'application/json',
    buffer: Buffer.from(content),
  });
}

/** Fills in the form of an operation and asks for it. */
export async function ask(page: Page, operation: string, fields: Record<string, string> = {}): Promise<void> {
  await tab(page, 'act');
  const card = page.locator('.card.act');
  await card.getByRole('button', { name: operation, exact: true }).click();
  for (const [name, value] of Object.entries(fields)) {
    const field = card.getByLabel(name, { exact: true });
    if (await field.evaluate((e) => e.tagName === 'SELECT')) await field.selectOption({ label: value });
    else await field.fill(value);
  }
  await card.locator('.go').click();
}
