//! Layer 2, beside the histories: logs of other programs, with a vector clock at each event, as ShiViz and GoVector have them.
//!
//! [`Expression`] says how to read a text, [`read()`] makes [`Execution`]s of it, and [`Execution::pairs`] counts what happened before
//! what, by the clocks as the log gives them (Fidge 1988; Mattern 1989). What a log has that cannot be is told, each with its
//! line, and everything else holds all the same.
//!
//! Deliberately knows no simulator, no lab and no file.

mod execution;
mod expression;
mod messages;
mod pairs;
mod read;

pub use execution::{Event, Execution, Remark};
pub use expression::{EXPRESSION_BYTES_MAX, Expression, GOVECTOR, Regex};
pub use messages::Placed;
pub use pairs::{PAIRS_EVENTS_MAX, Pairs};
pub use read::{Log, read};
