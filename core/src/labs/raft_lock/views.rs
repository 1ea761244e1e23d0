//! What is to be seen: fields, bands and the lab's panels.

pub(super) mod charts;
mod locks;
mod logs;
pub(super) mod ring;

use super::client::{Client, Job};
use super::server::Server;
use super::{Ctx, Disk, RaftLock, Role, Standing};
use crate::labs::kit::words::shorten;
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{Band, Cell, Field, Mark, Panel};

type Saw<'a> = Seen<'a, RaftLock>;

pub(super) fn server_of<'a>(seen: &'a Saw<'_>) -> Option<&'a Server> {
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

/// How often something is held, where that is more than once.
fn times(count: u32) -> String {
    if count > 1 { format!(" ×{count}") } else { String::new() }
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, seen: &Saw<'_>) -> Vec<Field> {
    if let Some(client) = client_of(seen) {
        let held: Vec<String> = client
            .held
            .iter()
            .map(|(name, (mode, token, count))| format!("{} {} ({token}){}", shorten(name), mode.name(), times(*count)))
            .collect();
        let mut fields = vec![Field::new("holds", if held.is_empty() { "–".into() } else { held.join(", ") })];
        fields.push(Field::new("asks", ctx.name(client.leader.server)));
        if let Some(doing) = &client.doing {
            fields.push(Field::new("does", job_text(&doing.job)));
        }
        if !client.jobs.is_empty() {
            fields.push(Field::new("then", format!("{} more", client.jobs.len())));
        }
        return fields;
    }
    let Some(server) = server_of(seen) else {
        if seen.durable.session > 0 {
            return Vec::new();
        }
        return vec![
            Field::new("term on disk", seen.durable.term.to_string()),
            Field::new("votedFor on disk", name_or(ctx, seen.durable.voted_for)),
            Field::new("log on disk", format!("to {}", seen.durable.log.last_index())),
        ];
    };
    vec![
        Field::new("role", server.role.name()),
        Field::new("currentTerm", server.term.to_string()),
        Field::new("votedFor", name_or(ctx, server.voted_for)),
        Field::new("leader", name_or(ctx, server.leader)),
        Field::new("log", format!("to {}", server.log.last_index())),
        Field::new("commitIndex", server.commit.to_string()),
        Field::new("lastApplied", server.applied.to_string()),
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
    let servers = &seen[..ctx.setup.servers.count()];
    vec![
        logs::panel(ctx, servers),
        locks::graph(ctx, servers),
        locks::table(ctx, servers),
        votes(ctx, servers),
        suspicions(ctx, servers),
    ]
}

/// The server that has applied most: what it says of the locks is the newest that there is.
fn newest<'a>(servers: &'a [Saw<'_>]) -> Option<&'a Server> {
    servers.iter().filter_map(server_of).max_by_key(|server| server.applied)
}

fn votes(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let Disk { term, voted_for, .. } = seen.durable;
        let names = |mask: u16| {
            let on = (0..ctx.setup.servers.count()).filter(|k| mask & (1 << k) != 0).map(|k| ctx.names[k].clone());
            on.collect::<Vec<_>>().join(", ")
        };
        let (yes, no) = server_of(seen).filter(|s| ring::counts_votes(s)).map_or((0, 0), |s| s.votes);
        let cells = vec![
            Cell::plain(term.to_string()),
            Cell::plain(name_or(ctx, *voted_for)),
            Cell::marked(names(yes), if yes == 0 { Mark::Plain } else { Mark::Own }),
            Cell::marked(names(no), if no == 0 { Mark::Plain } else { Mark::Bad }),
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

fn suspicions(ctx: &Ctx, servers: &[Saw<'_>]) -> Panel {
    let row = |(i, seen): (usize, &Saw<'_>)| {
        let cells = (0..ctx.setup.servers.count() as NodeId).map(|other| {
            let Some(server) = server_of(seen) else { return Cell::plain("") };
            if usize::from(other) == i {
                return Cell::marked("–", Mark::Own);
            }
            match server.detector.suspects().iter().find(|(node, _)| *node == other) {
                Some((_, since_us)) => Cell::marked((since_us / 1000).to_string(), Mark::Bad),
                None => Cell::plain((server.detector.heard_us(other) / 1000).to_string()),
            }
        });
        (ctx.names[i].clone(), cells.collect())
    };
    Panel::Table {
        title: "Failure detector".into(),
        says:
            "When each server last heard of another, in ms, or since when it suspects it. Followers hear from the leader alone: of \
               the others they know what it says."
                .into(),
        columns: ctx.names[..ctx.setup.servers.count()].to_vec(),
        rows: servers.iter().enumerate().map(row).collect(),
    }
}
