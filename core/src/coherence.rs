//! Cache coherence on a snooping bus, without a simulator: states, the table, caches, counters.
//!
//! MESI is the protocol of Papamarcos & Patel 1984 ("A Low-Overhead Coherence Solution for Multiprocessors with
//! Private Cache Memories"), with the names of Culler & Singh 1999, §5.3.2, and with the bus upgrade: a cache that has
//! a line shared and wants to write needs no data, only that all others give it up. Its relatives, and where they are
//! told of, are the variants of [`Family`]; who gives a line that is as in memory is a choice of its own ([`Supplier`]).
//!
//! Whoever runs caches, whether a simulated bus with messages or a trace of a million accesses, decides by [`table`],
//! keeps lines in a [`Cache`] and counts with [`Counters`].

mod cache;
mod counters;
mod family;
mod mix;
mod study;
mod system;
mod trace;
mod walk;

pub use cache::{Cache, Geometry, LINES_MAX, SIZE_BYTES_MAX, Shape, Way};
pub use counters::{Counters, Fetched};
pub use family::{Cell, Does, Family, PROTOCOLS, Rules, SUPPLIERS, Supplier, WRITES, rules_of, supplies, table};
pub use mix::{Mix, Pattern};
pub use study::{ACCESSES_MAX, Accesses, Cause, Course, LineTally, PROCESSORS_MAX, Sort, Step, Study, Wanted, WordUse};
pub use system::{Held, Outcome, System};
pub use trace::{Access, BadLine, LINE_BYTES_MAX, TraceReader, read_address};
pub use walk::{Row, gone, sheet};

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
    /// Owned: newer than memory; others may have it shared, and this cache answers for it (MOESI).
    O,
    /// Forward: as in memory; others may have it shared, and this cache gives it to who asks (MESIF).
    F,
    /// Valid: as in memory; others may have it, too (write-through).
    V,
}

impl State {
    /// How many there are.
    pub const COUNT: usize = 7;

    /// All states, in the order of the table.
    pub const ALL: [State; State::COUNT] = [State::M, State::O, State::E, State::F, State::S, State::V, State::I];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            State::M => "M",
            State::O => "O",
            State::F => "F",
            State::V => "V",
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
            State::O => "owned",
            State::F => "forward",
            State::V => "valid",
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

    /// The state of a letter.
    #[must_use]
    pub fn of_letter(letter: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.letter() == letter)
    }

    /// Whether it is newer than memory.
    #[must_use]
    pub const fn is_dirty(self) -> bool {
        matches!(self, State::M | State::O)
    }

    /// Whether nobody else may have it.
    #[must_use]
    pub const fn is_only(self) -> bool {
        matches!(self, State::M | State::E)
    }
}

/// What happens to a line: two come from the processor, four from the bus, one from the cache itself.
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
    /// Somebody else writes a word through to memory.
    BusWr,
    /// Another line needs the place.
    Evict,
}

impl Event {
    /// All events, in the order of the table.
    pub const ALL: [Event; 7] =
        [Event::PrRd, Event::PrWr, Event::BusRd, Event::BusRdX, Event::BusUpgr, Event::BusWr, Event::Evict];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Event::PrRd => "PrRd",
            Event::PrWr => "PrWr",
            Event::BusRd => "BusRd",
            Event::BusRdX => "BusRdX",
            Event::BusUpgr => "BusUpgr",
            Event::BusWr => "BusWr",
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
    /// To write a word into memory; all others give the line up.
    BusWr,
    /// What the bus itself asks for when the owner of a line has crashed: whether anybody still has it.
    Rescue,
}

impl Transaction {
    /// All kinds.
    pub const ALL: [Transaction; 6] = [
        Transaction::BusRd,
        Transaction::BusRdX,
        Transaction::BusUpgr,
        Transaction::WriteBack,
        Transaction::BusWr,
        Transaction::Rescue,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Transaction::BusRd => "BusRd",
            Transaction::BusRdX => "BusRdX",
            Transaction::BusUpgr => "BusUpgr",
            Transaction::WriteBack => "WriteBack",
            Transaction::BusWr => "BusWr",
            Transaction::Rescue => "Rescue",
        }
    }

    /// What the other caches see of it; nothing of a write-back.
    #[must_use]
    pub const fn snooped(self) -> Option<Event> {
        match self {
            // Who still has the line stays as it is, as for a reader: an owner, who would not, is what there is none of.
            Transaction::BusRd | Transaction::Rescue => Some(Event::BusRd),
            Transaction::BusWr => Some(Event::BusWr),
            Transaction::BusRdX => Some(Event::BusRdX),
            Transaction::BusUpgr => Some(Event::BusUpgr),
            Transaction::WriteBack => None,
        }
    }

    /// Whether the line itself has to come.
    #[must_use]
    pub const fn needs_data(self) -> bool {
        matches!(self, Transaction::BusRd | Transaction::BusRdX | Transaction::Rescue)
    }
}

#[cfg(test)]
mod tests;
