//! The replicated log as pure data (Figure 2, §5.3): entries by index, with what a snapshot stands for cut off.

use super::{Command, Index, Term};
use std::rc::Rc;

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The term in which a leader took it.
    pub(super) term: Term,
    /// What it does to the state machine.
    pub(super) command: Rc<Command>,
}

/// The rules of an append that a switch can turn off.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lax {
    /// The term before the new entries is not compared.
    pub(super) no_log_check: bool,
    /// What stands behind the new entries goes, whether it conflicts or not.
    pub(super) truncate_on_stale: bool,
}

/// What an append did to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The last index that is now known to agree with the leader's log.
    pub(super) last_new: Index,
    /// From here on the log is another one than before.
    pub(super) changed: Option<Index>,
    /// Entries that went because they conflicted.
    pub(super) dropped: u32,
}

/// Why an append does not fit: what the leader is told, so that it need not go back entry by entry (§5.3, end).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The term that stands where the leader has another; `None` where the log is too short.
    pub(super) term: Option<Term>,
    /// The first index of that term, or the first free one.
    pub(super) index: Index,
}

/// A log. Indices count from 1; everything up to `base` is in a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    base: Index,
    base_term: Term,
    entries: crate::base::log::Log<Entry>,
}

impl Log {
    /// The last index that is cut off; 0 where nothing is.
    pub(super) fn base(&self) -> Index {
        self.base
    }

    pub(super) fn last_index(&self) -> Index {
        self.base + self.entries.len() as Index
    }

    pub(super) fn last_term(&self) -> Term {
        self.term_at(self.last_index()).unwrap_or(0)
    }

    /// The term at an index: 0 at index 0, `None` where nothing is known.
    pub(super) fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base {
            return Some(self.base_term);
        }
        self.entry(index).map(|entry| entry.term)
    }

    pub(super) fn entry(&self, index: Index) -> Option<&Entry> {
        self.entries.get(index.checked_sub(self.base + 1)? as usize)
    }

    /// Index and entry of everything from an index on.
    pub(super) fn iter_from(&self, from: Index) -> impl Iterator<Item = (Index, &Entry)> {
        let from = from.max(self.base + 1);
        (from..).zip(self.entries.iter_from((from - self.base - 1) as usize))
    }

    /// Up to where two logs that begin at the same index are the very same, entry for entry.
    pub(super) fn same_until(&self, other: &Log) -> Index {
        if self.base != other.base {
            return 0;
        }
        let len = self.entries.len().min(other.entries.len());
        let mut same = 0;
        while same < len {
            let (mine, theirs) = (self.entries.run(same, len), other.entries.run(same, len));
            let pairs = mine.iter().zip(theirs);
            let count = mine.len().min(theirs.len()).min(len - same);
            let equal = |(a, b): &(&Entry, &Entry)| a.term == b.term && Rc::ptr_eq(&a.command, &b.command);
            let alike = pairs.take(count).take_while(equal).count();
            same += alike;
            if alike < count {
                break;
            }
        }
        self.base + same as Index
    }

    /// At most `most` entries from an index on; 0 means no limit.
    pub(super) fn slice(&self, from: Index, most: usize) -> Vec<Entry> {
        let most = if most == 0 { usize::MAX } else { most };
        self.iter_from(from).take(most).map(|(_, entry)| entry.clone()).collect()
    }

    pub(super) fn push(&mut self, entry: Entry) -> Index {
        self.entries.push(entry);
        self.last_index()
    }

    /// Forgets everything from an index on.
    pub(super) fn truncate_from(&mut self, from: Index) {
        self.entries.truncate(from.saturating_sub(self.base + 1) as usize);
    }

    /// Whether a candidate's log is at least as up-to-date as this one (§5.4.1): the later last term, then the longer.
    pub(super) fn allows(&self, last_term: Term, last_index: Index) -> bool {
        (last_term, last_index) >= (self.last_term(), self.last_index())
    }

    /// The receiver's part of AppendEntries, points 2 to 4 of Figure 2.
    pub(super) fn accept(
        &mut self,
        prev_index: Index,
        prev_term: Term,
        entries: &[Entry],
        lax: Lax,
    ) -> Result<Accepted, Conflict> {
        if prev_index > self.last_index() {
            return Err(Conflict { term: None, index: self.last_index() + 1 });
        }
        // What a snapshot covers is committed, and so it agrees.
        if let Some(term) = self.term_at(prev_index)
            && term != prev_term
            && !lax.no_log_check
        {
            return Err(Conflict { term: Some(term), index: self.first_of_term(prev_index, term) });
        }
        let last_new = prev_index + entries.len() as Index;
        let before = self.last_index();
        let fresh = (prev_index + 1..)
            .zip(entries)
            .find(|(index, entry)| *index > self.base && self.term_at(*index) != Some(entry.term));
        let mut changed = fresh.map(|(index, _)| index);
        if let Some(from) = changed {
            self.truncate_from(from);
            for entry in &entries[(from - prev_index - 1) as usize..] {
                self.push(entry.clone());
            }
        } else if lax.truncate_on_stale && last_new < before && last_new >= self.base {
            self.truncate_from(last_new + 1);
            changed = Some(last_new + 1);
        }
        let dropped = changed.map_or(0, |from| (before + 1).saturating_sub(from));
        Ok(Accepted { last_new, changed, dropped })
    }

    fn first_of_term(&self, from: Index, term: Term) -> Index {
        let mut index = from;
        while index > self.base + 1 && self.term_at(index - 1) == Some(term) {
            index -= 1;
        }
        index
    }

    /// Where a leader tries next after a conflict: behind its own last entry of the follower's term, if it has one.
    pub(super) fn next_after(&self, conflict: Conflict) -> Index {
        let Some(term) = conflict.term else { return conflict.index };
        let mut index = self.last_index();
        while index > self.base && self.term_at(index).is_some_and(|t| t > term) {
            index -= 1;
        }
        if index > self.base && self.term_at(index) == Some(term) { index + 1 } else { conflict.index }
    }

    /// Cuts off everything up to an index, which a snapshot stands for now (§7).
    pub(super) fn compact(&mut self, index: Index, term: Term) {
        let rest = self.slice(index + 1, 0);
        (self.base, self.base_term) = (index, term);
        self.entries = crate::base::log::Log::default();
        for entry in rest {
            self.entries.push(entry);
        }
    }

    /// Starts behind a snapshot that came from elsewhere; what followed its last entry here stays (§7).
    pub(super) fn install(&mut self, index: Index, term: Term) {
        if self.term_at(index) != Some(term) {
            self.truncate_from(self.base + 1);
        }
        self.compact(index, term);
    }
}

/// The highest index that a leader may call committed (§5.3, §5.4.2): a majority has it, and it is of the leader's own
/// term. `matched` has one number for each server, the leader's own among them.
pub(super) fn commit_index(matched: &[Index], log: &Log, term: Term, commit: Index, any_term: bool) -> Index {
    let mut sorted = [0; super::SERVERS_MAX];
    let sorted = &mut sorted[..matched.len()];
    sorted.copy_from_slice(matched);
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let majority = sorted[matched.len() / 2];
    let fits = any_term || log.term_at(majority) == Some(term);
    if majority > commit && fits { majority } else { commit }
}
