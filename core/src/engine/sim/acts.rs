//! What a person does to the world.

use super::{Armed, Due, Flight, Frame, Intake, Job, Load, Stage, World};
use crate::base::draw::{Purpose, draw, in_range};
use crate::protocol::Crash;
use crate::protocol::machine::Machine;
use crate::tables::{Asked, made_up};
use crate::tables::{Fields, Param};
use crate::trace::frame::Status;
use crate::trace::{
    Act, Detail, DropReason, Kind, NO_NODE, NONE, NodeId, Record, RecordId, Refusal, RequestAct, Surgery, Which,
    Workload,
};
use std::collections::VecDeque;
use std::sync::Arc;

impl World {
    pub(super) fn act(&mut self, stage: &mut Stage<'_>, act: &Arc<Act>) {
        let done = match &**act {
            Act::Crash(node) => self.crash(stage, *node),
            Act::Restart(node) => self.restart(stage, *node),
            Act::Pause(node) => self.pause(stage, *node),
            Act::Resume(node) => self.resume(stage, *node),
            Act::Partition(groups) => {
                let groups = self.groups(groups);
                self.network.partition(groups);
                self.accept(stage, Kind::Partition, act);
                Ok(())
            }
            Act::Heal if !self.network.heal() => Err("nothing is cut".to_string()),
            Act::Heal => {
                self.accept(stage, Kind::Heal, act);
                Ok(())
            }
            Act::Link { from, to, .. } if from == to => {
                Err("a process's way to itself is no link that can change".to_string())
            }
            Act::Link { from, to, change } => {
                self.network.change_link(usize::from(*from), usize::from(*to), change);
                self.accept(stage, Kind::Act, act);
                Ok(())
            }
            Act::Network(change) => {
                self.network.change(change);
                self.accept(stage, Kind::Network, act);
                Ok(())
            }
            Act::Message { which, surgery } => self.operate(stage, act, *which, *surgery),
            Act::Timeout { node, timer } => self.fire(stage, *node, timer),
            Act::Timer { node, timer, due_in_us } => self.wind(stage, act, *node, timer, *due_in_us),
            Act::Request(request) => self.request(stage, act, request),
            Act::Settle => {
                self.settle(stage, act);
                Ok(())
            }
            Act::Workload(workload) => {
                self.accept(stage, Kind::Act, act);
                self.loads.push(Load { workload: workload.clone(), done: 0 });
                let index = self.loads.len() as u32 - 1;
                self.put(self.now_us + workload.every_us, Due::Workload(index));
                Ok(())
            }
        };
        if let Err(reason) = done {
            self.refuse(stage, Arc::clone(act), reason);
        }
    }

    fn refuse(&mut self, stage: &mut Stage<'_>, act: Arc<Act>, reason: String) {
        let detail = self.detail(stage, Detail::Refused(Arc::new(Refusal { act, reason })));
        let record = Record { detail, ..self.blank(Kind::Refused) };
        self.write(stage, record);
    }

    pub(super) fn accept(&mut self, stage: &mut Stage<'_>, kind: Kind, act: &Arc<Act>) {
        let detail = self.detail(stage, Detail::Act(Arc::clone(act)));
        let record = Record { detail, ..self.blank(kind) };
        self.write(stage, record);
    }

    fn groups(&self, groups: &[Vec<NodeId>]) -> Vec<u16> {
        let mut of = vec![groups.len() as u16; self.processes.len()];
        for (number, members) in groups.iter().enumerate() {
            for &member in members {
                of[usize::from(member)] = number as u16;
            }
        }
        of
    }

    fn mark(&mut self, stage: &mut Stage<'_>, kind: Kind, node: NodeId) -> RecordId {
        let record = Record { node, ..self.blank(kind) };
        self.write(stage, record)
    }

    fn crash(&mut self, stage: &mut Stage<'_>, node: NodeId) -> Result<(), String> {
        let process = &mut self.processes[usize::from(node)];
        if process.status == Status::Crashed {
            return Err(format!("{} is down already", stage.history.name(node)));
        }
        process.status = Status::Crashed;
        let last_words = stage.history.machine.last_words(&mut *self.interior, node);
        self.interior.crash(node);
        let process = &mut self.processes[usize::from(node)];
        let undone = std::mem::take(&mut process.undone);
        for timer in &mut process.timers {
            timer.live = false;
        }
        let inbox = std::mem::take(&mut process.inbox);
        let (mine, others): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.agenda).into_iter().partition(|job| job_node(job) == Some(node));
        self.agenda = others;
        self.links_crash(node);
        let cause = self.mark(stage, Kind::Crash, node);
        for note in last_words {
            let detail = self.note_detail(stage, note);
            let record = Record { node, cause, detail, ..self.blank(Kind::State) };
            self.write(stage, record);
        }
        let waiting = mine.into_iter().chain(undone).filter_map(|job| match job {
            Job::Intake(_, intake) => Some(intake),
            _ => None,
        });
        for intake in waiting.chain(inbox) {
            self.forget(stage, node, intake);
        }
        self.tell_of_crash(stage, Crash { node, just_now: true }, cause);
        Ok(())
    }

    /// Tells the watcher of a crash, unless it is down itself: then it finds out when it starts.
    fn tell_of_crash(&mut self, stage: &mut Stage<'_>, crash: Crash, cause: RecordId) {
        let watcher = stage.history.machine.watcher();
        if let Some(watcher) = watcher.filter(|&watcher| watcher != crash.node && !self.is_down(watcher)) {
            self.enqueue(stage, watcher, Intake::Crash(crash, cause));
        }
    }

    /// What a process had not taken in yet when it crashed.
    fn forget(&mut self, stage: &mut Stage<'_>, node: NodeId, intake: Intake) {
        match intake {
            Intake::Message { message, copy } => {
                let m = *stage.history.trace.message(message);
                let frame = Frame::Message;
                let (lost, end_us, arrive_us) = (false, self.now_us, self.now_us);
                let (from, to, origin, sent_us) = (m.from, m.to, m.send, m.sent_us);
                let flight =
                    Flight { order: 0, message, copy, lost, sent_us, end_us, arrive_us, frame, from, to, origin };
                self.lose(stage, &flight, DropReason::Crashed);
            }
            // The peer hears nothing and sends it again.
            Intake::Timeout { .. } | Intake::Frame { .. } | Intake::Ack { .. } | Intake::Resend { .. } => {}
            // It finds out when it starts.
            Intake::Crash(..) => {}
            Intake::Request { act, .. } => {
                let reason = format!("{} crashed before it took this in", stage.history.name(node));
                self.refuse(stage, act, reason);
            }
        }
    }

    pub(super) fn restart(&mut self, stage: &mut Stage<'_>, node: NodeId) -> Result<(), String> {
        if self.processes[usize::from(node)].status != Status::Crashed {
            return Err(format!("{} is not down", stage.history.name(node)));
        }
        if node >= self.booted {
            return Err(format!("{} has not started yet", stage.history.name(node)));
        }
        self.boot(stage, node, Kind::Restart);
        self.links_restart(node);
        self.tell_of_the_dead(stage, node);
        Ok(())
    }

    /// A watcher that starts finds out who is down.
    pub(super) fn tell_of_the_dead(&mut self, stage: &mut Stage<'_>, watcher: NodeId) {
        if stage.history.machine.watcher() != Some(watcher) {
            return;
        }
        for node in (0..self.booted).filter(|&node| node != watcher) {
            if self.is_down(node) {
                self.enqueue(stage, watcher, Intake::Crash(Crash { node, just_now: false }, NONE));
            }
        }
    }

    fn pause(&mut self, stage: &mut Stage<'_>, node: NodeId) -> Result<(), String> {
        let process = &mut self.processes[usize::from(node)];
        if process.status != Status::Up {
            return Err(format!("{} is {}", stage.history.name(node), process.status.name()));
        }
        process.status = Status::Paused;
        let (mine, others): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.agenda).into_iter().partition(|job| job_node(job) == Some(node));
        self.processes[usize::from(node)].undone = mine;
        self.agenda = others;
        self.mark(stage, Kind::Pause, node);
        Ok(())
    }

    pub(super) fn resume(&mut self, stage: &mut Stage<'_>, node: NodeId) -> Result<(), String> {
        let process = &mut self.processes[usize::from(node)];
        if process.status != Status::Paused {
            return Err(format!("{} is not paused", stage.history.name(node)));
        }
        process.status = Status::Up;
        let undone = std::mem::take(&mut process.undone);
        let inbox = std::mem::take(&mut process.inbox);
        self.mark(stage, Kind::Resume, node);
        let jobs = undone.into_iter().chain(inbox.into_iter().map(|intake| Job::Intake(node, intake)));
        for job in jobs.rev() {
            self.agenda.push_front(job);
        }
        Ok(())
    }

    fn operate(&mut self, stage: &mut Stage<'_>, act: &Arc<Act>, which: Which, surgery: Surgery) -> Result<(), String> {
        let trace = &stage.history.trace;
        let found = self.flights.iter().position(|f| {
            f.order != 0
                && match which {
                    Which::Id(id) => f.message == id,
                    Which::Copy(id, copy) => f.message == id && f.copy == copy,
                    Which::OnLink { from, to, n } => {
                        f.message != NONE && {
                            let m = trace.message(f.message);
                            (m.from, m.to, m.n) == (from, to, n)
                        }
                    }
                }
        });
        let Some(slot) = found else {
            return Err("this message is not under way".into());
        };
        let flight = self.flights[slot];
        match surgery {
            Surgery::Drop => {
                self.flights[slot].order = 0;
                self.free.push(slot as u32);
                self.lose(stage, &flight, DropReason::Act);
            }
            Surgery::DeliverIn(us) => {
                self.accept(stage, Kind::Act, act);
                let at_us = self.now_us + us;
                let order = self.put(at_us, Due::Flight(slot as u32));
                let flight = &mut self.flights[slot];
                (flight.order, flight.lost, flight.end_us, flight.arrive_us) = (order, false, at_us, at_us);
            }
            Surgery::Duplicate => {
                let copies = self.flights.iter().filter(|f| f.order != 0 && f.message == flight.message);
                let Some(copy) = copies.map(|f| f.copy).max().unwrap_or(1).checked_add(1) else {
                    return Err("there are too many copies of this message".into());
                };
                self.accept(stage, Kind::Act, act);
                let (from, to) = (usize::from(flight.from), usize::from(flight.to));
                let at_us = self.network.send_copy(self.seed, from, to, self.now_us);
                let sent_us = self.now_us;
                self.fly(Flight { copy, lost: false, sent_us, end_us: at_us, arrive_us: at_us, ..flight });
            }
        }
        Ok(())
    }

    fn fire(&mut self, stage: &mut Stage<'_>, node: NodeId, name: &str) -> Result<(), String> {
        let process = &mut self.processes[usize::from(node)];
        if process.status != Status::Up {
            return Err(format!("{} is {}", stage.history.name(node), process.status.name()));
        }
        let armed = process.timers.iter_mut().find(|t| t.live && stage.history.machine.timer_name(t.timer) == name);
        let Some(armed) = armed else {
            return Err(format!("{} has no {name} timer running", stage.history.name(node)));
        };
        armed.live = false;
        let (timer, order) = (armed.timer, armed.order);
        self.enqueue(stage, node, Intake::Timeout { timer, order, forced: true });
        Ok(())
    }

    /// Lets a running timer run out at another time.
    fn wind(
        &mut self,
        stage: &mut Stage<'_>,
        act: &Arc<Act>,
        node: NodeId,
        name: &str,
        in_us: u64,
    ) -> Result<(), String> {
        let timers = &self.processes[usize::from(node)].timers;
        let fits = |t: &Armed| t.live && stage.history.machine.timer_name(t.timer) == name;
        let Some(slot) = timers.iter().position(fits) else {
            return Err(format!("{} has no {name} timer running", stage.history.name(node)));
        };
        self.accept(stage, Kind::Act, act);
        let due_us = self.now_us + in_us;
        let order = self.put(due_us, Due::Timer(node, slot as u16));
        let armed = &mut self.processes[usize::from(node)].timers[slot];
        (armed.order, armed.due_us) = (order, due_us);
        Ok(())
    }

    fn request(&mut self, stage: &mut Stage<'_>, act: &Arc<Act>, request: &RequestAct) -> Result<(), String> {
        let node = request.node;
        if self.processes[usize::from(node)].status == Status::Crashed {
            return Err(format!("{} is down", stage.history.name(node)));
        }
        let missing = |p: &&Param| p.default.is_none() && request.args.given(p.name).is_none();
        if let Some(param) = request.operation.args.iter().find(missing) {
            // Only a made-up request lacks one, such as a receiver where there is one process alone.
            return Err(format!("nothing fits the argument {} of {}", param.name, request.operation.name));
        }
        let request = stage.history.machine.request(request).map_err(|(_, what)| what)?;
        let intake = Intake::Request { act: Arc::clone(act), request };
        if self.processes[usize::from(node)].status == Status::Paused {
            // It is taken in, and recorded as a request, when the process goes on.
            self.accept(stage, Kind::Act, act);
        }
        self.enqueue(stage, node, intake);
        Ok(())
    }

    /// Hands something to a process behind what its running step has still to do.
    fn enqueue(&mut self, stage: &mut Stage<'_>, node: NodeId, intake: Intake) {
        match self.agenda.iter().rposition(|job| job_node(job) == Some(node)) {
            Some(last) => self.agenda.insert(last + 1, Job::Intake(node, intake)),
            None => self.offer(stage, node, intake),
        }
    }

    /// The next request of a workload.
    pub(super) fn next_request(&mut self, stage: &mut Stage<'_>, index: usize) {
        let load = &mut self.loads[index];
        if load.done >= load.workload.count {
            return;
        }
        let number = load.done;
        load.done += 1;
        let workload = load.workload.clone();
        if load.done < workload.count {
            let at_us = self.now_us + workload.every_us;
            self.put(at_us, Due::Workload(index as u32));
        }
        let ask = |what: u32| draw(self.seed, Purpose::Workload, index as u32, what, number);
        let node = workload.nodes[in_range(ask(0), 0, workload.nodes.len() as u64 - 1) as usize];
        let args = make_up(&*stage.history.machine, &workload, node, number, ask);
        let act = Arc::new(Act::Request(RequestAct { node, operation: workload.operation, args }));
        self.act(stage, &act);
    }
}

fn job_node(job: &Job) -> Option<NodeId> {
    match job {
        Job::Act(_) => None,
        Job::Intake(node, _) | Job::Step { node, .. } | Job::Acknowledge { to: node, .. } => {
            (*node != NO_NODE).then_some(*node)
        }
    }
}

/// The arguments of a made-up request: those given, and for each other one a value that makes sense.
fn make_up(machine: &dyn Machine, workload: &Workload, node: NodeId, number: u64, ask: impl Fn(u32) -> u64) -> Fields {
    let mut args = workload.args.clone();
    let asked = Asked { roles: machine.roles(), node };
    for (i, param) in workload.operation.args.iter().enumerate() {
        if args.given(param.name).is_some() {
            continue;
        }
        let bits = ask(i as u32 + 1);
        let own = machine.make_up(workload.operation.name, param.name, bits);
        if let Some(value) = own.or_else(|| made_up(param, asked, number, bits)) {
            args.set(param.name, value);
        }
    }
    args
}
