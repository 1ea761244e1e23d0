//! The lab's rules, each with a memory of its own.
//!
//! What happened before a write is not taken from the write: the checks keep for themselves which writes
//! each node had applied when it took a write, and what the client that asked had written and read.

use super::node::lacks;
use super::replica::VersionId;
use super::words::{id_text, ids_text, missing_text};
use super::{CausalKv, Ctx, Message, Note, Outcome, Question, Role, Said, Version};
use crate::base::clock;
use crate::protocol::{Broken, Check, Guard, Seen, Watch};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::BTreeMap;
use std::sync::Arc;

type Watching<'a> = Watch<'a, CausalKv>;

pub(super) fn all(ctx: &Ctx) -> Vec<Guard<CausalKv>> {
    let nodes = ctx.setup.nodes.count();
    vec![
        Guard::of("causal-order", CausalOrder::new(nodes)),
        Guard::of("read-your-writes", Session::new(false)),
        Guard::of("monotonic-reads", Session::new(true)),
        Guard::of("fitting-reads", Fits { order: CausalOrder::new(nodes), writes: BTreeMap::new() }),
        Guard::of("equal-clocks-equal-stores", EqualStores::new(nodes)),
        Guard::of("convergence", Convergence::default()),
        Guard::of("stuck", Stuck::default()),
    ]
}

fn applied<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a Note> {
    watch.history.note(record).filter(|note| matches!(note, Note::Applied { .. }))
}

fn said<'a>(watch: &'a Watching<'_>, record: &Record) -> Option<&'a Said> {
    match watch.history.note(record) {
        Some(Note::Replied { said, .. }) => Some(said),
        _ => None,
    }
}

/// The writes that a client wrote or read, by their keys, where it was told some.
fn seen_writes(said: &Said) -> Vec<(&Arc<str>, Option<&Arc<Version>>)> {
    match (&said.question, &said.outcome) {
        (_, Some(Outcome::Written(version))) => vec![(&version.key, Some(version))],
        (Question::Get { key }, Some(Outcome::Found(versions))) => {
            vec![(key, versions.as_ref().and_then(|all| all.first()))]
        }
        (_, Some(Outcome::FoundAll(all))) => {
            all.iter().map(|(key, versions)| (key, versions.as_ref().and_then(|all| all.first()))).collect()
        }
        _ => Vec::new(),
    }
}

/// A node applies a write once, and after every write that happened before it.
#[derive(Clone, Debug)]
struct CausalOrder {
    /// Writes of each origin that each node has applied.
    applied: Vec<Vec<u32>>,
    /// What happened before each write, and the record of its birth.
    past: BTreeMap<VersionId, (Vec<u32>, RecordId)>,
    /// What each client has written and read, in its session.
    knows: BTreeMap<NodeId, Vec<u32>>,
    /// What it knew when it first asked its n-th question.
    asked: BTreeMap<(NodeId, u32), Vec<u32>>,
}

impl CausalOrder {
    fn new(nodes: usize) -> CausalOrder {
        let applied = vec![vec![0; nodes]; nodes];
        CausalOrder { applied, past: BTreeMap::new(), knows: BTreeMap::new(), asked: BTreeMap::new() }
    }

    fn knowledge(&mut self, client: NodeId) -> &mut Vec<u32> {
        let nodes = self.applied.len();
        self.knows.entry(client).or_insert_with(|| vec![0; nodes])
    }

    fn deliver(&mut self, ctx: &Ctx, id: RecordId, node: NodeId, version: &Version) -> Option<Broken> {
        let (here, origin) = (usize::from(node), usize::from(version.origin));
        if node == version.origin {
            let mut past = self.applied[here].clone();
            if let Some(known) = self.asked.get(&(version.client, version.n)) {
                clock::merge(&mut past, known);
            }
            self.past.insert(version.id(), (past, id));
        }
        let (mut needs, birth) = self.past.get(&version.id())?.clone();
        needs[origin] = needs[origin].max(version.seq - 1);
        let have = &self.applied[here];
        let missing: Vec<u32> = needs.iter().zip(have).map(|(&n, &h)| if n > h { n } else { 0 }).collect();
        let again = have[origin] >= version.seq;
        self.applied[here][origin] = self.applied[here][origin].max(version.seq);
        let (name, write) = (ctx.name(node), id_text(ctx, version.id()));
        let mut events = vec![birth, id];
        events.dedup();
        if again {
            let explain =
                format!("{name} applies the write {write}, though it has applied that or a later one before.");
            return Some(Broken { explain, events });
        }
        let k = missing.iter().position(|&n| n > 0)?;
        let cause = (k as NodeId, missing[k]);
        if let Some((_, earlier)) = self.past.get(&cause) {
            events.insert(0, *earlier);
            events.sort();
        }
        let explain = format!(
            "{name} applies the write {write} before {}, which happened before it.",
            missing_text(ctx, &missing)
        );
        Some(Broken { explain, events })
    }
}

impl Check<CausalKv> for CausalOrder {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        match record.kind {
            Kind::Crash => drop(self.knows.remove(&record.node)),
            Kind::Send => {
                if let Message::Ask { n, .. } = watch.history.messages.at(record.message as usize) {
                    let known = self.knowledge(record.node).clone();
                    self.asked.entry((record.node, *n)).or_insert(known);
                }
            }
            Kind::Reply => {
                for (_, version) in seen_writes(said(watch, record)?) {
                    let Some(write) = version.map(|version| version.id()) else { continue };
                    if let Some((past, _)) = self.past.get(&write) {
                        let mut seen = past.clone();
                        seen[usize::from(write.0)] = seen[usize::from(write.0)].max(write.1);
                        clock::merge(self.knowledge(record.node), &seen);
                    }
                }
            }
            Kind::Deliver => {
                if let Some(Note::Applied { version, .. }) = applied(watch, record) {
                    return self.deliver(watch.ctx, id, record.node, version);
                }
            }
            _ => {}
        }
        None
    }
}

/// Read-your-writes and monotonic-reads: a read gives what the session knows of the key, or what wins over it.
#[derive(Clone, Debug)]
struct Session {
    /// Whether reads are what counts, else writes.
    reads: bool,
    /// The highest write that each client has written (or read) under each key, and the record of that.
    knows: BTreeMap<(NodeId, Arc<str>), (Arc<Version>, RecordId)>,
}

impl Session {
    fn new(reads: bool) -> Session {
        Session { reads, knows: BTreeMap::new() }
    }

    fn judge(
        &self,
        ctx: &Ctx,
        (id, client, node): (RecordId, NodeId, NodeId),
        (key, got): (&Arc<str>, Option<&Arc<Version>>),
    ) -> Option<Broken> {
        let (known, when) = self.knows.get(&(client, Arc::clone(key)))?;
        if got.is_some_and(|version| version.rank() >= known.rank()) {
            return None;
        }
        let name = ctx.name(client);
        let verb = if self.reads { "read" } else { "written" };
        let got = got.map_or_else(|| "nothing".into(), |version| format!("the older {}", id_text(ctx, version.id())));
        let explain = format!(
            "{name} has {verb} {} under {key}, and now reads {got} there from {}.",
            id_text(ctx, known.id()),
            ctx.name(node)
        );
        Some(Broken { explain, events: vec![*when, id] })
    }
}

impl Check<CausalKv> for Session {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if record.kind == Kind::Crash {
            self.knows.retain(|(client, _), _| *client != record.node);
        }
        if record.kind != Kind::Reply {
            return None;
        }
        let said = said(watch, record)?;
        let read = said.question.write().is_none();
        let mut broken = None;
        for (key, version) in seen_writes(said) {
            if read && broken.is_none() {
                broken = self.judge(watch.ctx, (id, record.node, said.node), (key, version));
            }
            if let Some(version) = version.filter(|_| read == self.reads) {
                let place =
                    self.knows.entry((record.node, Arc::clone(key))).or_insert_with(|| (Arc::clone(version), id));
                if version.rank() > place.0.rank() {
                    *place = (Arc::clone(version), id);
                }
            }
        }
        broken
    }
}

/// What several keys are read as at once fits together: none of the values is older than what another one depends on.
#[derive(Clone, Debug)]
struct Fits {
    /// Which writes happened before which.
    order: CausalOrder,
    /// All writes under each key.
    writes: BTreeMap<Arc<str>, Vec<Arc<Version>>>,
}

impl Check<CausalKv> for Fits {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.order.observe(watch, id, record);
        if let Some(Note::Applied { version, .. }) = applied(watch, record)
            && version.origin == record.node
        {
            self.writes.entry(Arc::clone(&version.key)).or_default().push(Arc::clone(version));
        }
        let said = said(watch, record).filter(|_| record.kind == Kind::Reply)?;
        let Some(Outcome::FoundAll(_)) = &said.outcome else { return None };
        let found = seen_writes(said);
        for (_, newer) in &found {
            let Some((newer, (past, _))) = newer.and_then(|n| Some((n, self.order.past.get(&n.id())?))) else {
                continue;
            };
            for (key, got) in &found {
                let known =
                    self.writes.get(*key).into_iter().flatten().filter(|w| past[usize::from(w.origin)] >= w.seq);
                let lost = known.filter(|w| got.is_none_or(|got| w.rank() > got.rank())).max_by_key(|w| w.rank());
                let Some(lost) = lost.filter(|lost| lost.id() != newer.id()) else { continue };
                let ctx = watch.ctx;
                let got = got.map_or_else(|| "nothing".into(), |got| id_text(ctx, got.id()));
                let (newer, lost) = (id_text(ctx, newer.id()), id_text(ctx, lost.id()));
                let name = ctx.name(record.node);
                let explain = format!(
                    "{name} reads {newer} and, under {key}, {got}; but {lost}, which is newer, happened before {newer}."
                );
                return Some(Broken { explain, events: vec![id] });
            }
        }
        None
    }
}

/// Nodes with the same clock have the same store.
#[derive(Clone, Debug)]
struct EqualStores {
    clocks: Vec<Vec<u32>>,
    /// What a reader of each key gets at each node.
    stores: Vec<BTreeMap<Arc<str>, VersionId>>,
    last: Vec<RecordId>,
}

impl EqualStores {
    fn new(nodes: usize) -> EqualStores {
        EqualStores { clocks: vec![vec![0; nodes]; nodes], stores: vec![BTreeMap::new(); nodes], last: vec![0; nodes] }
    }
}

impl Check<CausalKv> for EqualStores {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if record.kind != Kind::Deliver {
            return None;
        }
        let Some(Note::Applied { version, clock, stored, .. }) = applied(watch, record) else { return None };
        let here = usize::from(record.node);
        self.clocks[here] = clock.to_vec();
        self.stores[here].insert(Arc::clone(&version.key), *stored);
        self.last[here] = id;
        let same = |&there: &usize| there != here && self.clocks[there] == self.clocks[here];
        let differs = |there: &usize| self.stores[*there] != self.stores[here];
        let there = (0..self.clocks.len()).filter(same).find(differs)?;
        let (mine, theirs) = (&self.stores[here], &self.stores[there]);
        let key = mine.keys().chain(theirs.keys()).find(|key| mine.get(*key) != theirs.get(*key))?;
        let ctx = watch.ctx;
        let text = |id: Option<&VersionId>| id.map_or_else(|| "nothing".into(), |id| id_text(ctx, *id));
        let explain = format!(
            "{} and {} both have the clock {}, but under {key} {} has {} and {} has {}.",
            ctx.name(record.node),
            ctx.name(there as NodeId),
            clock::text(clock),
            ctx.name(record.node),
            text(mine.get(key)),
            ctx.name(there as NodeId),
            text(theirs.get(key))
        );
        Some(Broken { explain, events: vec![self.last[there], id] })
    }
}

/// The record in which each write was taken from its client.
#[derive(Clone, Debug, Default)]
struct Births(BTreeMap<VersionId, RecordId>);

impl Births {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) {
        if record.kind == Kind::Deliver
            && let Some(Note::Applied { version, .. }) = applied(watch, record)
        {
            self.0.entry(version.id()).or_insert(id);
        }
    }

    fn of(&self, ids: impl IntoIterator<Item = VersionId>) -> Vec<RecordId> {
        let mut events: Vec<RecordId> = ids.into_iter().filter_map(|id| self.0.get(&id).copied()).collect();
        events.sort();
        events
    }
}

/// After settling, all clocks are equal.
#[derive(Clone, Debug, Default)]
struct Convergence(Births);

impl Check<CausalKv> for Convergence {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.0.observe(watch, id, record);
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, CausalKv>]) -> Option<Broken> {
        let ctx = watch.ctx;
        let clocks: Vec<&Vec<u32>> = seen[..ctx.setup.nodes.count()].iter().map(|s| &s.durable.shown.clock).collect();
        let mut all = clocks[0].clone();
        clocks.iter().for_each(|other| clock::merge(&mut all, other));
        let behind = clocks.iter().position(|other| **other != all)?;
        let lacking = |k: usize| (all[k] > clocks[behind][k]).then_some((k as NodeId, clocks[behind][k] + 1));
        let missing: Vec<VersionId> = (0..all.len()).filter_map(lacking).collect();
        let explain = format!(
            "Nothing moves any more, and {} has the clock {} where all writes together make {}: it lacks {}.",
            ctx.name(behind as NodeId),
            clock::text(clocks[behind]),
            clock::text(&all),
            ids_text(ctx, &missing)
        );
        Some(Broken { explain, events: self.0.of(missing) })
    }
}

/// After settling, nothing is held back and no question is open.
#[derive(Clone, Debug, Default)]
struct Stuck(Births);

impl Check<CausalKv> for Stuck {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.0.observe(watch, id, record);
        None
    }

    fn settled(&mut self, watch: &Watching<'_>, seen: &[Seen<'_, CausalKv>]) -> Option<Broken> {
        let ctx = watch.ctx;
        for (me, seen) in seen.iter().enumerate() {
            let name = ctx.name(me as NodeId);
            let explain = match seen.state.map(|state| &state.0) {
                Some(Role::Node(node)) => {
                    if let Some(held) = node.buffer.first() {
                        let missing = missing_text(ctx, &lacks(&node.replica, &held.version));
                        let id = held.version.id();
                        let explain =
                            format!("{name} still holds the write {}: it waits for {missing}.", id_text(ctx, id));
                        return Some(Broken { explain, events: self.0.of([id]) });
                    }
                    let waiter = node.waiting.first();
                    waiter.map(|w| format!("{name} still lets {}'s question {} wait.", ctx.name(w.client), w.n))
                }
                Some(Role::Client(client)) => {
                    let asked = client.asked.as_ref();
                    asked.map(|a| {
                        format!("{name} still waits for {}'s answer to its question {}.", ctx.name(a.node), a.n)
                    })
                }
                None => None,
            };
            if let Some(explain) = explain {
                return Some(Broken { explain, events: Vec::new() });
            }
        }
        None
    }
}
