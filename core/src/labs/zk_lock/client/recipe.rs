//! The lock recipe, a state machine for each lock that a client has or wants.

use super::{Client, Job, LockMode, Op, Path, note_watch, work};
use crate::labs::zk_lock::note::{LockState, LockWord, Replied};
use crate::labs::zk_lock::tree::{self, Kind, LOCK, READ, Watch};
use crate::labs::zk_lock::{Answer, Ctx, Effects, Fault, Note, Timer, Zxid};
use crate::trace::RecordId;
use std::rc::Rc;

/// How far a client has come with a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::labs::zk_lock) enum Phase {
    /// (1) It wants its node.
    Create,
    /// The nodes above are not there: it makes the one that so many parts of the path lead to.
    MakePath(usize),
    /// The connection was lost in (1): it wants to be shown everything up to now,
    Sync,
    /// and looks for its guid,
    Find,
    /// and for the zxid of the node that it has found.
    Stat(Path),
    /// (2) It lists who is there.
    List,
    /// (4) It wants to be told of the next change of this one.
    Watch(Path),
    /// (5) It waits for that.
    Wait(Path),
    /// (3) It holds the lock.
    Held,
}

/// What an attempt is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::labs::zk_lock) enum End {
    /// It is given back; who asked for that.
    Unlock(Option<RecordId>),
    /// It is not wanted any more; who said so.
    Cancel(RecordId),
    /// It has waited for long enough.
    Timeout,
    /// It was not to wait at all.
    Refused,
}

/// A lock's node.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Node {
    pub(in crate::labs::zk_lock) path: Path,
    pub(in crate::labs::zk_lock) token: Zxid,
    pub(in crate::labs::zk_lock) seq: i64,
}

/// A lock that a client has or wants.
#[derive(Clone, Debug)]
pub(in crate::labs::zk_lock) struct Attempt {
    /// Who has asked for it, and how; nobody where the client itself needs it for its work.
    asked: Option<(RecordId, Job)>,
    answered: bool,
    pub(in crate::labs::zk_lock) path: Path,
    pub(in crate::labs::zk_lock) mode: LockMode,
    blocking: bool,
    due_us: Option<u64>,
    guid: Rc<str>,
    pub(in crate::labs::zk_lock) node: Option<Node>,
    pub(in crate::labs::zk_lock) phase: Phase,
    pub(in crate::labs::zk_lock) end: Option<End>,
    /// The delete was sent.
    released: bool,
    asked_us: u64,
    pub(in crate::labs::zk_lock) granted_us: Option<u64>,
    /// When the transaction was proposed that has woken it, in microseconds.
    woken_us: Option<u64>,
    /// Accesses to the file so far.
    pub(super) accesses: u32,
}

impl Attempt {
    /// Whether its client takes the lock for its own.
    pub(in crate::labs::zk_lock) fn is_held(&self) -> bool {
        self.phase == Phase::Held && !self.released
    }

    /// Whether a person has asked for it.
    pub(super) fn is_asked(&self) -> bool {
        self.asked.is_some()
    }
}

/// Begins to ask for a lock: for a person, or for the client's own work with this path and mode.
pub(super) fn start(client: &mut Client, asked: Option<(RecordId, Job)>, now_us: u64) {
    let Some((_, Job::Lock { path, mode, timeout_us, blocking })) = &asked else {
        unreachable!("who has no request says path and mode")
    };
    let (path, mode, blocking) = (Rc::clone(path), *mode, *blocking);
    let due_us = timeout_us.map(|us| now_us + us);
    add(client, asked, (path, mode), (blocking, due_us), now_us);
}

/// The same for the client's own work. Its number.
pub(super) fn start_own(client: &mut Client, path: Path, mode: LockMode, now_us: u64) -> u32 {
    add(client, None, (path, mode), (true, None), now_us)
}

fn add(
    client: &mut Client,
    asked: Option<(RecordId, Job)>,
    (path, mode): (Path, LockMode),
    (blocking, due_us): (bool, Option<u64>),
    now_us: u64,
) -> u32 {
    client.attempts += 1;
    let attempt = Attempt {
        asked,
        answered: false,
        path,
        mode,
        blocking,
        due_us,
        guid: "".into(),
        node: None,
        phase: Phase::Create,
        end: None,
        released: false,
        asked_us: now_us,
        granted_us: None,
        woken_us: None,
        accesses: 0,
    };
    client.locks.insert(client.attempts, attempt);
    client.attempts
}

/// A lock is not wanted any more.
pub(super) fn cancel(client: &mut Client, path: &Path, id: RecordId, job: &Job, out: &mut Effects) {
    let waits = |a: &Attempt| a.path == *path && a.is_asked() && !a.answered && a.end.is_none();
    match client.locks.values_mut().rev().find(|attempt| waits(attempt)) {
        Some(attempt) => attempt.end = Some(End::Cancel(id)),
        None => tell(id, job.clone(), ("not-waiting", false), None, out),
    }
}

/// A lock is given back.
pub(super) fn unlock(client: &mut Client, path: &Path, id: RecordId, job: &Job, out: &mut Effects) {
    let holds = |a: &Attempt| a.path == *path && a.is_asked() && a.is_held() && a.end.is_none();
    match client.locks.values_mut().find(|attempt| holds(attempt)) {
        Some(attempt) => attempt.end = Some(End::Unlock(Some(id))),
        None => tell(id, job.clone(), ("not-held", false), None, out),
    }
}

fn tell(id: RecordId, job: Job, (result, ok): (&'static str, bool), node: Option<&Node>, out: &mut Effects) {
    let lock = node.map(|node| (node.token, node.seq));
    let replied = Replied { job, result, ok, lock, verdict: None, answer: None };
    out.reply(id, Note::Replied(Box::new(replied)));
}

/// What is to be asked next, of the first lock that has something to ask.
pub(super) fn next_question(ctx: &Ctx, client: &mut Client, out: &mut Effects) -> Option<(u32, Op)> {
    let ids: Vec<u32> = client.locks.keys().copied().collect();
    for id in ids {
        let attempt = &client.locks[&id];
        // Who has no node and asks for none yet has nothing to delete.
        if attempt.end.is_some()
            && attempt.node.is_none()
            && matches!(attempt.phase, Phase::Create | Phase::MakePath(_))
        {
            finish(ctx, client, id, out);
            continue;
        }
        if let Some(op) = question(ctx, client, id, out) {
            return Some((id, op));
        }
    }
    None
}

fn question(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) -> Option<Op> {
    let (me, broken) = (client.me, ctx.setup.broken);
    if client.locks[&id].phase == Phase::Create && client.locks[&id].guid.is_empty() {
        let serial = client.number();
        if let Some(attempt) = client.locks.get_mut(&id) {
            attempt.guid = format!("{}.{serial}", ctx.name(me)).into();
        }
    }
    let session = client.session;
    let attempt = client.locks.get_mut(&id)?;
    if let (Some(_), Some(node)) = (attempt.end, &attempt.node) {
        let op = Op::Delete { path: Rc::clone(&node.path), version: None };
        if !attempt.released {
            show(attempt, session, LockWord::Released, "its delete is sent", out);
            attempt.released = true;
        }
        return Some(op);
    }
    let path = Rc::clone(&attempt.path);
    let watch_all = ctx.setup.watch_all;
    Some(match &attempt.phase {
        Phase::Create => {
            let word = if attempt.mode == LockMode::Shared { READ } else { LOCK };
            let name = if broken.no_guid { word.to_string() } else { format!("{}-{word}", attempt.guid) };
            let kind = Kind { ephemeral: !broken.persistent_nodes, sequential: true };
            Op::Create { path: format!("{path}/{name}").into(), data: ctx.name(me).into(), kind }
        }
        Phase::MakePath(parts) => {
            let end = path.match_indices('/').nth(*parts).map_or(path.len(), |(at, _)| at);
            Op::Create { path: path[..end].into(), data: "".into(), kind: Kind::default() }
        }
        Phase::Sync => Op::Sync,
        Phase::Find => Op::List { path, watch: false },
        Phase::Stat(node) => Op::Exists { path: Rc::clone(node), watch: false },
        Phase::List => Op::List { path, watch: watch_all && !broken.check_then_watch },
        Phase::Watch(_) if watch_all => Op::List { path, watch: true },
        Phase::Watch(other) => Op::Exists { path: Rc::clone(other), watch: true },
        Phase::Wait(_) | Phase::Held => return None,
    })
}

/// The ensemble has answered.
pub(super) fn on_answer(ctx: &Ctx, client: &mut Client, id: u32, op: &Op, answer: &Answer, out: &mut Effects) {
    note_watch(client, op, answer);
    let session = client.session;
    let Some(attempt) = client.locks.get_mut(&id) else { return };
    if matches!(op, Op::Delete { .. }) {
        return finish(ctx, client, id, out);
    }
    let parts = attempt.path.matches('/').count();
    let next = match (attempt.phase.clone(), answer) {
        (Phase::Create, Answer::Created(path, zxid)) => return has_node(attempt, session, path, *zxid, out),
        (Phase::Create, Answer::Failed(Fault::NoNode)) => Phase::MakePath(1),
        (Phase::MakePath(made), Answer::Created(..) | Answer::Failed(Fault::NodeExists)) if made < parts => {
            Phase::MakePath(made + 1)
        }
        (Phase::MakePath(_), Answer::Created(..) | Answer::Failed(Fault::NodeExists)) => Phase::Create,
        (Phase::Create | Phase::MakePath(_), _) => return give_up(ctx, client, id, out),
        (Phase::Sync, _) => Phase::Find,
        (Phase::Find, Answer::Children(names)) => {
            let ours = |name: &&Path| name.strip_prefix(&*attempt.guid).is_some_and(|rest| rest.starts_with('-'));
            let found = names.iter().find(ours).filter(|_| !ctx.setup.broken.no_guid);
            found.map_or(Phase::Create, |name| Phase::Stat(format!("{}/{name}", attempt.path).into()))
        }
        (Phase::Find, _) => Phase::Create,
        (Phase::Stat(path), Answer::Stat(Some(zxid))) => return has_node(attempt, session, &path, *zxid, out),
        (Phase::Stat(_), _) => Phase::Create,
        (Phase::List, Answer::Children(names)) => return judge(ctx, client, id, names, out),
        // Gone already: list again. Not to look at the answer is a classic mistake.
        (Phase::Watch(_), Answer::Stat(None)) if !ctx.setup.broken.check_then_watch => Phase::List,
        (Phase::Watch(other), Answer::Stat(_) | Answer::Children(_)) => Phase::Wait(other),
        (Phase::List | Phase::Watch(_), _) => return start_again(attempt, session, out),
        (phase @ (Phase::Wait(_) | Phase::Held), _) => phase,
    };
    attempt.phase = next;
}

/// Its node is there: it is in the queue.
fn has_node(attempt: &mut Attempt, session: u32, path: &Path, token: Zxid, out: &mut Effects) {
    let seq = tree::place(tree::name(path)).map_or(0, |place| place.seq);
    attempt.node = Some(Node { path: Rc::clone(path), token, seq });
    attempt.phase = Phase::List;
    show(attempt, session, LockWord::Waiting, "its node is in the queue", out);
}

/// (3), (4): whether it holds the lock, or who is next before it.
fn judge(ctx: &Ctx, client: &mut Client, id: u32, names: &[Path], out: &mut Effects) {
    let session = client.session;
    let Some(attempt) = client.locks.get_mut(&id) else { return };
    let Some(node) = &attempt.node else { return };
    let own = tree::name(&node.path);
    if !names.iter().any(|name| **name == *own) {
        return start_again(attempt, session, out);
    }
    let by_name = ctx.setup.broken.sort_by_name;
    let rank = |name: &str, seq: i64| if by_name { (name.to_string(), 0) } else { (String::new(), seq) };
    let mine = rank(own, node.seq);
    let before = names.iter().filter_map(|name| Some((name, tree::place(name)?))).filter(|(name, place)| {
        let in_the_way = attempt.mode == LockMode::Exclusive || !place.shared;
        in_the_way && rank(name, place.seq) < mine
    });
    let nearest = before.max_by_key(|(name, place)| rank(name, place.seq)).map(|(name, _)| Rc::clone(name));
    match nearest {
        None => granted(ctx, client, id, out),
        Some(_) if !attempt.blocking => attempt.end = Some(End::Refused),
        // All watch the whole queue: it was listed with a watch, unless that is done in two steps.
        Some(_) if ctx.setup.watch_all && !ctx.setup.broken.check_then_watch => {
            attempt.phase = Phase::Wait(Rc::clone(&attempt.path));
        }
        Some(_) if ctx.setup.watch_all => attempt.phase = Phase::Watch(Rc::clone(&attempt.path)),
        Some(name) => attempt.phase = Phase::Watch(format!("{}/{name}", attempt.path).into()),
    }
}

fn granted(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    let (session, now_us) = (client.session, out.now_us());
    let Some(attempt) = client.locks.get_mut(&id) else { return };
    attempt.phase = Phase::Held;
    // Who gives up in this very moment has not had it.
    if attempt.end.is_some() {
        return;
    }
    attempt.granted_us = Some(now_us);
    show(attempt, session, LockWord::Granted, "nobody is before it", out);
    if let Some((request, job)) = attempt.asked.clone() {
        attempt.answered = true;
        tell(request, job, ("granted", true), attempt.node.as_ref(), out);
    }
    work::on_granted(ctx, client, id, out);
}

/// Its own node is missing: it went with a session. Everything begins again.
fn start_again(attempt: &mut Attempt, session: u32, out: &mut Effects) {
    if attempt.node.is_some() {
        show(attempt, session, LockWord::Lost, "its node is gone", out);
    }
    attempt.node = None;
    attempt.guid = "".into();
    attempt.phase = Phase::Create;
    attempt.released = false;
}

/// There can be no node here.
fn give_up(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    if let Some(attempt) = client.locks.get_mut(&id) {
        attempt.end = Some(End::Refused);
    }
    finish(ctx, client, id, out);
}

/// An attempt has ended, and its node is gone.
fn finish(ctx: &Ctx, client: &mut Client, id: u32, out: &mut Effects) {
    let Some(attempt) = client.locks.remove(&id) else { return };
    let node = attempt.node.as_ref();
    let result = match attempt.end {
        Some(End::Cancel(_)) => "cancelled",
        Some(End::Timeout) => "timeout",
        Some(End::Refused) => "refused",
        _ => "released",
    };
    if let Some((request, job)) = attempt.asked.clone().filter(|_| !attempt.answered) {
        tell(request, job, (result, false), node, out);
    }
    match attempt.end {
        Some(End::Unlock(Some(request))) => {
            tell(request, Job::Unlock(attempt.path.clone()), ("released", true), node, out);
        }
        Some(End::Cancel(request)) => tell(request, Job::Cancel(attempt.path.clone()), ("ok", true), node, out),
        _ => {}
    }
    work::on_unlocked(ctx, client, id, out);
}

/// What was watched has happened: who waits for it lists again.
pub(super) fn on_event(client: &mut Client, watch: &Watch, since_us: Option<u64>) {
    for attempt in client.locks.values_mut() {
        if matches!(&attempt.phase, Phase::Wait(path) if *path == watch.path) {
            attempt.phase = Phase::List;
            attempt.woken_us = since_us;
        }
    }
}

/// The connection was lost with this open: only a create needs more than to be asked again.
pub(super) fn on_loss(ctx: &Ctx, client: &mut Client, id: u32, op: &Op) {
    let Some(attempt) = client.locks.get_mut(&id) else { return };
    if attempt.phase == Phase::Create && matches!(op, Op::Create { .. }) {
        attempt.phase = if ctx.setup.broken.no_guid { Phase::Create } else { Phase::Sync };
    }
}

/// The session is over: what was held is lost, who waited begins again, and what was to be deleted is gone.
pub(super) fn session_over(ctx: &Ctx, client: &mut Client, out: &mut Effects) {
    let session = client.session;
    let ids: Vec<u32> = client.locks.keys().copied().collect();
    for id in ids {
        let Some(attempt) = client.locks.get_mut(&id) else { continue };
        if attempt.end.is_some() {
            if attempt.node.is_some() && !attempt.released {
                show(attempt, session, LockWord::Lost, "its session is over", out);
            }
            finish(ctx, client, id, out);
        } else if attempt.phase == Phase::Held {
            // A library that opens a new session in silence leaves its caller in the belief that he still holds.
            if !ctx.setup.broken.deaf_to_expiry {
                show(attempt, session, LockWord::Lost, "its session is over", out);
                client.locks.remove(&id);
                work::on_lost(ctx, client, id, out);
            }
        } else {
            if attempt.node.is_some() {
                show(attempt, session, LockWord::Lost, "its session is over", out);
            }
            attempt.node = None;
            attempt.guid = "".into();
            attempt.phase = Phase::Create;
        }
    }
}

/// Who waits for the shortest time.
fn earliest(client: &Client) -> Option<u64> {
    let waits = |a: &&Attempt| a.end.is_none() && !a.answered;
    client.locks.values().filter(waits).filter_map(|attempt| attempt.due_us).min()
}

/// Sets the clock for whoever does not want to wait for ever.
pub(super) fn arm_timeout(client: &mut Client, out: &mut Effects) {
    let due_us = earliest(client);
    if client.timeout_us == due_us {
        return;
    }
    client.timeout_us = due_us;
    match due_us {
        Some(due_us) => {
            let left_us = due_us.saturating_sub(out.now_us()).max(1);
            out.arm(Timer::Timeout, left_us, left_us);
        }
        None => out.disarm(Timer::Timeout),
    }
}

/// Somebody has waited for long enough.
pub(super) fn on_timeout(client: &mut Client, _out: &mut Effects) {
    let due_us = earliest(client);
    client.timeout_us = None;
    for attempt in client.locks.values_mut() {
        if attempt.due_us.is_some() && attempt.due_us == due_us && attempt.end.is_none() && !attempt.answered {
            attempt.end = Some(End::Timeout);
        }
    }
}

fn show(attempt: &Attempt, session: u32, word: LockWord, because: &'static str, out: &mut Effects) {
    let Some(node) = &attempt.node else { return };
    let now_us = out.now_us();
    let (is_grant, held) = (word == LockWord::Granted, attempt.granted_us.is_some());
    let ends = matches!(word, LockWord::Released | LockWord::Lost);
    let state = LockState {
        word,
        path: Rc::clone(&attempt.path),
        mode: attempt.mode,
        node: Rc::clone(&node.path),
        token: node.token,
        seq: node.seq,
        session,
        held,
        waited_us: is_grant.then(|| now_us - attempt.asked_us),
        held_us: attempt.granted_us.filter(|_| ends).map(|us| now_us - us),
        handover_us: attempt.woken_us.filter(|_| is_grant).map(|us| now_us.saturating_sub(us)),
        because,
    };
    out.state(Note::Lock(Box::new(state)));
}
