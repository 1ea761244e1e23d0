//! The verdict on a history: split into parts that have nothing to do with each other, and each searched.

use super::causal;
use super::model::Model;
use super::operation::{Call, History, Operation};
use super::read::LineError;
use super::search::{Found, Order, Stuck, search};
use std::collections::BTreeMap;
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

/// Judges a history.
///
/// # Errors
/// One sentence with the line, where an operation has no place in what is asked: see [`Consistency::Causal`].
pub fn judge(
    history: &History,
    model: Model,
    consistency: Consistency,
    limits: Limits,
) -> Result<Judgement, LineError> {
    Ok(match consistency {
        Consistency::Causal => causal::judge(history, limits)?,
        Consistency::Sequential => {
            let all: Vec<usize> = (0..history.operations.len()).collect();
            part(history, model, consistency, None, all, limits)
        }
        Consistency::Linearizable => {
            let mut parts = split(history, model);
            let first = parts.pop_first().unwrap_or_default();
            let mut worst = part(history, model, consistency, first.0, first.1, limits);
            for (key, operations) in parts {
                let next = part(history, model, consistency, key, operations, limits);
                if is_worse(history, &next, &worst) {
                    worst = next;
                }
            }
            worst
        }
    })
}

/// Whether one judgement says more against a history than another: no before unknown before yes; and of two no, the earlier.
fn is_worse(history: &History, one: &Judgement, other: &Judgement) -> bool {
    let rank = |judgement: &Judgement| match judgement.verdict {
        Verdict::No => {
            let broken = judgement.breaks.first().and_then(|n| history.operations[*n].returned);
            (0, broken.map_or(usize::MAX, |mark| mark.place))
        }
        Verdict::Unknown => (1, 0),
        Verdict::Yes => (2, 0),
    };
    rank(one) < rank(other)
}

/// Parts that may be judged apart, since a history is linearizable if that of each object is (Herlihy and Wing 1990, theorem 1).
/// A look at all locks makes one object of them.
fn split(history: &History, model: Model) -> BTreeMap<Option<Rc<str>>, Vec<usize>> {
    let whole = model == Model::Lock && history.operations.iter().any(|o| matches!(o.call, Call::Table(..)));
    let mut parts: BTreeMap<Option<Rc<str>>, Vec<usize>> = BTreeMap::new();
    for (n, operation) in history.operations.iter().enumerate() {
        let key = if whole { None } else { operation.key.clone() };
        parts.entry(key).or_default().push(n);
    }
    parts
}

fn part(
    history: &History,
    model: Model,
    consistency: Consistency,
    key: Option<Rc<str>>,
    operations: Vec<usize>,
    limits: Limits,
) -> Judgement {
    let chosen: Vec<&Operation> = operations.iter().map(|n| &history.operations[*n]).collect();
    let order = if consistency == Consistency::Sequential { Order::Process } else { Order::RealTime };
    let found = search(model, &chosen, order, limits.states);
    let named = |places: Vec<usize>| -> Vec<usize> { places.into_iter().map(|n| operations[n]).collect() };
    let (verdict, stuck) = match found {
        Found::Order(order) => (Verdict::Yes, Stuck { order, ..Stuck::default() }),
        Found::None(stuck) => (Verdict::No, stuck),
        Found::TooMany => (Verdict::Unknown, Stuck::default()),
    };
    Judgement {
        verdict,
        consistency,
        part: key,
        process: None,
        order: named(stuck.order),
        breaks: named(stuck.breaks),
        instead: stuck.states,
        operations,
    }
}
