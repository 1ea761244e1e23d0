//! Rules, watched from outside.
//!
//! A check sees every record as it is written and keeps what it needs of the past to itself. It may look
//! into disks and memories as nobody in the system can; it never changes anything.

use crate::base::log::Log;
use crate::protocol::{Context, Protocol, Seen};
use crate::trace::{Detail, Record, RecordId, Trace};
use dyn_clone::DynClone;

/// A broken rule, as a check reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// One sentence with the values involved.
    pub explain: String,
    /// The records that show it, the offending one last.
    pub events: Vec<RecordId>,
}

/// What a check may look at.
#[derive(Debug)]
pub struct Watch<'a, P: Protocol> {
    /// Settings and names.
    pub ctx: &'a Context<P>,
    /// Everything so far, the new record included.
    pub history: Past<'a, P>,
}

/// What has happened, with the protocol's own values.
#[derive(Clone, Copy, Debug)]
pub struct Past<'a, P: Protocol> {
    /// The records.
    pub trace: &'a Trace,
    /// What each message says.
    pub messages: &'a Log<P::Message>,
    pub(crate) details: &'a Log<Detail>,
    pub(crate) notes: &'a Log<P::Note>,
}

impl<'a, P: Protocol> Past<'a, P> {
    /// What the protocol said about a record.
    #[must_use]
    pub fn note(&self, record: &Record) -> Option<&'a P::Note> {
        Some(self.notes.at(Detail::of(self.details, record)?.note()? as usize))
    }
}

/// What watches one rule. It can be copied, for snapshots.
pub trait Check<P: Protocol>: DynClone {
    /// Looks at a record that was just written. What is judged in the end alone does without.
    fn observe(&mut self, _watch: &Watch<'_, P>, _id: RecordId, _record: &Record) -> Option<Broken> {
        None
    }

    /// Looks at the system after it has settled: faults have ended, and nothing moves but periodic traffic.
    /// For liveness rules (`stuck`, convergence).
    fn settled(&mut self, _watch: &Watch<'_, P>, _seen: &[Seen<'_, P>]) -> Option<Broken> {
        None
    }

    /// What it has counted so far, for the run's metrics: what nobody in the system could count, such as two who both
    /// believe to be alone.
    fn counts(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }
}

dyn_clone::clone_trait_object!(<P: Protocol> Check<P>);

/// A rule and what watches it.
#[derive(Clone)]
pub struct Guard<P: Protocol> {
    /// The rule's name, as in the lab's table.
    pub(crate) rule: &'static str,
    pub(crate) check: Box<dyn Check<P>>,
}

impl<P: Protocol> Guard<P> {
    /// Lets a check watch over a rule of the lab's table.
    #[must_use]
    pub fn of(rule: &'static str, check: impl Check<P> + 'static) -> Guard<P> {
        Guard { rule, check: Box::new(check) }
    }
}
