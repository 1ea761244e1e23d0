// How fast Raft runs in the page, with trace, checks and time travel on: as `core/benches/raft.rs` measures it natively.
// Prints figures beside what was aimed at; asserts nothing, since a busy machine is no reason for a failure.
import { test } from '../fixtures.ts';
import { start } from '../helpers.ts';

/** Rounds of the measurement; the fastest counts, because whatever disturbs only slows down. */
const ROUNDS = 3;

function scenario(seconds: number): Record<string, unknown> {
  const nodes = [...'ABCDEFGHIJ'].map((letter) => `client_${letter}`);
  const load = (op: string, at_ms: number, args: object) => ({
    at_ms,
    act: { workload: { op, nodes, count: seconds * 10, every_ms: 100, args } },
  });
  return {
    format: 'lightcone/1',
    lab: 'raft-lock',
    setup: { servers: 5, clients: 10, heartbeat_ms: 50, election_ms: [150, 300] },
    acts: [load('acquire', 500, { lock_type: 'shared' }), load('release', 550, {})],
    until_ms: seconds * 1000,
  };
}

test('Raft in the page', async ({ page }) => {
  test.setTimeout(600_000);
  await start(page);
  for (const seconds of [60, 600]) {
    const spent: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      spent.push(
        await page.evaluate((s) => {
          window.lightcone.load(s);
          const before = performance.now();
          window.lightcone.run(s.until_ms as number);
          return performance.now() - before;
        }, scenario(seconds)),
      );
    }
    const rate = (seconds * 1000) / Math.min(...spent);
    console.log(
      `${`${seconds} simulated seconds: simulated seconds a second`.padEnd(58)} ${rate.toFixed(0).padStart(22)}   (aim: at least 1000)`,
    );
  }
});
