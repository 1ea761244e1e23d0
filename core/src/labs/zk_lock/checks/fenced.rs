//! The file: no access of an old holder, and no increment that is lost.

use super::super::file::Deed;
use super::super::note::FileAccess;
use super::super::{Ctx, Note, ZkLock, Zxid};
use super::Watching;
use crate::protocol::{Broken, Check};
use crate::trace::{Kind, Record, RecordId};

/// An access at the file.
pub(super) fn access<'a>(watch: &Watching<'a>, record: &Record) -> Option<&'a FileAccess> {
    if record.kind != Kind::State {
        return None;
    }
    match watch.history.note(record) {
        Some(Note::Accessed(access)) => Some(access),
        _ => None,
    }
}

/// No access is accepted under a token that is lower than one that was accepted before.
#[derive(Clone, Debug, Default)]
pub(super) struct NoStaleAccess {
    highest: Zxid,
    when: RecordId,
}

impl Check<ZkLock> for NoStaleAccess {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let access = access(watch, record).filter(|access| access.accepted)?;
        let token = access.access.token;
        if token >= self.highest {
            (self.highest, self.when) = (token, id);
            return None;
        }
        let explain = format!(
            "The file accepts an access of {} under token {token}, and {} was there before.",
            watch.ctx.name(access.by),
            self.highest
        );
        Some(Broken { explain, events: vec![self.when, id] })
    }
}

/// The counter is what it began with and one more for each increment that was accepted.
#[derive(Clone, Debug)]
pub(super) struct NoLostIncrement {
    expected: u64,
    last: Option<RecordId>,
}

impl NoLostIncrement {
    pub(super) fn new(ctx: &Ctx) -> NoLostIncrement {
        NoLostIncrement { expected: ctx.setup.counter, last: None }
    }
}

impl Check<ZkLock> for NoLostIncrement {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let access = access(watch, record).filter(|access| access.accepted)?;
        let counts = matches!(access.access.deed, Deed::Count(_));
        self.expected += u64::from(counts);
        let before = if counts { self.last.replace(id) } else { self.last };
        if access.counter == self.expected {
            return None;
        }
        let explain = format!(
            "The counter is {} after the increments that were accepted, and should be {}.",
            access.counter, self.expected
        );
        // What is lost stays lost: only the next one is news.
        self.expected = access.counter;
        Some(Broken { explain, events: before.into_iter().chain([id]).collect() })
    }
}
