//! Layer 1: text, numbers, lists and names that everything else is written in.
//!
//! Knows nothing of protocols, runs or pictures: whatever is here could serve another program. The layers above may use
//! all of it: [`json`] (strict reading, canonical writing), [`draw`] (randomness as a pure function), [`log`] (lists whose
//! copies share), [`clock`] (Lamport and vector clocks), [`words`] (texts cut to fit), [`sheet`] (tables of texts, and CSV),
//! [`ids`] (numbers that name things).

pub mod clock;
pub mod draw;
pub mod ids;
pub mod json;
pub mod log;
pub mod sheet;
pub mod words;
