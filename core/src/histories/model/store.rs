//! Registers and keys. One register is a store with one key that has no name.

use crate::histories::operation::{Call, Operation, Value};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What each key holds; a key that is not there holds nil.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Store(BTreeMap<Option<Rc<str>>, Value>);

impl Store {
    fn get(&self, key: &Option<Rc<str>>) -> Value {
        self.0.get(key).cloned().unwrap_or_default()
    }

    fn with(&self, key: &Option<Rc<str>>, value: Value) -> Store {
        let mut next = self.clone();
        match value {
            Value::Nil => next.0.remove(key),
            value => next.0.insert(key.clone(), value),
        };
        next
    }

    pub(super) fn after(&self, operation: &Operation) -> Option<Store> {
        let key = &operation.key;
        match &operation.call {
            Call::Read(value) => agrees(&self.get(key), value).then(|| self.clone()),
            Call::Write(value) => Some(self.with(key, value.clone())),
            Call::Cas(from, to) => (self.get(key) == *from).then(|| self.with(key, to.clone())),
            Call::Append(text) => {
                let whole: Rc<str> = match self.get(key) {
                    Value::Nil => Rc::clone(text),
                    Value::Text(before) => format!("{before}{text}").into(),
                    Value::Plain(_) => return None,
                };
                Some(self.with(key, Value::Text(whole)))
            }
            _ => None,
        }
    }

    pub(super) fn words(&self, operation: &Operation) -> String {
        self.get(&operation.key).to_string()
    }
}

/// Whether a read of a value may have given this one: some services answer a missing key with an empty text.
fn agrees(held: &Value, seen: &Value) -> bool {
    held == seen || *held == Value::Nil && matches!(seen, Value::Text(text) if text.is_empty())
}
