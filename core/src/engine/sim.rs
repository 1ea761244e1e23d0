//! The simulated world: virtual time, processes, and the one queue of what is still to come.
//!
//! The simulator knows no protocol. It pops the next event, lets the process take its step, and then lets
//! the step's effects take place one after the other; each is a record. Between any two records an act can
//! fall: that is how a crash hits the middle of a step.
//!
//! Cloning a [`World`] is a snapshot. It holds positions in the [`History`] and none of its content. What has a
//! type of the protocol's own stays inside: see [`crate::protocol`].

mod acts;
mod effects;
pub(crate) mod link;
mod record;
pub(crate) mod settle;

use crate::engine::history::History;
use crate::engine::network::Network;
use crate::protocol::Crash;
use crate::protocol::machine::{Input, Interior, Left, Machine, Outcome, Request};
use crate::tables::LinkRule;
use crate::trace::frame::{Band, Status};
use crate::trace::{
    Act, Detail, DropReason, Kind, Message, MessageId, NodeId, PlannedAct, Record, RecordId, TimerId, When, Workload,
};
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
    /// The link layer's wait for an acknowledgement is over, on a channel.
    Resend(u32),
}

/// What a flight carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A protocol's message on a plain link.
    Message,
    /// A frame of the link layer with a protocol's message in it.
    Data,
    /// An acknowledgement of everything up to a frame.
    Ack(u32),
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
    pub(crate) sent_us: u64,
    pub(crate) end_us: u64,
    pub(crate) arrive_us: u64,
    pub(crate) frame: Frame,
    pub(crate) from: NodeId,
    pub(crate) to: NodeId,
    /// The record of its sending: a `send`, or the link layer's.
    pub(crate) origin: RecordId,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed {
    pub(crate) timer: TimerId,
    order: u64,
    pub(crate) armed_us: u64,
    pub(crate) due_us: u64,
    live: bool,
    draws: u32,
}

/// Something that a process takes in.
#[derive(Clone, Debug)]
enum Intake {
    Message {
        message: MessageId,
        copy: u16,
    },
    /// A frame of the link layer with a message in it.
    Frame {
        message: MessageId,
        origin: RecordId,
    },
    /// An acknowledgement of the link layer.
    Ack {
        peer: NodeId,
        n: u32,
        origin: RecordId,
    },
    /// The link layer is to send again.
    Resend {
        to: NodeId,
    },
    /// `order` tells whether the timer was disarmed or armed anew since it ran out.
    Timeout {
        timer: TimerId,
        order: u64,
        forced: bool,
    },
    Request {
        act: Arc<Act>,
        request: Request,
    },
    /// The watcher is told of a crash, which has a record of its own where it has just happened.
    Crash(Crash, RecordId),
}

/// What the current instant has still to do, in order.
#[derive(Clone, Debug)]
enum Job {
    Act(u32),
    Intake(NodeId, Intake),
    /// The effects that are left of a process's step, which record `cause` began.
    Step {
        node: NodeId,
        cause: RecordId,
    },
    /// The link layer acknowledges what `to` has from `from`.
    Acknowledge {
        from: NodeId,
        to: NodeId,
    },
}

/// A process as the simulator sees it. What is inside has the [`Interior`].
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) status: Status,
    pub(crate) timers: Vec<Armed>,
    /// What has arrived while it is paused.
    inbox: VecDeque<Intake>,
    /// What a pause left undone of a step.
    undone: VecDeque<Job>,
    stamp: u32,
    lamport: u32,
    /// Its state that matters, after its last record.
    pub(crate) band: Option<Band>,
}

impl Process {
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

    pub(crate) fn armed(&self) -> impl Iterator<Item = &Armed> {
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

/// A workload, and how many of its requests were made.
#[derive(Clone, Debug)]
struct Load {
    workload: Workload,
    done: u64,
}

/// A moment of a run, complete: what comes next follows from it alone.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) now_us: u64,
    /// Number of records written so far.
    pub(crate) records: u32,
    messages: u32,
    details: u32,
    stamps: u32,
    /// Changes of bands so far.
    bands: u32,
    /// Something has happened since the last record that wrote none, such as an arrival at a paused process.
    pub(crate) quiet: bool,
    booted: u16,
    agenda: VecDeque<Job>,
    queue: BinaryHeap<Reverse<Event>>,
    order: u64,
    flights: Vec<Flight>,
    free: Vec<u32>,
    pub(crate) processes: Vec<Process>,
    pub(crate) interior: Box<dyn Interior>,
    /// Whether any check watches, kept here because it is asked at every record.
    watched: bool,
    clocks: Vec<u32>,
    pub(crate) network: Network,
    timed_done: usize,
    /// Records up to here had their anchored acts put on the agenda.
    anchored_done: u32,
    loads: Vec<Load>,
    pub(crate) violated: Vec<(&'static str, RecordId)>,
    seed: u64,
    /// Links of the reliable layer; none where the protocol uses plain ones.
    channels: Vec<link::Channel>,
    pub(crate) settling: settle::Settling,
}

/// What the simulator works with besides the world itself.
pub(crate) struct Stage<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) history: &'a mut History,
}

impl World {
    /// The world before anything has happened.
    pub(crate) fn new(machine: &dyn Machine, seed: u64, rule: LinkRule) -> World {
        let n = machine.names().len();
        let interior = machine.interior();
        let process = Process {
            status: Status::Crashed,
            timers: Vec::new(),
            inbox: VecDeque::new(),
            undone: VecDeque::new(),
            stamp: 0,
            lamport: 0,
            band: None,
        };
        World {
            now_us: 0,
            records: 0,
            messages: 0,
            details: 0,
            stamps: 0,
            bands: 0,
            quiet: false,
            booted: 0,
            agenda: VecDeque::new(),
            queue: BinaryHeap::new(),
            order: 0,
            flights: Vec::new(),
            free: Vec::new(),
            processes: vec![process; n],
            watched: interior.is_watched(),
            interior,
            clocks: vec![0; n * n],
            network: Network::new(n, rule),
            timed_done: 0,
            anchored_done: 0,
            loads: Vec::new(),
            violated: Vec::new(),
            seed,
            channels: if machine.reliable_links() { vec![link::Channel::default(); n * n] } else { Vec::new() },
            settling: settle::Settling::default(),
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
    pub(crate) fn advance(&mut self, stage: &mut Stage<'_>, limit_us: u64) -> bool {
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
        self.note_bands(stage, before);
        if self.watched {
            self.check(stage, before);
        }
        self.call_anchored(stage);
        true
    }

    fn advance_once(&mut self, stage: &mut Stage<'_>, limit_us: u64) -> bool {
        if let Some(job) = self.agenda.pop_front() {
            self.run(stage, job);
            return true;
        }
        if usize::from(self.booted) < self.processes.len() {
            let node = self.booted;
            self.booted += 1;
            self.boot(stage, node, Kind::Boot);
            self.tell_of_the_dead(stage, node);
            return true;
        }
        let act = stage.plan.timed.get(self.timed_done).copied();
        let event_us = self.queue.peek().map(|e| e.0.at_us);
        if self.settling.is_on() && self.judge_if_settled(stage, event_us, limit_us) {
            return true;
        }
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

    fn run(&mut self, stage: &mut Stage<'_>, job: Job) {
        match job {
            Job::Act(index) => {
                let act = Arc::clone(&stage.plan.acts[index as usize]);
                self.act(stage, &act);
            }
            Job::Intake(node, intake) => self.take_in(stage, node, intake),
            Job::Step { node, cause } => self.go_on(stage, node, cause),
            Job::Acknowledge { from, to } => self.acknowledge(stage, from, to),
        }
    }

    #[inline]
    fn put(&mut self, at_us: u64, due: Due) -> u64 {
        self.order += 1;
        self.queue.push(Reverse(Event { at_us, order: self.order, due }));
        self.order
    }

    #[inline]
    fn happen(&mut self, stage: &mut Stage<'_>, event: Event) {
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
            Due::Resend(index) => self.resend_due(stage, index, event.order, event.at_us),
        }
    }

    #[inline]
    fn land(&mut self, stage: &mut Stage<'_>, slot: u32, flight: Flight) {
        self.flights[slot as usize].order = 0;
        self.free.push(slot);
        let reason = if flight.lost {
            Some(DropReason::Loss)
        } else if !self.network.is_open(usize::from(flight.from), usize::from(flight.to)) {
            Some(DropReason::Partition)
        } else if self.is_down(flight.to) {
            Some(DropReason::Crashed)
        } else {
            None
        };
        if let Some(reason) = reason {
            return self.lose(stage, &flight, reason);
        }
        let Flight { message, copy, origin, .. } = flight;
        let intake = match flight.frame {
            Frame::Message => Intake::Message { message, copy },
            Frame::Data => Intake::Frame { message, origin },
            Frame::Ack(n) => Intake::Ack { peer: flight.from, n, origin },
        };
        self.offer(stage, flight.to, intake);
    }

    fn lose(&mut self, stage: &mut Stage<'_>, flight: &Flight, reason: DropReason) {
        if flight.frame != Frame::Message {
            return self.lose_frame(stage, flight, reason);
        }
        let (id, copy) = (flight.message, flight.copy);
        let send = stage.history.trace.message(id).send;
        let record = Record { cause: send, message: id, count: copy, code: reason as u8, ..self.blank(Kind::Drop) };
        self.write(stage, record);
    }

    /// Hands something to a process: at once, or when it goes on.
    #[inline]
    fn offer(&mut self, stage: &mut Stage<'_>, node: NodeId, intake: Intake) {
        match self.processes[usize::from(node)].status {
            Status::Up => self.take_in(stage, node, intake),
            Status::Paused => self.processes[usize::from(node)].inbox.push_back(intake),
            Status::Crashed => unreachable!("nothing is offered to a process that is down"),
        }
    }

    fn take_in(&mut self, stage: &mut Stage<'_>, node: NodeId, intake: Intake) {
        match intake {
            Intake::Message { message, copy } => self.take_message(stage, node, message, copy),
            Intake::Frame { message, origin } => self.take_frame(stage, message, origin),
            Intake::Ack { peer, n, origin } => self.take_ack(stage, node, peer, n, origin),
            Intake::Resend { to } => self.resend(stage, node, to),
            Intake::Timeout { timer, order, forced } => self.take_timeout(stage, node, timer, order, forced),
            Intake::Request { act, request } => self.take_request(stage, node, act, &request),
            Intake::Crash(crash, cause) => {
                let Outcome { note, left } = self.step(stage, node, Input::Crash(crash));
                let detail = self.note_detail(stage, note);
                let record = Record { node, cause, detail, ..self.blank(Kind::Local) };
                self.begin_step(stage, record, left);
            }
        }
    }

    #[inline]
    fn take_message(&mut self, stage: &mut Stage<'_>, node: NodeId, message: MessageId, copy: u16) {
        let Message { from, send, .. } = *stage.history.trace.message(message);
        let Outcome { note, left } = self.step(stage, node, Input::Message { from, message });
        self.merge(stage, usize::from(node), send);
        let detail = self.note_detail(stage, note);
        let record = Record { node, cause: send, message, count: copy, detail, ..self.blank(Kind::Receive) };
        self.begin_step(stage, record, left);
    }

    fn take_timeout(&mut self, stage: &mut Stage<'_>, node: NodeId, timer: TimerId, order: u64, forced: bool) {
        if !forced {
            let armed = self.processes[usize::from(node)].timers.iter_mut().find(|t| t.timer == timer);
            let armed = armed.expect("it was armed once");
            if !armed.live || armed.order != order {
                // What was handled since it ran out, in a pause, has disarmed it or armed it anew.
                return;
            }
            armed.live = false;
        }
        let Outcome { note, left } = self.step(stage, node, Input::Timeout(timer));
        let detail = self.detail(stage, Detail::Timer(timer, note));
        let record = Record { node, detail, code: u8::from(forced), ..self.blank(Kind::Timeout) };
        self.begin_step(stage, record, left);
    }

    fn take_request(&mut self, stage: &mut Stage<'_>, node: NodeId, act: Arc<Act>, request: &Request) {
        let Outcome { note, left } = self.step(stage, node, Input::Request { id: self.records, request });
        let detail = self.detail(stage, Detail::Request(act, note));
        let record = Record { node, detail, ..self.blank(Kind::Request) };
        self.begin_step(stage, record, left);
    }

    #[inline]
    fn step(&mut self, stage: &mut Stage<'_>, node: NodeId, input: Input<'_>) -> Outcome {
        stage.history.machine.step(&mut *self.interior, node, self.now_us, input)
    }

    /// Writes the record that begins a step; what is left of the step comes before everything else that this
    /// instant has to do.
    #[inline]
    fn begin_step(&mut self, stage: &mut Stage<'_>, record: Record, left: Left) {
        let cause = self.write(stage, record);
        if left != Left::Nothing {
            self.agenda.push_front(Job::Step { node: record.node, cause });
        }
    }

    fn boot(&mut self, stage: &mut Stage<'_>, node: NodeId, kind: Kind) {
        self.processes[usize::from(node)].status = Status::Up;
        let Outcome { note, left } = stage.history.machine.boot(&mut *self.interior, node, self.now_us);
        if self.stamps == 0 {
            self.push_stamp(stage, 0);
        }
        let detail = self.note_detail(stage, note);
        let record = Record { node, detail, ..self.blank(kind) };
        self.begin_step(stage, record, left);
    }

    /// Puts the acts that are to happen right after the newest records before everything else.
    fn call_anchored(&mut self, stage: &Stage<'_>) {
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
    pub(crate) fn cut(&self, history: &mut History) {
        history.trace.truncate(self.records, self.messages, self.stamps);
        history.trace.bands.truncate(self.bands as usize);
        history.details.truncate(self.details as usize);
        history.machine.cut(&*self.interior);
    }
}
