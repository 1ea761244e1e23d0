//! What links do to messages: delay, loss, duplication, order.

use crate::base::draw::{exponential, in_range};
use crate::base::json::{Doc, InputError, JsonObject, Object, millis_text, probability_text};

/// Longest delay and latest time: 1,000 hours. Keeps every sum of times far from overflow.
pub const TIME_US_MAX: u64 = 3_600_000_000_000;
/// Shortest delay: a message never arrives at the instant at which it was sent.
pub const DELAY_US_MIN: u64 = 1;
/// Largest mean of an exponential delay; its draws reach 44 times the mean.
pub const MEAN_US_MAX: u64 = TIME_US_MAX / 64;

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
    /// What a message takes on the average, in microseconds.
    #[must_use]
    pub fn mean_us(self) -> u64 {
        match self {
            Delay::Constant(us) => us,
            Delay::Uniform { min_us, max_us } => u64::midpoint(min_us, max_us),
            Delay::Exponential { mean_us, .. } => mean_us,
        }
    }

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

    /// A delay, drawn by uniform bits.
    #[must_use]
    pub fn sample(self, bits: u64) -> u64 {
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
    pub fn take(object: &mut Object<'_>, one_link: bool) -> Result<LinkChange, InputError> {
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
