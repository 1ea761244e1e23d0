//! Rules, watched from outside.
//!
//! A check sees every record as it is written and keeps what it needs of the past to itself. It may look
//! into disks and memories as nobody in the system can; it never changes anything.

use crate::base::log::Log;
use crate::protocol::{Context, Protocol, Seen};
use crate::trace::{Detail, Record, RecordId, Trace};

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

/// One rule.
pub trait Check<P: Protocol> {
    /// The rule's name, as in the lab's table.
    fn rule(&self) -> &'static str;

    /// Looks at a record that was just written.
    fn observe(&mut self, watch: &Watch<'_, P>, id: RecordId, record: &Record) -> Option<Broken>;

    /// Looks at the system after it has settled: faults have ended, and nothing moves but periodic traffic.
    /// For liveness rules (`stuck`, convergence).
    fn settled(&mut self, _watch: &Watch<'_, P>, _seen: &[Seen<'_, P>]) -> Option<Broken> {
        None
    }

    /// A copy, for snapshots.
    fn boxed(&self) -> Box<dyn Check<P>>;
}

impl<P: Protocol> Clone for Box<dyn Check<P>> {
    fn clone(&self) -> Self {
        self.boxed()
    }
}
