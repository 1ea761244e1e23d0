//! Search: which records say something, are of a kind, belong to a process or to a message.
//!
//! Labels are written when somebody asks, so a search over a long run goes on in slices.

use super::Axis;
use super::index::Index;
use super::index::buckets::Buckets;
use crate::engine::Run;
use crate::trace::{Kind, MessageId, NONE, NodeId, Record, RecordId};

/// What a record must have, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// A word in its label, in small letters.
    Word(String),
    /// One of some kinds, or of some sorts of messages.
    Kind(Vec<Kind>, Vec<&'static str>),
    /// It happened at one of them, or its message was lost between one of them and another.
    Node(Vec<NodeId>),
    Message(MessageId),
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    terms: Vec<Term>,
}

impl Query {
    /// Reads words, `kind:…`, `node:…` and `message:…`; what belongs together stands in `"…"`.
    ///
    /// # Errors
    /// One sentence, where something of this kind is not there.
    pub fn parse(text: &str, run: &Run, index: &Index) -> Result<Query, String> {
        let mut terms = Vec::new();
        for word in words(text) {
            let term = match word.split_once(':') {
                Some(("kind", value)) => kind(value, index)?,
                Some(("node", value)) => node(value, run)?,
                Some(("message", value)) => match value.parse() {
                    Ok(id) => Term::Message(id),
                    Err(_) => return Err(format!("message: expected a number, found “{value}”.")),
                },
                _ => Term::Word(word.to_lowercase()),
            };
            terms.push(term);
        }
        Ok(Query { terms })
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a record has everything that is asked for.
    #[must_use]
    pub fn fits(&self, run: &Run, id: RecordId) -> bool {
        let record = run.trace().record(id);
        let (plain, words): (Vec<&Term>, Vec<&Term>) = self.terms.iter().partition(|t| !matches!(t, Term::Word(_)));
        // What costs nothing first: a label is written only for what may be a hit.
        if !plain.into_iter().all(|term| has(run, record, term)) {
            return false;
        }
        if words.is_empty() {
            return true;
        }
        let label = run.label(id).to_lowercase();
        words.into_iter().all(|term| matches!(term, Term::Word(word) if label.contains(word.as_str())))
    }
}

/// Words, and what stands in quotes as one.
fn words(text: &str) -> Vec<String> {
    let (mut all, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => all.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    all.push(word);
    all.retain(|word| !word.is_empty());
    all
}

/// What is named, or else everything whose name begins so: that is what stands there while a name is typed.
fn named<T: Copy>(all: &[(T, &str)], value: &str) -> Vec<T> {
    let value = value.to_lowercase();
    let exact = all.iter().filter(|(_, name)| name.to_lowercase() == value).map(|(item, _)| *item).collect();
    let begins = |exact: Vec<T>| match exact.is_empty() {
        true => all.iter().filter(|(_, name)| name.to_lowercase().starts_with(&value)).map(|(i, _)| *i).collect(),
        false => exact,
    };
    begins(exact)
}

fn kind(value: &str, index: &Index) -> Result<Term, String> {
    let kinds = Kind::ALL.map(|kind| (kind, kind.name()));
    let sorts: Vec<(&'static str, &str)> = index.kinds().iter().map(|&sort| (sort, sort)).collect();
    let (found, of_messages) = (named(&kinds, value), named(&sorts, value));
    if !found.is_empty() || !of_messages.is_empty() {
        return Ok(Term::Kind(found, of_messages));
    }
    let names: Vec<&str> = kinds.iter().map(|k| k.1).chain(sorts.iter().map(|s| s.1)).collect();
    Err(format!("kind: “{value}” is none of {}.", names.join(", ")))
}

fn node(value: &str, run: &Run) -> Result<Term, String> {
    let names: Vec<(NodeId, &str)> = run.names().iter().enumerate().map(|(i, n)| (i as NodeId, n.as_str())).collect();
    let found = named(&names, value);
    if found.is_empty() {
        return Err(format!("node: “{value}” is none of {}.", run.names().join(", ")));
    }
    Ok(Term::Node(found))
}

/// Whether a record has what costs nothing to find out.
fn has(run: &Run, record: &Record, term: &Term) -> bool {
    let of_message = record.message != NONE && matches!(record.kind, Kind::Send | Kind::Receive | Kind::Drop);
    match term {
        Term::Word(_) => true,
        Term::Kind(kinds, sorts) => {
            kinds.contains(&record.kind) || of_message && sorts.contains(&run.message_kind(record.message))
        }
        Term::Node(nodes) => {
            let lost = of_message && record.kind == Kind::Drop;
            let lost = lost.then(|| run.trace().message(record.message));
            nodes.contains(&record.node) || lost.is_some_and(|m| nodes.contains(&m.from) || nodes.contains(&m.to))
        }
        Term::Message(id) => match record.kind {
            Kind::Send => of_message && (record.message..record.message + u32::from(record.count)).contains(id),
            _ => record.message == *id,
        },
    }
}

/// A search at work: grows with its run.
#[derive(Clone, Debug, Default)]
pub struct Search {
    query: Query,
    hits: Vec<RecordId>,
    /// First record that was not looked at.
    next: RecordId,
    revision: u32,
    by_time: Buckets,
    by_step: Buckets,
    by_place: Buckets,
}

impl Search {
    /// A search that has looked at nothing so far.
    #[must_use]
    pub fn new(query: Query) -> Search {
        Search { query, ..Search::default() }
    }

    /// Looks at so many records more. True when it has seen all of them.
    pub fn advance(&mut self, run: &Run, index: &Index, count: u32) -> bool {
        let trace = run.trace();
        if self.revision != trace.revision() || self.next > trace.len() {
            *self = Search { query: std::mem::take(&mut self.query), revision: trace.revision(), ..Search::default() };
        }
        let end = self.next.saturating_add(count).min(trace.len());
        for id in self.next..end {
            if self.query.fits(run, id) {
                self.hits.push(id);
                self.by_time.add(trace.record(id).at_us);
                self.by_step.add(u64::from(index.step(id)));
                self.by_place.add(index.units(Axis::Story, trace, id) as u64);
            }
        }
        self.next = end;
        end == trace.len()
    }

    /// What was found so far, in order.
    #[must_use]
    pub fn hits(&self) -> &[RecordId] {
        &self.hits
    }

    /// The hits among some records.
    #[must_use]
    pub fn hits_between(&self, first: RecordId, end: RecordId) -> &[RecordId] {
        let from = self.hits.partition_point(|&id| id < first);
        &self.hits[from..self.hits.partition_point(|&id| id < end).max(from)]
    }

    /// How many records were looked at.
    #[must_use]
    pub fn seen(&self) -> u32 {
        self.next
    }

    /// The hit after a place, or before it; around the end it goes on at the beginning.
    #[must_use]
    pub fn next(&self, from: Option<RecordId>, forward: bool) -> Option<RecordId> {
        let after = from.map_or(0, |from| self.hits.partition_point(|&id| id <= from));
        let before = from.map_or(0, |from| self.hits.partition_point(|&id| id < from));
        if forward {
            self.hits.get(after).or(self.hits.first()).copied()
        } else {
            before.checked_sub(1).and_then(|i| self.hits.get(i)).or(self.hits.last()).copied()
        }
    }

    /// Hits along the time, or along the order.
    pub(super) fn buckets(&self, axis: Axis) -> &Buckets {
        match axis {
            Axis::Time => &self.by_time,
            Axis::Logical => &self.by_step,
            Axis::Story => &self.by_place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;

    fn opened() -> (Run, Index) {
        let lossy = r#"{"format":"lightcone/1","lab":"vector-clocks","network":{"delay_ms":10},"acts":[
            {"at_ms":1,"act":{"request":{"node":"P1","op":"multicast","args":{"message":"Hello there"}}}},
            {"at_ms":5,"act":{"crash":{"node":"P2"}}},
            {"at_ms":30,"act":{"request":{"node":"P3","op":"send","args":{"to":"P1","message":"again"}}}}]}"#;
        let run = run(labs::parse(lossy).expect("a scenario"));
        let index = Index::of(&run);
        (run, index)
    }

    fn found(text: &str) -> Vec<(Kind, Option<String>)> {
        let (run, index) = opened();
        let mut search = Search::new(Query::parse(text, &run, &index).expect("a query"));
        while !search.advance(&run, &index, 3) {}
        let place = |node: NodeId| run.names().get(usize::from(node)).cloned();
        search.hits().iter().map(|&id| (run.trace().record(id).kind, place(run.trace().record(id).node))).collect()
    }

    #[test]
    fn kinds_nodes_messages_and_words_are_found_and_nothing_else() {
        assert_eq!(found("kind:crash"), [(Kind::Crash, Some("P2".into()))]);
        assert_eq!(found("kind:cra"), found("kind:crash"), "a beginning will do");
        assert_eq!(found("kind:drop node:p2"), [(Kind::Drop, None)], "it was on its way to P2");
        let hello = found("HELLO kind:receive");
        assert_eq!(hello, [(Kind::Receive, Some("P3".into()))], "P2 was down");
        assert_eq!(found("\"hello there\" kind:send").len(), 1);
        assert_eq!(found("\"there hello\""), []);
        // The first message of the multicast: its sending, and its loss.
        assert_eq!(found("message:0").iter().map(|f| f.0).collect::<Vec<_>>(), [Kind::Send, Kind::Drop]);
    }

    #[test]
    fn what_is_not_there_is_named_in_a_sentence() {
        let (run, index) = opened();
        for (text, says) in [("kind:dorp", "kind: “dorp”"), ("node:P9", "node: “P9”"), ("message:x", "a number")]
        {
            let said = Query::parse(text, &run, &index).expect_err("nothing of this kind");
            assert!(said.contains(says), "{said}");
        }
    }

    #[test]
    fn hits_are_walked_through_in_a_circle() {
        let (run, index) = opened();
        let mut search = Search::new(Query::parse("kind:boot", &run, &index).expect("a query"));
        search.advance(&run, &index, u32::MAX);
        assert_eq!(search.hits(), [0, 1, 2]);
        assert_eq!(
            (search.next(None, true), search.next(Some(1), true), search.next(Some(2), true)),
            (Some(0), Some(2), Some(0))
        );
        assert_eq!((search.next(Some(0), false), search.next(Some(9), false)), (Some(2), Some(2)));
        assert_eq!(search.hits_between(1, 2), [1]);
    }

    #[test]
    fn a_search_begins_again_when_the_past_was_changed() {
        let (mut run, mut index) = opened();
        let mut search = Search::new(Query::parse("kind:crash", &run, &index).expect("a query"));
        search.advance(&run, &index, u32::MAX);
        assert_eq!(search.hits().len(), 1);
        run.seek_time(2_000, u32::MAX);
        let act = run.scenario().read_act(r#"{"crash":{"node":"P3"}}"#).expect("an act");
        run.act(act, 2_000);
        run.seek_time(100_000, u32::MAX);
        index.update(&run);
        search.advance(&run, &index, u32::MAX);
        let names: Vec<NodeId> = search.hits().iter().map(|&id| run.trace().record(id).node).collect();
        assert_eq!(names, [2, 1]);
    }
}
