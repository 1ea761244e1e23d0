//! What is to be seen: fields, bands and the lab's panels.

pub(super) mod charts;
mod queues;
mod ring;

use super::members::{Standing, Table};
use super::words::id_text;
use super::{Broker, Ctx, Id, Phase, Queue, Role};
use crate::labs::kit::words::shorten;
use crate::labs::queue::clients::consumer::{self, Consumer};
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{Badge, Band, Field, Panel, Sign};
use std::collections::BTreeMap;

type Saw<'a> = Seen<'a, Queue>;

pub(super) fn broker_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Broker> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Broker(broker)) => Some(broker),
        _ => None,
    }
}

fn consumer_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Consumer> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Consumer(consumer)) => Some(consumer),
        _ => None,
    }
}

/// The newest table that a disk has.
fn newest<'a>(ctx: &Ctx, seen: &'a [Saw<'_>]) -> &'a Table {
    let tables = seen[..ctx.setup.brokers.count()].iter().map(|seen| &seen.durable.table);
    tables.max_by_key(|table| table.seats().iter().map(|seat| seat.version).sum::<u32>()).expect("there is a broker")
}

fn names(ctx: &Ctx, nodes: impl IntoIterator<Item = NodeId>) -> String {
    let names: Vec<&str> = nodes.into_iter().map(|node| ctx.name(node)).collect();
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

/// Live messages on a disk.
fn live_on_disk(seen: &Saw<'_>) -> usize {
    seen.durable.log.values().flat_map(BTreeMap::values).filter(|item| item.phase == Phase::Live).count()
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, me: NodeId, seen: &Saw<'_>) -> Vec<Field> {
    let on_disk = || Field::new("live on disk", live_on_disk(seen).to_string());
    match seen.state.map(|state| &state.0) {
        Some(Role::Broker(broker)) => {
            let served = broker.queues.values().filter(|share| share.front.is_some()).map(|share| shorten(&share.name));
            let served: Vec<String> = served.collect();
            let suspects = ctx.setup.brokers.but(me).filter(|b| broker.peers[usize::from(*b)].suspected);
            vec![
                Field::new("stands", broker.table.standing(me).name()),
                Field::new("serves", if served.is_empty() { "–".into() } else { served.join(", ") }),
                on_disk(),
                Field::new("suspects", names(ctx, suspects)),
            ]
        }
        Some(Role::Producer(producer)) => {
            let mut fields = vec![Field::new("asks", ctx.name(producer.broker.server))];
            if let Some(doing) = &producer.doing {
                let id = id_text(ctx, Id { producer: me, n: doing.n });
                fields.push(Field::new("waits for", format!("{id} in {}", shorten(&doing.queue))));
            }
            fields.push(Field::new("then", format!("{} more", producer.jobs.len())));
            fields
        }
        Some(Role::Consumer(consumer)) => {
            let mut fields = vec![Field::new("asks", ctx.name(consumer.broker.server))];
            let does = consumer.doing.as_ref().map(|doing| match &doing.phase {
                consumer::Phase::Asks(queue) => format!("asks for {}", shorten(queue)),
                consumer::Phase::Works(item) => format!("works on {}", id_text(ctx, item.id)),
                consumer::Phase::Acks(id, ..) => format!("acknowledges {}", id_text(ctx, *id)),
            });
            fields.extend(does.map(|does| Field::new("does", does)));
            fields.push(Field::new("processed", seen.durable.processed.values().sum::<u32>().to_string()));
            fields.push(Field::new("then", format!("{} more", consumer.jobs.len())));
            fields
        }
        Some(Role::Store(_)) => vec![on_disk()],
        None if ctx.setup.brokers.has(me) || ctx.setup.store() == Some(me) => vec![on_disk()],
        None => Vec::new(),
    }
}

/// The band of a lane: how a broker stands, what a client does.
pub(super) fn band(_ctx: &Ctx, me: NodeId, seen: &Saw<'_>) -> Option<Band> {
    let band = |word, number, tone| Some(Band { word, number, tone });
    match &seen.state?.0 {
        Role::Broker(broker) => match broker.table.standing(me) {
            _ if !broker.serves => band("catching up", None, 4),
            Standing::Joining => band("joining", None, 1),
            Standing::Leaving => band("leaving", None, 3),
            Standing::Out => band("out", None, 0),
            Standing::Member => {
                let serves = broker.queues.values().filter(|share| share.front.is_some()).count() as u32;
                if serves == 0 { None } else { band("serves", Some(serves), 2) }
            }
        },
        Role::Producer(producer) => producer.doing.as_ref().and_then(|_| band("waits", None, 1)),
        Role::Consumer(consumer) => match consumer.doing.as_ref()?.phase {
            consumer::Phase::Works(_) => band("works", None, 2),
            consumer::Phase::Acks(..) => band("acks", None, 5),
            consumer::Phase::Asks(_) => band("asks", None, 1),
        },
        Role::Store(_) => None,
    }
}

/// Beside a producer that waits: whose disk has its message.
pub(super) fn badges(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(NodeId, Vec<Badge>)> {
    let brokers = &seen[..ctx.setup.brokers.count()];
    let at = |(me, seen): (usize, &Saw<'_>)| {
        let Some(Role::Producer(producer)) = seen.state.map(|state| &state.0) else { return None };
        let (doing, me) = (producer.doing.as_ref()?, me as NodeId);
        let id = Id { producer: me, n: doing.n };
        let shares = brokers.iter().filter_map(broker_of).filter_map(|broker| broker.queues.get(&doing.queue));
        let targets = shares.filter(|share| share.front.is_some()).map(|share| &share.targets).next()?;
        let sign = |broker: &NodeId| {
            let has =
                brokers[usize::from(*broker)].durable.log.get(&doing.queue).is_some_and(|log| log.contains_key(&id));
            let sign = if has { Sign::Have } else { Sign::Open };
            Badge { sign, says: format!("{} on {}'s disk", id_text(ctx, id), ctx.name(*broker)) }
        };
        Some((me, targets.iter().map(sign).collect()))
    };
    seen.iter().enumerate().filter_map(at).collect()
}

/// The lab's panels.
pub(super) fn panels(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    let mut panels = vec![ring::panel(ctx, seen)];
    panels.extend(queues::messages(ctx, seen));
    panels.push(queues::lag(ctx, seen));
    panels.push(ring::shares(ctx, seen));
    panels
}
