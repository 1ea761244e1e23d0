//! Scenarios worth opening. All but one have delays of 2 ms: with the defaults a line from memory takes 21 ms.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 25] = [
    Builtin::new(
        "all-states",
        137_000,
        include_str!("scenarios/all-states.json"),
        "C1 reads alone and gets E, writes without a word (M), and shares when C2 reads (S). C2's write is a BusUpgr; C3's needs the data, a BusRdX.",
    ),
    Builtin::new(
        "what-e-saves",
        128_000,
        include_str!("scenarios/what-e-saves.json"),
        "Each cache reads a key of its own and then writes it. Who reads alone has the line in E, so none of the three writes needs the bus.",
    ).with_views(&["Counters", "Caches"]),
    Builtin::new(
        "without-e",
        128_000,
        include_str!("scenarios/without-e.json"),
        "The same accesses without E: each first write to a line that nobody else has costs a BusUpgr, which all others have to look at.",
    ).with_views(&["Counters", "Caches"]),
    Builtin::new(
        "ping-pong",
        100_000,
        include_str!("scenarios/ping-pong.json"),
        "C1 and C2 count by turns in one line. Each write takes it away from the other: a BusRdX, a flush and an invalidation for every single one.",
    ).with_views(&["Counters", "Caches"]),
    Builtin::new(
        "false-sharing",
        130_000,
        include_str!("scenarios/false-sharing.json"),
        "C1 writes 0x1000 and C2 writes 0x1008: different words, but of one line of 64 bytes. The line goes back and forth as if they shared the data.",
    ).with_views(&["Counters", "Caches"]),
    Builtin::new(
        "false-sharing-cured",
        130_000,
        include_str!("scenarios/false-sharing-cured.json"),
        "The same writes, with the second word in a line of its own, 0x1040: after the first miss of each cache every write is a hit, and the bus is silent.",
    ).with_views(&["Counters", "Caches"]),
    Builtin::new(
        "eviction",
        89_000,
        include_str!("scenarios/eviction.json"),
        "Each cache holds two lines. c takes the place of a, the least recently used: a is modified and has to be written back first. d takes the place of b, which is as in memory and goes without a word.",
    ),
    Builtin::new(
        "write-back-cancelled",
        46_000,
        include_str!("scenarios/write-back-cancelled.json"),
        "C1 wants the place of its modified line a and asks for a write-back; C2's read of a is before it in the queue. The flush for C2 puts a into memory, so the write-back is cancelled.",
    ),
    Builtin::new(
        "two-upgrades",
        76_000,
        include_str!("scenarios/two-upgrades.json"),
        "C1 and C2 share a line and both want to write. C1 is first; its BusUpgr takes the line from C2, whose own BusUpgr cannot help any more and becomes a BusRdX.",
    ),
    Builtin::new(
        "slow-bus",
        150_000,
        include_str!("scenarios/slow-bus.json"),
        "The bus serves one at a time and needs 15 ms to choose: requests queue. From 80 ms on C3 is paused and answers no snoop, so that nobody gets anything until it goes on.",
    ),
    Builtin::new(
        "dirty-crash",
        76_000,
        include_str!("scenarios/dirty-crash.json"),
        "C1 has the newest value of x, and nobody else. When it crashes, that value is lost, and the trace says so; C2 reads what memory has. The copy of y was clean: nothing is lost with it.",
    ),
    Builtin::new(
        "lost-message",
        60_000,
        include_str!("scenarios/lost-message.json"),
        "The grant to C2 is lost. C2 asks again, the bus answers again; the transaction stays open meanwhile, so that there are never two writers.",
    ),
    Builtin::new(
        "cache-service",
        70_000,
        include_str!("scenarios/cache-service.json"),
        "Two nodes of a cache service: C1 writes user_123, C2 reads it and gets it from C1, not from memory; C2's write then invalidates C1's copy, and C1 reads the new one.",
    ),
    Builtin::new(
        "mix",
        600_000,
        include_str!("scenarios/mix.json"),
        "C1 writes half of the time, C2 and C3 read; six of ten accesses are to shared keys. The lanes show how the lines wander; the metrics count what that costs.",
    ),
    Builtin::new(
        "owner",
        240_000,
        include_str!("scenarios/owner.json"),
        "MOESI: C1 has written x and C3 reads it. C1 keeps the line as its owner (O), and memory stays old; who reads next gets x from the owner. When C3 writes, C1 gives x up, and C3 owns it from then on.",
    ),
    Builtin::new(
        "owner-crash",
        120_000,
        include_str!("scenarios/owner-crash.json"),
        "MOESI: C1 owns x, C2 shares it, and memory is old when C1 crashes. The bus is told at once and asks who still has x: memory takes it from C2, so nothing is lost.",
    ),
    Builtin::new(
        "forward",
        180_000,
        include_str!("scenarios/forward.json"),
        "MESIF: three caches read the same clean line, and memory serves the first alone. Who has read last has F and gives the line to the next: C1 to C2, C2 to C3. Only one answers, however many share it.",
    ),
    Builtin::new(
        "start-contents",
        240_000,
        include_str!("scenarios/start-contents.json"),
        "The caches are not empty at the start. C1's write to 0x130 needs the place of 0x110, which is modified there: it is written back first, and C2 then reads from memory what C1 had.",
    ),
    Builtin::new(
        "write-through",
        240_000,
        include_str!("scenarios/write-through.json"),
        "Write-through: memory is never old, and a line is valid (V) or not. But each of C3's four writes needs the bus, also when nobody else has the line. Compare the next scenario.",
    ),
    Builtin::new(
        "write-back",
        230_000,
        include_str!("scenarios/write-back.json"),
        "The same accesses with write-back: C3's first write in a row is a BusUpgr, and the next two need no bus at all. The price: memory is old, and C1's read has to come from C3.",
    ),
    Builtin::new(
        "broken-no-invalidate",
        80_000,
        include_str!("scenarios/broken-no-invalidate.json"),
        "C2 snoops that C1 writes, and keeps its copy. C1 has the line in M and C2 in S: two versions at once.",
    )
    .broken(&["no-invalidate"]),
    Builtin::new(
        "broken-no-flush",
        65_000,
        include_str!("scenarios/broken-no-flush.json"),
        "C1 snoops C2's read and shares its modified line without putting it on the bus. C2 gets what memory has, which is old.",
    )
    .broken(&["no-flush"]),
    Builtin::new(
        "broken-exclusive",
        55_000,
        include_str!("scenarios/broken-exclusive.json"),
        "C2 takes x as exclusive although C1 has it. Then it writes without a word, and C1 goes on reading the old value.",
    )
    .broken(&["exclusive-without-snoop"]),
    Builtin::new(
        "broken-upgrade",
        110_000,
        include_str!("scenarios/broken-upgrade.json"),
        "C2's line is invalidated while its BusUpgr waits, and the BusUpgr stays one. So C1 and C2 both believe to be the only one, and C1 reads what C2 has overwritten.",
    )
    .broken(&["stale-upgrade"]),
    Builtin::new(
        "broken-no-retry",
        60_000,
        include_str!("scenarios/broken-no-retry.json"),
        "C1's request is lost and never repeated: its processor waits for ever.",
    )
    .broken(&["no-retry"]),
];
