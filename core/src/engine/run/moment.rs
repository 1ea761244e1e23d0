//! The moment at a run's cursor as plain data.

use super::Run;
use crate::base::sheet::Sheet;
use crate::engine::sim::World;
use crate::protocol::{Outlook, Situation};
use crate::tables::{Delay, LinkChange};
use crate::trace::frame::{
    Cell, FlightFrame, Frame, LinkFrame, NetworkFrame, Panel, ProcessFrame, RuleFrame, TimerFrame,
};
use crate::trace::{Kind, NONE, NodeId};

/// Rows of the lab's table that are shown: what one can look over. All of them are in what is exported.
const ROWS_MAX: usize = 40;

/// The end of a table as a panel.
fn last_rows(sheet: Sheet) -> Panel {
    let Sheet { title, says, columns, rows } = sheet;
    let left_out = rows.len().saturating_sub(ROWS_MAX);
    let says = match left_out {
        0 => says,
        n => format!("{says} The last {ROWS_MAX} of {}.", n + ROWS_MAX),
    };
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        (cells.next().unwrap_or_default(), cells.map(Cell::plain).collect())
    };
    Panel::Table {
        title,
        says,
        columns: columns.into_iter().skip(1).collect(),
        rows: rows.into_iter().skip(left_out).map(row).collect(),
    }
}

impl Run {
    /// The moment at the cursor, without the lab's own views: those are [`panels`](Run::panels).
    #[must_use]
    pub fn frame(&self) -> Frame {
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
            rules: rules.collect(),
        }
    }

    /// The lab's own views at the cursor: worked out anew at each call, so ask when they are shown. The lab's table is among
    /// them, with its last rows.
    #[must_use]
    pub fn panels(&self) -> Vec<Panel> {
        let mut panels = self.history.machine.panels(&*self.cursor().interior);
        panels.extend(self.sheet().map(last_rows));
        panels
    }

    /// What all that has happened before the cursor comes to, as a table, in a lab that has one.
    #[must_use]
    pub fn sheet(&self) -> Option<Sheet> {
        self.history.machine.sheet(self.history.records(), self.position())
    }

    /// Situations worth having in one click, at the cursor.
    #[must_use]
    pub fn situations(&self) -> Vec<Situation> {
        self.history.machine.situations(&*self.cursor().interior)
    }

    /// What the settings lead to on the network at the cursor.
    #[must_use]
    pub fn outlook(&self) -> Option<Outlook> {
        self.history.machine.outlook(self.cursor().network.rule())
    }

    /// The lab's numbers at the cursor.
    #[must_use]
    pub fn metrics(&self) -> Vec<(&'static str, u64)> {
        self.history.machine.metrics(&*self.cursor().interior, self.now_us())
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
                    message: (!is_ack).then_some(f.message),
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
        flights.sort_by_key(|f| (f.message.is_none(), f.message, f.copy, f.origin));
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
}
