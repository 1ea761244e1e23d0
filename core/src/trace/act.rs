//! What a person does to a run: acts as data.

use crate::base::ids::{MessageId, NodeId, RecordId};
use crate::base::json::{JsonObject, list, millis_text, quote};
use crate::tables::{Fields, LinkChange, Operation};

/// Longest value in the label of a request, in characters: the whole stands in `data`.
const VALUE_CHARS_MAX: usize = 40;

/// When an act takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After every event at or before this time, in microseconds.
    At(u64),
    /// Right after this record, even in the middle of a step.
    After(RecordId),
}

/// An act and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedAct {
    /// When.
    pub when: When,
    /// What.
    pub act: Act,
}

/// Which message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// By its number in the trace.
    Id(MessageId),
    /// One of its copies, where there are several.
    Copy(MessageId, u16),
    /// The n-th message on a link, so that an edited scenario still means the same one.
    OnLink {
        /// Sender.
        from: NodeId,
        /// Receiver.
        to: NodeId,
        /// Counted from 1.
        n: u32,
    },
}

/// What is done to a message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surgery {
    /// Take it away.
    Drop,
    /// Let it arrive so much later from now, in microseconds, whatever its fate was.
    DeliverIn(u64),
    /// Let one more copy of it travel.
    Duplicate,
}

/// A request of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestAct {
    /// Who is asked.
    pub node: NodeId,
    /// What for.
    pub operation: &'static Operation,
    /// With which arguments.
    pub args: Fields,
}

/// Requests that are made up as the run goes, reproducibly from the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// What for.
    pub operation: &'static Operation,
    /// Who is asked, by turns of chance.
    pub nodes: Vec<NodeId>,
    /// How many requests.
    pub count: u64,
    /// Time between two, in microseconds.
    pub every_us: u64,
    /// Arguments that are the same in each; the others are made up.
    pub args: Fields,
}

/// An act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A process loses its memory and stops.
    Crash(NodeId),
    /// A crashed process starts from its disk.
    Restart(NodeId),
    /// A process stops for a while and forgets nothing.
    Pause(NodeId),
    /// A paused process goes on.
    Resume(NodeId),
    /// The network falls into groups; whoever is in none is in one with the others left out.
    Partition(Vec<Vec<NodeId>>),
    /// The network is whole again, and no link is blocked.
    Heal,
    /// One link, in one direction, changes.
    Link {
        /// From.
        from: NodeId,
        /// To.
        to: NodeId,
        /// How.
        change: LinkChange,
    },
    /// All links without settings of their own change.
    Network(LinkChange),
    /// Something is done to a message under way.
    Message {
        /// To which.
        which: Which,
        /// What.
        surgery: Surgery,
    },
    /// A timer runs out now.
    Timeout {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
    },
    /// A running timer runs out so much later from now.
    Timer {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
        /// Microseconds from now.
        due_in_us: u64,
    },
    /// A process is asked for something.
    Request(RequestAct),
    /// Requests are made up.
    Workload(Workload),
    /// Faults end: links heal and lose nothing, everyone restarts and resumes, workloads stop; and when
    /// nothing moves any more but periodic traffic, liveness rules are checked.
    Settle,
}

impl Act {
    /// The JSON form, as a scenario has it.
    #[must_use]
    pub fn json(&self, names: &[String]) -> String {
        let name = |node: &NodeId| quote(&names[usize::from(*node)]);
        let mut o = JsonObject::new();
        let kind = match self {
            Act::Crash(node) | Act::Restart(node) | Act::Pause(node) | Act::Resume(node) => {
                o.raw("node", &name(node));
                self.kind()
            }
            Act::Partition(groups) => {
                o.list("groups", groups.iter().map(|g| list(g.iter().map(name))));
                self.kind()
            }
            Act::Heal | Act::Settle => self.kind(),
            Act::Link { from, to, change } => {
                change.write(o.raw("from", &name(from)).raw("to", &name(to)));
                self.kind()
            }
            Act::Network(change) => {
                change.write(&mut o);
                self.kind()
            }
            Act::Message { which, surgery } => {
                match which {
                    Which::Id(id) => o.int("id", *id),
                    Which::Copy(id, copy) => o.int("id", *id).int("copy", u32::from(*copy)),
                    Which::OnLink { from, to, n } => o.raw("from", &name(from)).raw("to", &name(to)).int("n", *n),
                };
                match surgery {
                    Surgery::Drop => o.bool("drop", true),
                    Surgery::DeliverIn(us) => o.raw("deliver_in_ms", &millis_text(*us)),
                    Surgery::Duplicate => o.bool("duplicate", true),
                };
                self.kind()
            }
            Act::Timeout { node, timer } => {
                o.raw("node", &name(node)).text("timer", timer);
                self.kind()
            }
            Act::Timer { node, timer, due_in_us } => {
                o.raw("node", &name(node)).text("timer", timer).raw("due_in_ms", &millis_text(*due_in_us));
                self.kind()
            }
            Act::Request(request) => {
                o.raw("node", &name(&request.node));
                request.write_data(names, &mut o);
                self.kind()
            }
            Act::Workload(w) => {
                o.text("op", w.operation.name).list("nodes", w.nodes.iter().map(name));
                o.int("count", w.count).raw("every_ms", &millis_text(w.every_us));
                write_args(&w.args, w.operation, names, &mut o);
                self.kind()
            }
        };
        format!("{{{}:{}}}", quote(kind), o.end())
    }

    /// The same act where the processes have other numbers; `None` where one that it names has none any more. Whoever is in
    /// a group of a partition, or among those who get a workload, is left out instead.
    #[must_use]
    pub fn renumbered(&self, number: &dyn Fn(NodeId) -> Option<NodeId>) -> Option<Act> {
        let some = |nodes: &[NodeId]| nodes.iter().filter_map(|node| number(*node)).collect::<Vec<NodeId>>();
        Some(match self {
            Act::Crash(node) => Act::Crash(number(*node)?),
            Act::Restart(node) => Act::Restart(number(*node)?),
            Act::Pause(node) => Act::Pause(number(*node)?),
            Act::Resume(node) => Act::Resume(number(*node)?),
            Act::Partition(groups) => {
                Act::Partition(groups.iter().map(|g| some(g)).filter(|g| !g.is_empty()).collect())
            }
            Act::Heal | Act::Settle | Act::Network(_) => self.clone(),
            Act::Link { from, to, change } => Act::Link { from: number(*from)?, to: number(*to)?, change: *change },
            Act::Message { which, surgery } => {
                let which = match *which {
                    Which::OnLink { from, to, n } => Which::OnLink { from: number(from)?, to: number(to)?, n },
                    by_number => by_number,
                };
                Act::Message { which, surgery: *surgery }
            }
            Act::Timeout { node, timer } => Act::Timeout { node: number(*node)?, timer },
            Act::Timer { node, timer, due_in_us } => Act::Timer { node: number(*node)?, timer, due_in_us: *due_in_us },
            Act::Request(r) => {
                let (node, args) = (number(r.node)?, r.args.renumbered(number)?);
                Act::Request(RequestAct { node, operation: r.operation, args })
            }
            Act::Workload(w) => {
                let (nodes, args) = (some(&w.nodes), w.args.renumbered(number)?);
                if nodes.is_empty() {
                    return None;
                }
                Act::Workload(Workload { nodes, args, ..w.clone() })
            }
        })
    }

    /// The key of the JSON form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Act::Crash(_) => "crash",
            Act::Restart(_) => "restart",
            Act::Pause(_) => "pause",
            Act::Resume(_) => "resume",
            Act::Partition(_) => "partition",
            Act::Heal => "heal",
            Act::Link { .. } => "link",
            Act::Network(_) => "network",
            Act::Message { .. } => "message",
            Act::Timeout { .. } => "timeout",
            Act::Timer { .. } => "timer",
            Act::Request(_) => "request",
            Act::Workload(_) => "workload",
            Act::Settle => "settle",
        }
    }

    /// The act in words, for labels and lists.
    #[must_use]
    pub fn words(&self, names: &[String]) -> String {
        self.words_with(names, &|id| id.to_string())
    }

    /// The same, with messages named as whoever shows them names them.
    #[must_use]
    pub fn words_with(&self, names: &[String], message: &dyn Fn(MessageId) -> String) -> String {
        let name = |node: &NodeId| names[usize::from(*node)].as_str();
        match self {
            Act::Crash(node) => format!("crash {}", name(node)),
            Act::Restart(node) => format!("restart {}", name(node)),
            Act::Pause(node) => format!("pause {}", name(node)),
            Act::Resume(node) => format!("resume {}", name(node)),
            Act::Partition(groups) => {
                let sides: Vec<String> =
                    groups.iter().map(|g| g.iter().map(name).collect::<Vec<_>>().join(" ")).collect();
                format!("partition {}", sides.join(" | "))
            }
            Act::Heal => "heal".into(),
            Act::Settle => "end all faults".into(),
            Act::Link { from, to, .. } => format!("change link {} to {}", name(from), name(to)),
            Act::Network(_) => "change the network".into(),
            Act::Message { which, surgery } => {
                let what = match which {
                    Which::Id(id) => format!("message {}", message(*id)),
                    Which::Copy(id, copy) => format!("copy {copy} of message {}", message(*id)),
                    Which::OnLink { from, to, n } => format!("message {n} from {} to {}", name(from), name(to)),
                };
                match surgery {
                    Surgery::Drop => format!("drop {what}"),
                    Surgery::DeliverIn(us) => format!("deliver {what} in {} ms", millis_text(*us)),
                    Surgery::Duplicate => format!("duplicate {what}"),
                }
            }
            Act::Timeout { node, timer } => format!("fire {timer} of {}", name(node)),
            Act::Timer { node, timer, due_in_us } => {
                format!("let {timer} of {} run out in {} ms", name(node), millis_text(*due_in_us))
            }
            Act::Request(request) => format!("{}: {}", name(&request.node), request.words(names)),
            Act::Workload(w) => {
                format!("{} × {}, one every {} ms", w.count, w.operation.name, millis_text(w.every_us))
            }
        }
    }
}

impl RequestAct {
    /// Writes `op` and `args`.
    pub fn write_data(&self, names: &[String], data: &mut JsonObject) {
        data.text("op", self.operation.name);
        write_args(&self.args, self.operation, names, data);
    }

    /// The request in words, long values cut short: for labels.
    #[must_use]
    pub fn words(&self, names: &[String]) -> String {
        let mut args = JsonObject::new();
        self.args.write_short(self.operation.args, names, VALUE_CHARS_MAX, &mut args);
        if args.is_empty() { self.operation.name.into() } else { format!("{} {}", self.operation.name, args.end()) }
    }
}

fn write_args(args: &Fields, operation: &'static Operation, names: &[String], o: &mut JsonObject) {
    let mut inner = JsonObject::new();
    args.write(operation.args, names, &mut inner);
    o.raw("args", &inner.end());
}
