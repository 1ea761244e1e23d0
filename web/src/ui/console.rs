//! The console: a line that takes what the buttons take, with completion, history and what came of it.

mod input;
mod shown;

pub(crate) use input::Console;
