//! What goes into a step and what comes out of it.

use super::Protocol;
use crate::trace::{Kind, NodeId, RecordId};
use std::collections::VecDeque;

/// A crash that the watcher is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// Who is down.
    pub node: NodeId,
    /// Whether it has just happened; else the watcher itself starts and finds it so.
    pub just_now: bool,
}

/// What a process reacts to.
#[derive(Debug)]
pub enum Input<'a, P: Protocol> {
    /// A message arrived.
    Message {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: &'a P::Message,
    },
    /// A timer that it armed ran out.
    Timeout(P::Timer),
    /// Somebody asks for something.
    Request {
        /// Name it in the reply.
        id: RecordId,
        /// What is asked for.
        request: &'a P::Request,
    },
}

/// One effect of a step.
#[derive(Clone, Debug)]
pub(crate) struct Effect<P: Protocol> {
    pub(crate) what: What<P::Message, P::Timer>,
    pub(crate) note: Option<P::Note>,
    pub(crate) write: Option<P::Write>,
}

/// What an effect does. For the protocol with its own messages and timers; for the simulator, which knows
/// neither, without the message and with the number of the timer.
#[derive(Clone, Copy, Debug)]
pub enum What<M, T> {
    /// A message leaves.
    Send {
        /// Who is to get it.
        to: NodeId,
        /// What it says.
        message: M,
    },
    /// Something is shown, as a record of this kind.
    Record(Kind),
    /// The request of this record is answered.
    Reply(RecordId),
    /// A timer is armed, its length drawn from a range in microseconds.
    Arm {
        /// Which.
        timer: T,
        /// Shortest.
        min_us: u64,
        /// Longest.
        max_us: u64,
    },
    /// A timer is disarmed.
    Disarm(T),
    /// Nothing: what is sent behind it is an event of its own.
    Apart,
}

/// Collects the effects of a step, in the order in which they are to take place.
#[derive(Clone, Debug)]
pub struct Out<P: Protocol> {
    pub(crate) effects: VecDeque<Effect<P>>,
    pub(crate) input_note: Option<P::Note>,
    pub(crate) input_write: Option<P::Write>,
    pub(crate) now_us: u64,
}

impl<P: Protocol> Out<P> {
    pub(crate) fn new() -> Out<P> {
        Out { effects: VecDeque::new(), input_note: None, input_write: None, now_us: 0 }
    }

    /// The virtual time, in microseconds.
    #[must_use]
    pub fn now_us(&self) -> u64 {
        self.now_us
    }

    fn push(&mut self, what: What<P::Message, P::Timer>, note: Option<P::Note>, write: Option<P::Write>) {
        self.effects.push_back(Effect { what, note, write });
    }

    /// Says something about the input itself, and writes to disk in the same instant in which it is taken in.
    pub fn with_input(&mut self, note: Option<P::Note>, write: Option<P::Write>) {
        self.input_note = note;
        self.input_write = write;
    }

    /// Sends a message. Sends that follow each other directly are one event, a multicast, in which nobody gets two messages.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.keep_apart(to);
        self.push(What::Send { to, message }, None, None);
    }

    /// A second message to somebody is an event of its own.
    fn keep_apart(&mut self, to: NodeId) {
        let sends = self.effects.iter().rev().map_while(|effect| match effect.what {
            What::Send { to, .. } => Some(to),
            _ => None,
        });
        if sends.into_iter().any(|known| known == to) {
            self.push(What::Apart, None, None);
        }
    }

    /// Sends a message with a note for its record and a write in the same instant.
    pub fn send_noting(&mut self, to: NodeId, message: P::Message, note: P::Note, write: Option<P::Write>) {
        self.push(What::Send { to, message }, Some(note), write);
    }

    /// Sends a message and writes in the same instant, and has nothing more to say about it.
    pub fn send_writing(&mut self, to: NodeId, message: P::Message, write: P::Write) {
        self.keep_apart(to);
        self.push(What::Send { to, message }, None, Some(write));
    }

    /// Does something that concerns nobody else.
    pub fn local(&mut self, note: P::Note, write: Option<P::Write>) {
        self.push(What::Record(Kind::Local), Some(note), write);
    }

    /// Hands something up to the application.
    pub fn deliver(&mut self, note: P::Note, write: Option<P::Write>) {
        self.push(What::Record(Kind::Deliver), Some(note), write);
    }

    /// Shows a change of state that matters.
    pub fn state(&mut self, note: P::Note) {
        self.push(What::Record(Kind::State), Some(note), None);
    }

    /// Shows a change of state that matters, and writes in the same instant.
    pub fn state_writing(&mut self, note: P::Note, write: P::Write) {
        self.push(What::Record(Kind::State), Some(note), Some(write));
    }

    /// Writes to disk, before anything that is asked for later in this step.
    pub fn persist(&mut self, note: P::Note, write: P::Write) {
        self.push(What::Record(Kind::Persist), Some(note), Some(write));
    }

    /// Answers a request. Its record has the request's id and operation in `data`; the note need not.
    pub fn reply(&mut self, request: RecordId, note: P::Note) {
        self.push(What::Reply(request), Some(note), None);
    }

    /// Arms a timer, anew if it is armed already; the simulator draws its length from the range.
    pub fn arm(&mut self, timer: P::Timer, min_us: u64, max_us: u64) {
        self.push(What::Arm { timer, min_us, max_us }, None, None);
    }

    /// Disarms a timer.
    pub fn disarm(&mut self, timer: P::Timer) {
        self.push(What::Disarm(timer), None, None);
    }
}
