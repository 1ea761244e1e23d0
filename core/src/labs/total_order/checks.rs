//! The rules of total order, watched from outside: from the notes of `send` and `deliver` records alone.

use super::notes::{self, Note};
use super::{Desk, Multicast, TotalOrder, account};
use crate::base::log::Log;
use crate::protocol::{Broken, Check, Context, Guard, Seen, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};

/// All rules, in the order of the table.
pub(super) fn all(ctx: &Context<TotalOrder>) -> Vec<Guard<TotalOrder>> {
    let n = ctx.processes();
    vec![
        Guard::of("total-order", TotalOrderRule { first: Log::default(), delivered: vec![0; n] }),
        Guard::of("sender-order", SenderOrder { last: vec![0; n * n] }),
        Guard::of("same-balance", SameBalance { first: Log::default(), delivered: vec![0; n] }),
        Guard::of("no-duplication", NoDuplication { seen: vec![Numbers::default(); n * n] }),
        Guard::of("stuck", Stuck { open: BTreeMap::new() }),
    ]
}

/// The message of a `deliver` record, and the balance behind it.
fn delivery<'a>(watch: &Watch<'a, TotalOrder>, record: &Record) -> Option<(&'a Multicast, i64)> {
    if record.kind != Kind::Deliver {
        return None;
    }
    match watch.history.note(record)? {
        Note::Deliver { message, balance, .. } => Some((message, *balance)),
        _ => None,
    }
}

fn name(watch: &Watch<'_, TotalOrder>, message: &Multicast) -> String {
    notes::name(watch.ctx, message.origin, message.seq)
}

/// `k`-th in words that need no table of endings.
fn number(k: usize) -> String {
    format!("delivery {}", k + 1)
}

/// What one process delivers as its k-th message, every process delivers as its k-th message.
#[derive(Clone, Debug)]
struct TotalOrderRule {
    /// The record in which a k-th message was first delivered anywhere.
    first: Log<RecordId>,
    delivered: Vec<usize>,
}

impl Check<TotalOrder> for TotalOrderRule {
    fn observe(&mut self, watch: &Watch<'_, TotalOrder>, id: RecordId, record: &Record) -> Option<Broken> {
        let (mine, _) = delivery(watch, record)?;
        let (other_id, other, k) = k_th(watch, &mut self.first, &mut self.delivered, id, record)?;
        let (theirs, _) = delivery(watch, &other)?;
        if (mine.origin, mine.seq) == (theirs.origin, theirs.seq) {
            return None;
        }
        Some(Broken {
            explain: format!(
                "{} at {} is {}, at {} it was {}.",
                number(k),
                watch.ctx.name(record.node),
                name(watch, mine),
                watch.ctx.name(other.node),
                name(watch, theirs)
            ),
            events: vec![other_id, id],
        })
    }
}

/// Counts a delivery: which one of its process it is, and the record in which another was first there.
fn k_th(
    watch: &Watch<'_, TotalOrder>,
    first: &mut Log<RecordId>,
    delivered: &mut [usize],
    id: RecordId,
    record: &Record,
) -> Option<(RecordId, Record, usize)> {
    let k = delivered[usize::from(record.node)];
    delivered[usize::from(record.node)] += 1;
    match first.get(k) {
        Some(&other) => Some((other, *watch.history.trace.record(other), k)),
        None => {
            first.push(id);
            None
        }
    }
}

/// Messages of one sender are delivered in the order in which it sent them, none skipped.
#[derive(Clone, Debug)]
struct SenderOrder {
    /// The highest number delivered, by receiver and then by sender.
    last: Vec<u32>,
}

impl Check<TotalOrder> for SenderOrder {
    fn observe(&mut self, watch: &Watch<'_, TotalOrder>, id: RecordId, record: &Record) -> Option<Broken> {
        let (message, _) = delivery(watch, record)?;
        let n = watch.ctx.processes();
        let last = &mut self.last[usize::from(record.node) * n + usize::from(message.origin)];
        let due = *last + 1;
        *last = (*last).max(message.seq);
        if message.seq <= due {
            return None;
        }
        Some(Broken {
            explain: format!(
                "{} delivers {} though it has not delivered {}, which was sent before.",
                watch.ctx.name(record.node),
                name(watch, message),
                notes::name(watch.ctx, message.origin, due)
            ),
            events: vec![id],
        })
    }
}

/// After the same number of deliveries all copies of the account hold the same balance.
#[derive(Clone, Debug)]
struct SameBalance {
    /// The record in which a k-th message was first delivered anywhere.
    first: Log<RecordId>,
    delivered: Vec<usize>,
}

impl Check<TotalOrder> for SameBalance {
    fn observe(&mut self, watch: &Watch<'_, TotalOrder>, id: RecordId, record: &Record) -> Option<Broken> {
        let (_, mine) = delivery(watch, record)?;
        let (other_id, other, k) = k_th(watch, &mut self.first, &mut self.delivered, id, record)?;
        let (_, theirs) = delivery(watch, &other)?;
        if mine == theirs {
            return None;
        }
        Some(Broken {
            explain: format!(
                "After {} the account holds {} at {}, but {} at {}.",
                number(k),
                account::text(mine),
                watch.ctx.name(record.node),
                account::text(theirs),
                watch.ctx.name(other.node)
            ),
            events: vec![other_id, id],
        })
    }
}

/// A set of numbers from 1 on that has few gaps.
#[derive(Clone, Debug, Default)]
struct Numbers {
    /// All up to here are in it.
    all_to: u32,
    above: BTreeSet<u32>,
}

impl Numbers {
    /// Puts a number in; false when it was there.
    fn insert(&mut self, number: u32) -> bool {
        if number <= self.all_to || !self.above.insert(number) {
            return false;
        }
        while self.above.remove(&(self.all_to + 1)) {
            self.all_to += 1;
        }
        true
    }
}

/// No process delivers a message twice.
#[derive(Clone, Debug)]
struct NoDuplication {
    /// What was delivered, by receiver and then by sender.
    seen: Vec<Numbers>,
}

impl Check<TotalOrder> for NoDuplication {
    fn observe(&mut self, watch: &Watch<'_, TotalOrder>, id: RecordId, record: &Record) -> Option<Broken> {
        let (message, _) = delivery(watch, record)?;
        let n = watch.ctx.processes();
        if self.seen[usize::from(record.node) * n + usize::from(message.origin)].insert(message.seq) {
            return None;
        }
        let earlier = (0..id).rev().find(|&other| {
            let other = watch.history.trace.record(other);
            let same = |(m, _): (&Multicast, i64)| (m.origin, m.seq) == (message.origin, message.seq);
            other.node == record.node && delivery(watch, other).is_some_and(same)
        });
        Some(Broken {
            explain: format!("{} delivers {} a second time.", watch.ctx.name(record.node), name(watch, message)),
            events: earlier.into_iter().chain([id]).collect(),
        })
    }
}

/// After settling, every message was delivered by every process and no queue holds anything.
#[derive(Clone, Debug)]
struct Stuck {
    /// Multicasts that are not delivered everywhere: the record of their sending, and who lacks them.
    open: BTreeMap<(NodeId, u32), (RecordId, BTreeSet<NodeId>)>,
}

impl Check<TotalOrder> for Stuck {
    fn observe(&mut self, watch: &Watch<'_, TotalOrder>, id: RecordId, record: &Record) -> Option<Broken> {
        match watch.history.note(record)? {
            Note::Multicast { message, .. } => {
                let all = (0..watch.ctx.processes() as NodeId).collect();
                self.open.insert((message.origin, message.seq), (id, all));
            }
            Note::Deliver { message, .. } => {
                let key = (message.origin, message.seq);
                if let Some((_, lack)) = self.open.get_mut(&key) {
                    lack.remove(&record.node);
                    if lack.is_empty() {
                        self.open.remove(&key);
                    }
                }
            }
            _ => {}
        }
        None
    }

    fn settled(&mut self, watch: &Watch<'_, TotalOrder>, seen: &[Seen<'_, TotalOrder>]) -> Option<Broken> {
        let ctx = watch.ctx;
        for (me, s) in seen.iter().enumerate() {
            let Some(message) = s.durable.queue.values().next() else { continue };
            let desk = Desk { durable: s.durable, arrived: None, fresh: None };
            let missing = desk.missing(ctx, me as NodeId, message);
            let sent = self.open.get(&(message.origin, message.seq)).map(|(id, _)| *id);
            let (name, me) = (name(watch, message), &ctx.names[me]);
            let explain = if missing.is_empty() {
                format!("{me} holds {name} for ever, though it waits for nobody.")
            } else {
                let these = notes::these(ctx, &missing, "and");
                let later = message.timestamp;
                format!("{me} holds {name} for ever: nothing later than {later} has come from {these}.")
            };
            return Some(Broken { explain, events: sent.into_iter().collect() });
        }
        let (&(origin, seq), (id, lack)) = self.open.iter().next()?;
        let lack: Vec<NodeId> = lack.iter().copied().collect();
        let explain =
            format!("{} was never delivered at {}.", notes::name(ctx, origin, seq), notes::these(ctx, &lack, "and"));
        Some(Broken { explain, events: vec![*id] })
    }
}
