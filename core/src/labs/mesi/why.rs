//! Why an event turned out as it did, in the words of the table.

use super::note::{Change, Commit, Served, Sharing, Taken, Why};
use super::words;
use super::{Ctx, Note};
use crate::coherence::{Event, Family, State, Transaction};
use crate::trace::NodeId;

const TABLE: &str = "Papamarcos & Patel 1984; Culler & Singh 1999, §5.3.2";
const RACES: &str = "Culler & Singh 1999, §6.4.2; Sorin, Hill & Wood 2011, §7.3";
const BUS: &str = "Culler & Singh 1999, §6.2";
const SHARING: &str = "Eggers & Jeremiassen 1991; Dubois et al. 1993, §2";
const OWNER: &str = "Sweazey & Smith 1986; a bit for each line in memory as in Frank 1984";
const LRU: &str = "least recently used within the set, an invalid place first";

pub(super) fn why(ctx: &Ctx, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
    let name = ctx.name(node);
    match note {
        Note::Changed(change) => Some(changed(ctx, name, change)),
        Note::Doubt { line, .. } => Some((
            format!(
                "{name} has flushed {} and crashed before it knew that the bus has it. If the answer is still under way, \
                 the bus takes no notice of it: it comes from a life that is over.",
                line.name
            ),
            "a crash is told to the bus at once",
        )),
        Note::Served(served) => {
            let text = served_text(name, ctx.setup.family().writes_through(), served);
            let Some(taken) = &served.taken else { return Some((text, table_of(ctx.setup.family()))) };
            Some((format!("{text} {}", again(ctx, name, served, taken)), SHARING))
        }
        Note::Waits { transaction, line } => {
            Some((waits(name, *transaction, &line.name), table_of(ctx.setup.family())))
        }
        Note::Bus(bus) => {
            let cache = ctx.name(bus.down?);
            let text = format!(
                "The bus learns at once that {cache} is down: it waits for no answer from it, and forgets what it had asked \
                 for. A paused cache looks different: the bus waits for it."
            );
            Some((text, "a crash is told to the bus at once"))
        }
        Note::Committed(commit) => Some((committed(ctx, commit), BUS)),
        Note::Told(..) => None,
    }
}

fn changed(ctx: &Ctx, name: &str, change: &Change) -> (String, &'static str) {
    let Change { line, from, to, why, flushed, gave, cancelled, instead, .. } = change;
    let (key, broken) = (&line.name, ctx.setup.broken);
    let event = match why {
        Why::Crash => return died(name, change),
        Why::Start => {
            let (state, letter) = (to.name(), to.letter());
            let text = format!("The settings say that {name} has {key} {state} ({letter}) at the start.");
            return (text, "the scenario");
        }
        Why::By(event) => *event,
    };
    let mut text = match event {
        Event::PrRd => has_read(ctx, name, change),
        Event::PrWr => has_written(ctx, name, change),
        _ => has_lost(ctx, name, event, change),
    };
    if *flushed {
        text += " It puts the newest value on the bus, for the other cache and for memory.";
    } else if *gave {
        text += " It gives the newest value to the other cache; memory does not take it.";
    } else if from.is_dirty() && broken.no_flush && event != Event::Evict {
        text += " Broken on purpose: it keeps the newest value to itself.";
    }
    if *cancelled {
        text += " Its own write-back is needless now, and cancelled.";
    }
    if *instead {
        text += " Its own BusUpgr cannot help any more, since the data are gone: it becomes a BusRdX.";
    }
    (text, if *cancelled || *instead { RACES } else { table_of(ctx.setup.family()) })
}

/// A line has died with its cache.
fn died(name: &str, change: &Change) -> (String, &'static str) {
    let (key, from) = (&change.line.name, change.from);
    let newest = "memory is only as new as the last write-back";
    if change.doubt {
        let text = format!(
            "{name} has crashed with {key} modified, and its write-back was under way. If the bus has begun to put it \
             into memory, it goes on with that; otherwise the newest value is lost."
        );
        return (text, newest);
    }
    match from {
        State::M => {
            let text =
                format!("{name} has crashed with {key} modified: only it had the newest value, and that is lost.");
            (text, newest)
        }
        State::O => {
            let text = format!(
                "{name} has crashed and owned {key}: memory has an older value. Who shares the line has the newest one, too, \
                 but nobody answers for it any more: the bus asks who has it, and memory takes it from there."
            );
            (text, OWNER)
        }
        _ => (format!("{name} has crashed: its copy of {key} is gone. Memory has the same."), TABLE),
    }
}

/// The processor reads, and has the line now.
fn has_read(ctx: &Ctx, name: &str, change: &Change) -> String {
    let (key, broken) = (&change.line.name, ctx.setup.broken);
    match change.to {
        State::E if broken.exclusive_without_snoop => {
            format!("Broken on purpose: {name} takes {key} as exclusive, without looking at who else has it.")
        }
        State::E => {
            format!("Nobody else has {key}: {name} has it exclusive, and may write to it without a word.")
        }
        State::V => {
            format!(
                "{name} has read {key}: it is valid here. With write-through that is all there is to say of a line."
            )
        }
        State::F => {
            format!(
                "Another cache has {key}, too, and {name} is the last that has asked for it: it is the one that gives the line to others from now on."
            )
        }
        _ if ctx.setup.family() == Family::Msi => {
            format!("{name} has read {key}. MSI has no exclusive state: it is shared, whoever has it.")
        }
        _ => format!("Another cache has {key}, too: {name} has it shared."),
    }
}

/// The processor writes.
fn has_written(ctx: &Ctx, name: &str, change: &Change) -> String {
    let (key, broken) = (&change.line.name, ctx.setup.broken);
    match (change.from, change.to) {
        (State::E, _) => {
            format!("{name} had {key} exclusive: nobody has to be told of the write. That is what E is for.")
        }
        (_, State::V) => {
            format!("{name} fetches {key} before it writes to it: the word goes to memory next.")
        }
        (State::S | State::O | State::F, _) => {
            format!("All others have given up {key}; {name} had the data, and now writes.")
        }
        _ if broken.stale_upgrade && change.asked == Some(Transaction::BusUpgr) => {
            format!("Broken on purpose: the copy of {key} at {name} was invalidated, and is written all the same.")
        }
        _ => format!("{name} has got {key} for itself alone, and writes."),
    }
}

/// Another cache asks, or another line needs the place.
fn has_lost(ctx: &Ctx, name: &str, event: Event, change: &Change) -> String {
    let (key, broken) = (&change.line.name, ctx.setup.broken);
    match (event, change.from, change.to) {
        (Event::Evict, State::M | State::O, _) => {
            format!("{key} is in memory now; its place at {name} is free. It was the {LRU}.")
        }
        (Event::Evict, ..) => {
            format!(
                "Another line needs the place, and {key} is as in memory: {name} drops it without a word. It was the {LRU}."
            )
        }
        (_, _, State::S | State::V) if broken.no_invalidate && event != Event::BusRd => {
            format!("Broken on purpose: another cache writes to {key}, and {name} keeps it as shared.")
        }
        (Event::BusRd, _, State::O) => {
            format!("Another cache reads {key}, and memory stays as it is: {name} owns the line and answers for it.")
        }
        (Event::BusRd, State::F, _) => {
            format!(
                "Another cache reads {key} and gets it from {name}. Now that one is the last that has asked, and has F."
            )
        }
        (Event::BusRd, ..) => format!("Another cache reads {key}: {name} has it no longer for itself alone."),
        (_, _, _) => format!("Another cache writes to {key}: {name} gives it up."),
    }
}

/// Where the table stands.
const fn table_of(family: Family) -> &'static str {
    match family {
        Family::Msi | Family::Mesi => TABLE,
        Family::Moesi => "Sweazey & Smith 1986; AMD64 Architecture Programmer's Manual 2, §7.3",
        Family::Mesif => "Goodman & Hum 2009",
        Family::Through | Family::ThroughAllocate => "Culler & Singh 1999, §5.3.1",
    }
}

fn served_text(name: &str, through: bool, served: &Served) -> String {
    let key = &served.key;
    match (served.hit, served.write, served.from) {
        (true, false, _) => format!("A hit: {name} has a valid copy."),
        (true, true, _) if served.told => {
            format!("{name} had {key}: a write to it is no miss, even where the bus had to be asked.")
        }
        (true, true, _) if through => format!("A hit: {name} has {key}, and memory has the word, too."),
        (true, true, _) => format!("A hit: {name} has {key} modified already."),
        (false, true, None) => format!("A miss: the word goes to memory, and {name} does not fetch the line for it."),
        (false, _, Some((true, None))) => "A miss: another cache has the line, too, but memory gives it.".into(),
        (false, _, Some((true, _))) => "A miss that another cache could serve.".into(),
        (false, ..) => "A miss that only memory could serve.".into(),
    }
}

/// What made a line be missed that had been here.
fn again(ctx: &Ctx, name: &str, served: &Served, taken: &Taken) -> String {
    let (line, key) = (&served.line.name, &served.key);
    let wrote = words::written(ctx, &taken.written);
    match taken.sharing {
        Some(Sharing::False) => format!(
            "{name} had {line} until another cache wrote to it. Since then {wrote}, but nobody has written {key}: the two \
             share a line and no data. This is false sharing."
        ),
        Some(Sharing::True) => {
            format!("{name} had {line} until another cache wrote to it. Since then {wrote}: this is true sharing.")
        }
        None => format!(
            "{name} had {line} until another cache asked for it to write. What that cache wrote, if anything, has died with it."
        ),
    }
}

fn waits(name: &str, transaction: Transaction, line: &str) -> String {
    match transaction {
        Transaction::BusRd => format!("{name} has no valid copy of {line}: it asks the bus for it."),
        Transaction::BusRdX => {
            format!(
                "{name} has no valid copy of {line} and wants to write: it asks for it, and that all others give it up."
            )
        }
        Transaction::BusUpgr => {
            format!("{name} has {line} shared and wants to write: it needs no data, but all others must give it up.")
        }
        Transaction::WriteBack => {
            format!("The set is full, and its {LRU}, {line}, is modified: it has to be written back first.")
        }
        Transaction::BusWr => {
            format!("{name} writes a word of {line} through to memory; all others must give the line up.")
        }
        Transaction::Rescue => format!("Nobody answers for {line} any more: who still has it?"),
    }
}

fn committed(ctx: &Ctx, commit: &Commit) -> String {
    let by = ctx.name(commit.by);
    if commit.transaction == Transaction::Rescue {
        let line = &commit.line.name;
        return match commit.from {
            Some(cache) => format!("{} still has {line}, and memory takes it: nothing is lost.", ctx.name(cache)),
            None => format!("Nobody has {line} any more: its newest value is lost with its owner."),
        };
    }
    let data = match (commit.transaction, commit.from) {
        (Transaction::BusWr, _) => "memory takes the word".to_string(),
        (Transaction::BusUpgr, None) => "no data are needed".to_string(),
        (Transaction::WriteBack, _) => "memory takes the line".to_string(),
        (_, Some(cache)) => format!("{} gives the line", ctx.name(cache)),
        (_, None) => "memory gives the line".to_string(),
    };
    let flushed = commit.flushed.map_or(String::new(), |_| ", and memory takes it, too".into());
    format!(
        "All caches have seen {by}'s {}: {data}{flushed}. This is its place in the order of the bus.",
        commit.transaction.name()
    )
}
