//! How the effects of a step take place.

use super::{Armed, Due, Flight, Frame, Job, Stage, World};
use crate::draw::{Purpose, draw, in_range};
use crate::history::Detail;
use crate::network::{DELAY_US_MIN, TIME_US_MAX};
use crate::protocol::{Effect, Protocol, What};
use crate::trace::{Kind, Message, NONE, NodeId, Record, RecordId};

impl<P: Protocol> World<P> {
    /// Puts the effects that a step has asked for before everything else that this instant has to do.
    pub(super) fn schedule_effects(&mut self, stage: &mut Stage<'_, P>, node: NodeId, cause: RecordId) {
        // Taken from the end and put in front, one by one, so that they stand in their order before the rest.
        while let Some(effect) = stage.out.effects.pop() {
            self.agenda.push_front(Job::Effect { node, cause, effect });
        }
    }

    pub(super) fn take_effect(&mut self, stage: &mut Stage<'_, P>, node: NodeId, cause: RecordId, effect: Effect<P>) {
        if let Some(write) = effect.write {
            P::write(&mut self.processes[usize::from(node)].durable, write);
        }
        let (kind, request) = match effect.what {
            What::Send { to, message } => return self.send(stage, node, cause, (to, message), effect.note),
            What::Arm { timer, min_us, max_us } => return self.arm(node, timer, min_us, max_us),
            What::Disarm(timer) => return self.disarm(node, timer),
            What::Record(kind) => (kind, NONE),
            What::Reply(request) => (Kind::Reply, request),
        };
        let detail = effect.note.map_or(NONE, |note| self.detail(stage, Detail::Note(note)));
        let cause = if request == NONE { cause } else { request };
        let record = Record { node, cause, detail, ..self.blank(kind) };
        self.write(stage, record);
    }

    fn send(
        &mut self,
        stage: &mut Stage<'_, P>,
        node: NodeId,
        cause: RecordId,
        first: (NodeId, P::Message),
        note: Option<P::Note>,
    ) {
        let first_id = self.messages;
        self.launch(stage, node, first.0, first.1);
        // Sends that follow each other directly are one event.
        while let Some(Job::Effect { effect, node: sender, .. }) = self.agenda.front() {
            if *sender != node || !matches!(effect.what, What::Send { .. }) {
                break;
            }
            let Some(Job::Effect { effect, .. }) = self.agenda.pop_front() else { unreachable!("it was there") };
            assert!(effect.note.is_none(), "only the first message of a multicast carries its note");
            if let Some(write) = effect.write {
                P::write(&mut self.processes[usize::from(node)].durable, write);
            }
            if let What::Send { to, message } = effect.what {
                self.launch(stage, node, to, message);
            }
        }
        let detail = note.map_or(NONE, |n| self.detail(stage, Detail::Note(n)));
        let count = u16::try_from(self.messages - first_id).expect("a step sends fewer than 65,536 messages");
        let record = Record { node, cause, message: first_id, count, detail, ..self.blank(Kind::Send) };
        self.write(stage, record);
    }

    fn launch(&mut self, stage: &mut Stage<'_, P>, from: NodeId, to: NodeId, message: P::Message) {
        assert_ne!(from, to, "a process delivers to itself without the network");
        let fate = self.network.send(self.seed, usize::from(from), usize::from(to), self.now_us);
        let id = self.messages;
        self.messages += 1;
        if id as usize == stage.history.trace.messages.len() {
            let (sent_us, due_us) = (self.now_us, fate.arrive_us);
            stage.history.trace.messages.push(Message { from, to, send: self.records, n: fate.n, sent_us, due_us });
            stage.history.messages.push(message);
        }
        let reliable = P::MAY_USE_RELIABLE_LINKS && !self.channels.is_empty();
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

    pub(super) fn fly(&mut self, flight: Flight) {
        let slot = self.free.pop().unwrap_or(self.flights.len() as u32);
        let order = self.put(flight.end_us, Due::Flight(slot));
        let flight = Flight { order, ..flight };
        match self.flights.get_mut(slot as usize) {
            Some(place) => *place = flight,
            None => self.flights.push(flight),
        }
    }

    fn arm(&mut self, node: NodeId, timer: P::Timer, min_us: u64, max_us: u64) {
        assert!(min_us <= max_us, "a timer's range is not empty");
        let timers = &mut self.processes[usize::from(node)].timers;
        let slot = timers.iter().position(|t| t.timer == timer).unwrap_or_else(|| {
            timers.push(Armed { timer, order: 0, armed_us: 0, due_us: 0, live: false, draws: 0 });
            timers.len() - 1
        });
        timers[slot].draws += 1;
        let count = u64::from(timers[slot].draws);
        let bits = draw(self.seed, Purpose::Timer, u32::from(node), timer_key::<P>(timer), count);
        let due_us = self.now_us + in_range(bits, min_us, max_us).clamp(DELAY_US_MIN, TIME_US_MAX);
        let order = self.put(due_us, Due::Timer(node, slot as u16));
        let now_us = self.now_us;
        let armed = &mut self.processes[usize::from(node)].timers[slot];
        *armed = Armed { order, armed_us: now_us, due_us, live: true, ..*armed };
    }

    fn disarm(&mut self, node: NodeId, timer: P::Timer) {
        if let Some(armed) = self.processes[usize::from(node)].timers.iter_mut().find(|t| t.timer == timer) {
            armed.live = false;
        }
    }
}

/// A timer's number in the key of its draws: its place in the lab's table, so that the order in which a
/// process happens to arm its timers does not matter.
fn timer_key<P: Protocol>(timer: P::Timer) -> u32 {
    let name = P::timer_name(timer);
    P::spec().timers.iter().position(|t| *t == name).expect("every timer is in the lab's table") as u32
}
