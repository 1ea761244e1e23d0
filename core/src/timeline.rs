//! A recorded run with a cursor: seek by snapshot and deterministic replay, and fork.

use crate::act::{Act, PlannedAct, When};
use crate::frame::{FlightFrame, Frame, LinkFrame, NetworkFrame, ProcessFrame, RuleFrame, TimerFrame};
use crate::history::{History, Violation};
use crate::machine::Machine;
use crate::network::{Delay, LinkChange};
use crate::order;
use crate::run::{Run, ViolationReport};
use crate::scenario::Scenario;
use crate::schema::Sample;
use crate::sim::settle::SETTLE_US_MAX;
use crate::sim::{Plan, Stage, World};
use crate::situation::{Outlook, Situation};
use crate::trace::{Kind, MessageId, NONE, NodeId, RecordId, Trace};

/// Records between two snapshots at first. A replay of so many takes well under a millisecond.
const SNAPSHOT_EVERY: u32 = 1024;
/// With more snapshots than this, every other one goes and the distance doubles: the number of copies of
/// the world stays bounded however long a run gets.
const SNAPSHOTS_MAX: usize = 256;

/// A recorded run.
#[derive(Clone)]
pub(crate) struct Timeline {
    scenario: Scenario,
    plan: Plan,
    history: History,
    /// The end of what was recorded.
    head: World,
    /// Where the cursor is, unless it is at the head.
    past: Option<World>,
    snapshots: Vec<World>,
    every: u32,
}

impl Timeline {
    /// A run that has not begun.
    pub(crate) fn new(scenario: Scenario, machine: Box<dyn Machine>) -> Timeline {
        let head = World::new(&*machine, scenario.seed, scenario.network);
        Timeline {
            plan: Plan::new(&scenario.acts),
            history: History::new(machine),
            snapshots: vec![head.clone()],
            every: SNAPSHOT_EVERY,
            past: None,
            head,
            scenario,
        }
    }

    fn cursor(&self) -> &World {
        self.past.as_ref().unwrap_or(&self.head)
    }

    /// Makes one more record at the head.
    fn advance_head(&mut self, limit_us: u64) -> bool {
        let Timeline { plan, history, head, .. } = self;
        if !head.advance(&mut Stage { plan, history }, limit_us) {
            return false;
        }
        // The distance is a power of two: this says whether the two lie in different blocks of that size.
        if head.records ^ self.snapshots.last().map_or(0, |s| s.records) >= self.every {
            self.snapshots.push(head.clone());
            if self.snapshots.len() > SNAPSHOTS_MAX {
                self.thin();
            }
        }
        true
    }

    fn thin(&mut self) {
        self.every *= 2;
        let every = self.every;
        let mut last = None;
        self.snapshots.retain(|s| {
            let block = s.records / every;
            let first_of_block = last != Some(block);
            last = Some(block);
            first_of_block
        });
    }

    /// Moves a world of the past forward, up to a position.
    fn replay(&mut self, mut world: World, position: u32) -> World {
        let Timeline { plan, history, .. } = self;
        while world.records < position {
            let moved = world.advance(&mut Stage { plan, history }, u64::MAX);
            assert!(moved, "what was recorded can be replayed");
        }
        world
    }

    fn process_frame(&self, world: &World, index: usize) -> ProcessFrame {
        let (process, machine) = (&world.processes[index], &self.history.machine);
        let fields = machine.fields(&*world.interior, index as NodeId);
        let timers = process.armed().map(|t| TimerFrame {
            name: machine.timer_name(t.timer).into(),
            armed_us: t.armed_us,
            due_us: t.due_us,
        });
        let vector = if self.history.trace.stamp_rows() == 0 {
            vec![0; world.processes.len()]
        } else {
            self.history.trace.stamp_row(process.stamp())
        };
        ProcessFrame {
            name: machine.names()[index].clone(),
            role: machine.roles()[index].into(),
            status: process.status,
            lamport: process.lamport(),
            vector,
            fields,
            band: process.band,
            timers: timers.collect(),
            waiting: process.waiting(),
            badges: Vec::new(),
        }
    }

    fn flights(&self, world: &World) -> Vec<FlightFrame> {
        let mut flights: Vec<FlightFrame> = world
            .in_flight()
            .map(|f| {
                let is_ack = f.message == NONE;
                FlightFrame {
                    message: f.message,
                    copy: f.copy,
                    from: f.from,
                    to: f.to,
                    n: if is_ack { 0 } else { self.history.trace.message(f.message).n },
                    sent_us: f.sent_us,
                    arrive_us: f.arrive_us,
                    label: if is_ack { "ack".into() } else { self.history.message_label(f.message) },
                    link: is_ack || self.history.trace.record(f.origin).kind == Kind::Link,
                    origin: f.origin,
                }
            })
            .collect();
        order::sort_by_key(&mut flights, |f| (f.message, f.copy, f.origin));
        flights
    }

    fn network_frame(&self, world: &World) -> NetworkFrame {
        let rule = world.network.rule();
        let n = world.processes.len();
        let own = |(from, to)| (from as u16, to as u16, world.network.link_own(from, to));
        let links: Vec<(u16, u16, LinkChange)> =
            (0..n).flat_map(|from| (0..n).map(move |to| (from, to))).map(own).collect();
        let blocked = links.iter().filter(|(_, _, own)| own.blocked == Some(true));
        let apart = |&(from, to, own): &(u16, u16, LinkChange)| LinkFrame {
            from,
            to,
            delay: own.delay.map(Delay::json),
            loss_ppm: own.loss_ppm,
            duplicate_ppm: own.duplicate_ppm,
            fifo: own.fifo,
        };
        let differs = |l: &&(u16, u16, LinkChange)| LinkChange { blocked: None, ..l.2 } != LinkChange::default();
        NetworkFrame {
            delay: rule.delay.json(),
            loss_ppm: rule.loss_ppm,
            duplicate_ppm: rule.duplicate_ppm,
            fifo: rule.fifo,
            groups: world.network.groups().map(<[u16]>::to_vec),
            blocked: blocked.map(|&(from, to, _)| (from, to)).collect(),
            links: links.iter().filter(differs).map(apart).collect(),
        }
    }

    /// The form of an act's time that replays exactly.
    fn when(&mut self, at_us: u64) -> When {
        let world = self.cursor();
        let at_us = at_us.max(world.now_us);
        let position = world.records;
        if position > 0 && (world.mid_step() || self.next_us().is_some_and(|next| next <= at_us)) {
            return When::After(position - 1);
        }
        When::At(at_us)
    }

    fn forget_future(&mut self) {
        let Some(world) = self.past.take() else { return };
        let cut = world.records;
        world.cut(&mut self.history);
        self.snapshots.retain(|s| s.records < cut || s.records == 0);
        self.head = world;
    }
}

impl Run for Timeline {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn names(&self) -> &[String] {
        self.history.machine.names()
    }

    fn trace(&self) -> &Trace {
        &self.history.trace
    }

    fn position(&self) -> u32 {
        self.cursor().records
    }

    fn now_us(&self) -> u64 {
        self.cursor().now_us
    }

    fn seek(&mut self, position: u32) {
        while self.head.records < position && self.advance_head(u64::MAX) {}
        let position = position.min(self.head.records);
        if position == self.head.records && !self.head.quiet {
            self.past = None;
            return;
        }
        let usable = |w: &&World| w.records < position || (w.records == position && !w.quiet);
        let here = self.past.as_ref().filter(usable).map_or(0, |w| w.records);
        let snapshot = self.snapshots.iter().rposition(|s| s.records <= position).expect("the first one is at 0");
        let start = if here > self.snapshots[snapshot].records {
            self.past.take().expect("it was just looked at")
        } else {
            self.snapshots[snapshot].clone()
        };
        self.past = Some(self.replay(start, position));
    }

    fn seek_time(&mut self, at_us: u64, budget: u32) -> bool {
        let goal = self.head.records.saturating_add(budget);
        let mut complete = true;
        if self.head.now_us <= at_us {
            complete = false;
            while self.head.records < goal {
                if !self.advance_head(at_us) {
                    complete = true;
                    break;
                }
            }
        }
        let position = self.history.trace.count_until(at_us);
        if position == self.head.records && self.head.now_us <= at_us {
            self.past = None;
            return complete;
        }
        self.seek(position);
        if let Some(mut world) = self.past.take() {
            // What happens without a record until then, such as an arrival at a paused process.
            let Timeline { plan, history, .. } = self;
            let moved = world.advance(&mut Stage { plan, history }, at_us);
            assert!(!moved, "every record until this time is made already");
            self.past = Some(world);
        }
        complete
    }

    fn step(&mut self) -> bool {
        let before = self.position();
        if self.past.is_none() && self.advance_head(u64::MAX) {
            return true;
        }
        self.seek(before + 1);
        self.position() > before
    }

    fn next_us(&mut self) -> Option<u64> {
        let position = self.position();
        if position == self.head.records {
            // The cursor stays where it is while the head looks ahead.
            let here = self.past.take().unwrap_or_else(|| self.head.clone());
            let moved = self.advance_head(u64::MAX);
            self.past = Some(here);
            if !moved {
                return None;
            }
        }
        Some(self.history.trace.record(position).at_us)
    }

    fn act(&mut self, act: Act, at_us: u64) {
        let at_us = at_us.max(self.now_us());
        let when = self.when(at_us);
        // Whatever was looked up ahead of the cursor is made anew with the act in it.
        self.forget_future();
        let planned = PlannedAct { when, act };
        let position = self.head.records;
        // Acts of the forgotten future that have a time stay planned; those that waited for one of its records
        // cannot: the records will be others. An act in the middle of a step also replaces those that waited
        // for the record at the cursor.
        let kept = if let When::After(id) = when { id } else { position };
        self.plan.drop_anchored_from(kept);
        self.scenario.acts.retain(|a| !matches!(a.when, When::After(id) if id >= kept));
        self.scenario.acts.push(planned.clone());
        self.plan.push(&planned);
        self.scenario.until_us = self.scenario.until_us.max(at_us);
        if let When::After(_) = when {
            // The moment is made again from the plan with the act in it: what happened since the record without
            // a record of its own comes after the act.
            self.snapshots.retain(|s| s.records < position);
            let start = self.snapshots.last().expect("the first one is at 0").clone();
            self.head = self.replay(start, position);
        }
        self.advance_head(at_us);
    }

    fn extend(&mut self, until_us: u64) {
        self.scenario.until_us = self.scenario.until_us.max(until_us);
    }

    fn settle(&mut self) -> bool {
        let (position, now_us) = (self.position(), self.now_us().max(self.scenario.until_us));
        let done = |a: &PlannedAct| match a.when {
            When::At(us) => us <= now_us,
            When::After(id) => id < position,
        };
        self.scenario.acts.retain(done);
        self.plan = Plan::new(&self.scenario.acts);
        self.act(Act::Settle, now_us);
        while self.head.settling.is_on() && self.advance_head(u64::MAX) {}
        // The verdict falls before some periodic event: its instant is played to the end, as a replay will play it.
        let end_us = self.head.now_us;
        while self.advance_head(end_us) {}
        self.scenario.until_us = self.scenario.until_us.max(self.head.now_us);
        self.head.now_us <= now_us + SETTLE_US_MAX
    }

    fn frame(&self) -> Frame {
        let world = self.cursor();
        let machine = &self.history.machine;
        let violated = |rule: &str| world.violated.iter().find(|(r, _)| *r == rule).map(|(_, id)| *id);
        let rules = machine.spec().rules.iter();
        let rules = rules.map(|r| RuleFrame { rule: r.name.into(), violated: violated(r.name) });
        let mut processes: Vec<ProcessFrame> =
            (0..world.processes.len()).map(|i| self.process_frame(world, i)).collect();
        for (node, badges) in machine.badges(&*world.interior) {
            processes[usize::from(node)].badges = badges;
        }
        Frame {
            position: world.records,
            event: world.records.checked_sub(1),
            at_us: world.now_us,
            mid_step: world.mid_step(),
            processes,
            in_flight: self.flights(world),
            network: self.network_frame(world),
            panels: machine.panels(&*world.interior),
            rules: rules.collect(),
        }
    }

    fn label(&self, id: RecordId) -> String {
        self.history.describe(self.history.trace.record(id)).0
    }

    fn data(&self, id: RecordId) -> String {
        self.history.describe(self.history.trace.record(id)).1
    }

    fn own_clock(&self, id: RecordId) -> Option<(Vec<u32>, Vec<u32>)> {
        let note = self.history.note(self.history.trace.record(id))?;
        self.history.machine.own_clock(note).map(|(before, after)| (before.to_vec(), after.to_vec()))
    }

    fn why(&self, id: RecordId) -> Option<(String, &'static str)> {
        let record = self.history.trace.record(id);
        self.history.machine.why(record.kind, record.node, self.history.note(record)?)
    }

    fn item(&self, id: RecordId) -> Option<(u16, u64)> {
        let record = self.history.trace.record(id);
        match record.kind {
            Kind::Send | Kind::Receive => self.history.machine.item_sent(record.message),
            Kind::Deliver => self.history.machine.item_delivered(self.history.note(record)?),
            _ => None,
        }
    }

    fn samples(&self, id: RecordId) -> Vec<Sample> {
        let note = self.history.note(self.history.trace.record(id));
        note.map(|note| self.history.machine.samples(note)).unwrap_or_default()
    }

    fn act_of(&self, id: RecordId) -> Option<&Act> {
        self.history.act(self.history.trace.record(id))
    }

    fn line(&self, id: RecordId) -> String {
        self.history.line(id)
    }

    fn message_label(&self, id: MessageId) -> String {
        self.history.message_label(id)
    }

    fn message_kind(&self, id: MessageId) -> &'static str {
        self.history.machine.message_kind(id)
    }

    fn link_peer(&self, id: RecordId) -> Option<NodeId> {
        self.history.link_peer(self.history.trace.record(id))
    }

    fn hash(&self) -> u64 {
        self.history.hash()
    }

    fn violations(&self) -> Vec<ViolationReport> {
        let report = |&(_, id): &(&'static str, RecordId)| {
            let record = self.history.trace.record(id);
            assert!(record.kind == Kind::Violation, "a violation points at its record");
            let violation = self.history.violation(record).expect("a violation says what it is");
            let Violation { rule, explain, events } = violation;
            ViolationReport { id, rule, explain: explain.clone(), events: events.clone() }
        };
        self.cursor().violated.iter().map(report).collect()
    }

    fn situations(&self) -> Vec<Situation> {
        self.history.machine.situations(&*self.cursor().interior)
    }

    fn outlook(&self) -> Option<Outlook> {
        self.history.machine.outlook(self.cursor().network.rule())
    }

    fn metrics(&self) -> Vec<(&'static str, u64)> {
        self.history.machine.metrics(&*self.cursor().interior, self.now_us())
    }

    fn fork(&self) -> Box<dyn Run> {
        Box::new(self.clone())
    }

    fn snapshots(&self) -> usize {
        self.snapshots.len()
    }
}
