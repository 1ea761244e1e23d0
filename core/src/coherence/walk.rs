//! What caches do, as courses print it: a row for each access, with the states of its line after it.
//!
//! The columns are those of the table in Culler & Singh 1999, Figure 5.13: the access, the state in each cache, the bus
//! transaction, and where the data come from.

use super::State;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When it was done, in milliseconds or as a number, as the table's first column has it.
    pub when: String,
    /// The access, such as `C1 reads x`.
    pub access: String,
    /// The state of the line in each cache after it; none: the cache is down.
    pub states: Vec<Option<State>>,
    /// What the bus did for it, in order; empty: nothing.
    pub bus: Vec<&'static str>,
    /// Where the line came from: a cache, `memory`, or empty where it was there or had not to come.
    pub from: String,
    /// What else there is to say: a line that had to go first.
    pub also: String,
    /// The value read or written; empty where it is not known.
    pub value: String,
    /// What memory has of the line after it; empty where it is not known.
    pub memory: String,
}

/// A table of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Head of the first column.
    pub when: &'static str,
    /// Names of the caches.
    pub caches: Vec<String>,
    /// Whether values are known.
    pub values: bool,
    /// The rows, in order.
    pub rows: Vec<Row>,
}

/// What stands where the bus was not asked.
const NOTHING: &str = "none";

impl Row {
    /// The state in a cache, for people.
    #[must_use]
    pub fn state(state: Option<State>) -> &'static str {
        state.map_or("down", State::letter)
    }

    /// What the bus did, for people.
    #[must_use]
    pub fn transactions(&self) -> String {
        if self.bus.is_empty() { NOTHING.into() } else { self.bus.join(", ") }
    }

    /// Where the data came from, for people.
    #[must_use]
    pub fn source(&self) -> &str {
        if self.from.is_empty() { NOTHING } else { &self.from }
    }
}

impl Walk {
    /// Heads of the columns.
    #[must_use]
    pub fn heads(&self) -> Vec<String> {
        let mut heads = vec![self.when.to_string(), "access".into()];
        heads.extend(self.caches.iter().cloned());
        heads.extend(["bus", "data from", "also"].map(String::from));
        if self.values {
            heads.extend(["value", "memory"].map(String::from));
        }
        heads
    }

    /// The cells of a row.
    #[must_use]
    pub fn cells(&self, row: &Row) -> Vec<String> {
        let mut cells = vec![row.when.clone(), row.access.clone()];
        cells.extend(row.states.iter().map(|state| Row::state(*state).to_string()));
        cells.extend([row.transactions(), row.source().to_string(), row.also.clone()]);
        if self.values {
            cells.extend([row.value.clone(), row.memory.clone()]);
        }
        cells
    }

    /// The table as CSV (RFC 4180, with plain line ends), heads first.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = csv_line(self.heads());
        for row in &self.rows {
            text += &csv_line(self.cells(row));
        }
        text
    }
}

/// A line of CSV.
#[must_use]
fn csv_line(cells: impl IntoIterator<Item = String>) -> String {
    let cell = |text: String| {
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    cells.into_iter().map(cell).collect::<Vec<_>>().join(",") + "\n"
}
