//! Lines of the console.

use super::App;
use crate::model::console::{Log, LogRef};
use crate::platform;
use std::cell::RefCell;
use std::rc::Rc;

/// Where the page keeps what was typed.
const STORED_LINES: &str = "lightcone.console";

/// What was typed in earlier visits.
pub(super) fn kept() -> LogRef {
    LogRef(Rc::new(RefCell::new(platform::stored(STORED_LINES).map(|text| Log::from_text(&text)).unwrap_or_default())))
}

impl App {
    /// Does what a line says; what came of it stands in the console.
    pub(super) fn run_line(&mut self, line: &str) {
        let mut log = self.lines.0.borrow_mut();
        self.store.change(|s| log.run(s, line));
        platform::store(STORED_LINES, &log.text());
    }
}
