//! Operations: who asked for what, when, and what came of it.

use std::fmt;
use std::rc::Rc;

/// A value of a register or of a key, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Value {
    /// Nothing was written yet, or it was deleted.
    #[default]
    Nil,
    /// A text.
    Text(Rc<str>),
    /// Anything else, by its source: a number, a word, a list.
    Plain(Rc<str>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Plain(source) => f.write_str(source),
        }
    }
}

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// With others.
    Shared,
    /// Alone.
    Exclusive,
}

/// Who holds a lock, as a look at the whole table saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// Which lock.
    pub resource: Rc<str>,
    /// Who.
    pub process: Rc<str>,
    /// How.
    pub mode: Mode,
    /// The fencing token of the grant, where it is known.
    pub token: Option<u64>,
}

/// What was asked for, together with the answer as far as there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Reads; what it found.
    Read(Value),
    /// Writes a value; [`Value::Nil`] deletes.
    Write(Value),
    /// Writes the second value if it finds the first.
    Cas(Value, Value),
    /// Puts a text behind what is there.
    Append(Rc<str>),
    /// Gets a lock, under a fencing token where there is one.
    Acquire(Mode, Option<u64>),
    /// Gives a lock back: under which token, and how often it is held still.
    Release(Option<u64>, u32),
    /// Asks to give a lock back and hears that it holds none.
    NotHeld,
    /// The lock service takes a lock away, because a lease, a session or a transaction is over.
    Expire(Option<u64>),
    /// Looks at all locks, but for those of the processes named last, of which the history does not tell all.
    Table(Vec<Held>, Vec<Rc<str>>),
    /// Adds one to a counter, which is this afterwards, where that is known.
    Increment(Option<u64>),
    /// Reads a counter.
    Counter(u64),
}

impl Call {
    /// Whether it never changes anything.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self, Call::Read(_) | Call::Table(..) | Call::NotHeld)
    }
}

/// An instant of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its place in the order of all calls and returns.
    pub place: usize,
    /// The line of the text, counted from 1.
    pub line: usize,
    /// When, in microseconds, where the text says so.
    pub at_us: Option<u64>,
}

/// An operation. One that did not happen is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Who asked.
    pub process: Rc<str>,
    /// About which key or lock; none where there is only one object.
    pub key: Option<Rc<str>>,
    /// What, and the answer.
    pub call: Call,
    /// When it was asked for.
    pub invoked: Mark,
    /// When the answer came. Where none came, the operation may have happened at any time since, or not at all.
    pub returned: Option<Mark>,
    /// Which write a read has seen, or which one this write is, where the text says so.
    pub write: Option<Rc<str>>,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_deref().map(|key| format!(" of {key}")).unwrap_or_default();
        let on = self.key.as_deref().map(|key| format!(" {key}")).unwrap_or_default();
        let token = |token: &Option<u64>| token.map(|t| format!(" (token {t})")).unwrap_or_default();
        match &self.call {
            Call::Read(value) => write!(f, "read{key} → {value}"),
            Call::Write(Value::Nil) => write!(f, "delete{key}"),
            Call::Write(value) => write!(f, "write{key} {value}"),
            Call::Cas(from, to) => write!(f, "cas{key} {from} → {to}"),
            Call::Append(text) => write!(f, "append{key} {text:?}"),
            Call::Acquire(Mode::Shared, t) => write!(f, "acquire{on} shared{}", token(t)),
            Call::Acquire(Mode::Exclusive, t) => write!(f, "acquire{on}{}", token(t)),
            Call::Release(t, _) => write!(f, "release{on}{}", token(t)),
            Call::NotHeld => write!(f, "release{on} → not held"),
            Call::Expire(t) => write!(f, "{}{} ends without its doing", on.trim_start(), token(t)),
            Call::Table(held, _) => write!(f, "look at all locks → {} held", held.len()),
            Call::Increment(Some(value)) => write!(f, "increment{key} → {value}"),
            Call::Increment(None) => write!(f, "increment{key}"),
            Call::Counter(value) => write!(f, "read{key} → {value}"),
        }
    }
}

/// Operations in the order of their calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// All that happened, or may have.
    pub operations: Vec<Operation>,
    /// What the text has beyond that: one sentence each.
    pub notes: Vec<String>,
}
