//! The rules, watched from outside, and what is counted beside them.

mod agreement;
mod beliefs;
mod fenced;
mod queue;
mod settled;

use super::{Ctx, Entry, Note, ZkLock};
use crate::protocol::{Guard, Watch};
use crate::trace::{Kind, Record};

type Watching<'a> = Watch<'a, ZkLock>;

/// All rules of the lab's table, each with what watches it.
pub(super) fn all(ctx: &Ctx) -> Vec<Guard<ZkLock>> {
    vec![
        Guard::of("mutual-exclusion", queue::MutualExclusion::default()),
        Guard::of("mutual-exclusion", beliefs::Beliefs::default()),
        Guard::of("fifo-grants", queue::FifoGrants::default()),
        Guard::of("no-stale-access", fenced::NoStaleAccess::default()),
        Guard::of("no-lost-increment", fenced::NoLostIncrement::new(ctx)),
        Guard::of("committed-agree", agreement::committed_agree()),
        Guard::of("acknowledged-survives", agreement::AcknowledgedSurvives::default()),
        Guard::of("news", settled::News),
        Guard::of("stuck", settled::Stuck),
    ]
}

/// The transaction that a record applies.
fn applied<'a>(watch: &Watching<'a>, record: &Record) -> Option<&'a Entry> {
    if record.kind != Kind::Deliver {
        return None;
    }
    match watch.history.note(record) {
        Some(Note::Applied(entry)) => Some(entry),
        _ => None,
    }
}

/// The transactions as they are applied for the first time anywhere.
#[derive(Clone, Copy, Debug, Default)]
struct Stream(u32);

impl Stream {
    fn next<'a>(&mut self, watch: &Watching<'a>, record: &Record) -> Option<&'a Entry> {
        let entry = applied(watch, record)?;
        if entry.index <= self.0 {
            return None;
        }
        self.0 = entry.index;
        Some(entry)
    }
}
