//! Records as a table: one row for each, one column for each component of the vector stamp.

use crate::base::sheet::csv_line;
use crate::engine::Run;
use crate::trace::{Kind, NO_NODE, NONE, RecordId};

/// The columns before those of the vector stamp, with the names of the trace format.
pub const FIRST_COLUMNS: [&str; 9] = ["id", "at_us", "node", "kind", "label", "message", "peer", "cause", "lamport"];
/// The column behind them: whatever else the record knows, as JSON.
pub const LAST_COLUMN: &str = "data";

/// Some records, with a line of heads. A multicast is one record: its messages and their receivers stand in one cell each,
/// parted by spaces. What a record has not is an empty cell.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    let vector = run.names().iter().map(|name| format!("vector {name}"));
    let heads: Vec<String> = FIRST_COLUMNS.map(String::from).into_iter().chain(vector).collect();
    let heads = [heads, vec![LAST_COLUMN.into()]].concat();
    std::iter::once(csv_line(&heads)).chain(ids.iter().map(|&id| csv_line(&row(run, id)))).collect()
}

fn row(run: &Run, id: RecordId) -> Vec<String> {
    let (trace, record) = (run.trace(), run.trace().record(id));
    let name = |node: u16| run.names()[usize::from(node)].clone();
    let messages = match record.kind {
        Kind::Send => record.message..record.message + u32::from(record.count),
        Kind::Receive | Kind::Drop if record.message != NONE => record.message..record.message + 1,
        _ => 0..0,
    };
    let peer = |message: u32| {
        let message = trace.message(message);
        name(if record.kind == Kind::Receive { message.from } else { message.to })
    };
    let spaced = |cells: Vec<String>| cells.join(" ");
    let vector = trace.vector(record);
    let or_empty = |number: u32, is_there: bool| if is_there { number.to_string() } else { String::new() };
    let mut cells = vec![
        id.to_string(),
        record.at_us.to_string(),
        if record.node == NO_NODE { String::new() } else { name(record.node) },
        record.kind.name().into(),
        run.label(id),
        spaced(messages.clone().map(|m| m.to_string()).collect()),
        spaced(messages.map(peer).collect()),
        or_empty(record.cause, record.cause != NONE),
        or_empty(record.lamport, vector.is_some()),
    ];
    match vector {
        Some(vector) => cells.extend(vector.iter().map(u32::to_string)),
        None => cells.extend(run.names().iter().map(|_| String::new())),
    }
    cells.push(run.data(id));
    cells
}
