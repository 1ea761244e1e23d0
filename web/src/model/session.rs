//! The model behind the page: a run, the view clock, what is chosen. Knows no Yew and no browser.

mod acts;
pub(crate) mod ahead;
mod branching;
mod comparing;
mod consequence;
mod kept;
mod load;
pub(crate) mod look;
mod moments;
mod read;
mod show;
#[cfg(test)]
mod tests;
mod window;
mod wishes;

pub(crate) use acts::{ActRow, read_millis};
pub(crate) use kept::Kept;

use crate::model::branches::{BranchId, Compare, Tree};
use crate::model::load::Load;
use branching::{Alive, History};
use consequence::Consequence;
use lightcone_core::base::clock::Relation;
use lightcone_core::base::json::InputError;
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::labs::LABS;
use lightcone_core::protocol::Lab;
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{Builtin, Labels};
use lightcone_core::trace::frame::{Frame, Panel, Status};
use lightcone_core::trace::{Act, Kind, MessageId, RecordId, Surgery, Which, causality};
use lightcone_core::views::diagram::{self, Axis, Index, LINK_LAYER, Usual, View};
use look::Look;
use show::Remake;
use std::cell::OnceCell;

/// Simulated seconds a second; the last one is "as fast as possible".
pub(crate) const SPEEDS: [f64; 11] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, f64::INFINITY];
/// Seconds that a scenario takes to play at the speed chosen for it.
const PLAY_S: f64 = 9.0;
/// Most new records in one frame: keeps a frame short however fast the clock runs.
const RECORDS_A_FRAME: u32 = 6_000;
/// How far a run goes on after its end while messages are under way, as a share of the view.
const AFTER_END: f64 = 1.0;
/// Shortest stretch that can be seen, in microseconds (or thousandths of a step).
pub(crate) const SPAN_MIN: f64 = 50.0;

/// A run as it is shown.
pub(crate) struct Session {
    /// The run.
    run: Run,
    /// What the diagram finds things with.
    index: Index,
    /// The moment at the cursor.
    frame: Frame,
    /// The lab's own views at the cursor, once somebody has asked for them.
    panels: OnceCell<Vec<Panel>>,
    /// Id of the built-in scenario this began with.
    builtin: Option<&'static str>,
    /// Whether the view clock runs.
    playing: bool,
    /// Place in [`SPEEDS`].
    speed: usize,
    /// The view clock, in microseconds.
    view_us: f64,
    /// What the diagram shows: left and right edge, in units of the axis.
    window: (f64, f64),
    /// Whether the window follows the view clock.
    follow: bool,
    /// What the axis shows.
    axis: Axis,
    /// What stands beside events.
    labels: Labels,
    /// How the run is looked at when nobody says how, and how wide the diagram is then, in pixels.
    usual: (Usual, f64),
    /// Whether what only keeps the system going is brought out of the folds of the story.
    routine: bool,
    /// Sorts of messages that are not shown.
    hidden: Vec<&'static str>,
    /// How else it is looked at.
    look: Look,
    /// The event under the pointer.
    hover: Option<RecordId>,
    /// The events that were chosen.
    chosen: [Option<RecordId>; 2],
    /// Events that a guide points at.
    ringed: Vec<RecordId>,
    /// From this event on clocks are covered: a guide asks for one.
    veil: Option<RecordId>,
    /// Whether a violation has stopped this run already.
    stopped_at: Option<RecordId>,
    /// The branches.
    tree: Tree,
    /// What can be taken back.
    history: History,
    /// The branch beside the one that is shown.
    compare: Option<Compare>,
    /// The branch whose run is shown.
    shown: BranchId,
    alive: Alive,
    /// Whether a guide is doing something.
    guided: bool,
    /// The load that was started last.
    load: Option<Load>,
    /// How often another run was put in the place of this one.
    runs: u32,
    /// The same run, being made again to look at something else in it.
    remake: Option<Remake>,
    /// What comes of the last act in the past, while the run plays on to it.
    awaited: Option<Consequence>,
    /// Where the run is going, in microseconds, while it works its way to a place far behind what is known.
    ahead: Option<f64>,
}

impl Session {
    /// Opens a scenario at its beginning, playing.
    #[must_use]
    pub(crate) fn new(scenario: Scenario) -> Session {
        let usual = diagram::usual(&scenario);
        let mut run = Run::new(scenario);
        // Before time 0 is over no process runs, and nothing could be asked of any.
        run.seek_time(0, u32::MAX);
        let until_us = run.scenario().until_us as f64;
        let wanted = until_us / 1e6 / PLAY_S;
        let speed = SPEEDS.iter().rposition(|&s| s <= wanted * 1.3).unwrap_or(0);
        let builtin = builtin_of(run.scenario());
        let frame = run.frame();
        let index = Index::of(&run);
        let clocks = run.scenario().lab.spec().clocks;
        let labels = if frame.processes.len() > 10 { Labels::None } else { clocks };
        let mut session = Session {
            frame,
            panels: OnceCell::new(),
            index,
            builtin,
            playing: true,
            speed,
            view_us: 0.0,
            window: (0.0, 1.0),
            follow: true,
            axis: usual.axis,
            labels,
            usual: (usual, window::WIDE_PX),
            routine: false,
            hidden: vec![LINK_LAYER],
            look: Look::default(),
            hover: None,
            chosen: [None, None],
            ringed: Vec::new(),
            veil: None,
            stopped_at: None,
            tree: Tree::new(run.scenario(), builtin),
            history: History::default(),
            compare: None,
            shown: 0,
            alive: Alive::default(),
            guided: false,
            load: None,
            runs: 0,
            remake: None,
            awaited: None,
            ahead: None,
            run,
        };
        session.window = session.first_window();
        session
    }

    /// The lab.
    #[must_use]
    pub(crate) fn lab(&self) -> &'static dyn Lab {
        self.run.scenario().lab
    }

    /// The scenario as it stands, its end not before what was seen.
    #[must_use]
    pub(crate) fn scenario(&self) -> Scenario {
        let mut scenario = self.run.scenario().clone();
        scenario.until_us = scenario.until_us.max(self.run.now_us());
        scenario
    }

    /// Takes in that the cursor has moved.
    fn moved(&mut self) {
        self.index.update(&self.run);
        self.frame = self.run.frame();
        self.panels.take();
        self.count_load();
        look::refresh(self);
    }

    /// Whether the run has come to its end: nothing is under way any more.
    #[must_use]
    pub(crate) fn at_end(&self) -> bool {
        let until = self.run.scenario().until_us as f64;
        if self.view_us < until {
            return false;
        }
        let span = self.window.1 - self.window.0;
        self.frame.in_flight.is_empty() || self.view_us >= until + span * AFTER_END
    }

    /// Moves the view clock by so many seconds of a person's time. True when something is to be painted.
    pub(crate) fn tick(&mut self, seconds: f64) -> bool {
        if !self.playing {
            return false;
        }
        let until = self.run.scenario().until_us as f64;
        let speed = SPEEDS[self.speed];
        let goal = if speed.is_finite() { self.view_us + seconds * speed * 1e6 } else { until.max(self.view_us) };
        let goal = if self.view_us < until { goal.min(until) } else { goal };
        let goal = self.awaited.as_ref().map_or(goal, |c| goal.min(c.at_us as f64).max(self.view_us));
        let before = self.run.position();
        if self.run.seek_time(goal as u64, RECORDS_A_FRAME) {
            self.view_us = goal;
        } else {
            self.view_us = self.run.now_us() as f64;
        }
        if self.run.position() != before {
            self.moved();
            self.stop_at_violation();
        }
        self.stop_at_consequence();
        if self.at_end() {
            self.playing = false;
        }
        self.keep_in_view();
        true
    }

    /// A violation stops the run at its first bad event.
    fn stop_at_violation(&mut self) {
        let Some(first) = self.run.violations().into_iter().find(|v| self.stopped_at.is_none_or(|s| v.id > s)) else {
            return;
        };
        self.stopped_at = Some(first.id);
        self.run.seek(first.id + 1);
        self.view_us = self.run.now_us() as f64;
        self.playing = false;
        self.chosen = [first.events.last().copied(), None];
        self.moved();
    }

    /// To the first bad event of the whole run, what settling shows included.
    pub(crate) fn go_to_violation(&mut self, settle: bool) {
        self.run.seek_time(self.run.scenario().until_us, u32::MAX);
        if settle {
            self.run.settle();
        }
        self.moved();
        self.stop_at_violation();
        self.fit();
    }

    /// Play or pause; at the end, play begins again.
    pub(crate) fn toggle_play(&mut self) {
        if self.ahead.is_some() {
            self.stop_ahead();
            return;
        }
        if !self.playing && self.at_end() {
            self.seek_time(0.0);
            self.follow = true;
            self.stopped_at = None;
        }
        self.playing = !self.playing;
        self.awaited = None;
    }

    /// Whether a record belongs to a sort of messages that is not shown.
    #[must_use]
    pub(crate) fn is_hidden(&self, id: RecordId) -> bool {
        let record = self.run.trace().record(id);
        diagram::sort_of_record(&self.run, record).is_some_and(|sort| self.hidden.contains(&sort))
    }

    /// Shows or hides a sort of messages.
    pub(crate) fn toggle_hidden(&mut self, kind: &'static str) {
        match self.hidden.iter().position(|k| *k == kind) {
            Some(i) => drop(self.hidden.remove(i)),
            None => self.hidden.push(kind),
        }
    }

    /// Ends all faults now and plays what follows, until nothing moves any more.
    pub(crate) fn settle(&mut self) {
        let from_us = self.view_us;
        self.run.seek_time(from_us as u64, u32::MAX);
        self.before_settling(&self.act_words(&Act::Settle));
        self.run.settle();
        self.after_act();
        self.seek_time(from_us);
        self.chosen = [None, None];
        self.stopped_at = self.stopped_at.filter(|&id| id < self.run.position());
        self.follow = true;
        self.playing = true;
    }

    /// One record forward or back; what is not shown is passed over.
    pub(crate) fn step(&mut self, forward: bool) {
        (self.playing, self.awaited) = (false, None);
        self.stop_ahead();
        loop {
            let before = self.run.position();
            if forward {
                self.run.step();
            } else {
                self.run.seek(before.saturating_sub(1).max(self.first_position()));
            }
            let position = self.run.position();
            if position == before || position <= self.first_position() || !self.is_hidden(position - 1) {
                break;
            }
        }
        self.view_us = self.run.now_us() as f64;
        self.moved();
        self.follow = true;
        self.keep_in_view();
    }

    /// The earliest place of the cursor: all processes have started, nothing else has happened.
    #[must_use]
    pub(crate) fn first_position(&self) -> u32 {
        self.run.names().len() as u32
    }

    /// To just behind a record.
    pub(crate) fn seek_event(&mut self, id: RecordId) {
        (self.playing, self.awaited, self.ahead) = (false, None, None);
        self.run.seek(id.saturating_add(1).max(self.first_position()));
        self.view_us = self.run.now_us() as f64;
        self.moved();
        self.keep_in_view();
    }

    /// To an instant.
    pub(crate) fn seek_time(&mut self, at_us: f64) {
        let at_us = at_us.max(0.0);
        (self.awaited, self.ahead) = (None, None);
        self.run.seek_time(at_us as u64, u32::MAX);
        self.view_us = at_us;
        self.moved();
        self.keep_in_view();
    }

    /// The end of what the scrubber shows, in microseconds.
    #[must_use]
    pub(crate) fn end_us(&self) -> f64 {
        let known = match self.run.trace().len() {
            0 => 0,
            len => self.run.trace().record(len - 1).at_us,
        };
        (self.run.scenario().until_us.max(known) as f64).max(self.view_us)
    }

    /// Does something now. A finished run goes on, so that what was done can be seen to happen.
    pub(crate) fn act(&mut self, act: Act) {
        let words = self.act_words(&act);
        self.act_all(vec![act], &words);
    }

    /// Does several things in the same instant: one step back takes back all of them.
    pub(crate) fn act_all(&mut self, acts: Vec<Act>, what: &str) {
        self.stop_ahead();
        let finished = self.at_end();
        let (old, first) = (self.old_future(), self.run.position());
        self.before_act(what);
        for act in &acts {
            self.run.act(act.clone(), self.view_us as u64);
        }
        // What was asked for is seen to happen, and not only to have been asked for.
        while self.run.frame().mid_step && self.run.step() {}
        self.after_act();
        self.moved();
        self.chosen = [None, None];
        self.stopped_at = self.stopped_at.filter(|&id| id < self.run.position());
        self.follow = true;
        self.playing |= finished;
        self.await_consequence(old, &acts, (first, self.run.position()));
    }

    /// Goes back to where a message was sent, and does something to it there.
    pub(crate) fn act_at_sending(&mut self, message: MessageId, surgery: Surgery) {
        self.seek_event(self.run.trace().message(message).send);
        self.act(Act::Message { which: Which::Id(message), surgery });
    }

    /// Does something that was written as JSON.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(crate) fn act_json(&mut self, text: &str) -> Result<(), InputError> {
        let act = self.run.scenario().read_act(text)?;
        self.act(act);
        Ok(())
    }

    /// The last refusal, if the newest record is one.
    #[must_use]
    pub(crate) fn refusal(&self) -> Option<String> {
        let id = self.frame.event?;
        (self.run.trace().record(id).kind == Kind::Refused).then(|| self.run.label(id))
    }

    /// Turns a switch of `setup.broken` and starts the scenario again.
    #[must_use]
    pub(crate) fn with_switch(&self, name: &'static str) -> Session {
        let mut scenario = self.run.scenario().clone();
        scenario.setup.turn(name);
        self.again(scenario)
    }

    /// The same with a set-up field changed; acts that no longer fit are left out.
    ///
    /// # Errors
    /// When the value does not fit.
    pub(crate) fn with_setup(&self, field: &str, json: &str) -> Result<Session, InputError> {
        let scenario = self.run.scenario();
        let next = scenario.with_setup_field(field, json);
        // What is looked at may be nothing any more under the new settings.
        let unseen =
            || scenario.with_setup_field(self.lab().spec().shows?, "\"\"").ok()?.with_setup_field(field, json).ok();
        let next = next.or_else(|e| unseen().ok_or(e))?;
        Ok(self.again(next))
    }

    fn again(&self, scenario: Scenario) -> Session {
        let mut next = Session::new(scenario);
        (next.labels, next.axis, next.speed) = (self.labels, self.axis, self.speed);
        (next.routine, next.usual.1) = (self.routine, self.usual.1);
        next.window = next.first_window();
        next.hidden.clone_from(&self.hidden);
        next.look = self.look.again(next.run.names() == self.run.names());
        next.builtin = self.builtin;
        self.hand_tree_to(&mut next);
        next
    }

    /// Chooses an event: the first one, then the one to compare it with, then a first one again.
    pub(crate) fn choose(&mut self, id: Option<RecordId>) {
        self.chosen = match (id, self.chosen) {
            (None, _) => [None, None],
            (Some(id), [Some(a), None]) if id != a => [Some(a), Some(id)],
            (Some(id), [Some(a), None]) if id == a => [None, None],
            (Some(id), _) => [Some(id), None],
        };
    }

    /// How the two chosen events stand to each other.
    #[must_use]
    pub(crate) fn relation(&self) -> Option<(RecordId, RecordId, Relation)> {
        let [Some(a), Some(b)] = self.chosen else { return None };
        let len = self.run.trace().len();
        if a >= len || b >= len {
            return None;
        }
        causality::relation(self.run.trace(), a, b).map(|r| (a, b, r))
    }

    /// The last event before the cursor that is shown.
    fn last_event(&self) -> Option<RecordId> {
        let newest = self.frame.event?;
        (0..=newest).rev().find(|&id| !self.is_hidden(id))
    }

    /// The event whose details are shown.
    #[must_use]
    pub(crate) fn shown(&self) -> Option<RecordId> {
        let len = self.run.trace().len();
        self.hover.or(self.chosen[1]).or(self.chosen[0]).or_else(|| self.last_event()).filter(|&id| id < len)
    }

    /// Whether an event's clocks are covered, because a guide asks for them.
    #[must_use]
    pub(crate) fn is_veiled(&self, id: RecordId) -> bool {
        self.veil.is_some_and(|from| id >= from)
    }

    /// What the diagram shows in a picture of some size.
    #[must_use]
    pub(crate) fn view(&self, width: f32, height: f32) -> View {
        let lit = self.run.blamed();
        let mut view = View {
            width,
            height,
            orientation: self.look.orientation,
            collapsed: self.look.collapsed.clone(),
            order: self.look.order.clone(),
            cut: self.look.cut_line(),
            hits: Vec::new(),
            from: self.window.0,
            to: self.window.1,
            axis: self.axis,
            labels: self.labels,
            focus: if self.chosen[1].is_some() { self.hover } else { self.hover.or(self.chosen[0]) },
            chosen: self.chosen,
            now_us: Some(self.view_us as u64),
            folded: self.folds(),
            hidden: self.hidden.clone(),
            lit,
            ringed: self.ringed.clone(),
            veil: self.veil,
            left_out: Vec::new(),
            millimetres: None,
        };
        if let Some(finder) = &self.look.finder {
            let (first, end) = diagram::visible(self.run.trace(), &self.index, &view);
            view.hits = finder.search.hits_between(first, end).to_vec();
        }
        view
    }

    /// Faster or slower.
    pub(crate) fn change_speed(&mut self, up: bool) {
        self.speed = if up { (self.speed + 1).min(SPEEDS.len() - 1) } else { self.speed.saturating_sub(1) };
    }

    /// Whether a process runs.
    #[must_use]
    pub(crate) fn status(&self, node: usize) -> Status {
        self.frame.processes[node].status
    }
}

/// The built-in scenario that a scenario is, if it is one unchanged.
fn builtin_of(scenario: &Scenario) -> Option<&'static str> {
    let same = |b: &&Builtin| labs::parse(&b.json()).is_ok_and(|s| s == *scenario);
    scenario.lab.spec().scenarios.iter().find(same).map(|b| b.id)
}

/// What opens when nobody asks for anything else.
///
/// # Panics
/// When the first built-in scenario is broken, which a test rules out.
#[must_use]
pub(crate) fn first_scenario() -> Scenario {
    labs::parse(&LABS[0].spec().scenarios[0].json()).expect("the first scenario is fine")
}

/// What somebody sees who asks for nothing: it goes on from the picture that the page has before the program runs.
#[must_use]
pub(crate) fn first_sight() -> Session {
    let scenario = first_scenario();
    let at_us = diagram::first_moment(&scenario);
    let mut session = Session::new(scenario);
    session.seek_time(at_us as f64);
    session
}
