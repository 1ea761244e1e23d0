//! What comes of an act in the past: the first thing that happens because of it, or that no longer happens. It is looked
//! for ahead of the cursor, so that the run can play on to it and stop there.

use super::Session;
use crate::model::branches::only_in;
use lightcone_core::base::json::millis_text;
use lightcone_core::engine::Run;
use lightcone_core::trace::causality::is_event;
use lightcone_core::trace::{Act, Kind, MessageId, NodeId, RecordId, Surgery, Which};
use lightcone_core::views::diagram::words::event as words_in;

/// So many records ahead it is looked for: more than anybody watches pass.
const AHEAD_MAX: u32 = 20_000;

/// What comes of an act.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Consequence {
    /// When, in microseconds.
    pub at_us: u64,
    /// The record of it; none where something no longer happens.
    pub record: Option<RecordId>,
    /// What, in a sentence.
    pub words: String,
}

/// Two futures from the same record on: with the act and without it.
pub(super) struct Futures<'a> {
    pub(super) with: &'a Run,
    pub(super) without: &'a Run,
    /// The first record that the act made, and the first one after those.
    pub(super) act: (RecordId, RecordId),
}

impl Futures<'_> {
    /// What comes first of what was done.
    pub(super) fn consequence(&self, acts: &[Act]) -> Option<Consequence> {
        match acts.last()? {
            Act::Message { which: Which::Id(id) | Which::Copy(id, _), surgery } => self.of_surgery(*id, *surgery),
            Act::Request(request) => self.of_request(request.node).or_else(|| self.first()),
            _ => self.first(),
        }
    }

    /// A message that was lost is missed when it would have come; one that was put off or doubled arrives at another time.
    fn of_surgery(&self, id: MessageId, surgery: Surgery) -> Option<Consequence> {
        let arrival = |run: &Run, from: RecordId| {
            let trace = run.trace();
            (from..trace.len()).find(|&i| trace.record(i).kind == Kind::Receive && trace.record(i).message == id)
        };
        let old = arrival(self.without, self.act.0);
        match surgery {
            Surgery::Drop => old.map(|id| self.gone(id)),
            Surgery::DeliverIn(_) => arrival(self.with, self.act.1).map(|id| self.comes(id)),
            Surgery::Duplicate => {
                let first = arrival(self.with, self.act.1)?;
                Some(self.comes(arrival(self.with, first + 1).unwrap_or(first)))
            }
        }
    }

    /// A request's first message arrives somewhere, or it is answered.
    fn of_request(&self, node: NodeId) -> Option<Consequence> {
        let trace = self.with.trace();
        let asked_us = trace.record(self.act.0).at_us;
        let its_own = |id: MessageId| {
            let message = trace.message(id);
            message.from == node && message.sent_us == asked_us && message.send >= self.act.0
        };
        let found = (self.act.1..trace.len()).find(|&id| {
            let record = trace.record(id);
            match record.kind {
                Kind::Receive | Kind::Drop => record.message < trace.message_count() && its_own(record.message),
                Kind::Reply => record.node == node,
                _ => false,
            }
        });
        found.map(|id| self.comes(id))
    }

    /// The first record that only one of the futures has.
    fn first(&self) -> Option<Consequence> {
        let from = self.act.0;
        let told =
            |run: &Run, id: RecordId| !matches!(run.trace().record(id).kind, Kind::Persist | Kind::Boot | Kind::Link);
        let comes = only_in(self.with, self.without, from).find(|&id| id >= self.act.1 && told(self.with, id));
        let gone = only_in(self.without, self.with, from).find(|&id| told(self.without, id));
        match (comes.map(|id| self.comes(id)), gone.map(|id| self.gone(id))) {
            (Some(a), Some(b)) => Some(if b.at_us < a.at_us { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    fn comes(&self, id: RecordId) -> Consequence {
        let what = words_in(self.with, id);
        let at_us = self.with.trace().record(id).at_us;
        let words = format!("What comes of it, at {} ms: {what}.", millis_text(at_us));
        Consequence { at_us, record: Some(id), words }
    }

    fn gone(&self, id: RecordId) -> Consequence {
        let what = words_in(self.without, id);
        let at_us = self.without.trace().record(id).at_us;
        let words = format!("Now, at {} ms, something is missing: {what} no longer happens.", millis_text(at_us));
        Consequence { at_us, record: None, words }
    }
}

impl Session {
    /// Before an act: what would happen without it, where that is known and the act is a person's.
    pub(super) fn old_future(&self) -> Option<Run> {
        (self.in_the_past() && !self.guided).then(|| self.run.fork())
    }

    /// After an act that was done where `old` was known to follow: the run plays on to what comes of it.
    pub(super) fn await_consequence(&mut self, old: Option<Run>, acts: &[Act], act: (RecordId, RecordId)) {
        self.awaited = old.and_then(|mut without| {
            let until_us = self.run.scenario().until_us;
            let mut with = self.run.fork();
            with.seek_time(until_us, AHEAD_MAX);
            without.seek_time(until_us, AHEAD_MAX);
            Futures { with: &with, without: &without, act }.consequence(acts)
        });
        self.playing |= self.awaited.is_some();
    }

    /// What the run has just stopped at, once.
    pub(crate) fn take_consequence(&mut self) -> Option<String> {
        let reached = self.awaited.as_ref().is_some_and(|c| self.view_us >= c.at_us as f64);
        if !reached || self.playing {
            return None;
        }
        self.awaited.take().map(|c| c.words)
    }

    /// Stops where the consequence is that the run plays on to.
    pub(super) fn stop_at_consequence(&mut self) {
        let Some(awaited) = self.awaited.as_ref().filter(|c| self.view_us >= c.at_us as f64) else { return };
        self.playing = false;
        let happened = |&id: &RecordId| id < self.run.position() && is_event(self.run.trace().record(id));
        self.chosen = [awaited.record.filter(happened), None];
    }
}

#[cfg(test)]
mod tests {
    use super::super::first_scenario;
    use super::*;
    use lightcone_core::labs;

    /// The first scenario, known to its end, at a time.
    fn known(at_us: f64) -> Session {
        let mut s = Session::new(first_scenario());
        s.seek_time(1e6);
        s.seek_time(at_us);
        s.pause();
        s
    }

    fn play(s: &mut Session) -> Option<String> {
        assert!(s.playing, "it plays on by itself");
        while s.playing {
            s.tick(0.016);
        }
        s.take_consequence()
    }

    #[test]
    fn after_an_act_in_the_past_the_run_plays_on_to_what_comes_of_it() {
        let mut s = known(20_000.0);
        let message = s.frame().in_flight[0].message.expect("a message is under way");
        let due_us = s.run().trace().message(message).due_us;
        s.act_at_sending(message, Surgery::Drop);
        let words = play(&mut s).expect("something comes of it");
        assert_eq!(s.view_us as u64, due_us);
        assert!(words.contains("no longer happens"), "{words}");
        assert!(s.tree().current().name.contains(&s.run().message_label(message)), "{}", s.tree().current().name);

        let mut s = known(20_000.0);
        s.act_at_sending(message, Surgery::DeliverIn(90_000));
        play(&mut s).expect("it arrives later");
        assert_eq!(s.view_us as u64, s.run().trace().message(message).sent_us + 90_000);
        let chosen = s.chosen()[0].expect("its arrival");
        assert_eq!(
            (s.run().trace().record(chosen).kind, s.run().trace().record(chosen).message),
            (Kind::Receive, message)
        );

        let mut s = known(20_000.0);
        s.act_json(r#"{"request":{"node":"P3","op":"send","args":{"to":"P1","message":"x"}}}"#).expect("an act");
        let words = play(&mut s).expect("it arrives");
        assert!(words.contains("P1"), "{words}");
    }

    #[test]
    fn at_the_newest_moment_nothing_plays_by_itself_and_a_step_lets_go_of_what_was_awaited() {
        let mut s = Session::new(first_scenario());
        s.seek_time(20_000.0);
        s.pause();
        s.act_json(r#"{"crash":{"node":"P2"}}"#).expect("an act");
        assert!(!s.playing && s.awaited.is_none());
        let mut s = known(20_000.0);
        s.act_json(r#"{"crash":{"node":"P2"}}"#).expect("an act");
        assert!(s.playing && s.awaited.is_some());
        s.step(true);
        assert!(!s.playing && s.awaited.is_none());
        // What is awaited in one branch stops no other one.
        let mut s = known(20_000.0);
        let main = s.tree().current().id;
        s.act_json(r#"{"crash":{"node":"P2"}}"#).expect("an act");
        assert!(s.awaited.is_some());
        s.enter(main);
        assert!(s.awaited.is_none());
    }

    #[test]
    fn in_every_lab_something_comes_of_a_crash_in_the_middle() {
        for lab in labs::LABS {
            let mut s = Session::new(labs::parse(&lab.spec().scenarios[0].json()).expect("it is fine"));
            let until = s.run().scenario().until_us as f64;
            s.seek_time(until);
            s.seek_time(until / 4.0);
            s.act(Act::Crash(0));
            if s.refusal().is_some() {
                continue;
            }
            let words = play(&mut s);
            assert!(words.is_some() || !s.run().violations().is_empty(), "{}", lab.spec().id);
        }
    }
}
