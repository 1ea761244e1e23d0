//! Totally ordered multicast (Lamport 1978; Tanenbaum & van Steen, "Totally ordered multicasting").
//!
//! Every process hands the same messages to its application in the same order, so that copies of an account
//! stay equal. There is no leader. The order is that of Lamport's clocks:
//!
//! 1. A clock C counts events: it rises by one at every local event and every send; at a receive it becomes
//!    max(C, timestamp) + 1. A message carries the clock of its send as its timestamp.
//! 2. Messages are ordered by (timestamp, process): smaller first, and of equal ones that of the smaller
//!    process. Each receiver puts a message into its *hold-back queue* in that order.
//! 3. It multicasts an *acknowledgement*, whose timestamp is necessarily above the message's.
//! 4. The head of the queue is delivered when nothing that belongs before it can come any more: when something with
//!    its timestamp T or a larger one has arrived from every process. Whoever has acknowledged it has sent such a
//!    thing, so this comes at the latest "when everybody has acknowledged it". The sender's own message stands for its
//!    acknowledgement.
//!
//! Why step 4 is safe: links keep order, and no process uses a timestamp twice. Once something at T has arrived from a
//! process, whatever still comes from it is later than T. (Lamport says "later than T"; one at T itself with a smaller
//! process's number is as good: it stands before the head, or was delivered.) A link on which an acknowledgement
//! overtakes an earlier message breaks exactly this, hence the reliable FIFO links below.
//!
//! A plain message to one process (`send`) raises clocks and counts as something heard; nobody orders it.
//!
//! Clock, queue, what was heard and what was delivered are on disk, each written in the same instant as the
//! record that tells of it. So a crash is a long pause that loses arrivals, and the link sends those again. A
//! crash in the middle of a step can leave one acknowledgement owed and some heads undelivered: both follow
//! from what is on disk, and starting again makes up for them.

mod account;
mod checks;
mod notes;
mod scenarios;
mod spec;
#[cfg(test)]
mod tests;
mod views;

use crate::base::json::{JsonObject, Payload};
use crate::labs::kit::group;
use crate::protocol::{Context, Guard, Input, Misfit, Out, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Value, Values};
use crate::trace::frame::{Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use account::Change;
use notes::{Head, Note};
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

/// So many of the newest deliveries are kept to be shown; the order of all of them is for the checks.
const RECENT_MAX: usize = 32;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct TotalOrder;

/// Settings.
#[derive(Clone, Debug)]
pub struct Setup {
    processes: usize,
    /// The clocks at the start.
    clocks: Vec<u32>,
    raw_links: bool,
    no_acks: bool,
    no_tiebreak: bool,
    deliver_on_receive: bool,
}

/// A multicast: who sent it, its number among that sender's, what it says and when it was sent.
#[derive(Clone, Debug)]
pub struct Multicast {
    origin: NodeId,
    seq: u32,
    timestamp: u32,
    payload: Payload,
    /// What it does to the account, if anything.
    change: Option<Change>,
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// Something for the application.
    Multicast(Arc<Multicast>),
    /// A message to one process that nobody orders.
    Plain {
        /// What it says.
        payload: Payload,
        /// The sender's clock.
        timestamp: u32,
    },
    /// "I have put this message into my queue." It is for everybody, not for the sender alone.
    Ack {
        /// Whose message.
        origin: NodeId,
        /// Its number.
        seq: u32,
        /// The acknowledger's clock.
        timestamp: u32,
    },
}

/// A place in the hold-back queue: the timestamp, and what decides between equal ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    timestamp: u32,
    tie: u32,
}

/// What is on a process's disk.
#[derive(Clone, Debug)]
pub struct Durable {
    /// Lamport's clock.
    clock: u32,
    /// Own multicasts so far.
    sent: u32,
    /// Acknowledgements multicast so far.
    acknowledged: u32,
    /// The largest timestamp that has arrived from each process.
    heard: Vec<u32>,
    /// The hold-back queue.
    queue: BTreeMap<Place, Arc<Multicast>>,
    /// How many messages were ever put into it.
    queued: u32,
    /// The message that was put into the queue and is not acknowledged yet.
    owed: Option<Arc<Multicast>>,
    /// Number of deliveries.
    delivered: u32,
    /// The newest of them, oldest first.
    recent: VecDeque<(NodeId, u32)>,
    /// The account, in cents.
    balance: i64,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
pub enum Write {
    /// An event that only counts.
    Tick(u32),
    /// An own multicast, now in the own queue.
    Multicast(Place, Arc<Multicast>),
    /// A message that has arrived; it is owed an acknowledgement.
    Hold(u32, Place, Arc<Multicast>, bool),
    /// An acknowledgement that has arrived: clock, from whom, its timestamp.
    Hear(u32, NodeId, u32),
    /// The acknowledgement that was owed has left.
    Acknowledge(u32),
    /// The head is delivered; the balance behind it.
    Deliver(Place, i64),
}

/// What a process is asked for.
#[derive(Clone, Debug)]
pub enum Request {
    /// An event that concerns nobody else.
    Local,
    /// A message to all, itself included.
    Multicast(Payload, Option<Change>),
    /// A plain message to one process.
    Send(NodeId, Payload),
}

/// Messages to deliver now, in order.
type Ready = Vec<(Place, Arc<Multicast>)>;

/// What a process has before it when it looks for something to deliver: its disk, and what the input adds.
#[derive(Debug)]
struct Desk<'a> {
    durable: &'a Durable,
    /// Something has just arrived from this process with this timestamp.
    arrived: Option<(NodeId, u32)>,
    /// This was just put into the queue.
    fresh: Option<(Place, Arc<Multicast>)>,
}

impl Desk<'_> {
    fn heard(&self, node: NodeId) -> u32 {
        let before = self.durable.heard[usize::from(node)];
        match self.arrived {
            Some((from, timestamp)) if from == node => before.max(timestamp),
            _ => before,
        }
    }

    /// The processes that the delivery of a message waits for.
    fn missing(&self, ctx: &Context<TotalOrder>, me: NodeId, message: &Multicast) -> Vec<NodeId> {
        if ctx.setup.no_acks || ctx.setup.deliver_on_receive {
            return Vec::new();
        }
        let silent = |&q: &NodeId| q != me && q != message.origin && self.heard(q) < message.timestamp;
        (0..ctx.processes() as NodeId).filter(silent).collect()
    }

    /// The messages to deliver now, in order, and the head that then remains with whom it waits for.
    fn look(&self, ctx: &Context<TotalOrder>, me: NodeId) -> (Ready, Option<Head>) {
        let mut queue = self.durable.queue.iter().map(|(place, message)| (*place, message)).peekable();
        let mut fresh = self.fresh.as_ref().map(|(place, message)| (*place, message));
        let mut ready = Vec::new();
        loop {
            if let (Some((first, _)), Some((new, _))) = (queue.peek(), &fresh)
                && first == new
            {
                // A duplicate on raw links: it takes the place of the one that stands there.
                queue.next();
            }
            let from_queue = match (queue.peek(), &fresh) {
                (Some((first, _)), Some((new, _))) => first < new,
                (first, _) => first.is_some(),
            };
            let next = if from_queue { queue.next() } else { fresh.take() };
            let Some((place, message)) = next else { return (ready, None) };
            let missing = self.missing(ctx, me, message);
            if !missing.is_empty() {
                return (ready, Some(Head { message: Arc::clone(message), missing }));
            }
            ready.push((place, Arc::clone(message)));
        }
    }

    /// What was heard of each process: what a delivery rests on.
    fn heard_all(&self, ctx: &Context<TotalOrder>) -> Arc<[u32]> {
        (0..ctx.processes() as NodeId).map(|q| self.heard(q)).collect()
    }
}

impl TotalOrder {
    /// Where a message belongs in the queue.
    fn place(setup: &Setup, durable: &Durable, message: &Multicast) -> Place {
        let timestamp = if setup.deliver_on_receive { 0 } else { message.timestamp };
        let by_arrival = setup.no_tiebreak || setup.deliver_on_receive;
        Place { timestamp, tie: if by_arrival { durable.queued } else { u32::from(message.origin) } }
    }

    /// An own multicast: one event, in the own queue in the same instant.
    fn multicast(
        ctx: &Context<Self>,
        me: NodeId,
        durable: &Durable,
        request: (&Payload, Option<Change>),
        out: &mut Out<Self>,
    ) {
        let (before, after) = (durable.clock, durable.clock + 1);
        let (payload, change) = (request.0.clone(), request.1);
        let message = Arc::new(Multicast { origin: me, seq: durable.sent + 1, timestamp: after, payload, change });
        let place = Self::place(&ctx.setup, durable, &message);
        let write = Some(Write::Multicast(place, Arc::clone(&message)));
        let note = Note::Multicast { before, after, message: Arc::clone(&message) };
        if ctx.processes() == 1 {
            // Alone, a multicast reaches nobody else: it is an event all the same.
            out.local(note, write);
        } else {
            group::to_others(ctx, me, Message::Multicast(Arc::clone(&message)), note, write, out);
        }
        let desk = Desk { durable, arrived: None, fresh: Some((place, message)) };
        let (ready, _) = desk.look(ctx, me);
        Self::deliver(ctx, &desk, ready, after, out);
    }

    /// A message arrives: it goes into the queue, and is owed an acknowledgement.
    fn take_in(ctx: &Context<Self>, me: NodeId, durable: &Durable, message: &Arc<Multicast>, out: &mut Out<Self>) {
        assert!(durable.owed.is_none(), "a step that acknowledges comes before the next input");
        let (before, after) = (durable.clock, durable.clock.max(message.timestamp) + 1);
        let place = Self::place(&ctx.setup, durable, message);
        let desk = Desk {
            durable,
            arrived: Some((message.origin, message.timestamp)),
            fresh: Some((place, Arc::clone(message))),
        };
        let owes = !ctx.setup.no_acks;
        let write = Write::Hold(after, place, Arc::clone(message), owes);
        let (ready, head) = desk.look(ctx, me);
        let head = head.map(Arc::new);
        out.with_input(Some(Note::Receive { before, after, head }), Some(write));
        let clock = if owes { Self::acknowledge(ctx, me, after, message, out) } else { after };
        Self::deliver(ctx, &desk, ready, clock, out);
    }

    /// Multicasts the acknowledgement of a message; the clock behind it.
    fn acknowledge(ctx: &Context<Self>, me: NodeId, clock: u32, message: &Multicast, out: &mut Out<Self>) -> u32 {
        let (before, after) = (clock, clock + 1);
        let ack = Message::Ack { origin: message.origin, seq: message.seq, timestamp: after };
        group::to_others(ctx, me, ack, Note::Ack { before, after }, Some(Write::Acknowledge(after)), out);
        after
    }

    /// An acknowledgement arrives: something with its timestamp was heard.
    fn hear(ctx: &Context<Self>, me: NodeId, durable: &Durable, arrived: (NodeId, u32), out: &mut Out<Self>) {
        let (before, after) = (durable.clock, durable.clock.max(arrived.1) + 1);
        let desk = Desk { durable, arrived: Some(arrived), fresh: None };
        let (ready, head) = desk.look(ctx, me);
        let head = head.map(Arc::new);
        out.with_input(Some(Note::Receive { before, after, head }), Some(Write::Hear(after, arrived.0, arrived.1)));
        Self::deliver(ctx, &desk, ready, after, out);
    }

    /// Hands up what the queue lets go: from the head on, as long as nobody is missing.
    fn deliver(ctx: &Context<Self>, desk: &Desk<'_>, ready: Ready, clock: u32, out: &mut Out<Self>) {
        if ready.is_empty() {
            return;
        }
        let heard = desk.heard_all(ctx);
        let mut balance = desk.durable.balance;
        for (i, (place, message)) in ready.into_iter().enumerate() {
            balance = account::after(balance, message.change);
            let position = desk.durable.delivered + i as u32 + 1;
            let heard = Arc::clone(&heard);
            let note = Note::Deliver { clock, position, balance, message, heard };
            out.deliver(note, Some(Write::Deliver(place, balance)));
        }
    }
}

impl Protocol for TotalOrder {
    type Setup = Setup;
    type State = ();
    type Durable = Durable;
    type Write = Write;
    type Message = Message;
    type Timer = Infallible;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &spec::SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        let processes = group::size(given);
        Ok(Setup {
            processes,
            clocks: group::counters(given, processes)?,
            raw_links: broken.contains(&"raw-links"),
            no_acks: broken.contains(&"no-acks"),
            no_tiebreak: broken.contains(&"no-tiebreak"),
            deliver_on_receive: broken.contains(&"deliver-on-receive"),
        })
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        group::processes(setup.processes)
    }

    fn request(_ctx: &Context<Self>, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        match operation {
            "local" => Ok(Request::Local),
            "send" => Ok(Request::Send(args.node("to"), args.json("payload"))),
            "multicast" => {
                let payload = args.json("payload");
                let change = account::change(&payload).map_err(|what| ("payload", what))?;
                Ok(Request::Multicast(payload, change))
            }
            other => unreachable!("{other} is not in the table of operations"),
        }
    }

    fn format(ctx: &Context<Self>, me: NodeId) -> Durable {
        Durable {
            clock: ctx.setup.clocks[usize::from(me)],
            sent: 0,
            acknowledged: 0,
            heard: vec![0; ctx.processes()],
            queue: BTreeMap::new(),
            queued: 0,
            owed: None,
            delivered: 0,
            recent: VecDeque::new(),
            balance: account::BALANCE_AT_FIRST,
        }
    }

    fn write(durable: &mut Durable, write: Write) {
        match write {
            Write::Tick(clock) => durable.clock = clock,
            Write::Multicast(place, message) => {
                durable.clock = message.timestamp;
                durable.sent = message.seq;
                durable.queued += 1;
                durable.queue.insert(place, message);
            }
            Write::Hold(clock, place, message, owes) => {
                durable.clock = clock;
                durable.hear(message.origin, message.timestamp);
                durable.queued += 1;
                durable.owed = owes.then(|| Arc::clone(&message));
                durable.queue.insert(place, message);
            }
            Write::Hear(clock, from, timestamp) => {
                durable.clock = clock;
                durable.hear(from, timestamp);
            }
            Write::Acknowledge(clock) => {
                durable.clock = clock;
                durable.acknowledged += 1;
                durable.owed = None;
            }
            Write::Deliver(place, balance) => {
                let message = durable.queue.remove(&place).expect("what is delivered was in the queue");
                durable.delivered += 1;
                durable.balance = balance;
                durable.recent.push_back((message.origin, message.seq));
                if durable.recent.len() > RECENT_MAX {
                    durable.recent.pop_front();
                }
            }
        }
    }

    fn boot(ctx: &Context<Self>, me: NodeId, durable: &Durable, out: &mut Out<Self>) {
        let clock = match &durable.owed {
            Some(message) => Self::acknowledge(ctx, me, durable.clock, message, out),
            None => durable.clock,
        };
        let desk = Desk { durable, arrived: None, fresh: None };
        let (ready, _) = desk.look(ctx, me);
        Self::deliver(ctx, &desk, ready, clock, out);
    }

    fn step(
        ctx: &Context<Self>,
        me: NodeId,
        _state: &mut (),
        durable: &Durable,
        input: Input<'_, Self>,
        out: &mut Out<Self>,
    ) {
        match input {
            Input::Request { request: Request::Multicast(payload, change), .. } => {
                Self::multicast(ctx, me, durable, (payload, *change), out);
            }
            Input::Message { message: Message::Multicast(message), .. } => {
                Self::take_in(ctx, me, durable, message, out);
            }
            Input::Request { request: Request::Send(to, payload), .. } => {
                let (before, after) = (durable.clock, durable.clock + 1);
                let plain = Message::Plain { payload: payload.clone(), timestamp: after };
                out.send_noting(*to, plain, Note::Plain { before, after }, Some(Write::Tick(after)));
            }
            Input::Message { from, message: Message::Ack { timestamp, .. } | Message::Plain { timestamp, .. } } => {
                Self::hear(ctx, me, durable, (from, *timestamp), out);
            }
            Input::Request { request: Request::Local, .. } => {
                let (before, after) = (durable.clock, durable.clock + 1);
                out.local(Note::Local { before, after }, Some(Write::Tick(after)));
            }
        }
    }

    fn reliable_links(setup: &Setup) -> bool {
        !setup.raw_links
    }
}

impl Story for TotalOrder {
    fn make_up(_ctx: &Context<Self>, _operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        (param == "payload").then(|| Value::Json(account::made_up(bits)))
    }

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Multicast(_) => "multicast",
            Message::Ack { .. } => "acknowledgement",
            Message::Plain { .. } => "plain message",
        }
    }

    fn describe_message(ctx: &Context<Self>, message: &Message, data: &mut JsonObject) -> String {
        notes::message(ctx, message, data)
    }

    fn own_clock(note: &Note) -> Option<(&[u32], &[u32])> {
        let (before, after) = note.clock();
        Some((std::slice::from_ref(before), std::slice::from_ref(after)))
    }

    fn item_sent(message: &Message) -> Option<(NodeId, u64)> {
        match message {
            Message::Multicast(message) => Some((message.origin, message.seq.into())),
            Message::Ack { .. } | Message::Plain { .. } => None,
        }
    }

    fn item_delivered(note: &Note) -> Option<(NodeId, u64)> {
        match note {
            Note::Deliver { message, .. } => Some((message.origin, message.seq.into())),
            _ => None,
        }
    }

    fn describe_note(ctx: &Context<Self>, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        notes::describe(ctx, kind, note, data)
    }

    fn why(ctx: &Context<Self>, kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        notes::why(ctx, kind, node, note)
    }

    fn fields(ctx: &Context<Self>, me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        views::fields(ctx, me, seen)
    }

    fn band(_ctx: &Context<Self>, _me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        views::band(seen.durable)
    }

    fn panels(ctx: &Context<Self>, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        vec![views::queues(ctx, seen), views::deliveries(ctx, seen), views::accounts(ctx, seen)]
    }

    fn guards(ctx: &Context<Self>) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn metrics(_ctx: &Context<Self>, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        let sum = |of: fn(&Durable) -> u32| seen.iter().map(|s| u64::from(of(s.durable))).sum();
        vec![
            ("multicasts", sum(|d| d.sent)),
            ("acknowledgements", sum(|d| d.acknowledged)),
            ("deliveries", sum(|d| d.delivered)),
            ("held", sum(|d| d.queue.len() as u32)),
        ]
    }
}

impl Durable {
    fn hear(&mut self, from: NodeId, timestamp: u32) {
        let heard = &mut self.heard[usize::from(from)];
        *heard = (*heard).max(timestamp);
    }
}
