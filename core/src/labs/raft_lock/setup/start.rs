//! How the servers are at the start: terms, votes, logs and commit indices, as an exercise gives them (Figures 7 and 8).
//!
//! Only what a run of Raft could have led to is taken: otherwise the rules would be broken before anything happens.

use crate::base::json::{Doc, InputError, Payload};
use crate::protocol::Misfit;
use crate::tables::Values;
use crate::trace::NodeId;

/// Most entries of a log that is given at the start.
const LOG_MAX: usize = 1_000;
/// Highest term.
const TERM_MAX: u64 = 1_000_000;

/// How a server is at the start.
#[derive(Clone, Debug, Default)]
pub(in crate::labs::raft_lock) struct Start {
    pub(in crate::labs::raft_lock) term: u32,
    pub(in crate::labs::raft_lock) voted_for: Option<NodeId>,
    /// Terms of the entries of its log.
    pub(in crate::labs::raft_lock) log: Vec<u32>,
    /// In its first life it knows from the beginning that so much is committed.
    pub(in crate::labs::raft_lock) commit: u32,
}

impl Start {
    fn last(&self) -> (u32, usize) {
        (self.log.last().copied().unwrap_or(0), self.log.len())
    }
}

/// Reads the settings `logs`, `terms`, `votes` and `commits`.
pub(super) fn read(given: Values<'_>) -> Result<Vec<Start>, Misfit> {
    let mut all = vec![Start::default(); given.count("servers")];
    let wrong = |setting: &'static str| move |e: InputError| (setting, placed(&e));
    each(&given.json("logs"), &mut all, log).map_err(wrong("logs"))?;
    same_before(&all).map_err(|what| ("logs", what))?;
    // Whoever led the highest term had a majority's votes: unless something else is said, all know of it.
    let highest = all.iter().flat_map(|start| &start.log).copied().max().unwrap_or(0);
    all.iter_mut().for_each(|start| start.term = highest);
    let term = |start: &mut Start, given: &Doc<'_>| {
        start.term = given.int(u64::from(start.last().0), TERM_MAX)? as u32;
        Ok(())
    };
    each(&given.json("terms"), &mut all, term).map_err(wrong("terms"))?;
    let servers = all.len();
    let vote = |start: &mut Start, given: &Doc<'_>| {
        let name = given.string()?;
        let server = (0..servers).find(|i| name == format!("S{}", i + 1));
        start.voted_for = Some(server.map_or_else(|| given.error(format!("there is no server {name}")), Ok)? as NodeId);
        Ok(())
    };
    each(&given.json("votes"), &mut all, vote).map_err(wrong("votes"))?;
    led_once(&all).map_err(|what| ("terms", what))?;
    let commit = |start: &mut Start, given: &Doc<'_>| {
        start.commit = given.int(0, start.log.len() as u64)? as u32;
        Ok(())
    };
    each(&given.json("commits"), &mut all, commit).map_err(wrong("commits"))?;
    committed(&all).map_err(|what| ("commits", what))?;
    Ok(all)
}

fn placed(error: &InputError) -> String {
    let place = error.path.trim_start_matches('$').trim_start_matches('.');
    if place.is_empty() { error.what.clone() } else { format!("{place}: {}", error.what) }
}

/// Goes through an object from names of servers to values.
fn each(
    payload: &Payload,
    all: &mut [Start],
    mut take: impl FnMut(&mut Start, &Doc<'_>) -> Result<(), InputError>,
) -> Result<(), InputError> {
    let mut object = Doc::parse(payload.json())?.object()?;
    for (i, start) in all.iter_mut().enumerate() {
        if let Some(given) = object.take(&format!("S{}", i + 1)) {
            take(start, &given)?;
        }
    }
    object.finish()
}

/// A log as the terms of its entries: `[1, 1, 4]`.
fn log(start: &mut Start, given: &Doc<'_>) -> Result<(), InputError> {
    for term in given.list()? {
        let number = term.int(1, TERM_MAX)? as u32;
        if start.last().0 > number {
            return term.error("terms in a log never fall");
        }
        start.log.push(number);
    }
    if start.log.len() > LOG_MAX {
        return given.error(format!("at most {LOG_MAX} entries"));
    }
    Ok(())
}

/// Two logs with the same term at an index agree before it (§5.3): others no Raft could have made.
fn same_before(all: &[Start]) -> Result<(), String> {
    for (i, one) in all.iter().enumerate() {
        for (j, two) in all.iter().enumerate().skip(i + 1) {
            let agree = one.log.iter().zip(&two.log).rposition(|(x, y)| x == y).map_or(0, |last| last + 1);
            if one.log[..agree] != two.log[..agree] {
                let (i, j) = (i + 1, j + 1);
                return Err(format!("S{i} and S{j} have the same term at index {agree} and differ before it"));
            }
        }
    }
    Ok(())
}

/// A term that has entries had a leader: nobody else may become one in it (§5.2).
fn led_once(all: &[Start]) -> Result<(), String> {
    for &term in all.iter().flat_map(|start| &start.log) {
        let free = |start: &&Start| start.term < term || start.term == term && start.voted_for.is_none();
        let may_stand = all.iter().any(|start| start.term < term);
        let votes = all.iter().filter(free).count();
        if may_stand && votes > all.len() / 2 {
            return Err(format!(
                "term {term} had a leader, for it has entries; but {votes} servers could vote in it again"
            ));
        }
    }
    Ok(())
}

/// What is committed is on a majority, and whoever lacks it cannot be elected (§5.4).
fn committed(all: &[Start]) -> Result<(), String> {
    let majority = all.len() / 2 + 1;
    for (i, start) in all.iter().enumerate().filter(|(_, start)| start.commit > 0) {
        let (server, commit) = (i + 1, start.commit as usize);
        let has = |other: &Start| other.log.get(..commit) == Some(&start.log[..commit]);
        let count = all.iter().filter(|other| has(other)).count();
        if count < majority {
            return Err(format!(
                "S{server}: entry {commit} is on {count} of {} servers, and so not committed",
                all.len()
            ));
        }
        for (k, other) in all.iter().enumerate().filter(|(_, other)| !has(other)) {
            let votes = all.iter().filter(|voter| voter.last() <= other.last()).count();
            if votes >= majority {
                let k = k + 1;
                return Err(format!("S{server}: entry {commit} is not safe, for S{k} lacks it and could be elected"));
            }
        }
    }
    Ok(())
}
