//! The lab's rules, each with a memory of its own.
//!
//! They look at what a record changed. What they know of logs they have from what was written to disk, what they know of
//! locks from the effects of the entries applied; those that keep logs compare all of them every thousandth record too.

mod beliefs;
mod elections;
mod grants;
mod logs;
mod model;
mod settled;

use super::locks::Effect;
use super::{AppliedEntry, Ctx, Index, Note, RaftLock, Saved, Stands};
use crate::labs::kit::sequence::SamePrefix;
use crate::protocol::{Guard, Watch};
use crate::trace::{Kind, Record, RecordId};

type Watching<'a> = Watch<'a, RaftLock>;

/// So many records after one full check comes the next.
const FULL_EVERY: RecordId = 1_000;

pub(super) fn all(ctx: &Ctx) -> Vec<Guard<RaftLock>> {
    let servers = ctx.setup.servers.count();
    vec![
        Guard::of("election-safety", elections::ElectionSafety::default()),
        Guard::of("leader-append-only", logs::LeaderAppendOnly::new(ctx)),
        Guard::of("log-matching", logs::LogMatching::new(ctx)),
        Guard::of("leader-completeness", logs::LeaderCompleteness::new(ctx)),
        Guard::of("state-machine-safety", SamePrefix::new(logs::deed, logs::other_deed)),
        Guard::of("one-vote", elections::OneVote::default()),
        Guard::of("term-monotonic", elections::TermMonotonic::new(servers)),
        Guard::of("commit-current-term", logs::CommitCurrentTerm::new(ctx)),
        Guard::of("commit-monotonic", logs::CommitMonotonic::new(servers)),
        Guard::of("lock-exclusion", grants::LockExclusion::default()),
        Guard::of("exactly-once", grants::ExactlyOnce::default()),
        Guard::of("read-linearizable", grants::ReadLinearizable::default()),
        Guard::of("no-deadlock", settled::NoDeadlock::default()),
        Guard::of("no-needless-abort", grants::NoNeedlessAbort::new(ctx)),
        Guard::of("grants-survive", grants::GrantsSurvive::default()),
        Guard::of("belief", beliefs::Beliefs::default()),
        Guard::of("news", beliefs::News::default()),
        Guard::of("stuck", settled::Stuck),
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
    if record.kind != Kind::Deliver {
        return None;
    }
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
