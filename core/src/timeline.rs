//! A recorded run with a cursor: seek by snapshot and deterministic replay, and fork.

use crate::act::{Act, PlannedAct, When};
use crate::frame::{FlightFrame, Frame, NetworkFrame, ProcessFrame, RuleFrame, TimerFrame};
use crate::history::History;
use crate::labs::context;
use crate::protocol::{Context, Out, Protocol, Seen};
use crate::run::{Run, ViolationReport};
use crate::scenario::Scenario;
use crate::sim::settle::SETTLE_US_MAX;
use crate::sim::{Plan, Stage, World};
use crate::trace::{Kind, MessageId, NONE, NodeId, RecordId, Trace};

/// Records between two snapshots at first. A replay of so many takes well under a millisecond.
const SNAPSHOT_EVERY: u32 = 1024;
/// With more snapshots than this, every other one goes and the distance doubles: the number of copies of
/// the world stays bounded however long a run gets.
const SNAPSHOTS_MAX: usize = 256;

/// A run of one protocol.
#[derive(Debug)]
pub(crate) struct Timeline<P: Protocol> {
    scenario: Scenario,
    ctx: Context<P>,
    plan: Plan,
    history: History<P>,
    /// The end of what was recorded.
    head: World<P>,
    /// Where the cursor is, unless it is at the head.
    past: Option<World<P>>,
    snapshots: Vec<World<P>>,
    every: u32,
    out: Out<P>,
}

impl<P: Protocol> Clone for Timeline<P> {
    fn clone(&self) -> Self {
        Timeline {
            scenario: self.scenario.clone(),
            ctx: self.ctx.clone(),
            plan: self.plan.clone(),
            history: self.history.clone(),
            head: self.head.clone(),
            past: self.past.clone(),
            snapshots: self.snapshots.clone(),
            every: self.every,
            out: Out::new(),
        }
    }
}

impl<P: Protocol> Timeline<P> {
    pub(crate) fn new(scenario: Scenario) -> Timeline<P> {
        let ctx = context::<P>(&scenario.setup);
        let head = World::new(&ctx, scenario.seed, scenario.network);
        Timeline {
            plan: Plan::new(&scenario.acts),
            history: History::new(ctx.processes()),
            snapshots: vec![head.clone()],
            every: SNAPSHOT_EVERY,
            past: None,
            out: Out::new(),
            head,
            ctx,
            scenario,
        }
    }

    fn cursor(&self) -> &World<P> {
        self.past.as_ref().unwrap_or(&self.head)
    }

    /// Makes one more record at the head.
    fn advance_head(&mut self, limit_us: u64) -> bool {
        let Timeline { ctx, plan, history, head, out, .. } = self;
        if !head.advance(&mut Stage { ctx, plan, history, out }, limit_us) {
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
    fn replay(&mut self, mut world: World<P>, position: u32) -> World<P> {
        let Timeline { ctx, plan, history, out, .. } = self;
        while world.records < position {
            let moved = world.advance(&mut Stage { ctx, plan, history, out }, u64::MAX);
            assert!(moved, "what was recorded can be replayed");
        }
        world
    }

    fn seen<'a>(&self, world: &'a World<P>) -> Vec<Seen<'a, P>> {
        let seen = |p: &'a crate::sim::Process<P>| Seen { state: p.state.as_ref(), durable: &p.durable };
        world.processes.iter().map(seen).collect()
    }

    fn process_frame(&self, world: &World<P>, index: usize, seen: &Seen<'_, P>) -> ProcessFrame {
        let process = &world.processes[index];
        let node = index as NodeId;
        let timers = process.armed().map(|t| TimerFrame {
            name: P::timer_name(t.timer).into(),
            armed_us: t.armed_us,
            due_us: t.due_us,
        });
        let vector = if self.history.trace.stamp_rows() == 0 {
            vec![0; self.ctx.processes()]
        } else {
            self.history.trace.stamp_row(process.stamp())
        };
        ProcessFrame {
            name: self.ctx.names[index].clone(),
            role: self.ctx.roles[index].into(),
            status: process.status,
            lamport: process.lamport(),
            vector,
            fields: P::fields(&self.ctx, node, seen),
            band: P::band(&self.ctx, node, seen),
            timers: timers.collect(),
            waiting: process.waiting(),
        }
    }

    fn flights(&self, world: &World<P>) -> Vec<FlightFrame> {
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
                    label: if is_ack { "ack".into() } else { self.history.message_label(&self.ctx, f.message) },
                    link: is_ack || self.history.trace.record(f.origin).kind == Kind::Link,
                    origin: f.origin,
                }
            })
            .collect();
        flights.sort_unstable_by_key(|f| (f.message, f.copy));
        flights
    }

    fn network_frame(&self, world: &World<P>) -> NetworkFrame {
        let rule = world.network.rule();
        let n = self.ctx.processes();
        let links = (0..n).flat_map(|from| (0..n).map(move |to| (from, to)));
        let blocked = links.filter(|&(from, to)| world.network.link_own(from, to).blocked == Some(true));
        NetworkFrame {
            delay: rule.delay.json(),
            loss_ppm: rule.loss_ppm,
            duplicate_ppm: rule.duplicate_ppm,
            fifo: rule.fifo,
            groups: world.network.groups().map(<[u16]>::to_vec),
            blocked: blocked.map(|(from, to)| (from as u16, to as u16)).collect(),
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

impl<P: Protocol> Run for Timeline<P> {
    fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    fn names(&self) -> &[String] {
        &self.ctx.names
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
        let usable = |w: &&World<P>| w.records < position || (w.records == position && !w.quiet);
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
            let Timeline { ctx, plan, history, out, .. } = self;
            let moved = world.advance(&mut Stage { ctx, plan, history, out }, at_us);
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
        self.scenario.until_us = self.scenario.until_us.max(self.head.now_us);
        self.head.now_us <= now_us + SETTLE_US_MAX
    }

    fn frame(&self) -> Frame {
        let world = self.cursor();
        let seen = self.seen(world);
        let spec = P::spec();
        let violated = |rule: &str| world.violated.iter().find(|(r, _)| *r == rule).map(|(_, id)| *id);
        Frame {
            position: world.records,
            event: world.records.checked_sub(1),
            at_us: world.now_us,
            mid_step: world.mid_step(),
            processes: seen.iter().enumerate().map(|(i, s)| self.process_frame(world, i, s)).collect(),
            in_flight: self.flights(world),
            network: self.network_frame(world),
            panels: P::panels(&self.ctx, &seen),
            rules: spec.rules.iter().map(|r| RuleFrame { rule: r.name.into(), violated: violated(r.name) }).collect(),
        }
    }

    fn label(&self, id: RecordId) -> String {
        self.history.label(&self.ctx, self.history.trace.record(id))
    }

    fn data(&self, id: RecordId) -> String {
        self.history.describe(&self.ctx, self.history.trace.record(id)).1
    }

    fn own_clock(&self, id: RecordId) -> Option<(Vec<u32>, Vec<u32>)> {
        let note = self.history.note(self.history.trace.record(id))?;
        P::own_clock(note).map(|(before, after)| (before.to_vec(), after.to_vec()))
    }

    fn why(&self, id: RecordId) -> Option<(String, &'static str)> {
        let record = self.history.trace.record(id);
        P::why(&self.ctx, record.kind, record.node, self.history.note(record)?)
    }

    fn item(&self, id: RecordId) -> Option<(u16, u64)> {
        let record = self.history.trace.record(id);
        match record.kind {
            Kind::Send | Kind::Receive => P::item_sent(self.history.messages.at(record.message as usize)),
            Kind::Deliver => P::item_delivered(self.history.note(record)?),
            _ => None,
        }
    }

    fn act_of(&self, id: RecordId) -> Option<&Act> {
        self.history.act(self.history.trace.record(id))
    }

    fn line(&self, id: RecordId) -> String {
        self.history.line(&self.ctx, id)
    }

    fn message_label(&self, id: MessageId) -> String {
        self.history.message_label(&self.ctx, id)
    }

    fn message_kind(&self, id: MessageId) -> &'static str {
        P::message_kind(self.history.messages.at(id as usize))
    }

    fn link_peer(&self, id: RecordId) -> Option<NodeId> {
        self.history.link_peer(self.history.trace.record(id))
    }

    fn hash(&self) -> u64 {
        self.history.hash(&self.ctx)
    }

    fn violations(&self) -> Vec<ViolationReport> {
        let report = |&(_, id): &(&'static str, RecordId)| {
            let record = self.history.trace.record(id);
            assert!(record.kind == Kind::Violation, "a violation points at its record");
            let (rule, explain, events) = self.history.violation(record).expect("a violation says what it is");
            ViolationReport { id, rule, explain: explain.into(), events: events.to_vec() }
        };
        self.cursor().violated.iter().map(report).collect()
    }

    fn metrics(&self) -> Vec<(&'static str, u64)> {
        P::metrics(&self.ctx, &self.seen(self.cursor()))
    }

    fn fork(&self) -> Box<dyn Run> {
        Box::new(self.clone())
    }

    fn snapshots(&self) -> usize {
        self.snapshots.len()
    }
}
