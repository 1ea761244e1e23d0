//! The core of Lightcone: a deterministic simulator of distributed systems, the protocols that run in it,
//! the rules that are checked while they run, and the space-time diagrams drawn from what happened.
//!
//! Pure: no threads, no clocks, no randomness but [`base::draw`], no floats outside [`views::diagram`] and
//! [`views::export::picture`], no web types.
//!
//! The folders are layers, lowest first, and none imports one that stands above it (labs and views do not know each other):
//! [`base`] → [`coherence`], [`histories`] and [`imports`] → [`tables`] → [`trace`] → [`protocol`] → [`scenario`] → [`engine`] → [`labs`] and [`views`].
//! Read [`protocol`] first; `docs/ARCHITECTURE.md` has the map.

pub mod base;
pub mod coherence;
pub mod engine;
pub mod histories;
pub mod imports;
pub mod labs;
pub mod protocol;
pub mod scenario;
pub mod tables;
pub mod trace;
pub mod views;
