//! The core of Lightcone: a deterministic simulator of distributed systems, the protocols that run in it,
//! the rules that are checked while they run, and the space-time diagrams drawn from what happened.
//!
//! Pure: no threads, no clocks, no randomness but [`draw`], no floats outside [`diagram`], no web types.
//! Read [`protocol`] first; `docs/ARCHITECTURE.md` has the map.

pub mod act;
pub mod causality;
pub mod check;
pub mod clock;
pub mod coherence;
pub mod console;
pub mod diagram;
pub mod draw;
pub mod explore;
pub mod frame;
pub mod guide;
pub mod history;
pub mod http;
pub mod json;
pub mod labs;
pub mod load;
pub mod log;
mod machine;
mod made_up;
pub mod network;
pub mod order;
pub mod protocol;
pub mod run;
pub mod scenario;
pub mod schema;
pub mod series;
mod sim;
pub mod situation;
mod timeline;
pub mod trace;
mod typed;
pub mod words;
