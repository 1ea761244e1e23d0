//! Wishes that concern a session alone, and what it can be told by those who know it.

use super::{Session, look};
use crate::model::command::Command;
use lightcone_core::tables::Labels;
use lightcone_core::trace::RecordId;
use lightcone_core::trace::causality::is_event;
use lightcone_core::views::diagram::Orientation;

impl Session {
    /// Carries out what concerns the session alone; gives back what does not.
    pub(crate) fn carry_out(&mut self, command: Command) -> Option<Command> {
        match command {
            Command::Play => self.toggle_play(),
            Command::Step(forward) => self.step(forward),
            Command::Edge(end) => {
                self.playing = false;
                let to = if end { self.end_us() } else { 0.0 };
                self.follow = true;
                self.seek_far(to);
            }
            Command::Seek(us) => self.seek_far(us),
            Command::Skip(share) => {
                let to = (self.view_us() + share * self.end_us()).min(self.end_us()).max(0.0);
                self.seek_far(to);
            }
            Command::Visit(us) => self.visit(us),
            Command::SeekEvent(id) => self.seek_event(id),
            Command::Hover(event) => self.hover = event,
            Command::Choose(event) => self.choose(event),
            Command::ChooseNext(forward) => self.choose_next(forward),
            Command::ZoomHere(factor) => self.zoom(factor, self.now_place()),
            Command::Zoom(factor, place) => self.zoom(factor, place),
            Command::Pan(share) => self.pan(share),
            Command::Fit => self.fit(),
            Command::Follow => self.follow_now(),
            Command::Labels(labels) => self.labels = labels,
            Command::Axis(axis) => self.set_axis(axis),
            Command::Hide(kind) => self.toggle_hidden(kind),
            Command::Look(wish) => look::carry_out(self, wish),
            Command::Settle => self.settle(),
            Command::Speed(up) => self.change_speed(up),
            other => return Some(other),
        }
        None
    }

    fn choose_next(&mut self, forward: bool) {
        let trace = self.run.trace();
        let start = self.chosen[0].or(self.frame.event).unwrap_or(0);
        let fits = |id: &u32| is_event(trace.record(*id));
        let next = if forward { (start + 1..trace.len()).find(fits) } else { (0..start).rev().find(fits) };
        if let Some(id) = next {
            self.chosen = [Some(id), None];
        }
    }

    /// The view clock stops.
    pub(crate) fn pause(&mut self) {
        self.playing = false;
    }

    /// The view clock runs, and the window with it.
    pub(crate) fn play_on(&mut self) {
        (self.playing, self.follow) = (true, true);
    }

    /// The window goes with the view clock.
    pub(crate) fn follow_clock(&mut self) {
        self.follow = true;
    }

    /// These events are chosen.
    pub(crate) fn choose_both(&mut self, events: [Option<RecordId>; 2]) {
        self.chosen = events;
    }

    /// A guide points at events, and covers the clocks from one on.
    pub(crate) fn point_at(&mut self, events: Vec<RecordId>, covered_from: Option<RecordId>) {
        (self.ringed, self.veil) = (events, covered_from);
    }

    /// This stands beside the events.
    pub(crate) fn show_labels(&mut self, labels: Labels) {
        self.labels = labels;
    }

    /// Time runs this way.
    pub(crate) fn turn(&mut self, orientation: Orientation) {
        self.look.orientation = orientation;
    }

    /// Makes what happens until a time known, without going there.
    pub(crate) fn make_known(&mut self, until_us: u64) {
        let position = self.run.position();
        self.run.seek_time(until_us, u32::MAX);
        self.run.seek(position);
        self.index.update(&self.run);
    }

    /// Whether a guide is doing something: all of it is one step back.
    pub(crate) fn set_guided(&mut self, guided: bool) {
        self.guided = guided;
    }

    /// The card of the load is closed.
    pub(crate) fn close_load(&mut self) {
        self.pause_load();
        self.load = None;
    }
}
