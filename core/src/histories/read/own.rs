//! Histories that `lightcone run --history` writes: each call and return with the number of its operation, and what the service
//! ended by itself. Operations go by their names and fields, whichever lab has them.

use super::LineError;
use super::datum::Datum;
use super::edn::shortened;
use crate::histories::model::{Model, knows};
use crate::histories::operation::{Call, Held, History, Mark, Mode, Operation, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The counter that a lock guards stands apart from the locks.
const COUNTER: &str = "the counter";

/// An operation while it is put together.
struct Half<'a> {
    process: Rc<str>,
    op: String,
    args: &'a Datum,
    invoked: Mark,
    answer: Option<(Mark, &'a Datum)>,
}

/// What a line is about.
struct Line<'a> {
    line: usize,
    all: &'a Datum,
    data: &'a Datum,
}

impl<'a> Line<'a> {
    fn wrong<T>(&self, what: impl Into<String>) -> Result<T, LineError> {
        Err(LineError::new(self.line, what))
    }

    fn word(&self, key: &str) -> Result<&'a str, LineError> {
        match self.all.get(key).and_then(Datum::word) {
            Some(word) => Ok(word),
            None => self.wrong(format!("the key \"{key}\" is missing, or is no text")),
        }
    }

    fn operation(&self) -> Result<u64, LineError> {
        match self.all.get("operation").and_then(Datum::number) {
            Some(number) => Ok(number),
            None => self.wrong("the key \"operation\" is missing, or is no whole number"),
        }
    }

    fn mark(&self, place: usize) -> Mark {
        Mark { place, line: self.line, at_us: self.all.get("at_us").and_then(Datum::number) }
    }
}

/// Reads lines, each with its number.
pub(super) fn read(lines: &[(usize, Datum)], model: Model) -> Result<History, LineError> {
    let empty = Datum::Map(Vec::new());
    let mut halves: Vec<Half<'_>> = Vec::new();
    let mut numbers: BTreeMap<u64, usize> = BTreeMap::new();
    let mut operations: Vec<Operation> = Vec::new();
    for (n, (line, all)) in lines.iter().enumerate() {
        let line = Line { line: *line, all, data: all.get("data").unwrap_or(&empty) };
        let mark = line.mark(2 * n);
        match line.word("type")? {
            "invoke" => {
                let Some(op) = line.data.get("op").and_then(Datum::word) else {
                    return line.wrong("data: the key \"op\" is missing, or is no text");
                };
                if numbers.insert(line.operation()?, halves.len()).is_some() {
                    return line.wrong("this operation was called before");
                }
                let args = line.data.get("args").unwrap_or(&empty);
                let process = line.word("process")?.into();
                halves.push(Half { process, op: op.into(), args, invoked: mark, answer: None });
            }
            "return" => {
                let Some(half) = numbers.get(&line.operation()?).map(|n| &mut halves[*n]) else {
                    return line.wrong("this operation was not called before");
                };
                if half.answer.is_some() {
                    return line.wrong("this operation has returned before");
                }
                half.answer = Some((mark, line.data));
            }
            "expire" if model == Model::Lock => operations.push(expiry(&line, mark)?),
            "expire" => {}
            other => return line.wrong(format!("type: expected invoke, return or expire, found {}", shortened(other))),
        }
    }
    put_together(&halves, operations, model)
}

/// A lock that ends by itself: a release at one instant.
fn expiry(line: &Line<'_>, mark: Mark) -> Result<Operation, LineError> {
    let Some(resource) = line.data.get("resource").and_then(Datum::name) else {
        return line.wrong("data: the key \"resource\" is missing");
    };
    Ok(Operation {
        process: line.word("process")?.into(),
        key: Some(resource.into()),
        call: Call::Expire(line.data.get("token").and_then(Datum::number)),
        invoked: mark,
        returned: Some(Mark { place: mark.place + 1, ..mark }),
        write: None,
    })
}

fn put_together(halves: &[Half<'_>], mut operations: Vec<Operation>, model: Model) -> Result<History, LineError> {
    let mut left_out: BTreeSet<&str> = BTreeSet::new();
    // Who takes locks within a longer piece of work: the history does not tell which it holds when.
    let hidden: BTreeSet<Rc<str>> = halves.iter().filter(|h| h.op == "work").map(|h| Rc::clone(&h.process)).collect();
    let hidden: Vec<Rc<str>> = hidden.into_iter().collect();
    let counts = !halves.iter().any(|h| h.op == "increment" && h.times() != 1);
    for half in halves {
        let made = match model {
            Model::Lock => half.lock(&hidden, counts),
            _ => half.key(),
        };
        match made {
            Made::Is(operation) if knows(model, &operation.call) => operations.push(*operation),
            Made::Is(_) | Made::Foreign => drop(left_out.insert(&half.op)),
            Made::Nothing => {}
        }
    }
    if operations.is_empty() && !left_out.is_empty() {
        let names: Vec<&str> = left_out.into_iter().collect();
        let what = format!("the model {} has none of the operations here: {}", model.name(), names.join(", "));
        return Err(LineError::new(0, what));
    }
    operations.sort_by_key(|o| o.invoked.place);
    let said = |op: &&str| format!("{op} is no operation of the model {} and is left out", model.name());
    Ok(History { operations, notes: left_out.iter().map(said).collect() })
}

/// What came of reading an operation.
enum Made {
    Is(Box<Operation>),
    /// It did not happen, or says nothing.
    Nothing,
    /// It is none of the model's.
    Foreign,
}

impl Half<'_> {
    fn field(&self, key: &str) -> Option<&Datum> {
        self.answer.and_then(|(_, data)| data.get(key)).or_else(|| self.args.get(key))
    }

    fn answered(&self, key: &str) -> Option<&Datum> {
        self.answer.and_then(|(_, data)| data.get(key))
    }

    fn times(&self) -> u64 {
        self.args.get("times").and_then(Datum::number).unwrap_or(1)
    }

    /// An operation; `known` where the answer says that it happened.
    fn made(&self, key: Option<&Datum>, call: Call, known: bool) -> Made {
        Made::Is(Box::new(Operation {
            process: Rc::clone(&self.process),
            key: key.and_then(Datum::name).map(Into::into),
            call,
            invoked: self.invoked,
            returned: self.answer.map(|(mark, _)| mark).filter(|_| known),
            write: self.answered("write").filter(|w| **w != Datum::Nil).map(|w| w.source().into()),
        }))
    }

    /// An operation on a key.
    fn key(&self) -> Made {
        let key = self.field("key");
        let ok = match self.answered("ok") {
            None => self.answer.is_some(),
            Some(Datum::Plain(word)) if word == "true" => true,
            Some(Datum::Plain(word)) if word == "false" => return Made::Nothing,
            Some(_) => false,
        };
        let value = self.field("value").map(Datum::value).unwrap_or_default();
        match self.op.as_str() {
            "get" | "read" if !ok => Made::Nothing,
            "get" | "read" => self.made(key, Call::Read(value), true),
            "put" | "write" => {
                let asked = self.args.get("value").map(Datum::value).unwrap_or_default();
                self.made(key, Call::Write(asked), ok)
            }
            "delete" => self.made(key, Call::Write(Value::Nil), ok),
            _ => Made::Foreign,
        }
    }

    /// An operation on a lock, on all of them, or on the counter that one guards.
    fn lock(&self, hidden: &[Rc<str>], counts: bool) -> Made {
        let resource = self.args.get("resource_id").or_else(|| self.args.get("path"));
        let result = self.answered("result").and_then(Datum::word).unwrap_or("unknown");
        let token = self.answered("token").and_then(Datum::number);
        match self.op.as_str() {
            "acquire" | "lock" => {
                let mode = ["lock_type", "mode"].iter().find_map(|key| self.field(key)).and_then(Datum::word);
                let mode = if mode == Some("shared") { Mode::Shared } else { Mode::Exclusive };
                self.made(resource, Call::Acquire(mode, token), result == "granted")
            }
            // A client that knows of no lock may say so without asking the service, whose lock may live on.
            "release" | "unlock" if result == "not-held" && self.answered("ok").is_some() => Made::Nothing,
            "release" | "unlock" if result == "not-held" => self.made(resource, Call::NotHeld, true),
            "release" | "unlock" => {
                let left = self.answered("left").and_then(Datum::number).unwrap_or(0);
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                self.made(resource, Call::Release(token, left), result == "released")
            }
            "locks" => match self.answered("locks").and_then(Datum::items) {
                Some(locks) => self.made(None, Call::Table(table(locks), hidden.to_vec()), true),
                None => Made::Nothing,
            },
            "increment" | "append" | "write" | "read" if self.args.get("key").is_none() => self.counter(counts),
            _ => Made::Foreign,
        }
    }

    /// An access to the counter that a lock guards. Several increments in one operation are several instants, so nothing is
    /// concluded from a history that has them.
    fn counter(&self, counts: bool) -> Made {
        if !counts {
            return Made::Foreign;
        }
        let is_ok = self.answered("ok").is_some_and(|ok| *ok == Datum::Plain("true".into()));
        let value = self.answered("value").and_then(Datum::number).filter(|_| is_ok);
        let name = Datum::Text(COUNTER.into());
        match (self.op.as_str(), value) {
            ("increment", value) => self.made(Some(&name), Call::Increment(value), value.is_some()),
            (_, Some(value)) => self.made(Some(&name), Call::Counter(value), true),
            (_, None) => Made::Nothing,
        }
    }
}

fn table(locks: &[Datum]) -> Vec<Held> {
    let mut held = Vec::new();
    for lock in locks {
        let Some(resource) = lock.get("resource_id").and_then(Datum::name) else { continue };
        let resource: Rc<str> = resource.into();
        for holder in lock.get("holders").and_then(Datum::items).unwrap_or_default() {
            let Some(process) = holder.get("client_id").and_then(Datum::name) else { continue };
            let shared = holder.get("lock_type").and_then(Datum::word) == Some("shared");
            held.push(Held {
                resource: Rc::clone(&resource),
                process: process.into(),
                mode: if shared { Mode::Shared } else { Mode::Exclusive },
                token: holder.get("token").and_then(Datum::number),
            });
        }
    }
    held
}
