//! What clients believe to hold, against each other and against the state machine.

use super::super::client::Held;
use super::super::locks::Change;
use super::super::{Note, RaftLock};
use super::settled::{client, newest};
use super::{Stream, Watching};
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// What one client believes to hold.
#[derive(Clone, Debug, Default)]
struct Belief {
    held: Vec<(Rc<str>, Held)>,
    /// The record since which it believes that.
    since: RecordId,
    /// It sleeps, and its clock stands still: until it does something again it cannot know better.
    asleep: bool,
}

/// At no instant do two clients hold, by their own belief, what excludes each other.
///
/// Two are excused, for neither can know: who is paused, and whose transaction was aborted and who has not heard of it yet. The
/// one is what fencing tokens are for; the other is the price of taking locks away, and [`News`] holds that he hears of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Beliefs {
    stream: Stream,
    of: BTreeMap<NodeId, Belief>,
    /// Tokens of grants that an abort has ended.
    aborted: BTreeSet<u32>,
}

impl Beliefs {
    fn clash(&self, watch: &Watching<'_>, one: NodeId) -> Option<Broken> {
        let mine = self.of.get(&one).filter(|belief| !belief.asleep)?;
        let held = |belief: &Belief| -> Vec<(Rc<str>, Held)> {
            belief.held.iter().filter(|(_, (_, token, _))| !self.aborted.contains(token)).cloned().collect()
        };
        let own = held(mine);
        for (&two, theirs) in self.of.iter().filter(|(two, belief)| **two != one && !belief.asleep) {
            for (resource, (mode, token, _)) in held(theirs) {
                let clash = own.iter().find(|(what, (how, _, _))| *what == resource && !how.fits(mode));
                let Some((_, (how, own_token, _))) = clash else { continue };
                let (one, two) = (watch.ctx.name(one), watch.ctx.name(two));
                let explain = format!(
                    "{one} believes to hold {resource} {} (token {own_token}), and {two} believes to hold it {} (token {token}).",
                    how.name(),
                    mode.name()
                );
                let events = BTreeSet::from([mine.since, theirs.since]);
                return Some(Broken { explain, events: events.into_iter().collect() });
            }
        }
        None
    }
}

impl Check<RaftLock> for Beliefs {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if let Some(applied) = self.stream.next(watch, record) {
            let aborted = applied.effects.iter().filter(|e| e.change == Change::Aborted && e.token > 0);
            self.aborted.extend(aborted.map(|e| e.token));
            return None;
        }
        let is_client = usize::from(record.node) < watch.ctx.processes() && !watch.ctx.setup.servers.has(record.node);
        if !is_client {
            return None;
        }
        let belief = self.of.entry(record.node).or_default();
        match record.kind {
            Kind::Crash => *belief = Belief::default(),
            Kind::Pause => belief.asleep = true,
            Kind::Receive | Kind::Timeout | Kind::Request => {
                let woke = std::mem::take(&mut belief.asleep);
                let news = match watch.history.note(record) {
                    Some(Note::Believes(now)) => {
                        (belief.held, belief.since) = (now.held.clone(), id);
                        true
                    }
                    _ => false,
                };
                if woke || news {
                    return self.clash(watch, record.node);
                }
            }
            _ => {}
        }
        None
    }
}

/// In the end each client believes what the state machine says.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    stream: Stream,
}

impl Check<RaftLock> for News {
    fn observe(&mut self, watch: &Watching<'_>, _: RecordId, record: &Record) -> Option<Broken> {
        self.stream.next(watch, record);
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, RaftLock>]) -> Option<Broken> {
        // Without a no-op nobody may know yet what was committed before all have restarted.
        let machine = &newest(seen).filter(|server| server.applied >= self.stream.0)?.machine;
        for (node, client) in (0..).zip(seen).filter_map(|(node, seen)| Some((node, client(seen)?))) {
            let truth = machine.tokens(node, client.session());
            for (resource, (mode, token, _)) in &client.held {
                if !truth.contains(token) {
                    let (name, mode) = (watch.ctx.name(node), mode.name());
                    let explain = format!(
                        "{name} believes to hold {resource} {mode} (token {token}), and by the lock table it does not."
                    );
                    return Some(Broken { explain, events: Vec::new() });
                }
            }
        }
        None
    }
}
