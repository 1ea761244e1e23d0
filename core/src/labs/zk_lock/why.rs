//! Why an event turned out as it did.

use super::file::Deed;
use super::note::{FileAccess, Heard, LockState, LockWord, Saved, SessionEvent, Stands, Turned};
use super::tree::Change;
use super::words::{change_text, vote_text};
use super::{Ctx, Entry, Note, Standing, Word};
use crate::trace::NodeId;
use std::cmp::Ordering;

const RECIPE: &str = "ZooKeeper recipes, Locks";
const SESSIONS: &str = "ZooKeeper programmer's guide, Sessions";
const ELECTION: &str = "ZooKeeper's fast leader election";
const BROADCAST: &str = "Zab §4.3";
const FENCING: &str = "Kleppmann 2016, How to do distributed locking";

/// The rule that applied, and where it is from.
pub(super) fn why(ctx: &Ctx, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
    let me = ctx.name(node);
    match note {
        Note::Heard(heard) => Some((self::heard(ctx, me, heard), ELECTION)),
        Note::Stands(stands) => self::stands(ctx, me, stands),
        Note::Outdone { by } => {
            let by = ctx.name(*by);
            let says = format!(
                "{by} has followed a later epoch or has a later transaction than {me}: whoever leads must know all that may be \
                 committed, so {me} gives up."
            );
            Some((says, "Zab §4.1, step l.1.2"))
        }
        Note::Saved(saved) => Some(self::saved(me, saved)),
        Note::Applied(entry) => Some((applied(ctx, me, entry), BROADCAST)),
        Note::Session { session, client, event } => Some(self::session(ctx, *session, *client, *event)),
        Note::Ruled(origin, word) => {
            let client = ctx.name(origin.client);
            let says = match word {
                Word::Valid => {
                    format!("Session {} is open, and belongs to this connection of {client} now.", origin.session)
                }
                Word::Expired => {
                    format!("Session {} of {client} is over: its end went through the log.", origin.session)
                }
                Word::Moved => format!(
                    "Session {} of {client} has moved to another connection since. What still comes from the old one must not \
                     act after what the client has done there.",
                    origin.session
                ),
            };
            Some((says, SESSIONS))
        }
        Note::TurnedAway(turned) => Some((turned_away(me, turned), SESSIONS)),
        Note::Notified { path, count } => {
            let says = match count {
                1 => format!(
                    "{path} or its children changed, and one client had asked to be told of the next change, once."
                ),
                _ => format!("{path} or its children changed, and {count} watches were set on that. Each fires once."),
            };
            Some((says, "ZooKeeper programmer's guide, Watches"))
        }
        Note::Connection(connection) => {
            Some((format!("{}: {}.", connection.linked.name(), connection.because), SESSIONS))
        }
        Note::Lock(state) => Some(lock(me, state)),
        Note::Accessed(access) => Some(accessed(ctx, access)),
        Note::Replied(_) => None,
    }
}

fn heard(ctx: &Ctx, me: &str, heard: &Heard) -> String {
    let vote = vote_text(ctx, heard.vote);
    match heard.round {
        Ordering::Less => format!("That vote is of an earlier round of elections: {me} tells the sender of its own."),
        Ordering::Greater => format!(
            "That vote is of a later round: {me} forgets the votes that it has heard and votes for {} there.",
            vote_text(ctx, heard.after)
        ),
        Ordering::Equal if heard.after != heard.before => {
            format!(
                "{vote} is better than {}: the higher epoch, then the higher zxid, then the higher id.",
                vote_text(ctx, heard.before)
            )
        }
        Ordering::Equal => format!("{vote} is no better than what {me} votes for, so its vote stays."),
    }
}

fn stands(ctx: &Ctx, me: &str, stands: &Stands) -> Option<(String, &'static str)> {
    let because = stands.because;
    let says = match (stands.standing, stands.serves, stands.leader) {
        (Standing::Looking, ..) => format!("{me} looks for a leader: {because}. Until it has one it serves nobody."),
        (Standing::Leading, false, _) => {
            format!("{me} is to lead: {because}. First a majority must accept a new epoch and have all that it has.")
        }
        (Standing::Leading, true, _) => format!(
            "{me} leads epoch {}: {because}. Everything in its log, up to {}, is committed, and clients are served.",
            stands.epoch, stands.last
        ),
        (Standing::Following, false, Some(leader)) => {
            format!("{me} turns to {}: {because}.", ctx.name(leader))
        }
        (Standing::Following, true, Some(leader)) => {
            format!("{me} has all that {} has, as a majority does: it serves clients.", ctx.name(leader))
        }
        (Standing::Following, _, None) => return None,
    };
    let source = if stands.serves { "Zab §4.2" } else { ELECTION };
    Some((says, source))
}

fn saved(me: &str, saved: &Saved) -> (String, &'static str) {
    match saved {
        Saved::Accepted(epoch) => (
            format!(
                "{me} promises itself to epoch {epoch}, on disk before it says so: it will follow no leader of a lower one."
            ),
            "Zab §4.1",
        ),
        Saved::Current(epoch) => (format!("{me} has all of the history with which epoch {epoch} begins."), "Zab §4.2"),
        Saved::Entries(_) => ("A transaction is on disk before it is acknowledged.".into(), BROADCAST),
        Saved::Truncated(zxid) => {
            (format!("What {me} had above {zxid} the leader does not have: it was never committed."), "Zab §4.2")
        }
        Saved::Snapshot(zxid, true) => (
            format!("{me} lacked what the leader has cut off, so it takes the whole tree as it is after {zxid}."),
            "Zab §4.2",
        ),
        Saved::Snapshot(zxid, false) => (
            format!("The tree after {zxid} stands for all transactions up to there; they can be cut off."),
            "ZooKeeper snapshots",
        ),
    }
}

fn applied(ctx: &Ctx, me: &str, entry: &Entry) -> String {
    let text = change_text(ctx, &entry.txn.change);
    match &entry.txn.change {
        Change::Failed(_) => format!(
            "The request fails at this place of the order, for everybody alike: {text}. That is a transaction too, so that its \
             client's requests stay in order."
        ),
        Change::Close { gone, expired: true, .. } => format!(
            "The leader has not heard of the session's client for its whole time. With the session {} of its nodes go, \
             everywhere at this place of the order.",
            gone.len()
        ),
        _ => format!("{} is committed, a majority has it on disk, and {me} has applied all before it.", entry.zxid),
    }
}

fn session(ctx: &Ctx, session: u32, client: NodeId, event: SessionEvent) -> (String, &'static str) {
    let client = ctx.name(client);
    let says = match event {
        SessionEvent::Opened => format!("{client} has session {session} from here on, at whatever server it is."),
        SessionEvent::Expired => {
            format!("Session {session} of {client} is over. {client} learns of it when it next hears from a server.")
        }
        SessionEvent::Closed => format!("{client} has ended session {session} itself."),
    };
    (says, SESSIONS)
}

fn turned_away(me: &str, turned: &Turned) -> String {
    match turned {
        Turned::NoLeader => format!("{me} has no leader, so it serves nobody."),
        Turned::Behind { seen, applied } => format!(
            "The client has seen {seen}, and {me} has only applied {applied}: with {me} the client would see the past."
        ),
        Turned::NoConnection => {
            format!(
                "{me} knows no such connection: it has restarted, has had no leader meanwhile, or the client has come back."
            )
        }
    }
}

fn lock(me: &str, state: &LockState) -> (String, &'static str) {
    let LockState { path, seq, token, .. } = state;
    let says = match state.word {
        LockWord::Waiting => format!(
            "{me}'s node is number {seq} in the queue of {path}. It was created by transaction {token}: that is its fencing token."
        ),
        LockWord::Granted => {
            format!("No node with a lower number than {seq} is in the way: {me} has {path}, under token {token}.")
        }
        LockWord::Released => {
            format!("{me} sends the delete of its node. From now on it does nothing more under token {token}.")
        }
        LockWord::Lost => format!("{me}'s node number {seq} is gone: {}.", state.because),
    };
    (says, RECIPE)
}

fn accessed(ctx: &Ctx, access: &FileAccess) -> (String, &'static str) {
    let (by, token) = (ctx.name(access.by), access.access.token);
    let says = if !access.accepted {
        format!(
            "Token {} was here, and {token} is lower: {by} has lost its lock meanwhile and does not know.",
            access.highest
        )
    } else if token < access.highest {
        format!("Token {} was here, and {token} is lower. This file accepts it all the same.", access.highest)
    } else if access.access.deed == Deed::Read {
        format!(
            "No higher token than {token} was here. From now on nothing under a lower one is accepted: reads count too."
        )
    } else {
        format!(
            "No higher token than {token} was here. Whether {by} still has its lock the file cannot know, only that nobody has \
             come after it yet."
        )
    };
    (says, FENCING)
}
