//! What labs have in common: the cast of a run, a client's side of a request, words, and checks over a small projection.
//!
//! A lab takes what makes it shorter and leaves the rest. Nothing here knows a lab: what a check needs of one is handed in
//! as a function. `docs/adding-a-lab.md` says when to reach for which.

pub mod cast;
pub mod client;
pub mod deliveries;
pub mod exclusion;
pub mod group;
pub mod numbers;
pub mod sequence;
pub mod words;
