//! A message of a queue as brokers keep it, and how two copies of it become one.

use crate::base::json::Payload;
use crate::trace::NodeId;
use std::rc::Rc;

/// Name of a message: who made it, and the number that it gave it. A producer keeps the number when it sends the message
/// again, so that a copy is known wherever it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    /// The producer.
    pub producer: NodeId,
    /// Its number there, from 1 on.
    pub n: u32,
}

/// Name of one delivery of a message: an acknowledgement says which delivery it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Receipt {
    /// The broker that delivered.
    pub broker: NodeId,
    /// How many deliveries it had made, this one included; counted on disk.
    pub n: u32,
}

/// How far a message has come. It only goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// To be delivered, or delivered and not acknowledged.
    Live,
    /// In the dead-letter queue: delivered too often without an acknowledgement.
    Dead,
    /// Acknowledged. The text is gone; the name stays as a tombstone, so that no old copy brings the message back.
    Acked,
}

impl Phase {
    /// The word for it in the trace.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Live => "live",
            Phase::Dead => "dead",
            Phase::Acked => "acked",
        }
    }
}

/// The last delivery of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivery {
    /// The how many-th delivery of the message it was, from 1 on.
    pub count: u32,
    /// Its receipt.
    pub receipt: Receipt,
    /// To whom it went.
    pub consumer: NodeId,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub id: Id,
    /// The queue that it is in.
    pub queue: Rc<str>,
    /// What it says; gone when it is acknowledged.
    pub body: Option<Payload>,
    /// When a broker took it first, in microseconds: the order within a queue.
    pub born_us: u64,
    /// How far it has come.
    pub phase: Phase,
    /// Its last delivery; of one that is acknowledged, the one that was.
    pub last: Option<Delivery>,
}

impl Item {
    /// How often it has been delivered.
    #[must_use]
    pub fn receives(&self) -> u32 {
        self.last.map_or(0, |last| last.count)
    }

    /// Takes in what another copy knows. Whatever the order in which copies meet, the result is the same: the phase that
    /// is further on wins, and within one phase the later delivery.
    pub fn merge(&mut self, other: &Item) {
        if other.phase > self.phase {
            self.phase = other.phase;
            self.body.clone_from(&other.body);
            self.last = other.last;
        } else if other.phase == self.phase {
            self.last = self.last.max(other.last);
        }
        // Taken twice by brokers that did not know of each other: it is as old as its older copy.
        self.born_us = self.born_us.min(other.born_us);
    }

    /// The tombstone of it, after this delivery was acknowledged.
    #[must_use]
    pub fn acked(&self, by: Option<Delivery>) -> Item {
        Item { phase: Phase::Acked, body: None, last: by, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(phase: Phase, count: u32) -> Item {
        let receipt = Receipt { broker: 0, n: count };
        let last = (count > 0).then_some(Delivery { count, receipt, consumer: 9 });
        let body = (phase != Phase::Acked).then(|| Payload::from_text("x"));
        Item { id: Id { producer: 3, n: 1 }, queue: "q".into(), body, born_us: 5, phase, last }
    }

    #[test]
    fn copies_become_one_in_whatever_order_they_meet() {
        let all: Vec<Item> = [Phase::Live, Phase::Dead, Phase::Acked]
            .into_iter()
            .flat_map(|phase| (0..3).map(move |count| item(phase, count)))
            .collect();
        let merged = |a: &Item, b: &Item| {
            let mut a = a.clone();
            a.merge(b);
            a
        };
        for a in &all {
            assert_eq!(merged(a, a), *a);
            for b in &all {
                assert_eq!(merged(a, b), merged(b, a));
                for c in &all {
                    assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)));
                }
            }
        }
        assert_eq!(merged(&item(Phase::Live, 2), &item(Phase::Acked, 1)), item(Phase::Acked, 1));
    }
}
