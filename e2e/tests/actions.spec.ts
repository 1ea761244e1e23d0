// Forty things that a person does, as a table: what it is called, how it is done with the mouse, how with the keyboard
// alone, with a finger where that is common, and what of it is to be seen. What is seen decides: text, pixels, the
// address. `window.lightcone` only sets the stage. It is long because the table is one: a row has to be read beside its
// neighbours, and one walk goes through all of them on few pages.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { type Panel, dragSlider, frames, header, isSmall, load, picture, place, start, tab, tabOf, trace } from '../helpers.ts';

test.use({ colorScheme: 'light' });

type Do = (page: Page) => Promise<unknown>;

/** One thing to do, and what is to be seen after it: a text, a pattern, or only something else than before. */
interface Step {
  mouse: Do;
  keys: Do;
  touch?: Do;
  then?: string | RegExp;
}

interface Action {
  name: string;
  /** What changes on the screen, in words. */
  changes: string;
  /** The stage. */
  from: Do;
  /** What is to be seen. */
  seen: (page: Page) => Promise<string>;
  steps: Step[];
  /** Puts back what does not belong to the run. */
  after?: Do;
}

/** Which of the ways is being walked. */
type Way = 'mouse' | 'keys' | 'touch';

// ---------------------------------------------------------------------------------------------- how it is done

const TABBABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea, summary, [tabindex]:not([tabindex="-1"])';

/** Goes to an element with Tab or Shift+Tab, whichever is shorter, as somebody without a mouse does. */
async function reach(page: Page, target: Locator): Promise<void> {
  await expect(target).toHaveCount(1);
  for (let tries = 0; tries < 12; tries++) {
    const away = await target.evaluate((wanted, selector) => {
      if (wanted === document.activeElement) return 0;
      const shown = (e: Element) => e.checkVisibility({ visibilityProperty: true });
      const all = [...document.querySelectorAll(selector)].filter(shown);
      const goal = all.indexOf(wanted);
      if (goal < 0) throw new Error(`no Tab leads to ${wanted.outerHTML.slice(0, 120)}`);
      const here = document.activeElement;
      // Where nothing has the focus the first Tab goes to the first element.
      if (here === null || here === document.body) return goal + 1;
      const index = all.indexOf(here);
      if (index >= 0) return goal - index;
      const before = all.filter((e) => here.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING).length;
      return goal >= before ? goal - before + 1 : goal - before;
    }, TABBABLE);
    if (away === 0) return;
    for (let i = 0; i < Math.abs(away); i++) await page.keyboard.press(away > 0 ? 'Tab' : 'Shift+Tab');
  }
  throw new Error('Tab goes round in a circle');
}

const named = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name, exact: true });
const at = (selector: string) => (page: Page) => page.locator(selector);
const click = (target: (page: Page) => Locator): Do => (page) => target(page).click();
const tap = (target: (page: Page) => Locator): Do => (page) => target(page).tap();
const key = (...keys: string[]): Do => async (page) => {
  for (const one of keys) await page.keyboard.press(one);
};
/** Tab to it, then a key on it. */
const keyOn = (target: (page: Page) => Locator, ...keys: string[]): Do => async (page) => {
  await reach(page, target(page));
  for (const one of keys) await page.keyboard.press(one);
};
const all = (...deeds: Do[]): Do => async (page) => {
  for (const deed of deeds) await deed(page);
};
/** A click and Enter and a tap on the same thing. */
const press = (target: (page: Page) => Locator, then?: string | RegExp): Step => ({
  mouse: click(target),
  keys: keyOn(target, 'Enter'),
  touch: tap(target),
  ...(then === undefined ? {} : { then }),
});

/** A button of the header, where it is an entry of a menu. */
const inHeader = (name: string, entry = name): Do => async (page) => (await header(page, name, entry)).tap();

/** A tab of the panels, where there are tabs. */
const panel = (name: Panel) => (page: Page) => tabOf(page, name);
const inPanel = (name: Panel, target: (page: Page) => Locator, then?: string | RegExp): Step => {
  const step = press(target, then);
  return {
    ...step,
    mouse: all(click(panel(name)), click(target)),
    keys: all(keyOn(panel(name), 'Enter'), keyOn(target, 'Enter')),
    touch: all(tap(panel(name)), tap(target)),
  };
};

/** An entry of an open menu, by the arrow keys. */
const walkTo = (entry: RegExp): Do => async (page) => {
  const item = page.getByRole('menuitem', { name: entry });
  await expect(item).toBeVisible();
  for (let i = 0; i < 12 && !(await item.evaluate((e) => e === document.activeElement)); i++) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
};
const pickItem = (entry: RegExp): Do => (page) => page.getByRole('menuitem', { name: entry }).click();

/** The middle of an event on the screen. */
async function eventAt(page: Page, kind: string, which = 0): Promise<{ x: number; y: number }> {
  return place(page, (await trace(page)).filter((r) => r.kind === kind)[which]!.id);
}
const clickEvent = (kind: string, which = 0): Do => async (page) => {
  const { x, y } = await eventAt(page, kind, which);
  await page.mouse.click(x, y);
  await page.mouse.move(3, 3);
};

/** A name beside the diagram. */
async function nameAt(page: Page, lane: number): Promise<{ x: number; y: number }> {
  const box = (await page.locator('#diagram').boundingBox())!;
  return { x: box.x + 26, y: (await eventAt(page, 'boot', lane)).y };
}

const drag = (from: { x: number; y: number }, to: { x: number; y: number }): Do => async (page) => {
  if (!isSmall(page)) {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
    return;
  }
  const client = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', [from]);
  for (let i = 1; i <= 5; i++) {
    await touch('touchMove', [{ x: from.x + ((to.x - from.x) * i) / 5, y: from.y + ((to.y - from.y) * i) / 5 }]);
  }
  // It rests before it is lifted: a browser takes a tap that comes while something glides on for a wish to stop it.
  for (let i = 0; i < 3; i++) {
    await frames(page);
    await touch('touchMove', [to]);
  }
  await touch('touchEnd', []);
  await client.detach();
};

/** A finger that stays. */
const longPress = (spot: (page: Page) => Promise<{ x: number; y: number }>): Do => async (page) => {
  const client = await page.context().newCDPSession(page);
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [await spot(page)] });
  await expect(page.getByRole('menu')).toBeVisible();
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await client.detach();
};

const middle = (target: (page: Page) => Locator) => async (page: Page) => {
  await target(page).evaluate((e) => e.scrollIntoView({ block: 'center' }));
  const box = (await target(page).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
const rightClick = (target: (page: Page) => Locator): Do => async (page) => {
  const { x, y } = await middle(target)(page);
  await page.mouse.click(x, y, { button: 'right' });
};

// ------------------------------------------------------------------------------------------------ where it begins

const SMALL = { format: 'lightcone/1', lab: 'vector-clocks', title: 'A stage' };
const send = (atMs: number, node: string, to: string) => ({
  at_ms: atMs,
  act: { request: { node, op: 'send', args: { to, message: 'hello' } } },
});
const TALK = {
  ...SMALL,
  network: { delay_ms: 20 },
  acts: [send(10, 'P1', 'P2'), send(40, 'P2', 'P3'), send(70, 'P3', 'P1'), send(75, 'P1', 'P3')],
  until_ms: 120,
};
const TOTAL = {
  format: 'lightcone/1',
  lab: 'total-order',
  network: { delay_ms: 10 },
  acts: [{ at_ms: 10, act: { request: { node: 'P1', op: 'multicast', args: { payload: 'x' } } } }],
  until_ms: 60,
};

/** A run of a few messages at a time. */
const stage = (untilMs?: number, scenario: unknown = TALK): Do => async (page) => {
  await load(page, scenario);
  await page.evaluate((until) => window.lightcone.run(until), untilMs);
  await frames(page);
};
const atEnd = stage();
const atHalf = stage(60);
/** One message on its way, far from its end. */
const flying: Do = async (page) => {
  await stage(0, { ...SMALL, network: { delay_ms: 600 }, acts: [send(10, 'P1', 'P3')], until_ms: 1000 })(page);
  await page.evaluate(() => window.lightcone.run(240));
  await frames(page);
  // Where panels are tabs, the cluster is in one.
  if (isSmall(page)) await page.locator('.tab[data-tab="lab"]').tap();
  await expect(page.locator('#cluster .token')).toHaveCount(1);
};
/** Two branches, the later one shown. */
const branched: Do = async (page) => {
  await atEnd(page);
  await page.evaluate(() => {
    window.lightcone.run(60);
    window.lightcone.act({ crash: { node: 'P2' } });
  });
  await expect(page.locator('.branch-menu summary')).toHaveText('crash P2 at 60 ms');
};
const then = (from: Do, more: Do): Do => all(from, more);

// --------------------------------------------------------------------------------------------------- what is seen

const textOf = (selector: string) => async (page: Page) => (await page.locator(selector).allTextContents()).join(' | ');
const attribute = (target: (page: Page) => Locator, name: string) => async (page: Page) =>
  (await target(page).getAttribute(name)) ?? '';
const shownTime = textOf('.now b');
const sight = attribute(at('#overview'), 'aria-valuetext');
const address = (page: Page) => page.evaluate(() => decodeURIComponent(location.hash));
const tokens = (page: Page) =>
  page.locator('#cluster .token').evaluateAll((list) => list.map((e) => e.getAttribute('aria-label')).join(' | '));
const faults = textOf('.faults .status');
/** Whether the time moves by itself. */
const moving = async (page: Page) => {
  const before = await shownTime(page);
  await frames(page);
  await frames(page);
  await frames(page);
  return (await shownTime(page)) === before ? 'stands still' : 'moves';
};
/** The processes from above to below, by where their first events stand. */
const lanes = async (page: Page) => {
  const boots = (await trace(page)).filter((r) => r.kind === 'boot');
  const placed = await Promise.all(boots.map(async (r) => ({ name: r.node, y: (await place(page, r.id)).y })));
  return placed.sort((a, b) => a.y - b.y).map((p) => p.name).join(' ');
};
const both = (...parts: ((page: Page) => Promise<string>)[]) => async (page: Page) => {
  const list: string[] = [];
  for (const part of parts) list.push(await part(page));
  return list.join(' / ');
};
let saved = '';

// --------------------------------------------------------------------------------------------------- the table

const viewMenu = at('.toolbar .menu:has(.switches) > summary');
const inView = (inside: (page: Page) => Locator, on = 'Enter'): Pick<Step, 'mouse' | 'keys'> => ({
  mouse: all(click(viewMenu), click(inside), key('Escape')),
  keys: all(keyOn(viewMenu, 'Enter'), keyOn(inside, on), key('Escape')),
});
const fileMenu = at('.actions > .menu > summary');
const card = (name: string) => (page: Page) => page.locator(`.card.${name}`);
const inCard = (name: string, button: string) => (page: Page) => card(name)(page).getByRole('button', { name: button, exact: true });
const slider = (name: string) => (page: Page) => card('network')(page).getByRole('slider', { name, exact: true });
const token = at('#cluster .token');
const onToken = (entry: RegExp, then?: string | RegExp): Step => ({
  mouse: all(rightClick(at('#cluster .token path')), pickItem(entry)),
  keys: all(keyOn(token, 'Enter'), walkTo(entry)),
  touch: all(longPress(middle(at('#cluster .token path'))), (page) => page.getByRole('menuitem', { name: entry }).tap()),
  ...(then === undefined ? {} : { then }),
});
/** The menu of the lane of P2, at the name's right, where nothing else is. */
const onLane = (entry: RegExp, then: string | RegExp): Step => ({
  mouse: all(async (page) => {
    const { x, y } = await nameAt(page, 1);
    await page.mouse.click(x, y, { button: 'right' });
  }, pickItem(entry)),
  keys: all(keyOn(at('#diagram')), async (page) => {
    // The keys may be at a lane already: then they go on from there.
    const says = page.locator('.card.diagram .sr[role="status"]').first();
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('ArrowDown');
      if (/^P2\b/.test((await says.textContent()) ?? '')) break;
    }
    await page.keyboard.press('Enter');
  }, walkTo(entry)),
  touch: all(longPress((page) => nameAt(page, 1)), (page) => page.getByRole('menuitem', { name: entry }).tap()),
  then,
});
const scenarioChooser = (page: Page) => page.getByLabel('Scenario', { exact: true });
const link: Pick<Step, 'then'> = { then: /link/i };

const ACTIONS: Action[] = [
  {
    name: 'play and pause', changes: 'the time moves, and stands still again',
    from: stage(0, { ...TALK, until_ms: 9_000 }), seen: moving,
    steps: [
      { mouse: click(named('Play')), keys: key('k'), touch: tap(named('Play')), then: 'moves' },
      { mouse: click(named('Pause')), keys: key('k'), touch: tap(named('Pause')), then: 'stands still' },
    ],
  },
  {
    name: 'one event on, and back', changes: 'the number of events so far',
    from: atHalf, seen: textOf('.now span'),
    steps: [
      { mouse: click(named('One event forward')), keys: key('.'), touch: tap(named('One event forward')), then: /^event 10 of/ },
      { mouse: click(named('One event back')), keys: key(','), touch: tap(named('One event back')), then: /^event 9 of/ },
    ],
  },
  {
    name: 'to the end and to the beginning', changes: 'the time',
    from: atHalf, seen: shownTime,
    steps: [
      { mouse: click(named('To the end')), keys: key('End'), touch: tap(named('To the end')), then: '120.000 ms' },
      { mouse: click(named('To the beginning')), keys: key('Home'), touch: tap(named('To the beginning')), then: '0.000 ms' },
    ],
  },
  {
    name: 'change the speed', changes: 'the number between minus and plus',
    from: atHalf, seen: textOf('.speed output'),
    steps: [{ mouse: click(named('Faster')), keys: key('>') }, { mouse: click(named('Slower')), keys: key('<') }],
  },
  {
    name: 'go to an instant', changes: 'the time, and the line that says now',
    from: atEnd, seen: both(shownTime, picture),
    steps: [
      {
        mouse: (page) => dragSlider(page, page.locator('#scrubber'), 0.5),
        keys: keyOn(at('#scrubber'), 'PageDown'),
        touch: async (page) => {
          const box = (await page.locator('#scrubber').boundingBox())!;
          await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
        },
        then: /^(?!120\.000)/,
      },
    ],
  },
  {
    name: 'zoom in, and show everything again', changes: 'the frame in the strip, and the diagram',
    from: atEnd, seen: both(sight, picture),
    steps: [
      {
        mouse: async (page) => {
          const box = (await page.locator('#diagram').boundingBox())!;
          await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
          await page.mouse.wheel(0, -300);
        },
        keys: key('+', '+'),
        touch: tap(named('Zoom in')),
      },
      { mouse: click(named('fit')), keys: key('0'), touch: tap(named('fit')), then: /^0 to 120 of 120 milliseconds in sight/ },
    ],
  },
  {
    name: 'move along the run, and back to now', changes: 'the stretch in sight, and a button that leads back',
    from: then(atEnd, key('+', '+', '+')), seen: both(sight, textOf('.follow')),
    steps: [
      {
        mouse: async (page) => {
          const box = (await page.locator('#diagram').boundingBox())!;
          await drag({ x: box.x + 300, y: box.y + 12 }, { x: box.x + 500, y: box.y + 12 })(page);
        },
        keys: keyOn(at('#overview'), 'ArrowLeft', 'ArrowLeft'),
        touch: async (page) => {
          const box = (await page.locator('#diagram').boundingBox())!;
          await drag({ x: box.x + 120, y: box.y + 12 }, { x: box.x + 250, y: box.y + 12 })(page);
        },
        then: /now$/,
      },
      { mouse: click(at('.follow')), keys: key('f'), touch: tap(at('.follow')), then: /\/ $/ },
    ],
  },
  {
    name: 'light up the cones of an event', changes: 'the inspector says which, the rest of the diagram fades',
    from: atEnd, seen: both(textOf('.inspector h2'), picture),
    steps: [
      {
        mouse: clickEvent('receive'), keys: key('p'),
        touch: async (page) => {
          const { x, y } = await eventAt(page, 'receive');
          await page.touchscreen.tap(x, y);
        },
        then: /^(Chosen|Under the pointer)/,
      },
      { mouse: key('Escape'), keys: key('Escape'), touch: async (page) => {
        const box = (await page.locator('#diagram').boundingBox())!;
        await page.touchscreen.tap(box.x + box.width - 30, box.y + 60);
      } },
    ],
  },
  {
    name: 'compare two events', changes: 'the inspector says how they stand to each other',
    from: atEnd, seen: textOf('.inspector .relation'),
    steps: [
      {
        mouse: all(clickEvent('send', 0), clickEvent('receive', 0)),
        keys: all(keyOn(panel('events'), 'Enter'), keyOn(named('Choose event 4'), 'Enter'), keyOn(named('Choose event 6'), 'Enter')),
        then: /[→∥]/,
      },
    ],
    after: (page) => page.locator('.tab[data-tab="lab"]').click(),
  },
  {
    name: 'draw a cut', changes: 'a line over the lanes, and whether it is consistent',
    from: atEnd, seen: both(textOf('.cut-bar p'), picture),
    steps: [
      { mouse: all((page) => page.mouse.move(900, 300), click(named('draw a cut'))), keys: key('c'), then: /Consistent/ },
      { mouse: click(named('draw a cut')), keys: key('Escape'), then: /^ \// },
    ],
  },
  {
    name: 'other clocks at the events', changes: 'the labels in the diagram',
    from: atEnd, seen: both(attribute(named('Lamport'), 'aria-pressed'), picture),
    steps: [press(named('Lamport'), /^true/)],
  },
  {
    name: 'the axis by order', changes: 'the diagram, and the address',
    from: atEnd, seen: both(picture, address),
    steps: [{ ...inView(named('order')), then: /&a=order/ }],
  },
  {
    name: 'time downwards', changes: 'lanes are columns, and the address says so',
    from: atEnd, seen: both(attribute(at('#diagram'), 'class'), address),
    steps: [
      { ...inView(named('down')), then: /^down .*&d=down/ },
      { ...inView(named('right')), then: /^(?!down)(?!.*&d=)/ },
    ],
  },
  {
    name: 'hide a sort of messages', changes: 'their arrows are gone, and the menu counts what is left out',
    from: stage(undefined, TOTAL), seen: both(textOf('.toolbar .menu > summary'), picture),
    steps: [{ ...inView((page) => page.getByLabel('acknowledgement', { exact: true }), 'Space'), then: /^view −2/ }],
  },
  {
    name: 'collapse a lane, and open it', changes: 'the lane is a thin line, and the menu counts it',
    from: atEnd, seen: both(textOf('.toolbar .menu > summary'), picture),
    steps: [
      {
        ...inView((page) => page.locator('.toolbar').getByLabel('P2', { exact: true }), 'Space'),
        mouse: async (page) => {
          const box = (await page.locator('#diagram').boundingBox())!;
          await page.mouse.click(box.x + 9, (await nameAt(page, 1)).y);
        },
        then: /^view −1/,
      },
      { ...inView((page) => page.locator('.toolbar').getByLabel('P2', { exact: true }), 'Space'), then: /^view \// },
    ],
  },
  {
    name: 'move a lane', changes: 'the order of the lanes',
    from: atEnd, seen: lanes,
    steps: [
      {
        mouse: async (page) => {
          const [a, b] = [await nameAt(page, 0), await nameAt(page, 1)];
          await drag(a, { x: a.x, y: b.y + 16 })(page);
        },
        keys: all(keyOn(at('#diagram')), key('ArrowDown', 'Alt+ArrowDown')),
        then: /^(?!P1 P2 P3)/,
      },
    ],
  },
  {
    name: 'search', changes: 'the number of hits, and rings around them',
    from: atEnd, seen: both(textOf('.search .hits'), picture),
    steps: [
      {
        mouse: all(click(at('#search')), (page) => page.keyboard.type('kind:send')),
        keys: all(key('/'), (page) => page.keyboard.type('kind:send')),
        then: /^4 hits/,
      },
    ],
  },
  {
    name: 'ask a process for something', changes: 'the run has more events, and the diagram another arrow',
    from: atEnd, seen: both(textOf('.now span'), picture),
    steps: [inPanel('act', at('.card.act .go'), /^event (?!12 of)/)],
  },
  {
    name: 'ask for many things at once', changes: 'the list of acts has one more, and the run goes on',
    from: atEnd, seen: textOf('.now span'),
    steps: [
      {
        mouse: all(click(at('.card.act details.fold > summary')), click(named('Start'))),
        keys: all(keyOn(at('.card.act details.fold > summary'), 'Enter'), keyOn(named('Start'), 'Enter')),
        then: /^event (?!12 of)/,
      },
    ],
  },
  {
    name: 'type a line into the console', changes: 'what came of it stands below the line',
    from: atEnd, seen: both(textOf('.console .lines'), faults),
    steps: [
      {
        mouse: all(click(named('type it in the console')), (page) => page.keyboard.type('crash P2'), key('Enter')),
        keys: all(key('`'), (page) => page.keyboard.type('crash P2'), key('Enter')),
        then: /crash.*crashed/,
      },
    ],
    after: key('Escape'),
  },
  {
    name: 'crash a process and restart it from the menu of its lane', changes: 'its state, and its lane',
    from: atEnd, seen: both(faults, picture),
    steps: [onLane(/^crash/, /^up \| crashed \| up/), onLane(/^restart/, /^up \| up \| up/)],
  },
  {
    name: 'pause a process, and let it go on', changes: 'its state, and its lane',
    from: atHalf, seen: both(faults, picture),
    steps: [
      inPanel('network', named('pause P3'), /^up \| up \| paused/),
      inPanel('network', named('resume P3'), /^up \| up \| up/),
    ],
  },
  {
    name: 'cut the network and heal it', changes: 'the words for the network, and the hatching',
    from: atHalf, seen: both(textOf('.cluster p.sr'), picture),
    steps: [inPanel('network', inCard('network', 'isolate P1')), inPanel('network', inCard('network', 'heal'))],
  },
  {
    name: 'lose messages', changes: 'the number beside the slider',
    from: then(atHalf, (page) => tab(page, 'network')), seen: textOf('.card.network .slider output'),
    steps: [
      {
        mouse: (page) => dragSlider(page, slider('loss')(page), 0.5),
        keys: keyOn(slider('loss'), 'ArrowRight', 'ArrowRight'),
        then: /\| (5\d|4\d|2) %/,
      },
    ],
  },
  {
    name: 'drop a message under way', changes: 'it is gone from the cluster',
    from: flying, seen: both(tokens, picture), steps: [onToken(/^drop/, /^ \//)],
  },
  {
    name: 'duplicate a message under way', changes: 'there are two of it',
    from: flying, seen: tokens, steps: [onToken(/^duplicate/, / \| /)],
  },
  {
    name: 'delay a message under way', changes: 'when it arrives',
    from: flying, seen: tokens, steps: [onToken(/^delay by 50 ms/, /arrives at 660 ms/)],
  },
  {
    name: 'undo and redo', changes: 'what was done is gone, and there again',
    from: then(atEnd, (page) => page.evaluate(() => window.lightcone.act({ crash: { node: 'P2' } }))), seen: faults,
    steps: [
      { mouse: click(named('Undo')), keys: key('Control+z'), then: 'up | up | up' },
      { mouse: click(named('Redo')), keys: key('Control+Shift+z'), then: 'up | crashed | up' },
    ],
  },
  {
    name: 'go to another branch', changes: 'its name at the foot',
    from: branched, seen: textOf('.branch-menu summary'),
    steps: [
      {
        mouse: all(click(at('.branch-menu summary')), click((page) => page.locator('.branch-menu .drop button').first())),
        keys: key('['),
        touch: all(tap(at('.branch-menu summary')), tap((page) => page.locator('.branch-menu .drop button').first())),
        then: 'main',
      },
    ],
  },
  {
    name: 'compare two branches', changes: 'both diagrams, and the first difference in a sentence',
    from: branched, seen: textOf('.compare p'),
    steps: [
      {
        mouse: all(click(panel('branches')), click(named('Compare main with the one that is shown'))),
        keys: all(keyOn(panel('branches'), 'Enter'), keyOn(named('Compare main with the one that is shown'), 'Enter')),
        then: /^The same until 60 ms/,
      },
    ],
    after: (page) => page.locator('.tab[data-tab="lab"]').click(),
  },
  {
    name: 'delete an act from the list', changes: 'the list is shorter, and the run another one',
    from: atEnd, seen: both(textOf('.list-of-acts .words'), picture),
    steps: [
      {
        mouse: all(click(panel('acts')), click((page) => page.locator('.list-of-acts li').first().getByRole('button', { name: /^Delete/ }))),
        keys: all(keyOn(panel('acts'), 'Enter'), keyOn((page) => page.locator('.list-of-acts li').first().getByRole('button', { name: /^Delete/ }), 'Enter')),
        then: /^(?!.*\|.*\|.*\|)/,
      },
    ],
    after: (page) => page.locator('.tab[data-tab="lab"]').click(),
  },
  {
    name: 'break a rule', changes: 'the page says that it is broken on purpose',
    from: then(atEnd, (page) => tab(page, 'network')), seen: textOf('.broken'),
    steps: [
      {
        mouse: click((page) => page.locator('.card.setup .switch input[type="checkbox"]').first()),
        keys: keyOn((page) => page.locator('.card.setup .switch input[type="checkbox"]').first(), 'Space'),
        then: /^Broken on purpose/,
      },
    ],
  },
  {
    name: 'open another scenario', changes: 'what to watch for, and the diagram',
    from: async (page) => {
      // On a page that is open already the chooser may have the focus, which has a use of its own for Home.
      await start(page, '#lab=vector-clocks&scenario=textbook');
    },
    seen: async (page) => `${await scenarioChooser(page).inputValue()} ${await textOf('.watch span')(page)}`,
    steps: [
      {
        // What a browser shows of a list belongs to the system: the choice is made as the list would report it.
        mouse: (page) => scenarioChooser(page).selectOption({ index: 1 }),
        keys: keyOn(scenarioChooser, 'ArrowDown'),
        touch: (page) => scenarioChooser(page).selectOption({ index: 1 }),
        then: /^(?!textbook)/,
      },
    ],
  },
  {
    name: 'take the guide, and leave it', changes: 'its first step beside the diagram',
    from: atHalf, seen: textOf('section.guide > .step'),
    steps: [
      { mouse: click(at('.to-guide')), keys: keyOn(at('.to-guide'), 'Enter'), touch: tap(at('.to-guide')), then: /\w/ },
      press(named('Leave the guide'), ''),
    ],
  },
  {
    name: 'take the diagram away as SVG', changes: 'the browser offers a file',
    from: async (page) => {
      await atHalf(page);
      saved = '';
      page.once('download', (download) => (saved = download.suggestedFilename()));
    },
    seen: async () => saved,
    steps: [
      {
        mouse: all(click(fileMenu), click((page) => page.locator('.actions .drop button').first())),
        keys: all(keyOn(fileMenu, 'Enter'), keyOn((page) => page.locator('.actions > .menu .drop button').first(), 'Enter')),
        touch: all(tap(fileMenu), tap((page) => page.locator('.actions > .menu .drop button').first())),
        then: /\.svg$/,
      },
    ],
  },
  {
    name: 'open a file', changes: 'the chooser says what is open',
    from: atHalf, seen: async (page) => (await scenarioChooser(page).locator('option:checked').textContent()) ?? '',
    steps: [
      (() => {
        const choose = (by: Do): Do => async (page) => {
          const [chooser] = await Promise.all([page.waitForEvent('filechooser'), by(page)]);
          const content = JSON.stringify({ ...TALK, title: 'From a file' });
          await chooser.setFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(content) });
        };
        return {
          mouse: choose(all(click(fileMenu), click(at('.actions label.file')))),
          keys: choose(all(keyOn(fileMenu, 'Enter'), keyOn(at('.actions label.file input'), 'Enter'))),
          then: 'From a file',
        };
      })(),
    ],
  },
  {
    name: 'light or dark', changes: 'the colours',
    from: atHalf, seen: both(attribute(at('html'), 'data-theme'), picture),
    steps: [
      { mouse: click(named('Dark theme')), keys: key('t'), touch: inHeader('Dark theme'), then: /^dark/ },
      { mouse: click(named('Light theme')), keys: key('t'), touch: inHeader('Light theme'), then: /^light/ },
    ],
  },
  {
    name: 'close a panel, and open it', changes: 'it is gone, and there again',
    from: atHalf,
    seen: async (page) => ((await page.locator('.card.rules').isVisible()) ? 'open' : 'closed'),
    steps: [
      press(named('Close Rules'), 'closed'),
      {
        mouse: all(click(at('.panels-menu summary')), click(named('as at first'))),
        keys: all(keyOn(at('.panels-menu summary'), 'Enter'), keyOn(named('as at first'), 'Enter')),
        then: 'open',
      },
    ],
  },
  {
    name: 'share a link', changes: 'a sentence about it, and the address has the run',
    from: atHalf, seen: textOf('.notice span'),
    steps: [{ ...press(named('Share')), touch: inHeader('Share'), ...link }],
  },
  {
    name: 'look up the keys', changes: 'the list of them, and it is gone again',
    from: atHalf, seen: async (page) => ((await page.getByRole('dialog').isVisible()) ? 'shown' : 'hidden'),
    steps: [
      { mouse: click(named('Keys and help')), keys: key('?'), touch: inHeader('Keys and help', 'Help'), then: 'shown' },
      { mouse: click((page) => page.getByRole('dialog').locator('.close')), keys: key('Escape'), touch: tap((page) => page.getByRole('dialog').locator('.close')), then: 'hidden' },
    ],
  },
];

const exactly = (text: string) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** Does one thing, and looks at what has become of it. */
async function carryOut(page: Page, way: Way, action: Action): Promise<void> {
  await action.from(page);
  for (const step of action.steps) {
    const before = await action.seen(page);
    await step[way]!(page);
    const poll = expect.poll(() => action.seen(page), { message: action.changes, timeout: 5_000 });
    if (step.then === undefined) await poll.not.toBe(before);
    else await poll.toMatch(step.then instanceof RegExp ? step.then : exactly(step.then));
    expect(await action.seen(page), 'something has changed').not.toBe(before);
  }
  await action.after?.(page);
}

/** One page for all of them; what does not work is told of all of them at once. */
async function walk(page: Page, way: Way, list: Action[]): Promise<void> {
  await start(page);
  const wrong: string[] = [];
  for (const action of list) {
    await test.step(action.name, async () => {
      await carryOut(page, way, action).catch((e: unknown) => wrong.push(`${action.name}, by ${way}: ${String(e)}`));
    });
  }
  expect(wrong.join('\n\n')).toBe('');
}

test('there are forty of them, and fifteen are done with a finger as well', () => {
  expect(ACTIONS).toHaveLength(40);
  expect(new Set(ACTIONS.map((a) => a.name)).size).toBe(40);
  expect(ACTIONS.filter((a) => a.steps.every((s) => s.touch)).length).toBeGreaterThanOrEqual(15);
});

const half = ACTIONS.length / 2;
for (const [part, list] of [ACTIONS.slice(0, half), ACTIONS.slice(half)].entries()) {
  for (const way of ['mouse', 'keys'] as const) {
    test(`by ${way}, part ${part + 1}`, async ({ page }) => {
      test.skip(isSmall(page), 'a small screen is for fingers');
      await walk(page, way, list);
    });
  }
}

test('by touch', async ({ page }) => {
  test.skip(!isSmall(page), 'a large screen is for a mouse and keys');
  await walk(page, 'touch', ACTIONS.filter((a) => a.steps.every((s) => s.touch)));
});
