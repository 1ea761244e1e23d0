//! The verbs of the console, as data: the parser, the completion and help texts all read this table.

/// A verb: what is done to the run besides an operation of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verb {
    /// Its name.
    pub name: &'static str,
    /// How it is used.
    pub usage: &'static str,
    /// One sentence for people.
    pub says: &'static str,
    /// The act that it makes.
    pub(super) act: &'static str,
    /// What stands behind it, in this order.
    pub(super) slots: &'static [Slot],
    /// What the act has besides.
    pub(super) always: Option<(&'static str, &'static str)>,
    /// What may follow as `name=value`.
    pub(super) keys: &'static [Key],
}

/// A word behind a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// Its key in the act; for a mere word the word itself.
    pub(super) key: &'static str,
    pub(super) takes: SlotTakes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotTakes {
    Node,
    Timer,
    Operation,
    Number,
    /// The word itself, which only makes the line readable.
    Word,
}

/// A `name=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Its key in the act; the line may say this, too.
    pub(super) json: &'static str,
    pub(super) takes: KeyTakes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyTakes {
    Number,
    Truth,
    /// A number of milliseconds or `5..20`.
    Delay,
    /// Names with commas between them.
    Nodes,
}

const fn slot(key: &'static str, takes: SlotTakes) -> Slot {
    Slot { key, takes }
}

const fn key(name: &'static str, json: &'static str, takes: KeyTakes) -> Key {
    Key { name, json, takes }
}

const NODE: [Slot; 1] = [slot("node", SlotTakes::Node)];
const MESSAGE: [Slot; 1] = [slot("id", SlotTakes::Number)];
const LINK: [Key; 5] = [
    key("delay", "delay_ms", KeyTakes::Delay),
    key("loss", "loss", KeyTakes::Number),
    key("duplicate", "duplicate", KeyTakes::Number),
    key("fifo", "fifo", KeyTakes::Truth),
    key("blocked", "blocked", KeyTakes::Truth),
];
const NETWORK: [Key; 4] = [LINK[0], LINK[1], LINK[2], LINK[3]];
const WORKLOAD: [Key; 4] = [
    key("count", "count", KeyTakes::Number),
    key("every", "every_ms", KeyTakes::Number),
    key("rate", "rate", KeyTakes::Number),
    key("nodes", "nodes", KeyTakes::Nodes),
];

const fn verb(name: &'static str, usage: &'static str, says: &'static str) -> Verb {
    Verb { name, usage, says, act: name, slots: &[], always: None, keys: &[] }
}

/// All verbs, in the order in which they are shown.
pub static VERBS: [Verb; 15] = [
    Verb { slots: &NODE, ..verb("crash", "crash P1", "A process loses its memory and stops.") },
    Verb { slots: &NODE, ..verb("restart", "restart P1", "A crashed process starts from its disk.") },
    Verb { slots: &NODE, ..verb("pause", "pause P1", "A process stops for a while and forgets nothing.") },
    Verb { slots: &NODE, ..verb("resume", "resume P1", "A paused process goes on.") },
    verb("partition", "partition P1 P2 | P3", "The network falls into groups; who is in none is in one of their own."),
    verb("heal", "heal", "The network is whole again, and no link is blocked."),
    Verb {
        slots: &[slot("from", SlotTakes::Node), slot("to", SlotTakes::Node)],
        keys: &LINK,
        ..verb("link", "link P1 P2 loss=0.1 delay=5..20 duplicate=0 fifo=true blocked=false", "One link changes.")
    },
    Verb {
        keys: &NETWORK,
        ..verb(
            "network",
            "network loss=0.1 delay=5..20 duplicate=0 fifo=true",
            "All links without own settings change.",
        )
    },
    Verb {
        act: "message",
        slots: &MESSAGE,
        always: Some(("drop", "true")),
        ..verb("drop", "drop 17", "A message under way is taken away.")
    },
    Verb {
        act: "message",
        slots: &MESSAGE,
        always: Some(("duplicate", "true")),
        ..verb("duplicate", "duplicate 17", "One more copy of a message travels.")
    },
    Verb {
        act: "message",
        slots: &[MESSAGE[0], slot("in", SlotTakes::Word), slot("deliver_in_ms", SlotTakes::Number)],
        ..verb("deliver", "deliver 17 in 30", "A message arrives so many milliseconds from now.")
    },
    Verb {
        slots: &[NODE[0], slot("timer", SlotTakes::Timer)],
        ..verb("timeout", "timeout S1 election", "A timer runs out now.")
    },
    Verb {
        slots: &[
            NODE[0],
            slot("timer", SlotTakes::Timer),
            slot("in", SlotTakes::Word),
            slot("due_in_ms", SlotTakes::Number),
        ],
        ..verb("timer", "timer S1 election in 30", "A running timer runs out so many milliseconds from now.")
    },
    Verb {
        slots: &[slot("op", SlotTakes::Operation)],
        keys: &WORKLOAD,
        ..verb(
            "workload",
            "workload multicast count=20 every=10 nodes=P1,P2",
            "Requests are made up: every so many milliseconds, or rate= so many a second.",
        )
    },
    verb("settle", "settle", "All faults end; when nothing moves any more, liveness is checked."),
];
