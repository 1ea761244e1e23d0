//! The table of accesses: worked out from what the records say.

use super::super::line::{Content, Line};
use super::super::note::{Commit, Note, Served, Why};
use super::super::{Ctx, Mesi};
use crate::base::json::millis_text;
use crate::base::sheet::Sheet;
use crate::coherence::{Event, Row, State, Transaction, gone, sheet};
use crate::protocol::Past;
use crate::trace::{Kind, NodeId, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

type Name = Rc<str>;

/// What has been seen so far.
struct Walk<'a> {
    ctx: &'a Ctx,
    /// Of each cache that runs.
    caches: Vec<Option<BTreeMap<Name, State>>>,
    memory: BTreeMap<Name, Content>,
    /// What the bus has done for the access that each cache makes, and what had to go for it.
    bus: Vec<Vec<&'static str>>,
    also: Vec<Vec<String>>,
    rows: Vec<Row>,
}

/// The table of all accesses that were served before a record.
pub(crate) fn walk(ctx: &Ctx, past: &Past<'_, Mesi>, until: RecordId) -> Sheet {
    let mut walk = Walk {
        ctx,
        caches: vec![Some(BTreeMap::new()); ctx.setup.caches],
        memory: ctx.setup.memory.iter().cloned().collect(),
        bus: vec![Vec::new(); ctx.setup.caches],
        also: vec![Vec::new(); ctx.setup.caches],
        rows: Vec::new(),
    };
    walk.start();
    for id in 0..until.min(past.trace.len()) {
        let record = past.trace.record(id);
        let cache = usize::from(record.node);
        match record.kind {
            Kind::Crash if cache < ctx.setup.caches => {
                walk.caches[cache] = None;
                walk.bus[cache].clear();
                walk.also[cache].clear();
            }
            Kind::Restart if cache < ctx.setup.caches => walk.caches[cache] = Some(BTreeMap::new()),
            _ => {}
        }
        if let Some(note) = past.note(record) {
            walk.hear(record.at_us, record.node, note);
        }
    }
    sheet("ms", &ctx.names[..ctx.setup.caches], true, &walk.rows)
}

impl Walk<'_> {
    /// What caches have at the start.
    fn start(&mut self) {
        let starts = &self.ctx.setup.contents;
        for (cache, start) in starts.iter().enumerate().flat_map(|(i, all)| all.iter().map(move |start| (i, start))) {
            if let Some(lines) = &mut self.caches[cache] {
                lines.insert(Rc::clone(&start.line.name), start.state);
            }
        }
        let lines: BTreeSet<Name> = starts.iter().flatten().map(|start| Rc::clone(&start.line.name)).collect();
        for line in lines {
            let memory = self.memory_text(&line);
            let held = starts.iter().flatten().find(|start| start.line.name == line && start.state.is_dirty());
            let value = held.map_or_else(|| memory.clone(), |start| self.text(&start.content));
            let access = format!("start, {line}");
            let (when, states) = ("0".into(), self.states(&line));
            self.rows.push(Row { when, access, states, values: Some((value, memory)), ..Row::default() });
        }
    }

    fn text(&self, content: &Content) -> String {
        content.shown(self.ctx.setup.by_address())
    }

    fn memory_text(&self, line: &str) -> String {
        self.text(&self.memory.get(line).cloned().unwrap_or_default())
    }

    fn states(&self, line: &str) -> Vec<Option<State>> {
        let state = |lines: &BTreeMap<Name, State>| lines.get(line).copied().unwrap_or_default();
        self.caches.iter().map(|lines| lines.as_ref().map(state)).collect()
    }

    fn hear(&mut self, at_us: u64, node: NodeId, note: &Note) {
        match note {
            Note::Changed(change) => {
                let cache = usize::from(node);
                if let Some(lines) = &mut self.caches[cache] {
                    lines.insert(Rc::clone(&change.line.name), change.to);
                }
                if change.why == Why::By(Event::Evict) {
                    self.also[cache].push(gone(&change.line.name, change.from));
                }
            }
            Note::Committed(commit) => self.committed(at_us, commit),
            Note::Served(served) => self.served(at_us, node, served),
            Note::Doubt { .. } | Note::Told(..) | Note::Waits { .. } | Note::Bus(_) => {}
        }
    }

    fn committed(&mut self, at_us: u64, commit: &Commit) {
        let Line { name, .. } = &commit.line;
        self.memory.insert(Rc::clone(name), commit.memory.clone());
        if commit.transaction != Transaction::Rescue {
            self.bus[usize::from(commit.by)].push(commit.transaction.name());
            return;
        }
        let from = commit.from.map_or_else(String::new, |cache| self.ctx.name(cache).into());
        let also = if commit.from.is_some() { String::new() } else { "the newest value is lost".into() };
        self.rows.push(Row {
            when: millis_text(at_us),
            access: format!("the bus looks for {name}"),
            states: self.states(name),
            bus: vec![commit.transaction.name()],
            from,
            also,
            values: Some((String::new(), self.memory_text(name))),
        });
    }

    fn served(&mut self, at_us: u64, node: NodeId, served: &Served) {
        let cache = usize::from(node);
        let from = match served.from {
            None => String::new(),
            Some((_, None)) => "memory".into(),
            Some((_, Some(cache))) => self.ctx.name(cache).into(),
        };
        let verb = if served.write { "writes" } else { "reads" };
        let value = served.value.as_ref().map_or_else(|| "–".into(), |value| value.shown());
        let line = &served.line.name;
        let row = Row {
            when: millis_text(at_us),
            access: format!("{} {verb} {}", self.ctx.name(node), served.key),
            states: self.states(line),
            bus: std::mem::take(&mut self.bus[cache]),
            from,
            also: std::mem::take(&mut self.also[cache]).join(", "),
            values: Some((value, self.memory_text(line))),
        };
        self.rows.push(row);
    }
}
