//! Calls and returns by process, as Jepsen has them, put together to operations.

use super::LineError;
use super::datum::Datum;
use super::edn::shortened;
use crate::histories::model::{Model, knows};
use crate::histories::operation::{Call, History, Mark, Mode, Operation, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What sort of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Invoke,
    Ok,
    Fail,
    Info,
}

/// A call or a return.
#[derive(Clone, Debug)]
pub(super) struct Event {
    line: usize,
    at_us: Option<u64>,
    process: Rc<str>,
    phase: Phase,
    f: String,
    key: Option<Rc<str>>,
    /// The whole map, for what a lock has beside its value.
    all: Datum,
    value: Datum,
}

impl Event {
    /// The event of a map; none where it is not a client's, such as a fault that the nemesis causes.
    pub(super) fn of(datum: &Datum, line: usize) -> Result<Option<Event>, LineError> {
        let wrong = |what: String| Err(LineError::new(line, what));
        let Some(process) = datum.get("process") else { return wrong("the key :process is missing".into()) };
        let Some(kind) = datum.get("type").and_then(Datum::word) else {
            return wrong("the key :type is missing, or is no word".into());
        };
        let phase = match kind {
            "invoke" => Phase::Invoke,
            "ok" => Phase::Ok,
            "fail" => Phase::Fail,
            "info" => Phase::Info,
            other => {
                return wrong(format!(":type: expected :invoke, :ok, :fail or :info, found :{}", shortened(other)));
            }
        };
        if matches!(process, Datum::Word(_)) || process.word() == Some("nemesis") {
            return Ok(None);
        }
        let Some(process) = process.name() else { return wrong(":process: expected a number or a name".into()) };
        let Some(f) = datum.get("f").and_then(Datum::word) else {
            return wrong("the key :f is missing, or is no word".into());
        };
        let key = ["key", "resource", "lock"].iter().find_map(|key| datum.get(key)).and_then(Datum::name);
        Ok(Some(Event {
            line,
            // Jepsen's times are in nanoseconds.
            at_us: datum.get("time").and_then(Datum::number).map(|ns| ns / 1_000),
            process: process.into(),
            phase,
            f: f.into(),
            key: key.map(Into::into),
            value: datum.get("value").cloned().unwrap_or(Datum::Nil),
            all: datum.clone(),
        }))
    }

    fn wrong<T>(&self, what: String) -> Result<T, LineError> {
        Err(LineError::new(self.line, what))
    }

    /// Takes the key out of the value, where each value is a pair of a key and a value.
    fn unpair(&mut self) {
        if let Datum::List(items) = &mut self.value
            && items.len() == 2
            && let (Some(value), Some(key)) = (items.pop(), items.pop())
        {
            self.key = key.name().map(Into::into);
            self.value = value;
        }
    }

    /// What is asked for, or with a return what came of it.
    fn call(&self, model: Model) -> Result<Call, LineError> {
        let call = match self.f.as_str() {
            "read" | "r" | "get" if model != Model::Lock => Call::Read(self.value.value()),
            "write" | "w" | "put" | "set" if model != Model::Lock => Call::Write(self.value.value()),
            "delete" | "del" | "remove" => Call::Write(Value::Nil),
            "cas" | "compare-and-set" => match self.value.items() {
                Some([from, to]) => Call::Cas(from.value(), to.value()),
                _ => {
                    let found = shortened(&self.value.source());
                    return self.wrong(format!(":value of :cas: expected [expected new], found {found}"));
                }
            },
            "append" => match &self.value {
                Datum::Text(text) => Call::Append(text.as_str().into()),
                other => {
                    let found = shortened(&other.source());
                    return self.wrong(format!(":value of :append: expected a string, found {found}"));
                }
            },
            "acquire" | "lock" => Call::Acquire(self.mode()?, self.token()),
            "release" | "unlock" => Call::Release(self.token(), 0),
            "expire" => Call::Expire(self.token()),
            other => return self.wrong(format!("there is no operation :{} in any model", shortened(other))),
        };
        if !knows(model, &call) {
            return self.wrong(format!("the model {} has no operation :{}", model.name(), self.f));
        }
        Ok(call)
    }

    fn mode(&self) -> Result<Mode, LineError> {
        match ["mode", "lock_type"].iter().find_map(|key| self.all.get(key)).and_then(Datum::word) {
            None | Some("exclusive") => Ok(Mode::Exclusive),
            Some("shared") => Ok(Mode::Shared),
            Some(other) => self.wrong(format!(":mode: expected exclusive or shared, found {}", shortened(other))),
        }
    }

    fn token(&self) -> Option<u64> {
        self.all.get("token").and_then(Datum::number).or_else(|| self.value.number())
    }
}

/// Puts calls and returns together.
pub(super) fn assemble(mut events: Vec<Event>, model: Model) -> Result<History, LineError> {
    if is_keyed(&events) {
        events.iter_mut().for_each(Event::unpair);
    }
    let mut slots: Vec<Option<Operation>> = Vec::new();
    let mut open: BTreeMap<Rc<str>, (usize, String)> = BTreeMap::new();
    for (place, event) in events.iter().enumerate() {
        let mark = Mark { place, line: event.line, at_us: event.at_us };
        let process = &event.process;
        if event.phase == Phase::Invoke {
            if let Some((n, _)) = open.get(process) {
                let line = slots[*n].as_ref().map_or(0, |o| o.invoked.line);
                return event.wrong(format!("process {process} calls before its call of line {line} has returned"));
            }
            open.insert(Rc::clone(process), (slots.len(), event.f.clone()));
            slots.push(Some(Operation {
                process: Rc::clone(process),
                key: event.key.clone(),
                call: event.call(model)?,
                invoked: mark,
                returned: None,
                write: None,
            }));
            continue;
        }
        let Some((n, f)) = open.remove(process) else {
            // What Jepsen itself has to say comes as :info without a call.
            if event.phase == Phase::Info {
                continue;
            }
            return event.wrong(format!("process {process} returns, but has not called"));
        };
        if f != event.f {
            return event.wrong(format!("process {process} has called :{f} and returns from :{}", shortened(&event.f)));
        }
        match event.phase {
            Phase::Fail => slots[n] = None,
            Phase::Ok => finish(&mut slots[n], event, mark, model)?,
            Phase::Invoke | Phase::Info => {}
        }
    }
    let operations = slots.into_iter().flatten().filter(|o| o.returned.is_some() || !o.call.only_reads());
    Ok(History { operations: operations.collect(), notes: Vec::new() })
}

/// Notes the answer.
fn finish(slot: &mut Option<Operation>, event: &Event, mark: Mark, model: Model) -> Result<(), LineError> {
    let Some(operation) = slot else { return Ok(()) };
    operation.returned = Some(mark);
    operation.key = event.key.clone().or(operation.key.take());
    match &operation.call {
        Call::Read(_) | Call::Acquire(..) | Call::Release(..) => {
            let answer = event.call(model)?;
            operation.call = match (&operation.call, answer) {
                // The answer may leave out how it was asked for, or which token was given back.
                (Call::Acquire(mode, _), Call::Acquire(_, token)) => Call::Acquire(*mode, token),
                (Call::Release(asked, _), Call::Release(token, left)) => Call::Release(token.or(*asked), left),
                (_, answer) => answer,
            };
        }
        _ => {}
    }
    Ok(())
}

/// Whether all values are pairs of a key and a value, as Jepsen has them for independent keys.
fn is_keyed(events: &[Event]) -> bool {
    let mut calls = events.iter().filter(|e| e.phase == Phase::Invoke).peekable();
    calls.peek().is_some()
        && calls.all(|event| {
            let Some([_, value]) = event.value.items() else { return false };
            event.key.is_none() && (event.f != "cas" || value.items().is_some_and(|pair| pair.len() == 2))
        })
}
