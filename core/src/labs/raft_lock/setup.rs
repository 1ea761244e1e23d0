//! Settings, processes, and requests from checked fields.

mod start;

use super::client::Job;
use super::locks::{Mode, Policy, Rules};
use super::log::{Entry, Lax};
use super::{Command, Ctx, Disk, Request};
use crate::base::json::{Doc, InputError, Payload};
use crate::labs::kit::cast::{self, Servers};
use crate::protocol::{Misfit, ProcessInfo};
use crate::tables::{Value, Values};
use crate::trace::NodeId;
use start::Start;
use std::rc::Rc;

/// Most locks of one piece of work.
const WORK_LOCKS_MAX: usize = 8;
/// What made-up requests are about: few, so that they meet.
const MADE_UP: [&str; 4] = ["a", "b", "c", "d"];

/// Settings. Times are in microseconds.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) servers: Servers,
    pub(super) clients: usize,
    pub(super) heartbeat_us: u64,
    pub(super) election_us: (u64, u64),
    pub(super) prevote: bool,
    pub(super) check_quorum: bool,
    pub(super) noop: bool,
    pub(super) max_append_entries: usize,
    pub(super) snapshot_every: u32,
    pub(super) lease_us: u64,
    pub(super) wait_us: u64,
    pub(super) retry_us: u64,
    pub(super) rules: Rules,
    pub(super) lax: Lax,
    pub(super) broken: Broken,
    /// How the servers are at the start.
    pub(super) start: Vec<Start>,
}

/// Rules of Raft that are switched off on purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken {
    pub(super) vote_not_persisted: bool,
    pub(super) term_not_persisted: bool,
    pub(super) commit_previous_term: bool,
    pub(super) no_election_restriction: bool,
    pub(super) commit_min_last_index: bool,
    pub(super) stale_reads: bool,
    pub(super) no_local_expiry: bool,
    pub(super) told_once: bool,
}

pub(super) fn read(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
    let on = |name| broken.contains(&name);
    let policy = match given.text("deadlock").as_str() {
        "wait-die" => Policy::WaitDie,
        "wound-wait" => Policy::WoundWait,
        "timeout" => Policy::Timeout,
        _ => Policy::Detect,
    };
    let setup = Setup {
        servers: Servers(given.count("servers")),
        clients: given.count("clients"),
        heartbeat_us: given.int("heartbeat_ms"),
        election_us: given.range_us("election_ms"),
        prevote: given.flag("prevote"),
        check_quorum: given.flag("check_quorum"),
        noop: given.flag("noop"),
        max_append_entries: given.count("max_append_entries"),
        snapshot_every: given.int("snapshot_every") as u32,
        lease_us: given.int("lease_ms"),
        wait_us: given.int("wait_ms"),
        retry_us: given.int("retry_ms"),
        rules: Rules {
            policy,
            no_dedupe: on("no-dedupe"),
            holders_only_graph: on("holders-only-graph"),
            one_by_one: given.text("release") == "one",
            victim_outside_cycle: on("victim-outside-cycle"),
        },
        lax: Lax { no_log_check: on("no-log-check"), truncate_on_stale: on("truncate-on-stale-append") },
        broken: Broken {
            vote_not_persisted: on("vote-not-persisted"),
            term_not_persisted: on("term-not-persisted"),
            commit_previous_term: on("commit-previous-term"),
            no_election_restriction: on("no-election-restriction"),
            commit_min_last_index: on("commit-min-last-index"),
            stale_reads: on("stale-reads"),
            no_local_expiry: on("no-local-expiry"),
            told_once: on("told-once"),
        },
        start: start::read(given)?,
    };
    if setup.heartbeat_us >= setup.election_us.0 {
        let what = "an election timeout must be longer than the time between heartbeats, or no leader lasts";
        return Err(("election_ms", what.into()));
    }
    Ok(setup)
}

pub(super) fn processes(setup: &Setup) -> Vec<ProcessInfo> {
    let servers = cast::numbered("S", "server", setup.servers.count());
    servers.chain(cast::lettered("client_", "client", setup.clients)).collect()
}

pub(super) fn format(ctx: &Ctx, me: NodeId) -> Disk {
    let Some(start) = ctx.setup.start.get(usize::from(me)) else { return Disk::default() };
    let mut disk = Disk { term: start.term, voted_for: start.voted_for, ..Disk::default() };
    for &term in &start.log {
        disk.log.push(Entry { term, command: Rc::new(Command::Noop) });
    }
    disk
}

pub(super) fn mode(word: &str) -> Mode {
    if word == "shared" { Mode::Shared } else { Mode::Exclusive }
}

pub(super) fn request(ctx: &Ctx, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
    let via = args.node_or_none("via");
    let job = match operation {
        "acquire" => Job::Acquire(args.text("resource_id").into(), mode(&args.text("lock_type"))),
        "release" => Job::Release(args.text("resource_id").into()),
        "locks" => Job::Locks,
        "work" => {
            let resources = names(&args.json("resource_ids")).map_err(|e| ("resource_ids", e.what))?;
            Job::Work { resources, mode: mode(&args.text("lock_type")), hold_us: args.int("for_ms") }
        }
        "transfer" => {
            let to = args.node("to");
            return if ctx.setup.servers.has(to) {
                Ok(Request::Transfer(to))
            } else {
                Err(("to", "only a server can lead".into()))
            };
        }
        "metrics" => return Ok(Request::Metrics),
        other => unreachable!("{other} is not in the table of operations"),
    };
    Ok(Request::Client(job, via))
}

/// A list of names of locks.
fn names(payload: &Payload) -> Result<Rc<[Rc<str>]>, InputError> {
    let doc = Doc::parse(payload.json())?;
    let mut names: Vec<Rc<str>> = Vec::new();
    for item in doc.list()? {
        names.push(item.string()?.into());
    }
    if names.is_empty() || names.len() > WORK_LOCKS_MAX {
        return doc.error(format!("name 1 to {WORK_LOCKS_MAX} resources"));
    }
    Ok(names.into())
}

/// Values of made-up requests.
pub(super) fn make_up(param: &'static str, bits: u64) -> Option<Value> {
    let name = |n: u64| MADE_UP[(n % MADE_UP.len() as u64) as usize];
    match param {
        "resource_id" => Some(Value::Text(name(bits).into())),
        "resource_ids" => {
            // One to three different ones: a start and a step that is prime to the number of names.
            let count = 1 + (bits >> 8) % 3;
            let (start, step) = (bits >> 16, if bits & 16 == 0 { 1 } else { 3 });
            let list =
                crate::base::json::list((0..count).map(|i| crate::base::json::quote(name(start % 4 + i * step))));
            Payload::from_json(&list).ok().map(Value::Json)
        }
        // One of three shares, so that queues of both kinds come about.
        "lock_type" => Some(Value::Text(if bits.is_multiple_of(3) { "shared" } else { "exclusive" }.into())),
        "for_ms" => Some(Value::Int(1_000 + bits % 40_000)),
        "via" => Some(Value::Text("any".into())),
        _ => None,
    }
}
