//! The simulated world: virtual time, processes, and the one queue of what is still to come.
//!
//! The simulator knows no protocol. It pops the next event, lets the process take its step, and then lets
//! the step's effects take place one after the other; each is a record. Between any two records an act can
//! fall: that is how a crash hits the middle of a step.
//!
//! Cloning a [`World`] is a snapshot. It holds positions in the [`History`] and none of its content.

mod acts;
mod effects;

use crate::act::{Act, PlannedAct, When, Workload};
use crate::check::{Check, Watch};
use crate::frame::Status;
use crate::history::{Detail, History};
use crate::network::{LinkRule, Network};
use crate::protocol::{Context, Effect, Input, Out, Protocol};
use crate::trace::{DropReason, Kind, MessageId, NO_NODE, NONE, NodeId, Record, RecordId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;

/// Most records of one run: ids stay well inside 32 bits, and memory inside a tab.
pub(crate) const RECORDS_MAX: u32 = 20_000_000;

/// What an entry of the event queue stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A message under way, by its slot.
    Flight(u32),
    /// An armed timer: process and slot.
    Timer(NodeId, u16),
    /// The next request of a workload.
    Workload(u32),
}

/// An entry of the event queue: 24 bytes, ordered by time and then by when it was put there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at_us: u64,
    order: u64,
    due: Due,
}

/// A message (or a copy of one) under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    /// Matches the event that ends it; 0 when the slot is free.
    order: u64,
    pub(crate) message: MessageId,
    pub(crate) copy: u16,
    pub(crate) lost: bool,
    pub(crate) end_us: u64,
    pub(crate) arrive_us: u64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed<P: Protocol> {
    pub(crate) timer: P::Timer,
    order: u64,
    pub(crate) armed_us: u64,
    pub(crate) due_us: u64,
    live: bool,
    draws: u32,
}

/// Something that a process takes in.
#[derive(Clone, Debug)]
enum Intake<P: Protocol> {
    Message {
        message: MessageId,
        copy: u16,
    },
    /// `order` tells whether the timer was disarmed or armed anew since it ran out.
    Timeout {
        timer: P::Timer,
        order: u64,
        forced: bool,
    },
    Request {
        act: Arc<Act>,
        request: P::Request,
    },
}

/// What the current instant has still to do, in order.
#[derive(Clone, Debug)]
enum Job<P: Protocol> {
    Act(u32),
    Intake(NodeId, Intake<P>),
    Effect { node: NodeId, cause: RecordId, effect: Effect<P> },
}

#[derive(Clone, Debug)]
pub(crate) struct Process<P: Protocol> {
    pub(crate) status: Status,
    pub(crate) state: Option<P::State>,
    pub(crate) durable: P::Durable,
    pub(crate) timers: Vec<Armed<P>>,
    /// What has arrived while it is paused.
    inbox: VecDeque<Intake<P>>,
    /// What a pause left undone of a step.
    undone: VecDeque<Job<P>>,
    stamp: u32,
    lamport: u32,
}

impl<P: Protocol> Process<P> {
    pub(crate) fn lamport(&self) -> u32 {
        self.lamport
    }

    pub(crate) fn stamp(&self) -> u32 {
        self.stamp
    }

    pub(crate) fn waiting(&self) -> u32 {
        let undone = self.undone.iter().filter(|job| matches!(job, Job::Intake(..)));
        (self.inbox.len() + undone.count()) as u32
    }

    pub(crate) fn armed(&self) -> impl Iterator<Item = &Armed<P>> {
        self.timers.iter().filter(|t| t.live)
    }
}

/// The acts of a run, ready to be looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    acts: Vec<Arc<Act>>,
    timed: Vec<(u64, u32)>,
    anchored: BTreeMap<RecordId, Vec<u32>>,
}

impl Plan {
    pub(crate) fn new(acts: &[PlannedAct]) -> Plan {
        let mut plan = Plan::default();
        for planned in acts {
            plan.push(planned);
        }
        plan
    }

    /// Adds an act behind those of the same time.
    pub(crate) fn push(&mut self, planned: &PlannedAct) -> u32 {
        let index = self.acts.len() as u32;
        self.acts.push(Arc::new(planned.act.clone()));
        match planned.when {
            When::At(us) => {
                let place = self.timed.partition_point(|&(at, _)| at <= us);
                self.timed.insert(place, (us, index));
            }
            When::After(id) => self.anchored.entry(id).or_default().push(index),
        }
        index
    }

    /// Forgets the acts that wait for records from `id` on.
    pub(crate) fn drop_anchored_from(&mut self, id: RecordId) {
        self.anchored.split_off(&id);
    }
}

#[derive(Clone, Debug)]
struct Load<P: Protocol> {
    workload: Workload,
    done: u64,
    marker: std::marker::PhantomData<P>,
}

/// A moment of a run, complete: what comes next follows from it alone.
#[derive(Clone, Debug)]
pub(crate) struct World<P: Protocol> {
    pub(crate) now_us: u64,
    /// Number of records written so far.
    pub(crate) records: u32,
    messages: u32,
    details: u32,
    stamps: u32,
    /// Something has happened since the last record that wrote none, such as an arrival at a paused process.
    pub(crate) quiet: bool,
    booted: u16,
    agenda: VecDeque<Job<P>>,
    queue: BinaryHeap<Reverse<Event>>,
    order: u64,
    flights: Vec<Flight>,
    free: Vec<u32>,
    pub(crate) processes: Vec<Process<P>>,
    clocks: Vec<u32>,
    pub(crate) network: Network,
    timed_done: usize,
    /// Records up to here had their anchored acts put on the agenda.
    anchored_done: u32,
    loads: Vec<Load<P>>,
    checks: Vec<Box<dyn Check<P>>>,
    pub(crate) violated: Vec<(&'static str, RecordId)>,
    seed: u64,
}

/// What the simulator reads besides the world itself.
#[derive(Debug)]
pub(crate) struct Stage<'a, P: Protocol> {
    pub(crate) ctx: &'a Context<P>,
    pub(crate) plan: &'a Plan,
    pub(crate) history: &'a mut History<P>,
    pub(crate) out: &'a mut Out<P>,
}

impl<P: Protocol> World<P> {
    /// The world before anything has happened.
    pub(crate) fn new(ctx: &Context<P>, seed: u64, rule: LinkRule) -> World<P> {
        let n = ctx.processes();
        let process = |i| Process {
            status: Status::Crashed,
            state: None,
            durable: P::format(ctx, i as NodeId),
            timers: Vec::new(),
            inbox: VecDeque::new(),
            undone: VecDeque::new(),
            stamp: 0,
            lamport: 0,
        };
        World {
            now_us: 0,
            records: 0,
            messages: 0,
            details: 0,
            stamps: 0,
            quiet: false,
            booted: 0,
            agenda: VecDeque::new(),
            queue: BinaryHeap::new(),
            order: 0,
            flights: Vec::new(),
            free: Vec::new(),
            processes: (0..n).map(process).collect(),
            clocks: vec![0; n * n],
            network: Network::new(n, rule),
            timed_done: 0,
            anchored_done: 0,
            loads: Vec::new(),
            checks: P::checks(ctx),
            violated: Vec::new(),
            seed,
        }
    }

    /// Whether the current instant has more to do.
    pub(crate) fn mid_step(&self) -> bool {
        !self.agenda.is_empty()
    }

    /// Messages under way.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &Flight> {
        self.flights.iter().filter(|f| f.order != 0)
    }

    /// Makes the next record (and those that belong to it). False when nothing is left until `limit_us`.
    pub(crate) fn advance(&mut self, stage: &mut Stage<'_, P>, limit_us: u64) -> bool {
        let before = self.records;
        if before >= RECORDS_MAX {
            return false;
        }
        while self.records == before {
            if !self.advance_once(stage, limit_us) {
                return false;
            }
            self.quiet = true;
        }
        self.quiet = false;
        self.check(stage, before);
        self.call_anchored(stage);
        true
    }

    fn advance_once(&mut self, stage: &mut Stage<'_, P>, limit_us: u64) -> bool {
        if let Some(job) = self.agenda.pop_front() {
            self.run(stage, job);
            return true;
        }
        if usize::from(self.booted) < self.processes.len() {
            let node = self.booted;
            self.booted += 1;
            self.boot(stage, node, Kind::Boot);
            return true;
        }
        let act = stage.plan.timed.get(self.timed_done).copied();
        let event_us = self.queue.peek().map(|e| e.0.at_us);
        match (event_us, act) {
            (Some(at_us), _) if at_us <= limit_us && act.is_none_or(|(act_us, _)| at_us <= act_us) => {
                let event = self.queue.pop().expect("there is one").0;
                self.happen(stage, event);
                true
            }
            (_, Some((at_us, index))) if at_us <= limit_us => {
                self.timed_done += 1;
                self.now_us = self.now_us.max(at_us);
                self.run(stage, Job::Act(index));
                true
            }
            _ => false,
        }
    }

    fn run(&mut self, stage: &mut Stage<'_, P>, job: Job<P>) {
        match job {
            Job::Act(index) => {
                let act = Arc::clone(&stage.plan.acts[index as usize]);
                self.act(stage, &act);
            }
            Job::Intake(node, intake) => self.take_in(stage, node, intake),
            Job::Effect { node, cause, effect } => self.take_effect(stage, node, cause, effect),
        }
    }

    fn put(&mut self, at_us: u64, due: Due) -> u64 {
        self.order += 1;
        self.queue.push(Reverse(Event { at_us, order: self.order, due }));
        self.order
    }

    fn happen(&mut self, stage: &mut Stage<'_, P>, event: Event) {
        match event.due {
            Due::Flight(slot) => {
                let flight = self.flights[slot as usize];
                if flight.order == event.order {
                    self.now_us = event.at_us;
                    self.land(stage, slot, flight);
                }
            }
            Due::Timer(node, slot) => {
                let process = &self.processes[usize::from(node)];
                let Armed { timer, order, live, .. } = process.timers[usize::from(slot)];
                if live && order == event.order {
                    self.now_us = event.at_us;
                    self.offer(stage, node, Intake::Timeout { timer, order, forced: false });
                }
            }
            Due::Workload(index) => {
                self.now_us = event.at_us;
                self.next_request(stage, index as usize);
            }
        }
    }

    fn land(&mut self, stage: &mut Stage<'_, P>, slot: u32, flight: Flight) {
        self.flights[slot as usize].order = 0;
        self.free.push(slot);
        let message = *stage.history.trace.message(flight.message);
        let reason = if flight.lost {
            Some(DropReason::Loss)
        } else if !self.network.is_open(usize::from(message.from), usize::from(message.to)) {
            Some(DropReason::Partition)
        } else if self.processes[usize::from(message.to)].status == Status::Crashed {
            Some(DropReason::Crashed)
        } else {
            None
        };
        match reason {
            Some(reason) => self.lose(stage, flight.message, flight.copy, reason),
            None => self.offer(stage, message.to, Intake::Message { message: flight.message, copy: flight.copy }),
        }
    }

    fn lose(&mut self, stage: &mut Stage<'_, P>, id: MessageId, copy: u16, reason: DropReason) {
        let send = stage.history.trace.message(id).send;
        let record = Record { cause: send, message: id, count: copy, code: reason as u8, ..self.blank(Kind::Drop) };
        self.write(stage, record);
    }

    /// Hands something to a process: at once, or when it goes on.
    fn offer(&mut self, stage: &mut Stage<'_, P>, node: NodeId, intake: Intake<P>) {
        match self.processes[usize::from(node)].status {
            Status::Up => self.take_in(stage, node, intake),
            Status::Paused => self.processes[usize::from(node)].inbox.push_back(intake),
            Status::Crashed => unreachable!("nothing is offered to a process that is down"),
        }
    }

    fn take_in(&mut self, stage: &mut Stage<'_, P>, node: NodeId, intake: Intake<P>) {
        let index = usize::from(node);
        let id = self.records;
        stage.out.now_us = self.now_us;
        let process = &mut self.processes[index];
        if let Intake::Timeout { timer, order, forced: false } = &intake {
            let armed = process.timers.iter_mut().find(|t| t.timer == *timer).expect("it was armed once");
            if !armed.live || armed.order != *order {
                // What was handled since it ran out, in a pause, has disarmed it or armed it anew.
                return;
            }
            armed.live = false;
        }
        let state = process.state.as_mut().expect("a process that runs has a state");
        let input = match &intake {
            Intake::Message { message, .. } => Input::Message {
                from: stage.history.trace.message(*message).from,
                message: stage.history.messages.at(*message as usize),
            },
            Intake::Timeout { timer, .. } => Input::Timeout(*timer),
            Intake::Request { request, .. } => Input::Request { id, request },
        };
        P::step(stage.ctx, node, state, &process.durable, input, stage.out);
        let note = stage.out.input_note.take();
        if let Some(write) = stage.out.input_write.take() {
            P::write(&mut process.durable, write);
        }
        let mut record = Record { node, ..self.blank(Kind::Receive) };
        match intake {
            Intake::Message { message, copy } => {
                let send = stage.history.trace.message(message).send;
                record = Record { cause: send, message, count: copy, ..record };
                self.merge(stage, index, send);
                record.detail = note.map_or(NONE, |n| self.detail(stage, Detail::Note(n)));
            }
            Intake::Timeout { timer, forced, .. } => {
                record.kind = Kind::Timeout;
                record.code = u8::from(forced);
                record.detail = self.detail(stage, Detail::Timer(timer, note));
            }
            Intake::Request { act, .. } => {
                record.kind = Kind::Request;
                record.detail = self.detail(stage, Detail::Request(act, note));
            }
        }
        self.write(stage, record);
        self.schedule_effects(stage, node, id);
    }

    fn boot(&mut self, stage: &mut Stage<'_, P>, node: NodeId, kind: Kind) {
        let id = self.records;
        stage.out.now_us = self.now_us;
        let process = &mut self.processes[usize::from(node)];
        process.status = Status::Up;
        process.state = Some(P::boot(stage.ctx, node, &process.durable, stage.out));
        if let Some(write) = stage.out.input_write.take() {
            P::write(&mut process.durable, write);
        }
        if self.stamps == 0 {
            self.push_stamp(stage, 0);
        }
        let note = stage.out.input_note.take();
        let detail = note.map_or(NONE, |n| self.detail(stage, Detail::Note(n)));
        let record = Record { node, detail, ..self.blank(kind) };
        self.write(stage, record);
        self.schedule_effects(stage, node, id);
    }

    fn merge(&mut self, stage: &Stage<'_, P>, index: usize, send: RecordId) {
        let n = self.processes.len();
        let sent = stage.history.trace.record(send);
        stage.history.trace.merge_stamp(sent.stamp, &mut self.clocks[index * n..(index + 1) * n]);
        let process = &mut self.processes[index];
        process.lamport = process.lamport.max(sent.lamport);
    }

    fn blank(&self, kind: Kind) -> Record {
        Record {
            at_us: self.now_us,
            cause: NONE,
            message: NONE,
            stamp: NONE,
            lamport: 0,
            detail: NONE,
            node: NO_NODE,
            count: 0,
            kind,
            code: 0,
        }
    }

    fn push_stamp(&mut self, stage: &mut Stage<'_, P>, index: usize) {
        if self.stamps == stage.history.trace.stamp_rows() {
            let n = self.processes.len();
            stage.history.trace.push_stamp(&self.clocks[index * n..(index + 1) * n]);
        }
        self.stamps += 1;
    }

    /// Puts a detail into the history, unless this is a replay and it is there already.
    fn detail(&mut self, stage: &mut Stage<'_, P>, detail: Detail<P>) -> u32 {
        if self.details as usize == stage.history.details.len() {
            stage.history.details.push(detail);
        }
        self.details += 1;
        self.details - 1
    }

    /// Stamps a record and puts it into the history; in a replay, holds it against what stands there.
    fn write(&mut self, stage: &mut Stage<'_, P>, mut record: Record) -> RecordId {
        if record.node != NO_NODE {
            let index = usize::from(record.node);
            if record.kind.ticks() {
                let n = self.processes.len();
                self.clocks[index * n + index] += 1;
                self.processes[index].lamport += 1;
                self.processes[index].stamp = self.stamps;
                self.push_stamp(stage, index);
            }
            record.stamp = self.processes[index].stamp;
            record.lamport = self.processes[index].lamport;
        }
        let id = self.records;
        if id == stage.history.trace.len() {
            stage.history.trace.records.push(record);
        } else {
            assert_eq!(stage.history.trace.record(id), &record, "a replay must write record {id} again as it was");
        }
        self.records += 1;
        id
    }

    fn check(&mut self, stage: &mut Stage<'_, P>, from: RecordId) {
        if self.checks.is_empty() {
            return;
        }
        let mut checks = std::mem::take(&mut self.checks);
        for id in from..self.records {
            let record = *stage.history.trace.record(id);
            for check in &mut checks {
                let watch = Watch { ctx: stage.ctx, history: stage.history };
                let Some(broken) = check.observe(&watch, id, &record) else { continue };
                // The first violation of a rule tells the story; what follows from it would drown it.
                if self.violated.iter().any(|(rule, _)| *rule == check.rule()) {
                    continue;
                }
                let (explain, events) = (broken.explain.into(), broken.events.into());
                let detail = self.detail(stage, Detail::Violation { rule: check.rule(), explain, events });
                let record = Record { cause: id, detail, ..self.blank(Kind::Violation) };
                let violation = self.write(stage, record);
                self.violated.push((check.rule(), violation));
            }
        }
        self.checks = checks;
    }

    /// Puts the acts that are to happen right after the newest records before everything else.
    fn call_anchored(&mut self, stage: &Stage<'_, P>) {
        if stage.plan.anchored.is_empty() {
            self.anchored_done = self.records;
            return;
        }
        let mut called: Vec<u32> = Vec::new();
        for (_, acts) in stage.plan.anchored.range(self.anchored_done..self.records) {
            called.extend(acts);
        }
        self.anchored_done = self.records;
        for index in called.into_iter().rev() {
            self.agenda.push_front(Job::Act(index));
        }
    }

    /// Forgets what a history knows of the time after this world.
    pub(crate) fn cut(&self, history: &mut History<P>) {
        history.trace.truncate(self.records, self.messages, self.stamps);
        history.messages.truncate(self.messages as usize);
        history.details.truncate(self.details as usize);
    }
}
