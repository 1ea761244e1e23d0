//! Why an event turned out as it did: the rule, and where the literature says so.

use super::{id_text, receipt_text, refusal_text};
use crate::base::json::millis_text;
use crate::labs::kit::words::{names, shorten};
use crate::labs::queue::item::Phase;
use crate::labs::queue::members::Standing;
use crate::labs::queue::note::{Asked, Because, Fate, Moved, Place, Replied, Saved, Stands};
use crate::labs::queue::{Ask, Ctx, Note};
use crate::trace::{Kind, NodeId};

type Why = Option<(String, &'static str)>;

const RING: &str = "Karger et al. 1997, §4; DeCandia et al. 2007, §4.2";
const REPLICAS: &str = "DeCandia et al. 2007, §4.3";
const VISIBILITY: &str = "Amazon SQS, visibility timeout";
const DEAD: &str = "Amazon SQS, dead-letter queues";
const AT_LEAST_ONCE: &str = "Kleppmann 2017, ch. 11";

/// Why an event turned out as it did.
pub(in super::super) fn why(ctx: &Ctx, kind: Kind, node: NodeId, note: &Note) -> Why {
    let name = ctx.name(node);
    match note {
        Note::Asked(asked) => Some(self::asked(ctx, name, asked)),
        Note::Saved(saved) => Some(self::saved(ctx, name, saved)),
        Note::Dropped(queue, ids) => Some((
            format!(
                "The ring gives {name} no part in {} any more, and the broker that serves it says that all who have one have \
                 these {} messages on disk, under the table that both know: so {name} may throw its copies away.",
                shorten(queue),
                ids.len()
            ),
            REPLICAS,
        )),
        Note::Moved(moved) => Some(self::moved(ctx, name, moved)),
        Note::Serves { queue, from_now, ready, in_flight, instead } => {
            let queue = shorten(queue);
            let text = match (from_now, instead) {
                (true, _) => format!(
                    "{name} is the first broker on the walk from {queue} that lives and serves. It has {ready} messages that \
                     are ready, and {in_flight} that are in flight as far as it knows: their time begins anew."
                ),
                (false, Some(instead)) => {
                    format!(
                        "{} comes first on the walk from {queue}: {name} brings it what it has.",
                        ctx.name(*instead)
                    )
                }
                (false, None) => format!("{name} is not on the ring."),
            };
            Some((text, RING))
        }
        Note::Stands(stands) => Some(self::stands(ctx, name, stands)),
        Note::Replied(replied) if kind == Kind::Reply => Some(self::replied(ctx, name, replied)),
        Note::Processed { id, .. } => Some((
            format!(
                "{name} is done with {}, and the queue does not know that yet: if {name} crashes before its acknowledgement \
                 is there, the message will come again.",
                id_text(ctx, *id)
            ),
            AT_LEAST_ONCE,
        )),
        Note::Failed { id, .. } => Some((
            format!(
                "{name} cannot process {} and does not acknowledge it: it will come again, until it has come {} times.",
                id_text(ctx, *id),
                ctx.setup.max_receives
            ),
            DEAD,
        )),
        _ => None,
    }
}

fn asked(ctx: &Ctx, name: &str, asked: &Asked) -> (String, &'static str) {
    let queue = shorten(asked.ask.queue());
    let owner = asked.owner.map_or_else(|| "nobody".into(), |owner| ctx.name(owner).to_string());
    match asked.fate {
        Fate::Routed => {
            (format!("The walk from {queue} comes to {owner} first, so {name} passes the question on."), RING)
        }
        Fate::Left => (
            format!(
                "{name} does not serve {queue} (to its knowledge {owner} does), and leaves it to the client to ask again."
            ),
            RING,
        ),
        Fate::Waits => {
            (format!("{name} serves {queue} and has yet to get it from the store."), "the lab's shared storage")
        }
        Fate::Taken if ctx.setup.acks_all && !ctx.setup.shared => (
            format!(
                "{name} serves {queue} and writes the message to its log; it answers when {} brokers have it on disk: {}.",
                ctx.setup.replicas,
                names(ctx, &asked.replicas, "and")
            ),
            REPLICAS,
        ),
        Fate::Taken => {
            (format!("{name} serves {queue}, writes the message to stable storage and answers then."), REPLICAS)
        }
        Fate::Known(phase) => (
            format!("{name} knows the message by its name ({}): it was sent again, and is kept once.", phase.name()),
            AT_LEAST_ONCE,
        ),
        Fate::Served => (
            format!(
                "The oldest message that is ready goes out, and is invisible for {} ms.",
                millis_text(ctx.setup.visibility_us)
            ),
            VISIBILITY,
        ),
        Fate::Again => ("The same question: its answer was lost, so it gets the same delivery.".into(), AT_LEAST_ONCE),
        Fate::Empty => (format!("No message of {queue} is ready at {name}."), VISIBILITY),
        Fate::AckTaken => (
            format!(
                "The receipt {} is that of the delivery in flight: the message is done, and {name} answers when that is on disk.",
                ack_receipt(ctx, &asked.ask)
            ),
            VISIBILITY,
        ),
        Fate::AckKnown => ("The same acknowledgement has come before.".into(), AT_LEAST_ONCE),
        Fate::AckRefused(refusal) => (
            format!("The receipt {} does not count: {}.", ack_receipt(ctx, &asked.ask), refusal_text(refusal)),
            VISIBILITY,
        ),
        Fate::Old => ("A late copy of a question that was answered: it gets nothing.".into(), AT_LEAST_ONCE),
    }
}

fn ack_receipt(ctx: &Ctx, ask: &Ask) -> String {
    match ask {
        Ask::Ack { receipt, .. } => receipt_text(ctx, *receipt),
        _ => String::new(),
    }
}

fn saved(ctx: &Ctx, name: &str, saved: &Saved) -> (String, &'static str) {
    let done = saved.items.iter().filter(|item| item.phase != Phase::Live).count();
    let what = match (saved.items.len() - done, done) {
        (live, 0) => format!("{live} messages"),
        (0, done) => format!("the end of {done} messages"),
        (live, done) => format!("{live} messages and the end of {done}"),
    };
    (
        format!(
            "A write takes {} ms. From now on a crash of {name} cannot lose {what}.",
            millis_text(ctx.setup.disk_us)
        ),
        "write-ahead logging: Mohan et al. 1992",
    )
}

fn moved(ctx: &Ctx, name: &str, moved: &Moved) -> (String, &'static str) {
    let id = id_text(ctx, moved.id);
    match moved.because {
        Because::Produced => (format!("{id} is on stable storage: it can be delivered."), VISIBILITY),
        Because::Delivered => (
            format!(
                "Delivery {} of {id}: nobody else gets it for {} ms.",
                moved.receives,
                millis_text(ctx.setup.visibility_us)
            ),
            VISIBILITY,
        ),
        Because::Expired => (
            format!(
                "No acknowledgement of {id} has come in time, so it is visible again. Its consumer may have crashed or be slow: {name} cannot tell."
            ),
            VISIBILITY,
        ),
        Because::Acknowledged => {
            (format!("The delivery of {id} in flight was acknowledged, and that is on disk."), VISIBILITY)
        }
        Because::WithDelivery => {
            (format!("Broken on purpose: {id} is taken for done because it was handed out."), AT_LEAST_ONCE)
        }
        Because::TooOften if moved.to == Place::Dead => (
            format!(
                "{id} was delivered {} times without an acknowledgement: it goes to the dead-letter queue and is in nobody's way.",
                moved.receives
            ),
            DEAD,
        ),
        Because::TooOften => {
            (format!("{id} was to go to the dead-letter queue, but another broker knows that it is done."), DEAD)
        }
        Because::Copied => (format!("Another broker had {id}, or knew more of it."), REPLICAS),
    }
}

fn stands(ctx: &Ctx, name: &str, stands: &Stands) -> (String, &'static str) {
    if !stands.serves {
        return (
            format!(
                "{name} was down and may have missed something: it serves when all who live say that it has their copies."
            ),
            REPLICAS,
        );
    }
    if !stands.suspects.is_empty() {
        return (
            format!(
                "{name} has not heard from {} for {} ms. It may be down, slow or cut off: that looks the same.",
                names(ctx, &stands.suspects, "and"),
                millis_text(ctx.setup.suspect_us)
            ),
            "Chandra & Toueg 1996",
        );
    }
    let text = match stands.standing {
        Standing::Joining => format!("{name} gets its share first and is on the ring after that."),
        Standing::Leaving => format!("{name} serves until others have on disk what it has."),
        Standing::Member => format!("{name} is on the ring, and suspects nobody."),
        Standing::Out => format!("{name} is not on the ring."),
    };
    (text, RING)
}

fn replied(ctx: &Ctx, name: &str, replied: &Replied) -> (String, &'static str) {
    match replied {
        Replied::Produced { id, .. } => {
            let id = id_text(ctx, *id);
            let text = match (ctx.setup.shared, ctx.setup.acks_all) {
                (true, _) => format!("{id} is in the store."),
                (false, true) => {
                    format!("{id} is on {} disks: so many crashes less one cannot lose it.", ctx.setup.replicas)
                }
                (false, false) => format!("{id} is on the owner's disk, and perhaps nowhere else yet."),
            };
            (text, REPLICAS)
        }
        Replied::Consumed { got: None, queue } | Replied::Drained { queue, .. } => {
            (format!("Nothing in {} is ready: what there is may be in flight.", shorten(queue)), VISIBILITY)
        }
        Replied::Consumed { got: Some((item, delivery)), .. } => (
            format!(
                "{name} has {} until it has processed and acknowledged it with the receipt {}.",
                id_text(ctx, item.id),
                receipt_text(ctx, delivery.receipt)
            ),
            VISIBILITY,
        ),
        Replied::Acked { id, result, .. } => match result {
            Ok(()) => (format!("{} will not come again.", id_text(ctx, *id)), VISIBILITY),
            Err(refusal) => (format!("{} stays as it is: {}.", id_text(ctx, *id), refusal_text(*refusal)), VISIBILITY),
        },
        Replied::Status { .. } => (format!("This is what {name} knows; other brokers may know something else."), RING),
        Replied::Moved { ok, says, .. } => (format!("{} {says}.", if *ok { "Done:" } else { "Not done:" }), RING),
    }
}
