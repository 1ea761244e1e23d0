//! Scenarios worth opening.

use crate::tables::Builtin;

pub(super) static SCENARIOS: [Builtin; 1] = [Builtin::new(
    "counter",
    2_000_000,
    include_str!("scenarios/counter.json"),
    "Three clients count to 30. Each waits for the node before its own, and the numbers of the nodes say who is next.",
)];
