//! The reliable FIFO link layer, below protocols that the literature defines over such channels.
//!
//! Each link numbers its messages (the n-th message of a link is frame n), acknowledges cumulatively, sends
//! again what stays unacknowledged with a wait that doubles up to a cap, and hands messages up in order and
//! once. On disk are: at the sender what is not acknowledged, at the receiver how far was handed up. A crash
//! forgets frames that came early; they come again.
//!
//! The first transmission of a message is carried by the protocol's own `send` record, the hand-up is its
//! `receive`. Everything else the layer does is a record of kind `link`, which neither ticks nor is stamped:
//! hiding those records changes nothing of what happened before what.

use super::{Due, Flight, Frame, Intake, Job, Stage, World};
use crate::trace::frame::Status;
use crate::trace::{
    Detail, DropReason, Kind, LAYER_LINK, LinkEvent, LinkNote, MessageId, NONE, NodeId, Record, RecordId,
};
use std::collections::{BTreeMap, VecDeque};

/// Wait for an acknowledgement before anything was measured, in microseconds.
const WAIT_US_FIRST: u64 = 100_000;
/// Shortest wait: several times a usual delay, so that a slow answer is not mistaken for a lost one.
const WAIT_US_MIN: u64 = 40_000;
/// Longest wait between two tries: a peer that is up again hears of it within a second.
const WAIT_US_MAX: u64 = 1_000_000;
/// Most frames sent again at one time; the others follow when these are acknowledged.
const RESEND_MAX: usize = 16;
/// One direction between two processes.
#[derive(Clone, Debug, Default)]
pub(super) struct Channel {
    /// Messages that are not acknowledged, in order.
    outstanding: VecDeque<MessageId>,
    /// Number of the last acknowledged frame.
    acked: u32,
    /// Tries since the last progress.
    tries: u32,
    /// Last frame of the newest burst that was sent again, and the last frame there was at that time.
    burst: (u32, u32),
    /// Matches the event that sends again; 0 when none is due.
    alarm: u64,
    /// Smoothed time from a frame to its acknowledgement, in microseconds; 0 before the first.
    round_us: u64,
    /// Number of the last frame handed up.
    handed_up: u32,
    /// Frames that came before an earlier one.
    early: BTreeMap<u32, MessageId>,
}

impl World {
    fn channel(&mut self, from: NodeId, to: NodeId) -> &mut Channel {
        let n = self.processes.len();
        &mut self.channels[usize::from(from) * n + usize::from(to)]
    }

    fn link_record(&mut self, stage: &mut Stage<'_>, node: NodeId, cause: RecordId, note: LinkNote) -> RecordId {
        let detail = self.detail(stage, Detail::Link(note));
        let record = Record { node, cause, detail, ..self.blank(Kind::Link) };
        self.write(stage, record)
    }

    /// Takes a message over that its `send` record carries for the first time.
    pub(super) fn link_send(&mut self, from: NodeId, to: NodeId, message: MessageId) {
        let now_us = self.now_us;
        let channel = self.channel(from, to);
        channel.outstanding.push_back(message);
        if channel.alarm == 0 {
            self.set_alarm(from, to, now_us);
        }
    }

    fn set_alarm(&mut self, from: NodeId, to: NodeId, now_us: u64) {
        let channel = self.channel(from, to);
        let wait_us = if channel.round_us == 0 { WAIT_US_FIRST } else { (channel.round_us * 3).max(WAIT_US_MIN) };
        let wait_us = (wait_us << channel.tries.min(8)).min(WAIT_US_MAX);
        let n = self.processes.len();
        let index = (usize::from(from) * n + usize::from(to)) as u32;
        let order = self.put(now_us + wait_us, Due::Resend(index));
        self.channel(from, to).alarm = order;
    }

    /// The wait for an acknowledgement is over.
    pub(super) fn resend_due(&mut self, stage: &mut Stage<'_>, index: u32, order: u64, at_us: u64) {
        let n = self.processes.len();
        let (from, to) = ((index as usize / n) as NodeId, (index as usize % n) as NodeId);
        if self.channel(from, to).alarm != order {
            return;
        }
        self.now_us = at_us;
        self.channel(from, to).alarm = 0;
        self.offer(stage, from, Intake::Resend { to });
    }

    pub(super) fn resend(&mut self, stage: &mut Stage<'_>, from: NodeId, to: NodeId) {
        let channel = self.channel(from, to);
        let frames: Vec<MessageId> = channel.outstanding.iter().take(RESEND_MAX).copied().collect();
        if frames.is_empty() || channel.alarm != 0 {
            return;
        }
        channel.tries += 1;
        channel.burst = (channel.acked + frames.len() as u32, channel.acked + channel.outstanding.len() as u32);
        for message in frames {
            let n = stage.history.trace.message(message).n;
            let note = LinkNote { event: LinkEvent::Resent, peer: to, n, message };
            let send = stage.history.trace.message(message).send;
            let origin = self.link_record(stage, from, send, note);
            self.fly_frame(from, to, message, Frame::Data, origin);
        }
        self.set_alarm(from, to, self.now_us);
    }

    fn fly_frame(&mut self, from: NodeId, to: NodeId, message: MessageId, frame: Frame, origin: RecordId) {
        let fate = self.network.send_frame(self.seed, usize::from(from), usize::from(to), self.now_us);
        let end_us = fate.lost_us.unwrap_or(fate.arrive_us);
        let flight = Flight {
            order: 0,
            message,
            copy: 1,
            lost: fate.lost_us.is_some(),
            sent_us: self.now_us,
            end_us,
            arrive_us: fate.arrive_us,
            frame,
            from,
            to,
            origin,
        };
        self.fly(flight);
        if let Some(copy_us) = fate.copy_us {
            self.fly(Flight { copy: 2, lost: false, end_us: copy_us, arrive_us: copy_us, ..flight });
        }
    }

    /// A frame is lost.
    pub(super) fn lose_frame(&mut self, stage: &mut Stage<'_>, flight: &Flight, reason: DropReason) {
        let record = Record {
            cause: flight.origin,
            message: flight.message,
            count: flight.copy,
            code: reason as u8 | LAYER_LINK,
            ..self.blank(Kind::Drop)
        };
        self.write(stage, record);
    }

    /// A frame has arrived at a process that runs.
    pub(super) fn take_frame(&mut self, stage: &mut Stage<'_>, message: MessageId, origin: RecordId) {
        let (from, to, n) = {
            let m = stage.history.trace.message(message);
            (m.from, m.to, m.n)
        };
        let channel = self.channel(from, to);
        let next = channel.handed_up + 1;
        if n == next {
            channel.handed_up = n;
            let follows = channel.early.remove(&(n + 1));
            // After the step that this hand-up makes: whatever came early, else the acknowledgement.
            self.agenda.push_front(match follows {
                Some(message) => Job::Intake(to, Intake::Frame { message, origin }),
                None => Job::Acknowledge { from, to },
            });
            self.take_in(stage, to, Intake::Message { message, copy: 1 });
            return;
        }
        let event = if n < next { LinkEvent::Duplicate } else { LinkEvent::Early };
        if n > next {
            channel.early.insert(n, message);
        }
        self.link_record(stage, to, origin, LinkNote { event, peer: from, n, message });
        self.agenda.push_front(Job::Acknowledge { from, to });
    }

    /// Acknowledges what was handed up on a link.
    pub(super) fn acknowledge(&mut self, stage: &mut Stage<'_>, from: NodeId, to: NodeId) {
        let n = self.channel(from, to).handed_up;
        let note = LinkNote { event: LinkEvent::Ack, peer: from, n, message: NONE };
        let origin = self.link_record(stage, to, NONE, note);
        self.fly_frame(to, from, NONE, Frame::Ack(n), origin);
    }

    /// An acknowledgement has arrived: `node` sent the frames, `peer` has them.
    pub(super) fn take_ack(&mut self, stage: &mut Stage<'_>, node: NodeId, peer: NodeId, n: u32, origin: RecordId) {
        self.link_record(stage, node, origin, LinkNote { event: LinkEvent::Acked, peer, n, message: NONE });
        let now_us = self.now_us;
        let channel = self.channel(node, peer);
        if n <= channel.acked {
            return;
        }
        let mut newest = None;
        for _ in channel.acked..n {
            newest = channel.outstanding.pop_front();
        }
        channel.acked = n;
        if channel.tries == 0
            && let Some(message) = newest
        {
            // Karn's rule: what was sent again says nothing about the time that an answer takes.
            let round_us = now_us - stage.history.trace.message(message).sent_us;
            let old_us = if channel.round_us == 0 { round_us } else { channel.round_us };
            channel.round_us = (7 * old_us + round_us) / 8;
        }
        channel.tries = 0;
        channel.alarm = 0;
        let (burst, last) = channel.burst;
        if (burst..last).contains(&n) {
            // The whole burst has arrived, and what stood behind it then is missing too: at once, not at the next
            // alarm, or the backlog of a long crash would take minutes.
            self.resend(stage, node, peer);
        } else if !channel.outstanding.is_empty() {
            self.set_alarm(node, peer, now_us);
        }
    }

    /// What a crash does to a process's links: frames that came early are forgotten, nothing is sent again.
    pub(super) fn links_crash(&mut self, node: NodeId) {
        if self.channels.is_empty() {
            return;
        }
        for other in 0..self.processes.len() as NodeId {
            self.channel(other, node).early.clear();
            self.channel(node, other).alarm = 0;
        }
    }

    /// After a restart the disk knows what is not acknowledged: it is sent again.
    pub(super) fn links_restart(&mut self, node: NodeId) {
        if self.channels.is_empty() {
            return;
        }
        for other in 0..self.processes.len() as NodeId {
            if !self.channel(node, other).outstanding.is_empty() {
                self.channel(node, other).tries = 0;
                self.set_alarm(node, other, self.now_us);
            }
        }
    }

    /// Whether some message waits to be acknowledged.
    pub(super) fn links_busy(&self) -> bool {
        self.channels.iter().any(|c| !c.outstanding.is_empty())
    }

    /// Whether frames can be handed to this process.
    pub(super) fn is_down(&self, node: NodeId) -> bool {
        self.processes[usize::from(node)].status == Status::Crashed
    }
}
