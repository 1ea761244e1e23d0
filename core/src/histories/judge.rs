//! The verdict on a history: split into parts that have nothing to do with each other, and each searched.

use super::causal;
use super::model::Model;
use super::operation::{Call, History, Operation};
use super::read::LineError;
use super::search::{Found, Order, Stuck, search};
use super::verdict::{Consistency, Judgement, Limits, Verdict};
use std::collections::BTreeMap;
use std::rc::Rc;

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
