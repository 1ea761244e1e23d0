//! Why an event turned out as it did: the rule, and where the literature says so.

use super::locks::{Change, Outcome, Policy};
use super::note::Became;
use super::words::command_text;
use super::{AppliedEntry, Because, Command, Ctx, Fate, Note, Saved, Standing, Stands, Voted};
use crate::base::json::millis_text;
use crate::labs::kit::words::shorten;
use crate::trace::NodeId;

type Why = Option<(String, &'static str)>;

/// Why an event turned out as it did.
pub(super) fn why(ctx: &Ctx, node: NodeId, note: &Note) -> Why {
    let name = ctx.name(node);
    match note {
        Note::Voted(voted) => Some(self::voted(ctx, name, voted)),
        Note::Appended(appended) => Some(self::appended(name, &appended.fate)),
        Note::SteppedBack { next } => Some((
            format!(
                "The follower's log differs where the append began. It said where the term that stands there began, so \
                 {name} skips that whole term and goes on from entry {next}."
            ),
            "§5.3, end",
        )),
        Note::Saved(saved) => Some(self::saved(name, saved)),
        Note::Stands(stands) => Some(self::stands(name, stands)),
        Note::Applied(applied) => self::applied(ctx, name, applied),
        Note::Believes(believes) => self::believes(ctx, name, believes.became),
        Note::Booted(_) | Note::Replied(_) | Note::Served(_) | Note::Led { .. } | Note::Nothing => None,
    }
}

fn believes(ctx: &Ctx, name: &str, became: Became) -> Why {
    let lease = millis_text(ctx.setup.lease_us);
    let (text, source) = match became {
        Became::Holder { .. } | Became::GivenBack => return None,
        Became::Taken { index } => (
            format!(
                "After entry {index} {name} does not hold all that it believed to hold: what every answer says of that is the truth."
            ),
            "told with every answer",
        ),
        Became::Ended => (format!("{name}'s session is over, and with it all that it held."), "leases"),
        Became::Over { sent_us } => {
            let sent = sent_us.map_or_else(|| "it".into(), |us| format!("what it sent at {} ms", millis_text(us)));
            (
                format!(
                    "Nothing that {name} has sent since was answered. Its lease of {lease} ms counts by its own clock from {sent};                      the servers' counts from when that came, and is over later. So {name} lets go before anybody else can get                      what it held."
                ),
                "Gray & Cheriton 1989, leases",
            )
        }
    };
    Some((text, source))
}

fn voted(ctx: &Ctx, name: &str, voted: &Voted) -> (String, &'static str) {
    let candidate = ctx.name(voted.candidate);
    let gets = if voted.pre { "would get" } else { "gets" };
    match voted.because {
        Because::Granted => (
            format!(
                "The vote is free in this term and {candidate}'s log is at least as up-to-date: it {gets} {name}'s vote."
            ),
            "§5.2, §5.4.1",
        ),
        Because::OldTerm { mine, asked } => {
            (format!("{candidate} asks for term {asked}, {name} is in term {mine} already."), "§5.1")
        }
        Because::VotedFor(other) => {
            (format!("{name} has voted for {} in this term, and a server has one vote.", ctx.name(other)), "§5.2")
        }
        Because::Behind { mine, asked } => (
            format!(
                "{candidate}'s last entry is {} of term {}, {name}'s is {} of term {}: a candidate that lacks what {name} \
                 has might lack what is committed.",
                asked.1, asked.0, mine.1, mine.0
            ),
            "§5.4.1",
        ),
        Because::HasLeader(leader) => (
            format!(
                "{name} has heard from the leader {} within the shortest election timeout: it disturbs nobody.",
                ctx.name(leader)
            ),
            if voted.pre { "thesis 9.6" } else { "thesis 4.2.3" },
        ),
    }
}

fn appended(name: &str, fate: &Fate) -> (String, &'static str) {
    match *fate {
        Fate::OldTerm { mine } => (format!("The sender's term has passed: {name} is in term {mine}."), "§5.1"),
        Fate::Refused { prev_index, prev_term, conflict } => match conflict.term {
            None => (
                format!(
                    "The append begins behind entry {prev_index}, and {name}'s log ends at {}.",
                    conflict.index - 1
                ),
                "§5.3",
            ),
            Some(term) => (
                format!(
                    "The append begins behind entry {prev_index} of term {prev_term}; {name} has one of term {term} there, \
                     a term that begins at {} in its log.",
                    conflict.index
                ),
                "§5.3",
            ),
        },
        Fate::Taken { new: 0, dropped: 0, commit } => {
            (format!("The logs agree up to here, and nothing is new. Committed is up to {commit}."), "§5.3")
        }
        Fate::Taken { new, dropped: 0, commit } => {
            (format!("The logs agree before it: {new} new entries are added. Committed is up to {commit}."), "§5.3")
        }
        Fate::Taken { new, dropped, commit } => (
            format!(
                "An entry conflicts with the leader's: it and all behind it go, {dropped} entries that were never committed, \
                 and {new} come. Committed is up to {commit}."
            ),
            "§5.3",
        ),
        Fate::Snapshot { index, needed: true } => (
            format!(
                "What {name} lacks is cut off in the leader's log, so it takes the snapshot of everything up to {index}."
            ),
            "§7",
        ),
        Fate::Snapshot { index, needed: false } => {
            (format!("{name} has applied entry {index} already: the snapshot brings nothing."), "§7")
        }
    }
}

fn saved(name: &str, saved: &Saved) -> (String, &'static str) {
    match saved.snapshot {
        Some((index, _, false)) => {
            (format!("A snapshot stands for everything up to {index}; {name}'s log before it goes."), "§7")
        }
        Some((index, _, true)) => (format!("The leader's snapshot of everything up to {index} is on disk."), "§7"),
        None => ("Term, vote and log are on disk before any message that promises them leaves.".into(), "Figure 2"),
    }
}

fn stands(name: &str, stands: &Stands) -> (String, &'static str) {
    let term = stands.term;
    match stands.role {
        Standing::Leader => (format!("A majority has voted for {name} in term {term}."), "§5.2"),
        Standing::Candidate => (format!("{name} stands for election in term {term} and votes for itself."), "§5.2"),
        Standing::PreCandidate => {
            (format!("{name} hears from no leader and asks who would vote for it, still in term {term}."), "thesis 9.6")
        }
        Standing::Follower => (format!("{name} follows in term {term}."), "§5.1, §5.2"),
    }
}

fn applied(ctx: &Ctx, name: &str, applied: &AppliedEntry) -> Why {
    let mut text = String::new();
    for cycle in &applied.cycles {
        let names: Vec<&str> = cycle.iter().map(|c| ctx.name(*c)).collect();
        text += &format!(
            "This closes a circle of {}: each waits for another. {} has the youngest transaction of them and is aborted. ",
            names.join(", "),
            names[0]
        );
    }
    let setup = &ctx.setup;
    let aborted = applied.effects.iter().any(|e| e.change == Change::Aborted);
    if aborted && applied.cycles.is_empty() {
        text += match setup.rules.policy {
            Policy::WaitDie => "Who is younger than one whom it would wait for dies. ",
            Policy::WoundWait => "Who is younger than one who would wait for it is wounded. ",
            Policy::Timeout => "It has waited too long. ",
            Policy::Detect => "",
        };
    }
    for effect in applied.effects.iter() {
        let (who, what) = (ctx.name(effect.client), shorten(&effect.resource));
        text += &match effect.change {
            Change::Granted => format!("{who} gets {what} {} under token {}. ", effect.mode.name(), effect.token),
            Change::Queued => format!(
                "{who} must wait for {what}: somebody holds it, or waits before, in a way that does not go with {}. ",
                effect.mode.name()
            ),
            Change::Released => format!("{who} gives {what} back. "),
            Change::Aborted => format!("{who} loses {what} by the abort. "),
            Change::Expired => format!("{who}'s session is over, and {what} is free of it. "),
        };
    }
    match applied.answer {
        Some((client, _, outcome)) if applied.effects.is_empty() && outcome != Outcome::Registered => {
            text += &format!("{} is told how its command stands; nothing is done twice. ", ctx.name(client));
        }
        _ => {}
    }
    if text.is_empty() {
        let what = command_text(ctx, &applied.entry.command);
        text = match *applied.entry.command {
            Command::Noop => "An entry that does nothing: by it the leader commits what stands before.".into(),
            _ => format!("{name} applies: {what}. "),
        };
    }
    Some((text.trim_end().into(), if applied.cycles.is_empty() { "§5.3, §8" } else { "wait-for graph" }))
}
