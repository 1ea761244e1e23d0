//! What a step does to the page, in a line of words each.

use super::words::{EventRef, Token, tokens};
use crate::base::clock::Relation;
use crate::base::json::Doc;
use crate::engine::Run;
use crate::tables::{Labels, TIME_US_MAX};
use crate::trace::RecordId;
use crate::views::diagram::Axis;

/// What can be pointed at.
pub const PANELS: [&str; 12] = [
    "act",
    "network",
    "faults",
    "setup",
    "inspect",
    "rules",
    "lab",
    "events",
    "diagram",
    "toolbar",
    "transport",
    "scenarios",
];

/// A place of the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The beginning.
    Start,
    /// The end.
    End,
    /// A time, in microseconds.
    At(u64),
    /// Just behind an event.
    Behind(EventRef),
    /// Just before an event.
    Before(EventRef),
}

/// Something that a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Opens a scenario: the id of a built-in one, or the JSON of one.
    Load(String),
    /// A line of the console, done at the cursor.
    Act(String),
    /// The cursor goes somewhere at once.
    Seek(Place),
    /// The run plays from the cursor to a place behind it.
    Play(Place),
    /// Events get a ring.
    Ring(Vec<EventRef>),
    /// Parts of the page get an outline.
    Point(Vec<&'static str>),
    /// One event is chosen, or two are compared.
    Choose(EventRef, Option<EventRef>),
    /// What stands at events.
    Labels(Labels),
    /// What the axis shows.
    Axis(Axis),
    /// A sort of messages is left out, or shown again.
    Hide(String, bool),
    /// The whole run is in view.
    Fit,
}

impl Move {
    /// Reads a line.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(line: &str) -> Result<Move, String> {
        let (word, rest) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let rest = rest.trim();
        let needed = || if rest.is_empty() { Err(format!("something is missing behind {word}")) } else { Ok(rest) };
        Ok(match word {
            "load" => Move::Load(needed()?.to_string()),
            "act" => Move::Act(needed()?.to_string()),
            "seek" => Move::Seek(Place::parse(needed()?)?),
            "play" => Move::Play(Place::parse(rest.strip_prefix("to ").unwrap_or(needed()?))?),
            "ring" => Move::Ring(EventRef::list(&tokens(needed()?)?)?),
            "point" => Move::Point(needed()?.split_whitespace().map(panel).collect::<Result<_, _>>()?),
            "choose" => {
                let mut events = EventRef::list(&tokens(needed()?)?)?.into_iter();
                match (events.next(), events.next(), events.next()) {
                    (Some(a), b, None) => Move::Choose(a, b),
                    _ => return Err("choose takes one event or two, with a comma between them".into()),
                }
            }
            "labels" => Move::Labels(labels(rest)?),
            "axis" => Move::Axis(match rest {
                "time" => Axis::Time,
                "order" => Axis::Logical,
                "story" => Axis::Story,
                _ => return Err(format!("axis takes time, order or story, not {rest}")),
            }),
            "hide" | "show" => Move::Hide(needed()?.to_string(), word == "hide"),
            "fit" => Move::Fit,
            _ => {
                let known = "load, act, seek, play, ring, point, choose, labels, axis, hide, show, fit";
                return Err(format!("{word} is nothing that a step can do; there are {known}"));
            }
        })
    }

    /// The lab and the scenario that it opens, where it names a lab: `load LAB/SCENARIO`.
    #[must_use]
    pub fn elsewhere(&self) -> Option<(&str, &str)> {
        match self {
            Move::Load(which) if !which.starts_with('{') => which.split_once('/'),
            _ => None,
        }
    }

    /// The events that it speaks of.
    #[must_use]
    pub fn events(&self) -> Vec<&EventRef> {
        match self {
            Move::Seek(Place::Behind(e) | Place::Before(e)) | Move::Play(Place::Behind(e) | Place::Before(e)) => {
                vec![e]
            }
            Move::Ring(events) => events.iter().collect(),
            Move::Choose(a, b) => [Some(a), b.as_ref()].into_iter().flatten().collect(),
            _ => Vec::new(),
        }
    }
}

fn panel(word: &str) -> Result<&'static str, String> {
    let known = PANELS.into_iter().find(|p| *p == word);
    known.ok_or_else(|| format!("there is no {word} to point at; there are {}", PANELS.join(", ")))
}

fn labels(word: &str) -> Result<Labels, String> {
    Ok(match word {
        "none" => Labels::None,
        "lamport" => Labels::Lamport,
        "vector" => Labels::Vector,
        "both" => Labels::Both,
        "own" => Labels::Own,
        _ => return Err(format!("labels takes none, lamport, vector, both or own, not {word}")),
    })
}

impl Place {
    /// Reads a place: `start`, `end`, `12.5 ms`, an event, or `before` and an event.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(text: &str) -> Result<Place, String> {
        if let Some(ms) = text.strip_suffix("ms") {
            let at = Doc::parse(ms.trim()).and_then(|doc| doc.millis(0, TIME_US_MAX)).map_err(|e| e.what)?;
            return Ok(Place::At(at));
        }
        Ok(match (text, text.strip_prefix("before ")) {
            ("start", _) => Place::Start,
            ("end", _) => Place::End,
            (_, Some(event)) => Place::Before(EventRef::parse(event)?),
            _ => Place::Behind(EventRef::parse(text)?),
        })
    }

    /// Where that is in a run that is known to its end: time in microseconds, and number of records where a time
    /// alone does not say it.
    ///
    /// # Errors
    /// When there is no such event.
    pub fn find(&self, whole: &Run) -> Result<(u64, Option<u32>), String> {
        let at = |id: RecordId| whole.trace().record(id).at_us;
        Ok(match self {
            Place::Start => (0, None),
            Place::End => (whole.scenario().until_us, None),
            Place::At(us) => (*us, None),
            Place::Behind(event) => event.need(whole).map(|id| (at(id), Some(id + 1)))?,
            Place::Before(event) => event.need(whole).map(|id| (at(id), Some(id)))?,
        })
    }
}

/// When something that the person is to do is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// An event is there.
    Event(EventRef),
    /// A rule is broken; any, where none is named.
    Violated(Option<String>),
    /// A switch of `setup.broken` is on.
    Broken(String),
    /// Two events are chosen that stand so to each other.
    Chosen(Relation),
}

impl Condition {
    /// Reads a condition: an event, `violated RULE`, `broken SWITCH`, `chosen concurrent` or `chosen before`.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(line: &str) -> Result<Condition, String> {
        let words = tokens(line)?;
        let word = |i: usize| match words.get(i) {
            Some(Token::Word(word)) => word.as_str(),
            _ => "",
        };
        Ok(match (word(0), word(1)) {
            ("violated", "") => Condition::Violated(None),
            ("violated", rule) => Condition::Violated(Some(rule.into())),
            ("broken", switch) if !switch.is_empty() => Condition::Broken(switch.into()),
            ("chosen", "concurrent") => Condition::Chosen(Relation::Concurrent),
            ("chosen", "before") => Condition::Chosen(Relation::Before),
            ("chosen" | "broken", _) => {
                return Err("until takes an event, violated, broken SWITCH, chosen concurrent or chosen before".into());
            }
            _ => Condition::Event(EventRef::parse(line)?),
        })
    }

    /// Whether it holds at the cursor, with the events that are chosen.
    #[must_use]
    pub fn holds(&self, run: &Run, chosen: [Option<RecordId>; 2]) -> bool {
        match self {
            Condition::Event(event) => event.find(run).is_some_and(|id| id < run.position()),
            Condition::Violated(rule) => {
                run.violations().iter().any(|v| rule.as_ref().is_none_or(|rule| rule == v.rule))
            }
            Condition::Broken(switch) => run.scenario().setup.broken.iter().any(|b| b == switch),
            Condition::Chosen(wanted) => {
                let [Some(a), Some(b)] = chosen else { return false };
                let len = run.trace().len();
                let found =
                    (a < len && b < len).then(|| crate::trace::causality::relation(run.trace(), a, b)).flatten();
                match wanted {
                    // The person may choose them in either order.
                    Relation::Before => matches!(found, Some(Relation::Before | Relation::After)),
                    wanted => found == Some(*wanted),
                }
            }
        }
    }
}
