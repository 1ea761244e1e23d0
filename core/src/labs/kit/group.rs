//! A group of equals, `P1` to `Pn`: what the labs without servers and clients have in common.

use super::cast;
use crate::protocol::{Context, Out, ProcessInfo, Protocol};
use crate::tables::{Operation, Param, Values};
use crate::trace::NodeId;

/// Most processes: one letter each in the figures of textbooks, and a picture that can still be read.
const PROCESSES_MAX: u64 = 26;

/// The set-up of a group.
pub(crate) static SETUP: [Param; 1] = [Param::int("processes", 1..=PROCESSES_MAX, "3", "Number of processes.")];

/// How many processes the settings ask for.
pub(crate) fn size(given: Values<'_>) -> usize {
    given.count("processes")
}

/// The processes.
pub(crate) fn processes(size: usize) -> Vec<ProcessInfo> {
    cast::numbered("P", "process", size).collect()
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
    let mut others = (0..ctx.processes() as NodeId).filter(|&node| node != me);
    let first = others.next().expect("there is somebody else");
    out.send_noting(first, message.clone(), note, write);
    for other in others {
        out.send(other, message.clone());
    }
}
