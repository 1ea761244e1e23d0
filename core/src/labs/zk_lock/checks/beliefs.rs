//! What nobody in the system can count: for how long two clients both believed that they hold, accesses that came late and
//! were accepted all the same, and the rest of the lab's numbers.
//!
//! None of this is a violation. A holder that slept cannot know that its session is over; and a late append that comes
//! before the new holder's first access meets a file that has seen no higher token.

use super::super::note::{Linked, LockState, LockWord, SessionEvent};
use super::super::setup::LockMode;
use super::super::tree::{Path, SessionId};
use super::super::{Note, Standing, Word, ZkLock};
use super::Watching;
use super::queue::Places;
use crate::protocol::{Broken, Check};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A client that takes a lock for its own.
#[derive(Clone, Copy, Debug)]
struct Believer {
    who: NodeId,
    shared: bool,
}

/// Who believes what, and numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Beliefs {
    places: Places,
    believers: BTreeMap<Path, Vec<Believer>>,
    /// Locks of which two who exclude each other both believe that they have them, and since when, in microseconds.
    doubled: BTreeMap<Path, u64>,
    expired: BTreeSet<SessionId>,
    numbers: Numbers,
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers {
    grants: u64,
    waited_us: u64,
    ends: u64,
    held_us: u64,
    handovers: u64,
    handover_us: u64,
    notified: u64,
    expiries: u64,
    connections_lost: u64,
    moved: u64,
    elections: u64,
    accepted: u64,
    rejected: u64,
    late: u64,
    double: u64,
    double_us: u64,
}

impl Beliefs {
    fn believe(&mut self, who: NodeId, state: &LockState) {
        let numbers = &mut self.numbers;
        if state.word == LockWord::Granted {
            numbers.grants += 1;
            numbers.waited_us += state.waited_us.unwrap_or(0);
            if let Some(us) = state.handover_us {
                numbers.handovers += 1;
                numbers.handover_us += us;
            }
            let shared = state.mode == LockMode::Shared;
            self.believers.entry(Rc::clone(&state.path)).or_default().push(Believer { who, shared });
        } else if matches!(state.word, LockWord::Released | LockWord::Lost) && state.held {
            numbers.ends += 1;
            numbers.held_us += state.held_us.unwrap_or(0);
            if let Some(believers) = self.believers.get_mut(&state.path)
                && let Some(at) = believers.iter().position(|b| b.who == who)
            {
                believers.remove(at);
            }
        }
    }

    /// Looks whether two exclude each other now.
    fn compare(&mut self, now_us: u64) {
        for (path, believers) in &self.believers {
            let clash = believers.iter().enumerate().any(|(i, one)| {
                believers[i + 1..].iter().any(|other| other.who != one.who && !(one.shared && other.shared))
            });
            match (clash, self.doubled.get(path).copied()) {
                (true, None) => {
                    self.numbers.double += 1;
                    self.doubled.insert(Rc::clone(path), now_us);
                }
                (false, Some(since_us)) => {
                    self.numbers.double_us += now_us - since_us;
                    self.doubled.remove(path);
                }
                _ => {}
            }
        }
    }
}

impl Check<ZkLock> for Beliefs {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.places.observe(watch, id, record);
        if record.kind == Kind::Crash {
            self.believers.values_mut().for_each(|believers| believers.retain(|b| b.who != record.node));
            self.compare(record.at_us);
            return None;
        }
        let numbers = &mut self.numbers;
        match watch.history.note(record)? {
            Note::Lock(state) => {
                self.believe(record.node, state);
                self.compare(record.at_us);
            }
            Note::Accessed(access) if access.accepted => {
                numbers.accepted += 1;
                numbers.late += u64::from(!self.places.open.contains_key(&access.access.token));
            }
            Note::Accessed(_) => numbers.rejected += 1,
            Note::Notified { count, .. } => numbers.notified += u64::from(*count),
            Note::Session { session, event: SessionEvent::Expired, .. } => {
                numbers.expiries += u64::from(self.expired.insert(*session));
            }
            Note::Connection(connection) => {
                numbers.connections_lost += u64::from(connection.linked == Linked::Suspended);
            }
            Note::Ruled(_, Word::Moved) => numbers.moved += 1,
            Note::Stands(stands) => {
                numbers.elections += u64::from(stands.standing == Standing::Leading && stands.serves);
            }
            _ => {}
        }
        None
    }

    fn counts(&self) -> Vec<(&'static str, u64)> {
        let n = &self.numbers;
        let mean = |total: u64, count: u64| total.checked_div(count).unwrap_or(0);
        vec![
            ("grants", n.grants),
            ("waiting_us_mean", mean(n.waited_us, n.grants)),
            ("holding_us_mean", mean(n.held_us, n.ends)),
            ("handover_us_mean", mean(n.handover_us, n.handovers)),
            ("watch_notifications", n.notified),
            ("session_expiries", n.expiries),
            ("connections_lost", n.connections_lost),
            ("requests_of_moved_sessions", n.moved),
            ("leaders_established", n.elections),
            ("accesses_accepted", n.accepted),
            ("accesses_rejected", n.rejected),
            ("late_accesses_accepted", n.late),
            ("double_beliefs", n.double),
            ("double_belief_us", n.double_us),
        ]
    }
}
