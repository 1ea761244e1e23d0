//! Layer 2, beside the caches: histories of operations, and whether an object that acts at one instant could have made them.
//!
//! A [`History`] is a list of operations with the places of their calls and returns. [`read()`] makes one out of a text, whatever
//! program wrote it; [`judge()`] looks for an order in which a [`Model`] allows all of them: one that keeps real time
//! (linearizability, Herlihy and Wing 1990), one that keeps only each process's own order (sequential consistency, Lamport
//! 1979), or one for each process that keeps causality (causal memory, Ahamad et al. 1995).
//!
//! Deliberately knows no simulator, no lab and no file: a history comes as text and leaves as a verdict with words.

mod causal;
mod judge;
mod model;
mod operation;
mod read;
mod report;
mod search;
mod verdict;

pub use judge::judge;
pub use model::Model;
pub use operation::{Call, Held, History, Mark, Mode, Operation, Value};
pub use read::{LineError, read};
pub use report::report;
pub use verdict::{Consistency, Judgement, Limits, STATES_DEFAULT, Verdict};
