//! Questions to a run: what a guide asks is answered by the trace, and never written down twice.

use super::words::{EventRef, Token, show, tokens};
use crate::base::clock::{self, Relation};
use crate::base::json::{Doc, Payload};
use crate::engine::Run;
use crate::trace::causality::relation;
use crate::trace::{NO_NODE, RecordId};

/// A question to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// The protocol's own clock after an event; the observer's where it keeps none.
    Clock(EventRef),
    /// The observer's vector stamp of an event.
    Stamp(EventRef),
    /// The Lamport stamp of an event.
    Lamport(EventRef),
    /// How two events stand to each other.
    Relation(EventRef, EventRef),
    /// What stands at an event, among all events of its kind and process.
    Label(EventRef),
    /// The order in which the events of a kind happen at a process.
    Order(EventRef),
    /// Where an event happens.
    Node(EventRef),
    /// How many events there are that fit.
    Count(EventRef),
    /// Whether there is such an event.
    Exists(EventRef),
    /// A value in the data of an event, by the names on the way to it.
    Value(EventRef, String),
    /// What a process shows under a name, just behind an event.
    Field(EventRef, String, String),
}

/// An answer, and so what is to be typed or chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A number for each name.
    Clock(Vec<String>, Vec<u32>),
    /// One number.
    Number(u64),
    /// One of some texts.
    Choice(Vec<String>, usize),
    /// Some texts in their order.
    Order(Vec<String>),
    /// A text.
    Text(String),
}

/// How two events can stand to each other, as one chooses it.
const RELATIONS: [&str; 3] =
    ["a → b: a happened before b", "b → a: b happened before a", "a ∥ b: neither knew of the other"];

impl Query {
    /// Reads a query, such as `clock receive P2 #1`.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(line: &str) -> Result<Query, String> {
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let one = || EventRef::parse(rest);
        Ok(match word {
            "clock" => Query::Clock(one()?),
            "stamp" => Query::Stamp(one()?),
            "lamport" => Query::Lamport(one()?),
            "label" => Query::Label(one()?),
            "order" => Query::Order(one()?),
            "node" => Query::Node(one()?),
            "count" => Query::Count(one()?),
            "exists" => Query::Exists(one()?),
            "relation" => match <[EventRef; 2]>::try_from(EventRef::list(&tokens(rest)?)?) {
                Ok([a, b]) => Query::Relation(a, b),
                Err(_) => return Err("relation takes two events, with a comma between them".into()),
            },
            "value" => {
                let (path, event) = rest.split_once(" of ").ok_or("expected value PATH of EVENT")?;
                Query::Value(EventRef::parse(event)?, path.trim().to_string())
            }
            "field" => {
                let (field, event) = rest.split_once(" after ").ok_or("expected field PROCESS NAME after EVENT")?;
                match tokens(field)?.as_slice() {
                    [Token::Word(node), name] => Query::Field(EventRef::parse(event)?, node.clone(), plain(name)),
                    _ => return Err("expected field PROCESS NAME after EVENT".into()),
                }
            }
            _ => {
                let known = "clock, stamp, lamport, relation, label, order, node, count, exists, value, field";
                return Err(format!("{word} is nothing that a run can be asked; there are {known}"));
            }
        })
    }

    /// The events that it is about: they are shown when the answer is.
    #[must_use]
    pub fn events(&self) -> Vec<&EventRef> {
        match self {
            Query::Relation(a, b) => vec![a, b],
            Query::Exists(_) | Query::Count(_) | Query::Order(_) => Vec::new(),
            Query::Clock(e) | Query::Stamp(e) | Query::Lamport(e) | Query::Label(e) | Query::Node(e) => vec![e],
            Query::Value(e, _) | Query::Field(e, ..) => vec![e],
        }
    }

    /// Whether its answer is a clock, which stands at the event and must be covered.
    #[must_use]
    pub fn is_clock(&self) -> bool {
        matches!(self, Query::Clock(_) | Query::Stamp(_) | Query::Lamport(_))
    }

    /// The answer, from a run that is known to its end.
    ///
    /// # Errors
    /// One sentence, when the run cannot say.
    pub fn answer(&self, whole: &Run, choices: &[String]) -> Result<Answer, String> {
        let trace = whole.trace();
        let stamp = |id: RecordId| whole.observed(id).ok_or("this event has no stamp");
        let text = match self {
            Query::Clock(e) => {
                let id = e.need(whole)?;
                let clock = whole.own_clock(id).map_or_else(|| stamp(id), |(_, after)| Ok(after))?;
                return Ok(numbers(whole, clock));
            }
            Query::Stamp(e) => return Ok(numbers(whole, stamp(e.need(whole)?)?)),
            Query::Lamport(e) => return Ok(Answer::Number(trace.record(e.need(whole)?).lamport.into())),
            Query::Relation(a, b) => {
                let found = relation(trace, a.need(whole)?, b.need(whole)?).ok_or("one of them has no stamp")?;
                let right = match found {
                    Relation::Before => 0,
                    Relation::After => 1,
                    Relation::Concurrent => 2,
                    Relation::Equal => return Err("both are the same event".into()),
                };
                return Ok(Answer::Choice(RELATIONS.map(String::from).to_vec(), right));
            }
            Query::Order(e) => {
                let labels: Vec<String> = e.all(whole).into_iter().map(|id| whole.label(id)).collect();
                let mut apart = labels.clone();
                apart.sort();
                apart.dedup();
                let fits = labels.len() > 1 && apart.len() == labels.len();
                let wrong = || "order needs two labels or more, all different".to_string();
                return fits.then_some(Answer::Order(labels)).ok_or_else(wrong);
            }
            Query::Node(e) => {
                let node = trace.record(e.need(whole)?).node;
                if node == NO_NODE {
                    return Err("this event happens at no process".into());
                }
                return Ok(Answer::Choice(whole.names().to_vec(), usize::from(node)));
            }
            Query::Count(e) => return Ok(Answer::Number(e.all(whole).len() as u64)),
            Query::Exists(e) => {
                let right = usize::from(e.find(whole).is_none());
                return Ok(Answer::Choice(vec!["yes".into(), "no".into()], right));
            }
            Query::Label(e) => {
                let right = whole.label(e.need(whole)?);
                if choices.is_empty() {
                    let mut labels: Vec<String> = e.all(whole).into_iter().map(|id| whole.label(id)).collect();
                    labels.sort();
                    labels.dedup();
                    return choice(labels, &right);
                }
                right
            }
            Query::Value(e, path) => value(&whole.data(e.need(whole)?), path)?,
            Query::Field(e, node, name) => field(whole, e.need(whole)?, node, name)?,
        };
        match text.parse() {
            _ if !choices.is_empty() => choice(choices.to_vec(), &text),
            Ok(number) => Ok(Answer::Number(number)),
            Err(_) => Ok(Answer::Text(text)),
        }
    }
}

fn plain(token: &Token) -> String {
    match token {
        Token::Text(text) => text.clone(),
        other => show(other),
    }
}

fn numbers(run: &Run, clock: Vec<u32>) -> Answer {
    match clock.as_slice() {
        [one] => Answer::Number((*one).into()),
        _ => Answer::Clock(run.names().iter().take(clock.len()).cloned().collect(), clock),
    }
}

fn choice(options: Vec<String>, right: &str) -> Result<Answer, String> {
    let place = options.iter().position(|o| o == right);
    let place = place.ok_or_else(|| format!("the answer “{right}” is not among the choices {}", options.join(", ")))?;
    Ok(Answer::Choice(options, place))
}

fn value(data: &str, path: &str) -> Result<String, String> {
    let mut doc = Doc::parse(data).map_err(|e| e.to_string())?;
    for key in path.split('.') {
        doc = doc.object().and_then(|mut o| o.need(key)).map_err(|e| e.to_string())?;
    }
    doc.payload().map(|p: Payload| p.shown()).map_err(|e| e.to_string())
}

fn field(whole: &Run, id: RecordId, node: &str, name: &str) -> Result<String, String> {
    let mut then = whole.fork();
    then.seek(id + 1);
    let frame = then.frame();
    let process = frame.processes.iter().find(|p| p.name == node).ok_or_else(|| format!("there is no {node}"))?;
    let names = || process.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    let found = process.fields.iter().find(|f| f.name == name);
    found.map(|f| f.value.clone()).ok_or_else(|| format!("{node} shows no {name}; it shows {}", names()))
}

impl Answer {
    /// What a person would give who knows: a text for each field, or the texts in their order.
    #[must_use]
    pub fn given(&self) -> Vec<String> {
        match self {
            Answer::Clock(_, numbers) => numbers.iter().map(u32::to_string).collect(),
            Answer::Number(n) => vec![n.to_string()],
            Answer::Choice(options, right) => vec![options[*right].clone()],
            Answer::Order(texts) => texts.clone(),
            Answer::Text(text) => vec![text.clone()],
        }
    }

    /// Whether what was given is right.
    #[must_use]
    pub fn is_right(&self, given: &[String]) -> bool {
        let plain = |text: &String| text.trim().trim_matches('"').to_string();
        let number = |text: &String| text.trim().parse::<u64>().ok();
        match self {
            Answer::Clock(_, numbers) => {
                given.len() == numbers.len() && given.iter().zip(numbers).all(|(g, n)| number(g) == Some((*n).into()))
            }
            Answer::Number(n) => given.len() == 1 && number(&given[0]) == Some(*n),
            _ => given.iter().map(plain).eq(self.given().iter().map(plain)),
        }
    }

    /// The answer for people.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Answer::Clock(_, numbers) => clock::text(numbers),
            Answer::Order(texts) => texts.join(", then "),
            other => other.given().remove(0),
        }
    }
}
