//! The rules, from outside: each check follows states, memory and transactions by what the records say.

mod model;

use super::note::Note;
use super::{Ctx, Mesi};
use crate::coherence::State;
use crate::protocol::{Broken, Check, Guard, Seen, Watch};
use crate::trace::{NodeId, Record, RecordId};
use model::{Model, Read};

type Watching<'a> = Watch<'a, Mesi>;

/// All rules.
pub(super) fn all(ctx: &Ctx) -> Vec<Guard<Mesi>> {
    vec![
        Guard::of("single-writer", SingleWriter(Model::new(ctx))),
        Guard::of("clean-equals-memory", CleanEqualsMemory(Model::new(ctx))),
        Guard::of("read-last-write", ReadLastWrite(Model::new(ctx))),
        Guard::of("stuck", Stuck),
    ]
}

fn observed<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a Note> {
    watch.history.note(record)
}

#[derive(Clone, Debug)]
struct SingleWriter(Model);

impl Check<Mesi> for SingleWriter {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let note = observed(watch, record)?;
        self.0.take_in(id, record.node, note);
        let Note::Changed(change) = note else { return None };
        let line = &change.line.name;
        let copies: Vec<_> = self.0.copies(line).collect();
        let only = copies.iter().find(|(_, copy)| copy.state.is_only());
        let once = || copies.iter().find(|(_, copy)| matches!(copy.state, State::O | State::F));
        let (only, one) = only.or_else(once)?;
        let offends = |copy: &model::Copy| one.state.is_only() || copy.state == one.state;
        let (other, two) = copies.iter().find(|(cache, copy)| cache != only && offends(copy))?;
        let mut events = vec![one.since, two.since];
        events.sort_unstable();
        let explain = format!(
            "{} has {line} in {}, and {} has it in {}.",
            watch.ctx.name(*only),
            one.state.letter(),
            watch.ctx.name(*other),
            two.state.letter()
        );
        Some(Broken { explain, events })
    }
}

#[derive(Clone, Debug)]
struct CleanEqualsMemory(Model);

impl Check<Mesi> for CleanEqualsMemory {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let note = observed(watch, record)?;
        self.0.take_in(id, record.node, note);
        let line = match note {
            Note::Changed(change) => &change.line,
            Note::Committed(commit) => &commit.line,
            Note::Bus(bus) => &bus.closed.as_ref()?.line,
            _ => return None,
        };
        // The next transaction on it may begin in the very instant in which this one ends.
        if self.0.is_open(&line.name) && !matches!(note, Note::Bus(_)) {
            return None;
        }
        let by_address = watch.ctx.setup.by_address();
        let differs = |(cache, copy): (NodeId, &'_ model::Copy)| {
            let clean = (!copy.state.is_dirty()).then(|| self.0.clean(&line.name, copy.state)).flatten()?;
            (copy.content != clean).then(|| (cache, copy.clone(), clean))
        };
        let (cache, copy, clean) = self.0.copies(&line.name).find_map(differs)?;
        let owner = self.0.copies(&line.name).find(|(_, other)| other.state == State::O && copy.state == State::S);
        let explain = format!(
            "{} has {} in {} with {}, and {} has {}.",
            watch.ctx.name(cache),
            line.name,
            copy.state.letter(),
            copy.content.json(by_address),
            owner.map_or("memory", |(owner, _)| watch.ctx.name(owner)),
            clean.json(by_address)
        );
        let mut events = vec![copy.since];
        if copy.since != id {
            events.push(id);
        }
        Some(Broken { explain, events })
    }
}

#[derive(Clone, Debug)]
struct ReadLastWrite(Model);

impl Check<Mesi> for ReadLastWrite {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        let note = observed(watch, record)?;
        let Read { key, got, expected, written } = self.0.take_in(id, record.node, note)?;
        if got == expected {
            return None;
        }
        let explain =
            format!("{} has read {got} of {key}, and {expected} was written last.", watch.ctx.name(record.node));
        Some(Broken { explain, events: written.into_iter().chain([id]).collect() })
    }
}

#[derive(Clone, Copy, Debug)]
struct Stuck;

impl Check<Mesi> for Stuck {
    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, Mesi>]) -> Option<Broken> {
        let waits = |(i, seen): (usize, &Seen<'_, Mesi>)| {
            let cached = seen.state?.0.as_ref()?;
            (!cached.is_idle()).then(|| watch.ctx.names[i].as_str())
        };
        let waiting: Vec<&str> = seen.iter().enumerate().filter_map(waits).collect();
        let bus = &seen[usize::from(watch.ctx.setup.bus())].durable.bus;
        if waiting.is_empty() && bus.is_idle() {
            return None;
        }
        let mut explain = match waiting.len() {
            0 => "No processor waits".to_string(),
            _ => format!("The processors of {} still wait", waiting.join(", ")),
        };
        explain += &match &bus.open {
            Some(open) => {
                format!("; {} of {} is open on the bus.", open.asked.transaction.name(), open.asked.line.name)
            }
            None => format!("; the bus is free, and {} requests wait there.", bus.queue.len()),
        };
        Some(Broken { explain, events: Vec::new() })
    }
}
