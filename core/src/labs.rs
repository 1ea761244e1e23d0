//! Layer 8: the labs, one folder for each, and the registry with one line for each.
//!
//! A lab is a protocol with its story, its tables, checks, scenarios and tests side by side. It knows what is below it and
//! no other lab; whatever several need stands in the kit. Nothing outside this folder knows a lab by name: others go through
//! [`LABS`], [`find`] and [`parse`].

pub mod causal_kv;
pub mod causal_multicast;
#[cfg(test)]
mod golden;
pub mod kit;
pub mod mesi;
pub mod queue;
pub mod raft_lock;
pub mod total_order;
pub mod vector_clocks;
pub mod zk_lock;

use crate::base::json::InputError;
use crate::protocol::{Capabilities, Lab, Of};
use crate::scenario::Scenario;

/// All labs, in the order in which they are shown.
pub static LABS: &[&dyn Lab] = &[
    &Of::<vector_clocks::VectorClocks>::NEW,
    &Of::<total_order::TotalOrder>::NEW,
    &Of::<causal_multicast::CausalMulticast>::NEW,
    &Of::<causal_kv::CausalKv>::NEW,
    &Of::<zk_lock::ZkLock>::NEW,
    &Of::<raft_lock::RaftLock>::NEW,
    &Of::<queue::Queue>::NEW,
    &Of::<mesi::Mesi>::with(Capabilities { memory_trace: Some(mesi::from_memory_trace) }),
];

/// A lab by its id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Lab> {
    LABS.iter().copied().find(|lab| lab.spec().id == id)
}

/// The ids of all labs.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    LABS.iter().map(|lab| lab.spec().id).collect()
}

/// Reads a scenario of one of the [`LABS`].
///
/// # Errors
/// One sentence with the JSON path of what is wrong.
pub fn parse(text: &str) -> Result<Scenario, InputError> {
    Scenario::parse(text, LABS)
}
