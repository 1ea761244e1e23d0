//! Loads worth trying: what makes a bus busy, and what does not.

use crate::tables::{Group, Load, Loads, Share};

type Args = &'static [(&'static str, &'static str)];

/// Accesses of one load: enough for numbers that do not jump.
const COUNT: u64 = 10_000;
/// Time between two, in microseconds: with three caches the bus keeps up with most of the loads.
const EVERY_US: u64 = 20_000;

const fn mix(name: &'static str, says: &'static str, groups: &'static [Group]) -> Load {
    Load { name, says, sets: None, groups }
}

const fn accesses(at: Share, count: u64, every_us: u64, args: Args) -> Group {
    Group { operation: "access", at, count, every_us, args }
}

/// Writes of one word. Two of them have different periods: in step, each would find its line there every other time.
const fn word(at: Share, every_us: u64, args: Args) -> Group {
    Group { operation: "write", at, count: COUNT / 2, every_us, args }
}

static NAMED: [Load; 6] = [
    mix(
        "read mostly",
        "All caches read the same few lines and seldom write: most accesses are hits in S.",
        &[accesses(
            Share::All,
            COUNT,
            EVERY_US,
            &[("write_percent", "5"), ("shared_percent", "100"), ("keys", "4"), ("stride", "64")],
        )],
    ),
    mix(
        "write mostly",
        "All caches write the same few lines: nearly every access takes a line away from another cache.",
        &[accesses(
            Share::All,
            COUNT,
            EVERY_US,
            &[("write_percent", "80"), ("shared_percent", "100"), ("keys", "4"), ("stride", "64")],
        )],
    ),
    mix(
        "one writer",
        "The first cache only writes, the others only read: each write invalidates what they have just read.",
        &[
            accesses(
                Share::Only(0),
                COUNT / 4,
                4 * EVERY_US,
                &[("write_percent", "100"), ("shared_percent", "100"), ("keys", "4"), ("stride", "64")],
            ),
            accesses(
                Share::Others,
                COUNT * 3 / 4,
                4 * EVERY_US / 3,
                &[("write_percent", "0"), ("shared_percent", "100"), ("keys", "4"), ("stride", "64")],
            ),
        ],
    ),
    mix(
        "migratory",
        "All caches read and write one line by turns: it wanders from cache to cache, and each of them has it in M.",
        &[accesses(
            Share::All,
            COUNT,
            EVERY_US,
            &[("write_percent", "50"), ("shared_percent", "100"), ("keys", "1"), ("stride", "64")],
        )],
    ),
    Load {
        name: "false sharing",
        says: "Two caches write two words that lie in one line: the line goes to and fro although nobody shares data.",
        sets: Some(("size", "1024")),
        groups: &[
            word(Share::Only(0), 2 * EVERY_US, &[("key", "\"0x1000\"")]),
            word(Share::Only(1), 2 * EVERY_US - 1_000, &[("key", "\"0x1008\"")]),
        ],
    },
    mix(
        "private",
        "Each cache has lines of its own: after the first misses every access is a hit, and the bus is silent.",
        &[accesses(
            Share::All,
            COUNT,
            EVERY_US,
            &[("write_percent", "30"), ("shared_percent", "0"), ("keys", "4"), ("stride", "64")],
        )],
    ),
];

pub(super) const LOADS: Loads = Loads {
    named: &NAMED,
    drawn: &["pick"],
    metrics: &[
        "hit_percent",
        "read_hits",
        "read_misses",
        "write_hits",
        "write_misses",
        "bus_transactions",
        "bus_busy_percent",
        "invalidations",
        "write_backs",
        "cache_to_cache",
    ],
    panel: Some("Counters"),
};
