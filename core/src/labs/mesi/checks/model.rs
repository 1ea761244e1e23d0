//! Who has which line in which state, what memory has, and what was written last, as the records tell of it.

use super::super::Ctx;
use super::super::line::{Content, value_json};
use super::super::note::{Note, Why};
use super::super::setup::Start;
use crate::coherence::{Family, State, Transaction};
use crate::trace::{NodeId, RecordId};
use std::collections::BTreeMap;
use std::rc::Rc;

type Name = Rc<str>;

/// A line in a cache.
#[derive(Clone, Debug)]
pub(super) struct Copy {
    pub(super) state: State,
    pub(super) content: Content,
    /// The record of its last change.
    pub(super) since: RecordId,
}

/// What was written last.
#[derive(Clone, Debug, Default)]
struct Last {
    content: Content,
    /// The records of the last writes, by key.
    writes: BTreeMap<Name, RecordId>,
    /// The cache that flushes the line in the open transaction.
    flushes: Option<NodeId>,
    /// That cache has crashed: whether the bus has the value, only memory can say.
    in_doubt: bool,
    /// The cache that has crashed with its write-back of the line under way.
    returns: Option<NodeId>,
    /// A cache has crashed that had it, and memory may be older: whether the newest value is still somewhere, the next
    /// transaction shows.
    orphan: bool,
}

/// A read, as JSON: what it gave, and what was written last.
pub(super) struct Read {
    pub(super) key: Name,
    pub(super) got: String,
    pub(super) expected: String,
    pub(super) written: Option<RecordId>,
}

/// The world as an outside observer has it.
#[derive(Clone, Debug)]
pub(super) struct Model {
    copies: BTreeMap<Name, BTreeMap<NodeId, Copy>>,
    memory: BTreeMap<Name, Content>,
    last: BTreeMap<Name, Last>,
    open: Option<Name>,
    moesi: bool,
}

impl Model {
    pub(super) fn new(ctx: &Ctx) -> Model {
        let memory: BTreeMap<Name, Content> = ctx.setup.memory.iter().cloned().collect();
        let last = |(name, content): (&Name, &Content)| {
            (Rc::clone(name), Last { content: content.clone(), ..Last::default() })
        };
        let mut model = Model {
            copies: BTreeMap::new(),
            last: memory.iter().map(last).collect(),
            memory,
            open: None,
            moesi: ctx.setup.family() == Family::Moesi,
        };
        for (cache, starts) in ctx.setup.contents.iter().enumerate() {
            for Start { line, state, content } in starts {
                let copy = Copy { state: *state, content: content.clone(), since: 0 };
                model.copies.entry(Rc::clone(&line.name)).or_default().insert(cache as NodeId, copy);
                if state.is_dirty() {
                    model.last.entry(Rc::clone(&line.name)).or_default().content = content.clone();
                }
            }
        }
        model
    }

    /// The valid copies of a line.
    pub(super) fn copies(&self, line: &str) -> impl Iterator<Item = (NodeId, &Copy)> {
        self.copies.get(line).into_iter().flatten().map(|(cache, copy)| (*cache, copy))
    }

    /// What memory has of a line.
    pub(super) fn memory(&self, line: &str) -> Content {
        self.memory.get(line).cloned().unwrap_or_default()
    }

    /// What a clean copy of a line has to be: as its owner's, where there is one, else as memory. None while it is not
    /// known whether the value of an owner that has crashed is still somewhere.
    pub(super) fn clean(&self, line: &str, state: State) -> Option<Content> {
        let owner = self.copies(line).find(|(_, copy)| copy.state == State::O);
        match owner {
            Some((_, owner)) if state == State::S => Some(owner.content.clone()),
            _ if self.last.get(line).is_some_and(|last| last.orphan) => None,
            _ => Some(self.memory(line)),
        }
    }

    /// Whether a transaction is open on a line.
    pub(super) fn is_open(&self, line: &str) -> bool {
        self.open.as_deref() == Some(line)
    }

    /// Takes in what a record says; a read is handed back.
    pub(super) fn take_in(&mut self, id: RecordId, node: NodeId, note: &Note) -> Option<Read> {
        match note {
            Note::Changed(change) => {
                let line = &change.line.name;
                let copies = self.copies.entry(Rc::clone(line)).or_default();
                if change.to.is_valid() {
                    copies.insert(node, Copy { state: change.to, content: change.after.clone(), since: id });
                } else {
                    copies.remove(&node);
                }
                let last = self.last.entry(Rc::clone(line)).or_default();
                last.returns = change.doubt.then_some(node);
                if change.flushed || change.gave {
                    last.flushes = Some(node);
                }
                if let Some((key, value)) = &change.wrote {
                    last.content = last.content.with(key, value);
                    last.writes.insert(Rc::clone(key), id);
                }
                if change.why == Why::Crash && change.from == State::M {
                    // Its newest value is lost: what memory has is the newest now.
                    last.content = self.memory.get(line).cloned().unwrap_or_default();
                    last.writes.clear();
                } else if change.why == Why::Crash && self.moesi {
                    last.orphan = true;
                }
            }
            Note::Doubt { line, .. } => {
                let last = self.last.entry(Rc::clone(&line.name)).or_default();
                last.in_doubt |= last.flushes == Some(node);
            }
            Note::Committed(commit) => {
                let line = &commit.line.name;
                let alive = self.copies(line).next().is_some();
                self.memory.insert(Rc::clone(line), commit.memory.clone());
                let last = self.last.entry(Rc::clone(line)).or_default();
                last.flushes = None;
                if let Some(word) = &commit.wrote {
                    last.content = last.content.overwritten(word);
                }
                let back = commit.transaction == Transaction::WriteBack && last.returns == Some(commit.by);
                let nowhere = !alive && (commit.from.is_none() || commit.transaction == Transaction::Rescue);
                let orphan = std::mem::take(&mut last.orphan) || commit.transaction == Transaction::Rescue;
                let unsure = std::mem::take(&mut last.in_doubt) && (commit.flushed.is_some() || commit.from.is_none());
                if unsure || back || orphan && nowhere {
                    last.content = commit.memory.clone();
                    last.writes.clear();
                }
            }
            Note::Bus(bus) => {
                if bus.closed.is_some() {
                    self.open = None;
                }
                if let Some(began) = &bus.began {
                    self.open = Some(Rc::clone(&began.line.name));
                }
            }
            Note::Served(served) => return self.served(id, node, served),
            Note::Told(..) | Note::Waits { .. } => {}
        }
        None
    }

    fn served(&mut self, id: RecordId, node: NodeId, served: &super::super::note::Served) -> Option<Read> {
        let line = &served.line.name;
        let last = self.last.entry(Rc::clone(line)).or_default();
        if !served.write {
            return Some(Read {
                key: Rc::clone(&served.key),
                got: value_json(served.value.as_ref()).into(),
                expected: value_json(last.content.get(&served.key)).into(),
                written: last.writes.get(&served.key).copied(),
            });
        }
        if !served.told
            && let Some(value) = &served.value
        {
            last.content = last.content.with(&served.key, value);
            last.writes.insert(Rc::clone(&served.key), id);
            if let Some(copy) = self.copies.get_mut(line).and_then(|copies| copies.get_mut(&node)) {
                copy.content = copy.content.with(&served.key, value);
            }
        }
        None
    }
}
