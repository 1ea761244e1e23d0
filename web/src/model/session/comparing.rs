//! The run beside the one that is shown: a branch, the same run with another rule broken or whole, or another scenario.

use super::Session;
use crate::model::branches::{Beside, BranchId, Compare, OtherClock};
use lightcone_core::base::json::InputError;
use lightcone_core::labs;

impl Session {
    /// Compares the branch that is shown with another one, or with none any more.
    pub(crate) fn compare_with(&mut self, other: Option<BranchId>) {
        let shown = self.tree.current().id;
        let branch = other.filter(|&id| id != shown).and_then(|id| self.tree.find(id)).cloned();
        self.compare = branch.map(|branch| {
            let run = self.alive.take(&branch);
            let fork = run.fork();
            self.alive.put(branch.id, run);
            let mut compare = Compare::new(&self.run, branch.id, fork, self.view_us as u64);
            compare.follow(self.view_us as u64);
            compare
        });
    }

    /// Puts another run beside the one that is shown.
    ///
    /// # Errors
    /// When there is no such run.
    pub(crate) fn compare_beside(&mut self, beside: Beside) -> Result<(), InputError> {
        let mut scenario = self.scenario();
        let name = match beside {
            Beside::Sound => {
                scenario.setup.broken.clear();
                "with all rules".to_string()
            }
            Beside::Switch(name) => {
                let with = if scenario.setup.turn(name) { "with" } else { "without" };
                format!("{with} {name}")
            }
            Beside::Builtin(id) => {
                let Some(builtin) = self.lab().spec().scenario(id) else { return Ok(()) };
                scenario = labs::parse(&builtin.json())?;
                scenario.title.clone()
            }
        };
        self.remember(format!("put “{name}” beside it"));
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        let id = self.tree.beside(&name, scenario);
        self.compare_with(Some(id));
        Ok(())
    }

    pub(super) fn compare_again(&mut self) {
        if let Some((other, own_us)) = self.compare.as_ref().map(|c| (c.other, c.own_us)) {
            self.compare_with(Some(other));
            if let Some(compare) = &mut self.compare {
                compare.own_us = own_us;
            }
        }
    }

    /// Lets the other run's clock go by itself, or along with the one of the run that is shown.
    pub(crate) fn set_other_clock(&mut self, clock: OtherClock) {
        let shown_us = self.view_us as u64;
        if let Some(compare) = &mut self.compare {
            compare.set_clock(clock, shown_us);
        }
        self.compare_follow();
    }

    /// While two branches are compared: the other one's cursor goes along.
    pub(crate) fn compare_follow(&mut self) {
        let at_us = self.view_us as u64;
        let Some(compare) = &mut self.compare else { return };
        compare.follow(compare.own_us.unwrap_or(at_us));
        if compare.first.is_none() && at_us > compare.until_us {
            self.compare_again();
        }
    }

    /// To the first event at which the two branches differ.
    pub(crate) fn show_difference(&mut self) {
        let Some(first) = self.compare.as_ref().and_then(|c| c.first) else { return };
        self.playing = false;
        self.follow = true;
        self.seek_time(first.at_us as f64);
        if first.there[0] {
            self.chosen = [Some(first.record), None];
        }
    }
}
