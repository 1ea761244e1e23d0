//! The one durable store behind all brokers (`storage: shared`): it keeps what it is given, and gives back what it has.

use super::journal::{Entry, Journal, Then};
use crate::labs::queue::item::{Id, Item, Phase};
use crate::labs::queue::members::Table;
use crate::labs::queue::note::{Booted, Saved};
use crate::labs::queue::{Change, Ctx, Disk, Effects, Message, Note, Queue, Timer, Write};
use crate::protocol::Input;
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the store holds in memory.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) log: BTreeMap<Rc<str>, BTreeMap<Id, Item>>,
    journal: Journal,
    /// A table to say with an answer; who is on the ring is nothing to the store.
    table: Table,
}

/// Starts from what is on disk.
pub(crate) fn boot(disk: &Disk, out: &mut Effects) -> Store {
    let of = |phase| disk.log.values().flat_map(BTreeMap::values).filter(|item| item.phase == phase).count() as u32;
    let booted = Booted {
        life: disk.life + 1,
        counts: [Phase::Live, Phase::Dead, Phase::Acked].map(of),
        torn: disk.torn.len() as u32,
        torn_taken: false,
        balance_percent: 100,
    };
    out.with_input(Some(Note::Booted(Box::new(booted))), Some(Write(vec![Change::Life(disk.life + 1)])));
    Store { log: disk.log.clone(), journal: Journal::default(), table: disk.table.clone() }
}

/// Handles one input.
pub(crate) fn step(ctx: &Ctx, store: &mut Store, input: Input<'_, Queue>, out: &mut Effects) {
    match input {
        Input::Message { from, message: Message::Copy { items, .. } } => on_copy(ctx, store, from, items, out),
        Input::Message { from, message: Message::Fetch { queue } } => on_fetch(store, from, queue, out),
        Input::Message { message: Message::Mark { queue, id, delivery }, .. } => {
            if let Some(item) = store.log.get_mut(queue).and_then(|log| log.get_mut(id))
                && item.phase == Phase::Live
            {
                item.last = item.last.max(Some(*delivery));
            }
            let change = Change::Mark(Rc::clone(queue), *id, *delivery);
            out.with_input(None, Some(Write(vec![change])));
        }
        Input::Timeout(Timer::Disk) => on_written(ctx, store, out),
        Input::Message { .. } | Input::Timeout(_) | Input::Request { .. } => {
            unreachable!("nobody asks this of a store")
        }
    }
}

/// Something to keep: to disk, unless it is there.
fn on_copy(ctx: &Ctx, store: &mut Store, from: NodeId, items: &[Item], out: &mut Effects) {
    for item in items {
        let known = store.log.get(&item.queue).and_then(|log| log.get(&item.id)).map(|known| known.phase);
        if known >= Some(item.phase) {
            tell(store, from, item, out);
        } else {
            store.journal.take(Entry { item: item.clone(), then: Then::Confirm(from) });
        }
    }
    begin(ctx, store, out);
}

/// The disk begins with what waits, when it is free.
fn begin(ctx: &Ctx, store: &mut Store, out: &mut Effects) {
    let begun = store.journal.begin();
    if !begun.is_empty() {
        out.with_input(None, Some(Write(begun)));
        out.arm(Timer::Disk, ctx.setup.disk_us, ctx.setup.disk_us);
    }
}

/// A broker serves a queue from now on.
fn on_fetch(store: &Store, from: NodeId, queue: &Rc<str>, out: &mut Effects) {
    let items: Rc<[Item]> = store.log.get(queue).into_iter().flat_map(BTreeMap::values).cloned().collect();
    out.send(from, Message::Copy { queue: Rc::clone(queue), items });
}

/// The disk has written.
fn on_written(ctx: &Ctx, store: &mut Store, out: &mut Effects) {
    let written = store.journal.done();
    let live = |store: &Store| {
        store.log.values().flat_map(BTreeMap::values).filter(|item| item.phase == Phase::Live).count() as u64
    };
    let before = live(store);
    for Entry { item, .. } in &written {
        let log = store.log.entry(Rc::clone(&item.queue)).or_default();
        log.entry(item.id).and_modify(|known| known.merge(item)).or_insert_with(|| item.clone());
    }
    let items: Rc<[Item]> = written.iter().map(|entry| entry.item.clone()).collect();
    let saved = Saved { items: Rc::clone(&items), live: (before, live(store)) };
    out.persist(Note::Saved(Box::new(saved)), Write(vec![Change::Saved(items)]));
    for Entry { item, then } in &written {
        if let Then::Confirm(from) = then {
            tell(store, *from, item, out);
        }
    }
    begin(ctx, store, out);
}

fn tell(store: &Store, to: NodeId, item: &Item, out: &mut Effects) {
    let phase = store.log.get(&item.queue).and_then(|log| log.get(&item.id)).map_or(item.phase, |known| known.phase);
    let (none, table) = (Rc::new([]), store.table.clone());
    let queue = Rc::clone(&item.queue);
    out.send(to, Message::Stored { queue, has: Rc::new([(item.id, phase)]), lacks: none.clone(), safe: none, table });
}
