//! The list of acts: read, moved in time, changed, deleted, added to. Each change replays the run up to the same
//! time; none makes a branch, and each can be taken back.

use super::Session;
use lightcone_core::base::json::{Doc, InputError, millis_text};
use lightcone_core::scenario::ACTS_MAX;
use lightcone_core::tables::TIME_US_MAX;
use lightcone_core::trace::{Act, PlannedAct, When, Which};

/// An act as a row of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ActRow {
    /// Its place in the scenario.
    pub index: usize,
    /// When.
    pub when: When,
    /// That time in microseconds, if it is known: the record that it waits for may not have come yet.
    pub at_us: Option<u64>,
    /// What, in words.
    pub words: String,
    /// What, as JSON.
    pub json: String,
    /// Whether it was done by hand and is not the scenario's own.
    pub by_hand: bool,
    /// Whether it lies behind the cursor.
    pub ahead: bool,
}

/// A time in milliseconds, as a person types it, in microseconds.
///
/// # Errors
/// One sentence.
pub(crate) fn read_millis(text: &str) -> Result<u64, InputError> {
    let read = Doc::parse(text.trim()).and_then(|doc| doc.millis(0, TIME_US_MAX));
    read.map_err(|_| {
        let max = millis_text(TIME_US_MAX);
        InputError::new(
            "time",
            format!("a number of milliseconds from 0 to {max} is needed, with at most three decimals"),
        )
    })
}

impl Session {
    /// All acts of the branch, in the order of their times.
    #[must_use]
    pub(crate) fn act_rows(&self) -> Vec<ActRow> {
        let acts = &self.run.scenario().acts;
        let by_hand = self.tree.by_hand(acts);
        let row = |(index, planned): (usize, &PlannedAct)| ActRow {
            index,
            when: planned.when,
            at_us: self.time_of(planned.when),
            words: self.act_words(&planned.act),
            json: planned.act.json(self.run.names()),
            by_hand: by_hand[index],
            ahead: match planned.when {
                When::At(us) => us > self.view_us as u64,
                When::After(id) => id >= self.run.position(),
            },
        };
        let mut rows: Vec<ActRow> = acts.iter().enumerate().map(row).collect();
        rows.sort_by_key(|r| (r.at_us.unwrap_or(u64::MAX), r.index));
        rows
    }

    fn time_of(&self, when: When) -> Option<u64> {
        match when {
            When::At(us) => Some(us),
            When::After(id) => (id < self.run.trace().len()).then(|| self.run.trace().record(id).at_us),
        }
    }

    /// All acts, ready for a change at some time: from then on records and messages will have other numbers, so what
    /// is named by such a number is named by its time or by its place on its link instead.
    fn loosened(&self, from_us: u64) -> Vec<PlannedAct> {
        let trace = self.run.trace();
        let loosen = |planned: &PlannedAct| {
            let mut next = planned.clone();
            let Some(at_us) = self.time_of(planned.when).filter(|&at| at >= from_us) else { return next };
            next.when = When::At(at_us);
            if let Act::Message { which, .. } = &mut next.act
                && let Which::Id(id) = *which
                && (id as usize) < trace.messages.len()
            {
                let m = trace.message(id);
                *which = Which::OnLink { from: m.from, to: m.to, n: m.n };
            }
            next
        };
        self.run.scenario().acts.iter().map(loosen).collect()
    }

    /// Replays with other acts.
    fn set_acts(&mut self, acts: Vec<PlannedAct>, what: String) {
        self.remember(what);
        let mut scenario = self.run.scenario().clone();
        let last_us = acts.iter().filter_map(|a| if let When::At(us) = a.when { Some(us) } else { None }).max();
        scenario.until_us = scenario.until_us.max(last_us.unwrap_or(0));
        scenario.acts = acts;
        self.replay(scenario);
    }

    fn planned(&self, index: usize) -> Result<(PlannedAct, u64, String), InputError> {
        let acts = &self.run.scenario().acts;
        let planned = acts.get(index).cloned();
        let planned = planned.ok_or_else(|| InputError::new("acts", format!("there are only {}", acts.len())))?;
        let at_us = self.time_of(planned.when).unwrap_or(u64::MAX);
        let words = self.act_words(&planned.act);
        Ok((planned, at_us, words))
    }

    /// An act takes place at another time, in milliseconds.
    ///
    /// # Errors
    /// When this is no time.
    pub(crate) fn move_act(&mut self, index: usize, millis: &str) -> Result<(), InputError> {
        let (planned, was_us, words) = self.planned(index)?;
        let at_us = read_millis(millis)?;
        if planned.when == When::At(at_us) {
            return Ok(());
        }
        let mut acts = self.loosened(at_us.min(was_us));
        acts[index].when = When::At(at_us);
        self.set_acts(acts, format!("move “{words}” to {} ms", millis_text(at_us)));
        Ok(())
    }

    /// Another act takes its place.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(crate) fn change_act(&mut self, index: usize, json: &str) -> Result<(), InputError> {
        let act = self.run.scenario().read_act(json)?;
        let (planned, at_us, words) = self.planned(index)?;
        if planned.act == act {
            return Ok(());
        }
        let mut acts = self.loosened(at_us);
        acts[index] = PlannedAct { when: planned.when, act };
        self.set_acts(acts, format!("change “{words}”"));
        Ok(())
    }

    /// An act takes place twice.
    ///
    /// # Errors
    /// When there are too many already.
    pub(crate) fn duplicate_act(&mut self, index: usize) -> Result<(), InputError> {
        let (planned, at_us, words) = self.planned(index)?;
        self.room_for_one_more()?;
        let mut acts = self.loosened(at_us);
        acts[index] = planned.clone();
        acts.insert(index + 1, planned);
        self.set_acts(acts, format!("duplicate “{words}”"));
        Ok(())
    }

    /// An act does not take place.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn remove_act(&mut self, index: usize) -> Result<(), InputError> {
        let (_, at_us, words) = self.planned(index)?;
        let mut acts = self.loosened(at_us);
        acts.remove(index);
        self.set_acts(acts, format!("delete “{words}”"));
        Ok(())
    }

    /// One more act, at a time in milliseconds.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(crate) fn add_act(&mut self, millis: &str, json: &str) -> Result<(), InputError> {
        let at_us = read_millis(millis)?;
        let act = self.run.scenario().read_act(json)?;
        self.room_for_one_more()?;
        let words = self.act_words(&act);
        let mut acts = self.loosened(at_us.saturating_add(1));
        acts.push(PlannedAct { when: When::At(at_us), act });
        self.set_acts(acts, format!("add “{words}” at {} ms", millis_text(at_us)));
        Ok(())
    }

    fn room_for_one_more(&self) -> Result<(), InputError> {
        if self.run.scenario().acts.len() < ACTS_MAX {
            return Ok(());
        }
        Err(InputError::new("acts", format!("a scenario has at most {ACTS_MAX}: delete one first")))
    }
}

#[cfg(test)]
mod tests {
    use super::super::first_scenario;
    use super::*;
    use lightcone_core::engine;
    use lightcone_core::labs;

    fn opened() -> Session {
        let mut session = Session::new(first_scenario());
        session.seek_time(1e6);
        session.seek_time(60_000.0);
        session
    }

    /// What is shown is what the scenario says.
    fn check(session: &mut Session) {
        session.seek_time(1e6);
        let again = engine::run(labs::parse(&session.scenario().to_json()).expect("it can be read"));
        assert_eq!(session.run.hash(), again.hash());
        assert_eq!(session.tree.branches().len(), 1);
    }

    #[test]
    fn acts_are_moved_changed_duplicated_deleted_and_added_at_the_same_cursor() {
        let mut session = opened();
        let before = session.act_rows();
        assert!(before.iter().all(|r| !r.by_hand));
        session.add_act("59.5", r#"{"crash":{"node":"P3"}}"#).expect("an act");
        assert!((session.view_us - 60_000.0).abs() < 0.5);
        let own: Vec<ActRow> = session.act_rows().into_iter().filter(|r| r.by_hand).collect();
        assert_eq!((own.len(), own[0].words.as_str(), own[0].at_us), (1, "crash P3", Some(59_500)));
        let index = own[0].index;
        session.move_act(index, "10").expect("a time");
        session.change_act(index, r#"{"pause":{"node":"P3"}}"#).expect("an act");
        session.duplicate_act(index).expect("an act");
        let twins = session.act_rows().into_iter().filter(|r| r.words == "pause P3" && r.at_us == Some(10_000));
        assert_eq!(twins.count(), 2);
        session.remove_act(index).expect("an act");
        session.remove_act(index).expect("an act");
        assert_eq!(session.act_rows(), before);
        session.add_act("500", r#"{"crash":{"node":"P1"}}"#).expect("an act");
        assert_eq!(session.run.scenario().until_us, 500_000);
        check(&mut session);
    }

    #[test]
    fn what_makes_no_sense_is_explained_and_changes_nothing() {
        let mut session = opened();
        let before = session.scenario();
        let wrong = [
            session.move_act(0, "soon"),
            session.move_act(0, "-1"),
            session.move_act(0, "1.2345"),
            session.move_act(99, "1"),
            session.change_act(0, "{"),
            session.change_act(0, r#"{"crash":{"node":"P9"}}"#),
            session.add_act("", r#"{"heal":{}}"#),
            session.add_act("1", "nothing"),
            session.remove_act(99),
            session.duplicate_act(99),
        ];
        for result in wrong {
            let what = result.expect_err("it is wrong").to_string();
            assert!(what.len() > 10, "{what}");
        }
        assert_eq!(session.scenario(), before);
        assert_eq!(session.history.last(), None);
        session.change_act(0, &session.act_rows()[0].json.clone()).expect("the same is no change");
        assert_eq!(session.history.last(), None);
    }

    #[test]
    fn what_is_named_by_a_record_or_a_message_still_means_the_same_after_a_change_before_it() {
        let whole = engine::run(first_scenario());
        let trace = whole.trace();
        let message = (0..trace.len()).find_map(|id| {
            let m = trace.record(id).message;
            (trace.record(id).kind == lightcone_core::trace::Kind::Send && id > 20).then_some(m)
        });
        let message = message.expect("a message is sent later");
        let (send, link) = {
            let m = trace.message(message);
            (m.send, (m.from, m.to, m.n))
        };
        let mut session = Session::new(first_scenario());
        session.playing = false;
        session.seek_event(send);
        session.act_json(&format!(r#"{{"message":{{"id":{message},"drop":true}}}}"#)).expect("an act");
        assert_eq!(session.tree.branches().len(), 1);
        let anchored = session.act_rows().into_iter().find(|r| r.by_hand).expect("the act");
        session.add_act("0", r#"{"request":{"node":"P1","op":"local","args":{}}}"#).expect("an act");
        let loosened = session.act_rows().into_iter().find(|r| r.by_hand && r.words.starts_with("drop")).expect("it");
        assert_eq!(loosened.at_us, anchored.at_us);
        let planned = &session.run.scenario().acts[loosened.index];
        assert!(matches!(planned.when, When::At(_)));
        let (from, to, n) = link;
        let Act::Message { which, .. } = planned.act else { panic!("it is about a message") };
        assert_eq!(which, Which::OnLink { from, to, n });
    }
}
