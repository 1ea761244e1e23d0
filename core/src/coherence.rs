//! Cache coherence on a snooping bus, without a simulator: states, the table, caches, counters.
//!
//! MESI is the protocol of Papamarcos & Patel 1984 ("A Low-Overhead Coherence Solution for Multiprocessors with
//! Private Cache Memories"), with the names of Culler & Singh 1999, §5.3.2, and with the bus upgrade: a cache that has
//! a line shared and wants to write needs no data, only that all others give it up. MSI is the same without E, so that
//! the first write to a line that nobody else has costs a transaction.
//!
//! Whoever runs caches, whether a simulated bus with messages or a trace of a million accesses, decides by [`table`],
//! keeps lines in a [`Cache`] and counts with [`Counters`].

mod cache;
mod counters;
mod mix;
mod study;
mod system;
mod trace;

pub use cache::{Cache, Geometry, LINES_MAX, SIZE_BYTES_MAX, Shape, Way};
pub use counters::Counters;
pub use mix::{Mix, Pattern};
pub use study::{ACCESSES_MAX, Accesses, Cause, Course, LineTally, PROCESSORS_MAX, Sort, Step, Study, Wanted, WordUse};
pub use system::{Held, Outcome, System};
pub use trace::{Access, BadLine, LINE_BYTES_MAX, TraceReader, read_address};

/// State of a line in a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Invalid: it is not there.
    #[default]
    I,
    /// Shared: as in memory; others may have it, too.
    S,
    /// Exclusive: as in memory; nobody else has it.
    E,
    /// Modified: newer than memory; nobody else has it.
    M,
}

impl State {
    /// All states, in the order of the table.
    pub const ALL: [State; 4] = [State::M, State::E, State::S, State::I];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            State::M => "M",
            State::E => "E",
            State::S => "S",
            State::I => "I",
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            State::M => "modified",
            State::E => "exclusive",
            State::S => "shared",
            State::I => "invalid",
        }
    }

    /// Whether the cache has the line.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        !matches!(self, State::I)
    }

    /// Whether nobody else may have it.
    #[must_use]
    pub const fn is_only(self) -> bool {
        matches!(self, State::M | State::E)
    }
}

/// What happens to a line: two come from the processor, three from the bus, one from the cache itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// The processor reads.
    PrRd,
    /// The processor writes.
    PrWr,
    /// Somebody else wants to read.
    BusRd,
    /// Somebody else wants to write, and needs the data.
    BusRdX,
    /// Somebody else wants to write, and has the data.
    BusUpgr,
    /// Another line needs the place.
    Evict,
}

impl Event {
    /// All events, in the order of the table.
    pub const ALL: [Event; 6] = [Event::PrRd, Event::PrWr, Event::BusRd, Event::BusRdX, Event::BusUpgr, Event::Evict];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Event::PrRd => "PrRd",
            Event::PrWr => "PrWr",
            Event::BusRd => "BusRd",
            Event::BusRdX => "BusRdX",
            Event::BusUpgr => "BusUpgr",
            Event::Evict => "evict",
        }
    }
}

/// What a cache asks the bus for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transaction {
    /// The line, to read.
    BusRd,
    /// The line, to write; all others give it up.
    BusRdX,
    /// To write what it has; all others give it up.
    BusUpgr,
    /// To take a modified line into memory.
    WriteBack,
}

impl Transaction {
    /// All kinds.
    pub const ALL: [Transaction; 4] =
        [Transaction::BusRd, Transaction::BusRdX, Transaction::BusUpgr, Transaction::WriteBack];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Transaction::BusRd => "BusRd",
            Transaction::BusRdX => "BusRdX",
            Transaction::BusUpgr => "BusUpgr",
            Transaction::WriteBack => "WriteBack",
        }
    }

    /// What the other caches see of it; nothing of a write-back.
    #[must_use]
    pub const fn snooped(self) -> Option<Event> {
        match self {
            Transaction::BusRd => Some(Event::BusRd),
            Transaction::BusRdX => Some(Event::BusRdX),
            Transaction::BusUpgr => Some(Event::BusUpgr),
            Transaction::WriteBack => None,
        }
    }
}

/// Which states there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// All four.
    #[default]
    Mesi,
    /// No E: a line that was read is shared, also where nobody else has it.
    Msi,
}

impl Family {
    /// The state after a read miss.
    #[must_use]
    pub const fn after_read(self, others_have_it: bool) -> State {
        match self {
            Family::Mesi if !others_have_it => State::E,
            _ => State::S,
        }
    }
}

/// What a cache does besides changing the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// Serves the processor at once.
    Hit,
    /// Nothing.
    Nothing,
    /// Puts the line on the bus; memory takes it, too.
    Flush,
    /// Asks the bus; the state changes when the transaction is through.
    Ask(Transaction),
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The state after it. After a read miss that is where nobody else has the line: see [`Family::after_read`].
    pub to: State,
    /// What else is done.
    pub does: Does,
}

const fn cell(to: State, does: Does) -> Option<Cell> {
    Some(Cell { to, does })
}

/// The table of MESI. `None`: this cannot happen. MSI is the table without its row E.
///
/// | state | PrRd | PrWr | BusRd | BusRdX | BusUpgr | evict |
/// | --- | --- | --- | --- | --- | --- | --- |
/// | M | hit | hit | → S, flush | → I, flush | cannot happen | write back |
/// | E | hit | → M, no bus | → S | → I | cannot happen | silent |
/// | S | hit | BusUpgr → M | stays S | → I | → I | silent |
/// | I | BusRd → E if nobody else has it, else S | BusRdX → M | – | – | – | – |
#[must_use]
#[inline]
pub const fn table(state: State, event: Event) -> Option<Cell> {
    use Does::{Ask, Flush, Hit, Nothing};
    use Event::{BusRd, BusRdX, BusUpgr, Evict, PrRd, PrWr};
    use State::{E, I, M, S};
    match (state, event) {
        (M, PrRd | PrWr) => cell(M, Hit),
        (M, BusRd) => cell(S, Flush),
        (M, BusRdX) => cell(I, Flush),
        (M, Evict) => cell(I, Ask(Transaction::WriteBack)),

        (E, PrRd) => cell(E, Hit),
        (E, PrWr) => cell(M, Hit),
        (E, BusRd) => cell(S, Nothing),
        (E, BusRdX | Evict) => cell(I, Nothing),

        // An upgrade comes from a cache that has the line, so nobody has it for himself alone.
        (M | E, BusUpgr) => None,

        (S, PrRd) => cell(S, Hit),
        (S, PrWr) => cell(M, Ask(Transaction::BusUpgr)),
        (S, BusRd) => cell(S, Nothing),
        (S, BusRdX | BusUpgr | Evict) => cell(I, Nothing),

        (I, PrRd) => cell(E, Ask(Transaction::BusRd)),
        (I, PrWr) => cell(M, Ask(Transaction::BusRdX)),
        (I, BusRd | BusRdX | BusUpgr | Evict) => cell(I, Nothing),
    }
}

#[cfg(test)]
mod tests;
