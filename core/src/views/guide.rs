//! Guides: what is read beside the diagram, step by step, and what each step does to it.
//!
//! A guide is written in Markdown (`docs/guides.md`) and reaches the page as JSON with the text as HTML. What a step
//! *does* stays a line of words, read by this module, so that whoever builds the page and the page itself can never
//! disagree. A question never holds its answer: it holds a [`Query`], and the run knows.

mod moves;
mod query;
#[cfg(test)]
mod tests;
mod words;

pub use moves::{Condition, Move, PANELS, Place};
pub use query::{Answer, Query};
pub use words::EventRef;

use crate::base::json::{Doc, InputError, Object};
use crate::engine::Run;

/// A guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// Its title.
    pub title: String,
    /// One sentence on what one learns.
    pub says: String,
    /// Its steps; at least one.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its heading.
    pub title: String,
    /// Its text, as HTML that the builder wrote from Markdown.
    pub html: String,
    /// What it does, in order.
    pub moves: Vec<Move>,
    /// What it asks.
    pub ask: Option<Ask>,
    /// What it waits for.
    pub check: Option<Check>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The question, as HTML.
    pub question: String,
    /// Where its answer stands.
    pub answer: Query,
    /// What one may choose from, where the run does not say that itself.
    pub choices: Vec<String>,
    /// What is said after a right answer, as HTML.
    pub right: String,
    /// What is said after a wrong one.
    pub wrong: String,
}

/// Something that the person is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// When it is done.
    pub until: Condition,
    /// What to do, as HTML.
    pub hint: String,
    /// What is said then.
    pub done: String,
    /// What does it for the person.
    pub show: Vec<Move>,
}

impl Step {
    /// The lab that it leads to, where it names one.
    #[must_use]
    pub fn lab(&self) -> Option<&str> {
        self.moves.iter().find_map(Move::elsewhere).map(|(lab, _)| lab)
    }

    /// Whether it begins with a scenario of its own.
    #[must_use]
    pub fn loads(&self) -> bool {
        self.moves.iter().any(|m| matches!(m, Move::Load(_)))
    }
}

impl Guide {
    /// Reads a guide as the page gets it.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn parse(json: &str) -> Result<Guide, InputError> {
        let doc = Doc::parse(json)?;
        let mut o = doc.object()?;
        let (title, says) = (text(&mut o, "title")?, text(&mut o, "says")?);
        let steps = o.need("steps")?.list()?.iter().map(step).collect::<Result<Vec<_>, _>>()?;
        o.finish()?;
        if steps.is_empty() {
            return doc.error("a guide has at least one step");
        }
        Ok(Guide { title, says, steps })
    }
}

fn text(o: &mut Object<'_>, key: &str) -> Result<String, InputError> {
    o.take(key).map_or(Ok(String::new()), |doc| doc.string())
}

/// A list of lines, each read in some way.
fn lines<T>(o: &mut Object<'_>, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, InputError> {
    let Some(doc) = o.take(key) else { return Ok(Vec::new()) };
    doc.list()?.iter().map(|item| read(&item.string()?).or_else(|what| item.error(what))).collect()
}

fn read<T>(o: &mut Object<'_>, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, InputError> {
    let doc = o.need(key)?;
    read(&doc.string()?).or_else(|what| doc.error(what))
}

fn step(doc: &Doc<'_>) -> Result<Step, InputError> {
    let mut o = doc.object()?;
    let (title, html) = (text(&mut o, "title")?, text(&mut o, "html")?);
    let moves = lines(&mut o, "do", Move::parse)?;
    let ask = o.take("ask").map(|doc| ask(&doc)).transpose()?;
    let check = o.take("check").map(|doc| check(&doc)).transpose()?;
    o.finish()?;
    Ok(Step { title, html, moves, ask, check })
}

fn ask(doc: &Doc<'_>) -> Result<Ask, InputError> {
    let mut o = doc.object()?;
    let question = text(&mut o, "question")?;
    let answer = read(&mut o, "answer", Query::parse)?;
    let choices = lines(&mut o, "choices", |s| Ok(s.to_string()))?;
    let (right, wrong) = (text(&mut o, "right")?, text(&mut o, "wrong")?);
    o.finish()?;
    Ok(Ask { question, answer, choices, right, wrong })
}

fn check(doc: &Doc<'_>) -> Result<Check, InputError> {
    let mut o = doc.object()?;
    let until = read(&mut o, "until", Condition::parse)?;
    let (hint, done) = (text(&mut o, "hint")?, text(&mut o, "done")?);
    let show = lines(&mut o, "show", Move::parse)?;
    o.finish()?;
    Ok(Check { until, hint, done, show })
}

/// The same run, known to its end: what questions and places are read from. The run itself stays where it is.
#[must_use]
pub fn whole(run: &Run) -> Run {
    let mut whole = run.fork();
    let until_us = whole.scenario().until_us;
    whole.seek_time(until_us.max(whole.now_us()), u32::MAX);
    whole
}
