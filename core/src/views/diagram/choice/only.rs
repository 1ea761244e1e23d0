//! Only what matters: the causal past of some events, what came of one request, what concerns one key. The rest is left out, and
//! the picture is laid out anew.

use crate::engine::Run;
use crate::trace::causality::reaches;
use crate::trace::{Kind, NO_NODE, NONE, NodeId, RecordId};

/// What is kept of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Only {
    records: Vec<bool>,
    lanes: Vec<bool>,
}

impl Only {
    fn of(run: &Run, keeps: impl Fn(RecordId) -> bool) -> Only {
        let trace = run.trace();
        let records: Vec<bool> = (0..trace.len()).map(keeps).collect();
        let mut lanes = vec![false; trace.width()];
        for (id, _) in records.iter().enumerate().filter(|(_, kept)| **kept) {
            let node = trace.record(id as RecordId).node;
            if node != NO_NODE {
                lanes[usize::from(node)] = true;
            }
        }
        Only { records, lanes }
    }

    /// The causal past of events, themselves included.
    #[must_use]
    pub fn past_of(run: &Run, events: &[RecordId]) -> Only {
        let trace = run.trace();
        Only::of(run, |id| {
            let record = trace.record(id);
            events.iter().filter(|&&event| event < trace.len()).any(|&event| {
                let last = trace.record(event);
                let before = id <= event && record.node == last.node && record.node != NO_NODE;
                let knows = || record.stamp != NONE && reaches(trace, record, last);
                record.kind != Kind::Boot && id <= event && (before || knows())
            })
        })
    }

    /// What came of a request, as far as its reply: its steps, their messages, and what these led to.
    ///
    /// # Errors
    /// When the record is no request, nor a reply to one.
    pub fn request(run: &Run, id: RecordId) -> Result<Only, String> {
        let trace = run.trace();
        if id >= trace.len() {
            return Err(format!("there is no event {id}; the run has {}", trace.len()));
        }
        let mut first = id;
        while trace.record(first).kind != Kind::Request && trace.record(first).cause != NONE {
            first = trace.record(first).cause;
        }
        if trace.record(first).kind != Kind::Request {
            return Err(format!("event {id} is no request, and came of none"));
        }
        let mut comes = vec![false; trace.len() as usize];
        comes[first as usize] = true;
        let mut reply = None;
        for next in first + 1..trace.len() {
            let record = trace.record(next);
            comes[next as usize] = record.cause != NONE && comes[record.cause as usize];
            if comes[next as usize] && record.kind == Kind::Reply && record.node == trace.record(first).node {
                reply = Some(next);
                break;
            }
        }
        let last = reply.unwrap_or(trace.len());
        Ok(Only::of(run, |id| id <= last && comes[id as usize]))
    }

    /// Whatever names a key, a lock, a queue or a line of a cache.
    ///
    /// # Errors
    /// When nothing does.
    pub fn key(run: &Run, key: &str) -> Result<Only, String> {
        let (trace, quoted) = (run.trace(), crate::base::json::quote(key));
        let all = 0..trace.len();
        let mut about: Vec<bool> =
            all.clone().map(|id| trace.record(id).kind != Kind::Boot && run.line(id).contains(&quoted)).collect();
        if !about.contains(&true) {
            return Err(format!("nothing in this run is about {quoted}"));
        }
        // What came of it at once, and how that arrived: an answer need not name what it answers.
        let effect = |id: &RecordId| {
            let record = trace.record(*id);
            record.cause != NONE && record.kind != Kind::Receive && about[record.cause as usize]
        };
        let effects: Vec<RecordId> = all.clone().filter(effect).collect();
        effects.into_iter().for_each(|id| about[id as usize] = true);
        let arrival = |id: &RecordId| {
            let record = trace.record(*id);
            record.kind == Kind::Receive && record.cause != NONE && about[record.cause as usize]
        };
        let arrivals: Vec<RecordId> = all.filter(arrival).collect();
        arrivals.into_iter().for_each(|id| about[id as usize] = true);
        Ok(Only::of(run, |id| about[id as usize]))
    }

    /// Whether a record is left out.
    #[must_use]
    pub fn leaves_out(&self, id: RecordId) -> bool {
        !self.records.get(id as usize).copied().unwrap_or_default()
    }

    /// The lanes on which nothing is kept.
    #[must_use]
    pub fn lanes_left_out(&self) -> Vec<NodeId> {
        (0..self.lanes.len()).filter(|&i| !self.lanes[i]).map(|i| i as NodeId).collect()
    }

    /// The first record that is kept, and the last one.
    #[must_use]
    pub fn ends(&self) -> Option<(RecordId, RecordId)> {
        let first = self.records.iter().position(|kept| *kept)?;
        let last = self.records.iter().rposition(|kept| *kept)?;
        Some((first as RecordId, last as RecordId))
    }
}
