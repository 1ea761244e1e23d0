//! What the protocol says about events: the values behind labels, `data` and explanations.

use super::item::{Delivery, Id, Item, Phase};
use super::members::{Standing, Table};
use super::{Ask, Refusal};
use crate::base::json::Payload;
use crate::trace::NodeId;
use std::rc::Rc;

/// What the protocol says about an event.
#[derive(Clone, Debug)]
pub enum Note {
    /// A process has started.
    Booted(Box<Booted>),
    /// A question has come to a broker.
    Asked(Box<Asked>),
    /// Copies that came, or were asked for, and what became of them.
    Copied {
        /// Messages that are new here, or further on than here.
        new: u32,
        /// Messages that were as far here.
        known: u32,
    },
    /// Messages are on disk.
    Saved(Box<Saved>),
    /// Copies were thrown away: others have them.
    Dropped(Rc<str>, Rc<[Id]>),
    /// Where a message stands now at the broker that serves its queue.
    Moved(Box<Moved>),
    /// A broker serves a queue from now on, or no longer.
    Serves {
        /// The queue.
        queue: Rc<str>,
        /// From now on.
        from_now: bool,
        /// Messages that are ready.
        ready: u32,
        /// Messages in flight: their time runs anew.
        in_flight: u32,
        /// Who serves instead.
        instead: Option<NodeId>,
    },
    /// How a broker stands, whom it suspects, who is on the ring.
    Stands(Box<Stands>),
    /// A client's request has ended.
    Replied(Box<Replied>),
    /// A message has come to a consumer.
    Came {
        /// From its birth to its first coming here, in microseconds; none where it is no news.
        latency_us: Option<u64>,
        /// Its delivery has been given up by this consumer, or it is a copy.
        late: bool,
        /// Ready messages and messages that are not acknowledged, as the broker said.
        levels: Option<(u32, u32)>,
        /// How often it was delivered.
        count: u32,
    },
    /// A consumer has processed a message.
    Processed {
        /// The message.
        id: Id,
        /// Its queue.
        queue: Rc<str>,
        /// What it says.
        body: Payload,
        /// The how many-th time here.
        times: u32,
    },
    /// A consumer has failed on a message and leaves it.
    Failed {
        /// The message.
        id: Id,
        /// Its queue.
        queue: Rc<str>,
    },
    /// An answer to an acknowledgement that nobody asked for by hand.
    AckAnswered {
        /// The message.
        id: Id,
        /// Whether it counts.
        result: Result<(), Refusal>,
    },
    /// Nothing that the record does not say itself.
    Nothing,
}

/// A process has started.
#[derive(Clone, Debug)]
pub struct Booted {
    pub(super) life: u32,
    /// Live messages, dead letters and tombstones on its disk.
    pub(super) counts: [u32; 3],
    /// Writes that were half done, and whether they were taken for whole (broken on purpose).
    pub(super) torn: u32,
    pub(super) torn_taken: bool,
    /// Largest share of the ring over the mean share, in percent.
    pub(super) balance_percent: u64,
}

/// A question at a broker, and what becomes of it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(super) ask: Ask,
    pub(super) fate: Fate,
    /// Who owns the queue, as this broker sees it, and who is to have a copy.
    pub(super) owner: Option<NodeId>,
    pub(super) replicas: Vec<NodeId>,
}

/// What becomes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is passed on to the owner.
    Routed,
    /// It has been passed on too often, or there is nobody to pass it on to.
    Left,
    /// It waits until the shared store has sent the queue.
    Waits,
    /// The message goes to disk.
    Taken,
    /// The message is known: the producer has sent it again.
    Known(Phase),
    /// There is a message for it.
    Served,
    /// The same delivery once more: its answer was lost.
    Again,
    /// There is none.
    Empty,
    /// The acknowledgement goes to disk.
    AckTaken,
    /// The acknowledgement came before.
    AckKnown,
    /// The acknowledgement does not count.
    AckRefused(Refusal),
    /// A late copy of a question that was answered.
    Old,
}

/// Messages are on disk.
#[derive(Clone, Debug)]
pub struct Saved {
    pub(super) items: Rc<[Item]>,
    /// Live messages on this disk before and after.
    pub(super) live: (u64, u64),
}

/// Where a message stands at the broker that serves its queue.
#[derive(Clone, Debug)]
pub struct Moved {
    pub(super) id: Id,
    pub(super) queue: Rc<str>,
    pub(super) to: Place,
    pub(super) receives: u32,
    /// The delivery that this is about.
    pub(super) delivery: Option<Delivery>,
    pub(super) because: Because,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Ready,
    InFlight,
    Acked,
    Dead,
}

impl Place {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Place::Ready => "ready",
            Place::InFlight => "in-flight",
            Place::Acked => "acked",
            Place::Dead => "dead",
        }
    }
}

/// Why a message stands there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// A producer made it.
    Produced,
    /// It was delivered.
    Delivered,
    /// Its visibility timeout ran out.
    Expired,
    /// Its consumer acknowledged it.
    Acknowledged,
    /// It was removed with its delivery (broken on purpose).
    WithDelivery,
    /// It was delivered as often as may be.
    TooOften,
    /// Another broker had it, or knew more of it.
    Copied,
}

impl Because {
    /// The word for it in the trace.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Because::Produced => "produced",
            Because::Delivered => "delivered",
            Because::Expired => "expired",
            Because::Acknowledged => "acknowledged",
            Because::WithDelivery => "handed out",
            Because::TooOften => "delivered too often",
            Because::Copied => "copied",
        }
    }
}

/// How a broker stands.
#[derive(Clone, Debug)]
pub struct Stands {
    pub(super) standing: Standing,
    pub(super) serves: bool,
    pub(super) suspects: Vec<NodeId>,
    pub(super) table: Table,
    /// The table is news.
    pub(super) new_table: bool,
    pub(super) balance_percent: u64,
    /// How much of the ring moves with the change, in parts per million, and what would be ideal.
    pub(super) moved_ppm: Option<(u64, u64)>,
}

/// A request has ended.
#[derive(Clone, Debug)]
pub enum Replied {
    /// A message is kept.
    Produced {
        /// The queue.
        queue: Rc<str>,
        /// The message.
        id: Id,
    },
    /// A message, or none.
    Consumed {
        /// The queue.
        queue: Rc<str>,
        /// The message and its delivery.
        got: Option<(Item, Delivery)>,
    },
    /// A queue is empty: so many messages came from it.
    Drained {
        /// The queue.
        queue: Rc<str>,
        /// How many.
        count: u32,
    },
    /// An acknowledgement.
    Acked {
        /// The message.
        id: Id,
        /// Which delivery, where one is known.
        receipt: Option<super::Receipt>,
        /// Whether it counts.
        result: Result<(), Refusal>,
    },
    /// How a broker stands.
    Status {
        /// On the ring or not.
        standing: Standing,
        /// Whether it has its share.
        serves: bool,
        /// Who is on the ring.
        members: Vec<NodeId>,
        /// Whom it suspects.
        suspects: Vec<NodeId>,
        /// Its queues: who owns each, and how many messages are live, in flight, dead and acked here.
        queues: Vec<(Rc<str>, Option<NodeId>, [u32; 4])>,
    },
    /// A broker has come or gone.
    Moved {
        /// `join` or `leave`.
        joins: bool,
        /// Whether it has.
        ok: bool,
        /// How it stands now.
        standing: Standing,
        /// Why not, or what was done.
        says: &'static str,
        /// Messages that came or went with it.
        items: u32,
    },
}
