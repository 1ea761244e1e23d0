//! Settings, processes, and requests from checked fields.

use super::tree::{self, Kind, Op, Path};
use crate::base::json::{Doc, InputError, Payload};
use crate::labs::kit::cast::{self, Servers};
use crate::protocol::{Misfit, ProcessInfo};
use crate::tables::{Value, Values};
use crate::trace::NodeId;
use std::rc::Rc;

/// Longest text of a line or of a node's data, in bytes.
pub(super) const TEXT_BYTES_MAX: usize = 1_000;
/// The lock that guards the file, where no other is named.
pub(super) const LOCK_PATH: &str = "/lock";
/// Most lines that the file may begin with.
const LINES_MAX: usize = 100;
/// Largest counter that the file may begin with: there is room to count on.
const COUNTER_MAX: u64 = 1_000_000_000;
/// A client's ping is due after a third of its session, as in ZooKeeper, but at least so often, in microseconds.
const PING_US_MAX: u64 = 1_000_000;

/// Nodes that made-up requests are about, besides those of locks.
const NODES: [&str; 3] = ["/node", "/node/a", "/node/b"];

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// With others who share it.
    Shared,
    /// Alone.
    Exclusive,
}

impl LockMode {
    /// The word for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            LockMode::Shared => "shared",
            LockMode::Exclusive => "exclusive",
        }
    }
}

/// What a client is asked to do.
#[derive(Clone, Debug)]
pub enum Job {
    /// Get a lock, and keep it.
    Lock {
        /// Its name.
        path: Path,
        /// How.
        mode: LockMode,
        /// For how long it waits at most.
        timeout_us: Option<u64>,
        /// It waits at all.
        blocking: bool,
    },
    /// Wait for a lock no longer.
    Cancel(Path),
    /// Give a lock back.
    Unlock(Path),
    /// Count one up, so many times, under a lock each time.
    Increment {
        /// How often.
        times: u32,
        /// Under which lock.
        path: Option<Path>,
    },
    /// Put a line at the file's end.
    Append {
        /// It.
        text: Rc<str>,
        /// Under which lock.
        path: Option<Path>,
    },
    /// See the file.
    Read {
        /// Under which lock.
        path: Option<Path>,
    },
    /// Put a line in the place of the whole text.
    Write {
        /// It.
        text: Rc<str>,
        /// Under which lock.
        path: Option<Path>,
    },
    /// Ask something of the tree, as in ZooKeeper's own shell.
    Tree(Op),
}

impl Job {
    /// Its operation's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Job::Lock { .. } => "lock",
            Job::Cancel(_) => "cancel",
            Job::Unlock(_) => "unlock",
            Job::Increment { .. } => "increment",
            Job::Append { .. } => "append",
            Job::Read { .. } => "read",
            Job::Write { .. } => "write",
            Job::Tree(op) => match op {
                Op::Create { .. } => "create",
                Op::Set { .. } => "set",
                Op::Get { .. } => "get",
                Op::List { .. } => "ls",
                Op::Exists { .. } => "stat",
                Op::Delete { .. } => "delete",
                Op::Sync => "sync",
                Op::Close => "close",
            },
        }
    }
}

/// Settings. Times are in microseconds.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) servers: Servers,
    pub(super) clients: usize,
    pub(super) session_us: u64,
    pub(super) tick_us: u64,
    pub(super) retry_us: u64,
    pub(super) work_us: u64,
    pub(super) snapshot_every: u32,
    /// All who wait watch the whole queue, not only who is before them.
    pub(super) watch_all: bool,
    pub(super) local_expiry: bool,
    /// The number that a lock's first node gets.
    pub(super) first_sequence: i64,
    pub(super) counter: u64,
    pub(super) lines: Vec<Rc<str>>,
    pub(super) broken: Broken,
}

/// Rules that are switched off on purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) no_fencing: bool,
    pub(super) fence_writes_only: bool,
    pub(super) commit_without_quorum: bool,
    pub(super) sort_by_name: bool,
    pub(super) sequence_wraps: bool,
    pub(super) persistent_nodes: bool,
    pub(super) check_then_watch: bool,
    pub(super) no_guid: bool,
    pub(super) watches_forgotten: bool,
    pub(super) deaf_to_expiry: bool,
}

impl Setup {
    /// The process that keeps the file.
    pub(super) fn file_node(&self) -> NodeId {
        (self.servers.count() + self.clients) as NodeId
    }

    /// Time between two pings of a client.
    pub(super) fn ping_us(&self) -> u64 {
        (self.session_us / 3).min(PING_US_MAX)
    }

    /// A client that has heard nothing for so long takes its connection for lost (ZooKeeper's read timeout).
    pub(super) fn silence_us(&self) -> u64 {
        self.session_us / 3 * 2
    }

    /// For so long a client asks one server for a connection: within a session it can ask them all, as in ZooKeeper.
    pub(super) fn connect_us(&self) -> u64 {
        self.session_us / self.servers.count() as u64
    }

    /// A server's patience with its leader, and a leader's with its followers: ZooKeeper's `syncLimit`, in ticks.
    pub(super) fn patience_us(&self) -> (u64, u64) {
        (4 * self.tick_us, 6 * self.tick_us)
    }
}

pub(super) fn read(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
    let on = |name| broken.contains(&name);
    let (counter, lines) = file(&given.json("file")).map_err(|e| ("file", e.to_string()))?;
    let servers = Servers(given.count("servers"));
    if servers.count().is_multiple_of(2) {
        return Err((
            "servers",
            "an ensemble has 1, 3 or 5 servers: one more would only make its majority larger".into(),
        ));
    }
    Ok(Setup {
        servers,
        clients: given.count("clients"),
        session_us: given.int("session_ms"),
        tick_us: given.int("tick_ms"),
        retry_us: given.int("retry_ms"),
        work_us: given.int("work_ms"),
        snapshot_every: given.int("snapshot_every") as u32,
        watch_all: given.text("watch") == "all",
        local_expiry: given.flag("local_expiry"),
        first_sequence: given.int("first_sequence") as i64,
        counter,
        lines,
        broken: Broken {
            no_fencing: on("no-fencing"),
            fence_writes_only: on("fence-writes-only"),
            commit_without_quorum: on("commit-without-quorum"),
            sort_by_name: on("sort-by-name"),
            sequence_wraps: on("sequence-wraps"),
            persistent_nodes: on("persistent-nodes"),
            check_then_watch: on("check-then-watch"),
            no_guid: on("no-guid"),
            watches_forgotten: on("watches-forgotten"),
            deaf_to_expiry: on("deaf-to-expiry"),
        },
    })
}

/// What the file begins with: `{"counter": 0, "lines": []}`.
fn file(payload: &Payload) -> Result<(u64, Vec<Rc<str>>), InputError> {
    let doc = Doc::parse(payload.json())?;
    let mut object = doc.object()?;
    let counter = object.take("counter").map_or(Ok(0), |counter| counter.int(0, COUNTER_MAX))?;
    let mut lines: Vec<Rc<str>> = Vec::new();
    if let Some(given) = object.take("lines") {
        for line in given.list()? {
            let text = line.string()?;
            if text.len() > TEXT_BYTES_MAX {
                return line.error(format!("at most {} bytes", TEXT_BYTES_MAX));
            }
            lines.push(text.into());
        }
        if lines.len() > LINES_MAX {
            return given.error(format!("at most {LINES_MAX} lines"));
        }
    }
    object.finish()?;
    Ok((counter, lines))
}

pub(super) fn processes(setup: &Setup) -> Vec<ProcessInfo> {
    let servers = cast::numbered("zk", "server", setup.servers.count());
    let clients = cast::numbered("c", "client", setup.clients);
    servers.chain(clients).chain([ProcessInfo { name: "file".into(), role: "file" }]).collect()
}

pub(super) fn mode(word: &str) -> LockMode {
    if word == "shared" { LockMode::Shared } else { LockMode::Exclusive }
}

/// An absolute path of an argument.
fn path(args: Values<'_>, name: &'static str) -> Result<Rc<str>, Misfit> {
    let text = args.text(name);
    if tree::is_path(&text) {
        Ok(text.into())
    } else {
        Err((name, format!("a path such as \"/lock\" is needed here, and \"{text}\" is none")))
    }
}

/// A path that may be left open: empty.
fn path_or_none(args: Values<'_>) -> Result<Option<Rc<str>>, Misfit> {
    if args.text("path").is_empty() { Ok(None) } else { path(args, "path").map(Some) }
}

/// A version, or any.
fn version(args: Values<'_>) -> Result<Option<u32>, Misfit> {
    match args.text("version").as_str() {
        "any" => Ok(None),
        text => match text.parse() {
            Ok(version) => Ok(Some(version)),
            Err(_) => Err(("version", format!("a whole number or \"any\" is needed here, and \"{text}\" is neither"))),
        },
    }
}

pub(super) fn request(operation: &str, args: Values<'_>) -> Result<Job, Misfit> {
    Ok(match operation {
        "lock" => Job::Lock {
            path: path(args, "path")?,
            mode: mode(&args.text("mode")),
            timeout_us: Some(args.int("timeout_ms")).filter(|us| *us > 0),
            blocking: args.flag("blocking"),
        },
        "cancel" => Job::Cancel(path(args, "path")?),
        "unlock" => Job::Unlock(path(args, "path")?),
        "increment" => Job::Increment { times: args.int("times") as u32, path: path_or_none(args)? },
        "append" => Job::Append { text: args.text("text").into(), path: path_or_none(args)? },
        "read" => Job::Read { path: path_or_none(args)? },
        "write" => Job::Write { text: args.text("text").into(), path: path_or_none(args)? },
        "create" => {
            let kind = Kind { ephemeral: args.flag("ephemeral"), sequential: args.flag("sequential") };
            Job::Tree(Op::Create { path: path(args, "path")?, data: args.text("data").into(), kind })
        }
        "set" => {
            Job::Tree(Op::Set { path: path(args, "path")?, data: args.text("data").into(), version: version(args)? })
        }
        "get" => Job::Tree(Op::Get { path: path(args, "path")? }),
        "ls" => Job::Tree(Op::List { path: path(args, "path")?, watch: args.flag("watch") }),
        "stat" => Job::Tree(Op::Exists { path: path(args, "path")?, watch: args.flag("watch") }),
        "delete" => Job::Tree(Op::Delete { path: path(args, "path")?, version: version(args)? }),
        "sync" => Job::Tree(Op::Sync),
        "close" => Job::Tree(Op::Close),
        other => unreachable!("{other} is not in the table of operations"),
    })
}

/// Values of made-up requests.
pub(super) fn make_up(operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
    match param {
        "path" if matches!(operation, "increment" | "append" | "read" | "write") => Some(Value::Text(String::new())),
        "path" if matches!(operation, "lock" | "cancel" | "unlock") => Some(Value::Text(LOCK_PATH.into())),
        "path" => Some(Value::Text(NODES[(bits % 3) as usize].into())),
        // One of three shares, so that queues of both kinds come about.
        "mode" => Some(Value::Text(if bits.is_multiple_of(3) { "shared" } else { "exclusive" }.into())),
        "timeout_ms" => Some(Value::Int(if bits.is_multiple_of(4) { 200_000 + bits % 800_000 } else { 0 })),
        "blocking" => Some(Value::Bool(!bits.is_multiple_of(5))),
        "times" => Some(Value::Int(1 + bits % 3)),
        "version" => Some(Value::Text("any".into())),
        _ => None,
    }
}
