//! What happened before what, read from the stamps; and one way by which it did.
//!
//! a → b exactly when b's stamp knows a's own event: `V(b)[node(a)] ≥ V(a)[node(a)]` (Mattern 1989). So
//! each question costs one comparison, and a light cone is one pass over what is visible.

use crate::base::clock::{Relation, compare};
use crate::trace::{Kind, LAYER_LINK, MessageId, NO_NODE, NONE, Record, RecordId, Trace};

/// Whether a record has a place in the happened-before order.
#[must_use]
pub fn is_event(record: &Record) -> bool {
    record.kind.ticks()
}

/// Whether everything known at `a` was known at `b`; true for `a = b`.
#[must_use]
pub fn reaches(trace: &Trace, a: &Record, b: &Record) -> bool {
    if a.node == NO_NODE || b.node == NO_NODE {
        return false;
    }
    let own = usize::from(a.node);
    trace.component(b, own) >= trace.component(a, own)
}

/// How two records of processes stand to each other; `None` where one belongs to the network.
///
/// Records that do not tick share the stamp of the last event of their process, and are ordered within it
/// by their ids.
#[must_use]
pub fn relation(trace: &Trace, a: RecordId, b: RecordId) -> Option<Relation> {
    let (ra, rb) = (trace.record(a), trace.record(b));
    let (va, vb) = (trace.vector(ra)?, trace.vector(rb)?);
    if ra.node == rb.node {
        return Some(match a.cmp(&b) {
            std::cmp::Ordering::Less => Relation::Before,
            std::cmp::Ordering::Equal => Relation::Equal,
            std::cmp::Ordering::Greater => Relation::After,
        });
    }
    Some(compare(&va, &vb))
}

/// The record before this one at the same process that has a place in the order, if there is one.
#[must_use]
pub fn previous_event(trace: &Trace, id: RecordId) -> Option<RecordId> {
    let node = trace.record(id).node;
    (0..id).rev().find(|&i| {
        let record = trace.record(i);
        record.node == node && is_event(record)
    })
}

/// One causal path from `a` to `b`, both included, by way of program order and messages; empty where
/// there is none.
#[must_use]
pub fn path(trace: &Trace, a: RecordId, b: RecordId) -> Vec<RecordId> {
    let start = trace.record(a);
    if a > b || start.node == NO_NODE || !reaches(trace, start, trace.record(b)) {
        return Vec::new();
    }
    let mut path = vec![b];
    let mut here = b;
    while here != a {
        let record = trace.record(here);
        if record.node == start.node {
            // From here on it is the process's own line.
            path.push(a);
            break;
        }
        let by_message = (record.kind == Kind::Receive && record.cause != NONE)
            .then_some(record.cause)
            .filter(|&send| send >= a && reaches(trace, start, trace.record(send)));
        let Some(next) = by_message.or_else(|| previous_event(trace, here)) else { return Vec::new() };
        path.push(next);
        here = next;
    }
    path.reverse();
    path
}

/// How a line over the lanes parts what has happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Messages that run backwards over it, received inside and sent outside, each with its receive.
    pub backwards: Vec<(MessageId, RecordId)>,
    /// Messages that are sent inside and have not ended there: the state of the channels.
    pub in_flight: Vec<MessageId>,
}

impl Cut {
    /// Whether the inside can have been the state of the system: for every receive inside, its send is inside
    /// (Chandy and Lamport 1985).
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.backwards.is_empty()
    }
}

/// What a cut has inside and across. Inside are, of each process, the records before its bound.
///
/// Where a message is lost, it leaves its channel as it would have by being received: at its receiver's line.
///
/// # Panics
/// When there are not as many bounds as processes.
#[must_use]
pub fn cut(trace: &Trace, bounds: &[RecordId]) -> Cut {
    assert_eq!(bounds.len(), trace.width(), "a cut has a bound for each process");
    let mut cut = Cut::default();
    let sent = trace.messages.iter_from(0);
    // Whether a message is sent inside, and whether it has an end inside or outside.
    let mut ends: Vec<(bool, bool, bool)> =
        sent.map(|m| (m.send < bounds[usize::from(m.from)], false, false)).collect();
    for id in 0..trace.len() {
        let record = trace.record(id);
        // A frame that the link layer loses it sends again: its message is still under way.
        let ends_here = record.kind == Kind::Receive || record.kind == Kind::Drop && record.code & LAYER_LINK == 0;
        if !ends_here || record.message == NONE {
            continue;
        }
        let to = usize::from(trace.message(record.message).to);
        let (sent, inside, outside) = &mut ends[record.message as usize];
        if id >= bounds[to] {
            *outside = true;
            continue;
        }
        *inside = true;
        if record.kind == Kind::Receive && !*sent {
            cut.backwards.push((record.message, id));
        }
    }
    let under_way = |&(_, &(sent, inside, outside)): &(usize, &(bool, bool, bool))| sent && (outside || !inside);
    cut.in_flight = ends.iter().enumerate().filter(under_way).map(|(id, _)| id as MessageId).collect();
    cut
}
