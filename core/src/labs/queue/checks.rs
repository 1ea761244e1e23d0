//! The lab's rules, each with a memory of its own.
//!
//! What is on which disk, who has processed what and which producer was answered is counted here from the records alone;
//! the brokers' own ideas of it are not asked. Only what must hold in the end looks into them.

mod ledger;
mod settled;

use super::note::{Because, Place, Replied};
use super::words::{id_text, receipt_text};
use super::{Answer, Ctx, Id, Message, Note, Phase, Queue, Receipt};
use crate::protocol::{Broken, Check, Guard, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};
use ledger::Ledger;
use std::collections::BTreeMap;

type Watching<'a> = Watch<'a, Queue>;

pub(super) fn all(_: &Ctx) -> Vec<Guard<Queue>> {
    vec![
        Guard::of("nothing-lost", NothingLost::default()),
        Guard::of("nothing-unexpected", NothingUnexpected::default()),
        Guard::of("ack-own-delivery", AckOwnDelivery::default()),
        Guard::of("replicas-distinct", ReplicasDistinct::default()),
        Guard::of("stuck", settled::Stuck::default()),
    ]
}

/// The messages of the application that a record's messages carry: all of one multicast.
fn messages<'a>(watch: &Watching<'a>, record: &Record) -> impl Iterator<Item = (u32, &'a Message)> + use<'a> {
    let all = watch.history.messages;
    let sent = if record.kind == Kind::Send { u32::from(record.count) } else { 0 };
    (record.message..record.message.saturating_add(sent)).map(move |id| (id, all.at(id as usize)))
}

/// Total-queue: what was answered is processed, or it is kept where it can be got.
#[derive(Clone, Debug, Default)]
struct NothingLost {
    ledger: Ledger,
}

impl Check<Queue> for NothingLost {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.ledger.observe(watch, id, record);
        match record.kind {
            // Only these take anything away.
            Kind::Crash | Kind::Drop | Kind::State => {}
            Kind::Persist if self.ledger.took_away => {}
            _ => return None,
        }
        let down = self.ledger.brokers_down(watch.ctx);
        self.ledger.open.iter().find_map(|(message, answered)| {
            let explain = self.lost(watch.ctx, *message, &down)?;
            Some(Broken { explain, events: vec![*answered, id] })
        })
    }

    fn settled(&mut self, watch: &Watching<'_>, _: &[crate::protocol::Seen<'_, Queue>]) -> Option<Broken> {
        let (message, answered) = self.ledger.open.iter().find(|(id, _)| self.ledger.kept(**id).is_empty())?;
        let explain = format!(
            "{} was answered to its producer, nobody has processed it, and it is on no disk.",
            id_text(watch.ctx, *message)
        );
        Some(Broken { explain, events: vec![*answered] })
    }
}

impl NothingLost {
    /// Why a message that was answered and not processed is lost, if it is.
    fn lost(&self, ctx: &Ctx, id: Id, down: &[NodeId]) -> Option<String> {
        let kept = self.ledger.kept(id);
        let name = id_text(ctx, id);
        if kept.is_empty() {
            if self.ledger.is_in_hand(id) {
                return None;
            }
            return Some(format!(
                "{name} was answered to its producer, nobody has processed it, and now it is on no disk and on its way to nobody."
            ));
        }
        let setup = &ctx.setup;
        let few = setup.acks_all && !setup.shared && down.len() < setup.replicas;
        if !few || down.is_empty() || !kept.iter().all(|holder| down.contains(holder)) {
            return None;
        }
        let holders: Vec<&str> = kept.iter().map(|holder| ctx.name(*holder)).collect();
        Some(format!(
            "{name} was answered to its producer and nobody has processed it. It was to be on {} disks, so that {} down could not \
             hide it, but it is on {} alone, and down.",
            setup.replicas,
            if down.len() == 1 { "one broker".into() } else { format!("{} brokers", down.len()) },
            holders.join(", ")
        ))
    }
}

/// Total-queue: what is processed was made.
#[derive(Clone, Debug, Default)]
struct NothingUnexpected {
    ledger: Ledger,
}

impl Check<Queue> for NothingUnexpected {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.ledger.observe(watch, id, record);
        let Some(Note::Processed { id: message, queue, body, .. }) = watch.history.note(record) else { return None };
        let (name, who) = (id_text(watch.ctx, *message), watch.ctx.name(record.node));
        let explain = match self.ledger.made.get(message) {
            Some((made, _, _)) if made == body => return None,
            Some((made, ..)) => {
                format!("{who} has processed {name} of {queue} as {}, but it was made as {}.", body.json(), made.json())
            }
            None => format!("{who} has processed {name} of {queue}, which nobody has made."),
        };
        let made = self.ledger.made.get(message).map(|(_, _, at)| *at);
        Some(Broken { explain, events: made.into_iter().chain([id]).collect() })
    }
}

/// An acknowledgement ends its own delivery.
#[derive(Clone, Debug, Default)]
struct AckOwnDelivery {
    /// What each receipt was given for, the how many-th delivery it was, to whom, and when.
    given: BTreeMap<Receipt, (Id, u32, NodeId, RecordId)>,
    /// The last receipt that each broker has given for a message.
    last: BTreeMap<(NodeId, Id), Receipt>,
}

impl Check<Queue> for AckOwnDelivery {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        for (_, message) in messages(watch, record) {
            if let Message::Answer { answer: Answer::Delivered { item, delivery, .. }, .. } = message {
                self.given.entry(delivery.receipt).or_insert((item.id, delivery.count, delivery.consumer, id));
                self.last.insert((record.node, item.id), delivery.receipt);
            }
        }
        let Some(Note::Moved(moved)) = watch.history.note(record) else { return None };
        if moved.to != Place::Acked || moved.because != Because::Acknowledged {
            return None;
        }
        let (ctx, delivery) = (watch.ctx, moved.delivery?);
        let (name, broker) = (id_text(ctx, moved.id), ctx.name(record.node));
        let receipt = receipt_text(ctx, delivery.receipt);
        let given = self.given.get(&delivery.receipt);
        let Some((_, count, ..)) = given.filter(|g| g.0 == moved.id && g.2 == delivery.consumer) else {
            let explain =
                format!("{broker} takes {name} for done by the receipt {receipt}, which was not given for it.");
            return Some(Broken { explain, events: vec![id] });
        };
        // Another broker may have delivered it since, and told: then its receipt is the later one.
        let last = self.last.get(&(record.node, moved.id))?;
        let (_, later, _, at) = self.given.get(last).filter(|(_, later, ..)| later > count)?;
        let explain = format!(
            "{broker} takes {name} for done by the receipt {receipt} of delivery {count}, though it has made delivery {later} \
             since, under {}.",
            receipt_text(ctx, *last)
        );
        Some(Broken { explain, events: vec![*at, id] })
    }
}

/// What is answered is on R disks.
#[derive(Clone, Debug, Default)]
struct ReplicasDistinct {
    ledger: Ledger,
}

impl Check<Queue> for ReplicasDistinct {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.ledger.observe(watch, id, record);
        let setup = &watch.ctx.setup;
        if record.kind != Kind::Reply || !setup.acks_all || setup.shared {
            return None;
        }
        let Some(Note::Replied(replied)) = watch.history.note(record) else { return None };
        let Replied::Produced { id: message, .. } = &**replied else { return None };
        let ctx = watch.ctx;
        let disks = self.ledger.ever.get(message).map(|disks| disks.iter().map(|b| ctx.name(*b)).collect::<Vec<_>>());
        let disks = disks.unwrap_or_default();
        if disks.len() >= setup.replicas || self.ledger.processed.contains_key(message) {
            return None;
        }
        let on =
            if disks.is_empty() { "on no disk".into() } else { format!("on the disk of {} alone", disks.join(", ")) };
        let explain = format!(
            "{} is answered to its producer, but it is {on}, where {} different brokers are to have it.",
            id_text(ctx, *message),
            setup.replicas
        );
        Some(Broken { explain, events: vec![id] })
    }
}

/// Whether a phase is one in which a message is kept.
fn is_kept(phase: Phase) -> bool {
    phase != Phase::Acked
}
