//! The rules, watched from outside: by what each process had sent and delivered, never by the protocol's own
//! vectors. A multicast is known by its origin and its number.

use super::words::{all_lacking, name_of, short};
use super::{About, CausalMulticast, Letter, missing};
use crate::base::log::Log;
use crate::labs::kit::deliveries::{Known, Once};
use crate::protocol::{Broken, Check, Context, Guard, Seen, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};

type Watching<'a> = Watch<'a, CausalMulticast>;

pub(super) fn all(ctx: &Context<CausalMulticast>) -> Vec<Guard<CausalMulticast>> {
    let sent = Sent(vec![Log::default(); ctx.processes()]);
    let (delivered, pasts) = (Known::new(ctx.processes()), vec![Log::default(); ctx.processes()]);
    vec![
        Guard::of("causal-order", CausalOrder { sent: sent.clone(), delivered: delivered.clone(), pasts }),
        Guard::of("no-duplication", Once::new(ctx, called)),
        Guard::of("stuck", Stuck { sent, delivered }),
    ]
}

fn called(watch: &Watching<'_>, record: &Record) -> String {
    let letter = delivers(watch, record).expect("it is a delivery");
    format!("{}, “{}”,", name_of(watch.ctx, letter), short(letter))
}

/// The multicast that a record sends.
fn sends<'a>(watch: &Watching<'a>, record: &Record) -> Option<&'a Letter> {
    let letter = (record.kind == Kind::Send).then(|| &**watch.history.messages.at(record.message as usize));
    letter.filter(|letter| letter.private.is_none())
}

/// The multicast that a record delivers.
fn delivers<'a>(watch: &Watching<'a>, record: &Record) -> Option<&'a Letter> {
    match &watch.history.note(record)?.about {
        About::Delivered(letter, _) if record.kind == Kind::Deliver => Some(letter),
        _ => None,
    }
}

/// A multicast that was sent.
#[derive(Clone, Copy, Debug)]
struct One {
    seq: u32,
    send: RecordId,
    /// What its sender had sent and delivered since its last multicast: a part of the sender's past.
    past: (u32, u32),
}

/// Everything that was sent, by origin; the numbers of each rise.
#[derive(Clone, Debug)]
struct Sent(Vec<Log<One>>);

impl Sent {
    fn add(&mut self, letter: &Letter, send: RecordId, past: (u32, u32)) {
        self.0[usize::from(letter.origin)].push(One { seq: letter.seq(), send, past });
    }

    fn find(&self, origin: NodeId, seq: u32) -> Option<One> {
        let log = &self.0[usize::from(origin)];
        log.get(log.partition_point(|one| one.seq < seq)).copied().filter(|one| one.seq == seq)
    }
}

/// Nobody delivers a multicast before everything that its sender had sent or delivered when it sent it.
///
/// It is enough to ask for what is new since the sender's last multicast: that one is among it, and was held to
/// the same when it was delivered. Once something was delivered too early this no longer holds, but then the
/// rule is broken already.
#[derive(Clone, Debug)]
struct CausalOrder {
    sent: Sent,
    delivered: Known,
    /// What each process has sent and delivered, in order.
    pasts: Vec<Log<(NodeId, u32)>>,
}

impl Check<CausalMulticast> for CausalOrder {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let me = usize::from(record.node);
        if let Some(letter) = sends(watch, record) {
            let past = &mut self.pasts[me];
            let log = &self.sent.0[me];
            let from = log.len().checked_sub(1).map_or(0, |last| log.at(last).past.1);
            self.sent.add(letter, id, (from, past.len() as u32));
            past.push((letter.origin, letter.seq()));
            return None;
        }
        let letter = delivers(watch, record)?;
        let item = letter.item()?;
        let one = self.sent.find(letter.origin, letter.seq())?;
        let past = &self.pasts[usize::from(letter.origin)];
        let needed = (one.past.0..one.past.1).map(|i| *past.at(i as usize));
        let lacks = needed.clone().find(|&(origin, seq)| !self.delivered.has(record.node, (origin, seq.into())));
        if self.delivered.add(record.node, item) && letter.origin != record.node {
            self.pasts[me].push((letter.origin, letter.seq()));
        }
        let (origin, seq) = lacks?;
        let first = self.sent.find(origin, seq)?.send;
        let ctx = watch.ctx;
        let before = sends(watch, watch.history.trace.record(first))?;
        Some(Broken {
            explain: format!(
                "{} delivers {}, “{}”, before {}, “{}”, which {} had {} when it sent it.",
                ctx.name(record.node),
                name_of(ctx, letter),
                short(letter),
                name_of(ctx, before),
                short(before),
                ctx.name(letter.origin),
                if origin == letter.origin { "sent" } else { "delivered" },
            ),
            events: vec![first, one.send, id],
        })
    }
}

/// In the end everybody has delivered everything, and no buffer holds anything.
#[derive(Clone, Debug)]
struct Stuck {
    sent: Sent,
    delivered: Known,
}

impl Stuck {
    /// The earliest multicast that somebody has not delivered, and who.
    fn earliest(&self) -> Option<(NodeId, NodeId, One)> {
        let all = 0..self.sent.0.len() as NodeId;
        let lacks = all.clone().flat_map(|me| {
            all.clone().filter_map(move |origin| {
                let lacked = |one: &&One| !self.delivered.has(me, (origin, one.seq.into()));
                let one = self.sent.0[usize::from(origin)].iter_from(0).find(lacked)?;
                Some((me, origin, *one))
            })
        });
        lacks.min_by_key(|(me, _, one)| (one.send, *me))
    }

    /// For what a message in a buffer waits, and whether that can come at all.
    fn waits(&self, ctx: &Context<CausalMulticast>, vector: &[u32], letter: &Letter) -> String {
        let lacks = missing(vector, letter);
        let Some(first) = lacks.first() else { return "nobody looks at it again, though nothing is missing".into() };
        let lost = self.sent.find(first.component, first.has + 1).is_none();
        let never = if lost { ", which was never sent" } else { "" };
        format!("it waits for {}{never}", all_lacking(ctx, &lacks))
    }
}

impl Check<CausalMulticast> for Stuck {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if let Some(letter) = sends(watch, record) {
            self.sent.add(letter, id, (0, 0));
        } else if let Some(letter) = delivers(watch, record) {
            self.delivered.add(record.node, (letter.origin, letter.seq().into()));
        }
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, CausalMulticast>]) -> Option<Broken> {
        let ctx = watch.ctx;
        if let Some((me, origin, one)) = self.earliest() {
            let disk = seen[usize::from(me)].durable;
            let held = disk.buffer.iter().find(|(l, _)| (l.origin, l.seq()) == (origin, one.seq));
            let why = match held {
                Some((letter, _)) => format!("in its buffer {}", self.waits(ctx, &disk.vector, letter)),
                None => "it has not arrived".into(),
            };
            let trace = &watch.history.trace;
            let arrived = |&id: &RecordId| {
                let record = trace.record(id);
                (record.kind, record.node, record.cause) == (Kind::Receive, me, one.send)
            };
            let receive = (one.send..trace.len()).find(arrived);
            let (name, from, seq) = (ctx.name(me), ctx.name(origin), one.seq);
            return Some(Broken {
                explain: format!("{name} will never deliver {from}'s multicast {seq}: {why}."),
                events: [one.send].into_iter().chain(receive).collect(),
            });
        }
        let full = seen.iter().position(|s| !s.durable.buffer.is_empty() || s.durable.owed.is_some())?;
        let explain = format!("{} still holds messages that it has delivered.", ctx.names[full]);
        Some(Broken { explain, events: Vec::new() })
    }
}
