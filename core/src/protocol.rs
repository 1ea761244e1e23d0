//! Layer 5, and the page to read first: what a protocol is.
//!
//! A protocol is a state machine. Messages, timeouts and requests go in; effects come out as values. It
//! owns no thread, clock, disk, socket or random number: a timer is asked for by a range, and the only time
//! it knows is the virtual time handed in with its input.
//!
//! What survives a crash is a type of its own, [`Protocol::Durable`], and changes only through
//! [`Protocol::Write`]s. A write takes place together with the record of the effect that carries it, or, by
//! [`Out::with_input`], together with the record of the input. So there is no instant at which a crash could
//! fall between an event and the note that a process keeps of it, unless the protocol leaves one on purpose.
//!
//! [`Protocol`] is the mechanics: what a process does. [`Story`] is what is said about it (words, views, checks), and all of
//! it has defaults. [`Lab`] is both together, whatever their types: what the registry holds. A [`Check`] watches from outside.
//! [`machine`] is the protocol as the engine runs it, and `typed` the one place that knows both.
//!
//! Deliberately knows no network, clock, disk, randomness, run or screen.

mod check;
mod effects;
mod lab;
pub mod machine;
mod situation;
mod story;
mod typed;

pub use check::{Broken, Check, Guard, Past, Watch};
pub(crate) use effects::Effect;
pub use effects::{Crash, Input, Out, What};
#[cfg(test)]
pub(crate) use lab::context;
pub use lab::{Capabilities, FromMemoryTrace, Lab, Misfit, Of};
pub use situation::{How, Outlook, Situation};
pub use story::Story;

use crate::tables::{LabSpec, Values};
use crate::trace::NodeId;
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

/// How a protocol works: the processes of a run, what each does with what reaches it, and what survives a crash.
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
    /// Names of timers; a protocol without any says [`Infallible`](std::convert::Infallible).
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
    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Self::Setup, Misfit>;

    /// The processes of a run.
    fn processes(setup: &Self::Setup) -> Vec<ProcessInfo>;

    /// A request from checked arguments.
    ///
    /// # Errors
    /// The name of an argument and a sentence.
    fn request(ctx: &Context<Self>, node: NodeId, operation: &str, args: Values<'_>) -> Result<Self::Request, Misfit>;

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

    /// Name of a timer, for the trace and for acts that fire it; one alone needs none of its own.
    fn timer_name(_timer: Self::Timer) -> &'static str {
        "timer"
    }

    /// Whether a timer only keeps periodic traffic going, which goes on for ever and means no progress.
    fn is_periodic(_timer: Self::Timer) -> bool {
        false
    }

    /// Whether messages travel over the reliable FIFO link layer instead of the plain links.
    ///
    /// The layer numbers frames, acknowledges them, sends them again, drops duplicates and hands messages up
    /// in the order in which they were sent. What is not acknowledged yet, and what was handed up, is on disk.
    /// A hand-up is the protocol's `receive`; the layer's own frames are records of kind `link`.
    fn reliable_links(_setup: &Self::Setup) -> bool {
        false
    }

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
}
