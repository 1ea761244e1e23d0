//! Layer 7: makes a run out of a scenario.
//!
//! The world (`sim`) pops the next event, lets a process take its step and lets the step's effects take place one by
//! one; the network decides what becomes of each message; the history keeps what has happened; a [`Run`] has all of it
//! with a cursor: seek, act, fork. [`explore`] makes many runs and looks for a broken rule, and [`shrink`]
//! makes such a run as small as it can.
//!
//! Deliberately knows no protocol: whatever has a type of a protocol's own stays behind
//! [`Machine`](crate::protocol::machine::Machine) and [`Interior`](crate::protocol::machine::Interior). Knows no lab by name, and no picture.

pub mod explore;
mod history;
mod network;
mod run;
pub mod shrink;
mod sim;

pub use run::{Run, ViolationReport, run};
