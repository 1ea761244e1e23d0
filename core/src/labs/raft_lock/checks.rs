//! The lab's rules, each with a memory of its own.
//!
//! They look at what a record changed. What they know of logs they have from what was written to disk, what they know of
//! locks from the effects of the entries applied; those that keep logs compare all of them every thousandth record too.

mod elections;
mod grants;
mod logs;
mod model;
mod settled;

use super::locks::Effect;
use super::{AppliedEntry, Ctx, Index, Note, RaftLock, Saved, Stands};
use crate::protocol::{Check, Watch};
use crate::trace::{Record, RecordId};

type Watching<'a> = Watch<'a, RaftLock>;

/// So many records after one full check comes the next.
const FULL_EVERY: RecordId = 1_000;

pub(super) fn all(ctx: &Ctx) -> Vec<Box<dyn Check<RaftLock>>> {
    let servers = ctx.setup.servers;
    vec![
        Box::new(elections::ElectionSafety::default()),
        Box::new(logs::LeaderAppendOnly::new(ctx)),
        Box::new(logs::LogMatching::new(ctx)),
        Box::new(logs::LeaderCompleteness::new(ctx)),
        Box::new(logs::StateMachineSafety::default()),
        Box::new(elections::OneVote::default()),
        Box::new(elections::TermMonotonic::new(servers)),
        Box::new(logs::CommitCurrentTerm::new(ctx)),
        Box::new(logs::CommitMonotonic::new(servers)),
        Box::new(grants::LockExclusion::default()),
        Box::new(grants::ExactlyOnce::default()),
        Box::new(grants::ReadLinearizable::default()),
        Box::new(settled::NoDeadlock::default()),
        Box::new(grants::NoNeedlessAbort::new(ctx)),
        Box::new(grants::GrantsSurvive::default()),
        Box::new(settled::Stuck),
    ]
}

fn saved<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a Saved> {
    match watch.history.note(record) {
        Some(Note::Saved(saved)) => Some(saved),
        _ => None,
    }
}

fn stands<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a Stands> {
    match watch.history.note(record) {
        Some(Note::Stands(stands)) => Some(stands),
        _ => None,
    }
}

fn applied<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a AppliedEntry> {
    match watch.history.note(record) {
        Some(Note::Applied(applied)) => Some(applied),
        _ => None,
    }
}

/// The effects of each entry, when it is applied for the first time anywhere.
#[derive(Clone, Copy, Debug, Default)]
struct Stream(Index);

impl Stream {
    fn next<'a>(&mut self, watch: &'a Watching<'_>, record: &Record) -> Option<&'a AppliedEntry> {
        let applied = applied(watch, record)?;
        if applied.index <= self.0 {
            return None;
        }
        self.0 = applied.index;
        Some(applied)
    }
}

fn effect_text(ctx: &Ctx, effect: &Effect) -> String {
    format!("{} {} {}", ctx.name(effect.client), effect.change.name(), effect.resource)
}
