//! Looking at something else in the same run: a set-up field that changes nothing that happens. The run is made again, a
//! few milliseconds at a time, and then takes the place of the old one at the very same moment.

use super::Session;
use lightcone_core::base::json::InputError;
use lightcone_core::engine::Run;
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Setup, Value};
use lightcone_core::views::diagram::Index;

/// Records made before the time is looked at.
const RECORDS_A_LOOK: u32 = 256;

/// A run that is being made again.
pub(super) struct Remake {
    run: Run,
    field: &'static str,
    value: Value,
}

impl Remake {
    fn new(scenario: &Scenario, field: &'static str, value: Value) -> Remake {
        let mut scenario = scenario.clone();
        scenario.setup.fields.set_or_leave(scenario.lab.spec().setup, field, value.clone());
        Remake { run: Run::new(scenario), field, value }
    }
}

impl Session {
    /// Looks at something else. Nothing that happens is changed by that, and nothing of what was done is lost.
    ///
    /// # Errors
    /// When there is nothing of that name.
    pub(crate) fn look_at(&mut self, field: &'static str, json: &str) -> Result<(), InputError> {
        let scenario = self.run.scenario();
        let bare = Scenario { acts: Vec::new(), ..scenario.clone() };
        let Setup { fields, .. } = bare.with_setup_field(field, json)?.setup;
        let value = fields.value(self.lab().spec().setup, field);
        self.remake = Some(Remake::new(scenario, field, value));
        Ok(())
    }

    /// The set-up field that says what is looked at, and what it says.
    pub(super) fn shown_value(&self) -> Option<(&'static str, Value)> {
        let spec = self.lab().spec();
        let field = spec.shows?;
        Some((field, self.run.scenario().setup.fields.value(spec.setup, field)))
    }

    /// Whether the run is being made again.
    pub(crate) fn is_remaking(&self) -> bool {
        self.remake.is_some()
    }

    /// Goes on with making the run again. True while there is something to do.
    pub(crate) fn remake_on(&mut self, mut is_time: impl FnMut() -> bool) -> bool {
        let Some(mut remake) = self.remake.take() else { return false };
        let (now, then) = (self.run.scenario(), remake.run.scenario());
        if then.lab != now.lab {
            return false;
        }
        if now.acts != then.acts || now.seed != then.seed || now.network != then.network {
            // Something was done meanwhile.
            remake = Remake::new(now, remake.field, remake.value);
        }
        let goal = self.run.trace().len();
        while remake.run.trace().len() < goal {
            let before = remake.run.trace().len();
            remake.run.seek(before.saturating_add(RECORDS_A_LOOK).min(goal));
            assert!(remake.run.trace().len() > before, "what is looked at changes nothing that happens");
            if is_time() {
                self.remake = Some(remake);
                return true;
            }
        }
        self.swap(remake);
        true
    }

    fn swap(&mut self, remake: Remake) {
        let Remake { mut run, field, value } = remake;
        let (position, until_us) = (self.run.position(), self.run.scenario().until_us);
        run.extend(until_us);
        run.seek_time(self.view_us as u64, u32::MAX);
        if run.position() != position {
            run.seek(position);
        }
        self.run = run;
        self.runs += 1;
        self.tree.show(field, &value);
        self.index = Index::default();
        self.moved();
        if let Some(other) = self.compare.as_ref().map(|c| c.other) {
            self.compare_with(Some(other));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs;
    use lightcone_core::labs::LABS;

    fn opened() -> (Session, &'static str) {
        let lab = LABS.iter().find(|lab| lab.spec().shows.is_some()).expect("some lab shows one thing");
        let json = lab.spec().scenarios[1].json();
        let mut session = Session::new(labs::parse(&json).expect("a scenario"));
        session.playing = false;
        session.seek_time(1e9);
        (session, lab.spec().shows.expect("it was just looked for"))
    }

    fn look(session: &mut Session, field: &'static str, json: &str) {
        session.look_at(field, json).expect("a thing");
        while session.remake_on(|| true) {}
    }

    #[test]
    fn looking_at_something_else_changes_the_view_alone() {
        let (mut session, field) = opened();
        let scenario = session.scenario();
        session.seek_time(60_000.0);
        session.act_json(r#"{"crash":{"node":"C2"}}"#).expect("an act");
        session.settle();
        session.seek_time(70_000.0);
        session.playing = true;
        session.zoom(0.5, 0.5);
        session.choose(Some(12));
        let state = |s: &Session| (s.run.trace().len(), s.run.position(), s.run.hash(), s.view_us, s.window, s.chosen);
        let (before, bands, undo) =
            (state(&session), session.run.trace().bands.len(), session.history.last().map(String::from));
        look(&mut session, field, "\"a\"");
        assert_eq!(state(&session), before);
        assert_ne!(session.run.trace().bands.len(), bands);
        assert!(session.playing);
        assert_eq!(session.history.last().map(String::from), undo);
        // It stays while one goes back and from branch to branch.
        session.enter(0);
        let shown = |s: &Session| s.run.scenario().to_json().contains("\"show\":\"a\"");
        assert!(shown(&session));
        session.enter(1);
        session.travel(true);
        assert!(shown(&session));
        // Looking at nothing in particular leaves no trace.
        while session.travel(true).is_some() {}
        look(&mut session, field, "\"\"");
        assert_eq!(session.scenario().setup, scenario.setup);
    }

    #[test]
    fn what_is_done_meanwhile_is_in_the_run_that_comes() {
        let (mut session, field) = opened();
        session.look_at(field, "\"a\"").expect("a thing");
        session.act_json(r#"{"pause":{"node":"C1"}}"#).expect("an act");
        while session.remake_on(|| true) {}
        assert!(session.run.scenario().to_json().contains("pause"));
        assert!(session.look_at(field, "7").is_err());
    }
}
