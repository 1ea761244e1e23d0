//! The typed part of the engine: the only one that is there once for each lab.
//!
//! It holds what has a type of the protocol's own, and hands it to the protocol. It decides nothing: what
//! happens, when and in which order is the simulator's business. So it stays small, and that is the price of one
//! more lab.

use super::machine::{Finding, Input, Interior, Left, Machine, Outcome, Records, Request};
use super::{
    self as protocol, Context, Effect, Guard, Misfit, Out, Outlook, Past, Seen, Situation, Story, Watch, What,
};
use crate::base::json::JsonObject;
use crate::base::log::Log;
use crate::base::sheet::Sheet;
use crate::tables::{LabSpec, LinkRule, Sample, Value, Values};
use crate::trace::frame::{Badge, Band, Field, Panel};
use crate::trace::{Kind, MessageId, NONE, NodeId, NoteId, RecordId, RequestAct, TimerId};
use std::any::Any;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

/// A protocol at work.
#[derive(Clone)]
pub(crate) struct Typed<P: Story> {
    ctx: Context<P>,
    /// What each message says.
    messages: Log<P::Message>,
    notes: Log<P::Note>,
    /// The timers that were armed in this run so far; a [`TimerId`] is a place here.
    timers: Vec<P::Timer>,
    /// Empty between two steps, and kept for its memory.
    out: Out<P>,
}

/// The interior of a protocol's processes.
#[derive(Clone)]
struct Inner<P: Story> {
    processes: Vec<Process<P>>,
    guards: Vec<Guard<P>>,
    /// Number of messages sent so far.
    messages: usize,
    /// Number of notes made so far.
    notes: usize,
}

#[derive(Clone)]
struct Process<P: Story> {
    /// `None` while it is down.
    state: Option<P::State>,
    durable: P::Durable,
    /// What is left of its step.
    undone: VecDeque<Effect<P>>,
}

impl<P: Story> Process<P> {
    fn seen(&self) -> Seen<'_, P> {
        Seen { state: self.state.as_ref(), durable: &self.durable }
    }

    fn left(&self) -> Left {
        match self.undone.front() {
            None => Left::Nothing,
            Some(Effect { what: What::Send { .. }, .. }) => Left::Send,
            Some(_) => Left::Other,
        }
    }
}

const FOREIGN: &str = "an interior belongs to the machine that made it";

impl<P: Story> Inner<P> {
    fn of(interior: &dyn Interior) -> &Inner<P> {
        (interior as &dyn Any).downcast_ref().expect(FOREIGN)
    }

    fn of_mut(interior: &mut dyn Interior) -> &mut Inner<P> {
        (interior as &mut dyn Any).downcast_mut().expect(FOREIGN)
    }

    fn seen(&self) -> Vec<Seen<'_, P>> {
        self.processes.iter().map(Process::seen).collect()
    }
}

impl<P: Story> Interior for Inner<P> {
    fn is_watched(&self) -> bool {
        !self.guards.is_empty()
    }

    fn crash(&mut self, node: NodeId) {
        let process = &mut self.processes[usize::from(node)];
        process.state = None;
        process.undone.clear();
    }
}

/// Puts an item into a log, unless this is a replay and it is there already, and counts it.
fn note_down<T: Clone>(log: &mut Log<T>, count: &mut usize, item: T) -> u32 {
    if *count == log.len() {
        log.push(item);
    }
    *count += 1;
    (*count - 1) as u32
}

impl<P: Story> Typed<P> {
    pub(crate) fn new(ctx: Context<P>) -> Typed<P> {
        Typed { ctx, messages: Log::default(), notes: Log::default(), timers: Vec::new(), out: Out::new() }
    }

    fn note(&self, note: NoteId) -> &P::Note {
        self.notes.at(note as usize)
    }

    fn message(&self, message: MessageId) -> &P::Message {
        self.messages.at(message as usize)
    }

    fn timer(&self, timer: TimerId) -> P::Timer {
        self.timers[timer as usize]
    }

    fn timer_id(&mut self, timer: P::Timer) -> TimerId {
        let place = self.timers.iter().position(|t| *t == timer).unwrap_or_else(|| {
            self.timers.push(timer);
            self.timers.len() - 1
        });
        place as TimerId
    }

    /// The process has taken something in: what it says and writes with it counts, the effects wait.
    fn taken_in(&mut self, inner: &mut Inner<P>, node: NodeId) -> Outcome {
        let process = &mut inner.processes[usize::from(node)];
        assert!(process.undone.is_empty(), "a process ends its step before it takes anything in");
        std::mem::swap(&mut process.undone, &mut self.out.effects);
        if let Some(write) = self.out.input_write.take() {
            P::write(&mut process.durable, write);
        }
        let left = process.left();
        let note = self.out.input_note.take().map_or(NONE, |n| note_down(&mut self.notes, &mut inner.notes, n));
        Outcome { note, left }
    }

    /// What the checks look at.
    fn watch<'a>(&'a self, records: Records<'a>) -> Watch<'a, P> {
        let Records { trace, details } = records;
        let history = Past { trace, details, messages: &self.messages, notes: &self.notes };
        Watch { ctx: &self.ctx, history }
    }
}

impl<P: Story> Machine for Typed<P> {
    fn spec(&self) -> &'static LabSpec {
        P::spec()
    }

    fn names(&self) -> &[String] {
        &self.ctx.names
    }

    fn roles(&self) -> &[&'static str] {
        &self.ctx.roles
    }

    fn reliable_links(&self) -> bool {
        P::reliable_links(&self.ctx.setup)
    }

    fn interior(&self) -> Box<dyn Interior> {
        let fresh = |node| Process { state: None, durable: P::format(&self.ctx, node), undone: VecDeque::new() };
        Box::new(Inner::<P> {
            processes: (0..self.ctx.processes() as NodeId).map(fresh).collect(),
            guards: P::guards(&self.ctx),
            messages: 0,
            notes: 0,
        })
    }

    fn boot(&mut self, interior: &mut dyn Interior, node: NodeId, now_us: u64) -> Outcome {
        let inner = Inner::of_mut(interior);
        let process = &mut inner.processes[usize::from(node)];
        self.out.now_us = now_us;
        process.state = Some(P::boot(&self.ctx, node, &process.durable, &mut self.out));
        self.taken_in(inner, node)
    }

    fn step(&mut self, interior: &mut dyn Interior, node: NodeId, now_us: u64, input: Input<'_>) -> Outcome {
        let inner = Inner::of_mut(interior);
        let process = &mut inner.processes[usize::from(node)];
        self.out.now_us = now_us;
        let state = process.state.as_mut().expect("a process that runs has a state");
        let input = match input {
            Input::Message { from, message } => {
                protocol::Input::Message { from, message: self.messages.at(message as usize) }
            }
            Input::Crash(crash) => {
                P::told_of_crash(&self.ctx, node, state, &process.durable, crash, &mut self.out);
                return self.taken_in(inner, node);
            }
            Input::Timeout(timer) => protocol::Input::Timeout(self.timer(timer)),
            Input::Request { id, request } => {
                let request = request.downcast_ref().expect("a request belongs to the machine that read it");
                protocol::Input::Request { id, request }
            }
        };
        P::step(&self.ctx, node, state, &process.durable, input, &mut self.out);
        self.taken_in(inner, node)
    }

    fn watcher(&self) -> Option<NodeId> {
        P::watcher(&self.ctx.setup)
    }

    fn last_words(&mut self, interior: &mut dyn Interior, node: NodeId) -> Vec<NoteId> {
        let inner = Inner::<P>::of_mut(interior);
        let Process { state, undone, .. } = &inner.processes[usize::from(node)];
        let Some(state) = state else { return Vec::new() };
        let unseen: Vec<&P::Note> = undone.iter().filter_map(|effect| effect.note.as_ref()).collect();
        let words = P::last_words(&self.ctx, node, state, &unseen);
        words.into_iter().map(|note| note_down(&mut self.notes, &mut inner.notes, note)).collect()
    }

    fn effect(&mut self, interior: &mut dyn Interior, node: NodeId) -> (What<(), TimerId>, Outcome) {
        let inner = Inner::<P>::of_mut(interior);
        let process = &mut inner.processes[usize::from(node)];
        let effect = process.undone.pop_front().expect("something is left of the step");
        if let Some(write) = effect.write {
            P::write(&mut process.durable, write);
        }
        let left = process.left();
        let note = effect.note.map_or(NONE, |n| note_down(&mut self.notes, &mut inner.notes, n));
        let what = match effect.what {
            What::Send { to, message } => {
                note_down(&mut self.messages, &mut inner.messages, message);
                What::Send { to, message: () }
            }
            What::Record(kind) => What::Record(kind),
            What::Reply(request) => What::Reply(request),
            What::Arm { timer, min_us, max_us } => What::Arm { timer: self.timer_id(timer), min_us, max_us },
            What::Disarm(timer) => What::Disarm(self.timer_id(timer)),
            What::Apart => What::Apart,
        };
        (what, Outcome { note, left })
    }

    fn cut(&mut self, interior: &dyn Interior) {
        let inner = Inner::<P>::of(interior);
        self.messages.truncate(inner.messages);
        self.notes.truncate(inner.notes);
    }

    fn request(&self, request: &RequestAct) -> Result<Request, Misfit> {
        let args = Values::of(request.operation.args, &request.args);
        Ok(Rc::new(P::request(&self.ctx, request.node, request.operation.name, args)?))
    }

    fn make_up(&self, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        P::make_up(&self.ctx, operation, param, bits)
    }

    fn timer_name(&self, timer: TimerId) -> &'static str {
        P::timer_name(self.timer(timer))
    }

    fn is_periodic(&self, timer: TimerId) -> bool {
        P::is_periodic(self.timer(timer))
    }

    fn describe_message(&self, message: MessageId, data: &mut JsonObject) -> String {
        P::describe_message(&self.ctx, self.message(message), data)
    }

    fn message_kind(&self, message: MessageId) -> &'static str {
        P::message_kind(self.message(message))
    }

    fn describe_note(&self, kind: Kind, note: NoteId, data: &mut JsonObject) -> Option<String> {
        P::describe_note(&self.ctx, kind, self.note(note), data)
    }

    fn own_clock(&self, note: NoteId) -> Option<(&[u32], &[u32])> {
        P::own_clock(self.note(note))
    }

    fn observed(&self, node: NodeId, stamp: Vec<u32>) -> Vec<u32> {
        P::observed(&self.ctx, node, stamp)
    }

    fn why(&self, kind: Kind, node: NodeId, note: NoteId) -> Option<(String, &'static str)> {
        P::why(&self.ctx, kind, node, self.note(note))
    }

    fn item_sent(&self, message: MessageId) -> Option<(NodeId, u64)> {
        P::item_sent(self.message(message))
    }

    fn item_delivered(&self, note: NoteId) -> Option<(NodeId, u64)> {
        P::item_delivered(self.note(note))
    }

    fn samples(&self, note: NoteId) -> Vec<Sample> {
        P::samples(self.note(note))
    }

    fn fields(&self, interior: &dyn Interior, node: NodeId) -> Vec<Field> {
        P::fields(&self.ctx, node, &Inner::<P>::of(interior).processes[usize::from(node)].seen())
    }

    fn band(&self, interior: &dyn Interior, node: NodeId) -> Option<Band> {
        let process = &Inner::<P>::of(interior).processes[usize::from(node)];
        process.state.as_ref().and_then(|_| P::band(&self.ctx, node, &process.seen()))
    }

    fn badges(&self, interior: &dyn Interior) -> Vec<(NodeId, Vec<Badge>)> {
        P::badges(&self.ctx, &Inner::of(interior).seen())
    }

    fn panels(&self, interior: &dyn Interior) -> Vec<Panel> {
        P::panels(&self.ctx, &Inner::of(interior).seen())
    }

    fn sheet(&self, records: Records<'_>, until: RecordId) -> Option<Sheet> {
        P::sheet(&self.ctx, &self.watch(records).history, until)
    }

    fn situations(&self, interior: &dyn Interior) -> Vec<Situation> {
        P::situations(&self.ctx, &Inner::of(interior).seen())
    }

    fn outlook(&self, rule: LinkRule) -> Option<Outlook> {
        P::outlook(&self.ctx, rule)
    }

    fn metrics(&self, interior: &dyn Interior, now_us: u64) -> Vec<(&'static str, u64)> {
        let inner = Inner::<P>::of(interior);
        let mut metrics = P::metrics(&self.ctx, &inner.seen(), now_us);
        metrics.extend(inner.guards.iter().flat_map(|guard| guard.check.counts()));
        metrics
    }

    fn observe(&self, interior: &mut dyn Interior, records: Records<'_>, ids: Range<RecordId>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let guards = &mut Inner::<P>::of_mut(interior).guards;
        for id in ids {
            for guard in guards.iter_mut() {
                if let Some(broken) = guard.check.observe(&self.watch(records), id, records.trace.record(id)) {
                    findings.push((id, guard.rule, broken));
                }
            }
        }
        findings
    }

    fn settled(&self, interior: &mut dyn Interior, records: Records<'_>) -> Vec<Finding> {
        let Inner { processes, guards, .. } = Inner::<P>::of_mut(interior);
        let seen: Vec<Seen<'_, P>> = processes.iter().map(Process::seen).collect();
        let judged = guards.iter_mut().filter_map(|guard| {
            let broken = guard.check.settled(&self.watch(records), &seen)?;
            Some((NONE, guard.rule, broken))
        });
        judged.collect()
    }
}
