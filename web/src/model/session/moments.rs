//! Moments of a run: those of a scenario that is told step by step, and those that its facts make, such as a crash, a
//! timer that runs out, a new leader, the first answer. They are the chapters that a key leads through.

use super::Session;
use lightcone_core::tables::Step;
use lightcone_core::trace::{Kind, RecordId};
use lightcone_core::views::diagram::words::event as words_in;

/// A moment of a run that has happened or is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Moment {
    /// When, in microseconds.
    pub at_us: u64,
    /// What, in a few words.
    pub words: String,
}

/// Most moments that are listed: the list is read, and a run with more has them where it is looked at anyway.
const MOMENTS_MAX: usize = 60;
/// What is said of a moment gets no second half when it is this long already, in characters.
const WORDS_LONG: usize = 80;
/// So many records are made known at a time to find the next one: a long run is not waited for.
const KNOWN_MAX: u32 = 50_000;
/// What is a moment only when it happens first.
const FIRSTS: [(Kind, &str); 5] = [
    (Kind::Timeout, "first timer"),
    (Kind::Send, "first message"),
    (Kind::Receive, "first arrival"),
    (Kind::Deliver, "first delivery"),
    (Kind::Reply, "first answer"),
];

impl Session {
    /// The moments of this scenario, if it is told step by step and is still the built-in one.
    #[must_use]
    pub(crate) fn moments(&self) -> Vec<&'static Step> {
        let Some(builtin) = self.builtin() else { return Vec::new() };
        self.lab().spec().steps.iter().filter(|step| step.scenario == builtin.id).collect()
    }

    /// The chapters of the run as far as it is known, in the order of time.
    #[must_use]
    pub(crate) fn chapters(&self) -> Vec<Moment> {
        let told = self.moments();
        if !told.is_empty() {
            return told.iter().map(|m| Moment { at_us: m.at_us, words: m.name.into() }).collect();
        }
        let trace = self.run.trace();
        let is_fault = |kind: Kind| {
            use Kind::{Crash, Heal, Partition, Pause, Restart, Resume, Violation};
            matches!(kind, Crash | Restart | Pause | Resume | Partition | Heal | Violation)
        };
        let faults = self.index.outstanding().iter().copied();
        let faults = faults.filter(|&id| id < trace.len() && is_fault(trace.record(id).kind));
        let mut all: Vec<Moment> = faults.map(|id| self.moment_of(id, None)).collect();
        for (kind, what) in FIRSTS {
            let first = (0..trace.len()).find(|&id| trace.record(id).kind == kind && !self.index.is_routine(id));
            all.extend(first.map(|id| self.moment_of(id, Some(what))));
        }
        if let Some(spec) = self.lab().spec().phases {
            let led = self.index.phases().iter().filter(|phase| phase.leader.is_some());
            all.extend(led.map(|p| Moment { at_us: p.from_us, words: p.text(&spec, self.run.names()) }));
        }
        all.sort_by_key(|m| m.at_us);
        // What happens in one instant is one moment.
        all.dedup_by(|next, first| {
            let same = next.at_us == first.at_us;
            if same && next.words != first.words && first.words.chars().count() < WORDS_LONG {
                first.words = format!("{}; {}", first.words, next.words);
            }
            same
        });
        all.truncate(MOMENTS_MAX);
        all
    }

    fn moment_of(&self, id: RecordId, what: Option<&str>) -> Moment {
        let said = words_in(&self.run, id);
        let words = what.map_or_else(|| said.clone(), |what| format!("{what}: {said}"));
        Moment { at_us: self.run.trace().record(id).at_us, words }
    }

    /// To the next or previous of them. Says what it is.
    pub(crate) fn seek_moment(&mut self, forward: bool) -> Option<String> {
        // What has not happened yet is made known first: a run that was just opened has moments too.
        let until_us = self.run.scenario().until_us;
        if forward && self.moments().is_empty() {
            let position = self.run.position();
            self.run.seek_time(until_us, KNOWN_MAX);
            self.run.seek(position);
            self.index.update(&self.run);
        }
        let here = self.view_us as u64;
        let chapters = self.chapters();
        let next = if forward {
            chapters.into_iter().find(|m| m.at_us > here)
        } else {
            chapters.into_iter().rev().find(|m| m.at_us < here)
        }?;
        self.visit(next.at_us as f64);
        Some(next.words)
    }

    /// To an instant, in microseconds, and stays there.
    pub(crate) fn visit(&mut self, at_us: f64) {
        self.playing = false;
        self.seek_time(at_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs::{self, LABS};

    #[test]
    fn every_scenario_of_every_lab_has_moments_and_a_key_goes_through_all_of_them() {
        for lab in LABS {
            for builtin in lab.spec().scenarios {
                let mut s = Session::new(labs::parse(&builtin.json()).expect("it is fine"));
                let mut seen = 0;
                while let Some(words) = s.seek_moment(true) {
                    assert!(!words.is_empty() && words.chars().count() < 160, "{}: {words}", builtin.id);
                    seen += 1;
                }
                let mut instants: Vec<u64> = s.chapters().iter().map(|m| m.at_us).filter(|&at| at > 0).collect();
                instants.dedup();
                assert_eq!(seen, instants.len(), "{}", builtin.id);
                assert!(seen > 0, "{}/{} has no moments", lab.spec().id, builtin.id);
            }
        }
    }

    #[test]
    fn the_moments_of_an_election_are_its_timer_its_leader_and_its_first_answer() {
        let lab = labs::find("raft-lock").expect("it is there");
        let builtin = lab.spec().scenario("leader-crash").expect("it is there");
        let mut s = Session::new(labs::parse(&builtin.json()).expect("it is fine"));
        let mut words = Vec::new();
        while let Some(one) = s.seek_moment(true) {
            words.push(one);
        }
        let said = words.join("; ");
        for part in ["first timer", "leads", "crash", "first answer"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
