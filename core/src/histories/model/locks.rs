//! Locks, exclusive or shared, that may be held more than once, with fencing tokens that rise with each grant; and a counter
//! that is guarded by one.

use crate::histories::operation::{Call, Held, Mode, Operation};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A grant that holds. The token is none where the answer with it never came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    process: Rc<str>,
    mode: Mode,
    token: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Lock {
    holders: Vec<Holder>,
    /// The highest token that was given.
    highest: u64,
    /// Grants that the service ended: to give them back is still answered as if they had been there.
    ended: BTreeSet<u64>,
}

impl Lock {
    /// The grant of a process under a token, or under one that was never told.
    fn place(&self, process: &str, token: Option<u64>) -> Option<usize> {
        let own = |h: &&Holder| *h.process == *process;
        let exact = |h: &Holder| *h.process == *process && h.token == token;
        let loose = |h: &Holder| own(&h) && (h.token.is_none() || token.is_none());
        self.holders.iter().position(exact).or_else(|| self.holders.iter().position(loose))
    }

    fn acquire(&mut self, process: &Rc<str>, mode: Mode, token: Option<u64>) -> Option<()> {
        let again = self.place(process, token).filter(|&at| {
            let held = &self.holders[at];
            (held.mode == Mode::Exclusive || mode == Mode::Shared) && (held.token == token || token.is_none())
        });
        if again.is_some() {
            return Some(());
        }
        // An upgrade takes the place of the grant that it extends.
        let upgrades = |h: &Holder| h.process == *process && h.mode == Mode::Shared && mode == Mode::Exclusive;
        let fits = |h: &Holder| h.mode == Mode::Shared && mode == Mode::Shared || upgrades(h) || told_late(h, process);
        if !self.holders.iter().all(fits) || token.is_some_and(|token| token <= self.highest) {
            return None;
        }
        self.holders.retain(|h| !upgrades(h) && !told_late(h, process));
        self.holders.push(Holder { process: Rc::clone(process), mode, token });
        self.holders.sort();
        self.highest = token.unwrap_or(self.highest);
        Some(())
    }

    /// Takes a grant away; false where there is none.
    fn release(&mut self, process: &str, token: Option<u64>) -> bool {
        let place = self.place(process, token);
        place.map(|at| self.holders.remove(at)).is_some()
    }
}

/// Whether a grant may be the same as a later one of its process whose token was told.
fn told_late(held: &Holder, process: &Rc<str>) -> bool {
    held.process == *process && held.token.is_none()
}

/// Locks by name, and counters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Locks {
    locks: BTreeMap<Option<Rc<str>>, Lock>,
    /// What a counter was when it was last seen: at first it may be anything.
    counters: BTreeMap<Option<Rc<str>>, u64>,
}

impl Locks {
    pub(super) fn after(&self, operation: &Operation) -> Option<Locks> {
        let (key, process) = (&operation.key, &operation.process);
        let mut next = self.clone();
        let mut lock = next.locks.remove(key).unwrap_or_default();
        match &operation.call {
            Call::Acquire(mode, token) => lock.acquire(process, *mode, *token)?,
            // Held still: one acquisition less is none for the others.
            Call::Release(token, left) if *left > 0 => lock.place(process, *token).map(|_| ())?,
            Call::Release(token, _) => {
                let ended = token.is_some_and(|token| lock.ended.contains(&token));
                (lock.release(process, *token) || ended).then_some(())?;
            }
            Call::NotHeld => lock.place(process, None).is_none().then_some(())?,
            Call::Expire(token) => {
                lock.release(process, *token);
                lock.ended.extend(token);
            }
            Call::Table(held, unknown) => self.shows(held, unknown).then_some(())?,
            Call::Increment(value) => {
                let known = next.counters.remove(key);
                let after = known.map_or(*value, |known| known.checked_add(1));
                (value.is_none() || *value == after).then_some(())?;
                after.map(|after| next.counters.insert(key.clone(), after));
            }
            Call::Counter(value) => {
                next.counters.insert(key.clone(), *value).is_none_or(|known| known == *value).then_some(())?;
            }
            _ => return None,
        }
        if lock != Lock::default() {
            next.locks.insert(key.clone(), lock);
        }
        Some(next)
    }

    /// Whether a look at the table would have seen this.
    fn shows(&self, held: &[Held], unknown: &[Rc<str>]) -> bool {
        let known = |process: &Rc<str>| !unknown.contains(process);
        let mut left: Vec<&Held> = held.iter().filter(|h| known(&h.process)).collect();
        for (resource, lock) in &self.locks {
            for holder in lock.holders.iter().filter(|h| known(&h.process)) {
                let same = |h: &Held| {
                    Some(&h.resource) == resource.as_ref()
                        && h.process == holder.process
                        && h.mode == holder.mode
                        && (h.token == holder.token || h.token.is_none() || holder.token.is_none())
                };
                match left.iter().position(|h| same(h)) {
                    Some(at) => drop(left.remove(at)),
                    None => return false,
                }
            }
        }
        left.is_empty()
    }

    pub(super) fn words(&self, operation: &Operation) -> String {
        match operation.call {
            Call::Increment(_) | Call::Counter(_) => {
                self.counters.get(&operation.key).map_or_else(|| "unknown".into(), u64::to_string)
            }
            Call::Table(..) => {
                let held: Vec<String> =
                    self.locks.iter().filter_map(|(key, lock)| lock_words(key.as_deref(), lock)).collect();
                if held.is_empty() { "no lock is held".into() } else { held.join("; ") }
            }
            _ => {
                let lock = self.locks.get(&operation.key).cloned().unwrap_or_default();
                let held = lock_words(None, &lock).unwrap_or_else(|| "free".into());
                format!("{held}, highest token {}", lock.highest)
            }
        }
    }
}

/// Who holds a lock; none where nobody does.
fn lock_words(name: Option<&str>, lock: &Lock) -> Option<String> {
    let holders: Vec<String> = lock
        .holders
        .iter()
        .map(|h| {
            let how = if h.mode == Mode::Shared { " shared" } else { "" };
            let token = h.token.map(|t| format!(" under token {t}")).unwrap_or_default();
            format!("{}{how}{token}", h.process)
        })
        .collect();
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    (!holders.is_empty()).then(|| format!("{name}held by {}", holders.join(" and ")))
}
