//! A run as tools and views see it, whatever its protocol.

use crate::act::Act;
use crate::frame::Frame;
use crate::scenario::Scenario;
use crate::schema::Sample;
use crate::situation::{Outlook, Situation};
use crate::trace::{MessageId, NodeId, RecordId, Trace};

/// A broken rule, for reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ViolationReport {
    /// The record of kind `violation`.
    pub id: RecordId,
    /// The rule's name.
    pub rule: &'static str,
    /// One sentence.
    pub explain: String,
    /// The records that show it.
    pub events: Vec<RecordId>,
}

/// A recorded run with a cursor. Everything before the cursor has happened; what stands behind it in the
/// trace is the known future, which an act in the past replaces.
pub trait Run {
    /// What the run follows from, acts made so far included.
    fn scenario(&self) -> &Scenario;

    /// Names of the processes.
    fn names(&self) -> &[String];

    /// All records that were made so far, also behind the cursor.
    fn trace(&self) -> &Trace;

    /// Number of records before the cursor.
    fn position(&self) -> u32;

    /// Time at the cursor, in microseconds.
    fn now_us(&self) -> u64;

    /// Moves the cursor to just behind so many records, as far as there are any.
    fn seek(&mut self, position: u32);

    /// Moves the cursor, forward or back, behind everything that happens until a time.
    /// At most `budget` new records are made; false when the budget was not enough.
    fn seek_time(&mut self, at_us: u64, budget: u32) -> bool;

    /// Moves the cursor one record forward. False when nothing happens any more.
    fn step(&mut self) -> bool;

    /// When the next record comes, if one does: in microseconds.
    fn next_us(&mut self) -> Option<u64>;

    /// Does something at the cursor, at a time not before it. What stood behind the cursor is replaced.
    fn act(&mut self, act: Act, at_us: u64);

    /// Lets the run end no earlier than this, in microseconds.
    fn extend(&mut self, until_us: u64);

    /// Ends all faults at the cursor and goes on until nothing moves any more but periodic traffic, at most
    /// 120 s of virtual time; then liveness rules are checked. Acts that were still planned are dropped.
    /// False when something still moved at the cap.
    fn settle(&mut self) -> bool;

    /// The moment at the cursor.
    fn frame(&self) -> Frame;

    /// Label of a record.
    fn label(&self, id: RecordId) -> String;

    /// `data` of a record, as JSON.
    fn data(&self, id: RecordId) -> String;

    /// The protocol's own vector clock before and after a record, where it keeps one.
    fn own_clock(&self, id: RecordId) -> Option<(Vec<u32>, Vec<u32>)>;

    /// Why a record turned out as it did, and where the literature says so.
    fn why(&self, id: RecordId) -> Option<(String, &'static str)>;

    /// The application's message that a send, receive or deliver record is about, by origin and number there.
    fn item(&self, id: RecordId) -> Option<(u16, u64)>;

    /// What a record measures, for the lab's own series.
    fn samples(&self, id: RecordId) -> Vec<Sample>;

    /// The act that a record of an act, a request or a refusal speaks of.
    fn act_of(&self, id: RecordId) -> Option<&Act>;

    /// A record as a line of the trace format.
    fn line(&self, id: RecordId) -> String;

    /// What sort of message this is, in a word.
    fn message_kind(&self, id: MessageId) -> &'static str;

    /// The other end of what the link layer did, for a record of kind `link`.
    fn link_peer(&self, id: RecordId) -> Option<NodeId>;

    /// Label of a message.
    fn message_label(&self, id: MessageId) -> String;

    /// XXH64 over the whole trace.
    fn hash(&self) -> u64;

    /// Rules broken before the cursor.
    fn violations(&self) -> Vec<ViolationReport>;

    /// Situations worth having in one click, at the cursor.
    fn situations(&self) -> Vec<Situation>;

    /// What the settings lead to on the network at the cursor.
    fn outlook(&self) -> Option<Outlook>;

    /// The lab's numbers at the cursor.
    fn metrics(&self) -> Vec<(&'static str, u64)>;

    /// A copy that shares the past: for branches.
    fn fork(&self) -> Box<dyn Run>;

    /// Bytes that the snapshots and the trace of this run take, roughly.
    fn snapshots(&self) -> usize;
}

/// Runs a scenario to its end.
#[must_use]
pub fn run(scenario: Scenario) -> Box<dyn Run> {
    let until_us = scenario.until_us;
    let lab = scenario.lab;
    let mut run = lab.open(scenario);
    run.seek_time(until_us, u32::MAX);
    run
}
