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
            let text = served_text(name, served);
            let Some(taken) = &served.taken else { return Some((text, TABLE)) };
            Some((format!("{text} {}", again(ctx, name, served, taken)), SHARING))
        }
        Note::Waits { transaction, line } => Some((waits(name, *transaction, &line.name), TABLE)),
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
    let Change { line, from, to, why, flushed, cancelled, instead, .. } = change;
    let key = &line.name;
    let broken = ctx.setup.broken;
    let event = match why {
        Why::Crash if change.doubt => {
            let text = format!(
                "{name} has crashed with {key} modified, and its write-back was under way. If the bus has begun to put it \
                 into memory, it goes on with that; otherwise the newest value is lost."
            );
            return (text, "memory is only as new as the last write-back");
        }
        Why::Crash if *from == State::M => {
            let text =
                format!("{name} has crashed with {key} modified: only it had the newest value, and that is lost.");
            return (text, "memory is only as new as the last write-back");
        }
        Why::Crash => {
            return (format!("{name} has crashed: its copy of {key} is gone. Memory has the same."), TABLE);
        }
        Why::By(event) => *event,
    };
    let mut text = match (event, from, to) {
        (Event::PrRd, _, State::E) if broken.exclusive_without_snoop => {
            format!("Broken on purpose: {name} takes {key} as exclusive, without looking at who else has it.")
        }
        (Event::PrRd, _, State::E) => {
            format!("Nobody else has {key}: {name} has it exclusive, and may write to it without a word.")
        }
        (Event::PrRd, _, _) if ctx.setup.family == Family::Msi => {
            format!("{name} has read {key}. MSI has no exclusive state: it is shared, whoever has it.")
        }
        (Event::PrRd, ..) => format!("Another cache has {key}, too: {name} has it shared."),
        (Event::PrWr, State::E, _) => {
            format!("{name} had {key} exclusive: nobody has to be told of the write. That is what E is for.")
        }
        (Event::PrWr, State::S, _) => {
            format!("All others have given up {key}; {name} had the data, and now writes.")
        }
        (Event::PrWr, ..) if broken.stale_upgrade && change.asked == Some(Transaction::BusUpgr) => {
            format!("Broken on purpose: the copy of {key} at {name} was invalidated, and is written all the same.")
        }
        (Event::PrWr, ..) => format!("{name} has got {key} for itself alone, and writes."),
        (Event::Evict, State::M, _) => {
            format!("{key} is in memory now; its place at {name} is free. It was the {LRU}.")
        }
        (Event::Evict, ..) => {
            format!(
                "Another line needs the place, and {key} is as in memory: {name} drops it without a word. It was the {LRU}."
            )
        }
        (_, _, State::S) if broken.no_invalidate && event != Event::BusRd => {
            format!("Broken on purpose: another cache writes to {key}, and {name} keeps it as shared.")
        }
        (Event::BusRd, ..) => format!("Another cache reads {key}: {name} has it no longer for itself alone."),
        (_, _, _) => format!("Another cache writes to {key}: {name} gives it up."),
    };
    if *flushed {
        text += " It puts the newest value on the bus, for the other cache and for memory.";
    } else if *from == State::M && broken.no_flush && event != Event::Evict {
        text += " Broken on purpose: it keeps the newest value to itself.";
    }
    if *cancelled {
        text += " Its own write-back is needless now, and cancelled.";
    }
    if *instead {
        text += " Its own BusUpgr cannot help any more, since the data are gone: it becomes a BusRdX.";
    }
    (text, if *cancelled || *instead { RACES } else { TABLE })
}

fn served_text(name: &str, served: &Served) -> String {
    let key = &served.key;
    match (served.hit, served.write, served.from) {
        (true, false, _) => format!("A hit: {name} has a valid copy."),
        (true, true, _) if served.told => {
            format!("{name} had {key}: a write to it is no miss, even where the bus had to be asked.")
        }
        (true, true, _) => format!("A hit: {name} has {key} modified already."),
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
    }
}

fn committed(ctx: &Ctx, commit: &Commit) -> String {
    let by = ctx.name(commit.by);
    let data = match (commit.transaction, commit.from) {
        (Transaction::BusUpgr, _) => "no data are needed".to_string(),
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
