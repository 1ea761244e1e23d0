//! The ensemble: the same transactions everywhere, and none that a client was told of is ever lost.

use super::super::{Entry, Message, ToClient, ZkLock, Zxid};
use super::{Watching, applied};
use crate::base::log::Log;
use crate::labs::kit::sequence::{Place, SamePrefix};
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{Kind, Record, RecordId};

/// All apply the same transactions in the same order, also across restarts.
pub(super) fn committed_agree() -> SamePrefix<ZkLock, Entry> {
    let placed = |watch: &Watching<'_>, record: &Record| {
        let entry = applied(watch, record)?;
        Some((Place::At(entry.index as usize - 1), entry.clone()))
    };
    SamePrefix::new(placed, |watch, place, (one, first), (two, other)| {
        format!(
            "As transaction number {} {} applies {}, and {} has applied {}.",
            place + 1,
            watch.ctx.name(two.node),
            other.zxid,
            watch.ctx.name(one.node),
            first.zxid
        )
    })
}

/// What a client was told of is in every later history.
#[derive(Clone, Debug, Default)]
pub(super) struct AcknowledgedSurvives {
    /// The transaction that was first at each place.
    first: Log<Zxid>,
    /// How many of them a client was told of, and the record of that.
    told: (usize, RecordId),
    /// The first place at which somebody has applied another one.
    differs: Option<(usize, RecordId)>,
}

impl AcknowledgedSurvives {
    fn broken(&self, watch: &Watching<'_>) -> Option<Broken> {
        let (place, when) = self.differs.filter(|(place, _)| *place < self.told.0)?;
        let node = watch.history.trace.record(when).node;
        let explain = format!(
            "A client was told of transaction {}, and {} has applied another one in its place.",
            self.first.at(place),
            watch.ctx.name(node)
        );
        let mut events = vec![self.told.1, when];
        events.sort_unstable();
        Some(Broken { explain, events })
    }
}

impl Check<ZkLock> for AcknowledgedSurvives {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if let Some(entry) = applied(watch, record) {
            let place = entry.index as usize - 1;
            if place == self.first.len() {
                self.first.push(entry.zxid);
            } else if self.first.get(place).is_some_and(|zxid| *zxid != entry.zxid) {
                let fresh = self.differs.is_none_or(|(known, _)| place < known);
                if fresh {
                    self.differs = Some((place, id));
                    return self.broken(watch);
                }
            }
            return None;
        }
        if record.kind != Kind::Receive {
            return None;
        }
        let message = watch.history.messages.at(record.message as usize);
        let Message::ToClient { says: ToClient::Push { zxid, .. }, .. } = message else { return None };
        let count = self.first.partition_point(|known| known <= zxid);
        if count <= self.told.0 || self.first.get(count.checked_sub(1)?) != Some(zxid) {
            return None;
        }
        let before = std::mem::replace(&mut self.told, (count, id)).0;
        self.broken(watch).filter(|_| self.differs.is_some_and(|(place, _)| place >= before))
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, ZkLock>]) -> Option<Broken> {
        let newest = seen.iter().filter_map(|s| super::settled::server(s)).map(|s| s.applied.0).max()?;
        if newest as usize >= self.told.0 {
            return None;
        }
        let explain = format!(
            "A client was told of transaction {}, and in the end {} have applied no more than {newest}.",
            self.first.at(self.told.0 - 1),
            watch.ctx.setup.servers.count()
        );
        Some(Broken { explain, events: vec![self.told.1] })
    }
}
