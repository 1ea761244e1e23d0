//! A causally consistent, replicated key-value store.
//!
//! Every node takes reads and writes at once, from what it has; nobody waits for a majority. Node i counts
//! its own writes in component i of a vector clock: the clock says how many writes of each node are in the
//! store. A write carries as its dependencies the clock that it met (so also all that its node had seen),
//! and a peer applies it when it is the origin's next one and its dependencies are there: until then it is
//! in the buffer (Ahamad, Neiger, Burns, Kohli & Hutto 1995, §3.3). So whoever sees a write can see
//! everything that happened before it.
//!
//! A client moves between nodes. It keeps its own dependencies: the writes it made, and those it read, with
//! all they depend on. Each question carries them, and a node that lacks some of them does not answer from
//! the past: it waits for `wait_ms` and then says `ok: false` and what is missing (Terry et al. 1994). A
//! clock given by hand (`put … vector`) is added to the client's own dependencies; one that runs ahead puts
//! the write into the buffer until what it names is there, and `wait_ms` ends that too: a write that was
//! refused is never done later.
//!
//! Two writes to one key of which neither saw the other are concurrent. Both are kept and marked, and the
//! same one wins everywhere: that with the larger sum of its vector, then the larger origin. A later write
//! has a larger sum than what it saw, so the order extends causality (Lloyd et al. 2011, §4.3, asks for
//! just that).
//!
//! A delete is a write like any other: it leaves a *tombstone* with its own clock, so whoever reads that there is nothing
//! depends on the delete, and a put that the delete had not seen competes with it. Several keys that are read at once come from
//! one instant of one node. Its store has with each write all that the write depends on, so the values fit together; read one
//! by one, they need not.
//!
//! Messages are plain: they may be lost, doubled and overtaken. A put that is not answered is sent again to
//! the same node, which knows it by (client, n); without any answer it is `unknown`. What replication loses,
//! anti-entropy brings ([`anti_entropy`]). The log is on disk, and a node that comes back recovers its clock,
//! its own counter, its store and the puts it has answered from the log.

mod anti_entropy;
mod checks;
mod client;
mod node;
mod replica;
mod scenarios;
mod tables;
#[cfg(test)]
mod tests;
mod views;
mod words;

use crate::base::json::{Doc, InputError, JsonObject, Payload};
use crate::labs::kit::cast::{self, Servers};
use crate::protocol::{Context, Guard, Input, Misfit, Out, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Value, Values};
use crate::trace::frame::{Band, Field, Panel};
use crate::trace::{Kind, NodeId};
use client::Client;
pub use client::Request;
use node::Node;
use replica::Replica;
pub use replica::{Version, VersionId};
use std::collections::BTreeMap;
use std::sync::Arc;
use tables::SPEC;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct CausalKv;

type Ctx = Context<CausalKv>;
type Effects = Out<CausalKv>;

/// Settings. Times are in microseconds.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    nodes: Servers,
    clients: usize,
    wait_us: u64,
    check_us: u64,
    anti_entropy_us: u64,
    retry_us: u64,
    answer_us: u64,
    no_buffer: bool,
    no_client_context: bool,
    origin_tiebreak: bool,
    no_anti_entropy: bool,
    one_by_one: bool,
}

/// What a process holds in memory.
#[derive(Clone, Debug)]
pub struct State(Role);

#[derive(Clone, Debug)]
enum Role {
    Node(Box<Node>),
    Client(Client),
}

/// What is on disk: of a node its log, of a client the number of its questions.
#[derive(Clone, Debug)]
pub struct Disk {
    /// All writes that were applied, in that order.
    log: Vec<Arc<Version>>,
    /// The last put of each client that was refused.
    refused: BTreeMap<NodeId, Refusal>,
    /// What the log amounts to, for those who look from outside.
    shown: Replica,
    asked: u32,
}

#[derive(Clone, Debug)]
struct Refusal {
    n: u32,
    missing: Arc<[u32]>,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
pub struct Entry(Change);

#[derive(Clone, Debug)]
enum Change {
    Applied(Arc<Version>),
    Refused { client: NodeId, refusal: Refusal },
    Asked(u32),
}

/// What travels.
#[derive(Clone, Debug)]
pub enum Message {
    /// A client's n-th question, with its dependencies.
    Ask {
        /// Its number.
        n: u32,
        /// What is asked.
        question: Question,
        /// What must be there first.
        deps: Arc<[u32]>,
    },
    /// A node's answer to that.
    Answer {
        /// The question's number.
        n: u32,
        /// The answer.
        outcome: Outcome,
    },
    /// A write, to a peer.
    Replicate(Arc<Version>),
    /// Anti-entropy: what is here.
    Digest {
        /// The sender's clock.
        clock: Arc<[u32]>,
    },
    /// Anti-entropy: what the receiver lacks.
    Repair {
        /// Writes, in causal order.
        versions: Arc<[Arc<Version>]>,
        /// The sender's clock, where it lacks something itself.
        clock: Option<Arc<[u32]>>,
    },
}

/// What a client asks.
#[derive(Clone, Debug)]
pub enum Question {
    /// To write.
    Put {
        /// The key.
        key: Arc<str>,
        /// Its new value.
        value: Payload,
    },
    /// To take a value away.
    Delete {
        /// The key.
        key: Arc<str>,
    },
    /// To read.
    Get {
        /// The key.
        key: Arc<str>,
    },
    /// To read several keys at one instant.
    GetAll {
        /// The keys.
        keys: Arc<[Arc<str>]>,
    },
    /// Which keys there are.
    Keys,
    /// How the node is.
    Status,
}

impl Question {
    /// What it writes under which key, if it writes; nothing is written by a delete.
    fn write(&self) -> Option<(&Arc<str>, Option<&Payload>)> {
        match self {
            Question::Put { key, value } => Some((key, Some(value))),
            Question::Delete { key } => Some((key, None)),
            _ => None,
        }
    }
}

/// A key's versions, the winner first; none where it was never written.
pub type Versions = Option<Arc<[Arc<Version>]>>;

/// What a node answers.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The put is done.
    Written(Arc<Version>),
    /// The key's versions.
    Found(Versions),
    /// Those of several keys, or of all that were ever written.
    FoundAll(Arc<[(Arc<str>, Versions)]>),
    /// Not done: of each node so many writes are needed (0: none).
    Missing(Arc<[u32]>),
    /// Clock, number of keys, and of what is held back.
    Status {
        /// The node's clock.
        clock: Arc<[u32]>,
        /// Keys in its store.
        keys: u32,
        /// Writes and questions that wait.
        held: u32,
    },
}

/// Timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// A node compares clocks with a peer.
    AntiEntropy,
    /// A node looks through what it holds back.
    Check,
    /// A node's patience with a question that it cannot answer yet.
    Wait,
    /// A client sends its question again.
    Resend,
    /// A client's patience.
    GiveUp,
}

/// What became of the writes in a message.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    applied: u32,
    known: u32,
    /// Held back, and how many writes of each node are missing.
    held: Vec<(VersionId, Vec<u32>)>,
}

/// What a client tells whoever asked.
#[derive(Clone, Debug)]
pub struct Said {
    node: NodeId,
    n: u32,
    question: Question,
    /// `None` when no answer came.
    outcome: Option<Outcome>,
}

/// What the protocol says about an event.
#[derive(Clone, Debug)]
pub enum Note {
    /// Writes have come from a peer.
    Arrived {
        /// What became of them.
        fate: Fate,
        /// The clock after that.
        clock: Arc<[u32]>,
    },
    /// A client's question has come.
    Asked {
        /// It was known already, or given up by its client.
        copy: bool,
        /// What it waits for.
        missing: Arc<[u32]>,
        /// The clock that it met.
        clock: Arc<[u32]>,
    },
    /// A write was applied.
    Applied {
        /// The write.
        version: Arc<Version>,
        /// The clock after that.
        clock: Arc<[u32]>,
        /// Which version a reader of the key now gets.
        stored: VersionId,
        /// Versions that are concurrent with that one and lost.
        concurrent: Vec<VersionId>,
        /// It had been held back.
        late: bool,
    },
    /// A client has an answer, or none.
    Replied {
        /// What it says.
        said: Said,
        /// The client's dependencies after that.
        context: Arc<[u32]>,
    },
    /// Nothing that the record does not say itself.
    Nothing,
}

impl Protocol for CausalKv {
    type Setup = Setup;
    type State = State;
    type Durable = Disk;
    type Write = Entry;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        let setup = Setup {
            nodes: Servers(given.count("nodes")),
            clients: given.count("clients"),
            wait_us: given.int("wait_ms"),
            check_us: given.int("check_ms"),
            anti_entropy_us: given.int("anti_entropy_ms"),
            retry_us: given.int("retry_ms"),
            answer_us: given.int("answer_ms"),
            no_buffer: broken.contains(&"no-buffer"),
            no_client_context: broken.contains(&"no-client-context"),
            origin_tiebreak: broken.contains(&"origin-tiebreak"),
            no_anti_entropy: broken.contains(&"no-anti-entropy"),
            one_by_one: broken.contains(&"one-by-one"),
        };
        let (nodes, peers) = (setup.nodes.count(), setup.nodes.count() as u64 - 1);
        let round_us = setup.anti_entropy_us * peers;
        if round_us > tables::ROUND_US_MAX {
            let most = tables::ROUND_US_MAX / 1000 / peers;
            let what = format!("with {nodes} nodes at most {most}: each asks all others within 2 s");
            return Err(("anti_entropy_ms", what));
        }
        Ok(setup)
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        let nodes = cast::numbered("node", "node", setup.nodes.count());
        nodes.chain(cast::numbered("client", "client", setup.clients)).collect()
    }

    fn request(ctx: &Ctx, _node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        let node = args.node_or_none("node");
        let key = || Arc::from(args.text("key"));
        let (question, vector) = match operation {
            "put" => {
                let value = args.json("value");
                (Question::Put { key: key(), value }, vector(ctx, &args.json("vector"))?)
            }
            "delete" => (Question::Delete { key: key() }, None),
            "get" => (Question::Get { key: key() }, None),
            "get_all" => (Question::GetAll { keys: keys(&args.json("keys"))? }, None),
            "keys" => (Question::Keys, None),
            "status" => (Question::Status, None),
            other => unreachable!("{other} is not in the table of operations"),
        };
        Ok(Request { node, question, vector })
    }

    fn format(ctx: &Ctx, me: NodeId) -> Disk {
        let shown = Replica::new(ctx.setup.nodes.count(), me, ctx.setup.origin_tiebreak);
        Disk { log: Vec::new(), refused: BTreeMap::new(), shown, asked: 0 }
    }

    fn write(disk: &mut Disk, Entry(change): Entry) {
        match change {
            Change::Applied(version) => {
                disk.shown.apply(&version);
                disk.log.push(version);
            }
            Change::Refused { client, refusal } => drop(disk.refused.insert(client, refusal)),
            Change::Asked(n) => disk.asked = n,
        }
    }

    fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> State {
        State(if ctx.setup.nodes.has(me) {
            Role::Node(Box::new(node::boot(ctx, me, disk, out)))
        } else {
            Role::Client(client::boot(ctx, disk))
        })
    }

    fn step(ctx: &Ctx, me: NodeId, state: &mut State, disk: &Disk, input: Input<'_, Self>, out: &mut Effects) {
        match &mut state.0 {
            Role::Node(node) => node::step(ctx, me, node, disk, input, out),
            Role::Client(client) => client::step(ctx, me, client, input, out),
        }
    }

    fn is_periodic(timer: Timer) -> bool {
        matches!(timer, Timer::AntiEntropy | Timer::Check)
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::AntiEntropy => "anti-entropy",
            Timer::Check => "check",
            Timer::Wait => "wait",
            Timer::Resend => "resend",
            Timer::GiveUp => "give-up",
        }
    }
}

impl Story for CausalKv {
    fn make_up(_ctx: &Ctx, _operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        match param {
            // Mostly one key, so that writes meet.
            "key" => Some(Value::Text(if bits.is_multiple_of(4) { "y" } else { "x" }.into())),
            "keys" => Payload::from_json(r#"["x","y"]"#).ok().map(Value::Json),
            _ => None,
        }
    }

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Ask { .. } => "request",
            Message::Answer { .. } => "answer",
            Message::Replicate(_) => "replication",
            Message::Digest { .. } | Message::Repair { .. } => "anti-entropy",
        }
    }

    fn describe_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
        words::message(ctx, message, data)
    }

    /// A write on its way to a peer. A repair carries many, and what it brings is applied on arrival: nothing waits.
    fn item_sent(message: &Message) -> Option<(NodeId, u64)> {
        match message {
            Message::Replicate(version) => Some((version.origin, version.seq.into())),
            _ => None,
        }
    }

    fn item_delivered(note: &Note) -> Option<(NodeId, u64)> {
        match note {
            Note::Applied { version, .. } => Some((version.origin, version.seq.into())),
            _ => None,
        }
    }

    fn describe_note(ctx: &Ctx, kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::note(ctx, kind, note, data)
    }

    fn why(ctx: &Ctx, kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        words::why(ctx, kind, node, note)
    }

    fn fields(ctx: &Ctx, _me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        views::fields(ctx, seen)
    }

    fn band(_ctx: &Ctx, _me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        views::band(seen)
    }

    fn panels(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        views::panels(ctx, seen)
    }

    fn guards(ctx: &Ctx) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn metrics(ctx: &Ctx, seen: &[Seen<'_, Self>], _now_us: u64) -> Vec<(&'static str, u64)> {
        views::metrics(ctx, seen)
    }
}

/// A list of keys.
fn keys(payload: &Payload) -> Result<Arc<[Arc<str>]>, Misfit> {
    let read = || -> Result<Vec<Arc<str>>, InputError> {
        let doc = Doc::parse(payload.json())?;
        let keys = doc.list()?.iter().map(|key| Ok(Arc::from(key.string()?))).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() || keys.len() > tables::KEYS_MAX {
            return doc.error(format!("name 1 to {} keys", tables::KEYS_MAX));
        }
        Ok(keys)
    };
    Ok(read().map_err(|e| ("keys", e.what))?.into())
}

/// A clock given by hand: an object from names of nodes to numbers of writes; `null` where none is given.
fn vector(ctx: &Ctx, payload: &Payload) -> Result<Option<Arc<[u32]>>, Misfit> {
    let wrong = |what: String| ("vector", what);
    let doc = Doc::parse(payload.json()).map_err(|e| wrong(e.what))?;
    if doc.is_null() {
        return Ok(None);
    }
    if !doc.is_object() {
        return Err(wrong("expected an object from nodes to numbers of writes, such as {\"node1\": 2}".into()));
    }
    let mut object = doc.object().map_err(|e| wrong(e.what))?;
    let mut vector = vec![0; ctx.setup.nodes.count()];
    for (name, place) in ctx.names.iter().zip(&mut vector) {
        if let Some(count) = object.take(name) {
            let count = count.int(0, u64::from(tables::COUNT_MAX)).map_err(|e| wrong(format!("{name}: {}", e.what)))?;
            *place = count as u32;
        }
    }
    match object.keys().first() {
        None => Ok(Some(vector.into())),
        Some(key) => {
            let nodes = ctx.names[..ctx.setup.nodes.count()].join(", ");
            Err(wrong(format!("there is no node {}; there are {nodes}", crate::base::json::quote(key))))
        }
    }
}
