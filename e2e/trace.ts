// Questions of guides, answered here once more: from the trace alone, without the program's own reader of them.
import type { Page } from '@playwright/test';
import type { TraceRecord } from './helpers.ts';

export interface GuideStep {
  title: string;
  html: string;
  do: string[];
  ask?: { question: string; answer: string; choices?: string[]; right: string; wrong: string };
  check?: { until: string; hint: string; done: string; show: string[] };
}

export interface Guide {
  title: string;
  says: string;
  steps: GuideStep[];
}

/** The whole run of the scenario that a page shows, worked out in a page of its own. */
export async function wholeTrace(page: Page, other: Page): Promise<{ trace: TraceRecord[]; names: string[] }> {
  const scenario = await page.evaluate(() => window.lightcone.scenario());
  return other.evaluate((s) => {
    window.lightcone.load(s);
    window.lightcone.run();
    return { trace: window.lightcone.trace(), names: window.lightcone.frame().processes.map((p) => p.name) };
  }, scenario);
}

/** All events that some words fit. */
function fitting(trace: TraceRecord[], words: string): { all: TraceRecord[]; nth: number } {
  const tokens = words.match(/"[^"]*"|\S+/g) ?? [];
  const kind = tokens.shift();
  let [node, from, text, nth] = ['', '', '', 0];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token.startsWith('"')) text = token.slice(1, -1);
    else if (token === 'last') nth = -1;
    else if (token.startsWith('#')) nth = Number(token.slice(1)) - 1;
    else if (token === 'from') from = tokens[++i]!;
    else node = token;
  }
  const all = trace.filter(
    (r) =>
      r.kind === kind &&
      (node === '' || r.node === node) &&
      (from === '' || r.peer === from) &&
      (text === '' || r.label.includes(text)),
  );
  return { all, nth };
}

export function find(trace: TraceRecord[], words: string): TraceRecord {
  const { all, nth } = fitting(trace, words);
  const found = all.at(nth);
  if (!found) throw new Error(`there is no ${words}`);
  return found;
}

function relation(a: TraceRecord, b: TraceRecord): string {
  const [before, after] = ['a → b', 'b → a'];
  if (a.node === b.node) return a.id < b.id ? before : after;
  const names = Object.keys(a.vector!);
  const less = names.every((n) => a.vector![n]! <= b.vector![n]!);
  const more = names.every((n) => a.vector![n]! >= b.vector![n]!);
  return less ? before : more ? after : 'a ∥ b';
}

/** What is to be typed or chosen: a text for each field, or the beginning of a choice's text. */
export function answer(query: string, trace: TraceRecord[]): string[] {
  const [word, rest] = [query.split(' ')[0], query.slice(query.indexOf(' ') + 1)];
  switch (word) {
    case 'clock': {
      const event = find(trace, rest);
      const own = (event.data['after'] ?? event.vector) as number | Record<string, number>;
      return typeof own === 'number' ? [String(own)] : Object.values(own).map(String);
    }
    case 'relation': {
      const [a, b] = rest.split(',');
      return [relation(find(trace, a!.trim()), find(trace, b!.trim()))];
    }
    case 'label':
      return [find(trace, rest).label];
    case 'order':
      return fitting(trace, rest).all.map((r) => r.label);
    case 'node':
      return [find(trace, rest).node!];
    case 'exists':
      return [fitting(trace, rest).all.length > 0 ? 'yes' : 'no'];
    case 'value': {
      // A label may have the word in it, too: the first one counts.
      const cut = rest.indexOf(' of ');
      let value: unknown = find(trace, rest.slice(cut + 4)).data;
      for (const key of rest.slice(0, cut).split('.')) value = (value as Record<string, unknown>)[key];
      return [typeof value === 'string' ? value : JSON.stringify(value)];
    }
    default:
      throw new Error(`this test does not know how to answer ${query}`);
  }
}
