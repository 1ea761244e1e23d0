//! Terms, votes and leaders.

use super::super::{Message, RaftLock, Standing, Term};
use super::{Watching, stands};
use crate::protocol::{Broken, Check};
use crate::trace::{Kind, NodeId, Record, RecordId};
use std::collections::BTreeMap;

/// A term has at most one leader.
#[derive(Clone, Debug, Default)]
pub(super) struct ElectionSafety(BTreeMap<Term, (NodeId, RecordId)>);

impl Check<RaftLock> for ElectionSafety {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if record.kind != Kind::State {
            return None;
        }
        let stands = stands(watch, record).filter(|s| s.role == Standing::Leader)?;
        let (first, when) = *self.0.entry(stands.term).or_insert((record.node, id));
        if first == record.node {
            return None;
        }
        let (one, two) = (watch.ctx.name(first), watch.ctx.name(record.node));
        let explain = format!("{one} is the leader of term {}, and so is {two}.", stands.term);
        Some(Broken { explain, events: vec![when, id] })
    }
}

/// A server votes for one candidate in a term, as those hear it whom it tells.
#[derive(Clone, Debug, Default)]
pub(super) struct OneVote(BTreeMap<(NodeId, Term), (NodeId, RecordId)>);

impl Check<RaftLock> for OneVote {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if record.kind != Kind::Send {
            return None;
        }
        let voter = record.node;
        let (term, candidate) = match watch.history.messages.at(record.message as usize) {
            // A candidate votes for itself.
            Message::RequestVote { term, pre: false, .. } => (*term, voter),
            Message::Vote { term, granted: true, pre: false } => {
                (*term, watch.history.trace.message(record.message).to)
            }
            _ => return None,
        };
        let (known, when) = *self.0.entry((voter, term)).or_insert((candidate, id));
        if known == candidate {
            return None;
        }
        let name = |node| watch.ctx.name(node);
        let (voter, one, two) = (name(voter), name(known), name(candidate));
        let explain = format!("{voter} has voted for {one} in term {term}, and now votes for {two} in the same term.");
        Some(Broken { explain, events: vec![when, id] })
    }
}

/// A server's term never falls.
#[derive(Clone, Debug)]
pub(super) struct TermMonotonic(Vec<(Term, RecordId)>);

impl TermMonotonic {
    pub(super) fn new(servers: usize) -> TermMonotonic {
        TermMonotonic(vec![(0, 0); servers])
    }
}

impl Check<RaftLock> for TermMonotonic {
    fn observe(&mut self, watch: &Watching<'_>, id: RecordId, record: &Record) -> Option<Broken> {
        if record.kind != Kind::State {
            return None;
        }
        let term = stands(watch, record)?.term;
        let (known, when) = std::mem::replace(&mut self.0[usize::from(record.node)], (term, id));
        if term >= known {
            return None;
        }
        let explain = format!("{} was in term {known} and is in term {term} now.", watch.ctx.name(record.node));
        Some(Broken { explain, events: vec![when, id] })
    }
}
