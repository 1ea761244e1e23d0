//! The rules of total order, watched from outside: from the notes of `send` and `deliver` records alone.

use super::notes::{self, Note};
use super::{Desk, Multicast, TotalOrder, account};
use crate::labs::kit::deliveries::{Once, SenderOrder};
use crate::labs::kit::sequence::{Place, SamePrefix};
use crate::labs::kit::words::names;
use crate::protocol::{Broken, Check, Context, Guard, Seen, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::{BTreeMap, BTreeSet};

/// All rules, in the order of the table.
pub(super) fn all(ctx: &Context<TotalOrder>) -> Vec<Guard<TotalOrder>> {
    vec![
        Guard::of("total-order", SamePrefix::new(message_there, other_message)),
        Guard::of("sender-order", SenderOrder::new(ctx, |ctx, origin, seq| notes::name(ctx, origin, seq as u32))),
        Guard::of("same-balance", SamePrefix::new(balance_there, other_balance)),
        Guard::of(
            "no-duplication",
            Once::new(ctx, |watch, record| match delivery(watch, record) {
                Some((message, _)) => notes::name(watch.ctx, message.origin, message.seq),
                None => unreachable!("it is a delivery"),
            }),
        ),
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

/// What one process delivers as its k-th message, every process delivers as its k-th message.
fn message_there(watch: &Watch<'_, TotalOrder>, record: &Record) -> Option<(Place, (NodeId, u32))> {
    let (message, _) = delivery(watch, record)?;
    Some((Place::Next, (message.origin, message.seq)))
}

type One<'a, T> = (&'a Record, T);

fn other_message(
    watch: &Watch<'_, TotalOrder>,
    k: usize,
    (first, was): One<'_, (NodeId, u32)>,
    (record, is): One<'_, (NodeId, u32)>,
) -> String {
    let (ctx, name) = (watch.ctx, |(origin, seq)| notes::name(watch.ctx, origin, seq));
    let (here, there) = (ctx.name(record.node), ctx.name(first.node));
    format!("delivery {} at {here} is {}, at {there} it was {}.", k + 1, name(is), name(was))
}

/// After the same number of deliveries all copies of the account hold the same balance.
fn balance_there(watch: &Watch<'_, TotalOrder>, record: &Record) -> Option<(Place, i64)> {
    delivery(watch, record).map(|(_, balance)| (Place::Next, balance))
}

fn other_balance(
    watch: &Watch<'_, TotalOrder>,
    k: usize,
    (first, theirs): One<'_, i64>,
    (record, mine): One<'_, i64>,
) -> String {
    let (here, there) = (watch.ctx.name(record.node), watch.ctx.name(first.node));
    let (mine, theirs) = (account::text(mine), account::text(theirs));
    format!("After delivery {} the account holds {mine} at {here}, but {theirs} at {there}.", k + 1)
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
            let (name, me) = (notes::name(ctx, message.origin, message.seq), &ctx.names[me]);
            let explain = if missing.is_empty() {
                format!("{me} holds {name} for ever, though it waits for nobody.")
            } else {
                let these = names(ctx, &missing, "and");
                let later = message.timestamp;
                format!("{me} holds {name} for ever: nothing at {later} or later has come from {these}.")
            };
            return Some(Broken { explain, events: sent.into_iter().collect() });
        }
        let (&(origin, seq), (id, lack)) = self.open.iter().next()?;
        let lack: Vec<NodeId> = lack.iter().copied().collect();
        let explain = format!("{} was never delivered at {}.", notes::name(ctx, origin, seq), names(ctx, &lack, "and"));
        Some(Broken { explain, events: vec![*id] })
    }
}
