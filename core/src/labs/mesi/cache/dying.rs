//! What dies with a cache.

use super::super::Answer;
use super::super::line::{Content, Line};
use super::super::note::{Change, Note, Why};
use super::{Cached, Pending, blank};
use crate::coherence::{State, Transaction};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Cached {
    /// What dies with the cache: all its lines, as far as anybody has seen them.
    pub(in super::super) fn last_words(&self, unseen: &[&Note]) -> Vec<Note> {
        let sets = self.lines.sets().enumerate();
        let all = sets.flat_map(|(set, ways)| ways.iter().map(move |way| (set, way)));
        let mut lines: BTreeMap<Line, (State, Content)> = all
            .filter(|(_, way)| way.state.is_valid())
            .map(|(set, way)| (Line { name: Rc::clone(&way.key), set }, (way.state, way.value.clone())))
            .collect();
        let mut sent = true;
        for note in unseen.iter().rev() {
            match note {
                Note::Changed(change) => {
                    lines.insert(change.line.clone(), (change.from, change.before.clone()));
                    sent &= !change.flushed && !change.gave;
                }
                // A write to a modified line that nobody was told of.
                Note::Served(served) if served.write && !served.told => {
                    if let (Some((_, content)), Some(before)) = (lines.get_mut(&served.line), &served.before) {
                        *content = before.clone();
                    }
                }
                _ => {}
            }
        }
        let valid = lines.into_iter().filter(|(_, (state, _))| state.is_valid());
        let mut words: Vec<Note> = valid
            .map(|(line, (from, content))| {
                let change = blank(Why::Crash, content.clone());
                let back = |p: &&Pending| p.transaction == Transaction::WriteBack && p.line == line;
                let doubt = self.pending.as_ref().filter(back).is_some();
                Note::Changed(Box::new(Change { line, from, to: State::I, after: content, doubt, ..change }))
            })
            .collect();
        if let Some((txn, line, Answer { content: Some(content), flush, .. })) = &self.answered
            && (*flush || self.gave_away == Some(*txn))
            && sent
            && *txn == self.seen
        {
            words.push(Note::Doubt { line: line.clone(), txn: *txn, content: content.clone() });
        }
        words
    }
}
