//! A node: takes writes from clients and from its peers, and applies each when its past is there.

use super::replica::{Replica, Slot, Version};
use super::{
    CausalKv, Change, Ctx, Disk, Effects, Entry, Fate, Message, Note, Outcome, Question, Refusal, Timer, anti_entropy,
};
use crate::protocol::Input;
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A question of a client that needs more than is here.
#[derive(Clone, Debug)]
pub(super) struct Waiter {
    pub(super) client: NodeId,
    pub(super) n: u32,
    pub(super) question: Question,
    pub(super) deps: Arc<[u32]>,
    /// When it is refused, in microseconds.
    until_us: u64,
    /// It could not be answered on arrival.
    late: bool,
}

/// A write of a peer that is not applied yet.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) version: Arc<Version>,
    /// It could not be applied on arrival.
    late: bool,
}

/// What a node holds in memory.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) replica: Replica,
    /// Writes of peers that came before something that they depend on.
    pub(super) buffer: Vec<Held>,
    /// Questions of clients that know more than this node.
    pub(super) waiting: Vec<Waiter>,
    /// The last put of each client that was applied here: recovered from the log.
    done: BTreeMap<NodeId, Arc<Version>>,
    /// Which peer is next for anti-entropy.
    pub(super) next_peer: usize,
    checking: bool,
}

/// Starts a node from its log: clock, counter, store and answers all follow from it.
pub(super) fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> Node {
    let replica = Replica::of(ctx.setup.nodes.count(), me, ctx.setup.origin_tiebreak, &disk.log);
    let own = disk.log.iter().filter(|v| v.origin == me);
    let done = own.map(|v| (v.client, Arc::clone(v))).collect();
    anti_entropy::arm(ctx, out);
    Node { replica, buffer: Vec::new(), waiting: Vec::new(), done, next_peer: 0, checking: false }
}

/// Handles one input.
pub(super) fn step(ctx: &Ctx, me: NodeId, node: &mut Node, disk: &Disk, input: Input<'_, CausalKv>, out: &mut Effects) {
    match input {
        Input::Message { from, message } => match message {
            Message::Ask { n, question, deps } => on_ask(ctx, me, node, disk, (from, *n, question, deps), out),
            Message::Replicate(version) => take_in(ctx, me, node, std::slice::from_ref(version), out),
            Message::Digest { clock } => anti_entropy::on_digest(from, node, disk, clock, out),
            Message::Repair { versions, clock } => {
                take_in(ctx, me, node, versions, out);
                anti_entropy::on_repair(from, disk, clock.as_deref(), out);
            }
            Message::Answer { .. } => unreachable!("clients get answers"),
        },
        Input::Timeout(Timer::AntiEntropy) => anti_entropy::start(ctx, me, node, out),
        Input::Timeout(Timer::Check) => {
            node.checking = false;
            release(ctx, me, node, out);
        }
        Input::Timeout(Timer::Wait) => expire(ctx, me, node, out),
        Input::Timeout(Timer::Resend | Timer::GiveUp) => unreachable!("clients have these timers"),
        Input::Request { .. } => unreachable!("operations are asked of clients"),
    }
}

/// Takes writes of peers into the buffer, and applies what can be.
fn take_in(ctx: &Ctx, me: NodeId, node: &mut Node, versions: &[Arc<Version>], out: &mut Effects) {
    let (mut new, mut known) = (Vec::new(), 0u32);
    for version in versions {
        if node.replica.knows(version) || node.buffer.iter().any(|held| held.version.id() == version.id()) {
            known += 1;
        } else {
            node.buffer.push(Held { version: Arc::clone(version), late: false });
            new.push(Arc::clone(version));
        }
    }
    release(ctx, me, node, out);
    let mut fate = Fate { known, ..Fate::default() };
    for version in new {
        match node.buffer.iter().any(|held| held.version.id() == version.id()) {
            true => fate.held.push((version.id(), lacks(&node.replica, &version))),
            false => fate.applied += 1,
        }
    }
    out.with_input(Some(Note::Arrived { fate, clock: node.replica.clock.as_slice().into() }), None);
}

/// What a write of a peer waits for: its dependencies and the write before it.
pub(super) fn lacks(replica: &Replica, version: &Version) -> Vec<u32> {
    let mut needs = version.deps.to_vec();
    let own = &mut needs[usize::from(version.origin)];
    *own = (*own).max(version.seq - 1);
    replica.missing(&needs)
}

/// The delivery check: applies and answers until nothing moves any more.
fn release(ctx: &Ctx, me: NodeId, node: &mut Node, out: &mut Effects) {
    loop {
        let Node { replica, buffer, waiting, .. } = &mut *node;
        // A repair may have brought what a second copy still waits for.
        buffer.retain(|held| !replica.knows(&held.version));
        // §3.3: apply m when all that m depends on is applied.
        let ready = |held: &Held| ctx.setup.no_buffer || replica.is_next(&held.version);
        if let Some(i) = buffer.iter().position(ready) {
            let held = buffer.remove(i);
            apply(node, &held.version, held.late, out);
        } else if let Some(i) = waiting.iter().position(|w| replica.covers(&w.deps)) {
            let waiter = waiting.remove(i);
            serve(ctx, me, node, waiter, out);
        } else {
            break;
        }
    }
    node.buffer.iter_mut().for_each(|held| held.late = true);
    node.waiting.iter_mut().for_each(|waiter| waiter.late = true);
    watch(ctx, node, out);
}

fn apply(node: &mut Node, version: &Arc<Version>, late: bool, out: &mut Effects) {
    node.replica.apply(version);
    let slot = &node.replica.store[&version.key];
    let note = Note::Applied {
        version: Arc::clone(version),
        clock: node.replica.clock.as_slice().into(),
        stored: slot.winner.id(),
        concurrent: slot.loser_ids(),
        late,
    };
    out.deliver(note, Some(Entry(Change::Applied(Arc::clone(version)))));
}

/// Answers a question of which nothing is missing any more.
fn serve(ctx: &Ctx, me: NodeId, node: &mut Node, waiter: Waiter, out: &mut Effects) {
    let outcome = match &waiter.question {
        Question::Put { .. } | Question::Delete { .. } => {
            let (key, value) = waiter.question.write().expect("it writes");
            let deps: Arc<[u32]> = node.replica.clock.as_slice().into();
            let seq = deps[usize::from(me)] + 1;
            let (client, n) = (waiter.client, waiter.n);
            let (key, value) = (Arc::clone(key), value.cloned());
            let version = Arc::new(Version { origin: me, seq, key, value, deps, client, n });
            apply(node, &version, waiter.late, out);
            node.done.insert(client, Arc::clone(&version));
            for peer in ctx.setup.nodes.but(me) {
                out.send(peer, Message::Replicate(Arc::clone(&version)));
            }
            Outcome::Written(version)
        }
        Question::Get { key } => Outcome::Found(node.replica.store.get(key).map(Slot::versions)),
        Question::GetAll { keys } => {
            let found = |key: &Arc<str>| (Arc::clone(key), node.replica.store.get(key).map(Slot::versions));
            Outcome::FoundAll(keys.iter().map(found).collect())
        }
        Question::Keys => {
            let all = node.replica.store.iter().map(|(key, slot)| (Arc::clone(key), Some(slot.versions())));
            Outcome::FoundAll(all.collect())
        }
        Question::Status => Outcome::Status {
            clock: node.replica.clock.as_slice().into(),
            keys: node.replica.store.values().filter(|slot| slot.winner.value.is_some()).count() as u32,
            held: (node.buffer.len() + node.waiting.len()) as u32,
        },
    };
    // What lies between two sends makes them two events: the peers' and the client's.
    watch(ctx, node, out);
    out.send(waiter.client, Message::Answer { n: waiter.n, outcome });
}

/// Keeps the timers that anything held back needs.
fn watch(ctx: &Ctx, node: &mut Node, out: &mut Effects) {
    match node.waiting.iter().map(|w| w.until_us).min() {
        Some(until_us) => {
            let left = until_us.saturating_sub(out.now_us());
            out.arm(Timer::Wait, left, left);
        }
        None => out.disarm(Timer::Wait),
    }
    let anything = !node.buffer.is_empty() || !node.waiting.is_empty();
    if anything && !node.checking {
        out.arm(Timer::Check, ctx.setup.check_us, ctx.setup.check_us);
    } else if !anything {
        out.disarm(Timer::Check);
    }
    node.checking = anything;
}

/// A client asks. A put that was seen before is answered again and never done twice.
fn on_ask(
    ctx: &Ctx,
    me: NodeId,
    node: &mut Node,
    disk: &Disk,
    (client, n, question, deps): (NodeId, u32, &Question, &Arc<[u32]>),
    out: &mut Effects,
) {
    // A client asks one thing at a time: whoever asks anew has given up what it asked before.
    node.waiting.retain(|w| w.client != client || w.n >= n);
    let noting = |copy: bool, missing: Vec<u32>, clock: &[u32]| {
        Some(Note::Asked { copy, missing: missing.into(), clock: clock.into() })
    };
    let nothing = vec![0; ctx.setup.nodes.count()];
    if question.write().is_some() {
        let done = node.done.get(&client).filter(|v| v.n >= n);
        let refused = disk.refused.get(&client).filter(|r| r.n >= n);
        if done.is_some() || refused.is_some() {
            out.with_input(noting(true, nothing, &node.replica.clock), None);
            let outcome = match (done, refused) {
                (Some(version), _) if version.n == n => Some(Outcome::Written(Arc::clone(version))),
                (_, Some(refusal)) if refusal.n == n => Some(Outcome::Missing(Arc::clone(&refusal.missing))),
                _ => None,
            };
            watch(ctx, node, out);
            if let Some(outcome) = outcome {
                out.send(client, Message::Answer { n, outcome });
            }
            return;
        }
    }
    if node.waiting.iter().any(|w| w.client == client) {
        out.with_input(noting(true, nothing, &node.replica.clock), None);
        watch(ctx, node, out);
        return;
    }
    let missing = node.replica.missing(deps);
    let until_us = out.now_us() + ctx.setup.wait_us;
    out.with_input(noting(false, missing, &node.replica.clock), None);
    let (question, deps) = (question.clone(), Arc::clone(deps));
    node.waiting.push(Waiter { client, n, question, deps, until_us, late: false });
    release(ctx, me, node, out);
}

/// The patience for the first to run out is over: its client is told what is missing.
fn expire(ctx: &Ctx, me: NodeId, node: &mut Node, out: &mut Effects) {
    // A person may let the timer run out early: then it is the one whose time comes first.
    let first_us = node.waiting.iter().map(|w| w.until_us).min().unwrap_or(0).max(out.now_us());
    let (over, waiting) = std::mem::take(&mut node.waiting).into_iter().partition(|w| w.until_us <= first_us);
    node.waiting = waiting;
    let over: Vec<Waiter> = over;
    for waiter in over {
        watch(ctx, node, out);
        let missing: Arc<[u32]> = node.replica.missing(&waiter.deps).into();
        let answer = Message::Answer { n: waiter.n, outcome: Outcome::Missing(Arc::clone(&missing)) };
        match waiter.question.write() {
            // On disk before the answer leaves: a copy of the write that comes later must not be done after all.
            Some(_) => {
                let entry = Entry(Change::Refused { client: waiter.client, refusal: Refusal { n: waiter.n, missing } });
                out.send_noting(waiter.client, answer, Note::Nothing, Some(entry));
            }
            None => out.send(waiter.client, answer),
        }
    }
    release(ctx, me, node, out);
}
