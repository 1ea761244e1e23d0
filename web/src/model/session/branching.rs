//! Branches, and the steps back: nothing that was done is thrown away.

use super::{Kept, Session, kept};
use crate::model::branches::{Branch, BranchId, Saved, Tree};
use lightcone_core::base::json::{Doc, InputError, millis_text};
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use lightcone_core::trace::{Act, When};
use lightcone_core::views::diagram::Index;
use std::rc::Rc;

/// Runs kept alive besides the one that is shown; others are made again when they are entered, which takes
/// about a third of a microsecond a record. Each holds its trace and up to 256 copies of its world.
const ALIVE_MAX: usize = 3;
/// Changes that can be taken back: more than a person remembers.
const STEPS_MAX: usize = 100;
/// Acts that all steps back may hold together, about 100 bytes each: some tens of megabytes at the very most.
const STEPS_ACTS_MAX: usize = 200_000;

/// All that a guide has done, as one step back.
const GUIDE: &str = "what the guide did";

/// A moment to come back to.
#[derive(Clone)]
struct Moment {
    tree: Tree,
    at_us: f64,
    position: u32,
    look: Kept,
    /// The change between this moment and the next one, in words.
    what: String,
    /// Whether a guide made it.
    guided: bool,
}

impl Moment {
    fn acts(&self) -> usize {
        self.tree.current().scenario.acts.len()
    }
}

/// What was done and can be taken back, and what was taken back and can be done again.
#[derive(Default)]
pub(crate) struct History {
    past: Vec<Moment>,
    future: Vec<Moment>,
}

impl History {
    /// What would be taken back.
    #[must_use]
    pub(crate) fn last(&self) -> Option<&str> {
        self.past.last().map(|m| m.what.as_str())
    }

    /// What would be done again.
    #[must_use]
    pub(crate) fn next(&self) -> Option<&str> {
        self.future.last().map(|m| m.what.as_str())
    }

    fn push(&mut self, moment: Moment) {
        self.future.clear();
        self.past.push(moment);
        while self.past.len() > STEPS_MAX || self.past.iter().map(Moment::acts).sum::<usize>() > STEPS_ACTS_MAX {
            self.past.remove(0);
        }
    }
}

/// Runs of branches that are not shown.
#[derive(Default)]
pub(crate) struct Alive(Vec<(BranchId, Run)>);

impl Alive {
    pub(super) fn put(&mut self, id: BranchId, run: Run) {
        self.0.retain(|(b, _)| *b != id);
        self.0.push((id, run));
        if self.0.len() > ALIVE_MAX {
            self.0.remove(0);
        }
    }

    /// The run of a branch with what is known of its future: the living one if it is that still.
    pub(super) fn take(&mut self, branch: &Branch) -> Run {
        let fits = |run: &Run| run.trace().len() == branch.known && *run.scenario() == *branch.scenario;
        if let Some(i) = self.0.iter().position(|(id, run)| *id == branch.id && fits(run)) {
            return self.0.remove(i).1;
        }
        let mut run = Run::new((*branch.scenario).clone());
        run.seek(branch.known);
        run
    }
}

impl Session {
    fn moment(&mut self, what: String) -> Moment {
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        let position = self.run.position();
        let (tree, look) = (self.tree.clone(), self.kept());
        Moment { tree, at_us: self.view_us, position, look, what, guided: self.guided }
    }

    /// Before a change: this moment can be come back to. What a guide does is not the person's doing: however much that
    /// is, one step back leads to what was there before.
    pub(super) fn remember(&mut self, what: String) {
        if self.guided && self.history.past.last().is_some_and(|last| last.guided) {
            self.history.future.clear();
            return;
        }
        let moment = self.moment(if self.guided { GUIDE.into() } else { what });
        self.history.push(moment);
    }

    /// Lets a guide do something.
    pub(crate) fn as_guide<T>(&mut self, then: impl FnOnce(&mut Session) -> T) -> T {
        self.guided = true;
        let done = then(self);
        self.guided = false;
        done
    }

    /// Shows the branch of the tree that is current, with its future as far as it was known, at a moment.
    fn show(&mut self, at_us: f64, position: Option<u32>) {
        let branch = self.tree.current().clone();
        let next = self.alive.take(&branch);
        let old = std::mem::replace(&mut self.run, next);
        self.runs += 1;
        self.alive.put(std::mem::replace(&mut self.shown, branch.id), old);
        let at_us = if position.is_none() { at_us.min(self.own_end_us()) } else { at_us };
        self.arrive(at_us, position);
    }

    /// The run is another one: to a moment of it.
    fn arrive(&mut self, at_us: f64, position: Option<u32>) {
        self.run.seek_time(at_us as u64, u32::MAX);
        // Between two records of one instant.
        let here = self.run.position();
        if let Some(position) = position.filter(|&p| p < here && p >= self.first_position())
            && self.run.trace().record(position).at_us == at_us as u64
        {
            self.run.seek(position);
        }
        self.view_us = at_us;
        self.index = Index::default();
        if let Some(load) = &mut self.load {
            load.forget();
        }
        (self.hover, self.chosen, self.awaited) = (None, [None, None], None);
        self.stopped_at = self.run.violations().iter().map(|v| v.id).max();
        self.moved();
        self.keep_in_view();
        self.compare_again();
    }

    /// The scenario of the branch that is shown is another one: the run is made again, up to the same time.
    pub(super) fn replay(&mut self, scenario: Scenario) {
        let known_us = self.end_us();
        self.run = Run::new(scenario);
        self.runs += 1;
        self.run.seek_time(known_us as u64, u32::MAX);
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        self.arrive(self.view_us, None);
    }

    /// Something else is opened in this one's place; that can be taken back.
    pub(crate) fn replace(&mut self, mut next: Session, what: String) {
        self.remember(what);
        next.history = std::mem::take(&mut self.history);
        (next.guided, next.runs) = (self.guided, self.runs + 1);
        let compared = self.compare.take().map(|c| c.other).filter(|_| next.tree.origin == self.tree.origin);
        *self = next;
        self.compare_with(compared);
    }

    /// Whether acting now would change a future that is known.
    #[must_use]
    pub(crate) fn in_the_past(&self) -> bool {
        let position = self.run.position();
        let anchored = |when: When| matches!(when, When::After(id) if id >= position);
        position < self.run.trace().len() || self.run.scenario().acts.iter().any(|a| anchored(a.when))
    }

    /// Before an act: it can be taken back, and in the past it makes a branch of its own.
    pub(super) fn before_act(&mut self, words: &str) {
        let loses = self.in_the_past();
        self.about_to(words, loses);
    }

    /// Before everything ends that was planned: where anything was, that makes a branch of its own.
    pub(super) fn before_settling(&mut self, words: &str) {
        let now_us = self.view_us as u64;
        let ahead = |when: When| matches!(when, When::At(us) if us > now_us);
        let loses = self.in_the_past() || self.run.scenario().acts.iter().any(|a| ahead(a.when));
        self.about_to(words, loses);
    }

    fn about_to(&mut self, words: &str, loses: bool) {
        let what = format!("{words} at {} ms", millis_text(self.view_us as u64));
        self.remember(what);
        if loses {
            // The arguments of a request would make a long name of little meaning.
            let short = words.split(" {").next().unwrap_or(words);
            self.fork(&format!("{short} at {} ms", millis_text(self.view_us as u64)));
        }
    }

    fn fork(&mut self, name: &str) {
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        self.alive.put(self.tree.current().id, self.run.fork());
        self.tree.fork(name, self.view_us as u64, self.run.position());
        self.shown = self.tree.current().id;
    }

    /// After an act: the branch is what it is now.
    pub(super) fn after_act(&mut self) {
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        self.compare_again();
    }

    /// A branch from here on, with nothing changed yet.
    pub(crate) fn copy_branch(&mut self) {
        let name = self.tree.plain_name();
        self.remember(format!("make {name}"));
        self.fork(&name);
    }

    /// Shows another branch at the same time, or at its end if it has ended by then.
    pub(crate) fn enter(&mut self, id: BranchId) {
        if id == self.tree.current().id || self.tree.find(id).is_none() {
            return;
        }
        self.tree.keep(self.run.scenario(), self.run.trace().len());
        let (before, compared) = (self.tree.current().id, self.compare.as_ref().map(|c| c.other));
        self.tree.enter(id);
        self.show(self.view_us, None);
        self.compare_with(compared.map(|other| if other == id { before } else { other }));
    }

    /// The end of the run as far as it is planned or known, in microseconds.
    fn own_end_us(&self) -> f64 {
        let trace = self.run.trace();
        let known = trace.len().checked_sub(1).map_or(0, |last| trace.record(last).at_us);
        self.run.scenario().until_us.max(known) as f64
    }

    /// Gives a branch another name.
    pub(crate) fn rename(&mut self, id: BranchId, name: &str) {
        let mut next = self.tree.clone();
        if next.rename(id, name) {
            let old = self.tree.find(id).map_or_else(String::new, |b| b.name.clone());
            self.remember(format!("rename {old}"));
            self.tree.rename(id, name);
        }
    }

    /// Lets go of a branch.
    pub(crate) fn delete(&mut self, id: BranchId) {
        let (Some(branch), Some(instead)) = (self.tree.find(id), self.tree.instead_of(id)) else { return };
        let what = format!("delete {}", branch.name);
        self.remember(what);
        if self.compare.as_ref().is_some_and(|c| c.other == id) {
            self.compare = None;
        }
        if id == self.tree.current().id {
            self.enter(instead);
        }
        self.tree.remove(id);
    }

    /// Takes the last change back, or does it again. Says which.
    pub(crate) fn travel(&mut self, back: bool) -> Option<String> {
        let moment = if back { self.history.past.pop() } else { self.history.future.pop() }?;
        let what = moment.what.clone();
        let here = Moment { guided: moment.guided, ..self.moment(what.clone()) };
        if back {
            self.history.future.push(here)
        } else {
            self.history.past.push(here)
        }
        let elsewhere = self.tree.origin != moment.tree.origin;
        let shown = self.shown_value().filter(|_| !elsewhere);
        self.tree = moment.tree;
        // What is looked at is nobody's doing, and stays.
        if let Some((field, value)) = shown {
            self.tree.show(field, &value);
        }
        self.builtin = self.tree.builtin;
        self.playing = false;
        self.show(moment.at_us, Some(moment.position));
        if elsewhere {
            let _ = self.set_kept(&moment.look);
        }
        Some(what)
    }

    /// The same with another seed, from the beginning.
    ///
    /// # Errors
    /// When this is no seed.
    pub(crate) fn with_seed(&self, text: &str) -> Result<Session, InputError> {
        let seed = Doc::parse(text.trim()).and_then(|doc| doc.int(0, u64::MAX));
        let seed =
            seed.map_err(|_| InputError::new("seed", format!("a whole number from 0 to {} is needed", u64::MAX)))?;
        let mut scenario = self.run.scenario().clone();
        scenario.seed = seed;
        Ok(self.again(scenario))
    }

    /// The tree belongs to a session that was made for a changed scenario of this one.
    pub(super) fn hand_tree_to(&self, next: &mut Session) {
        next.tree = self.tree.clone();
        next.tree.keep(next.run.scenario(), next.run.trace().len());
        next.shown = next.tree.current().id;
    }

    /// Everything that a reload needs.
    #[must_use]
    pub(crate) fn saved(&mut self, hash: String) -> Saved {
        let moment = self.moment(String::new());
        let (at_us, position) = (moment.at_us as u64, moment.position);
        Saved { hash, tree: moment.tree, at_us, position, look: moment.look }
    }

    /// Comes back to what was kept, standing still.
    #[must_use]
    pub(crate) fn restored(saved: Saved) -> Session {
        let mut session = Session::new((*saved.tree.current().scenario).clone());
        session.tree = saved.tree;
        session.builtin = session.tree.builtin;
        session.shown = session.tree.current().id;
        session.playing = false;
        session.show(saved.at_us as f64, Some(saved.position));
        let _ = session.set_kept(&saved.look);
        session
    }

    /// A link's built-in scenario, branch name, place and view, as far as they make sense. A sentence says what of the
    /// view does not.
    pub(crate) fn set_from_link(&mut self, value: impl Fn(&str) -> Option<String>) -> Option<String> {
        let spec = self.lab().spec();
        if let Some(builtin) = value("b").and_then(|id| spec.scenario(&id))
            && let Ok(origin) = labs::parse(&builtin.json())
        {
            self.builtin = Some(builtin.id);
            (self.tree.builtin, self.tree.origin) = (self.builtin, Rc::new(origin));
        }
        if let Some(name) = value("n") {
            let id = self.tree.current().id;
            self.tree.rename(id, &name);
        }
        if let Some(position) = value("e").and_then(|e| e.parse::<u32>().ok()) {
            self.arrive(self.view_us, Some(position));
        }
        let look: Kept = kept::keys().filter_map(|key| value(key).map(|v| (key.to_string(), v))).collect();
        if look.is_empty() { None } else { self.set_kept(&look) }
    }

    /// What a link holds besides the scenario and the time, in pairs of key and value.
    #[must_use]
    pub(crate) fn link_pairs(&self) -> Kept {
        let mut pairs = Kept::new();
        let mut put = |key: &str, value: String| pairs.push((key.to_string(), value));
        if let Some(builtin) = self.builtin.filter(|_| super::builtin_of(self.run.scenario()).is_none()) {
            put("b", builtin.to_string());
        }
        if self.run.trace().count_until(self.view_us as u64) != self.run.position() {
            put("e", self.run.position().to_string());
        }
        let branch = self.tree.current();
        if branch.parent.is_some() || self.tree.branches().len() > 1 {
            put("n", branch.name.clone());
        }
        pairs.extend(self.kept());
        pairs
    }

    /// The words of an act, for the list and the names of branches.
    pub(super) fn act_words(&self, act: &Act) -> String {
        let trace = self.run.trace();
        let label = |id| if id < trace.message_count() { self.run.message_label(id) } else { id.to_string() };
        act.words_with(self.run.names(), &label)
    }
}

#[cfg(test)]
mod tests {
    use super::super::first_scenario;
    use super::*;
    use lightcone_core::engine;

    fn crash(node: &str) -> String {
        format!("{{\"crash\":{{\"node\":\"{node}\"}}}}")
    }

    /// The first scenario, played to its end, with P2 crashed at 60 ms afterwards.
    fn branched() -> Session {
        let mut session = Session::new(first_scenario());
        session.playing = false;
        session.seek_time(session.own_end_us());
        session.seek_time(60_000.0);
        session.act_json(&crash("P2")).expect("an act");
        session
    }

    #[test]
    fn acting_in_the_past_keeps_the_old_future_and_acting_at_the_newest_moment_makes_no_branch() {
        let whole = engine::run(first_scenario());
        let mut session = branched();
        assert_eq!(session.tree.branches().len(), 2);
        assert_eq!(session.tree.current().name, "crash P2 at 60 ms");
        session.act_json(&crash("P3")).expect("an act");
        assert_eq!(session.tree.branches().len(), 2);
        let of_branch = session.run.scenario().clone();
        session.enter(0);
        assert_eq!((session.run.trace().len(), session.run.hash()), (whole.trace().len(), whole.hash()));
        assert!((session.view_us - 60_000.0).abs() < 0.5);
        session.enter(1);
        assert_eq!(*session.run.scenario(), of_branch);
    }

    #[test]
    fn acts_that_are_planned_are_not_lost_by_acting_before_them() {
        let mut session = Session::new(first_scenario());
        session.seek_time(60_000.0);
        let planned = session.run.scenario().acts.len();
        session.act_json(&crash("P2")).expect("an act");
        assert_eq!((session.tree.branches().len(), session.run.scenario().acts.len()), (1, planned + 1));
        // Settling drops what is planned: that is a branch.
        session.settle();
        assert_eq!(session.tree.branches().len(), 2);
        session.enter(0);
        assert_eq!(session.run.scenario().acts.len(), planned + 1);
    }

    #[test]
    fn every_change_can_be_taken_back_and_done_again() {
        let mut session = branched();
        session.rename(1, "mine");
        let next = session.with_seed("77").expect("a seed");
        session.replace(next, "seed".into());
        let next = session.with_switch(session.lab().spec().switches[0].name);
        session.replace(next, "switch".into());
        session.delete(0);
        session.copy_branch();
        session.replace(Session::new(first_scenario()), "open".into());
        let state = |s: &mut Session| {
            let saved = s.saved(String::new());
            let branches: Vec<String> =
                saved.tree.branches().iter().map(|b| format!("{} {} {:?}", b.id, b.name, b.scenario)).collect();
            (branches, saved.at_us, saved.position, s.run.hash())
        };
        let mut states = vec![state(&mut session)];
        while session.travel(true).is_some() {
            states.push(state(&mut session));
        }
        assert_eq!(states.len(), 8);
        for pair in states.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        // Back at the beginning: one branch, nothing done, its future still known.
        assert_eq!(session.tree.branches().len(), 1);
        assert_eq!(session.run.hash(), engine::run(first_scenario()).hash());
        for expected in states.iter().rev().skip(1) {
            assert!(session.travel(false).is_some());
            assert_eq!(state(&mut session), *expected);
        }
        assert!(session.travel(false).is_none());
    }

    #[test]
    fn a_change_after_going_back_forgets_what_could_be_done_again_and_old_steps_go() {
        let mut session = branched();
        session.travel(true);
        session.rename(0, "x");
        assert_eq!(session.history.next(), None);
        for i in 0..2 * STEPS_MAX {
            session.rename(0, &i.to_string());
        }
        assert_eq!(session.history.past.len(), STEPS_MAX);
    }

    #[test]
    fn between_two_events_of_one_instant_one_comes_back_to_the_same_place() {
        let mut session = Session::new(first_scenario());
        session.seek_time(1e9);
        let trace = session.run.trace();
        let twins = (4..trace.len()).find(|&id| trace.record(id).at_us == trace.record(id - 1).at_us);
        session.seek_event(twins.expect("two events at once") - 1);
        let position = session.run.position();
        let saved = session.saved("x".into());
        let restored = Session::restored(Saved::parse(&saved.to_json()).expect("it was just written"));
        assert_eq!((restored.run.position(), &restored.frame), (position, &session.frame));
        assert_eq!(restored.run.trace().len(), session.run.trace().len());
        session.rename(0, "x");
        session.seek_time(0.0);
        session.travel(true);
        assert_eq!(session.run.position(), position);
        // The same by a link.
        let pairs = session.link_pairs();
        let mut linked = Session::new(session.scenario());
        linked.seek_time(session.view_us);
        let _ = linked.set_from_link(|key| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()));
        assert_eq!((linked.run.position(), linked.kept()), (position, session.kept()));
    }

    #[test]
    fn comparing_says_where_two_branches_part_and_goes_along_with_what_is_done() {
        let mut session = branched();
        session.compare_with(Some(0));
        let first = session.compare.as_ref().and_then(|c| c.first).expect("they differ");
        assert_eq!(first.at_us, 60_000);
        assert_eq!(session.run.label(first.record), "crash");
        session.show_difference();
        assert_eq!(session.chosen[0], Some(first.record));
        session.seek_time(100_000.0);
        session.compare_follow();
        let position = |s: &Session| s.compare.as_ref().map(|c| c.run.position());
        assert_eq!(position(&session), Some(engine::run(first_scenario()).trace().count_until(100_000)));
        // Entering the one below lets the two change places; leaving none to compare with ends it.
        session.enter(0);
        assert_eq!(session.compare.as_ref().map(|c| c.other), Some(1));
        session.delete(1);
        assert!(session.compare.is_none());
    }

    #[test]
    fn the_last_branch_stays_and_what_is_shown_can_be_deleted() {
        let mut session = branched();
        session.delete(1);
        assert_eq!(session.tree.current().id, 0);
        session.delete(0);
        assert_eq!(session.tree.branches().len(), 1);
        session.travel(true);
        assert_eq!(session.tree.current().name, "crash P2 at 60 ms");
    }

    #[test]
    fn a_seed_is_a_whole_number() {
        let session = Session::new(first_scenario());
        for wrong in ["", "x", "-1", "1.5", "18446744073709551616"] {
            assert!(session.with_seed(wrong).is_err(), "{wrong}");
        }
        let next = session.with_seed(" 18446744073709551615 ").expect("the largest");
        assert_eq!(next.run.scenario().seed, u64::MAX);
    }
}
