//! Causal consistency: causal memory, checked by what would contradict it.
//!
//! Where it is known which write each read has seen, causality is the order of each process together with these pairs. A
//! history is causal if for each process there is an order of all writes and its own reads that keeps causality and in which
//! each read sees the write that it has seen. Such an order exists exactly when saturation finds no contradiction (Bouajjani,
//! Enea, Guerraoui and Hamza 2017, section 5): a write to the same key that must come before a read must come before the write
//! that the read has seen, too.
//!
//! A text may leave it open which of several writes of one value a read has seen. Then all choices are tried.

mod relation;

use super::operation::{Call, History, Operation, Value};
use super::read::LineError;
use super::verdict::{Consistency, Judgement, Limits, Verdict};
use relation::Relation;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What contradicts causality, in words, and for whom.
struct Contradiction {
    process: Rc<str>,
    words: String,
}

enum Outcome {
    Fine,
    Against(Contradiction),
    TooMuch,
}

/// Judges a history of reads and writes.
///
/// # Errors
/// When it has other operations: what reads and writes at once has no place in the definition.
pub(super) fn judge(history: &History, limits: Limits) -> Result<Judgement, LineError> {
    let other = history.operations.iter().find(|o| !matches!(o.call, Call::Read(_) | Call::Write(_)));
    if let Some(other) = other {
        let what = format!("causal consistency is about reads and writes, and this is neither: {other}");
        return Err(LineError::new(other.invoked.line, what));
    }
    // The operations in the order of their returns; those without one may have happened at any time since their call.
    let mut returns: Vec<usize> =
        (0..history.operations.len()).filter(|n| history.operations[*n].returned.is_some()).collect();
    returns.sort_by_key(|n| history.operations[*n].returned.map(|mark| mark.place));
    let mut judgement = Judgement {
        verdict: Verdict::Yes,
        consistency: Consistency::Causal,
        part: None,
        process: None,
        operations: (0..history.operations.len()).collect(),
        order: returns.clone(),
        breaks: Vec::new(),
        instead: Vec::new(),
    };
    match check(history, &returns, usize::MAX, limits) {
        Outcome::Fine => {}
        Outcome::TooMuch => judgement.verdict = Verdict::Unknown,
        Outcome::Against(contradiction) => {
            judgement.verdict = Verdict::No;
            let (length, contradiction) = shortest_bad(history, &returns, limits, contradiction);
            judgement.order.truncate(length - 1);
            judgement.breaks = returns[length - 1..length].to_vec();
            judgement.process = Some(contradiction.process);
            judgement.instead = vec![contradiction.words];
        }
    }
    Ok(judgement)
}

/// Length of the shortest prefix that is not causal, and what contradicts it.
fn shortest_bad(history: &History, returns: &[usize], limits: Limits, whole: Contradiction) -> (usize, Contradiction) {
    let (mut good, mut bad, mut why) = (0, returns.len(), whole);
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        let cut = history.operations[returns[middle - 1]].returned.map_or(0, |mark| mark.place);
        match check(history, &returns[..middle], cut, limits) {
            Outcome::Against(contradiction) => (bad, why) = (middle, contradiction),
            Outcome::Fine | Outcome::TooMuch => good = middle,
        }
    }
    (bad, why)
}

/// The operations of a prefix, and which write each read may have seen.
struct Prefix<'a> {
    operations: Vec<&'a Operation>,
    /// For each process its operations, as places in `operations`, in its own order.
    processes: BTreeMap<&'a str, Vec<usize>>,
    /// Reads, each with the writes that it may have seen; none stands for the beginning.
    choices: Vec<(usize, Vec<Option<usize>>)>,
}

/// Checks what was called before a cut, of which so much had returned.
fn check(history: &History, returns: &[usize], cut: usize, limits: Limits) -> Outcome {
    let prefix = match Prefix::of(history, returns, cut) {
        Ok(prefix) => prefix,
        Err(contradiction) => return Outcome::Against(contradiction),
    };
    let mut chosen = vec![0; prefix.choices.len()];
    let (mut first, mut tried) = (None, 0);
    loop {
        match prefix.contradiction(&chosen) {
            None => return Outcome::Fine,
            Some(contradiction) => first = first.or(Some(contradiction)),
        }
        tried += 1;
        if tried >= limits.states {
            return Outcome::TooMuch;
        }
        // The next choice, as one counts.
        let wheel = chosen.iter().zip(&prefix.choices).position(|(at, (_, writes))| at + 1 < writes.len());
        let Some(wheel) = wheel else { break };
        chosen[wheel] += 1;
        chosen[..wheel].fill(0);
    }
    first.map_or(Outcome::Fine, Outcome::Against)
}

impl<'a> Prefix<'a> {
    fn of(history: &'a History, returns: &[usize], cut: usize) -> Result<Prefix<'a>, Contradiction> {
        let last = returns.last().and_then(|n| history.operations[*n].returned).map_or(0, |mark| mark.place);
        let called = history.operations.iter().filter(|o| o.invoked.place < cut);
        // Whoever has not returned by then says nothing, but its write may have been seen.
        let operations: Vec<&Operation> = called
            .filter(|o| matches!(o.call, Call::Write(_)) || o.returned.is_some_and(|mark| mark.place <= last))
            .collect();
        let mut processes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut choices = Vec::new();
        for (n, operation) in operations.iter().enumerate() {
            processes.entry(&operation.process).or_default().push(n);
            if let Call::Read(value) = &operation.call {
                let writes = candidates(&operations, operation, value);
                if writes.is_empty() {
                    let words = format!("nobody has written what it read: {operation}");
                    return Err(Contradiction { process: Rc::clone(&operation.process), words });
                }
                choices.push((n, writes));
            }
        }
        Ok(Prefix { operations, processes, choices })
    }

    /// What contradicts causality, where each read has seen the write that was chosen.
    fn contradiction(&self, chosen: &[usize]) -> Option<Contradiction> {
        let seen: BTreeMap<usize, Option<usize>> =
            self.choices.iter().zip(chosen).map(|((read, writes), at)| (*read, writes[*at])).collect();
        let mut causality = Relation::new(self.operations.len());
        for own in self.processes.values() {
            for (place, &n) in own.iter().enumerate() {
                // What did not return may take effect later than what its process asks for afterwards.
                for &before in own[..place].iter().filter(|before| self.operations[**before].returned.is_some()) {
                    causality.add(before, n);
                }
            }
        }
        for (read, write) in &seen {
            write.iter().for_each(|write| causality.add(*write, *read));
        }
        if let Some(n) = (0..self.operations.len()).find(|n| causality.has(*n, *n)) {
            let operation = self.operations[n];
            let words = format!("it would have happened before itself: {operation}");
            return Some(Contradiction { process: Rc::clone(&operation.process), words });
        }
        self.processes.iter().find_map(|(process, own)| {
            let words = self.saturate(&causality, own, &seen)?;
            Some(Contradiction { process: (*process).into(), words })
        })
    }

    /// What one process cannot have seen, with all that follows from its own reads.
    fn saturate(&self, causality: &Relation, own: &[usize], seen: &BTreeMap<usize, Option<usize>>) -> Option<String> {
        let mut before = causality.clone();
        let reads: Vec<(usize, Option<usize>)> = own.iter().filter_map(|n| Some((*n, *seen.get(n)?))).collect();
        loop {
            let mut changed = false;
            for (read, write) in &reads {
                let other = |n: &usize| {
                    let operation = self.operations[*n];
                    Some(*n) != *write
                        && matches!(operation.call, Call::Write(_))
                        && operation.key == self.operations[*read].key
                };
                for n in before.all_before(*read).into_iter().filter(other) {
                    let hidden = write.is_none_or(|write| before.has(write, n));
                    if hidden {
                        return Some(self.words(*read, n));
                    }
                    if let Some(write) = write.filter(|write| !before.has(n, *write)) {
                        before.add(n, write);
                        changed = true;
                    }
                }
            }
            if !changed {
                return None;
            }
        }
    }

    fn words(&self, read: usize, newer: usize) -> String {
        let (read, newer) = (self.operations[read], self.operations[newer]);
        format!(
            "{read} by {} in line {} must have come after {newer} by {} in line {}",
            read.process, read.invoked.line, newer.process, newer.invoked.line
        )
    }
}

/// The writes that a read may have seen.
fn candidates(operations: &[&Operation], read: &Operation, value: &Value) -> Vec<Option<usize>> {
    let fits = |write: &Operation| {
        let Call::Write(written) = &write.call else { return false };
        // The text may name the write.
        let named = match (&read.write, &write.write) {
            (Some(seen), Some(own)) => seen == own,
            _ => true,
        };
        write.key == read.key && written == value && named
    };
    let mut found: Vec<Option<usize>> =
        operations.iter().enumerate().filter(|(_, write)| fits(write)).map(|(n, _)| Some(n)).collect();
    let nothing = *value == Value::Nil || matches!(value, Value::Text(text) if text.is_empty());
    if nothing && read.write.is_none() {
        found.insert(0, None);
    }
    found
}
