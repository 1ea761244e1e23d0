//! A group of equals, `P1` to `Pn`: what the labs without servers and clients have in common.

use super::cast;
use crate::base::json::{Doc, InputError, Payload};
use crate::protocol::{Context, Misfit, Out, ProcessInfo, Protocol};
use crate::tables::{Operation, Param, Takes, Values};
use crate::trace::NodeId;
use std::sync::Arc;

/// Most processes: one letter each in the figures of textbooks, and a picture that can still be read.
const PROCESSES_MAX: u64 = 26;

/// Highest clock at the start: an exercise's numbers, and far from the end of the counters.
const CLOCK_MAX: u64 = 1_000_000;

/// The set-up of a group, and its clocks at the start.
pub(crate) const fn setup(clocks: &'static str) -> [Param; 2] {
    [
        Param::int("processes", 1..=PROCESSES_MAX, "3", "Number of processes."),
        Param::new("clocks", Takes::Json, "{}", clocks),
    ]
}

/// How many processes the settings ask for.
pub(crate) fn size(given: Values<'_>) -> usize {
    given.count("processes")
}

/// The processes.
pub(crate) fn processes(size: usize) -> Vec<ProcessInfo> {
    cast::numbered("P", "process", size).collect()
}

/// A clock with a component for each process.
pub(crate) type Vector = Arc<[u32]>;

/// The vectors at the start, such as `{"P1": [2, 0, 0]}`; zero where nothing is said. Nobody may know of more events of a
/// process than that process itself.
pub(crate) fn vectors(given: Values<'_>, size: usize) -> Result<Vec<Vector>, Misfit> {
    let read = |payload: &Payload| -> Result<Vec<Vector>, InputError> {
        let mut all = vec![vec![0; size]; size];
        let doc = Doc::parse(payload.json())?;
        let mut object = doc.object()?;
        for (i, vector) in all.iter_mut().enumerate() {
            let Some(given) = object.take(&format!("P{}", i + 1)) else { continue };
            let list = given.list()?;
            if list.len() != size {
                return given.error(format!("give {size} numbers, one for each process"));
            }
            for (place, number) in vector.iter_mut().zip(list) {
                *place = number.int(0, CLOCK_MAX)? as u32;
            }
        }
        object.finish()?;
        for (i, vector) in all.iter().enumerate() {
            if let Some(k) = (0..size).find(|&k| vector[k] > all[k][k]) {
                let (i, k, knows, has) = (i + 1, k + 1, vector[k], all[k][k]);
                return doc
                    .error(format!("P{i} cannot know of {knows} events of P{k}, which has counted {has} itself"));
            }
        }
        Ok(all.into_iter().map(Vector::from).collect())
    };
    read(&given.json("clocks")).map_err(misfit)
}

/// The scalar clocks at the start, such as `{"P1": 4}`; zero where nothing is said.
pub(crate) fn counters(given: Values<'_>, size: usize) -> Result<Vec<u32>, Misfit> {
    let read = |payload: &Payload| -> Result<Vec<u32>, InputError> {
        let mut object = Doc::parse(payload.json())?.object()?;
        let mut all = vec![0; size];
        for (i, clock) in all.iter_mut().enumerate() {
            if let Some(given) = object.take(&format!("P{}", i + 1)) {
                *clock = given.int(0, CLOCK_MAX)? as u32;
            }
        }
        object.finish()?;
        Ok(all)
    };
    read(&given.json("clocks")).map_err(misfit)
}

fn misfit(error: InputError) -> Misfit {
    let place = error.path.trim_start_matches('$').trim_start_matches('.');
    ("clocks", if place.is_empty() { error.what } else { format!("{place}: {}", error.what) })
}

/// The operation of an event that concerns nobody else.
pub(crate) const fn local(says: &'static str) -> Operation {
    Operation { name: "local", at: &[], args: &[], says }
}

/// One send to everybody else, of whom there must be one.
pub(crate) fn to_others<P: Protocol>(
    ctx: &Context<P>,
    me: NodeId,
    message: P::Message,
    note: P::Note,
    write: Option<P::Write>,
    out: &mut Out<P>,
) {
    let others: Vec<NodeId> = (0..ctx.processes() as NodeId).filter(|&node| node != me).collect();
    to_all_of(others[0], &others[1..], message, note, write, out);
}

/// One send to some, of whom there is a first.
pub(crate) fn to_all_of<P: Protocol>(
    first: NodeId,
    rest: &[NodeId],
    message: P::Message,
    note: P::Note,
    write: Option<P::Write>,
    out: &mut Out<P>,
) {
    out.send_noting(first, message.clone(), note, write);
    for &other in rest {
        out.send(other, message.clone());
    }
}

/// Whom an argument `to` names: `[]` is everybody else; each at most once.
pub(crate) fn receivers<P: Protocol>(ctx: &Context<P>, me: NodeId, to: &Payload) -> Result<Vec<NodeId>, Misfit> {
    let read = || -> Result<Vec<NodeId>, InputError> {
        let doc = Doc::parse(to.json())?;
        let mut nodes = Vec::new();
        for name in doc.list()? {
            let text = name.string()?;
            match ctx.names.iter().position(|known| *known == text) {
                Some(node) if !nodes.contains(&(node as NodeId)) => nodes.push(node as NodeId),
                Some(_) => return name.error(format!("{text} is named twice")),
                None => return name.error(format!("there is no process {text}")),
            }
        }
        Ok(nodes)
    };
    let named = read().map_err(|e| ("to", e.what))?;
    let others = || (0..ctx.processes() as NodeId).filter(|&node| node != me).collect();
    Ok(if named.is_empty() { others() } else { named })
}
