//! What caches do, as courses print it: a row for each access, with the states of its line after it.
//!
//! The columns are those of Culler & Singh 1999, Figure 5.13, and of Solihin 2015, §7: the access, the state in each cache,
//! the bus transactions, and where the data come from.

use super::{Outcome, State, System, Transaction};
use crate::base::sheet::Sheet;

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// When it was done, or its number.
    pub when: String,
    /// The access, such as `C1 reads x`.
    pub access: String,
    /// The state of the line in each cache after it; none: the cache is down.
    pub states: Vec<Option<State>>,
    /// What the bus did for it, in order.
    pub bus: Vec<&'static str>,
    /// Where the line came from: a cache, or `memory`; empty where it was there, or had not to come.
    pub from: String,
    /// What else there is to say: the line that had to go first.
    pub also: String,
    /// The value read or written, and what memory has after it, where values are known.
    pub values: Option<(String, String)>,
}

/// What stands where the bus was not asked, and where no data came.
const NOTHING: &str = "none";

/// A table of such rows: with values, or without.
#[must_use]
pub fn sheet(when: &str, caches: &[String], values: bool, rows: &[Row]) -> Sheet {
    let mut columns = vec![when.to_string(), "access".into()];
    columns.extend(caches.iter().cloned());
    columns.extend(["bus", "data from", "also"].map(String::from));
    if values {
        columns.extend(["value", "memory"].map(String::from));
    }
    Sheet {
        title: "Accesses".into(),
        says:
            "What each access asked the bus for, the state of its line in each cache after it, and who gave the line."
                .into(),
        columns,
        rows: rows.iter().map(Row::cells).collect(),
    }
}

impl Row {
    /// The row of an access that was just made, counted from 1.
    #[must_use]
    pub fn of_access(system: &System, number: u64, access: super::Access, outcome: Outcome) -> Row {
        let super::Access { processor, write, address } = access;
        let states = (0..system.processors()).map(|p| Some(system.state(p, address))).collect();
        let evicted = outcome.evicted.map(|(line, state)| (system.base(line), state));
        let back = evicted.filter(|(_, state)| state.is_dirty()).map(|_| Transaction::WriteBack);
        let bus = [back, outcome.asked, outcome.then].into_iter().flatten();
        let fetched = bus.clone().any(Transaction::needs_data);
        Row {
            when: number.to_string(),
            access: format!("P{processor} {} {address:#x}", if write { "writes" } else { "reads" }),
            states,
            bus: bus.map(Transaction::name).collect(),
            from: match outcome.from {
                Some(cache) => format!("P{cache}"),
                None if fetched => "memory".into(),
                None => String::new(),
            },
            also: evicted.map_or_else(String::new, |(line, state)| gone(&format!("{line:#x}"), state)),
            values: None,
        }
    }

    /// Its cells.
    #[must_use]
    pub fn cells(&self) -> Vec<String> {
        let state = |state: &Option<State>| state.map_or("down", State::letter).to_string();
        let or_nothing = |text: String| if text.is_empty() { NOTHING.into() } else { text };
        let mut cells = vec![self.when.clone(), self.access.clone()];
        cells.extend(self.states.iter().map(state));
        cells.extend([or_nothing(self.bus.join(" ")), or_nothing(self.from.clone()), self.also.clone()]);
        if let Some((value, memory)) = &self.values {
            cells.extend([value.clone(), memory.clone()]);
        }
        cells
    }
}

/// That a line had to go.
#[must_use]
pub fn gone(line: &str, state: State) -> String {
    format!("{line} goes from {}", state.letter())
}
