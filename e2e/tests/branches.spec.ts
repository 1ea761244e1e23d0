// Branches, the list of acts, undo and redo, and what a reload and a link bring back.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { atEnd, clock, frames, hash, header, isSmall, picture, place, ready, shownMs, start, still, tab, text, trace } from '../helpers.ts';

test.use({ colorScheme: 'light' });

/** The form under the list; on a small screen one scrolls down to it, past the bar that lies over the page. */
async function adderOf(page: Page) {
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  return page.getByRole('group', { name: 'Add an act' });
}

/** The names in the tree, from above to below. */
async function names(page: Page): Promise<string[]> {
  await tab(page, 'branches');
  return page.locator('.tree .name').evaluateAll((list) => list.map((e) => (e as HTMLInputElement).value));
}

/** The acts as the list shows them: time (or what they wait for), words, whose. */
async function acts(page: Page): Promise<string[]> {
  await tab(page, 'acts');
  return page.locator('.list-of-acts > li').evaluateAll((rows) =>
    rows.map((row) => {
      const time = row.querySelector<HTMLInputElement>('.time input')?.value ?? row.querySelector('.anchor')!.firstChild!.textContent;
      return `${time} ${row.querySelector('.words')!.textContent} ${row.querySelector('em')!.textContent}`;
    }),
  );
}

async function shown(page: Page): Promise<string> {
  return ((await page.locator('.branch-menu summary').textContent()) ?? '').trim();
}

/** Played to its end, back at 60 ms, where a click crashes P2: two branches. The new one plays on to what comes of it. */
async function branched(page: Page): Promise<number> {
  await atEnd(page);
  const known = (await trace(page)).length;
  await page.evaluate(() => window.lightcone.run(60));
  await tab(page, 'network');
  await page.getByRole('button', { name: 'crash P2', exact: true }).click();
  await expect.poll(() => shown(page)).toBe('crash P2 at 60 ms');
  await expect(page.locator('.notice')).toHaveText(/A new branch, “crash P2 at 60 ms”: what came after stays in “main”\./);
  await expect(page.locator('.notice')).toContainText('What comes of it, at 104 ms: refused: P2 is down', { timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  return known;
}

/** The number of pixels of a canvas that are not paper. */
async function ink(page: Page, id: string): Promise<number> {
  return page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>(name)!;
    const data = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i]! + data[i + 1]! + data[i + 2]! < 500) found++;
    return found;
  }, id);
}

test('acting in the past keeps the old future, and says so', async ({ page }) => {
  const known = await branched(page);
  const now = (await clock(page).textContent())!;
  const here = await trace(page);
  expect(here.filter((r) => r.kind === 'crash')).toHaveLength(1);
  expect(here.length).toBeLessThan(known);
  expect(await names(page)).toEqual(['main', 'crash P2 at 60 ms']);
  await expect(page.locator('.tree .since').nth(1)).toHaveText(/forked at 60 ms from “main”/);
  await page.getByRole('button', { name: 'Enter main' }).click();
  await expect.poll(() => shown(page)).toBe('main');
  // The same moment of the other branch, its future known as before.
  await expect(clock(page)).toHaveText(now);
  expect(await trace(page)).toHaveLength(known);
  expect((await trace(page)).filter((r) => r.kind === 'crash')).toHaveLength(0);
});

test('acting at the newest moment goes on with the branch, and acts that are planned stay', async ({ page }) => {
  await still(page);
  await page.evaluate(() => window.lightcone.run(60));
  await tab(page, 'network');
  await page.getByRole('button', { name: 'crash P3', exact: true }).click();
  expect(await names(page)).toEqual(['main']);
  expect(await page.evaluate(() => window.lightcone.scenario()['acts'])).toHaveLength(10);
});

test('branches are changed by menu and by key, renamed and deleted', async ({ page }) => {
  await branched(page);
  await page.locator('.branch-menu summary').click();
  await page.locator('.branch-menu .drop button', { hasText: 'main' }).first().click();
  await expect.poll(() => shown(page)).toBe('main');
  await expect(page.locator('.branch-menu .drop')).toBeHidden();
  await page.keyboard.press(']');
  await expect.poll(() => shown(page)).toBe('crash P2 at 60 ms');
  // There is nothing below the last one.
  await page.keyboard.press(']');
  await expect.poll(() => shown(page)).toBe('crash P2 at 60 ms');
  await page.keyboard.press('[');
  await expect.poll(() => shown(page)).toBe('main');
  // A name is typed over; brackets are text there.
  await tab(page, 'branches');
  const name = page.getByLabel('Name of crash P2 at 60 ms');
  await name.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('no [P2]');
  await page.keyboard.press('Enter');
  expect(await names(page)).toEqual(['main', 'no [P2]']);
  await expect.poll(() => shown(page)).toBe('main');
  await page.getByRole('button', { name: 'Delete main' }).click();
  await expect.poll(() => shown(page)).toBe('no [P2]');
  expect(await names(page)).toEqual(['no [P2]']);
  const last = page.getByRole('button', { name: 'Delete no [P2]' });
  await expect(last).toBeDisabled();
  await expect(last).toHaveAttribute('title', 'It is the only branch.');
});

test('two branches are compared: the right first difference, both diagrams with ink', async ({ page }) => {
  await branched(page);
  await page.keyboard.press('End');
  const crashed = await trace(page);
  await page.keyboard.press('[');
  await expect.poll(() => shown(page)).toBe('main');
  await page.keyboard.press('End');
  const main = await trace(page);
  const key = (r: { kind: string; node: string | null; label: string; at_us: number }) => `${r.kind} ${r.node} ${r.label} ${r.at_us}`;
  const first = main.findIndex((r, i) => crashed[i] === undefined || key(r) !== key(crashed[i]!));
  expect(first).toBeGreaterThan(5);
  await tab(page, 'branches');
  await page.getByRole('button', { name: 'Compare crash P2 at 60 ms' }).click();
  const said = page.locator('.compare p');
  await expect(said).toContainText('The same until 60 ms; then in “main” ');
  await expect(said).toContainText(`(event ${first}, ${main[first]!.at_us / 1000} ms)`);
  await expect(said).toContainText(`in “crash P2 at 60 ms” P2 crashes (event ${first}, 60 ms).`);
  await frames(page);
  await expect.poll(() => ink(page, '#other')).toBeGreaterThan(300);
  await expect.poll(() => ink(page, '#diagram')).toBeGreaterThan(300);
  const boxes = await page.evaluate(() =>
    ['#diagram', '#other'].map((id) => {
      const canvas = document.querySelector<HTMLCanvasElement>(id)!;
      const { left, width, top, bottom, height } = canvas.getBoundingClientRect();
      return { left, width, top, bottom, fits: Math.abs(canvas.height / canvas.width - height / width) < 0.02 };
    }),
  );
  // Side by side where there is room, else one above the other.
  if (isSmall(page)) expect(boxes[1]!.top).toBeGreaterThanOrEqual(boxes[0]!.bottom);
  else expect(boxes[1]!.left).toBeGreaterThanOrEqual(boxes[0]!.left + boxes[0]!.width);
  expect(Math.abs(boxes[1]!.width - boxes[0]!.width)).toBeLessThan(3);
  expect(boxes.every((b) => b.fits), 'neither picture is stretched').toBe(true);
  // Both are painted again as the cursor moves.
  const before = await ink(page, '#other');
  await page.keyboard.press('Home');
  await frames(page);
  await expect.poll(() => ink(page, '#other')).not.toBe(before);
  await page.getByRole('button', { name: 'to the difference' }).click();
  await expect(clock(page)).toHaveText('60.000 ms');
  // With a clock of its own the lower run stays where it is, and is moved by itself.
  const own = page.getByRole('button', { name: 'own clock' });
  const below = page.locator('.other-clock output');
  await own.click();
  await expect(below).toHaveText('60 ms');
  await page.getByRole('button', { name: 'One event back, below' }).click();
  await expect(below).toHaveText('58 ms');
  await expect(clock(page)).toHaveText('60.000 ms');
  const stays = await ink(page, '#other');
  await page.keyboard.press('Home');
  await expect(clock(page)).toHaveText('0.000 ms');
  await expect(below).toHaveText('58 ms');
  await frames(page);
  expect(await ink(page, '#other')).toBeGreaterThan(stays / 2);
  await page.getByLabel('Time of the lower run').fill('100000');
  await expect(below).toHaveText('100 ms');
  await own.click();
  await expect(below).toHaveCount(0);
  await page.getByRole('button', { name: 'to the difference' }).click();
  await expect(clock(page)).toHaveText('60.000 ms');
  // Escape lets go of the event first, then of the comparison.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.locator('#other')).toHaveCount(0);
  await page.getByRole('button', { name: 'Compare crash P2 at 60 ms' }).click();
  await expect(page.locator('#other')).toBeVisible();
  await page.getByRole('button', { name: 'change places' }).click();
  await expect.poll(() => shown(page)).toBe('crash P2 at 60 ms');
  await expect(page.locator('.other-name')).toHaveText('main');
  await page.getByRole('button', { name: 'leave', exact: true }).click();
  await expect(page.locator('#other')).toHaveCount(0);
});

test('the other diagram answers to the pointer: light cone and tip, and neither in the first one', async ({ page }) => {
  test.skip(isSmall(page), 'there is no pointer without a finger there');
  await branched(page);
  await tab(page, 'branches');
  await page.locator('.tree li').filter({ hasNot: page.locator('.current') }).getByRole('button', { name: /^compare/i }).first().click();
  await expect(page.locator('#other')).toBeVisible();
  await frames(page);
  await page.mouse.move(4, 4);
  const colours = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#other')!;
      const data = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
      let sum = 2166136261;
      for (let i = 0; i < data.length; i++) sum = Math.imul(sum ^ data[i]!, 16777619);
      return sum >>> 0;
    });
  const [plain, above] = [await colours(), await picture(page)];
  // Both diagrams have the same stretch and the same lanes: an event that both have stands in the same place.
  const first = (await trace(page)).find((r) => r.kind === 'send')!;
  const at = await place(page, first.id);
  const [upper, lower] = [(await page.locator('#diagram').boundingBox())!, (await page.locator('#other').boundingBox())!];
  const laneShare = (at.y - upper.y - 36) / (upper.height - 46);
  await page.mouse.move(lower.x + at.x - upper.x, lower.y + 36 + laneShare * (lower.height - 46));
  const tip = page.locator('.tip');
  await expect(tip).toHaveCount(1);
  await expect(tip).toContainText(`event ${first.id}`);
  const tipBox = (await tip.boundingBox())!;
  expect(tipBox.x).toBeGreaterThan(lower.x - 20);
  await expect.poll(colours).not.toBe(plain);
  expect(await picture(page)).toBe(above);
  await page.mouse.move(4, 4);
  await expect(tip).toHaveCount(0);
  await expect.poll(colours).toBe(plain);
});

test('a branch from here on differs in nothing until something is done in it', async ({ page }) => {
  await atEnd(page);
  await tab(page, 'branches');
  await page.getByRole('button', { name: 'branch here' }).click();
  expect(await names(page)).toEqual(['main', 'branch 2']);
  await page.getByRole('button', { name: 'Compare main' }).click();
  await expect(page.locator('.compare p')).toHaveText('“branch 2” and “main” do not differ until 175 ms.');
  await expect(page.getByRole('button', { name: 'to the difference' })).toBeDisabled();
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P1' } }));
  await expect(page.locator('.compare p')).toContainText('in “branch 2” P1 crashes');
});

test('acts are moved, changed, duplicated, deleted and added, and the cursor stays', async ({ page }) => {
  await atEnd(page);
  await page.evaluate(() => window.lightcone.run(60));
  const before = await acts(page);
  expect(before).toHaveLength(9);
  expect(before.every((a) => a.endsWith('scenario'))).toBe(true);
  const adder = await adderOf(page);
  await expect(adder.getByLabel('Time of the new act')).toHaveValue('60');
  await adder.getByLabel('Time of the new act').fill('20.5');
  await adder.getByLabel('The new act as JSON').fill('{"crash":{"node":"P3"}}');
  await adder.getByRole('button', { name: 'add' }).click();
  await expect.poll(() => acts(page)).toContain('20.5 crash P3 yours');
  await expect(clock(page)).toHaveText('60.000 ms');
  expect((await trace(page)).find((r) => r.kind === 'crash')?.at_us).toBe(20_500);
  // Moved, with the keyboard.
  await page.getByLabel('Time of crash P3').fill('40');
  await page.keyboard.press('Enter');
  await expect.poll(() => acts(page)).toContain('40 crash P3 yours');
  expect((await trace(page)).find((r) => r.kind === 'crash')?.at_us).toBe(40_000);
  // Changed.
  await page.getByRole('button', { name: 'Edit crash P3' }).click();
  await page.getByLabel('crash P3 as JSON').fill('{"pause":{"node":"P1"}}');
  await page.keyboard.press('Enter');
  await expect.poll(() => acts(page)).toContain('40 pause P1 yours');
  await page.getByRole('button', { name: 'Duplicate pause P1' }).click();
  await expect.poll(async () => (await acts(page)).filter((a) => a === '40 pause P1 yours').length).toBe(2);
  await page.getByRole('button', { name: 'Delete pause P1' }).first().click();
  await page.getByRole('button', { name: 'Delete pause P1' }).click();
  await expect.poll(() => acts(page)).toEqual(before);
  // None of this made a branch.
  expect(await names(page)).toEqual(['main']);
});

test('what makes no sense is said in a sentence and changes nothing', async ({ page }) => {
  await atEnd(page);
  const before = await acts(page);
  const told = await hash(page);
  const adder = await adderOf(page);
  const wrong = [
    ['10', '{"crash":', /^\$: this is not JSON: /],
    ['10', '{"crash":{"node":"P9"}}', /^\$\.crash\.node: there is no process "P9"; there are P1, P2, P3$/],
    ['10', '{"explode":{}}', /this act is unknown/],
    ['soon', '{"heal":{}}', /^time: a number of milliseconds from 0 to \d+ is needed, with at most three decimals$/],
    ['-1', '{"heal":{}}', /^time: /],
  ] as const;
  for (const [time, json, sentence] of wrong) {
    await adder.getByLabel('Time of the new act').fill(time);
    await adder.getByLabel('The new act as JSON').fill(json);
    await adder.getByRole('button', { name: 'add' }).click();
    await expect(adder.getByRole('alert')).toHaveText(sentence);
  }
  await page.getByLabel('Time of P3: local').fill('later');
  await page.keyboard.press('Enter');
  await expect(page.locator('.list-of-acts').getByRole('alert')).toHaveText(/^time: /);
  await page.getByLabel('Time of P3: local').fill('30');
  await page.keyboard.press('Enter');
  await expect(page.locator('.list-of-acts').getByRole('alert')).toHaveCount(0);
  expect(await acts(page)).toEqual(before);
  expect(await hash(page)).toBe(told);
});

test('an act that waits for an event can be given its time instead', async ({ page }) => {
  await atEnd(page);
  const send = (await trace(page)).find((r) => r.kind === 'send' && r.at_us > 20_000)!;
  await page.evaluate((id) => {
    const scenario = window.lightcone.scenario() as { acts: unknown[] };
    scenario.acts.push({ after_event: id, act: { pause: { node: 'P1' } } });
    window.lightcone.load(scenario);
    window.lightcone.run();
  }, send.id);
  expect(await acts(page)).toContain(`right after event ${send.id} pause P1 scenario`);
  await page.getByRole('button', { name: /^Put pause P1 at/ }).click();
  await expect.poll(() => acts(page)).toContain(`${send.at_us / 1000} pause P1 yours`);
});

test('undo and redo: acts, edits, switches, settings, the seed, other scenarios, branches', async ({ page }) => {
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  const redo = page.getByRole('button', { name: 'Redo', exact: true });
  await atEnd(page);
  await page.keyboard.press('Home');
  await tab(page, 'branches');
  const opened = (await page.evaluate(() => window.lightcone.scenario())) as Record<string, unknown>;
  await expect(redo).toBeDisabled();
  await expect(redo).toHaveAttribute('title', 'Nothing was taken back that could be done again.');
  const scenario = () => page.evaluate(() => JSON.stringify(window.lightcone.scenario()));
  const states: string[] = [];
  const state = async () => `${await scenario()} ${(await names(page)).join('|')} ${await shown(page)}`;
  const wishes: (() => Promise<void>)[] = [
    async () => page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } })),
    async () => {
      await tab(page, 'acts');
      await page.getByLabel('Time of P3: local').fill('31');
      await page.keyboard.press('Enter');
    },
    async () => {
      await tab(page, 'network');
      await page.locator('.setup .switch').first().click();
    },
    async () => {
      await tab(page, 'network');
      await page.locator('.setup').getByRole('spinbutton', { name: 'processes' }).fill('4');
      await page.keyboard.press('Enter');
    },
    async () => {
      await tab(page, 'network');
      await page.getByRole('button', { name: 'another seed' }).click();
    },
    async () => {
      await tab(page, 'branches');
      await page.getByRole('button', { name: 'branch here' }).click();
    },
    async () => {
      await tab(page, 'branches');
      await page.getByLabel('Name of branch 3').fill('mine');
      await page.keyboard.press('Enter');
    },
    async () => {
      await tab(page, 'branches');
      await page.getByRole('button', { name: 'Delete main' }).click();
    },
    async () => {
      await page.getByLabel('Scenario', { exact: true }).selectOption('partition');
    },
  ];
  states.push(await state());
  for (const wish of wishes) {
    await wish();
    const pause = page.getByRole('button', { name: 'Pause', exact: true });
    if (await pause.isVisible()) await pause.click();
    await expect.poll(state).not.toBe(states.at(-1));
    states.push(await state());
  }
  await tab(page, 'branches');
  for (let i = states.length - 2; i >= 0; i--) {
    if (i % 2 === 0) await undo.click();
    else await page.keyboard.press('Control+z');
    await expect.poll(state, `back at ${i}`).toBe(states[i]);
  }
  expect(await page.evaluate(() => window.lightcone.scenario())).toEqual(opened);
  for (let i = 1; i < states.length; i++) {
    if (i % 3 === 0) await redo.click();
    else await page.keyboard.press(i % 3 === 1 ? 'Control+Shift+Z' : 'Control+y');
    await expect.poll(state, `again at ${i}`).toBe(states[i]);
  }
  await expect(redo).toBeDisabled();
});

test('the seed can be typed, and nonsense is explained', async ({ page }) => {
  await still(page);
  await tab(page, 'network');
  const field = page.getByLabel('seed', { exact: true });
  await expect(field).toHaveValue('7');
  await field.fill('18446744073709551615');
  await page.keyboard.press('Enter');
  // No browser reads such a number; the file has it as it was typed.
  await expect(field).toHaveValue('18446744073709551615');
  await field.fill('many');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').locator('span')).toHaveText('seed: a whole number from 0 to 18446744073709551615 is needed');
  await expect(field).toHaveValue('18446744073709551615');
});

/** Waits until the address says the time that is shown and what else it is to say, and until that was kept. */
async function settled(page: Page, ...parts: string[]): Promise<void> {
  const wanted = [`t=${Math.round((await shownMs(page)) * 1000)}`, ...parts];
  const missing = () =>
    page.evaluate((all) => {
      const hash = location.hash.slice(1);
      const said = decodeURIComponent(hash).split('&');
      const kept = sessionStorage.getItem('lightcone.run') ?? '';
      return [...all.filter((part) => !said.includes(part)), ...(kept.includes(JSON.stringify(hash)) ? [] : ['kept'])];
    }, wanted);
  await expect.poll(missing).toEqual([]);
}

test('a reload brings back all branches, the cursor and the view', async ({ page }) => {
  const known = await branched(page);
  await page.getByRole('button', { name: 'Lamport', exact: true }).click();
  await page.evaluate(() => window.lightcone.run(90));
  await settled(page, 'l=lamport', 'n=crash P2 at 60 ms');
  const here = await hash(page);
  const before = await names(page);
  await page.reload();
  await ready(page);
  await expect(clock(page)).toHaveText('90.000 ms');
  expect(await shown(page)).toBe('crash P2 at 60 ms');
  expect(await hash(page)).toBe(here);
  expect(await names(page)).toEqual(before);
  await expect(page.getByRole('button', { name: 'Lamport', exact: true })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('[');
  await expect.poll(() => shown(page)).toBe('main');
  expect(await trace(page)).toHaveLength(known);
  expect((await acts(page)).every((a) => a.endsWith('scenario'))).toBe(true);
});

test('a link brings the branch, the moment and the view to another browser', async ({ page, browser, site }) => {
  await branched(page);
  await page.getByRole('button', { name: 'both', exact: true }).click();
  const view = (p: Page) => p.locator('.toolbar .menu', { hasText: 'Open lanes' });
  await view(page).locator('summary').click();
  await view(page).getByRole('button', { name: 'order', exact: true }).click();
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.lightcone.run(90));
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await settled(page, 'l=both', 'a=order', 'f=0');
  const link = `${site.url}${await page.evaluate(() => location.hash)}`;
  const other = await browser.newContext({ viewport: page.viewportSize(), colorScheme: 'light' });
  const fresh = await other.newPage();
  await fresh.goto(link);
  await ready(fresh);
  await expect(clock(fresh)).toHaveText('90.000 ms');
  expect(await shown(fresh)).toBe('crash P2 at 60 ms');
  await view(fresh).locator('summary').click();
  for (const pressed of ['both', 'order']) {
    await expect(fresh.getByRole('button', { name: pressed, exact: true })).toHaveAttribute('aria-pressed', 'true');
  }
  // Zoomed in by hand, it does not follow now.
  await expect(fresh.getByRole('button', { name: '→ now' })).toBeVisible();
  expect(await fresh.evaluate(() => window.lightcone.frame())).toEqual(await page.evaluate(() => window.lightcone.frame()));
  expect((await acts(fresh)).filter((a) => a.endsWith('yours'))).toEqual(['60 crash P2 yours']);
  await other.close();
});

test('a run too long for a link is offered as a file', async ({ page }) => {
  await start(page);
  await page.evaluate(() => {
    // At times of no pattern, which no packing makes short.
    let at = 1;
    const times = Array.from({ length: 3000 }, () => (at = (at * 48_271) % 2_147_483_647) % 900_000);
    times.sort((a, b) => a - b);
    const list = times.map((us) => ({ at_ms: us / 1000, act: { request: { node: `P${1 + (us % 3)}`, op: 'local', args: {} } } }));
    window.lightcone.load({ format: 'lightcone/1', lab: 'vector-clocks', title: 'Long', acts: list, until_ms: 1000 });
  });
  await (await header(page, 'Share')).click();
  await expect(page.locator('.notice span')).toHaveText('This run is too long for a link: save it as a file and send that.');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save the file' }).click()]);
  expect((JSON.parse(await text(download)) as { acts: unknown[] }).acts).toHaveLength(3000);
});

test('what was kept by another version of the page, or is cut off, does no harm', async ({ page }) => {
  await branched(page);
  await settled(page, 'n=crash P2 at 60 ms');
  await page.evaluate(() => {
    for (const storage of [sessionStorage, localStorage]) {
      const kept = storage.getItem('lightcone.run')!;
      storage.setItem('lightcone.run', kept.slice(0, kept.length / 2));
    }
  });
  await page.reload();
  await ready(page);
  // The address alone has the branch that was shown.
  expect(await names(page)).toEqual(['crash P2 at 60 ms']);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test('axe finds nothing in the tree, the list and the comparison', async ({ page }) => {
      await branched(page);
      const clean = async (where: string) => {
        await frames(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`), where).toEqual([]);
      };
      await tab(page, 'branches');
      await clean('the tree');
      await page.getByRole('button', { name: 'Compare main' }).click();
      await clean('the comparison');
      await tab(page, 'acts');
      await page.getByRole('button', { name: 'Edit crash P2' }).click();
      await page.getByLabel('crash P2 as JSON').fill('{');
      await page.keyboard.press('Enter');
      await clean('the list with a mistake');
      await page.locator('.branch-menu summary').click();
      await clean('the menu of branches');
    });
  });
}

test('a finger does the same', async ({ page }) => {
  test.skip(!isSmall(page), 'on a small screen');
  await branched(page);
  await page.locator('.tab[data-tab="branches"]').tap();
  await page.getByRole('button', { name: 'Undo', exact: true }).tap();
  await expect.poll(() => shown(page)).toBe('main');
  await page.getByRole('button', { name: 'Redo', exact: true }).tap();
  await expect.poll(() => shown(page)).toBe('crash P2 at 60 ms');
  await page.locator('.branch-menu summary').tap();
  await page.locator('.branch-menu .drop button', { hasText: 'main' }).first().tap();
  await expect.poll(() => shown(page)).toBe('main');
  await page.getByRole('button', { name: 'Compare crash P2 at 60 ms' }).tap();
  await expect(page.locator('#other')).toBeVisible();
  await page.getByRole('button', { name: 'leave', exact: true }).tap();
  await page.locator('.tab[data-tab="acts"]').tap();
  await page.getByRole('button', { name: 'Delete P3: local' }).tap();
  await expect(page.locator('.list-of-acts > li')).toHaveCount(8);
  // Nothing is wider than the screen.
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
});
