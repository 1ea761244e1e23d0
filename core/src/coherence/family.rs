//! The protocols, each as a table: what becomes of a line in a state when something happens to it.
//!
//! - MSI and MESI: Papamarcos & Patel 1984; Culler & Singh 1999, §5.3.1 and §5.3.2.
//! - MOESI: Sweazey & Smith 1986 ("A Class of Compatible Cache Consistency Protocols and their Support by the IEEE
//!   Futurebus"), with the invalidating choice in each cell, as in AMD's "AMD64 Architecture Programmer's Manual", volume
//!   2, §7.3. Memory is not written when a modified line is read by another cache: who had it owns it from then on.
//! - MESIF: Goodman & Hum 2009 ("MESIF: A Two-Hop Cache Coherency Protocol for Point-to-Point Interconnects"), on a bus.
//!   Of those that share a line one is in F, the last that asked, and only it gives the line to others.
//! - Write-through with invalidation, states V and I: Culler & Singh 1999, §5.3.1; with and without a place for a line
//!   whose write misses.

use super::{Event, State, Transaction};

/// Which states there are, and whether writes wait for an eviction or go to memory at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// Modified, exclusive, shared, invalid.
    #[default]
    Mesi,
    /// No E: a line that was read is shared, also where nobody else has it.
    Msi,
    /// With O: a modified line is shared without writing memory.
    Moesi,
    /// With F: one of those that share a line gives it to who asks.
    Mesif,
    /// V and I alone: each write goes to memory, and a line whose write misses is not fetched.
    Through,
    /// V and I alone: each write goes to memory, and a line whose write misses is fetched first.
    ThroughAllocate,
}

/// Who gives a line that is as in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Supplier {
    /// A cache that has it, as in the Illinois protocol. In MESIF that is the one in E or F alone.
    #[default]
    Cache,
    /// Memory.
    Memory,
}

/// How caches keep coherent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rules {
    /// Their states.
    pub family: Family,
    /// Who gives a clean line.
    pub supplier: Supplier,
}

impl From<Family> for Rules {
    fn from(family: Family) -> Rules {
        Rules { family, supplier: Supplier::default() }
    }
}

/// The families whose writes wait: the first is the usual one. Settings have their names in small letters.
pub const PROTOCOLS: [Family; 4] = [Family::Mesi, Family::Msi, Family::Moesi, Family::Mesif];
/// Names of what a write does to memory: the first is the usual one.
pub const WRITES: [&str; 3] = ["back", "through", "through-allocate"];
/// Names of who gives a clean line: the first is the usual one.
pub const SUPPLIERS: [&str; 2] = ["cache", "memory"];

/// The rules of three names, each of its list.
///
/// # Errors
/// Which of the three does not fit, counted from 0, and one sentence.
pub fn rules_of(protocol: &str, write: &str, supplier: &str) -> Result<Rules, (usize, String)> {
    let named = |family: &Family| family.name().eq_ignore_ascii_case(protocol);
    let family = PROTOCOLS.into_iter().find(named).unwrap_or_default();
    let supplier = if supplier == "memory" { Supplier::Memory } else { Supplier::Cache };
    let family = match (family, write) {
        (family, "back") => family,
        (Family::Moesi | Family::Mesif, _) => {
            let what = "with write-through a line is valid or not, whoever has it: there is nothing for protocol";
            return Err((1, format!("{what} {protocol} to do; leave it out")));
        }
        (_, "through-allocate") => Family::ThroughAllocate,
        _ => Family::Through,
    };
    if family == Family::Mesif && supplier == Supplier::Memory {
        return Err((2, "in MESIF the cache in F gives a clean line: the supplier is \"cache\"".into()));
    }
    Ok(Rules { family, supplier })
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 6] =
        [Family::Msi, Family::Mesi, Family::Moesi, Family::Mesif, Family::Through, Family::ThroughAllocate];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Family::Msi => "MSI",
            Family::Mesi => "MESI",
            Family::Moesi => "MOESI",
            Family::Mesif => "MESIF",
            Family::Through => "write-through",
            Family::ThroughAllocate => "write-through with allocation",
        }
    }

    /// The names of protocol and of what a write does, as settings have them.
    #[must_use]
    pub fn settings(self) -> (String, &'static str) {
        let family = if self.writes_through() { Family::default() } else { self };
        let write = match self {
            Family::Through => "through",
            Family::ThroughAllocate => "through-allocate",
            _ => "back",
        };
        (family.name().to_lowercase(), write)
    }

    /// Its states, in the order of the table.
    #[must_use]
    pub const fn states(self) -> &'static [State] {
        use State::{E, F, I, M, O, S, V};
        match self {
            Family::Msi => &[M, S, I],
            Family::Mesi => &[M, E, S, I],
            Family::Moesi => &[M, O, E, S, I],
            Family::Mesif => &[M, E, F, S, I],
            Family::Through | Family::ThroughAllocate => &[V, I],
        }
    }

    /// The state after a read miss.
    #[must_use]
    pub const fn after_read(self, others_have_it: bool) -> State {
        match (self, others_have_it) {
            (Family::Mesi | Family::Moesi | Family::Mesif, false) => State::E,
            (Family::Mesif, true) => State::F,
            (Family::Msi | Family::Mesi | Family::Moesi, _) => State::S,
            (Family::Through | Family::ThroughAllocate, _) => State::V,
        }
    }

    /// The state of a line that others have, too, and that this cache has not to answer for.
    #[must_use]
    pub const fn shared(self) -> State {
        if self.writes_through() { State::V } else { State::S }
    }

    /// Whether each write goes to memory at once.
    #[must_use]
    pub const fn writes_through(self) -> bool {
        matches!(self, Family::Through | Family::ThroughAllocate)
    }
}

impl Supplier {
    /// Its name, as settings have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Supplier::Cache => "cache",
            Supplier::Memory => "memory",
        }
    }
}

/// What a cache does besides changing the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Does {
    /// Serves the processor at once.
    Hit,
    /// Nothing; where the line is as in memory and has to come, it may give it: see [`supplies`].
    Nothing,
    /// Puts the line on the bus; memory takes it, too.
    Flush,
    /// Puts the line on the bus; memory stays as it is.
    Supply,
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

/// The table. `None`: this cannot happen. A family uses the rows of its own states; MSI is MESI without the row E.
///
/// | state | PrRd | PrWr | BusRd | BusRdX | BusUpgr | BusWr | evict |
/// | --- | --- | --- | --- | --- | --- | --- | --- |
/// | M | hit | hit | → S, flush; MOESI: → O, supply | → I, flush; MOESI: supply | cannot happen | – | write back |
/// | O | hit | BusUpgr → M | stays O, supply | → I, supply | → I | – | write back |
/// | E | hit | → M, no bus | → S; MESIF: supply | → I; MESIF: supply | cannot happen | – | silent |
/// | F | hit | BusUpgr → M | → S, supply | → I, supply | → I | – | silent |
/// | S | hit | BusUpgr → M | stays S | → I | → I | – | silent |
/// | V | hit | BusWr, stays V | stays V | – | – | → I | silent |
/// | I | BusRd → E if nobody else has it, else S; MESIF: else F; write-through: → V | BusRdX → M; write-through: BusWr, or BusRd → V and then BusWr | – | – | – | – | – |
#[must_use]
#[inline]
pub const fn table(family: Family, state: State, event: Event) -> Option<Cell> {
    use Does::{Ask, Flush, Hit, Nothing, Supply};
    use Event::{BusRd, BusRdX, BusUpgr, BusWr, Evict, PrRd, PrWr};
    use State::{E, F, I, M, O, S, V};
    match (state, event) {
        (M, PrRd | PrWr) => cell(M, Hit),
        (M, BusRd) => match family {
            Family::Moesi => cell(O, Supply),
            _ => cell(S, Flush),
        },
        (M, BusRdX) => match family {
            Family::Moesi => cell(I, Supply),
            _ => cell(I, Flush),
        },
        (M | O, Evict) => cell(I, Ask(Transaction::WriteBack)),

        (O, PrRd) => cell(O, Hit),
        (O, PrWr) => cell(M, Ask(Transaction::BusUpgr)),
        (O, BusRd) => cell(O, Supply),
        (O, BusRdX) => cell(I, Supply),
        (O, BusUpgr) => cell(I, Nothing),

        (E, PrRd) => cell(E, Hit),
        (E, PrWr) => cell(M, Hit),
        (E, BusRd) => match family {
            Family::Mesif => cell(S, Supply),
            _ => cell(S, Nothing),
        },
        (E, BusRdX) => match family {
            Family::Mesif => cell(I, Supply),
            _ => cell(I, Nothing),
        },
        (E, Evict) => cell(I, Nothing),

        // An upgrade comes from a cache that has the line, so nobody has it for himself alone.
        (M | E, BusUpgr) => None,

        (F, PrRd) => cell(F, Hit),
        (F, PrWr) => cell(M, Ask(Transaction::BusUpgr)),
        (F, BusRd) => cell(S, Supply),
        (F, BusRdX) => cell(I, Supply),
        (F, BusUpgr | Evict) => cell(I, Nothing),

        (S, PrRd) => cell(S, Hit),
        (S, PrWr) => cell(M, Ask(Transaction::BusUpgr)),
        (S, BusRd) => cell(S, Nothing),
        (S, BusRdX | BusUpgr | Evict) => cell(I, Nothing),

        (V, PrRd) => cell(V, Hit),
        (V, PrWr) => cell(V, Ask(Transaction::BusWr)),
        (V, BusRd) => cell(V, Nothing),
        (V, BusWr | Evict) => cell(I, Nothing),

        (I, PrRd) => cell(family.after_read(false), Ask(Transaction::BusRd)),
        (I, PrWr) => match family {
            Family::Through => cell(I, Ask(Transaction::BusWr)),
            // The word goes to memory when the line has come.
            Family::ThroughAllocate => cell(V, Ask(Transaction::BusRd)),
            _ => cell(M, Ask(Transaction::BusRdX)),
        },
        (I, BusRd | BusRdX | BusUpgr | BusWr | Evict) => cell(I, Nothing),

        // Words are written through where all caches do so.
        (M | O | E | F | S, BusWr) | (V, BusRdX | BusUpgr) => None,
    }
}

/// Whether a cache that has a line in a state gives it to one that asks for it.
#[must_use]
#[inline]
pub const fn supplies(rules: Rules, state: State, event: Event) -> bool {
    if !matches!(event, Event::BusRd | Event::BusRdX) || !state.is_valid() {
        return false;
    }
    match table(rules.family, state, event) {
        Some(Cell { does: Does::Flush | Does::Supply, .. }) => true,
        Some(_) => matches!(rules.supplier, Supplier::Cache) && !matches!(rules.family, Family::Mesif),
        None => false,
    }
}
