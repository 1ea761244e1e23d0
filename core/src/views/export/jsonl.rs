//! The trace as JSON lines.

use crate::engine::Run;
use crate::trace::RecordId;

/// Some records, a line for each.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    ids.iter().map(|&id| run.line(id) + "\n").collect()
}
