//! A guide gone through without a person: every scenario opened, every event found, every question answered.

use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::protocol::Lab;
use lightcone_core::trace::RecordId;
use lightcone_core::views::guide::{Answer, Guide, Move, Place, Step, whole};

/// Fewest questions of a guide: it is no text to be read, but something to think with.
const ASKS_MIN: usize = 2;

/// The page of the rehearsal.
struct Stage {
    /// The lab of the guide; a tour has none and names one with each scenario.
    lab: Option<&'static dyn Lab>,
    run: Option<Run>,
    chosen: [Option<RecordId>; 2],
}

/// Goes through a guide from its first step to its last; gives the answer of each step that asks. A guide that bears no lab's name
/// is a tour.
///
/// # Errors
/// The step, counted from 0, and one sentence.
pub fn rehearse(name: &str, guide: &Guide) -> Result<Vec<Option<Answer>>, (usize, String)> {
    let mut stage = Stage { lab: labs::find(name), run: None, chosen: [None, None] };
    if guide.steps.iter().filter(|s| s.ask.is_some()).count() < ASKS_MIN {
        return Err((0, format!("a guide asks at least {ASKS_MIN} questions")));
    }
    if !guide.steps[0].loads() {
        return Err((0, "the first step opens a scenario: load …".into()));
    }
    let mut answers = Vec::new();
    for (i, step) in guide.steps.iter().enumerate() {
        if i > 0 && guide.steps[i - 1].check.is_some() && !step.loads() {
            return Err((i, "behind a step in which the person acts, the next one opens a scenario".into()));
        }
        answers.push(stage.step(step).map_err(|what| (i, what))?);
    }
    Ok(answers)
}

impl Stage {
    fn step(&mut self, step: &Step) -> Result<Option<Answer>, String> {
        if let Some(late) = step.moves.iter().skip(1).find(|m| matches!(m, Move::Load(_))) {
            return Err(format!("a step opens one scenario, before anything else: {late:?}"));
        }
        self.chosen = [None, None];
        for one in &step.moves {
            self.play(one)?;
        }
        for words in linked(&step.html) {
            lightcone_core::views::guide::EventRef::parse(&words)?.need(&whole(self.run()?))?;
        }
        if let Some(check) = &step.check {
            self.check(check)?;
        }
        step.ask.as_ref().map(|ask| self.answer(ask)).transpose()
    }

    fn run(&self) -> Result<&Run, String> {
        self.run.as_ref().ok_or_else(|| "no scenario is open".into())
    }

    fn play(&mut self, one: &Move) -> Result<(), String> {
        if let Move::Load(which) = one {
            let (lab, id) = match (one.elsewhere(), self.lab) {
                (Some(_), Some(_)) => return Err("a guide stays in its lab".into()),
                (Some((lab, id)), None) => (labs::find(lab).ok_or_else(|| format!("there is no lab {lab}"))?, id),
                (None, Some(lab)) => (lab, which.as_str()),
                (None, None) => return Err("a tour names the lab of each scenario: load LAB/SCENARIO".into()),
            };
            let builtin = lab.spec().scenario(id);
            let json = match builtin {
                Some(builtin) => builtin.json(),
                None if id.starts_with('{') => id.into(),
                None => return Err(format!("the lab has no scenario {id}")),
            };
            let scenario = labs::parse(&json).map_err(|e| e.to_string())?;
            if scenario.lab.spec().id != lab.spec().id {
                return Err("a guide stays in its lab".into());
            }
            let mut run = Run::new(scenario);
            run.seek_time(0, u32::MAX);
            self.run = Some(run);
            return Ok(());
        }
        let all = whole(self.run()?);
        for event in one.events() {
            event.need(&all)?;
        }
        if let Move::Hide(kind, _) = one {
            let mut index = lightcone_core::views::diagram::Index::default();
            index.update(&all);
            if !index.kinds().contains(&kind.as_str()) {
                return Err(format!(
                    "there are no messages of the sort {kind}; there are {}",
                    index.kinds().join(", ")
                ));
            }
        }
        if let Move::Choose(a, b) = one {
            self.chosen = [a.find(&all), b.as_ref().and_then(|b| b.find(&all))];
        }
        let run = self.run.as_mut().expect("it is open");
        match one {
            Move::Seek(place) | Move::Play(place) => seek(run, place, &all)?,
            Move::Act(line) => {
                let act = run.scenario().read_line(line).map_err(|e| e.to_string())?;
                let now = run.now_us();
                run.act(act, now);
            }
            _ => {}
        }
        Ok(())
    }

    fn check(&mut self, check: &lightcone_core::views::guide::Check) -> Result<(), String> {
        if check.until.holds(self.run()?, self.chosen) {
            return Err("what the person is to do is done already when the step begins".into());
        }
        for one in &check.show {
            self.play(one)?;
        }
        // What was set going may need the rest of the run.
        let all = whole(self.run()?);
        if !check.until.holds(&all, self.chosen) {
            return Err(format!("what is shown does not do what is waited for: {:?}", check.until));
        }
        Ok(())
    }

    fn answer(&self, ask: &lightcone_core::views::guide::Ask) -> Result<Answer, String> {
        let run = self.run()?;
        let all = whole(run);
        let answer = ask.answer.answer(&all, &ask.choices)?;
        if ask.answer.is_clock() {
            let event = ask.answer.events()[0].need(&all)?;
            if event < run.position() {
                return Err("a clock is asked for before its event: seek before …".into());
            }
        }
        if !answer.is_right(&answer.given()) {
            return Err("the right answer is not taken for right".into());
        }
        Ok(answer)
    }
}

fn seek(run: &mut Run, place: &Place, all: &Run) -> Result<(), String> {
    let (at_us, position) = place.find(all)?;
    run.seek_time(at_us, u32::MAX);
    if let Some(position) = position {
        run.seek(position);
    }
    Ok(())
}

/// The events that a text links to.
fn linked(html: &str) -> Vec<String> {
    let words = html.split("data-event=\"").skip(1).filter_map(|rest| rest.split('"').next());
    words.map(|w| w.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&")).collect()
}
