//! A load: requests made up from the seed, run to the last answer. Counts what has become of them, whatever the lab.
//! Knows no Yew and no browser.

use lightcone_core::engine::Run;
use lightcone_core::trace::{Act, Kind, NodeId, RecordId, Workload};
use std::collections::BTreeMap;

/// Virtual time without any news after which a load is over although not all is answered, in microseconds.
const PATIENCE_US: u64 = 10_000_000;

/// What a person can ask of loads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// The form is wanted.
    Form,
    /// Start one, acts as JSON; and whether it runs to its end at once.
    Start(Vec<String>, bool),
    /// Stand still.
    Stop,
    /// Go on to the end.
    GoOn,
    /// The card is read.
    Close,
}

/// Where a load stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It goes on, some milliseconds in each frame.
    Running,
    /// The person has stopped it, or does something else.
    Stopped,
    /// Nothing more will come.
    Over,
}

/// A load that was started, and what has become of its requests until the cursor.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    workloads: Vec<Workload>,
    /// The first record of it.
    first: RecordId,
    /// When it began, in microseconds.
    from_us: u64,
    pub stage: Stage,
    pub count: Count,
}

/// What has become of the requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    /// Records before this one are counted.
    until: RecordId,
    /// Taken in.
    pub asked: u64,
    /// Refused at once, or by a crash before they were taken in.
    pub refused: u64,
    /// Answered.
    pub answered: u64,
    /// Taken in by a process that crashed before it answered.
    pub lost: u64,
    /// When each of those was taken in that wait for an answer, and where.
    open: BTreeMap<RecordId, (NodeId, u64)>,
    /// From each request to its answer.
    took_us: Vec<u64>,
    /// When there was news last.
    news_us: u64,
}

impl Load {
    /// The load of some workloads that were just started. `first` is the record from which on they can be seen.
    pub(crate) fn new(workloads: Vec<Workload>, first: RecordId, from_us: u64) -> Load {
        Load { workloads, first, from_us, stage: Stage::Running, count: Count::new(first, from_us) }
    }

    /// How many requests there are in all.
    #[must_use]
    pub(crate) fn of(&self) -> u64 {
        self.workloads.iter().map(|w| w.count).sum()
    }

    /// When the last of them is asked for, in microseconds.
    #[must_use]
    pub(crate) fn planned_end_us(&self) -> u64 {
        let spans = self.workloads.iter().map(|w| w.count * w.every_us);
        self.from_us + spans.max().unwrap_or(0)
    }

    /// Whether this run has it: it may have been taken back, or another branch is shown.
    #[must_use]
    pub(crate) fn is_in(&self, run: &Run) -> bool {
        let started = |id: RecordId| matches!(run.act_of(id), Some(Act::Workload(w)) if *w == self.workloads[0]);
        self.first < run.position() && started(self.first)
    }

    /// Counts what has happened until the cursor.
    pub(crate) fn count(&mut self, run: &Run) {
        let until = run.position();
        if until < self.count.until {
            self.forget();
        }
        for id in self.count.until..until {
            self.take_in(run, id);
        }
        self.count.until = until.max(self.first);
    }

    /// Another run is shown: what was counted may not be in it.
    pub(crate) fn forget(&mut self) {
        self.count = Count::new(self.first, self.from_us);
    }

    fn is_of(&self, run: &Run, id: RecordId) -> bool {
        let Some(Act::Request(request)) = run.act_of(id) else { return false };
        // What a workload fixes is the same in each of its requests: so one of another load is told from them.
        let fits = |w: &Workload| {
            let same_operation = w.operation.name == request.operation.name && w.nodes.contains(&request.node);
            same_operation && request.args.has_all_of(&w.args)
        };
        self.workloads.iter().any(fits)
    }

    fn take_in(&mut self, run: &Run, id: RecordId) {
        let record = *run.trace().record(id);
        let own = matches!(record.kind, Kind::Request | Kind::Refused) && self.is_of(run, id);
        let count = &mut self.count;
        match record.kind {
            Kind::Request if own => {
                count.asked += 1;
                count.open.insert(id, (record.node, record.at_us));
            }
            Kind::Refused if own => count.refused += 1,
            Kind::Reply => {
                let Some((_, at_us)) = count.open.remove(&record.cause) else { return };
                count.answered += 1;
                count.took_us.push(record.at_us - at_us);
            }
            Kind::Crash => {
                let before = count.open.len();
                count.open.retain(|_, (node, _)| *node != record.node);
                count.lost += (before - count.open.len()) as u64;
            }
            _ => return,
        }
        count.news_us = record.at_us;
    }

    /// How many are still to be asked for or to be answered.
    #[must_use]
    pub(crate) fn left(&self) -> u64 {
        let c = &self.count;
        self.of().saturating_sub(c.answered + c.refused + c.lost)
    }

    /// Whether there has been no news for so long that none will come.
    #[must_use]
    pub(crate) fn is_stuck(&self, now_us: u64) -> bool {
        let rest = self.workloads.iter().map(|w| w.every_us).max().unwrap_or(0);
        now_us > self.count.news_us.max(self.from_us) + PATIENCE_US.max(2 * rest)
    }

    /// Whether the requests of this load are answered at all: some operations only make something happen.
    #[must_use]
    pub(crate) fn has_answers(&self) -> bool {
        self.count.answered > 0
    }

    /// How many are done: answered, or refused or lost; where there are no answers, asked for.
    #[must_use]
    pub(crate) fn done(&self) -> u64 {
        let c = &self.count;
        c.refused + if self.has_answers() { c.answered + c.lost } else { c.asked }
    }

    /// Virtual time from its beginning to the last news, in microseconds.
    #[must_use]
    pub(crate) fn lasted_us(&self) -> u64 {
        self.count.news_us.saturating_sub(self.from_us)
    }

    /// How long answers took, in microseconds: the median, and the time within which 95 of 100 came.
    #[must_use]
    pub(crate) fn took_us(&self) -> Option<(u64, u64)> {
        let mut sorted = self.count.took_us.clone();
        sorted.sort();
        let at = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some((at(50)?, at(95)?))
    }
}

impl Count {
    fn new(first: RecordId, from_us: u64) -> Count {
        Count { until: first, news_us: from_us, ..Count::default() }
    }
}
