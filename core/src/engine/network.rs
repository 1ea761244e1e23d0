//! One-way links as they are at a moment of a run: what is set, what is cut, and what becomes of each message.

use crate::base::draw::{Purpose, chance, draw, in_range};
use crate::tables::{DELAY_US_MIN, LinkChange, LinkRule};

/// Draws for frames of the link layer are counted from here, apart from those for messages.
const FRAMES: u64 = 1 << 40;

#[derive(Clone, Copy, Debug, Default)]
struct Link {
    own: LinkChange,
    sent: u32,
    copies: u32,
    /// Frames of the link layer besides first transmissions.
    frames: u32,
    last_arrival_us: u64,
}

/// What the network has decided about a message that was just sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    /// When it reaches the other side.
    pub(super) arrive_us: u64,
    /// When it is lost instead, if it is.
    pub(super) lost_us: Option<u64>,
    /// When a second copy arrives, if there is one.
    pub(super) copy_us: Option<u64>,
    /// It is the n-th message on its link, counted from 1.
    pub(super) n: u32,
}

/// All links, and who is cut off from whom.
#[derive(Clone, Debug)]
pub(super) struct Network {
    processes: usize,
    rule: LinkRule,
    links: Vec<Link>,
    /// Group of each process while there is a partition.
    groups: Option<Vec<u16>>,
}

impl Network {
    /// A network in which every link follows one rule.
    pub(super) fn new(processes: usize, rule: LinkRule) -> Network {
        Network { processes, rule, links: vec![Link::default(); processes * processes], groups: None }
    }

    /// The rule that holds where a link has none of its own.
    pub(super) fn rule(&self) -> LinkRule {
        self.rule
    }

    /// What was set for one link alone.
    pub(super) fn link_own(&self, from: usize, to: usize) -> LinkChange {
        self.links[from * self.processes + to].own
    }

    /// The group of each process, while there is a partition.
    pub(super) fn groups(&self) -> Option<&[u16]> {
        self.groups.as_deref()
    }

    /// Changes the rule of all links that have none of their own.
    pub(super) fn change(&mut self, change: &LinkChange) {
        self.rule = change.apply(self.rule);
    }

    /// Changes one link.
    pub(super) fn change_link(&mut self, from: usize, to: usize, change: &LinkChange) {
        let link = &mut self.links[from * self.processes + to];
        link.own = link.own.then(change);
    }

    /// Cuts the network into groups.
    pub(super) fn partition(&mut self, groups: Vec<u16>) {
        assert_eq!(groups.len(), self.processes, "every process is in a group");
        self.groups = Some(groups);
    }

    /// Ends the partition and opens every blocked link. False when nothing was cut.
    pub(super) fn heal(&mut self) -> bool {
        let mut cut = self.groups.take().is_some();
        for link in &mut self.links {
            cut |= link.own.blocked == Some(true);
            link.own.blocked = None;
        }
        cut
    }

    /// Ends every fault of every link: nothing is cut, lost or doubled any more.
    pub(super) fn settle(&mut self) {
        self.groups = None;
        (self.rule.loss_ppm, self.rule.duplicate_ppm) = (0, 0);
        for link in &mut self.links {
            (link.own.blocked, link.own.loss_ppm, link.own.duplicate_ppm) = (None, None, None);
        }
    }

    /// Whether a message from one process reaches another just now.
    #[inline]
    pub(super) fn is_open(&self, from: usize, to: usize) -> bool {
        let same_side = self.groups.as_ref().is_none_or(|g| g[from] == g[to]);
        same_side && self.links[from * self.processes + to].own.blocked != Some(true)
    }

    /// Decides what becomes of a message that leaves now.
    #[inline]
    pub(super) fn send(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        link.sent += 1;
        let n = link.sent;
        self.decide(seed, from, to, now_us, u64::from(n))
    }

    /// Decides what becomes of a frame that the link layer adds: it takes no number from the messages, nor a
    /// draw.
    pub(super) fn send_frame(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        link.frames += 1;
        let count = FRAMES | u64::from(link.frames);
        self.decide(seed, from, to, now_us, count)
    }

    fn decide(&mut self, seed: u64, from: usize, to: usize, now_us: u64, count: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        let mut rule = link.own.apply(self.rule);
        if from == to {
            // A process's message to itself takes its time, and never leaves the machine.
            (rule.loss_ppm, rule.duplicate_ppm) = (0, 0);
        }
        let n = count as u32;
        let ask = |purpose| draw(seed, purpose, from as u32, to as u32, count);
        let mut arrive_us = now_us + rule.delay.sample(ask(Purpose::Delay)).max(DELAY_US_MIN);
        let lost = rule.loss_ppm > 0 && chance(ask(Purpose::Loss), rule.loss_ppm);
        if lost {
            // Lost somewhere between a third and two thirds of its way: the picture shows where.
            let flight_us = arrive_us - now_us;
            let point = in_range(ask(Purpose::LossPoint), flight_us / 3, flight_us - flight_us / 3);
            return Fate { arrive_us, lost_us: Some(now_us + point.max(1)), copy_us: None, n };
        }
        let copy = rule.duplicate_ppm > 0 && chance(ask(Purpose::Duplicate), rule.duplicate_ppm);
        let mut copy_us = copy.then(|| now_us + rule.delay.sample(ask(Purpose::CopyDelay)).max(DELAY_US_MIN));
        if rule.fifo {
            arrive_us = arrive_us.max(link.last_arrival_us);
            copy_us = copy_us.map(|at| at.max(arrive_us));
            link.last_arrival_us = copy_us.unwrap_or(arrive_us);
        }
        Fate { arrive_us, lost_us: None, copy_us, n }
    }

    /// When one more copy, asked for by a person, arrives.
    pub(super) fn send_copy(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> u64 {
        let link = &mut self.links[from * self.processes + to];
        let rule = link.own.apply(self.rule);
        link.copies += 1;
        let count = (1 << 32) | u64::from(link.copies);
        let bits = draw(seed, Purpose::CopyDelay, from as u32, to as u32, count);
        now_us + rule.delay.sample(bits).max(DELAY_US_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Delay;

    #[test]
    fn a_fifo_link_keeps_order_and_another_does_not() {
        let overtakes = |fifo| {
            let rule = LinkRule { fifo, duplicate_ppm: 300_000, ..LinkRule::default() };
            let mut network = Network::new(2, rule);
            let mut last = 0;
            let mut count = 0;
            for i in 0..1000 {
                let fate = network.send(7, 0, 1, i * 1000);
                count += u32::from(fate.arrive_us < last);
                last = last.max(fate.copy_us.unwrap_or(0)).max(fate.arrive_us);
            }
            count
        };
        assert_eq!(overtakes(true), 0);
        assert!(overtakes(false) > 100);
    }

    #[test]
    fn another_link_does_not_change_what_a_link_does() {
        let mut quiet = Network::new(3, LinkRule::default());
        let mut busy = quiet.clone();
        busy.send(1, 2, 1, 0);
        busy.send(1, 0, 2, 0);
        assert_eq!(quiet.send(1, 0, 1, 5), busy.send(1, 0, 1, 5));
    }

    #[test]
    fn a_link_forgets_its_own_settings_and_takes_those_that_come_with_it() {
        let mut network = Network::new(2, LinkRule::default());
        let slow = LinkChange { delay: Some(Delay::Constant(80_000)), blocked: Some(true), ..LinkChange::default() };
        network.change_link(0, 1, &slow);
        network.change_link(0, 1, &LinkChange { reset: true, fifo: Some(true), ..LinkChange::default() });
        assert_eq!(network.link_own(0, 1), LinkChange { fifo: Some(true), ..LinkChange::default() });
        assert!(network.is_open(0, 1));
        network.change_link(0, 1, &LinkChange { reset: true, ..LinkChange::default() });
        assert_eq!(network.link_own(0, 1), LinkChange::default());
    }

    #[test]
    fn partitions_and_blocked_links_cut_and_heal() {
        let mut network = Network::new(3, LinkRule::default());
        assert!(!network.heal());
        network.partition(vec![0, 0, 1]);
        network.change_link(0, 1, &LinkChange { blocked: Some(true), ..LinkChange::default() });
        assert!(!network.is_open(0, 1) && network.is_open(1, 0) && !network.is_open(2, 0));
        assert!(network.heal() && network.is_open(0, 1) && network.is_open(2, 0));
    }
}
