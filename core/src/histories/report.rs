//! A judgement in words, a line for each thing to say.

use super::operation::{History, Mark, Operation};
use super::verdict::{Consistency, Judgement, Verdict};

/// The verdict on the first line; then, where there is no order, the longest prefix that has one, and what breaks it.
#[must_use]
pub fn report(history: &History, judgement: &Judgement) -> String {
    let is = judgement.consistency.verdict();
    match judgement.verdict {
        Verdict::Yes => format!("{is}\n"),
        Verdict::Unknown => "unknown\n".into(),
        Verdict::No => format!("not {is}\n{}", broken(history, judgement)),
    }
}

fn broken(history: &History, judgement: &Judgement) -> String {
    let about = match (&judgement.part, &judgement.process) {
        (Some(key), _) => format!(" of {key}"),
        (_, Some(process)) => format!(" as {process} saw them"),
        _ => String::new(),
    };
    let mut out = format!(
        "longest {} prefix{about}: {} of {} operations, in this order\n",
        judgement.consistency.verdict(),
        judgement.order.len(),
        judgement.operations.len()
    );
    for (place, n) in judgement.order.iter().enumerate() {
        out += &format!("  {}. {}\n", place + 1, line(&history.operations[*n]));
    }
    for n in &judgement.breaks {
        out += &format!("cannot be placed: {}\n", line(&history.operations[*n]));
    }
    if let Some(first) = judgement.breaks.first() {
        out += &why(history, judgement, &history.operations[*first]);
    }
    out
}

/// What, by whom, and when.
fn line(operation: &Operation) -> String {
    let when = match operation.returned {
        Some(returned) if returned.line == operation.invoked.line => at(operation.invoked, ""),
        Some(returned) => format!("{}, {}", at(operation.invoked, "called "), at(returned, "returned ")),
        None => format!("{}, never returned", at(operation.invoked, "called ")),
    };
    format!("{operation}, by {} ({when})", operation.process)
}

fn at(mark: Mark, what: &str) -> String {
    match mark.at_us {
        Some(us) => format!("{what}in line {} at {} ms", mark.line, crate::base::json::millis_text(us)),
        None => format!("{what}in line {}", mark.line),
    }
}

fn why(history: &History, judgement: &Judgement, operation: &Operation) -> String {
    let found = if judgement.instead.is_empty() { "something else".into() } else { judgement.instead.join(", or ") };
    match judgement.consistency {
        Consistency::Linearizable => {
            let others = |n: &&usize| {
                let other = &history.operations[**n];
                let ended = other.returned.is_some_and(|mark| mark.place < operation.invoked.place);
                !ended && !std::ptr::eq(other, operation)
            };
            let concurrent = judgement.order.iter().filter(others).count();
            let beside = match concurrent {
                0 => "Nothing that was placed overlaps it".into(),
                1 => "One operation that was placed overlaps it".into(),
                n => format!("{n} operations that were placed overlap it"),
            };
            format!("why: {beside}, and wherever it stands it would have found: {found}\n")
        }
        Consistency::Sequential => {
            format!("why: none of these can come next; the first of them would have found: {found}\n")
        }
        Consistency::Causal => format!("why: {found}\n"),
    }
}
