//! A server's side of its clients' connections: reads, watches, what is pushed, and what goes to the leader.
//!
//! On a connection everything comes in order and nothing twice, as on TCP: requests and pushes are numbered, a request that
//! comes again is answered again, and with each ping the client says what it has.

use super::{At, Role, Server, Standing, say, sessions};
use crate::labs::zk_lock::note::Turned;
use crate::labs::zk_lock::tree::{Change, Happened, Op, SessionId, Watch};
use crate::labs::zk_lock::{
    Answer, Effects, Entry, Fault, Message, Note, Origin, Push, ToClient, ToServer, Word, Zab, Zxid,
};
use crate::trace::NodeId;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

/// A client's connection.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Conn {
    /// Its number, in the client's count.
    pub(in crate::labs::zk_lock) number: u32,
    pub(in crate::labs::zk_lock) session: SessionId,
    /// The leader knows of it.
    pub(in crate::labs::zk_lock) open: bool,
    /// The last request, and whether it waits for the leader.
    cxid: u32,
    pending: Option<Op>,
    /// Something was sent to the leader since the last tick.
    asked: bool,
    /// Pushed so far, and what of it the client may not have.
    pushed: u32,
    unseen: VecDeque<Unseen>,
    pub(in crate::labs::zk_lock) heard_us: u64,
    pub(in crate::labs::zk_lock) watches: BTreeSet<Watch>,
    /// What the client had seen when it connected.
    seen: Zxid,
}

/// What was pushed to a client and may be lost.
#[derive(Clone, Debug)]
struct Unseen {
    seq: u32,
    zxid: Zxid,
    what: Push,
    pushed_us: u64,
}

/// A client says something.
pub(super) fn on_client(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    number: u32,
    says: &ToServer,
    out: &mut Effects,
) {
    if let ToServer::Connect { session, zxid, watches } = says {
        return on_connect(at, server, from, (number, *session, *zxid, watches), out);
    }
    let Some(conn) = server.conns.get_mut(&from).filter(|conn| conn.number == number && conn.open) else {
        if server.conns.get(&from).is_none_or(|conn| conn.number <= number && conn.open) {
            out.with_input(Some(Note::TurnedAway(Turned::NoConnection)), None);
            out.send(from, Message::ToClient { conn: number, says: ToClient::Closed });
        }
        return;
    };
    conn.heard_us = at.now_us;
    match says {
        ToServer::Ping { seen, at_us } => {
            conn.has_seen(*seen);
            // What has just left is on its way.
            resend(from, conn, at.now_us.saturating_sub(at.ctx.setup.tick_us), out);
            out.send(from, Message::ToClient { conn: number, says: ToClient::Pong { at_us: *at_us } });
        }
        ToServer::Request { cxid, seen, op } => {
            conn.has_seen(*seen);
            if *cxid > conn.cxid {
                conn.cxid = *cxid;
                on_request(at, server, from, op, out);
            } else if conn.pending.is_none() {
                resend(from, conn, at.now_us, out);
            }
        }
        ToServer::Connect { .. } => unreachable!("it was handled above"),
    }
}

/// A client wants to connect.
fn on_connect(
    at: At<'_>,
    server: &mut Server,
    from: NodeId,
    (number, session, seen, watches): (u32, SessionId, Zxid, &Rc<[Watch]>),
    out: &mut Effects,
) {
    let applied = server.applied.1;
    if let Some(conn) = server.conns.get(&from).filter(|conn| conn.number >= number) {
        if conn.number == number && conn.open {
            let says = ToClient::Connected { session: conn.session, zxid: applied };
            out.send(from, Message::ToClient { conn: number, says });
        }
        return;
    }
    let behind = server.serves() && seen > applied;
    if behind || !server.serves() {
        let why = if behind { Turned::Behind { seen, applied } } else { Turned::NoLeader };
        out.with_input(Some(Note::TurnedAway(why)), None);
        let says = ToClient::Refused { behind: behind.then_some(applied) };
        return out.send(from, Message::ToClient { conn: number, says });
    }
    let conn = Conn {
        number,
        session,
        open: false,
        cxid: 0,
        pending: None,
        asked: true,
        pushed: 0,
        unseen: VecDeque::new(),
        heard_us: at.now_us,
        watches: if at.ctx.setup.broken.watches_forgotten {
            BTreeSet::new()
        } else {
            watches.iter().cloned().collect()
        },
        seen,
    };
    server.conns.insert(from, conn);
    ask_leader(at, server, from, out);
}

/// What a connection waits for goes to the leader.
fn ask_leader(at: At<'_>, server: &mut Server, client: NodeId, out: &mut Effects) {
    let Some(conn) = server.conns.get_mut(&client) else { return };
    conn.asked = true;
    let origin = Origin { client, session: conn.session, conn: conn.number, cxid: conn.cxid };
    let pending = conn.pending.clone();
    match &server.role {
        Role::Looking(_) => {}
        Role::Following(following) => {
            let epoch = following.epoch.expect("it serves");
            let zab = match pending {
                Some(op) => Zab::Forward { epoch, origin, op },
                None => Zab::Validate { epoch, origin },
            };
            say(following.leader, zab, out);
        }
        Role::Leading(_) => {
            let word = match &pending {
                Some(op) => sessions::take(at, server, at.me, (origin, op), out),
                None => sessions::validate(at, server, at.me, origin, out),
            };
            if let Some(word) = word {
                on_word(server, origin, word, out);
            }
        }
    }
}

/// The leader's word on a connection's session.
pub(super) fn on_word(server: &mut Server, origin: Origin, word: Word, out: &mut Effects) {
    let Origin { client, conn: number, .. } = origin;
    let Some(conn) = server.conns.get(&client).filter(|conn| conn.number == number) else { return };
    let session = conn.session;
    match word {
        Word::Valid if conn.open => {}
        Word::Valid if server.tree.sessions.contains_key(&session) => open(server, client, session, out),
        // It was opened by a transaction that has not come here yet: the leader is asked again with the tick.
        Word::Valid if session > server.tree.opened => {}
        Word::Valid | Word::Expired => close(server, client, ToClient::Expired, out),
        Word::Moved => close(server, client, ToClient::Closed, out),
    }
}

/// A connection is open: what was watched on the one before is watched on, or has happened meanwhile.
fn open(server: &mut Server, client: NodeId, session: SessionId, out: &mut Effects) {
    let zxid = server.applied.1;
    let Some(conn) = server.conns.get_mut(&client) else { return };
    (conn.open, conn.session) = (true, session);
    out.send(client, Message::ToClient { conn: conn.number, says: ToClient::Connected { session, zxid } });
    let seen = conn.seen;
    let missed = |watch: &Watch| server.tree.missed(watch, seen).map(|happened| (watch.clone(), happened));
    let missed: Vec<(Watch, Happened)> = conn.watches.iter().filter_map(missed).collect();
    if let Some((watch, _)) = missed.first() {
        out.state(Note::Notified { path: Rc::clone(&watch.path), count: missed.len() as u32 });
    }
    for (watch, happened) in missed {
        conn.watches.remove(&watch);
        push(client, conn, zxid, Push::Event { watch, happened, since_us: None }, out);
    }
}

fn close(server: &mut Server, client: NodeId, says: ToClient, out: &mut Effects) {
    if let Some(conn) = server.conns.remove(&client) {
        out.send(client, Message::ToClient { conn: conn.number, says });
    }
}

/// Without a leader nobody is served.
pub(super) fn close_all(server: &mut Server, out: &mut Effects) {
    for (client, conn) in std::mem::take(&mut server.conns) {
        out.send(client, Message::ToClient { conn: conn.number, says: ToClient::Closed });
    }
}

fn on_request(at: At<'_>, server: &mut Server, client: NodeId, op: &Op, out: &mut Effects) {
    if !op.is_read() {
        let Some(conn) = server.conns.get_mut(&client) else { return };
        conn.pending = Some(op.clone());
        return ask_leader(at, server, client, out);
    }
    let result = read(server, op);
    let zxid = server.applied.1;
    let Some(conn) = server.conns.get_mut(&client) else { return };
    match op {
        Op::List { path, watch: true } if !matches!(result, Answer::Failed(_)) => {
            conn.watches.insert(Watch { path: Rc::clone(path), children: true });
        }
        Op::Exists { path, watch: true } => {
            conn.watches.insert(Watch { path: Rc::clone(path), children: false });
        }
        _ => {}
    }
    let cxid = conn.cxid;
    push(client, conn, zxid, Push::Answer { cxid, result }, out);
}

/// What a server answers by itself: how the tree is here.
fn read(server: &Server, op: &Op) -> Answer {
    let tree = &server.tree;
    match op {
        Op::List { path, .. } => tree
            .children(path)
            .map_or(Answer::Failed(Fault::NoNode), |names| Answer::Children(names.into_iter().map(Rc::from).collect())),
        Op::Exists { path, .. } => Answer::Stat(tree.nodes.get(path).map(|node| node.czxid)),
        Op::Get { path } => tree
            .nodes
            .get(path)
            .map_or(Answer::Failed(Fault::NoNode), |node| Answer::Data(Rc::clone(&node.data), node.version)),
        _ => unreachable!("that is a write"),
    }
}

/// Pushes something to a client, and keeps it until the client says that it has it.
fn push(client: NodeId, conn: &mut Conn, zxid: Zxid, what: Push, out: &mut Effects) {
    conn.pushed += 1;
    let seq = conn.pushed;
    conn.unseen.push_back(Unseen { seq, zxid, what: what.clone(), pushed_us: out.now_us() });
    out.send(client, Message::ToClient { conn: conn.number, says: ToClient::Push { seq, zxid, what } });
}

fn resend(client: NodeId, conn: &Conn, until_us: u64, out: &mut Effects) {
    for Unseen { seq, zxid, what, .. } in conn.unseen.iter().filter(|unseen| unseen.pushed_us <= until_us) {
        let says = ToClient::Push { seq: *seq, zxid: *zxid, what: what.clone() };
        out.send(client, Message::ToClient { conn: conn.number, says });
    }
}

impl Conn {
    fn has_seen(&mut self, seen: u32) {
        while self.unseen.front().is_some_and(|unseen| unseen.seq <= seen) {
            self.unseen.pop_front();
        }
    }
}

/// Watches fire, once each, before anybody is told of what has come after.
pub(super) fn notify(server: &mut Server, happened: &[(Watch, Happened)], since_us: u64, out: &mut Effects) {
    let zxid = server.applied.1;
    let fires = |conn: &Conn| happened.iter().filter(|(watch, _)| conn.open && conn.watches.contains(watch)).count();
    let count: usize = server.conns.values().map(fires).sum();
    if let (1.., Some((watch, _))) = (count, happened.first()) {
        out.state(Note::Notified { path: Rc::clone(&watch.path), count: count as u32 });
    }
    for (client, conn) in server.conns.iter_mut().filter(|(_, conn)| conn.open) {
        for (watch, happened) in happened {
            if conn.watches.remove(watch) {
                let what = Push::Event { watch: watch.clone(), happened: *happened, since_us: Some(since_us) };
                push(*client, conn, zxid, what, out);
            }
        }
    }
}

/// A transaction was applied: who has asked for it here is answered.
pub(super) fn answer_applied(server: &mut Server, entry: &Entry, out: &mut Effects) {
    let zxid = entry.zxid;
    if let Change::Close { session, .. } = &entry.txn.change {
        sessions::forget(server, *session);
        let place = server.conns.iter().find(|(_, conn)| conn.open && conn.session == *session);
        if let Some(client) = place.map(|(client, _)| *client) {
            close(server, client, ToClient::Expired, out);
        }
        return;
    }
    let Some(origin) = entry.txn.origin else { return };
    let Some(conn) = server.conns.get_mut(&origin.client).filter(|conn| conn.number == origin.conn) else { return };
    if let Change::Open { session, .. } = &entry.txn.change {
        return open(server, origin.client, *session, out);
    }
    if conn.pending.is_none() || conn.cxid != origin.cxid {
        return;
    }
    conn.pending = None;
    let result = match &entry.txn.change {
        Change::Create { path, .. } => Answer::Created(Rc::clone(path), zxid),
        Change::Failed(fault) => Answer::Failed(*fault),
        _ => Answer::Done,
    };
    push(origin.client, conn, zxid, Push::Answer { cxid: origin.cxid, result }, out);
}

/// What the leader has not answered for a tick is sent to it again.
pub(super) fn on_tick(at: At<'_>, server: &mut Server, out: &mut Effects) {
    if !server.serves() {
        return;
    }
    let patience_us = at.ctx.setup.patience_us().1;
    let is_late = |conn: &Conn| !conn.open && conn.heard_us + patience_us < at.now_us;
    let late: Vec<NodeId> = server.conns.iter().filter(|(_, c)| is_late(c)).map(|(client, _)| *client).collect();
    late.into_iter().for_each(|client| close(server, client, ToClient::Closed, out));
    if server.standing() == Standing::Leading {
        return;
    }
    let waits = |conn: &Conn| !conn.open || conn.pending.is_some();
    let asked: BTreeMap<NodeId, bool> =
        server.conns.iter().filter(|(_, conn)| waits(conn)).map(|(client, conn)| (*client, conn.asked)).collect();
    for (client, asked) in asked {
        if !asked {
            ask_leader(at, server, client, out);
        } else if let Some(conn) = server.conns.get_mut(&client) {
            conn.asked = false;
        }
    }
}

/// The sessions that are connected here, each with the time when it was last heard of.
pub(super) fn heard(server: &Server) -> impl Iterator<Item = (SessionId, u64)> {
    server.conns.values().filter(|conn| conn.open).map(|conn| (conn.session, conn.heard_us))
}

/// The same for the leader, as times since.
pub(super) fn heard_of(at: At<'_>, server: &Server) -> Rc<[(SessionId, u64)]> {
    heard(server).map(|(session, heard_us)| (session, at.now_us - heard_us)).collect()
}
