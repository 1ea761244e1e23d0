//! A protocol as the simulator runs it, whatever its types.
//!
//! The simulator handles numbers: processes, records, messages, notes, timers. Every value of a type that a
//! protocol brings along stays behind the two traits of this page, so the engine is there once, however many
//! labs there are. The one implementation of both is `protocol/typed.rs`.
//!
//! A [`Machine`] belongs to a run and only grows: settings, and all messages and notes so far. An
//! [`Interior`] belongs to a moment of the run and is copied with it: memories, disks, steps half done.

use super::{Broken, Crash, Misfit, Outlook, Situation, What};
use crate::base::json::JsonObject;
use crate::base::log::Log;
use crate::base::sheet::Sheet;
use crate::tables::{LabSpec, LinkRule, Sample, Value};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Detail, Kind, MessageId, NodeId, NoteId, RecordId, RequestAct, TimerId, Trace};
use dyn_clone::DynClone;
use std::any::Any;
use std::ops::Range;
use std::rc::Rc;

/// A request in the protocol's own type.
pub type Request = Rc<dyn Any>;

/// What a process takes in.
#[derive(Debug)]
pub enum Input<'a> {
    /// A message.
    Message {
        /// Who sent it.
        from: NodeId,
        /// Its number.
        message: MessageId,
    },
    /// A timer ran out.
    Timeout(TimerId),
    /// Another process is down.
    Crash(Crash),
    /// Somebody asks for something.
    Request {
        /// The record of the request.
        id: RecordId,
        /// What is asked for.
        request: &'a Request,
    },
}

/// What is left of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing: the process is ready for the next input.
    Nothing,
    /// First of all a message to send.
    Send,
    /// First of all some other effect.
    Other,
}

/// What came of a part of a step.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// What the protocol says about it.
    pub note: NoteId,
    /// What is left of the step.
    pub left: Left,
}

/// A broken rule: at which record it was seen, its name, and what there is to say.
pub type Finding = (RecordId, &'static str, Broken);

/// What a moment of a run holds in the protocol's own types: of each process its memory, its disk and what is
/// left of its step; the memories of the checks; and positions in the machine's logs.
///
/// A copy is a part of a snapshot, so it copies no history.
pub trait Interior: Any + DynClone {
    /// Whether there are any checks.
    fn is_watched(&self) -> bool;

    /// A process loses its memory and what is left of its step.
    fn crash(&mut self, node: NodeId);
}

dyn_clone::clone_trait_object!(Interior);

/// The protocol of a run, and everything that it has said.
///
/// In a replay, messages and notes that are in the logs already are not put there again.
/// A copy shares the past: for branches.
pub trait Machine: DynClone {
    /// The lab's tables.
    fn spec(&self) -> &'static LabSpec;
    /// Names of the processes.
    fn names(&self) -> &[String];
    /// Roles of the processes.
    fn roles(&self) -> &[&'static str];
    /// Whether messages travel over the reliable link layer.
    fn reliable_links(&self) -> bool;

    /// The interior before anything has happened: fresh disks, and nobody runs.
    fn interior(&self) -> Box<dyn Interior>;
    /// Starts a process from its disk.
    fn boot(&mut self, interior: &mut dyn Interior, node: NodeId, now_us: u64) -> Outcome;
    /// Lets a process take something in. Nothing must be left of its last step.
    fn step(&mut self, interior: &mut dyn Interior, node: NodeId, now_us: u64, input: Input<'_>) -> Outcome;
    /// The process that is told of crashes, if one is.
    fn watcher(&self) -> Option<NodeId>;
    /// What dies with a process's memory, as notes.
    fn last_words(&mut self, interior: &mut dyn Interior, node: NodeId) -> Vec<NoteId>;
    /// Lets the next effect of a process's step take place, as far as it concerns the protocol: what it writes is
    /// on disk, what it says and sends is in the logs.
    fn effect(&mut self, interior: &mut dyn Interior, node: NodeId) -> (What<(), TimerId>, Outcome);
    /// Forgets what the logs know of the time after a moment.
    fn cut(&mut self, interior: &dyn Interior);

    /// The protocol's own request.
    ///
    /// # Errors
    /// The argument and a sentence, where it makes no sense.
    fn request(&self, request: &RequestAct) -> Result<Request, Misfit>;
    /// See [`Story::make_up`](super::Story::make_up).
    fn make_up(&self, operation: &'static str, param: &'static str, bits: u64) -> Option<Value>;
    /// The name of a timer in the lab's table.
    fn timer_name(&self, timer: TimerId) -> &'static str;
    /// Whether a timer only keeps periodic traffic going.
    fn is_periodic(&self, timer: TimerId) -> bool;

    /// Label of a message; its fields go into `data`.
    fn describe_message(&self, message: MessageId, data: &mut JsonObject) -> String;
    /// What sort of message this is, in a word.
    fn message_kind(&self, message: MessageId) -> &'static str;
    /// Fields of a note go into `data`; its label, where it has one of its own.
    fn describe_note(&self, kind: Kind, note: NoteId, data: &mut JsonObject) -> Option<String>;
    /// The protocol's own vector clock before and after the event of a note, where it keeps one.
    fn own_clock(&self, note: NoteId) -> Option<(&[u32], &[u32])>;
    /// The observer's stamp of an event as the lab's own clocks count.
    fn observed(&self, node: NodeId, stamp: Vec<u32>) -> Vec<u32>;
    /// Why an event turned out as it did, and where the literature says so.
    fn why(&self, kind: Kind, node: NodeId, note: NoteId) -> Option<(String, &'static str)>;
    /// The application's message that a message carries.
    fn item_sent(&self, message: MessageId) -> Option<(NodeId, u64)>;
    /// The application's message that is delivered.
    fn item_delivered(&self, note: NoteId) -> Option<(NodeId, u64)>;

    /// What the event of a note measures.
    fn samples(&self, note: NoteId) -> Vec<Sample>;

    /// What a process shows of itself.
    fn fields(&self, interior: &dyn Interior, node: NodeId) -> Vec<Field>;
    /// The state of a process that matters, while it runs.
    fn band(&self, interior: &dyn Interior, node: NodeId) -> Option<Band>;
    /// Signs at the processes that have some.
    fn badges(&self, interior: &dyn Interior) -> Vec<(NodeId, Vec<Badge>)>;
    /// The lab's own views.
    fn panels(&self, interior: &dyn Interior) -> Vec<Panel>;
    /// What all that has happened before a record comes to, as a table.
    fn sheet(&self, records: Records<'_>, until: RecordId) -> Option<Sheet>;
    /// Situations worth having in one click, at this moment.
    fn situations(&self, interior: &dyn Interior) -> Vec<Situation>;
    /// What the settings lead to where links behave like this.
    fn outlook(&self, rule: LinkRule) -> Option<Outlook>;
    /// The lab's numbers.
    fn metrics(&self, interior: &dyn Interior, now_us: u64) -> Vec<(&'static str, u64)>;

    /// Lets the checks look at records that were just written.
    fn observe(&self, interior: &mut dyn Interior, records: Records<'_>, ids: Range<RecordId>) -> Vec<Finding>;
    /// Lets the checks look at the system after it has settled.
    fn settled(&self, interior: &mut dyn Interior, records: Records<'_>) -> Vec<Finding>;
}

dyn_clone::clone_trait_object!(Machine);

/// What has happened, without the protocol's own values: the machine adds them for the checks.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    /// The records.
    pub trace: &'a Trace,
    /// What they know beyond their numbers.
    pub details: &'a Log<Detail>,
}
