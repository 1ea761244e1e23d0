//! One-way links: delay, loss, duplication, order, and whether they are open.

use crate::draw::{Purpose, chance, draw, exponential, in_range};
use crate::json::{Doc, InputError, JsonObject, millis_text, probability_text};

/// Longest delay and latest time: 1,000 hours. Keeps every sum of times far from overflow.
pub const TIME_US_MAX: u64 = 3_600_000_000_000;
/// Shortest delay: a message never arrives at the instant at which it was sent.
pub const DELAY_US_MIN: u64 = 1;
/// Largest mean of an exponential delay; its draws reach 44 times the mean.
pub const MEAN_US_MAX: u64 = TIME_US_MAX / 64;

/// Draws for frames of the link layer are counted from here, apart from those for messages.
const FRAMES: u64 = 1 << 40;

/// How long a message is under way, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Always the same.
    Constant(u64),
    /// Every value from min to max is equally likely.
    Uniform {
        /// Shortest.
        min_us: u64,
        /// Longest.
        max_us: u64,
    },
    /// A shortest time, and on top of it an exponentially distributed one.
    Exponential {
        /// Shortest.
        min_us: u64,
        /// Mean of the whole delay, at least the shortest.
        mean_us: u64,
    },
}

impl Delay {
    /// Reads `10`, `{"uniform":[5,20]}` or `{"exponential":{"min":5,"mean":20}}` (milliseconds).
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn read(doc: &Doc<'_>) -> Result<Delay, InputError> {
        if !doc.is_object() {
            return doc.millis(DELAY_US_MIN, TIME_US_MAX).map(Delay::Constant);
        }
        let mut object = doc.object()?;
        let delay = if let Some(range) = object.take("uniform") {
            let (min_us, max_us) = read_range(&range, DELAY_US_MIN, TIME_US_MAX)?;
            Delay::Uniform { min_us, max_us }
        } else if let Some(inner) = object.take("exponential") {
            let mut fields = inner.object()?;
            let min_us = fields.need("min")?.millis(DELAY_US_MIN, MEAN_US_MAX)?;
            let mean_us = fields.need("mean")?.millis(min_us, MEAN_US_MAX)?;
            fields.finish()?;
            Delay::Exponential { min_us, mean_us }
        } else {
            return doc.error("expected a number, {\"uniform\":[min,max]} or {\"exponential\":{\"min\",\"mean\"}}");
        };
        object.finish()?;
        Ok(delay)
    }

    /// The JSON form that [`Delay::read`] reads.
    #[must_use]
    pub fn json(self) -> String {
        match self {
            Delay::Constant(us) => millis_text(us),
            Delay::Uniform { min_us, max_us } => {
                format!("{{\"uniform\":[{},{}]}}", millis_text(min_us), millis_text(max_us))
            }
            Delay::Exponential { min_us, mean_us } => {
                format!("{{\"exponential\":{{\"min\":{},\"mean\":{}}}}}", millis_text(min_us), millis_text(mean_us))
            }
        }
    }

    fn sample(self, bits: u64) -> u64 {
        match self {
            Delay::Constant(us) => us,
            Delay::Uniform { min_us, max_us } => in_range(bits, min_us, max_us),
            Delay::Exponential { min_us, mean_us } => min_us + exponential(bits, mean_us - min_us),
        }
    }
}

/// Reads `[min, max]` in milliseconds.
///
/// # Errors
/// Names the path of what is wrong.
pub fn read_range(doc: &Doc<'_>, min_us: u64, max_us: u64) -> Result<(u64, u64), InputError> {
    let items = doc.list()?;
    let [low, high] = items.as_slice() else {
        return doc.error("expected two numbers, [min, max]");
    };
    let low_us = low.millis(min_us, max_us)?;
    Ok((low_us, high.millis(low_us, max_us)?))
}

/// What a link does to its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRule {
    /// Time of flight.
    pub delay: Delay,
    /// Loss, in parts per million.
    pub loss_ppm: u32,
    /// Second copies, in parts per million.
    pub duplicate_ppm: u32,
    /// Whether messages arrive in the order in which they were sent.
    pub fifo: bool,
}

impl Default for LinkRule {
    fn default() -> Self {
        LinkRule { delay: Delay::Uniform { min_us: 5_000, max_us: 20_000 }, loss_ppm: 0, duplicate_ppm: 0, fifo: false }
    }
}

/// A change of some of a link's settings; what is `None` stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkChange {
    /// New delay.
    pub delay: Option<Delay>,
    /// New loss, in parts per million.
    pub loss_ppm: Option<u32>,
    /// New share of second copies, in parts per million.
    pub duplicate_ppm: Option<u32>,
    /// New order.
    pub fifo: Option<bool>,
    /// Whether the link is cut. Only for one link, never for the whole network.
    pub blocked: Option<bool>,
    /// Whether the link first forgets all that was set for it alone.
    pub reset: bool,
}

impl LinkChange {
    /// Takes the settings that are there from an object.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn take(object: &mut crate::json::Object<'_>, one_link: bool) -> Result<LinkChange, InputError> {
        let delay = object.take("delay_ms").map(|d| Delay::read(&d)).transpose()?;
        let loss_ppm = object.take("loss").map(|d| d.probability()).transpose()?;
        let duplicate_ppm = object.take("duplicate").map(|d| d.probability()).transpose()?;
        let fifo = object.take("fifo").map(|d| d.bool()).transpose()?;
        let blocked = if one_link { object.take("blocked").map(|d| d.bool()).transpose()? } else { None };
        let reset = match if one_link { object.take("reset") } else { None } {
            Some(doc) if !doc.bool()? => return doc.error("only true makes sense here"),
            reset => reset.is_some(),
        };
        Ok(LinkChange { delay, loss_ppm, duplicate_ppm, fifo, blocked, reset })
    }

    /// Writes the settings that are there into an object.
    pub fn write(&self, object: &mut JsonObject) {
        if self.reset {
            object.bool("reset", true);
        }
        if let Some(delay) = self.delay {
            object.raw("delay_ms", &delay.json());
        }
        if let Some(ppm) = self.loss_ppm {
            object.raw("loss", &probability_text(ppm));
        }
        if let Some(ppm) = self.duplicate_ppm {
            object.raw("duplicate", &probability_text(ppm));
        }
        if let Some(fifo) = self.fifo {
            object.bool("fifo", fifo);
        }
        if let Some(blocked) = self.blocked {
            object.bool("blocked", blocked);
        }
    }

    /// The rule with the change made.
    #[must_use]
    pub fn apply(&self, rule: LinkRule) -> LinkRule {
        LinkRule {
            delay: self.delay.unwrap_or(rule.delay),
            loss_ppm: self.loss_ppm.unwrap_or(rule.loss_ppm),
            duplicate_ppm: self.duplicate_ppm.unwrap_or(rule.duplicate_ppm),
            fifo: self.fifo.unwrap_or(rule.fifo),
        }
    }

    /// This change with a later one on top.
    #[must_use]
    pub fn then(&self, later: &LinkChange) -> LinkChange {
        let before = if later.reset { LinkChange::default() } else { *self };
        LinkChange {
            delay: later.delay.or(before.delay),
            loss_ppm: later.loss_ppm.or(before.loss_ppm),
            duplicate_ppm: later.duplicate_ppm.or(before.duplicate_ppm),
            fifo: later.fifo.or(before.fifo),
            blocked: later.blocked.or(before.blocked),
            reset: false,
        }
    }
}

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
pub struct Fate {
    /// When it reaches the other side.
    pub arrive_us: u64,
    /// When it is lost instead, if it is.
    pub lost_us: Option<u64>,
    /// When a second copy arrives, if there is one.
    pub copy_us: Option<u64>,
    /// It is the n-th message on its link, counted from 1.
    pub n: u32,
}

/// All links, and who is cut off from whom.
#[derive(Clone, Debug)]
pub struct Network {
    processes: usize,
    rule: LinkRule,
    links: Vec<Link>,
    /// Group of each process while there is a partition.
    groups: Option<Vec<u16>>,
}

impl Network {
    /// A network in which every link follows one rule.
    #[must_use]
    pub fn new(processes: usize, rule: LinkRule) -> Network {
        Network { processes, rule, links: vec![Link::default(); processes * processes], groups: None }
    }

    /// The rule that holds where a link has none of its own.
    #[must_use]
    pub fn rule(&self) -> LinkRule {
        self.rule
    }

    /// The rule of one link.
    #[must_use]
    pub fn link_rule(&self, from: usize, to: usize) -> LinkRule {
        self.links[from * self.processes + to].own.apply(self.rule)
    }

    /// What was set for one link alone.
    #[must_use]
    pub fn link_own(&self, from: usize, to: usize) -> LinkChange {
        self.links[from * self.processes + to].own
    }

    /// The group of each process, while there is a partition.
    #[must_use]
    pub fn groups(&self) -> Option<&[u16]> {
        self.groups.as_deref()
    }

    /// Changes the rule of all links that have none of their own.
    pub fn change(&mut self, change: &LinkChange) {
        self.rule = change.apply(self.rule);
    }

    /// Changes one link.
    pub fn change_link(&mut self, from: usize, to: usize, change: &LinkChange) {
        let link = &mut self.links[from * self.processes + to];
        link.own = link.own.then(change);
    }

    /// Cuts the network into groups.
    pub fn partition(&mut self, groups: Vec<u16>) {
        assert_eq!(groups.len(), self.processes, "every process is in a group");
        self.groups = Some(groups);
    }

    /// Ends the partition and opens every blocked link. False when nothing was cut.
    pub fn heal(&mut self) -> bool {
        let mut cut = self.groups.take().is_some();
        for link in &mut self.links {
            cut |= link.own.blocked == Some(true);
            link.own.blocked = None;
        }
        cut
    }

    /// Ends every fault of every link: nothing is cut, lost or doubled any more.
    pub fn settle(&mut self) {
        self.groups = None;
        (self.rule.loss_ppm, self.rule.duplicate_ppm) = (0, 0);
        for link in &mut self.links {
            (link.own.blocked, link.own.loss_ppm, link.own.duplicate_ppm) = (None, None, None);
        }
    }

    /// Whether a message from one process reaches another just now.
    #[must_use]
    #[inline]
    pub fn is_open(&self, from: usize, to: usize) -> bool {
        let same_side = self.groups.as_ref().is_none_or(|g| g[from] == g[to]);
        same_side && self.links[from * self.processes + to].own.blocked != Some(true)
    }

    /// Decides what becomes of a message that leaves now.
    #[inline]
    pub fn send(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        link.sent += 1;
        let n = link.sent;
        self.decide(seed, from, to, now_us, u64::from(n))
    }

    /// Decides what becomes of a frame that the link layer adds: it takes no number from the messages, nor a
    /// draw.
    pub fn send_frame(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        link.frames += 1;
        let count = FRAMES | u64::from(link.frames);
        self.decide(seed, from, to, now_us, count)
    }

    fn decide(&mut self, seed: u64, from: usize, to: usize, now_us: u64, count: u64) -> Fate {
        let link = &mut self.links[from * self.processes + to];
        let rule = link.own.apply(self.rule);
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
    pub fn send_copy(&mut self, seed: u64, from: usize, to: usize, now_us: u64) -> u64 {
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
