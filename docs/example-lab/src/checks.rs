//! The rules, watched from outside: from the records alone.

use crate::{Note, TokenRing};
use lightcone_core::protocol::{Broken, Check, Context, Guard, Seen, Watch};
use lightcone_core::trace::{Kind, Record, RecordId};
use std::collections::BTreeSet;

/// All rules, in the order of the table.
pub(crate) fn all(ctx: &Context<TokenRing>) -> Vec<Guard<TokenRing>> {
    vec![
        Guard::of("mutual-exclusion", MutualExclusion { inside: vec![None; ctx.processes()] }),
        Guard::of("stuck", Stuck { waiting: BTreeSet::new() }),
    ]
}

/// At most one process is inside.
#[derive(Clone, Debug)]
struct MutualExclusion {
    /// For each process the record with which it entered.
    inside: Vec<Option<RecordId>>,
}

impl Check<TokenRing> for MutualExclusion {
    fn observe(&mut self, watch: &Watch<'_, TokenRing>, id: RecordId, record: &Record) -> Option<Broken> {
        let node = usize::from(record.node);
        match watch.history.note(record) {
            Some(Note::Enters(_)) => {
                let other = (0..self.inside.len()).find(|&q| q != node && self.inside[q].is_some());
                self.inside[node] = Some(id);
                let other = other?;
                let (mine, theirs) = (&watch.ctx.names[node], &watch.ctx.names[other]);
                let explain = format!("{mine} enters while {theirs} is inside.");
                Some(Broken { explain, events: self.inside[other].into_iter().chain([id]).collect() })
            }
            Some(Note::Leaves) => {
                self.inside[node] = None;
                None
            }
            _ if record.kind == Kind::Crash => {
                // Whoever is down does nothing, and when it starts again it is outside.
                self.inside[node] = None;
                None
            }
            _ => None,
        }
    }
}

/// When nothing moves any more, nobody waits.
#[derive(Clone, Debug)]
struct Stuck {
    /// Requests that were taken in and have not had their turn.
    waiting: BTreeSet<RecordId>,
}

impl Check<TokenRing> for Stuck {
    fn observe(&mut self, watch: &Watch<'_, TokenRing>, id: RecordId, record: &Record) -> Option<Broken> {
        match watch.history.note(record) {
            Some(Note::Asks) => drop(self.waiting.insert(id)),
            Some(Note::Enters(request)) => drop(self.waiting.remove(request)),
            _ => {}
        }
        None
    }

    fn settled(&mut self, watch: &Watch<'_, TokenRing>, _: &[Seen<'_, TokenRing>]) -> Option<Broken> {
        let first = *self.waiting.first()?;
        let name = watch.ctx.name(watch.history.trace.record(first).node);
        Some(Broken { explain: format!("The request {first} of {name} waits for ever."), events: vec![first] })
    }
}
