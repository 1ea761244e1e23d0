//! Causally ordered multicast (Birman, Schiper and Stephenson 1991, "Lightweight causal and atomic group
//! multicast", §5.1: the CBCAST protocol for one group).
//!
//! Every process keeps a vector V with one counter for each process, which counts *multicasts* and nothing
//! else. V\[k\] at process j says how many multicasts of k it has delivered.
//!
//! 1. To multicast m, process i raises V\[i\] by one and sends m with the vector: its timestamp Vm. It delivers
//!    m to itself at once.
//! 2. When m from i arrives at j, j delays it until `Vm[i] = Vj[i] + 1` (m is the next one from i) and
//!    `Vm[k] ≤ Vj[k]` for every other k (j has delivered whatever i had delivered when it sent m).
//! 3. When m is delivered, Vj becomes the component-wise maximum of Vj and Vm, and the buffer of delayed
//!    messages is tried again until nothing moves.
//!
//! So a reply never comes before its question. Multicasts that know nothing of each other are delivered in any
//! order: causal is less than total.
//!
//! A message to one process (`send`) is not counted: its timestamp is its sender's V, and its receiver holds it until it has
//! delivered all that its sender had. What is caused by it alone is not ordered by it: that takes a matrix.
//!
//! V, the buffer and what was delivered are on disk and change in the same instant as the record that tells of
//! it. What a crash cancels is owed, and asked for again at the next start: a multicast that was sent but not
//! yet delivered at home, and messages in the buffer whose turn has come. The links are the reliable ones: what
//! a crash or a cut loses is sent again. Ticking V at receives or local events, as a vector clock does, would
//! make others wait for multicasts that never were: one of the switches does it.

mod checks;
mod scenarios;
mod tables;
#[cfg(test)]
mod tests;
mod words;

use crate::base::clock;
use crate::base::json::{JsonObject, Payload};
use crate::base::log::Log;
use crate::labs::kit::group::{self, Vector};
use crate::protocol::{Context, Guard, Input, Misfit, Out, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Values};
use crate::trace::frame::{Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct CausalMulticast;

/// Settings.
#[derive(Clone, Debug)]
pub struct Setup {
    processes: usize,
    /// V at the start.
    clocks: Vec<Vector>,
    raw_links: bool,
    no_buffer: bool,
    tick_on_receive: bool,
    tick_on_local: bool,
    single_pass: bool,
    deliver_before_disk: bool,
}

/// A multicast, or a message to one process: what travels, and what stands in buffers and delivery orders.
#[derive(Clone, Debug)]
pub struct Letter {
    origin: NodeId,
    payload: Payload,
    /// Vm: how many multicasts of each process come before it, itself included.
    timestamp: Vector,
    /// To one process: its number among its sender's own of that sort. It is not counted in V.
    private: Option<u32>,
}

impl Letter {
    /// It is the so-manieth multicast of its origin.
    fn seq(&self) -> u32 {
        self.timestamp[usize::from(self.origin)]
    }

    /// A multicast, as checks and charts know it.
    fn item(&self) -> Option<(NodeId, u64)> {
        self.private.is_none().then(|| (self.origin, self.seq().into()))
    }

    fn is(&self, other: &Letter) -> bool {
        let name = |letter: &Letter| (letter.origin, letter.private, letter.item());
        name(self) == name(other)
    }
}

/// What is on a process's disk.
#[derive(Clone, Debug)]
pub struct Disk {
    /// V: how many multicasts of each process were delivered here; at home, how many were sent.
    vector: Vector,
    /// Messages taken in and not delivered yet, in the order of their arrival; and whether each had to wait.
    buffer: Vec<(Arc<Letter>, bool)>,
    /// The own multicast that was sent and is still to be delivered at home, if a crash came between.
    owed: Option<Arc<Letter>>,
    delivered: Log<Arc<Letter>>,
    /// Own messages to one process so far, and those of others that were taken in.
    sent_private: u32,
    known_private: BTreeSet<(NodeId, u32)>,
    /// How many messages had to wait.
    held: u64,
}

/// A change on disk.
#[derive(Clone, Debug)]
pub enum Write {
    /// A multicast left, and is owed to its own process.
    Sent(Arc<Letter>),
    /// A message to one process left.
    SentPrivate(u32),
    /// A message was taken into the buffer; whether it has to wait.
    TakenIn(Arc<Letter>, bool),
    /// A message was handed up, and V is now this.
    Delivered(Arc<Letter>, Vector),
    /// Broken on purpose: V counts something that is no multicast.
    Ticked(Vector, Option<(Arc<Letter>, bool)>),
}

/// What a process is asked for.
#[derive(Clone, Debug)]
pub enum Request {
    /// An event that concerns nobody else.
    Local,
    /// A message to all, the sender included.
    Multicast(Payload),
    /// A message to one process.
    Send(NodeId, Payload),
}

/// A component of V for which a message waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Missing {
    component: NodeId,
    has: u32,
    needs: u32,
}

/// What becomes of a message on its arrival.
#[derive(Clone, Debug)]
enum Fate {
    /// It is delivered at once.
    Ready,
    /// It waits in the buffer.
    Held(Vec<Missing>),
    /// It was there before.
    Duplicate,
}

#[derive(Clone, Debug)]
enum About {
    Local,
    Sent,
    /// A message to one process leaves.
    SentPrivate,
    Received(Arc<Letter>, Fate),
    Delivered(Arc<Letter>, How),
}

/// How a delivery came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// In the step of its arrival or, at home, of its sending.
    AtOnce,
    /// After a wait in the buffer.
    Waited,
    /// At home, after a crash that fell between its sending and its delivery.
    Owed,
    /// Broken on purpose: a second time.
    Again,
}

/// V before and after an event, and what the event was.
#[derive(Clone, Debug)]
pub struct Note {
    before: Vector,
    after: Vector,
    about: About,
}

/// A delivery that is due.
struct Turn {
    letter: Arc<Letter>,
    how: How,
    before: Vector,
    after: Vector,
}

/// What V lacks before a message may be delivered (§5.1, step 2); nothing, when it may be.
fn missing(vector: &[u32], letter: &Letter) -> Vec<Missing> {
    let needed = |(k, &count): (usize, &u32)| {
        let before_it = u32::from(letter.private.is_none() && k == usize::from(letter.origin));
        Missing { component: k as NodeId, has: vector[k], needs: count - before_it }
    };
    letter.timestamp.iter().enumerate().map(needed).filter(|m| m.has < m.needs).collect()
}

/// Goes through the buffer in the order of arrival, again and again until nothing moves: what can be delivered,
/// in its order. V moves along.
fn turns(setup: &Setup, vector: &mut Vector, mut waiting: Vec<(Arc<Letter>, bool)>) -> Vec<Turn> {
    let mut turns = Vec::new();
    loop {
        let before_pass = waiting.len();
        waiting.retain(|(letter, waited)| {
            if !setup.no_buffer && !missing(vector, letter).is_empty() {
                return true;
            }
            let before = Arc::clone(vector);
            let mut merged = before.to_vec();
            clock::merge(&mut merged, &letter.timestamp);
            *vector = merged.into();
            let how = if *waited { How::Waited } else { How::AtOnce };
            turns.push(Turn { letter: Arc::clone(letter), how, before, after: Arc::clone(vector) });
            false
        });
        if waiting.len() == before_pass || setup.single_pass {
            return turns;
        }
    }
}

fn tick(me: NodeId, vector: &[u32]) -> Vector {
    let mut next = vector.to_vec();
    next[usize::from(me)] += 1;
    next.into()
}

impl CausalMulticast {
    /// §5.1, step 1: count the multicast, send it with the vector, deliver it at home.
    fn multicast(ctx: &Context<Self>, me: NodeId, disk: &Disk, payload: &Payload, out: &mut Out<Self>) {
        let (before, after) = (Arc::clone(&disk.vector), tick(me, &disk.vector));
        let letter =
            Arc::new(Letter { origin: me, payload: payload.clone(), timestamp: Arc::clone(&after), private: None });
        if ctx.processes() == 1 {
            // Alone, nothing is sent: it is counted when it is delivered.
            return Self::hand_up(Turn { letter, how: How::AtOnce, before, after }, out);
        }
        let note = Note { before, after: Arc::clone(&after), about: About::Sent };
        group::to_others(ctx, me, Arc::clone(&letter), note, Some(Write::Sent(Arc::clone(&letter))), out);
        Self::hand_up(Turn { letter, how: How::AtOnce, before: Arc::clone(&after), after }, out);
    }

    /// A message to one process: not counted, and it says what its sender had delivered.
    fn send(me: NodeId, disk: &Disk, to: NodeId, payload: &Payload, out: &mut Out<Self>) {
        let (vector, number) = (Arc::clone(&disk.vector), disk.sent_private + 1);
        let (payload, timestamp) = (payload.clone(), Arc::clone(&vector));
        let letter = Arc::new(Letter { origin: me, payload, timestamp, private: Some(number) });
        let note = Note { before: Arc::clone(&vector), after: vector, about: About::SentPrivate };
        out.send_noting(to, letter, note, Some(Write::SentPrivate(number)));
    }

    /// §5.1, step 2: take a message into the buffer, and deliver whatever may be delivered now.
    fn receive(ctx: &Context<Self>, me: NodeId, disk: &Disk, letter: &Arc<Letter>, out: &mut Out<Self>) {
        let before = Arc::clone(&disk.vector);
        let setup = &ctx.setup;
        let mut vector = if setup.tick_on_receive { tick(me, &before) } else { Arc::clone(&before) };
        let after = Arc::clone(&vector);
        let note = |fate| Note {
            before: Arc::clone(&before),
            after: Arc::clone(&after),
            about: About::Received(Arc::clone(letter), fate),
        };
        let counted = match letter.private {
            Some(number) => disk.known_private.contains(&(letter.origin, number)),
            None => letter.seq() <= disk.vector[usize::from(letter.origin)],
        };
        if !setup.no_buffer && (counted || disk.buffer.iter().any(|(held, _)| held.is(letter))) {
            let write = setup.tick_on_receive.then(|| Write::Ticked(Arc::clone(&after), None));
            return out.with_input(Some(note(Fate::Duplicate)), write);
        }
        let mut buffer = disk.buffer.clone();
        buffer.push((Arc::clone(letter), false));
        let turns = turns(setup, &mut vector, buffer);
        let waits = !turns.iter().any(|turn| turn.letter.is(letter));
        let fate = if waits { Fate::Held(missing(&vector, letter)) } else { Fate::Ready };
        let write = if setup.tick_on_receive {
            Write::Ticked(Arc::clone(&after), Some((Arc::clone(letter), waits)))
        } else {
            Write::TakenIn(Arc::clone(letter), waits)
        };
        out.with_input(Some(note(fate)), Some(write));
        for turn in turns {
            Self::hand_up(turn, out);
        }
    }

    /// §5.1, step 3: V and the buffer change in the instant of the delivery.
    fn hand_up(turn: Turn, out: &mut Out<Self>) {
        let Turn { letter, how, before, after } = turn;
        let write = Write::Delivered(Arc::clone(&letter), Arc::clone(&after));
        let private = letter.private.is_some();
        let note = Note { before, after, about: About::Delivered(letter, how) };
        if private { out.state_writing(note, write) } else { out.deliver(note, Some(write)) }
    }
}

impl Protocol for CausalMulticast {
    type Setup = Setup;
    type State = ();
    type Durable = Disk;
    type Write = Write;
    type Message = Arc<Letter>;
    type Timer = Infallible;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &tables::SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        let processes = group::size(given);
        Ok(Setup {
            processes,
            clocks: group::vectors(given, processes)?,
            raw_links: broken.contains(&"raw-links"),
            tick_on_local: broken.contains(&"tick-on-local"),
            no_buffer: broken.contains(&"no-buffer"),
            tick_on_receive: broken.contains(&"tick-on-receive"),
            single_pass: broken.contains(&"single-pass"),
            deliver_before_disk: broken.contains(&"deliver-before-disk"),
        })
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        group::processes(setup.processes)
    }

    fn request(_ctx: &Context<Self>, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        match operation {
            "local" => Ok(Request::Local),
            "send" => Ok(Request::Send(args.node("to"), args.json("payload"))),
            "multicast" => Ok(Request::Multicast(args.json("payload"))),
            other => unreachable!("{other} is not in the table of operations"),
        }
    }

    fn format(ctx: &Context<Self>, me: NodeId) -> Disk {
        Disk {
            vector: Arc::clone(&ctx.setup.clocks[usize::from(me)]),
            buffer: Vec::new(),
            owed: None,
            delivered: Log::default(),
            sent_private: 0,
            known_private: BTreeSet::new(),
            held: 0,
        }
    }

    fn write(disk: &mut Disk, write: Write) {
        match write {
            Write::Sent(letter) => {
                disk.vector = Arc::clone(&letter.timestamp);
                disk.owed = Some(letter);
            }
            Write::SentPrivate(number) => disk.sent_private = number,
            Write::TakenIn(letter, waits) => {
                disk.known_private.extend(letter.private.map(|number| (letter.origin, number)));
                disk.held += u64::from(waits);
                disk.buffer.push((letter, waits));
            }
            Write::Delivered(letter, vector) => {
                disk.owed.take_if(|owed| owed.is(&letter));
                disk.buffer.retain(|(held, _)| !held.is(&letter));
                disk.vector = vector;
                disk.delivered.push(letter);
            }
            Write::Ticked(vector, taken_in) => {
                disk.vector = vector;
                if let Some((letter, waits)) = taken_in {
                    Self::write(disk, Write::TakenIn(letter, waits));
                }
            }
        }
    }

    /// What a crash cancelled is done now.
    fn boot(ctx: &Context<Self>, _me: NodeId, disk: &Disk, out: &mut Out<Self>) {
        let here = |letter: &Arc<Letter>, how| Turn {
            letter: Arc::clone(letter),
            how,
            before: Arc::clone(&disk.vector),
            after: Arc::clone(&disk.vector),
        };
        let last = disk.delivered.len().checked_sub(1).map(|last| disk.delivered.at(last));
        if let Some(last) = last.filter(|_| ctx.setup.deliver_before_disk) {
            Self::hand_up(here(last, How::Again), out);
        }
        if let Some(owed) = &disk.owed {
            Self::hand_up(here(owed, How::Owed), out);
        }
        let mut vector = Arc::clone(&disk.vector);
        for turn in turns(&ctx.setup, &mut vector, disk.buffer.clone()) {
            Self::hand_up(turn, out);
        }
    }

    fn step(
        ctx: &Context<Self>,
        me: NodeId,
        _state: &mut (),
        disk: &Disk,
        input: Input<'_, Self>,
        out: &mut Out<Self>,
    ) {
        match input {
            Input::Message { message, .. } => Self::receive(ctx, me, disk, message, out),
            Input::Request { request: Request::Multicast(payload), .. } => {
                Self::multicast(ctx, me, disk, payload, out);
            }
            Input::Request { request: Request::Send(to, payload), .. } => Self::send(me, disk, *to, payload, out),
            Input::Request { request: Request::Local, .. } if ctx.setup.tick_on_local => {
                let (before, after) = (Arc::clone(&disk.vector), tick(me, &disk.vector));
                let write = Write::Ticked(Arc::clone(&after), None);
                out.local(Note { before, after, about: About::Local }, Some(write));
            }
            Input::Request { request: Request::Local, .. } => {
                let (before, after) = (Arc::clone(&disk.vector), Arc::clone(&disk.vector));
                out.local(Note { before, after, about: About::Local }, None);
            }
        }
    }

    fn reliable_links(setup: &Setup) -> bool {
        !setup.raw_links
    }
}

impl Story for CausalMulticast {
    fn describe_message(ctx: &Context<Self>, message: &Arc<Letter>, data: &mut JsonObject) -> String {
        words::letter(ctx, message, data);
        words::short(message)
    }

    fn own_clock(note: &Note) -> Option<(&[u32], &[u32])> {
        Some((&note.before, &note.after))
    }

    fn item_sent(letter: &Arc<Letter>) -> Option<(NodeId, u64)> {
        letter.item()
    }

    fn item_delivered(note: &Note) -> Option<(NodeId, u64)> {
        match &note.about {
            About::Delivered(letter, _) => letter.item(),
            _ => None,
        }
    }

    fn describe_note(ctx: &Context<Self>, _kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::describe(ctx, note, data)
    }

    fn why(ctx: &Context<Self>, _kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        Some((words::why(ctx, node, note), "Birman, Schiper and Stephenson 1991, §5.1"))
    }

    fn fields(_ctx: &Context<Self>, _me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        vec![
            Field::new("multicasts delivered, V", clock::text(&seen.durable.vector)),
            Field::new("held", seen.durable.buffer.len().to_string()),
        ]
    }

    fn band(_ctx: &Context<Self>, _me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        let held = seen.durable.buffer.len() as u32;
        (held > 0).then_some(Band { word: "holds", number: Some(held), tone: 3 })
    }

    fn panels(ctx: &Context<Self>, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        words::panels(ctx, seen)
    }

    fn guards(ctx: &Context<Self>) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn metrics(_ctx: &Context<Self>, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        let sum = |of: fn(&Disk) -> u64| seen.iter().map(|s| of(s.durable)).sum();
        vec![
            ("deliveries", sum(|disk| disk.delivered.len() as u64)),
            ("messages_held", sum(|disk| disk.held)),
            ("held_now", sum(|disk| disk.buffer.len() as u64)),
        ]
    }
}
