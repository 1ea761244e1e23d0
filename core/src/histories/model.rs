//! What an object would do if all operations happened one after the other.
//!
//! States are numbered as they come up, so that the search compares numbers; a step from a state is worked out once.

mod locks;
mod store;

use super::operation::{Call, Operation};
use locks::Locks;
use std::collections::BTreeMap;
use store::Store;

/// The objects that histories are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// Reads and writes; nil at first.
    Register,
    /// Reads, writes and compare-and-set; nil at first.
    CasRegister,
    /// Get, put, append and delete of keys.
    Kv,
    /// Locks, exclusive or shared, with fencing tokens.
    Lock,
}

impl Model {
    /// All of them.
    pub const ALL: [Model; 4] = [Model::Register, Model::CasRegister, Model::Kv, Model::Lock];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Model::Register => "register",
            Model::CasRegister => "cas-register",
            Model::Kv => "kv",
            Model::Lock => "lock",
        }
    }
}

/// What an object holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Store(Store),
    Locks(Locks),
}

impl State {
    /// The state after an operation; none where the object would have answered otherwise.
    fn after(&self, operation: &Operation) -> Option<State> {
        match self {
            State::Store(store) => store.after(operation).map(State::Store),
            State::Locks(locks) => locks.after(operation).map(State::Locks),
        }
    }
}

/// States by number, with the steps between them.
pub(super) struct States {
    all: Vec<State>,
    numbers: BTreeMap<State, u32>,
    steps: BTreeMap<(u32, u32), Option<u32>>,
}

impl States {
    /// The states of a model; number 0 is the first one.
    pub(super) fn new(model: Model) -> States {
        let first = match model {
            Model::Register | Model::CasRegister | Model::Kv => State::Store(Store::default()),
            Model::Lock => State::Locks(Locks::default()),
        };
        States { numbers: BTreeMap::from([(first.clone(), 0)]), all: vec![first], steps: BTreeMap::new() }
    }

    /// The number of the state after the `n`-th operation.
    pub(super) fn step(&mut self, state: u32, n: usize, operation: &Operation) -> Option<u32> {
        if let Some(known) = self.steps.get(&(state, n as u32)) {
            return *known;
        }
        let next = self.all[state as usize].after(operation).map(|next| {
            let fresh = self.all.len() as u32;
            let number = *self.numbers.entry(next.clone()).or_insert(fresh);
            if number == fresh {
                self.all.push(next);
            }
            number
        });
        self.steps.insert((state, n as u32), next);
        next
    }

    /// What an operation would have found in a state, in words.
    pub(super) fn words(&self, state: u32, operation: &Operation) -> String {
        match &self.all[state as usize] {
            State::Store(store) => store.words(operation),
            State::Locks(locks) => locks.words(operation),
        }
    }

    /// Whether an operation leaves a state as it is, whichever it is.
    pub(super) fn only_reads(operation: &Operation) -> bool {
        operation.call.only_reads()
    }
}

/// Whether a model has such an operation at all.
pub(super) fn knows(model: Model, call: &Call) -> bool {
    match call {
        Call::Read(_) | Call::Write(_) => model != Model::Lock,
        Call::Cas(..) => model == Model::CasRegister,
        Call::Append(_) => model == Model::Kv,
        _ => model == Model::Lock,
    }
}
