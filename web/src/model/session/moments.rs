//! Scenarios that are told step by step.

use super::Session;
use lightcone_core::tables::Step;

impl Session {
    /// The moments of this scenario, if it is told step by step and is still the built-in one.
    #[must_use]
    pub(crate) fn moments(&self) -> Vec<&'static Step> {
        let Some(builtin) = self.builtin() else { return Vec::new() };
        self.lab().spec().steps.iter().filter(|step| step.scenario == builtin.id).collect()
    }

    /// To the next or previous of them.
    pub(crate) fn seek_moment(&mut self, forward: bool) {
        let here = self.view_us as u64;
        let moments = self.moments();
        let next = if forward {
            moments.iter().find(|m| m.at_us > here)
        } else {
            moments.iter().rev().find(|m| m.at_us < here)
        };
        if let Some(moment) = next {
            self.visit(moment.at_us as f64);
        }
    }

    /// To an instant, in microseconds, and stays there.
    pub(crate) fn visit(&mut self, at_us: f64) {
        self.playing = false;
        self.seek_time(at_us);
    }
}
