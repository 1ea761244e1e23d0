//! Traces that are made up: patterns of sharing that courses tell of, the same for the same seed.

use super::{Access, Accesses};
use crate::base::draw::Dice;

/// Bytes of a word.
const WORD: u64 = 8;
/// Bytes from one padded word to the next: a usual line.
const PADDED: u64 = 64;
/// Where shared and private data begin.
const SHARED_BASE: u64 = 0x1_0000;
const PRIVATE_BASE: u64 = 0x100_0000;
/// Lines of data that move from processor to processor, and words that are touched while one has them.
const MIGRATING: u64 = 16;
const TOUCHED: u64 = 4;
/// Words of the ring between who produces and who consumes, and how far ahead the former is.
const RING_WORDS: u64 = 64;

/// How processors share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Reads and writes at random, to data of one's own and to shared data.
    Mixed,
    /// Each processor counts in a word of its own, and the words lie side by side: false sharing.
    Counters,
    /// The same with each word in a line of its own.
    Padded,
    /// Data that are read and then written by one processor after the other, as under a lock.
    Migratory,
    /// The first processor writes a ring of words, the others read it.
    Producer,
}

impl Pattern {
    /// All patterns, with a name and what they are.
    pub const ALL: [(Pattern, &'static str, &'static str); 5] = [
        (Pattern::Mixed, "mixed", "Reads and writes at random, to own data and to shared data."),
        (
            Pattern::Counters,
            "counters side by side",
            "Each processor counts in a word of its own; the words lie in one line.",
        ),
        (
            Pattern::Padded,
            "counters padded",
            "Each processor counts in a word of its own; each word has a line of its own.",
        ),
        (
            Pattern::Migratory,
            "migratory",
            "Data that one processor after the other reads and then writes, as under a lock.",
        ),
        (
            Pattern::Producer,
            "producer and consumers",
            "The first processor writes a ring of words, the others read them.",
        ),
    ];
}

/// A trace to be made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// How processors share.
    pub pattern: Pattern,
    /// How many accesses.
    pub count: usize,
    /// How many processors, at least 1.
    pub processors: usize,
    /// Of a hundred accesses, how many write; [`Pattern::Mixed`] only.
    pub write_percent: u64,
    /// Of a hundred accesses, how many are to shared data; [`Pattern::Mixed`] only.
    pub shared_percent: u64,
    /// How many words of shared data, and of own data for each processor; [`Pattern::Mixed`] only.
    pub words: u64,
    /// Numbers follow from it.
    pub seed: u64,
}

impl Mix {
    /// Makes the trace up.
    #[must_use]
    pub fn accesses(&self) -> Accesses {
        let mut dice = Dice::new(self.seed);
        let mut all = Accesses::default();
        let processors = self.processors.max(1) as u64;
        for n in 0..self.count as u64 {
            let (processor, write, address) = match self.pattern {
                Pattern::Mixed => self.mixed(&mut dice, processors),
                // A count is read and then written.
                Pattern::Counters => (n / 2 % processors, n % 2 == 1, SHARED_BASE + n / 2 % processors * WORD),
                Pattern::Padded => (n / 2 % processors, n % 2 == 1, SHARED_BASE + n / 2 % processors * PADDED),
                Pattern::Migratory => {
                    // One has the data for as many accesses as it needs to read and write some words of it.
                    let turn = n / (2 * TOUCHED);
                    let word = n % (2 * TOUCHED) / 2;
                    (turn % processors, n % 2 == 1, SHARED_BASE + turn / processors % MIGRATING * PADDED + word * WORD)
                }
                Pattern::Producer => {
                    let round = n / processors;
                    (n % processors, n % processors == 0, SHARED_BASE + round % RING_WORDS * WORD)
                }
            };
            if !all.push(Access { processor: processor as usize, write, address }) {
                break;
            }
        }
        all
    }

    fn mixed(&self, dice: &mut Dice, processors: u64) -> (u64, bool, u64) {
        let processor = dice.range(0, processors - 1);
        let write = dice.percent(self.write_percent);
        let word = dice.range(0, self.words.max(1) - 1) * WORD;
        let shared = dice.percent(self.shared_percent);
        (processor, write, if shared { SHARED_BASE } else { PRIVATE_BASE * (processor + 1) } + word)
    }
}
