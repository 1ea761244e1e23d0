//! A message queue on a consistent-hash ring, delivered at least once.
//!
//! **The ring** ([`ring`]; Karger et al. 1997, DeCandia et al. 2007 §4.2). Brokers stand at many points of a circle; the key
//! of a queue is its name. On the walk from the key's place the first broker that serves owns the queue, and the first R
//! distinct ones that live keep its messages. Any broker takes a request and routes it to the owner.
//!
//! **Produce.** The owner writes the message to its log, then copies it to the replicas, and answers the producer when it is
//! on R disks (`acks: all`) or on its own (`acks: leader`). A write takes time: between the asking and the `persist` a crash
//! loses it. A producer that hears nothing sends the same message, under the same name, to another broker; whoever has it
//! already does not take it twice.
//!
//! **Consume.** The owner hands out the oldest message that is ready, under a receipt, and makes it invisible for
//! `visibility_ms`. An acknowledgement names the receipt, and only the receipt of the delivery that is in flight counts:
//! then the message becomes a tombstone, here and on all replicas. Without one it becomes visible again; after
//! `max_receives` deliveries it goes to the dead-letter queue. That is *at least once* (AMQP 0-9-1 and SQS call it the same):
//! a message may come twice, so what a consumer does with it must not mind.
//!
//! **When brokers fail.** They send heartbeats and suspect whom they have not heard for `suspect_ms`. The next one on the
//! walk takes over with what it has, and copies it to the next one after that. A broker that comes back does not serve until
//! the others say that it has their copies. Both sides of a partition serve what they have: so duplicates are possible, and
//! nothing is lost. A side with fewer than R brokers cannot answer a producer.
//!
//! **When brokers come and go.** Who is on the ring stands in a table with a seat for each broker, which only that one
//! changes ([`members`]). A broker that joins gets copies first and is a member after that; one that leaves serves until
//! others have what it has. A copy is thrown away only by a broker that the ring gives no part in the queue, and only when
//! the owner says that all R who have one do have it on disk, under the very table that both know. That is enough: in the
//! newest table under which anything was thrown away, all R still have it.
//!
//! **Storage** is `replicated`, as above, or `shared`: one durable store behind all brokers, as services with a Redis behind
//! them have it; then nothing is handed over, and all depends on the store.
//!
//! What differs from services of this sort: a queue is one unit and not split into partitions, a tombstone is kept for ever
//! (it is a name of a few bytes), and the delivery counts are copied without waiting for anybody, so that a take-over may
//! count a delivery too few.

mod broker;
mod checks;
mod clients;
mod item;
mod members;
mod note;
mod ring;
mod scenarios;
mod setup;
mod tables;
#[cfg(test)]
mod tests;
mod views;
mod words;

use crate::base::json::{JsonObject, Payload};
use crate::protocol::{Context, Guard, Input, Misfit, Out, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Sample, Value, Values};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use broker::{Broker, Store};
use clients::consumer::Consumer;
use clients::producer::Producer;
pub use item::{Delivery, Id, Item, Phase, Receipt};
pub use members::{Standing, Table};
pub use note::Note;
pub use ring::Ring;
pub use setup::Setup;
use std::collections::BTreeMap;
use std::rc::Rc;
use tables::SPEC;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct Queue;

type Ctx = Context<Queue>;
type Effects = Out<Queue>;

/// What a process holds in memory.
#[derive(Clone, Debug)]
pub struct State(Role);

#[derive(Clone, Debug)]
enum Role {
    Broker(Box<Broker>),
    Store(Box<Store>),
    Producer(Box<Producer>),
    Consumer(Box<Consumer>),
}

/// What is on disk: of a broker (or the shared store) its log, of a client the number of its questions.
#[derive(Clone, Debug)]
pub struct Disk {
    /// Messages and tombstones by queue.
    log: BTreeMap<Rc<str>, BTreeMap<Id, Item>>,
    /// Writes that were begun and not finished: after a crash they are known by their checksums and thrown away.
    torn: Vec<Item>,
    /// How often the process was started.
    life: u32,
    /// Who is on the ring, as far as this broker knows.
    table: Table,
    /// Deliveries that this broker has made.
    deliveries: u32,
    /// Questions that this client has asked.
    asked: u32,
    /// What it has counted.
    tally: Tally,
    /// Of a consumer: how often it has processed each message.
    processed: BTreeMap<Id, u32>,
}

/// What a process counts for the metrics, on disk with its writes.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    /// Of a producer: what was answered.
    produced: u64,
    /// Of a broker: deliveries, those of a message that had been delivered before, acknowledgements that were too late.
    delivered: u64,
    redelivered: u64,
    stale: u64,
    /// Of a consumer: from a message's birth to its coming, in microseconds, and how many came.
    latency_us: u64,
    received: u64,
}

/// Changes of what is on disk, in one instant.
#[derive(Clone, Debug)]
pub struct Write(Vec<Change>);

#[derive(Clone, Debug)]
enum Change {
    /// The process has started, under this number.
    Life(u32),
    Table(Table),
    /// A write is begun.
    Begun(Item),
    /// Messages are on disk, and nothing is half written any more.
    Saved(Rc<[Item]>),
    /// A delivery of a message, where it is here.
    Mark(Rc<str>, Id, Delivery),
    /// Another delivery made.
    Delivered {
        again: bool,
    },
    Stale,
    /// Copies that others have are thrown away.
    Dropped(Rc<str>, Rc<[Id]>),
    Asked(u32),
    Produced,
    Received {
        latency_us: u64,
    },
    Processed(Id),
}

/// What a client asks a broker.
#[derive(Clone, Debug)]
pub enum Ask {
    /// To take a message: its number is the question's.
    Produce {
        /// The queue.
        queue: Rc<str>,
        /// What it says.
        body: Payload,
    },
    /// For a message.
    Consume {
        /// The queue.
        queue: Rc<str>,
    },
    /// That one is done.
    Ack {
        /// The queue.
        queue: Rc<str>,
        /// The message.
        id: Id,
        /// Which delivery.
        receipt: Receipt,
    },
}

impl Ask {
    /// The queue that it is about.
    #[must_use]
    pub fn queue(&self) -> &Rc<str> {
        match self {
            Ask::Produce { queue, .. } | Ask::Consume { queue } | Ask::Ack { queue, .. } => queue,
        }
    }
}

/// What a broker answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The message is kept.
    Produced,
    /// A message, with how many wait behind it and how many are not acknowledged.
    Delivered {
        /// The message.
        item: Item,
        /// Which delivery of it.
        delivery: Delivery,
        /// How long it is invisible, in microseconds.
        visibility_us: u64,
        /// Messages that are ready, without this one.
        depth: u32,
        /// Messages that are not acknowledged, this one included.
        lag: u32,
    },
    /// There is none.
    Empty,
    /// The acknowledgement counts, or why not.
    Acked(Result<(), Refusal>),
}

/// Why an acknowledgement does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The delivery is over: the message was visible again since.
    Over,
    /// The delivery went to somebody else.
    NotYours,
    /// There is no such message here.
    Unknown,
    /// This consumer has not processed it.
    NotProcessed,
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// A client's n-th question.
    Ask {
        /// Its number.
        n: u32,
        /// The question.
        ask: Ask,
    },
    /// The same, on its way to the owner.
    Route {
        /// Who asked.
        client: NodeId,
        /// The number there.
        n: u32,
        /// The question.
        ask: Ask,
        /// How often it was passed on.
        hops: u8,
    },
    /// The owner's answer.
    Answer {
        /// The question's number.
        n: u32,
        /// The answer.
        answer: Answer,
    },
    /// A broker lives.
    Heartbeat {
        /// Who is on the ring, as far as it knows.
        table: Table,
        /// How often it was started.
        life: u32,
        /// Whether it has its share and serves.
        serves: bool,
        /// Whether the receiver has all that it should have, as far as the sender knows.
        caught_up: bool,
        /// How often the receiver was started, as far as the sender knows; 0 while it knows nothing of that.
        of_life: u32,
    },
    /// Messages for the receiver to keep.
    Copy {
        /// The queue.
        queue: Rc<str>,
        /// Its messages.
        items: Rc<[Item]>,
    },
    /// What the sender has: does the receiver have it?
    Offer {
        /// The queue.
        queue: Rc<str>,
        /// Messages and how far they have come.
        ids: Rc<[(Id, Phase)]>,
    },
    /// The answer to either.
    Stored {
        /// The queue.
        queue: Rc<str>,
        /// What is on disk here.
        has: Rc<[(Id, Phase)]>,
        /// What is not.
        lacks: Rc<[Id]>,
        /// What the owner knows to be on all R disks under this table.
        safe: Rc<[Id]>,
        /// The sender's table.
        table: Table,
    },
    /// A message was delivered.
    Mark {
        /// The queue.
        queue: Rc<str>,
        /// The message.
        id: Id,
        /// The delivery.
        delivery: Delivery,
    },
    /// To the shared store: all of a queue, please.
    Fetch {
        /// The queue.
        queue: Rc<str>,
    },
}

/// Timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A broker says that it lives, and asks again what was not answered.
    Heartbeat,
    /// The disk has written what it was given.
    Disk,
    /// The first message in flight becomes visible again.
    Visibility,
    /// A client asks again.
    Retry,
    /// A consumer is done with a message.
    Work,
}

/// What is asked of a process.
#[derive(Clone, Debug)]
pub enum Request {
    /// Of a producer: the queue, the message, and the broker to ask first.
    Produce(Rc<str>, Payload, Option<NodeId>),
    /// Of a consumer: a message of a queue.
    Consume(Rc<str>, Option<NodeId>),
    /// Of a consumer: all of a queue, one after the other.
    Drain(Rc<str>, Option<NodeId>),
    /// Of a consumer: to acknowledge a message.
    Ack(Id, Option<Receipt>, Option<NodeId>),
    /// Of a broker: how it stands.
    Status,
    /// Of a broker: to come onto the ring.
    Join,
    /// Of a broker: to go.
    Leave,
}

impl Protocol for Queue {
    type Setup = Setup;
    type State = State;
    type Durable = Disk;
    type Write = Write;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        setup::read(given, broken)
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        setup::processes(setup)
    }

    fn request(ctx: &Ctx, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        setup::request(ctx, operation, args)
    }

    fn format(ctx: &Ctx, _me: NodeId) -> Disk {
        Disk {
            log: BTreeMap::new(),
            torn: Vec::new(),
            life: 0,
            table: Table::new(ctx.setup.brokers.count(), ctx.setup.members),
            deliveries: 0,
            asked: 0,
            tally: Tally::default(),
            processed: BTreeMap::new(),
        }
    }

    fn write(disk: &mut Disk, Write(changes): Write) {
        changes.into_iter().for_each(|change| disk.change(change));
    }

    fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> State {
        State(match ctx.roles[usize::from(me)] {
            "broker" => Role::Broker(Box::new(broker::boot(ctx, me, disk, out))),
            "store" => Role::Store(Box::new(broker::store::boot(disk, out))),
            "producer" => Role::Producer(Box::new(clients::producer::boot(ctx, me, disk))),
            _ => Role::Consumer(Box::new(clients::consumer::boot(ctx, me, disk))),
        })
    }

    fn step(ctx: &Ctx, me: NodeId, state: &mut State, _disk: &Disk, input: Input<'_, Self>, out: &mut Effects) {
        match &mut state.0 {
            Role::Broker(broker) => broker::step(ctx, me, broker, input, out),
            Role::Store(store) => broker::store::step(ctx, store, input, out),
            Role::Producer(producer) => clients::producer::step(ctx, producer, input, out),
            Role::Consumer(consumer) => clients::consumer::step(ctx, consumer, input, out),
        }
    }

    fn is_periodic(timer: Timer) -> bool {
        matches!(timer, Timer::Heartbeat | Timer::Retry)
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Heartbeat => "heartbeat",
            Timer::Disk => "disk",
            Timer::Visibility => "visibility",
            Timer::Retry => "retry",
            Timer::Work => "work",
        }
    }
}

impl Disk {
    fn change(&mut self, change: Change) {
        match change {
            Change::Life(life) => {
                self.life = life;
                self.torn.clear();
            }
            Change::Table(table) => self.table = table,
            Change::Begun(item) => self.torn.push(item),
            Change::Saved(items) => {
                self.torn.retain(|torn| !items.iter().any(|item| item.id == torn.id));
                items.iter().for_each(|item| self.save(item));
            }
            Change::Mark(queue, id, delivery) => {
                if let Some(item) = self.log.get_mut(&queue).and_then(|log| log.get_mut(&id))
                    && item.phase == Phase::Live
                {
                    item.last = item.last.max(Some(delivery));
                }
            }
            Change::Delivered { again } => {
                self.deliveries += 1;
                self.tally.delivered += 1;
                self.tally.redelivered += u64::from(again);
            }
            Change::Stale => self.tally.stale += 1,
            Change::Dropped(queue, ids) => {
                if let Some(log) = self.log.get_mut(&queue) {
                    log.retain(|id, _| !ids.contains(id));
                }
                self.log.retain(|_, log| !log.is_empty());
            }
            Change::Asked(n) => self.asked = n,
            Change::Produced => self.tally.produced += 1,
            Change::Received { latency_us } => {
                self.tally.received += 1;
                self.tally.latency_us += latency_us;
            }
            Change::Processed(id) => *self.processed.entry(id).or_default() += 1,
        }
    }

    fn save(&mut self, item: &Item) {
        let log = self.log.entry(Rc::clone(&item.queue)).or_default();
        log.entry(item.id).and_modify(|known| known.merge(item)).or_insert_with(|| item.clone());
    }
}

impl Story for Queue {
    fn describe_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
        words::message(ctx, message, data)
    }

    fn message_kind(message: &Message) -> &'static str {
        words::sort(message)
    }

    fn describe_note(ctx: &Ctx, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::note(ctx, kind, note, data)
    }

    fn why(ctx: &Ctx, kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        words::why::why(ctx, kind, node, note)
    }

    fn samples(note: &Note) -> Vec<Sample> {
        views::charts::samples(note)
    }

    fn fields(ctx: &Ctx, me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        views::fields(ctx, me, seen)
    }

    fn band(ctx: &Ctx, me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        views::band(ctx, me, seen)
    }

    fn badges(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<(NodeId, Vec<Badge>)> {
        views::badges(ctx, seen)
    }

    fn panels(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        views::panels(ctx, seen)
    }

    fn metrics(ctx: &Ctx, seen: &[Seen<'_, Self>], now_us: u64) -> Vec<(&'static str, u64)> {
        views::charts::metrics(ctx, seen, now_us)
    }

    fn make_up(ctx: &Ctx, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        setup::make_up(ctx, operation, param, bits)
    }

    fn guards(ctx: &Ctx) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }
}
