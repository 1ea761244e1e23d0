//! What is asked of a history, and what comes out.

use std::rc::Rc;

/// What kind of order is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// One order of all operations that keeps real time (Herlihy and Wing 1990).
    Linearizable,
    /// One order of all operations that keeps the order of each process (Lamport 1979).
    Sequential,
    /// For each process an order of all writes and its own reads that keeps causality (causal memory: Ahamad, Neiger, Burns,
    /// Kohli and Hutto 1995). Causality is the order of each process together with which write each read has seen.
    Causal,
}

impl Consistency {
    /// All of them.
    pub const ALL: [Consistency; 3] = [Consistency::Linearizable, Consistency::Sequential, Consistency::Causal];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Consistency::Linearizable => "linearizable",
            Consistency::Sequential => "sequential",
            Consistency::Causal => "causal",
        }
    }

    /// What a history is that keeps to it.
    #[must_use]
    pub const fn verdict(self) -> &'static str {
        match self {
            Consistency::Linearizable => "linearizable",
            Consistency::Sequential => "sequentially consistent",
            Consistency::Causal => "causally consistent",
        }
    }
}

/// So many states are kept when nobody says; a history of 1,000 operations then takes about 700 MB at most.
pub const STATES_DEFAULT: usize = 5_000_000;

/// Where a search gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most states that are kept, of each part of a history.
    pub states: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { states: STATES_DEFAULT }
    }
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is such an order.
    Yes,
    /// There is none.
    No,
    /// The limit was reached before one was found, or none.
    Unknown,
}

/// A verdict with what shows it. Operations are named by their numbers in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict on the whole history.
    pub verdict: Verdict,
    /// Which order was looked for.
    pub consistency: Consistency,
    /// The part that breaks it, or about which nothing is known, where the history has several: its key or lock.
    pub part: Option<Rc<str>>,
    /// The process that cannot have seen an order, for causal consistency.
    pub process: Option<Rc<str>>,
    /// Operations of that part.
    pub operations: Vec<usize>,
    /// All of them in an order that is possible, or as many as can be placed: the longest prefix.
    pub order: Vec<usize>,
    /// The operation that cannot be placed; in a sequential order, the next one of each process that is not finished.
    pub breaks: Vec<usize>,
    /// What the first of these would have found, wherever it could stand.
    pub instead: Vec<String>,
}
