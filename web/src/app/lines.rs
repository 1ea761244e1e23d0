//! Lines of the console.

use super::App;
use crate::bridge;
use crate::console::{Log, LogRef};
use std::cell::RefCell;
use std::rc::Rc;

/// Where the page keeps what was typed.
const STORED_LINES: &str = "lightcone.console";

/// What was typed in earlier visits.
pub(super) fn kept() -> LogRef {
    LogRef(Rc::new(RefCell::new(bridge::stored(STORED_LINES).map(|text| Log::from_text(&text)).unwrap_or_default())))
}

impl App {
    /// Does what a line says; what came of it stands in the console.
    pub(super) fn run_line(&mut self, line: &str) {
        let mut log = self.lines.0.borrow_mut();
        log.run(&mut self.session.borrow_mut(), line);
        bridge::store(STORED_LINES, &log.text());
        bridge::remember_scenario(self.session.borrow().scenario().to_json());
    }
}
