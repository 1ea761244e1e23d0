//! Settling: faults end, and when nothing moves any more but periodic traffic, liveness is judged.

use super::{Stage, World};
use crate::trace::frame::Status;
use crate::trace::{Act, Kind, NodeId};
use std::sync::Arc;

/// Periodic traffic may still bring news: so long nothing may have happened, in microseconds.
const QUIET_US: u64 = 3_000_000;
/// Whoever still moves so long after the faults have ended is judged as he is, in microseconds.
pub(crate) const SETTLE_US_MAX: u64 = 120_000_000;

/// How far settling has come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Settling {
    /// Nobody has asked for it.
    #[default]
    Off,
    /// Faults have ended; the last news came then.
    On { since_us: u64, news_us: u64 },
    /// Liveness was judged.
    Done,
}

impl Settling {
    pub(crate) fn is_on(self) -> bool {
        matches!(self, Settling::On { .. })
    }

    /// Takes in that something happened at a process.
    pub(super) fn saw(&mut self, kind: Kind, at_us: u64) {
        let news = !matches!(kind, Kind::Send | Kind::Receive | Kind::Timeout);
        if let (Settling::On { news_us, .. }, true) = (self, news) {
            *news_us = at_us;
        }
    }
}

impl World {
    /// Ends all faults.
    pub(super) fn settle(&mut self, stage: &mut Stage<'_>, act: &Arc<Act>) {
        self.network.settle();
        for load in &mut self.loads {
            load.done = load.workload.count;
        }
        self.accept(stage, Kind::Act, act);
        self.settling = Settling::On { since_us: self.now_us, news_us: self.now_us };
        for node in 0..self.processes.len() as NodeId {
            let done = match self.processes[usize::from(node)].status {
                Status::Up => Ok(()),
                Status::Paused => self.resume(stage, node),
                Status::Crashed => self.restart(stage, node),
            };
            // A process that has not started yet will.
            drop(done);
        }
    }

    /// Judges liveness, once, when the next event would only be periodic traffic. True when it did.
    pub(super) fn judge_if_settled(&mut self, stage: &mut Stage<'_>, event_us: Option<u64>, limit_us: u64) -> bool {
        let Settling::On { since_us, news_us } = self.settling else { return false };
        let due = match event_us {
            None => true,
            Some(at_us) if at_us > limit_us => false,
            Some(at_us) => at_us > since_us + SETTLE_US_MAX || (at_us > news_us + QUIET_US && !self.is_busy(stage)),
        };
        if !due {
            return false;
        }
        self.settling = Settling::Done;
        self.judge(stage);
        true
    }

    /// Whether anything but periodic traffic is to come.
    fn is_busy(&self, stage: &Stage<'_>) -> bool {
        let timers = self.processes.iter().flat_map(|p| p.armed());
        self.links_busy() || timers.into_iter().any(|t| !stage.history.machine.is_periodic(t.timer))
    }

    fn judge(&mut self, stage: &mut Stage<'_>) {
        let history = &*stage.history;
        let findings = history.machine.settled(&mut *self.interior, history.records());
        self.accuse(stage, findings);
    }
}
