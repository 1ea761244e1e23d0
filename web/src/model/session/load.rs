//! Loads: started as acts like any other, and run to their end some milliseconds at a time.

use super::Session;
use crate::model::load::{Load, Stage};
use lightcone_core::base::json::InputError;
use lightcone_core::base::words::grouped;
use lightcone_core::trace::Act;

/// Records made before the time is looked at: some tens of microseconds.
const RECORDS_A_LOOK: u32 = 32;

impl Session {
    /// Starts workloads written as JSON, all in this instant, as one step that can be taken back. They run to their end,
    /// or are played.
    ///
    /// # Errors
    /// What is wrong with one of them, and where.
    pub(crate) fn start_load(&mut self, texts: &[String], to_end: bool) -> Result<(), InputError> {
        if texts.is_empty() {
            return Ok(());
        }
        let scenario = self.run.scenario();
        let acts = texts.iter().map(|text| scenario.read_act(text)).collect::<Result<Vec<Act>, _>>()?;
        let workloads = acts.iter().filter_map(|act| if let Act::Workload(w) = act { Some(w.clone()) } else { None });
        let workloads: Vec<_> = workloads.collect();
        let words = match acts.as_slice() {
            [act] => self.act_words(act),
            _ => format!("load of {} requests", grouped(workloads.iter().map(|w| w.count).sum())),
        };
        let before = self.run.position();
        let from_us = self.view_us as u64;
        self.act_all(acts, &words);
        let is_start = |id: &u32| matches!(self.run.act_of(*id), Some(Act::Workload(w)) if *w == workloads[0]);
        let first = (before..self.run.position()).find(is_start).unwrap_or(before);
        let load = Load::new(workloads, first, from_us);
        self.run.extend(load.planned_end_us());
        self.after_act();
        self.load = to_end.then_some(load);
        self.playing = !to_end;
        Ok(())
    }

    /// Whether a load goes on.
    #[must_use]
    pub(crate) fn is_loading(&self) -> bool {
        self.load.as_ref().is_some_and(|load| load.stage == Stage::Running)
    }

    /// A load that goes on stands still.
    pub(crate) fn pause_load(&mut self) {
        if let Some(load) = self.load.as_mut().filter(|load| load.stage == Stage::Running) {
            load.stage = Stage::Stopped;
            self.moved();
        }
    }

    /// A load that stands still goes on, from the end of what is known; it is forgotten where this run has none.
    pub(crate) fn resume_load(&mut self) {
        self.run.seek(self.run.trace().len());
        match self.load.as_mut().filter(|load| load.is_in(&self.run)) {
            Some(load) => load.stage = Stage::Running,
            None => self.load = None,
        }
        self.playing = false;
        self.follow = true;
        self.view_us = self.run.now_us() as f64;
        self.moved();
    }

    /// Goes on with a load until it is time for something else.
    pub(crate) fn load_on(&mut self, mut is_time: impl FnMut() -> bool) {
        let Some(mut load) = self.load.take() else { return };
        self.playing = false;
        if !load.is_in(&self.run) {
            return;
        }
        while load.stage == Stage::Running && !is_time() {
            for _ in 0..RECORDS_A_LOOK {
                if !self.run.step() || load.is_stuck(self.run.now_us()) {
                    load.stage = Stage::Over;
                    break;
                }
            }
            load.count(&self.run);
            if load.left() == 0 {
                load.stage = Stage::Over;
            }
            // A broken rule ends it: what follows would drown that.
            if self.run.violations().iter().any(|v| self.stopped_at.is_none_or(|s| v.id > s)) {
                load.stage = Stage::Stopped;
            }
        }
        self.index.update(&self.run);
        if load.stage == Stage::Over {
            // The last instant is played to its end.
            self.run.seek_time(self.run.now_us(), u32::MAX);
            self.run.extend(self.run.now_us());
            load.count(&self.run);
        }
        self.view_us = self.run.now_us() as f64;
        self.keep_in_view();
        let running = load.stage == Stage::Running;
        self.load = Some(load);
        if !running {
            self.tree.keep(self.run.scenario(), self.run.trace().len());
            self.moved();
            self.stop_at_violation();
        }
    }

    /// Takes in how far a load is, for a picture.
    pub(crate) fn show_load(&mut self) {
        self.moved();
        self.keep_in_view();
    }

    /// What has become of a load until the cursor, for what is drawn.
    pub(crate) fn count_load(&mut self) {
        let is_there = self.load.as_ref().is_some_and(|load| load.is_in(&self.run));
        if let Some(load) = self.load.as_mut().filter(|_| is_there) {
            load.count(&self.run);
        }
    }
}
