//! Settings, processes, and requests from checked fields.

use super::client::Job;
use super::locks::{Mode, Policy, Rules};
use super::log::{Entry, Lax};
use super::{Command, Ctx, Disk, Request};
use crate::base::json::{Doc, InputError, Payload};
use crate::labs::kit::cast::{self, Servers};
use crate::protocol::{Misfit, ProcessInfo};
use crate::tables::{Value, Values};
use crate::trace::NodeId;
use std::rc::Rc;

/// Most entries of a log that is given at the start.
const LOG_MAX: usize = 1_000;
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
    /// Terms of the entries that are in each server's log at the start.
    pub(super) logs: Vec<Vec<u32>>,
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
        logs: logs(&given.json("logs"), given.count("servers")).map_err(|e| ("logs", e.what))?,
    };
    if setup.heartbeat_us >= setup.election_us.0 {
        let what = "an election timeout must be longer than the time between heartbeats, or no leader lasts";
        return Err(("election_ms", what.into()));
    }
    Ok(setup)
}

/// The logs at the start: `{"S1": [1, 1, 4]}`, the terms of the entries.
fn logs(payload: &Payload, servers: usize) -> Result<Vec<Vec<u32>>, InputError> {
    let mut logs = vec![Vec::new(); servers];
    let doc = Doc::parse(payload.json())?;
    let mut object = doc.object()?;
    for (i, log) in logs.iter_mut().enumerate() {
        let Some(given) = object.take(&format!("S{}", i + 1)) else { continue };
        for term in given.list()? {
            let term_number = term.int(1, 1_000_000)? as u32;
            if log.last().is_some_and(|last| *last > term_number) {
                return term.error("terms in a log never fall");
            }
            log.push(term_number);
        }
        if log.len() > LOG_MAX {
            return given.error(format!("at most {LOG_MAX} entries"));
        }
    }
    object.finish()?;
    same_before(&logs).map(|()| logs)
}

/// Two logs with the same term at an index agree before it (§5.3): others no Raft could have made.
fn same_before(logs: &[Vec<u32>]) -> Result<(), InputError> {
    for (i, one) in logs.iter().enumerate() {
        for (j, two) in logs.iter().enumerate().skip(i + 1) {
            let agree = one.iter().zip(two).rposition(|(x, y)| x == y).map_or(0, |last| last + 1);
            if one[..agree] != two[..agree] {
                let what =
                    format!("S{} and S{} have the same term at index {agree} and differ before it", i + 1, j + 1);
                return Err(InputError::new("$", what));
            }
        }
    }
    Ok(())
}

pub(super) fn processes(setup: &Setup) -> Vec<ProcessInfo> {
    let servers = cast::numbered("S", "server", setup.servers.count());
    servers.chain(cast::lettered("client_", "client", setup.clients)).collect()
}

pub(super) fn format(ctx: &Ctx, me: NodeId) -> Disk {
    // Whoever led the highest term had a majority's votes, so nobody may get them in that term again.
    let term = ctx.setup.logs.iter().flatten().copied().max().unwrap_or(0);
    let mut disk = Disk { term, ..Disk::default() };
    for &term in ctx.setup.logs.get(usize::from(me)).into_iter().flatten() {
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
