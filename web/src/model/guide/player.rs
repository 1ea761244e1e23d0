//! Where a person stands in a guide. Knows no browser.

use crate::model::session::Session;
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::protocol::Lab;
use lightcone_core::scenario::Scenario;
use lightcone_core::trace::RecordId;
use lightcone_core::views::guide::{Answer, Guide, Move, Place, Query, whole};
use std::cell::RefCell;
use std::rc::Rc;

/// A place where playing stops by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Goal {
    /// When, in microseconds.
    pub at_us: u64,
    /// Behind how many records, where the time alone does not say it.
    pub position: Option<u32>,
    /// What is chosen then.
    pub choose: [Option<RecordId>; 2],
}

impl Goal {
    fn of(place: &Place, all: &Run) -> Result<Goal, String> {
        let (at_us, position) = place.find(all)?;
        Ok(Goal { at_us, position, choose: [None, None] })
    }

    /// Just behind an event.
    pub(crate) fn event(run: &Run, id: RecordId) -> Goal {
        Goal { at_us: run.trace().record(id).at_us, position: Some(id + 1), choose: [None, None] }
    }

    /// Goes there at once.
    pub(crate) fn reach(self, session: &mut Session) {
        session.pause();
        session.seek_time(self.at_us as f64);
        if let Some(position) = self.position {
            session.seek_event(position.saturating_sub(1));
        }
        if self.choose[0].is_some() {
            session.choose_both(self.choose);
        }
    }

    /// Goes there at once or by playing.
    pub(crate) fn start(self, session: &mut Session, animate: bool) -> Option<Goal> {
        if !animate || session.view_us() >= self.at_us as f64 {
            self.reach(session);
            return None;
        }
        session.play_on();
        Some(self)
    }
}

/// How a question stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Not answered yet.
    #[default]
    Open,
    /// The last answer was wrong.
    Wrong,
    /// Answered.
    Right,
    /// The answer was shown.
    Shown,
}

impl Verdict {
    /// Whether the answer is known.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Verdict::Right | Verdict::Shown)
    }
}

/// What became of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How its question stands.
    pub verdict: Verdict,
    /// What was answered last.
    pub given: Vec<String>,
    /// Whether what was to be done is done.
    pub done: bool,
}

/// A guide and where the person stands in it.
pub(crate) struct Player {
    /// Its name: that of its lab, or of the tour.
    pub name: &'static str,
    /// The guide.
    pub guide: Guide,
    /// The step, counted from 0.
    pub at: usize,
    /// What became of each step.
    pub progress: Vec<Progress>,
    /// Parts of the page that are pointed at.
    pub points: Vec<&'static str>,
    /// The answer to this step's question.
    pub answer: Option<Answer>,
    /// Why that was so, in the protocol's words.
    pub why: Option<(String, &'static str)>,
    about: Vec<RecordId>,
    expected: Option<Scenario>,
}

/// A shared player.
#[derive(Clone)]
pub(crate) struct PlayerRef(pub Rc<RefCell<Player>>);

impl PartialEq for PlayerRef {
    // By hand, because what matters is that it is the same cell.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Player {
    /// A guide at its beginning, before its first step.
    pub(crate) fn new(name: &'static str, guide: Guide) -> Player {
        let progress = vec![Progress::default(); guide.steps.len()];
        let (points, about) = (Vec::new(), Vec::new());
        Player { name, guide, at: 0, progress, points, answer: None, why: None, about, expected: None }
    }

    /// The lab in which a step takes place: the last one that was named up to there, or the guide's own.
    pub(crate) fn lab_of(&self, step: usize) -> Option<&'static dyn Lab> {
        let steps = &self.guide.steps[..=step.min(self.guide.steps.len() - 1)];
        let named = steps.iter().rev().find_map(|step| step.lab());
        labs::find(named.unwrap_or(self.name))
    }

    /// Whether the person has gone another way than the step: then the guide waits.
    pub(crate) fn is_left_alone(&self, session: &Session) -> bool {
        let acts = self.guide.steps[self.at].check.is_some();
        !acts && self.expected.as_ref().is_some_and(|expected| expected != session.run().scenario())
    }

    /// Goes to a step: does what it says from the last scenario that was opened, so that a step looks the same
    /// from wherever one comes. A step that only plays on goes on from where the run stands.
    ///
    /// # Errors
    /// One sentence, when a guide speaks of what is not there.
    pub(crate) fn enter(&mut self, session: &mut Session, step: usize, animate: bool) -> Result<Option<Goal>, String> {
        let step = step.min(self.guide.steps.len() - 1);
        let moves = &self.guide.steps[step].moves;
        let plays_on = !moves.iter().any(|m| matches!(m, Move::Seek(_) | Move::Load(_)));
        let follows = self.expected.is_some() && step == self.at + 1 && !self.is_left_alone(session);
        let loads = (0..=step).rev().find(|&i| self.guide.steps[i].loads()).unwrap_or(0);
        let first = if plays_on && follows { step } else { loads };
        session.point_at(Vec::new(), None);
        session.choose_both([None, None]);
        self.at = step;
        self.points.clear();
        let mut goal = None;
        // What comes later must not be known before it is seen: of the steps on the way only the last place counts.
        for i in first..=step {
            if i == step
                && plays_on
                && let Some(there) = goal.take()
            {
                Goal::reach(there, session);
            }
            for one in self.guide.steps[i].moves.clone() {
                goal = self.play(session, &one, goal, i == step)?;
            }
        }
        if step == 0 || first < step || !plays_on {
            session.follow_clock();
        }
        self.reveal_ringed(session)?;
        self.prepare(session)?;
        self.expected = Some(session.run().scenario().clone());
        Ok(goal.and_then(|goal: Goal| goal.start(session, animate)))
    }

    /// Stands at a step of a run that was restored, without doing anything to it.
    ///
    /// # Errors
    /// One sentence, when a guide speaks of what is not there.
    pub(crate) fn attach(&mut self, session: &mut Session, step: usize) -> Result<(), String> {
        let mut scratch = Session::new(session.run().scenario().clone());
        self.enter(&mut scratch, step, false)?;
        if !self.is_left_alone(session) {
            session.point_at(scratch.ringed().to_vec(), scratch.veil());
            self.reveal_ringed(session)?;
        }
        Ok(())
    }

    /// Does one thing; gives the place where the cursor is to go when all is done.
    fn play(&mut self, s: &mut Session, one: &Move, goal: Option<Goal>, last: bool) -> Result<Option<Goal>, String> {
        s.as_guide(|s| self.play_in(s, one, goal, last))
    }

    fn play_in(&mut self, s: &mut Session, one: &Move, goal: Option<Goal>, last: bool) -> Result<Option<Goal>, String> {
        match one {
            Move::Load(which) => {
                let next = opened(s, which)?;
                s.replace(next, String::new());
                return Ok(None);
            }
            Move::Act(line) => {
                if let Some(goal) = goal {
                    goal.reach(s);
                }
                let act = s.run().scenario().read_line(line).map_err(|e| e.to_string())?;
                s.act(act);
                s.pause();
                return Ok(None);
            }
            Move::Seek(place) => {
                let there = Goal::of(place, &whole(s.run()))?;
                if last {
                    there.reach(s);
                    return Ok(None);
                }
                return Ok(Some(there));
            }
            Move::Play(place) => {
                if let Some(goal) = goal.filter(|_| last) {
                    goal.reach(s);
                }
                return Goal::of(place, &whole(s.run())).map(Some);
            }
            Move::Labels(labels) => s.show_labels(*labels),
            Move::Axis(axis) => s.set_axis(*axis),
            Move::Hide(kind, hide) => {
                let known = s.index().kinds().iter().copied().find(|k| *k == kind.as_str());
                if let Some(kind) = known.filter(|k| s.hidden().contains(k) != *hide) {
                    s.toggle_hidden(kind);
                }
            }
            Move::Fit => s.fit(),
            Move::Ring(_) | Move::Point(_) | Move::Choose(..) if !last => {}
            Move::Point(panels) => self.points.clone_from(panels),
            Move::Ring(events) => {
                let all = whole(s.run());
                let ringed = events.iter().map(|e| e.need(&all)).collect::<Result<_, _>>()?;
                s.point_at(ringed, s.veil());
            }
            Move::Choose(a, b) => {
                let all = whole(s.run());
                s.choose_both([Some(a.need(&all)?), b.as_ref().map(|b| b.need(&all)).transpose()?]);
            }
        }
        Ok(goal)
    }

    /// What is ringed must be known, though it is still to come.
    fn reveal_ringed(&self, s: &mut Session) -> Result<(), String> {
        let latest = s.ringed().iter().copied().max().filter(|&id| id >= s.run().trace().len());
        if let Some(id) = latest {
            let at_us = whole(s.run()).trace().record(id).at_us;
            s.make_known(at_us);
        }
        Ok(())
    }

    /// Works the answer out, and covers it.
    fn prepare(&mut self, s: &mut Session) -> Result<(), String> {
        (self.answer, self.why) = (None, None);
        self.about.clear();
        let Some(ask) = &self.guide.steps[self.at].ask else { return Ok(()) };
        let all = whole(s.run());
        self.answer = Some(ask.answer.answer(&all, &ask.choices)?);
        self.about = ask.answer.events().into_iter().map(|e| e.need(&all)).collect::<Result<_, _>>()?;
        if let Query::Order(e) = &ask.answer {
            self.about.extend(e.all(&all).last());
        }
        if !matches!(ask.answer, Query::Relation(..) | Query::Order(_)) {
            self.why = self.about.first().and_then(|&id| all.why(id));
        }
        if ask.answer.is_clock() && !self.progress[self.at].verdict.is_over() {
            s.point_at(s.ringed().to_vec(), self.about.first().copied());
        }
        Ok(())
    }

    /// Takes an answer.
    pub(crate) fn submit(&mut self, s: &mut Session, given: Vec<String>, animate: bool) -> Option<Goal> {
        let right = self.answer.as_ref().is_some_and(|a| a.is_right(&given));
        let progress = &mut self.progress[self.at];
        progress.given = given;
        progress.verdict = if right { Verdict::Right } else { Verdict::Wrong };
        if right { self.uncover(s, animate) } else { None }
    }

    /// Shows the answer, or does what is to be done.
    ///
    /// # Errors
    /// One sentence, when a guide speaks of what is not there.
    pub(crate) fn show(&mut self, s: &mut Session, animate: bool) -> Result<Option<Goal>, String> {
        if let Some(answer) = &self.answer {
            let progress = &mut self.progress[self.at];
            (progress.verdict, progress.given) = (Verdict::Shown, answer.given());
            return Ok(self.uncover(s, animate));
        }
        let moves = self.guide.steps[self.at].check.as_ref().map(|c| c.show.clone()).unwrap_or_default();
        let mut goal = None;
        for one in moves {
            goal = self.play(s, &one, goal, true)?;
        }
        Ok(goal.and_then(|goal| goal.start(s, animate)))
    }

    /// The clocks are seen again, and the run goes on to what was asked about.
    fn uncover(&self, s: &mut Session, animate: bool) -> Option<Goal> {
        s.point_at(s.ringed().to_vec(), None);
        let all = whole(s.run());
        let choose = [self.about.first().copied(), self.about.get(1).copied()];
        let last = self.about.iter().copied().max()?;
        if last < s.run().position() {
            s.choose_both(choose);
            return None;
        }
        Goal { choose, ..Goal::event(&all, last) }.start(s, animate)
    }

    /// Notices when what was to be done is done.
    pub(crate) fn watch(&mut self, s: &Session) {
        let step = &self.guide.steps[self.at];
        let progress = &mut self.progress[self.at];
        let holds = |check: &lightcone_core::views::guide::Check| check.until.holds(s.run(), s.chosen());
        progress.done |= step.check.as_ref().is_some_and(holds);
    }

    /// Whether the step asks for something that was neither done nor shown yet.
    pub(crate) fn waits(&self) -> bool {
        let (step, progress) = (&self.guide.steps[self.at], &self.progress[self.at]);
        (step.ask.is_some() && !progress.verdict.is_over()) || (step.check.is_some() && !progress.done)
    }
}

/// A scenario of the guide's lab, standing still at its beginning.
fn opened(before: &Session, which: &str) -> Result<Session, String> {
    let (lab, id) = match which.split_once('/').filter(|_| !which.starts_with('{')) {
        Some((lab, id)) => (labs::find(lab).ok_or_else(|| format!("there is no lab {lab}"))?, id),
        None => (before.lab(), which),
    };
    let builtin = lab.spec().scenario(id).map(|b| b.json());
    let json = builtin.or(id.starts_with('{').then(|| id.into()));
    let json = json.ok_or_else(|| format!("the lab has no scenario {which}"))?;
    let mut session = Session::new(labs::parse(&json).map_err(|e| e.to_string())?);
    session.pause();
    session.turn(before.look().orientation);
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs;

    fn players() -> Vec<(Player, Session)> {
        let files = lightcone_guides::files().expect("the guides are there");
        let player = |(id, path): (String, std::path::PathBuf)| {
            let json = lightcone_guides::build(&id, &path).expect("a guide");
            let name = crate::model::guide::named(&id).expect("a guide");
            let player = Player::new(name, Guide::parse(&json).expect("a guide"));
            let lab = player.lab_of(0).expect("a lab");
            let first = labs::parse(&lab.spec().scenarios[0].json()).expect("a scenario");
            (player, Session::new(first))
        };
        files.into_iter().map(player).collect()
    }

    fn place(s: &Session) -> (u64, u32, u32, Vec<RecordId>, Option<RecordId>) {
        (s.run().hash(), s.run().position(), s.run().trace().len(), s.ringed().to_vec(), s.veil())
    }

    #[test]
    fn a_step_looks_the_same_forward_backward_and_directly() {
        for (mut player, mut s) in players() {
            let mut forward = Vec::new();
            for i in 0..player.guide.steps.len() {
                player.enter(&mut s, i, false).expect("a step");
                assert!(!player.is_left_alone(&s));
                forward.push(place(&s));
            }
            for (i, expected) in forward.iter().enumerate().rev() {
                player.enter(&mut s, i, false).expect("a step");
                assert_eq!(place(&s), *expected, "{} step {}", player.name, i + 1);
            }
        }
    }

    #[test]
    fn what_a_guide_does_is_one_step_back_and_what_the_person_did_before_is_behind_it() {
        for (mut player, mut s) in players() {
            s.seek_time(10_000.0);
            let name = s.run().names()[0].clone();
            let crash = |name: &str| format!("{{\"crash\":{{\"node\":\"{name}\"}}}}");
            s.act_json(&crash(&name)).expect("an act");
            let (by_hand, at_us) = (s.run().scenario().clone(), s.view_us());
            for i in 0..player.guide.steps.len() {
                player.enter(&mut s, i, false).expect("a step");
                if player.waits() {
                    player.show(&mut s, false).expect("an answer");
                }
            }
            assert_ne!(*s.run().scenario(), by_hand);
            assert_eq!(s.travel(true).as_deref(), Some("what the guide did"));
            assert_eq!((s.run().scenario(), s.view_us()), (&by_hand, at_us), "{}", player.name);
            assert!(s.travel(true).is_some_and(|what| what.starts_with("crash")));
            assert!(s.travel(true).is_none());
            // What the person does in the guide's run is theirs.
            player.enter(&mut s, 0, false).expect("a step");
            s.pause();
            let name = s.run().names()[1].clone();
            s.act_json(&crash(&name)).expect("an act");
            let in_guide = s.run().scenario().clone();
            player.enter(&mut s, 0, false).expect("a step");
            assert!(s.travel(true).is_some());
            assert_eq!(*s.run().scenario(), in_guide);
        }
    }

    #[test]
    fn nothing_is_known_before_it_is_seen_but_what_is_ringed() {
        for (mut player, mut s) in players() {
            for i in 0..player.guide.steps.len() {
                player.enter(&mut s, i, false).expect("a step");
                let now_us = s.run().now_us();
                let ringed_us = s.ringed().iter().map(|&id| s.run().trace().record(id).at_us).max().unwrap_or(0);
                let last = s.run().trace().len() - 1;
                let next = player.guide.steps[i].moves.iter().flat_map(Move::events).filter_map(|e| e.find(s.run()));
                let next_us = next.map(|id| s.run().trace().record(id).at_us).max().unwrap_or(0);
                let known_us = s.run().trace().record(last).at_us;
                assert!(known_us <= now_us.max(ringed_us).max(next_us), "{} step {}", player.name, i + 1);
            }
        }
    }

    #[test]
    fn answers_are_taken_shown_and_remembered_and_clocks_covered_until_then() {
        for (mut player, mut s) in players() {
            for i in 0..player.guide.steps.len() {
                player.enter(&mut s, i, false).expect("a step");
                let Some(answer) = player.answer.clone() else { continue };
                let clock = player.guide.steps[i].ask.as_ref().is_some_and(|ask| ask.answer.is_clock());
                assert_eq!(s.veil().is_some(), clock);
                assert!(player.waits());
                assert_eq!(player.submit(&mut s, vec!["nothing".into()], false), None);
                assert_eq!(player.progress[i].verdict, Verdict::Wrong);
                player.submit(&mut s, answer.given(), false);
                assert_eq!((player.progress[i].verdict, s.veil()), (Verdict::Right, None));
                assert!(!player.waits() && !player.is_left_alone(&s));
                player.enter(&mut s, i, false).expect("again");
                assert_eq!((player.progress[i].verdict, s.veil()), (Verdict::Right, None));
            }
        }
    }

    #[test]
    fn what_is_shown_does_what_is_waited_for_and_acting_elsewhere_is_taking_over() {
        for (mut player, mut s) in players() {
            for i in 0..player.guide.steps.len() {
                player.enter(&mut s, i, false).expect("a step");
                let acts = player.guide.steps[i].check.is_some();
                if acts {
                    player.watch(&s);
                    assert!(player.waits());
                    player.show(&mut s, false).expect("it can be shown");
                    player.watch(&s);
                    assert!(!player.waits(), "{} step {}", player.name, i + 1);
                    continue;
                }
                s.act_json(r#"{"heal":{}}"#).expect("an act");
                assert!(player.is_left_alone(&s));
                player.enter(&mut s, i, false).expect("back");
                assert!(!player.is_left_alone(&s));
            }
        }
    }

    #[test]
    fn playing_stops_where_the_guide_wants_it() {
        let (mut player, mut s) = players().remove(0);
        let with_play = (0..player.guide.steps.len())
            .find(|&i| player.guide.steps[i].moves.iter().any(|m| matches!(m, Move::Play(_))))
            .expect("a step that plays");
        let goal = player.enter(&mut s, with_play, true).expect("a step").expect("it plays");
        assert!(s.is_playing());
        while s.view_us() < goal.at_us as f64 {
            s.tick(0.016);
        }
        goal.reach(&mut s);
        let seen = s.run().position();
        player.enter(&mut s, with_play, false).expect("at once");
        assert_eq!(s.run().position(), seen);
    }
}
