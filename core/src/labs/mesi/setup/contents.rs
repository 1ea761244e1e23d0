//! What is in the caches at the start: `{"C1": {"x": {"state": "M", "value": 7}}, "C2": {"y": "S"}}`. Where it matters which
//! line was used last, a list has them in that order: `{"C1": [{"key": "x", "state": "M", "value": 7}]}`.
//!
//! A line without a value has what memory has, or what its owner has. What no run could have come to is refused: a second
//! copy beside M or E, two owners, two that forward, a clean line that is not as memory.

use super::super::line::Content;
use super::{Setup, Start};
use crate::base::json::{Doc, InputError, Payload};
use crate::coherence::State;
use std::rc::Rc;

/// What is in each cache, as checked.
pub(super) fn read(setup: &Setup, payload: &Payload) -> Result<Vec<Vec<Start>>, InputError> {
    let doc = Doc::parse(payload.json())?;
    let mut object = doc.object()?;
    let mut caches: Vec<Vec<Given>> = vec![Vec::new(); setup.caches];
    for (i, cache) in caches.iter_mut().enumerate() {
        let Some(doc) = object.take(&name(i)) else { continue };
        lines(setup, &doc, cache)?;
    }
    object.finish()?;
    let lines: Vec<Given> = caches.iter().flatten().cloned().collect();
    for line in &lines {
        one_writer(&caches, line)?;
    }
    let start = |(i, cache): (usize, &Vec<Given>)| {
        cache.iter().map(|given| resolve(setup, &caches, i, given)).collect::<Result<Vec<Start>, InputError>>()
    };
    caches.iter().enumerate().map(start).collect()
}

fn name(cache: usize) -> String {
    format!("C{}", cache + 1)
}

/// A line as it was written down.
#[derive(Clone)]
struct Given {
    line: super::Line,
    state: State,
    /// The values that were given, by key.
    words: Vec<(Rc<str>, Payload)>,
    path: String,
}

/// The lines of a cache: an object by key, whose order means nothing, or a list, the line that was used last at its end.
fn lines(setup: &Setup, doc: &Doc<'_>, cache: &mut Vec<Given>) -> Result<(), InputError> {
    if !doc.is_object() {
        for doc in doc.list()? {
            let mut fields = doc.object()?;
            let key = fields.need("key")?.string()?;
            let (state, value) = (fields.need("state")?.string()?, fields.take("value"));
            fields.finish()?;
            line(setup, &doc, (&key, &state, value), cache)?;
        }
        return Ok(());
    }
    let mut object = doc.object()?;
    let mut keys = object.keys();
    keys.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    for key in keys {
        let doc = object.need(&key)?;
        if doc.is_string() {
            line(setup, &doc, (&key, &doc.string()?, None), cache)?;
            continue;
        }
        let mut fields = doc.object()?;
        let (state, value) = (fields.need("state")?.string()?, fields.take("value"));
        fields.finish()?;
        line(setup, &doc, (&key, &state, value), cache)?;
    }
    Ok(())
}

/// A key, with its state and perhaps a value: a line of its own, or another word of one.
fn line(
    setup: &Setup,
    doc: &Doc<'_>,
    (key, state, value): (&str, &str, Option<Doc<'_>>),
    cache: &mut Vec<Given>,
) -> Result<(), InputError> {
    let family = setup.family();
    let Some(state) = State::of_letter(state).filter(|state| family.states().contains(state)) else {
        let states: Vec<&str> = family.states().iter().map(|state| state.letter()).collect();
        return doc.error(format!("{} has the states {}, not {state:?}", family.name(), states.join(", ")));
    };
    let (line, key) = setup.place(key).or_else(|what| doc.error(what))?;
    let value = value.map(|value| value.payload()).transpose()?;
    if !state.is_valid() {
        return if value.is_some() { doc.error("what is invalid has no value") } else { Ok(()) };
    }
    let word = value.map(|value| (key, value));
    match cache.iter_mut().find(|given| given.line == line) {
        Some(given) if given.state != state => {
            let (one, two) = (given.state.letter(), state.letter());
            return doc.error(format!("{} is one line, in one state: {one} or {two}", line.name));
        }
        Some(given) => given.words.extend(word),
        None => {
            if cache.iter().filter(|given| given.line.set == line.set).count() == setup.ways {
                let lines = if setup.ways == 1 { "1 line".into() } else { format!("{} lines", setup.ways) };
                return doc.error(format!("its set has room for {lines}"));
            }
            let words = word.into_iter().collect();
            cache.push(Given { line, state, words, path: doc.path().into() });
        }
    }
    Ok(())
}

/// Who else has a line, by the caches' indices.
fn holders<'a>(caches: &'a [Vec<Given>], line: &super::Line) -> impl Iterator<Item = (usize, &'a Given)> {
    let all = caches.iter().enumerate().flat_map(|(i, cache)| cache.iter().map(move |given| (i, given)));
    all.filter(move |(_, given)| given.line == *line)
}

fn one_writer(caches: &[Vec<Given>], given: &Given) -> Result<(), InputError> {
    let all: Vec<(usize, &Given)> = holders(caches, &given.line).collect();
    let alone = |state: State| state.is_only();
    let once = |state: State| matches!(state, State::O | State::F);
    let Some((one, first)) = all.iter().find(|(_, g)| alone(g.state)).or(all.iter().find(|(_, g)| once(g.state)))
    else {
        return Ok(());
    };
    let offends = |g: &Given| alone(first.state) || g.state == first.state;
    let Some((two, second)) = all.iter().find(|(i, g)| i != one && offends(g)) else { return Ok(()) };
    let rule = if alone(first.state) { "then no other cache has it" } else { "one cache at most has it so" };
    let what = format!(
        "{} has {} in {}, and {rule}, but {} has it in {}",
        name(*one),
        given.line.name,
        first.state.letter(),
        name(*two),
        second.state.letter()
    );
    Err(InputError::new(second.path.clone(), what))
}

/// What is in a line: a clean one has what it has to.
fn resolve(setup: &Setup, caches: &[Vec<Given>], cache: usize, given: &Given) -> Result<Start, InputError> {
    let memory = setup.memory.iter().find(|(line, _)| *line == given.line.name).map(|(_, content)| content.clone());
    let with = |content: Content, given: &Given| {
        given.words.iter().fold(content, |content, (key, value)| content.with(key, value))
    };
    let memory = memory.unwrap_or_default();
    let owner = holders(caches, &given.line).find(|(_, g)| g.state == State::O);
    let (rule, who) = match owner {
        Some((owner, own)) if own.state != given.state => {
            (with(memory.clone(), own), format!("its owner {}", name(owner)))
        }
        _ => (memory, "memory".into()),
    };
    let content = with(rule.clone(), given);
    if !given.state.is_dirty() && content != rule {
        let by_address = setup.by_address();
        let what = format!(
            "{} has {} in {} with {}, and {who} has {}",
            name(cache),
            given.line.name,
            given.state.letter(),
            content.json(by_address),
            rule.json(by_address)
        );
        return Err(InputError::new(given.path.clone(), what));
    }
    Ok(Start { line: given.line.clone(), state: given.state, content })
}
