//! Logs, what is committed, and what is applied.

use super::super::locks::Effect;
use super::super::log::{Entry, Log};
use super::super::{Command, Ctx, Fate, Index, Note, RaftLock, Saved, Standing, Term};
use super::{FULL_EVERY, Watching, applied, saved, stands};
use crate::labs::kit::sequence::Place;
use crate::protocol::{Broken, Check, Seen};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::rc::Rc;

/// The logs as they are on disk, from what was written.
#[derive(Clone, Debug)]
struct Disks(Vec<Log>);

impl Disks {
    fn new(ctx: &Ctx) -> Disks {
        let log = |terms: &Vec<Term>| {
            let mut log = Log::default();
            for &term in terms {
                log.push(Entry { term, command: Rc::new(Command::Noop) });
            }
            log
        };
        Disks(ctx.setup.start.iter().map(|start| log(&start.log)).collect())
    }

    fn of(&self, node: NodeId) -> &Log {
        &self.0[usize::from(node)]
    }

    fn write(&mut self, node: NodeId, saved: &Saved) {
        let log = &mut self.0[usize::from(node)];
        match saved.snapshot {
            Some((index, term, true)) => log.install(index, term),
            // What a server cuts off itself stays known here.
            Some((_, _, false)) => return,
            None => {}
        }
        log.truncate_from(saved.from);
        for entry in saved.entries.iter() {
            log.push(entry.clone());
        }
    }
}

/// Who leads in which term, as the servers say.
#[derive(Clone, Debug)]
struct Roles(Vec<(Standing, Term)>);

impl Roles {
    fn new(ctx: &Ctx) -> Roles {
        Roles(vec![(Standing::Follower, 0); ctx.setup.servers.count()])
    }

    fn observe(&mut self, watch: &Watching<'_>, record: &Record) {
        match record.kind {
            Kind::State => {
                if let Some(stands) = stands(watch, record) {
                    self.0[usize::from(record.node)] = (stands.role, stands.term);
                }
            }
            Kind::Crash if watch.ctx.setup.servers.has(record.node) => {
                self.0[usize::from(record.node)].0 = Standing::Follower;
            }
            _ => {}
        }
    }

    /// The term in which a server leads, if it does.
    fn leads(&self, node: NodeId) -> Option<Term> {
        let (role, term) = self.0[usize::from(node)];
        (role == Standing::Leader).then_some(term)
    }
}

/// A leader's log only grows.
#[derive(Clone, Debug)]
pub(super) struct LeaderAppendOnly {
    disks: Disks,
    roles: Roles,
}

impl LeaderAppendOnly {
    pub(super) fn new(ctx: &Ctx) -> LeaderAppendOnly {
        LeaderAppendOnly { disks: Disks::new(ctx), roles: Roles::new(ctx) }
    }
}

impl Check<RaftLock> for LeaderAppendOnly {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.roles.observe(watch, record);
        if record.kind != Kind::Persist {
            return None;
        }
        let saved = saved(watch, record)?;
        let last = self.disks.of(record.node).last_index();
        self.disks.write(record.node, saved);
        let term = self.roles.leads(record.node)?;
        // A write in a higher term is that of a leader which has just stepped down.
        if saved.from > last || saved.snapshot.is_some() || saved.term != Some(term) {
            return None;
        }
        let name = watch.ctx.name(record.node);
        let explain =
            format!("{name} leads in term {term} and overwrites its log from {}, which ended at {last}.", saved.from);
        Some(Broken { explain, events: vec![id] })
    }
}

/// Logs with the same term at an index are the same up to there.
#[derive(Clone, Debug)]
pub(super) struct LogMatching {
    disks: Disks,
    last: Vec<RecordId>,
}

impl LogMatching {
    pub(super) fn new(ctx: &Ctx) -> LogMatching {
        LogMatching { disks: Disks::new(ctx), last: vec![0; ctx.setup.servers.count()] }
    }

    /// Holds entries of one log against another's: where an entry is the same, so must be the one before, and so on back.
    fn pair(&self, node: NodeId, other: NodeId, from: Index) -> Option<(NodeId, Index)> {
        let (mine, theirs) = (self.disks.of(node), self.disks.of(other));
        for index in from.max(1)..=mine.last_index().min(theirs.last_index()) {
            let (Some(a), Some(b)) = (mine.entry(index), theirs.entry(index)) else { continue };
            if a.term != b.term {
                continue;
            }
            if a.command != b.command {
                return Some((other, index));
            }
            if let (Some(a), Some(b)) = (mine.term_at(index - 1), theirs.term_at(index - 1))
                && a != b
            {
                return Some((other, index - 1));
            }
        }
        None
    }

    /// Holds what was written against all other logs.
    fn differs(&self, node: NodeId, from: Index) -> Option<(NodeId, Index)> {
        let others = (0..self.disks.0.len() as NodeId).filter(|other| *other != node);
        others.into_iter().find_map(|other| self.pair(node, other, from))
    }

    fn broken(&self, watch: &Watching<'_>, node: NodeId, found: (NodeId, Index)) -> Broken {
        let (other, index) = found;
        let (one, two) = (watch.ctx.name(node), watch.ctx.name(other));
        let explain =
            format!("{one} and {two} have an entry of the same index and term, but differ at {index} before it.");
        let mut events = vec![self.last[usize::from(node)], self.last[usize::from(other)]];
        events.sort_unstable();
        events.dedup();
        Broken { explain, events }
    }

    /// Holds all logs against each other, whole.
    fn all(&self, watch: &Watching<'_>) -> Option<Broken> {
        let servers = self.disks.0.len() as NodeId;
        let pairs = (0..servers).flat_map(|one| (one + 1..servers).map(move |two| (one, two)));
        pairs.into_iter().find_map(|(one, two)| {
            let same = self.disks.of(one).same_until(self.disks.of(two));
            let found = self.pair(one, two, same + 1)?;
            Some(self.broken(watch, one, found))
        })
    }
}

impl Check<RaftLock> for LogMatching {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if id.is_multiple_of(FULL_EVERY)
            && let Some(broken) = self.all(watch)
        {
            return Some(broken);
        }
        if record.kind != Kind::Persist {
            return None;
        }
        let saved = saved(watch, record)?;
        self.disks.write(record.node, saved);
        self.last[usize::from(record.node)] = id;
        let found = self.differs(record.node, saved.from)?;
        Some(self.broken(watch, record.node, found))
    }

    fn settled(&mut self, watch: &Watching<'_>, _seen: &[Seen<'_, RaftLock>]) -> Option<Broken> {
        self.all(watch)
    }
}

/// What is committed is in the logs of all later leaders, and stays in each log that has it.
#[derive(Clone, Debug)]
pub(super) struct LeaderCompleteness {
    disks: Disks,
    roles: Roles,
    /// What was applied somewhere, with the term of the server that did so first, and the record of that.
    committed: crate::base::log::Log<(Term, Term, RecordId)>,
}

impl LeaderCompleteness {
    pub(super) fn new(ctx: &Ctx) -> LeaderCompleteness {
        let committed = crate::base::log::Log::default();
        LeaderCompleteness { disks: Disks::new(ctx), roles: Roles::new(ctx), committed }
    }

    /// The first committed entry that a log lacks, of those committed in an earlier term.
    fn lacks(&self, log: &Log, term: Term) -> Option<(Index, RecordId)> {
        let from = log.base();
        self.committed.iter_from(from as usize).zip(from + 1..).find_map(|((entry_term, in_term, when), index)| {
            (*in_term < term && log.term_at(index) != Some(*entry_term)).then_some((index, *when))
        })
    }

    fn leader(&self, watch: &Watching<'_>, id: RecordId, node: NodeId) -> Option<Broken> {
        let term = self.roles.leads(node)?;
        let (index, when) = self.lacks(self.disks.of(node), term)?;
        let explain = format!(
            "{} leads in term {term} and does not have entry {index}, which was committed in an earlier term.",
            watch.ctx.name(node)
        );
        Some(Broken { explain, events: vec![when, id] })
    }

    fn full(&self, watch: &Watching<'_>, id: RecordId) -> Option<Broken> {
        (0..self.disks.0.len() as NodeId).find_map(|node| self.leader(watch, id, node))
    }

    /// Whether a write takes a committed entry from a log that had it.
    fn erased(&mut self, node: NodeId, saved: &Saved) -> Option<(Index, RecordId)> {
        let last = self.disks.of(node).last_index().min(self.committed.len() as Index);
        let had = |disks: &Disks, index: Index| {
            let (term, _, when) = *self.committed.at(index as usize - 1);
            (disks.of(node).term_at(index) == Some(term)).then_some((index, when))
        };
        let before: Vec<(Index, RecordId)> = (saved.from..=last).filter_map(|index| had(&self.disks, index)).collect();
        self.disks.write(node, saved);
        before.into_iter().find(|(index, _)| *index > self.disks.of(node).base() && had(&self.disks, *index).is_none())
    }
}

impl Check<RaftLock> for LeaderCompleteness {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.roles.observe(watch, record);
        if id.is_multiple_of(FULL_EVERY)
            && let Some(broken) = self.full(watch, id)
        {
            return Some(broken);
        }
        match record.kind {
            Kind::State => self.leader(watch, id, record.node),
            Kind::Deliver => {
                let applied = applied(watch, record)?;
                if applied.index as usize == self.committed.len() + 1 {
                    let term = self.roles.0[usize::from(record.node)].1;
                    self.committed.push((applied.entry.term, term, id));
                }
                None
            }
            Kind::Persist => {
                let (index, when) = self.erased(record.node, saved(watch, record)?)?;
                let explain =
                    format!("Entry {index} is committed, and {} throws it away.", watch.ctx.name(record.node));
                Some(Broken { explain, events: vec![when, id] })
            }
            _ => None,
        }
    }

    fn settled(&mut self, watch: &Watching<'_>, _seen: &[Seen<'_, RaftLock>]) -> Option<Broken> {
        self.full(watch, watch.history.trace.len() - 1)
    }
}

/// What is applied at an index, and what it does: the same for all.
type Deed = (Entry, Rc<[Effect]>);

pub(super) fn deed(watch: &Watching<'_>, record: &Record) -> Option<(Place, Deed)> {
    let applied = applied(watch, record)?;
    Some((Place::At(applied.index as usize - 1), (applied.entry.clone(), Rc::clone(&applied.effects))))
}

pub(super) fn other_deed(watch: &Watching<'_>, place: usize, first: (&Record, Deed), other: (&Record, Deed)) -> String {
    let ((first, (theirs, _)), (record, (mine, _))) = (first, other);
    let (index, one, two) = (place + 1, watch.ctx.name(record.node), watch.ctx.name(first.node));
    let (mine, theirs) = (mine.term, theirs.term);
    format!(
        "{one} applies an entry of term {mine} at index {index}, where {two} has applied another, of term {theirs}."
    )
}

/// A leader calls committed by counting only what is of its own term.
#[derive(Clone, Debug)]
pub(super) struct CommitCurrentTerm {
    disks: Disks,
    roles: Roles,
    commits: Vec<Index>,
}

impl CommitCurrentTerm {
    pub(super) fn new(ctx: &Ctx) -> CommitCurrentTerm {
        CommitCurrentTerm {
            disks: Disks::new(ctx),
            roles: Roles::new(ctx),
            commits: vec![0; ctx.setup.servers.count()],
        }
    }
}

impl Check<RaftLock> for CommitCurrentTerm {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        self.roles.observe(watch, record);
        match record.kind {
            Kind::Persist => self.disks.write(record.node, saved(watch, record)?),
            Kind::Deliver => {
                let commit = applied(watch, record)?.commit;
                let known = std::mem::replace(&mut self.commits[usize::from(record.node)], commit);
                let term = self.roles.leads(record.node)?;
                let of = self.disks.of(record.node).term_at(commit)?;
                if commit > known && of != term {
                    let name = watch.ctx.name(record.node);
                    let explain =
                        format!("{name} leads in term {term} and commits up to {commit}, an entry of term {of}.");
                    return Some(Broken { explain, events: vec![id] });
                }
            }
            _ => {}
        }
        None
    }
}

/// Within a life the commit index never falls, and entries are applied one after the other.
#[derive(Clone, Debug)]
pub(super) struct CommitMonotonic {
    /// Commit index and last applied index of each server.
    known: Vec<(Index, Index)>,
}

impl CommitMonotonic {
    pub(super) fn new(servers: usize) -> CommitMonotonic {
        CommitMonotonic { known: vec![(0, 0); servers] }
    }

    /// What a record says of commit and applied indices.
    fn says(&mut self, watch: &Watching<'_>, record: &Record) -> Option<(Index, Option<Index>)> {
        let known = self.known.get_mut(usize::from(record.node))?;
        match (record.kind, watch.history.note(record)?) {
            (Kind::Boot | Kind::Restart, Note::Booted(booted)) => {
                let index = booted.snapshot.map_or(0, |(index, _)| index);
                *known = (index, index);
                None
            }
            (Kind::Persist, Note::Saved(saved)) => {
                if let Some((index, _, true)) = saved.snapshot {
                    *known = (index, index);
                }
                None
            }
            (Kind::Receive, Note::Appended(appended)) => match appended.fate {
                Fate::Taken { commit, .. } => Some((commit, None)),
                _ => None,
            },
            (Kind::Deliver, Note::Applied(applied)) => Some((applied.commit, Some(applied.index))),
            _ => None,
        }
    }
}

impl Check<RaftLock> for CommitMonotonic {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if !matches!(record.kind, Kind::Boot | Kind::Restart | Kind::Persist | Kind::Receive | Kind::Deliver) {
            return None;
        }
        let (commit, index) = self.says(watch, record)?;
        let known = &mut self.known[usize::from(record.node)];
        let name = watch.ctx.name(record.node);
        let before = *known;
        *known = (commit, index.unwrap_or(before.1));
        if commit < before.0 {
            let explain = format!("{name} knew that {} is committed and now says {commit}.", before.0);
            return Some(Broken { explain, events: vec![id] });
        }
        let index = index.filter(|index| *index != before.1 + 1)?;
        let explain = format!("{name} has applied up to {} and now applies {index}.", before.1);
        Some(Broken { explain, events: vec![id] })
    }
}
