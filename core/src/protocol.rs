//! The page to read first: what a protocol is.
//!
//! A protocol is a state machine. Messages, timeouts and requests go in; effects come out as values. It
//! owns no thread, clock, disk, socket or random number: a timer is asked for by a range, and the only time
//! it knows is the virtual time handed in with its input.
//!
//! What survives a crash is a type of its own, [`Protocol::Durable`], and changes only through
//! [`Protocol::Write`]s. A write takes place together with the record of the effect that carries it, or, by
//! [`Out::with_input`], together with the record of the input. So there is no instant at which a crash could
//! fall between an event and the note that a process keeps of it, unless the protocol leaves one on purpose.

use crate::check::Check;
use crate::coherence::{Accesses, Shape};
use crate::frame::{Badge, Band, Field, Panel};
use crate::json::JsonObject;
use crate::network::LinkRule;
use crate::schema::{Fields, LabSpec, Sample, Value};
use crate::situation::{Outlook, Situation};
use crate::trace::{Kind, NodeId, RecordId};
use std::collections::VecDeque;
use std::fmt::Debug;

/// A process of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its name.
    pub name: String,
    /// Its role, as the lab's operations name it.
    pub role: &'static str,
}

/// What every part of a lab may look at and nobody changes.
#[derive(Clone, Debug)]
pub struct Context<P: Protocol> {
    /// The lab's settings.
    pub setup: P::Setup,
    /// Names of the processes.
    pub names: Vec<String>,
    /// Roles of the processes.
    pub roles: Vec<&'static str>,
}

impl<P: Protocol> Context<P> {
    /// The name of a process.
    #[must_use]
    pub fn name(&self, node: NodeId) -> &str {
        &self.names[usize::from(node)]
    }

    /// Number of processes.
    #[must_use]
    pub fn processes(&self) -> usize {
        self.names.len()
    }
}

/// A process as a lab's panels see it.
#[derive(Debug)]
pub struct Seen<'a, P: Protocol> {
    /// What it holds in memory; `None` while it is down.
    pub state: Option<&'a P::State>,
    /// What is on its disk.
    pub durable: &'a P::Durable,
}

/// A protocol with everything that makes it a lab.
pub trait Protocol: Copy + Debug + 'static {
    /// The lab's settings, from a scenario's `setup`.
    type Setup: Clone + Debug;
    /// What a process holds in memory.
    type State: Clone + Debug;
    /// What a process holds on disk.
    type Durable: Clone + Debug;
    /// A change of what is on disk.
    type Write: Clone + Debug;
    /// What travels.
    type Message: Clone + Debug;
    /// Names of timers.
    type Timer: Copy + Eq + Debug;
    /// What a person or a workload asks of a process.
    type Request: Clone + Debug;
    /// What the protocol says about an event: the `data` of its record.
    type Note: Clone + Debug;

    /// The lab's tables.
    fn spec() -> &'static LabSpec;

    /// The settings from checked fields; `broken` holds names of the lab's switches.
    ///
    /// # Errors
    /// The name of a field and a sentence, where fields that are fine alone do not fit together.
    fn setup(fields: &Fields, broken: &[&'static str]) -> Result<Self::Setup, (&'static str, String)>;

    /// The processes of a run.
    fn processes(setup: &Self::Setup) -> Vec<ProcessInfo>;

    /// A request from checked arguments.
    ///
    /// # Errors
    /// The name of an argument and a sentence.
    fn request(
        ctx: &Context<Self>,
        node: NodeId,
        operation: &'static str,
        args: &Fields,
    ) -> Result<Self::Request, (&'static str, String)>;

    /// A value of an argument for a made-up request, where the general ones (another process, a short text) would
    /// not do. `bits` are 64 uniform bits for this argument of this request.
    fn make_up(_ctx: &Context<Self>, _operation: &'static str, _param: &'static str, _bits: u64) -> Option<Value> {
        None
    }

    /// What a fresh disk holds.
    fn format(ctx: &Context<Self>, me: NodeId) -> Self::Durable;

    /// Makes a change on disk.
    fn write(durable: &mut Self::Durable, write: Self::Write);

    /// Starts a process, for the first time or after a crash, from what is on its disk.
    fn boot(ctx: &Context<Self>, me: NodeId, durable: &Self::Durable, out: &mut Out<Self>) -> Self::State;

    /// Handles one input.
    fn step(
        ctx: &Context<Self>,
        me: NodeId,
        state: &mut Self::State,
        durable: &Self::Durable,
        input: Input<'_, Self>,
        out: &mut Out<Self>,
    );

    /// The process that is told at once when another one crashes, as a bus is whose wire from a board goes dead. None in
    /// systems where a crash and a slow link look the same.
    fn watcher(_setup: &Self::Setup) -> Option<NodeId> {
        None
    }

    /// The watcher is told of a crash: one that has just happened, or, at its own start, of a process that is down.
    fn told_of_crash(
        _ctx: &Context<Self>,
        _me: NodeId,
        _state: &mut Self::State,
        _durable: &Self::Durable,
        _crash: Crash,
        _out: &mut Out<Self>,
    ) {
    }

    /// What dies with a process's memory: each note is a `state` record right behind that of the crash. `unseen` are the
    /// notes of effects that its last step had still to bring, in order: nobody has seen those.
    fn last_words(_ctx: &Context<Self>, _me: NodeId, _state: &Self::State, _unseen: &[&Self::Note]) -> Vec<Self::Note> {
        Vec::new()
    }

    /// Whether messages travel over the reliable FIFO link layer instead of the plain links.
    ///
    /// The layer numbers frames, acknowledges them, sends them again, drops duplicates and hands messages up
    /// in the order in which they were sent. What is not acknowledged yet, and what was handed up, is on disk.
    /// A hand-up is the protocol's `receive`; the layer's own frames are records of kind `link`.
    fn reliable_links(_setup: &Self::Setup) -> bool {
        false
    }

    /// Whether a timer only keeps periodic traffic going, which goes on for ever and means no progress.
    fn is_periodic(_timer: Self::Timer) -> bool {
        false
    }

    /// Name and index of a timer, for the trace and for acts that fire it.
    fn timer_name(timer: Self::Timer) -> &'static str;

    /// Label of a message; its fields go into `data`.
    fn describe_message(ctx: &Context<Self>, message: &Self::Message, data: &mut JsonObject) -> String;

    /// What sort of message this is, in a word: for hiding sorts in the diagram. Messages of one sort look alike to a
    /// person who wants them out of the way, such as acknowledgements or heartbeats.
    fn message_kind(_message: &Self::Message) -> &'static str {
        "message"
    }

    /// Fields of a note go into `data`; a label where the note has a better one than its kind's.
    fn describe_note(_ctx: &Context<Self>, _kind: Kind, _note: &Self::Note, _data: &mut JsonObject) -> Option<String> {
        None
    }

    /// The protocol's own clock before and after an event, where it keeps one; a scalar clock has one component. Unless
    /// [`LabSpec::own_clock`] names it, it is a vector clock that must equal the observer's.
    fn own_clock(_note: &Self::Note) -> Option<(&[u32], &[u32])> {
        None
    }

    /// Why an event turned out as it did: the rule in the protocol's own words, and where the literature says so.
    fn why(_ctx: &Context<Self>, _kind: Kind, _node: NodeId, _note: &Self::Note) -> Option<(String, &'static str)> {
        None
    }

    /// The application's message that a message carries and that is delivered later, by origin and number there:
    /// for delivery latency and hold-back time. `None` for acknowledgements and the like.
    fn item_sent(_message: &Self::Message) -> Option<(NodeId, u64)> {
        None
    }

    /// The application's message that a `deliver` record is about.
    fn item_delivered(_note: &Self::Note) -> Option<(NodeId, u64)> {
        None
    }

    /// What a process shows of itself: a few named values.
    fn fields(_ctx: &Context<Self>, _me: NodeId, _seen: &Seen<'_, Self>) -> Vec<Field> {
        Vec::new()
    }

    /// The state that matters in this lab, as a band along the lane; none while there is nothing to say. Asked
    /// after every record of a process that runs: it only looks.
    fn band(_ctx: &Context<Self>, _me: NodeId, _seen: &Seen<'_, Self>) -> Option<Band> {
        None
    }

    /// Signs at each process that has some, in the cluster's picture: the votes of a candidate, what a writer still needs.
    fn badges(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<(NodeId, Vec<Badge>)> {
        Vec::new()
    }

    /// The lab's own views.
    fn panels(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        Vec::new()
    }

    /// Situations worth having in one click, at this moment.
    fn situations(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>]) -> Vec<Situation> {
        Vec::new()
    }

    /// What the settings lead to where links behave like this.
    fn outlook(_ctx: &Context<Self>, _rule: LinkRule) -> Option<Outlook> {
        None
    }

    /// The lab's rules, each watching from outside.
    fn checks(_ctx: &Context<Self>) -> Vec<Box<dyn Check<Self>>> {
        Vec::new()
    }

    /// What an event measures, for the lab's own series.
    fn samples(_note: &Self::Note) -> Vec<Sample> {
        Vec::new()
    }

    /// A scenario in which the first accesses of a memory trace happen one after the other, as JSON; for labs about caches.
    ///
    /// # Errors
    /// Why there can be none.
    fn trace_scenario(_accesses: &Accesses, _shape: Shape) -> Option<Result<String, String>> {
        None
    }

    /// Numbers for `metrics` of a run at a time, in microseconds: name and value.
    fn metrics(_ctx: &Context<Self>, _seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        Vec::new()
    }
}

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
pub(crate) enum What<M, T> {
    Send { to: NodeId, message: M },
    Record(Kind),
    Reply(RecordId),
    Arm { timer: T, min_us: u64, max_us: u64 },
    Disarm(T),
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

    /// Sends a message. Sends that follow each other directly are one event.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.push(What::Send { to, message }, None, None);
    }

    /// Sends a message with a note for its record and a write in the same instant.
    pub fn send_noting(&mut self, to: NodeId, message: P::Message, note: P::Note, write: Option<P::Write>) {
        self.push(What::Send { to, message }, Some(note), write);
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
