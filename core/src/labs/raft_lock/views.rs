//! What is to be seen: fields, bands and the lab's panels.

use super::client::{Client, Job};
use super::server::Server;
use super::words::shorten;
use super::{Command, Ctx, Disk, Index, Log, RaftLock, Role, Standing, Tally, deadlock};
use crate::frame::{Band, Cell, Field, Mark, Panel};
use crate::protocol::Seen;
use crate::trace::NodeId;

/// Most columns of the table of logs: the newest entries.
const COLUMNS_MAX: Index = 24;
/// Most rows of the table of locks: the first in their order.
const LOCKS_MAX: usize = 60;

type Saw<'a> = Seen<'a, RaftLock>;

fn field(name: &str, value: impl Into<String>) -> Field {
    Field { name: name.into(), value: value.into() }
}

fn server_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Server> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Server(server)) => Some(server),
        _ => None,
    }
}

fn client_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Client> {
    match seen.state.map(|state| &state.0) {
        Some(Role::Client(client)) => Some(client),
        _ => None,
    }
}

fn name_or(ctx: &Ctx, node: Option<NodeId>) -> String {
    node.map_or_else(|| "–".into(), |node| ctx.name(node).into())
}

/// What a job is, in a few words.
pub(super) fn job_text(job: &Job) -> String {
    match job {
        Job::Acquire(resource, mode) => format!("acquire {} {}", shorten(resource), mode.name()),
        Job::Release(resource) => format!("release {}", shorten(resource)),
        Job::Locks => "read locks".into(),
        Job::Work { resources, .. } => {
            format!("work with {}", resources.iter().map(|r| shorten(r)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, seen: &Saw<'_>) -> Vec<Field> {
    if let Some(client) = client_of(seen) {
        let held: Vec<String> = client
            .held
            .iter()
            .map(|(name, (mode, token))| format!("{} {} ({token})", shorten(name), mode.name()))
            .collect();
        let mut fields = vec![field("holds", if held.is_empty() { "–".into() } else { held.join(", ") })];
        fields.push(field("asks", ctx.name(client.leader)));
        if let Some(doing) = &client.doing {
            fields.push(field("does", job_text(&doing.job)));
        }
        if !client.queue.is_empty() {
            fields.push(field("then", format!("{} more", client.queue.len())));
        }
        return fields;
    }
    let Some(server) = server_of(seen) else {
        if seen.durable.session > 0 {
            return Vec::new();
        }
        return vec![
            field("term on disk", seen.durable.term.to_string()),
            field("votedFor on disk", name_or(ctx, seen.durable.voted_for)),
            field("log on disk", format!("to {}", seen.durable.log.last_index())),
        ];
    };
    vec![
        field("role", server.role.name()),
        field("currentTerm", server.term.to_string()),
        field("votedFor", name_or(ctx, server.voted_for)),
        field("leader", name_or(ctx, server.leader)),
        field("log", format!("to {}", server.log.last_index())),
        field("commitIndex", server.commit.to_string()),
        field("lastApplied", server.applied.to_string()),
    ]
}

/// The band of a lane: role and term, or what a client holds.
pub(super) fn band(seen: &Saw<'_>) -> Option<Band> {
    if let Some(client) = client_of(seen) {
        let waits = client.doing.as_ref().filter(|doing| doing.queued);
        if waits.is_some() {
            return Some(Band { word: "waits", number: None, tone: 1 });
        }
        let held = client.held.len() as u32;
        return (held > 0).then_some(Band { word: "holds", number: Some(held), tone: 2 });
    }
    let server = server_of(seen)?;
    let tone = match server.role {
        Standing::Follower => 0,
        Standing::PreCandidate => 4,
        Standing::Candidate => 1,
        Standing::Leader => 2,
    };
    Some(Band { word: server.role.name(), number: Some(server.term), tone })
}

/// The lab's panels.
pub(super) fn panels(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    let servers = &seen[..ctx.setup.servers];
    let mut panels = vec![logs(ctx, servers), locks(ctx, servers), waits(ctx, servers)];
    panels.push(votes(ctx, servers));
    panels.push(replicas(ctx, servers));
    panels.push(suspicions(ctx, servers));
    panels
}

/// The server that has applied most: what it says of the locks is the newest that there is.
fn newest<'a>(servers: &'a [Saw<'_>]) -> Option<&'a Server> {
    servers.iter().filter_map(server_of).max_by_key(|server| server.applied)
}

fn logs(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let log_of =
        |seen: &Saw<'_>| -> Log { server_of(seen).map_or_else(|| seen.durable.log.clone(), |s| s.log.clone()) };
    let logs: Vec<Log> = servers.iter().map(log_of).collect();
    let last = logs.iter().map(Log::last_index).max().unwrap_or(0);
    let first = last.saturating_sub(COLUMNS_MAX - 1).max(1);
    let leader = servers.iter().filter_map(server_of).filter(|s| s.role == Standing::Leader).max_by_key(|s| s.term);
    let cell = |seen: &Saw<'_>, log: &Log, index: Index| {
        let (commit, applied) = server_of(seen).map_or((0, 0), |s| (s.commit, s.applied));
        let Some(entry) = log.entry(index) else {
            let text = if index <= log.base() { "·" } else { "" };
            return Cell::plain(text);
        };
        let sign = if matches!(*entry.command, Command::Noop) { "∅" } else { "" };
        let theirs = leader.and_then(|l| l.log.term_at(index));
        let mark = match theirs {
            _ if index <= applied => Mark::Own,
            _ if index <= commit => Mark::Plain,
            Some(term) if term != entry.term => Mark::Bad,
            _ => Mark::Held,
        };
        Cell::marked(format!("{}{sign}", entry.term), mark)
    };
    let row = |(i, seen): (usize, &Saw<'_>)| {
        (ctx.names[i].clone(), (first..=last).map(|index| cell(seen, &logs[i], index)).collect())
    };
    Panel::Table {
        title: "Logs".into(),
        says: "The term of each entry, by index; ∅ is a no-op, · is in a snapshot. Strong: applied; held: not known to be \
               committed; bad: the leader has another there."
            .into(),
        columns: (first..=last).map(|index| index.to_string()).collect(),
        rows: servers.iter().enumerate().map(row).collect(),
    }
}

fn locks(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let rows = newest(servers).into_iter().flat_map(|server| server.machine.resources.iter()).take(LOCKS_MAX);
    let row = |(name, lock): (&std::rc::Rc<str>, &super::locks::Resource)| {
        let holders: Vec<String> =
            lock.holders.iter().map(|h| format!("{} {} ({})", ctx.name(h.client), h.mode.name(), h.token)).collect();
        let queue: Vec<String> = lock
            .queue
            .iter()
            .map(|w| format!("{} {}{}", ctx.name(w.client), w.mode.name(), if w.upgrade { " upgrade" } else { "" }))
            .collect();
        let waits = Cell::marked(queue.join(", "), if queue.is_empty() { Mark::Plain } else { Mark::Held });
        (shorten(name), vec![Cell::marked(holders.join(", "), Mark::Own), waits])
    };
    Panel::Table {
        title: "Locks".into(),
        says: "Who holds each lock, with the fencing token, and who waits, first come first; as the server knows that has \
               applied most."
            .into(),
        columns: vec!["held by".into(), "waiting".into()],
        rows: rows.map(row).collect(),
    }
}

fn waits(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let mut rows = Vec::new();
    if let Some(server) = newest(servers) {
        let graph = deadlock::edges(&server.machine, false);
        let cycle = graph.keys().next().and_then(|first| deadlock::cycle(&graph, *first)).unwrap_or_default();
        for (from, to) in &graph {
            let mark =
                |other: &NodeId| if cycle.contains(from) && cycle.contains(other) { Mark::Bad } else { Mark::Held };
            let names: Vec<&str> = to.iter().map(|other| ctx.name(*other)).collect();
            let mark = to.iter().map(mark).find(|m| *m == Mark::Bad).unwrap_or(Mark::Held);
            let age = server.machine.age(*from).to_string();
            rows.push((ctx.name(*from).to_string(), vec![Cell::marked(names.join(", "), mark), Cell::plain(age)]));
        }
    }
    Panel::Table {
        title: "Who waits for whom".into(),
        says: "Each waiter waits for incompatible holders and for incompatible waiters before it. Bad: in a circle. The age \
               is the index at which the transaction began."
            .into(),
        columns: vec!["waits for".into(), "age".into()],
        rows,
    }
}

fn votes(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let Disk { term, voted_for, .. } = seen.durable;
        let names = |mask: u16| {
            let on = (0..ctx.setup.servers).filter(|k| mask & (1 << k) != 0).map(|k| ctx.names[k].clone());
            on.collect::<Vec<_>>().join(", ")
        };
        let stands = server_of(seen).filter(|s| matches!(s.role, Standing::Candidate | Standing::PreCandidate));
        let (yes, no) = stands.map_or((0, 0), |s| s.votes);
        let cells = vec![
            Cell::plain(term.to_string()),
            Cell::plain(name_or(ctx, *voted_for)),
            Cell::marked(names(yes), Mark::Own),
            Cell::marked(names(no), Mark::Bad),
        ];
        (ctx.names[i].clone(), cells)
    };
    Panel::Table {
        title: "Votes".into(),
        says: "What is on disk of term and vote, and what a candidate has heard so far.".into(),
        columns: vec!["term".into(), "votedFor".into(), "yes".into(), "no".into()],
        rows: servers.iter().enumerate().map(row).collect(),
    }
}

fn replicas(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let leader = servers.iter().filter_map(server_of).filter(|s| s.lead.is_some()).max_by_key(|s| s.term);
    let mut rows = Vec::new();
    if let Some(lead) = leader.and_then(|server| server.lead.as_ref()) {
        for (i, name) in ctx.names[..ctx.setup.servers].iter().enumerate() {
            let (next, matched) = (lead.next[i].to_string(), lead.matched[i].to_string());
            rows.push((name.clone(), vec![Cell::plain(next), Cell::plain(matched)]));
        }
    }
    Panel::Table {
        title: "What the leader knows".into(),
        says: "nextIndex and matchIndex of each server, as the leader of the highest term has them.".into(),
        columns: vec!["nextIndex".into(), "matchIndex".into()],
        rows,
    }
}

fn suspicions(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let cells = (0..ctx.setup.servers as NodeId).map(|other| {
            let Some(server) = server_of(seen) else { return Cell::plain("") };
            if usize::from(other) == i {
                return Cell::marked("–", Mark::Own);
            }
            match server.detector.suspects().iter().find(|(node, _)| *node == other) {
                Some((_, since_us)) => Cell::marked(format!("since {} ms", since_us / 1000), Mark::Bad),
                None => Cell::plain(format!("heard {} ms", server.detector.heard_us(other) / 1000)),
            }
        });
        (ctx.names[i].clone(), cells.collect())
    };
    Panel::Table {
        title: "Failure detector".into(),
        says:
            "Whom each server suspects, and since when. Followers hear from the leader alone: of the others they know \
               what it says."
                .into(),
        columns: ctx.names[..ctx.setup.servers].to_vec(),
        rows: servers.iter().enumerate().map(row).collect(),
    }
}

/// Numbers for `metrics` of a run.
pub(super) fn metrics(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(&'static str, u64)> {
    let tally = |seen: &Saw<'_>| -> Tally {
        server_of(seen).map(|s| s.tally).or(client_of(seen).map(|c| c.tally)).unwrap_or(seen.durable.tally)
    };
    let tallies: Vec<Tally> = seen.iter().map(tally).collect();
    let sum = |value: fn(&Tally) -> u64| tallies.iter().map(value).sum::<u64>();
    let mean = |total: u64, count: u64| total.checked_div(count).unwrap_or(0);
    let servers = &seen[..ctx.setup.servers];
    let machine = newest(servers).map(|server| (&server.machine, server.applied));
    let commands = machine.map_or(0, |(_, applied)| u64::from(applied));
    let seen_us = tallies.iter().map(|t| t.seen_us).max().unwrap_or(0);
    vec![
        ("elections", sum(|t| t.elections)),
        ("election_us_mean", mean(sum(|t| t.election_us), sum(|t| t.elections))),
        ("consensus_rounds", sum(|t| t.rounds)),
        ("consensus_us_mean", mean(sum(|t| t.round_us), sum(|t| t.rounds))),
        ("acquisitions", sum(|t| t.acquired)),
        ("acquisition_us_mean", mean(sum(|t| t.acquired_us), sum(|t| t.acquired))),
        ("deadlocks", machine.map_or(0, |(m, _)| u64::from(m.deadlocks))),
        ("aborts", machine.map_or(0, |(m, _)| u64::from(m.aborts))),
        ("commands", commands),
        ("requests_between_servers", sum(|t| t.asked)),
        ("messages_a_command_percent", mean(100 * sum(|t| t.asked), commands)),
        ("availability_percent", mean(100 * sum(|t| t.led_us), seen_us).min(100)),
    ]
}
