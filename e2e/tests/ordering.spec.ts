// The labs of ordered multicast and of the causal store: their views, their checks, what one may send through them.
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { ask, atEnd, frames, inkIn, LIGHT, load, place, records, shownMs, start, tab } from '../helpers.ts';

test.use({ colorScheme: 'light' });

const LABS = ['total-order', 'causal-multicast', 'causal-kv'] as const;

/** A panel of the lab by its heading. */
function panel(page: Page, heading: string) {
  return page.locator('.panel', { has: page.getByRole('heading', { name: heading, exact: true }) });
}

async function open(page: Page, lab: string, scenario?: string): Promise<void> {
  await start(page, `#lab=${lab}${scenario === undefined ? '' : `&scenario=${scenario}`}`);
}

/** Opens a scenario of a lab and stands at an instant. */
async function at(page: Page, lab: string, scenario: string, ms?: number): Promise<void> {
  await open(page, lab, scenario);
  await page.evaluate((until) => window.lightcone.run(until), ms);
  await frames(page);
}

async function empty(page: Page, lab: string, more: Record<string, unknown> = {}): Promise<void> {
  await start(page);
  await load(page, { format: 'lightcone/1', lab, network: { delay_ms: 20 }, until_ms: 1000, ...more });
}

for (const lab of LABS) {
  test(`${lab} can be chosen, plays, and its rules hold`, async ({ page }) => {
    await start(page);
    await page.getByLabel('Lab', { exact: true }).selectOption(lab);
    await expect.poll(() => page.evaluate(() => window.lightcone.frame().position)).toBeGreaterThan(8);
    await page.getByRole('button', { name: 'To the end' }).click();
    await tab(page, 'inspect');
    await expect(page.locator('.rules h2')).toHaveText('Rules hold');
    await tab(page, 'lab');
    await expect(page.locator('.panel').first()).toBeVisible();
    expect(await page.locator('.panel h2').count()).toBeGreaterThanOrEqual(2);
  });

  test(`a link may name ${lab} alone`, async ({ page }) => {
    await open(page, lab);
    await expect(page.getByLabel('Lab', { exact: true })).toHaveValue(lab);
    await expect(page.getByRole('alert')).toHaveCount(0);
  });
}

test('total order: a head says whose acknowledgement is missing, then all deliver the same', async ({ page }) => {
  await at(page, 'total-order', 'overtaking', 60);
  await tab(page, 'lab');
  await expect(panel(page, 'Hold-back queues').locator('.missing').first()).toContainText('waits for P3');
  await page.getByRole('button', { name: 'To the end' }).click();
  const lists = panel(page, 'Deliveries').locator('.list');
  await expect(lists).toHaveCount(3);
  for (const list of await lists.all()) await expect(list.locator('li')).toHaveText(['1. P1#1', '2. P2#1']);
});

test('total order: receipt and delivery are two marks, and a bar stands between them', async ({ page }) => {
  await at(page, 'total-order', 'overtaking');
  const deliver = (await records(page, 'deliver')).find((r) => r.node === 'P3' && r.data['origin'] === 'P2')!;
  const receive = (await records(page, 'receive')).find((r) => r.node === 'P3' && r.label.startsWith('P2#1'))!;
  const [a, b] = [await place(page, receive.id), await place(page, deliver.id)];
  expect(b.x - a.x).toBeGreaterThan(30);
  const orange = LIGHT.processes[1];
  expect(await inkIn(page, orange, { x: a.x + 10, y: Math.min(a.y, b.y), w: b.x - a.x - 20, h: 30 }, 200)).toBeGreaterThan(60);
});

test('total order: the replicated account changes in cents on every copy', async ({ page }) => {
  await empty(page, 'total-order');
  await ask(page, 'multicast', { payload: '{"add":2550}' });
  await page.getByRole('button', { name: 'To the end' }).click();
  await tab(page, 'lab');
  for (const row of await panel(page, 'Accounts').locator('tbody tr').all()) await expect(row).toContainText('1025.50');
  const balances = (await records(page, 'deliver')).map((r) => r.data['balance']);
  expect(balances).toEqual([102_550, 102_550, 102_550]);
});

test('causal multicast: what is held back marks the component that it waits for', async ({ page }) => {
  await at(page, 'causal-multicast', 'question', 80);
  await tab(page, 'lab');
  const held = panel(page, 'Held back').locator('.list').nth(2);
  await expect(held.locator('.held')).toContainText('Yes, P2 is.');
  await expect(held.locator('.missing')).toContainText('P1');
  await page.getByRole('button', { name: 'To the end' }).click();
  await expect(held).toContainText('empty');
});

test('causal store: put and get through any node, and the answer names the write', async ({ page }) => {
  await empty(page, 'causal-kv');
  await ask(page, 'put', { node: 'node1', key: 'city', value: '"Mainz"' });
  await page.evaluate(() => window.lightcone.run(200));
  await ask(page, 'get', { node: 'node3', key: 'city' });
  await page.evaluate(() => window.lightcone.run(400));
  const replies = await records(page, 'reply');
  expect(replies.map((r) => [r.data['op'], r.data['ok'], r.data['value']])).toEqual([
    ['put', true, 'Mainz'],
    ['get', true, 'Mainz'],
  ]);
  expect(replies[1]!.data['write']).toEqual({ origin: 'node1', seq: 1 });
  await tab(page, 'lab');
  await expect(panel(page, 'Stores')).toContainText('Mainz');
});

test('causal store: a clock given by hand is buffered until it fits', async ({ page }) => {
  await at(page, 'causal-kv', 'by-hand', 60);
  await tab(page, 'lab');
  await expect(panel(page, 'Buffers').locator('.missing, .held').first()).toBeVisible();
  await page.getByRole('button', { name: 'To the end' }).click();
  await tab(page, 'inspect');
  await expect(page.locator('.rules h2')).toHaveText('Rules hold');
});

test('the settings of every kind have a field, and a field changes the run', async ({ page }) => {
  await open(page, 'causal-kv');
  await tab(page, 'network');
  const wait = page.locator('.setup').getByLabel('wait_ms', { exact: true });
  await wait.fill('75');
  await wait.press('Enter');
  await expect.poll(() => page.evaluate(() => window.lightcone.scenario()['setup'])).toMatchObject({ wait_ms: 75 });
  const clients = page.locator('.setup').getByLabel('clients', { exact: true });
  await clients.fill('4');
  await clients.press('Enter');
  await expect.poll(() => page.evaluate(() => window.lightcone.frame().processes.length)).toBe(7);
});

test('sorts of messages can be hidden, and the link layer shown', async ({ page }) => {
  await at(page, 'total-order', 'lossy');
  const menu = page.locator('.toolbar .menu', { hasText: 'messages' });
  await menu.locator('summary').click();
  const link = (await records(page, 'link'))[4]!;
  expect(await page.evaluate((id) => window.lightcone.locate(id), link.id)).toBeNull();
  await menu.getByLabel('link layer').check();
  await page.keyboard.press('0');
  await frames(page);
  expect(await page.evaluate((id) => window.lightcone.locate(id), link.id)).not.toBeNull();
  const ack = (await records(page, 'receive')).find((r) => r.label.startsWith('ack'))!;
  expect(await page.evaluate((id) => window.lightcone.locate(id), ack.id)).not.toBeNull();
  await menu.getByLabel('acknowledgement').uncheck();
  await frames(page);
  expect(await page.evaluate((id) => window.lightcone.locate(id), ack.id)).toBeNull();
});

test('a step passes over what is hidden', async ({ page }) => {
  await at(page, 'total-order', 'overtaking', 5);
  const kinds: string[] = [];
  for (let i = 0; i < 12; i++) {
    await page.getByRole('button', { name: 'One event forward' }).click();
    const event = await page.evaluate(() => window.lightcone.frame().event);
    kinds.push((await page.evaluate((id) => window.lightcone.trace()[id!]!.kind, event)) ?? '');
  }
  expect(kinds).toContain('receive');
  expect(kinds).not.toContain('link');
});

test('settling ends all faults and delivers what was held', async ({ page }) => {
  await empty(page, 'total-order', { network: { delay_ms: 20, loss: 0.5 } });
  await ask(page, 'multicast', { payload: 'one' });
  await page.evaluate(() => window.lightcone.act({ crash: { node: 'P3' } }));
  await page.evaluate(() => window.lightcone.run(150));
  expect(await records(page, 'deliver')).toHaveLength(0);
  await tab(page, 'network');
  await page.getByRole('button', { name: 'end all faults and settle' }).click();
  const faster = page.getByRole('button', { name: 'Faster' });
  while (await faster.isEnabled()) await faster.click();
  await expect.poll(async () => (await records(page, 'deliver')).length).toBe(3);
  expect(await shownMs(page)).toBeGreaterThan(150);
});

test('a workload asks many times, the same for the same seed', async ({ page }) => {
  await empty(page, 'total-order', { seed: 7 });
  await tab(page, 'act');
  await page.locator('.card.act .fold summary').click();
  await page.locator('.card.act .fold').getByLabel('count', { exact: true }).fill('12');
  await page.locator('.card.act .fold').getByLabel('every', { exact: true }).fill('15');
  await page.locator('.card.act .fold').getByRole('button', { name: 'Start', exact: true }).click();
  await page.evaluate(() => window.lightcone.run(1000));
  expect(await records(page, 'request')).toHaveLength(12);
  expect(await records(page, 'deliver')).toHaveLength(36);
  await page.locator('.card.act .fold').getByLabel('count', { exact: true }).fill('0');
  await page.locator('.card.act .fold').getByRole('button', { name: 'Start', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('count');
});

test('charts of latency and of waiting are filled', async ({ page }) => {
  await at(page, 'total-order', 'many');
  await page.locator('.tab[data-tab="metrics"]').click();
  for (const name of ['From sending to delivery', 'Held back', 'Waiting at one process']) {
    const chart = page.locator('.chart', { hasText: name });
    // A line with many corners, and a scale that is not nothing.
    expect(((await chart.locator('> svg path.first').getAttribute('d')) ?? '').split('L').length).toBeGreaterThan(5);
    await expect(chart.locator('figcaption')).toContainText(/up to [1-9]/);
  }
});

const PAYLOADS: [string, string, unknown][] = [
  ['nothing at all', '', ''],
  ['quotes and backslashes', '"a \\"b\\" \\\\ c"', 'a "b" \\ c'],
  ['right-to-left text', 'שלום עולם', 'שלום עולם'],
  ['markup', '<b onclick="x">&amp;</b>', '<b onclick="x">&amp;</b>'],
  ['10 kB', 'x'.repeat(10_240), 'x'.repeat(10_240)],
];

for (const [name, typed, meant] of PAYLOADS) {
  for (const lab of ['total-order', 'causal-multicast'] as const) {
    test(`${lab} carries ${name}`, async ({ page }) => {
      await empty(page, lab);
      await ask(page, 'multicast', { payload: typed });
      await page.getByRole('button', { name: 'To the end' }).click();
      const delivered = await records(page, 'deliver');
      expect(delivered.map((r) => r.data['payload'])).toEqual([meant, meant, meant]);
      for (const record of delivered) expect(record.label.length).toBeLessThan(200);
      const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(width).toBeLessThanOrEqual(0);
    });
  }
  test(`the causal store keeps ${name}`, async ({ page }) => {
    await empty(page, 'causal-kv');
    await ask(page, 'put', { node: 'node1', key: 'k', value: typed });
    await page.getByRole('button', { name: 'To the end' }).click();
    const reply = (await records(page, 'reply'))[0]!;
    expect([reply.data['ok'], reply.data['value']]).toEqual([true, meant]);
    await tab(page, 'lab');
    await expect(panel(page, 'Stores')).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(width).toBeLessThanOrEqual(0);
  });
}

test('what cannot be asked for is refused in one sentence that says where', async ({ page }) => {
  await empty(page, 'causal-kv');
  const refusals: [unknown, RegExp][] = [
    [{ request: { node: 'client1', op: 'increment', args: {} } }, /op: this lab has no operation "increment"/],
    [{ request: { node: 'node1', op: 'put', args: { node: 'node1', key: 'x', value: 1 } } }, /node/],
    [{ request: { node: 'client1', op: 'put', args: { node: 'node1', key: 7, value: 1 } } }, /key/],
    [{ request: { node: 'client1', op: 'put', args: { node: 'nobody', key: 'x', value: 1 } } }, /nobody/],
  ];
  for (const [act, sentence] of refusals) {
    const said = await page.evaluate((a) => {
      try {
        window.lightcone.act(a);
        return '';
      } catch (e) {
        return String(e);
      }
    }, act);
    expect(said).toMatch(sentence);
    expect(said).toContain('$.');
  }
  await empty(page, 'vector-clocks');
  await page.evaluate(() => {
    try {
      window.lightcone.act({ request: { node: 'P1', op: 'send', args: { to: 'P9', message: 'me' } } });
    } catch (e) {
      document.title = String(e);
    }
  });
  await expect(page).toHaveTitle(/there is no process "P9"/);
});

for (const [lab, scenario, rule] of [
  ['total-order', 'broken-no-acks', 'total-order'],
  ['causal-multicast', 'broken-no-buffer', 'causal-order'],
  ['causal-kv', 'broken-no-buffer', 'causal-order'],
] as const) {
  test(`${lab}/${scenario} stops at the first bad event and names it`, async ({ page }) => {
    await open(page, lab, scenario);
    for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Faster' }).click();
    await expect(page.getByRole('alert')).toContainText(`Stopped: ${rule} is broken.`);
    await expect(page.locator('.watch .broken')).toContainText('Broken on purpose');
    await tab(page, 'inspect');
    await expect(page.locator('.rules li.violated b').first()).toContainText(rule);
  });
}

test('at the pointer an event says its clock before and after', async ({ page }) => {
  test.skip((page.viewportSize()?.width ?? 0) <= 900, 'a finger does not hover');
  await at(page, 'total-order', 'overtaking');
  const receive = (await records(page, 'receive')).find((r) => r.node === 'P3')!;
  const { x, y } = await place(page, receive.id);
  await page.mouse.move(x, y);
  const tip = page.locator('.tip');
  await expect(tip).toContainText('P3 receives');
  await expect(tip).toContainText(`${String(receive.data['before'])} → ${String(receive.data['after'])}`);
});

test('the textbook lab still opens first', async ({ page }) => {
  await atEnd(page);
  await expect(page.getByLabel('Lab', { exact: true })).toHaveValue('vector-clocks');
});
