//! How the effects of a step take place.

use super::{Armed, Due, Flight, Frame, Job, Stage, World};
use crate::base::draw::{Purpose, draw, in_range};
use crate::protocol::What;
use crate::protocol::machine::{Left, Machine, Outcome};
use crate::tables::{DELAY_US_MIN, TIME_US_MAX};
use crate::trace::{Kind, Message, NONE, NodeId, NoteId, Record, RecordId, TimerId};

impl World {
    /// Lets the next effect of a step take place.
    #[inline]
    pub(super) fn go_on(&mut self, stage: &mut Stage<'_>, node: NodeId, cause: RecordId) {
        let (what, Outcome { note, mut left }) = stage.history.machine.effect(&mut *self.interior, node);
        match what {
            What::Send { to, .. } => left = self.send(stage, node, cause, to, Outcome { note, left }),
            What::Arm { timer, min_us, max_us } => self.arm(stage, node, timer, min_us, max_us),
            What::Disarm(timer) => self.disarm(node, timer),
            What::Apart => {}
            What::Record(kind) => self.record_effect(stage, node, cause, kind, note),
            What::Reply(request) => self.record_effect(stage, node, request, Kind::Reply, note),
        }
        if left != Left::Nothing {
            self.agenda.push_front(Job::Step { node, cause });
        }
    }

    fn record_effect(&mut self, stage: &mut Stage<'_>, node: NodeId, cause: RecordId, kind: Kind, note: NoteId) {
        let detail = self.note_detail(stage, note);
        let record = Record { node, cause, detail, ..self.blank(kind) };
        self.write(stage, record);
    }

    /// Sends a message, and those that are to follow it directly: they are one event. Tells what is left then.
    fn send(
        &mut self,
        stage: &mut Stage<'_>,
        node: NodeId,
        cause: RecordId,
        to: NodeId,
        Outcome { note, mut left }: Outcome,
    ) -> Left {
        let message = self.messages;
        self.launch(stage, node, to);
        while left == Left::Send {
            let (what, next) = stage.history.machine.effect(&mut *self.interior, node);
            let What::Send { to, .. } = what else { unreachable!("a message was announced") };
            assert!(next.note == NONE, "only the first message of a multicast carries its note");
            self.launch(stage, node, to);
            left = next.left;
        }
        let detail = self.note_detail(stage, note);
        let count = u16::try_from(self.messages - message).expect("a step sends fewer than 65,536 messages");
        let record = Record { node, cause, message, count, detail, ..self.blank(Kind::Send) };
        self.write(stage, record);
        left
    }

    #[inline]
    fn launch(&mut self, stage: &mut Stage<'_>, from: NodeId, to: NodeId) {
        let fate = self.network.send(self.seed, usize::from(from), usize::from(to), self.now_us);
        let id = self.messages;
        self.messages += 1;
        if id as usize == stage.history.trace.messages.len() {
            let (sent_us, due_us) = (self.now_us, fate.arrive_us);
            stage.history.trace.messages.push(Message { from, to, send: self.records, n: fate.n, sent_us, due_us });
        }
        let reliable = !self.channels.is_empty();
        let flight = Flight {
            order: 0,
            message: id,
            copy: 1,
            lost: fate.lost_us.is_some(),
            sent_us: self.now_us,
            end_us: fate.lost_us.unwrap_or(fate.arrive_us),
            arrive_us: fate.arrive_us,
            frame: if reliable { Frame::Data } else { Frame::Message },
            from,
            to,
            origin: self.records,
        };
        self.fly(flight);
        if let Some(copy_us) = fate.copy_us {
            self.fly(Flight { copy: 2, lost: false, end_us: copy_us, arrive_us: copy_us, ..flight });
        }
        if reliable {
            self.link_send(from, to, id);
        }
    }

    #[inline]
    pub(super) fn fly(&mut self, flight: Flight) {
        let slot = self.free.pop().unwrap_or(self.flights.len() as u32);
        let order = self.put(flight.end_us, Due::Flight(slot));
        let flight = Flight { order, ..flight };
        match self.flights.get_mut(slot as usize) {
            Some(place) => *place = flight,
            None => self.flights.push(flight),
        }
    }

    fn arm(&mut self, stage: &Stage<'_>, node: NodeId, timer: TimerId, min_us: u64, max_us: u64) {
        assert!(min_us <= max_us, "a timer's range is not empty");
        let timers = &mut self.processes[usize::from(node)].timers;
        let slot = timers.iter().position(|t| t.timer == timer).unwrap_or_else(|| {
            timers.push(Armed { timer, order: 0, armed_us: 0, due_us: 0, live: false, draws: 0 });
            timers.len() - 1
        });
        timers[slot].draws += 1;
        let count = u64::from(timers[slot].draws);
        let bits = draw(self.seed, Purpose::Timer, u32::from(node), timer_key(&*stage.history.machine, timer), count);
        let due_us = self.now_us + in_range(bits, min_us, max_us).clamp(DELAY_US_MIN, TIME_US_MAX);
        let order = self.put(due_us, Due::Timer(node, slot as u16));
        let now_us = self.now_us;
        let armed = &mut self.processes[usize::from(node)].timers[slot];
        *armed = Armed { order, armed_us: now_us, due_us, live: true, ..*armed };
    }

    fn disarm(&mut self, node: NodeId, timer: TimerId) {
        if let Some(armed) = self.processes[usize::from(node)].timers.iter_mut().find(|t| t.timer == timer) {
            armed.live = false;
        }
    }
}

/// A timer's number in the key of its draws: its place in the lab's table, so that the order in which a
/// process happens to arm its timers does not matter.
fn timer_key(machine: &dyn Machine, timer: TimerId) -> u32 {
    let name = machine.timer_name(timer);
    machine.spec().timers.iter().position(|t| *t == name).expect("every timer is in the lab's table") as u32
}
