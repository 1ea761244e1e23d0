//! Locks: who may be granted one, and in which order.

use super::super::note::{LockState, LockWord};
use super::super::setup::LockMode;
use super::super::tree::{Change, Path, name, parent, place};
use super::super::{Entry, Note, ZkLock, Zxid};
use super::{Stream, Watching};
use crate::protocol::{Broken, Check};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A lock's node in the tree.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) lock: Path,
    pub(super) path: Path,
    pub(super) shared: bool,
    pub(super) client: NodeId,
    since: RecordId,
}

/// The nodes of all locks by token, as the transactions have them. A node also ends when its client sends the delete.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    stream: Stream,
    pub(super) open: BTreeMap<Zxid, Place>,
}

impl Places {
    pub(super) fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) {
        if let Some(entry) = self.stream.next(watch, record) {
            self.apply(id, entry);
        }
    }

    fn apply(&mut self, id: RecordId, entry: &Entry) {
        match &entry.txn.change {
            Change::Create { path, .. } => {
                let (Some(place), Some(lock), Some(origin)) = (place(name(path)), parent(path), entry.txn.origin)
                else {
                    return;
                };
                let (lock, path, client) = (lock.into(), Rc::clone(path), origin.client);
                self.open.insert(entry.zxid, Place { lock, path, shared: place.shared, client, since: id });
            }
            Change::Delete { path } => self.open.retain(|_, place| place.path != *path),
            Change::Close { gone, .. } => self.open.retain(|_, place| !gone.contains(&place.path)),
            _ => {}
        }
    }

    /// The first node before a token that is in the way of it.
    fn in_the_way(&self, state: &LockState) -> Option<(&Zxid, &Place)> {
        let conflicts = |place: &Place| state.mode == LockMode::Exclusive || !place.shared;
        self.open.range(..state.token).find(|(_, place)| place.lock == state.path && conflicts(place))
    }
}

/// What a client says of a lock.
pub(super) fn lock_state<'a>(watch: &Watching<'a>, record: &Record) -> Option<&'a LockState> {
    if record.kind != Kind::State {
        return None;
    }
    match watch.history.note(record) {
        Some(Note::Lock(state)) => Some(state),
        _ => None,
    }
}

/// No grant before the end, by release or expiry, of every conflicting lower node.
#[derive(Clone, Debug, Default)]
pub(super) struct MutualExclusion {
    places: Places,
}

impl Check<ZkLock> for MutualExclusion {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.places.observe(watch, id, record);
        let state = lock_state(watch, record)?;
        if state.word != LockWord::Granted {
            if state.word == LockWord::Released {
                self.places.open.remove(&state.token);
            }
            return None;
        }
        let (token, place) = self.places.in_the_way(state)?;
        let (me, other) = (watch.ctx.name(record.node), watch.ctx.name(place.client));
        let explain = format!(
            "{me} gets {} under token {}, and {other}'s node with token {token} is before it and has not ended.",
            state.path, state.token
        );
        Some(Broken { explain, events: vec![place.since, id] })
    }
}

/// Exclusive grants of a lock rise in token. A client that learns of its grant when its node is gone has none.
#[derive(Clone, Debug, Default)]
pub(super) struct FifoGrants {
    places: Places,
    last: BTreeMap<Path, (Zxid, RecordId)>,
}

impl Check<ZkLock> for FifoGrants {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.places.observe(watch, id, record);
        let state = lock_state(watch, record)?;
        let exclusive = state.word == LockWord::Granted && state.mode == LockMode::Exclusive;
        if !exclusive || !self.places.open.contains_key(&state.token) {
            return None;
        }
        let known = self.last.insert(Rc::clone(&state.path), (state.token, id));
        let (last, when) = known.filter(|(last, _)| *last >= state.token)?;
        let me = watch.ctx.name(record.node);
        let explain = format!("{me} gets {} under token {} after {last} had it.", state.path, state.token);
        Some(Broken { explain, events: vec![when, id] })
    }
}
