//! What is to be seen: fields, bands and the lab's panels.

pub(super) mod charts;
mod ensemble;
mod file;
mod queue;
mod sessions;
pub(super) mod situations;

use super::client::recipe::Phase;
use super::client::work::Step;
use super::client::{Client, Stage};
use super::file::File;
use super::server::{Role as ServerRole, Server};
use super::words::standing_name;
use super::{Ctx, Role, Standing, ZkLock};
use crate::protocol::Seen;
use crate::trace::NodeId;
use crate::trace::frame::{Badge, Band, Field, Panel, Sign};

type Saw<'a> = Seen<'a, ZkLock>;

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

/// The file, also while its process is down.
fn file_of<'a>(seen: &'a Saw<'_>) -> Option<&'a File> {
    match seen.state.map(|state| &state.0) {
        Some(Role::File(file)) => Some(file),
        _ => seen.durable.file.as_deref(),
    }
}

/// The leader that serves clients, with the highest epoch.
fn leader_of<'a>(ctx: &Ctx, seen: &'a [Saw<'_>]) -> Option<(NodeId, &'a Server)> {
    let servers = (0..).zip(&seen[..ctx.setup.servers.count()]).filter_map(|(i, seen)| Some((i, server_of(seen)?)));
    servers.filter(|(_, s)| s.standing() == Standing::Leading && s.serves()).max_by_key(|(_, s)| s.current)
}

/// The server that has applied most: its tree is the newest that there is.
fn newest<'a>(ctx: &Ctx, seen: &'a [Saw<'_>]) -> Option<&'a Server> {
    seen[..ctx.setup.servers.count()].iter().filter_map(server_of).max_by_key(|server| server.applied)
}

fn name_or(ctx: &Ctx, node: Option<NodeId>) -> String {
    node.map_or_else(|| "–".into(), |node| ctx.name(node).into())
}

/// How far a client has come with a lock, in a few words.
fn phase_text(phase: &Phase) -> &'static str {
    match phase {
        Phase::Create => "creates its node",
        Phase::MakePath(_) => "makes the path",
        Phase::Sync => "syncs",
        Phase::Find | Phase::Stat(_) => "looks for its guid",
        Phase::List => "lists the queue",
        Phase::Watch(_) => "sets its watch",
        Phase::Wait(_) => "waits",
        Phase::Held => "holds",
    }
}

/// Named values of a process.
pub(super) fn fields(ctx: &Ctx, seen: &Saw<'_>) -> Vec<Field> {
    if let Some(server) = server_of(seen) {
        return server_fields(ctx, server);
    }
    if let Some(client) = client_of(seen) {
        return client_fields(ctx, client);
    }
    if let Some(file) = file_of(seen) {
        return vec![
            Field::new("counter", file.counter.to_string()),
            Field::new("lines", file.lines.len().to_string()),
            Field::new("highest token", file.highest.to_string()),
        ];
    }
    vec![
        Field::new("accepted epoch on disk", seen.durable.accepted.to_string()),
        Field::new("current epoch on disk", seen.durable.current.to_string()),
        Field::new("log on disk", format!("to {}", seen.durable.log.last())),
    ]
}

fn server_fields(ctx: &Ctx, server: &Server) -> Vec<Field> {
    vec![
        Field::new("role", standing_name(server.standing())),
        Field::new(
            "leader",
            match &server.role {
                ServerRole::Looking(_) => format!("votes for {}", ctx.name(server.vote.leader)),
                ServerRole::Following(following) => ctx.name(following.leader).into(),
                ServerRole::Leading(_) => "itself".into(),
            },
        ),
        Field::new("current epoch", server.current.to_string()),
        Field::new("log", format!("to {}", server.log.last())),
        Field::new("committed", server.committed.to_string()),
        Field::new("applied", server.applied.1.to_string()),
        Field::new("clients", server.conns.len().to_string()),
    ]
}

fn client_fields(ctx: &Ctx, client: &Client) -> Vec<Field> {
    let held = client.locks.values().filter(|a| a.is_held()).map(|a| {
        let token = a.node.as_ref().map_or_else(String::new, |node| format!(" ({})", node.token));
        format!("{} {}{token}", a.path, a.mode.name())
    });
    let held: Vec<String> = held.collect();
    let mut fields = vec![
        Field::new("session", if client.session == 0 { "–".into() } else { client.session.to_string() }),
        Field::new(
            "server",
            match client.stage {
                Stage::Connected => ctx.name(client.server.server).to_string(),
                Stage::Connecting => format!("asks {}", ctx.name(client.server.server)),
                Stage::Away => "–".into(),
            },
        ),
        Field::new("has seen", client.zxid.to_string()),
        Field::new("holds", if held.is_empty() { "–".into() } else { held.join(", ") }),
    ];
    for attempt in client.locks.values().filter(|a| !a.is_held()) {
        fields.push(Field::new("wants", format!("{}: {}", attempt.path, phase_text(&attempt.phase))));
    }
    if let Some(doing) = &client.doing {
        let step = match doing.step {
            Step::Lock => "waits for its lock",
            Step::Read => "reads",
            Step::Work => "works",
            Step::Write => "writes",
            Step::Unlock | Step::Again => "unlocks",
        };
        fields.push(Field::new("does", format!("{}: {step}", doing.job.name())));
    }
    if !client.jobs.is_empty() {
        fields.push(Field::new("then", format!("{} more", client.jobs.len())));
    }
    fields
}

/// The band of a lane: role and epoch, what a client has of a lock, or the counter.
pub(super) fn band(seen: &Saw<'_>) -> Option<Band> {
    if let Some(client) = client_of(seen) {
        return client_band(client);
    }
    if let Some(server) = server_of(seen) {
        let standing = server.standing();
        let tone = match standing {
            Standing::Following => 0,
            Standing::Looking => 1,
            Standing::Leading => 2,
        };
        return Some(Band { word: standing_name(standing), number: Some(server.current), tone });
    }
    let file = file_of(seen)?;
    Some(Band { word: "counter", number: u32::try_from(file.counter).ok(), tone: 5 })
}

/// The lock that matters most: one that is held, else one that is waited for.
fn client_band(client: &Client) -> Option<Band> {
    let number = |seq: i64| u32::try_from(seq).ok();
    let held = client.locks.values().find(|a| a.is_held());
    if let Some(node) = held.and_then(|a| a.node.as_ref()) {
        return Some(Band { word: "holds", number: number(node.seq), tone: 2 });
    }
    if let Some(attempt) = client.locks.values().next() {
        let number = attempt.node.as_ref().and_then(|node| number(node.seq));
        return Some(Band { word: "waits", number, tone: 1 });
    }
    (client.session == 0 || client.stage != Stage::Connected).then_some(Band { word: "away", number: None, tone: 4 })
}

/// For a leader a sign for each server: whether it has all that was proposed on disk. For who looks for one, the votes.
pub(super) fn badges(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<(NodeId, Vec<Badge>)> {
    let servers = &seen[..ctx.setup.servers.count()];
    let signs = |(me, seen): (usize, &Saw<'_>)| {
        let server = server_of(seen)?;
        let badges = match &server.role {
            ServerRole::Following(_) => return None,
            ServerRole::Looking(looking) => (0..servers.len() as NodeId)
                .map(|other| {
                    let sign = match looking.votes.get(&other) {
                        Some(vote) if *vote == server.vote => Sign::Have,
                        Some(_) => Sign::Refused,
                        None => Sign::Open,
                    };
                    Badge { sign, says: format!("{} votes for {} too", ctx.name(other), ctx.name(server.vote.leader)) }
                })
                .collect(),
            // While nothing is under way there is nothing to say.
            ServerRole::Leading(_) if server.serves() && server.committed == server.log.last() => return None,
            ServerRole::Leading(lead) => (0..servers.len() as NodeId)
                .map(|other| {
                    let has = |zxid| zxid >= server.log.last();
                    let sign = match lead.followers.get(&other) {
                        _ if usize::from(other) == me => Sign::Have,
                        Some(follower) if has(follower.acked) && server.serves() => Sign::Have,
                        Some(_) => Sign::Coming,
                        None => Sign::Open,
                    };
                    Badge { sign, says: format!("{} has {} on disk", ctx.name(other), server.log.last()) }
                })
                .collect(),
        };
        Some((me as NodeId, badges))
    };
    servers.iter().enumerate().filter_map(signs).collect()
}

/// The lab's panels.
pub(super) fn panels(ctx: &Ctx, seen: &[Saw<'_>]) -> Vec<Panel> {
    vec![
        queue::panel(ctx, seen),
        queue::tree(ctx, seen),
        file::accesses(ctx, seen),
        file::text(ctx, seen),
        sessions::panel(ctx, seen),
        ensemble::logs(ctx, seen),
        ensemble::epochs(ctx, seen),
    ]
}
