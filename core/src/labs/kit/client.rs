//! A client's side of a request: one thing at a time under a number of its own, whom to ask, and whom to ask instead.
//!
//! Asking again, giving up and the words on the wire are the lab's: they are where protocols differ.

use super::cast::Servers;
use crate::trace::{NodeId, RecordId};
use std::collections::VecDeque;

/// Pointers that are followed before a client takes a breath: servers may point to each other.
const POINTERS_MAX: u32 = 3;

/// What a client is asked for, in order, with the request's record. One thing is open at a time.
#[derive(Clone, Debug)]
pub struct Jobs<J> {
    waiting: VecDeque<(RecordId, J)>,
    /// Number of the last question. It names it for ever, so it is on disk before the question leaves.
    pub serial: u32,
}

impl<J> Jobs<J> {
    /// Nothing to do; `serial` is the last number that was used, as the disk knows it.
    #[must_use]
    pub fn new(serial: u32) -> Jobs<J> {
        Jobs { waiting: VecDeque::new(), serial }
    }

    /// One more thing to do.
    pub fn push(&mut self, request: RecordId, job: J) {
        self.waiting.push_back((request, job));
    }

    /// The next one, while nothing is open.
    pub fn next<O>(&mut self, open: Option<&O>) -> Option<(RecordId, J)> {
        if open.is_some() { None } else { self.waiting.pop_front() }
    }

    /// A number for the next question.
    pub fn number(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    /// How many wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

/// Whom a client takes for the one to ask.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The server.
    pub server: NodeId,
    /// Something came since it was last asked.
    answered: bool,
    /// Pointers followed in a row.
    pointers: u32,
}

impl Target {
    /// Asks this one first.
    #[must_use]
    pub fn new(server: NodeId) -> Target {
        Target { server, answered: true, pointers: 0 }
    }

    /// A question has left.
    pub fn asked(&mut self) {
        self.answered = false;
    }

    /// Something came that shows that it is the right one to ask.
    pub fn heard(&mut self) {
        self.answered = true;
    }

    /// A new question: pointers count anew.
    pub fn afresh(&mut self) {
        self.pointers = 0;
    }

    /// Time to ask again: somebody else, if nothing came.
    pub fn again(&mut self, servers: Servers) {
        if !self.answered {
            self.turn_away(servers);
        }
        self.afresh();
    }

    /// Nobody answers there: the next one.
    pub fn turn_away(&mut self, servers: Servers) {
        self.server = servers.next(self.server);
        self.afresh();
    }

    /// It says that it is not the right one, and maybe who is. True when that one may be asked at once.
    pub fn redirect(&mut self, to: Option<NodeId>, servers: Servers) -> bool {
        match to {
            Some(server) if server != self.server => {
                self.server = server;
                self.pointers += 1;
                self.pointers <= POINTERS_MAX
            }
            Some(_) => false,
            None => {
                self.server = servers.next(self.server);
                false
            }
        }
    }
}
