//! The protocol checked whole: two caches, one line, two values, and every order in which messages can arrive.
//!
//! Each state of the system is reached by letting processes take their steps, without the simulator: there is no time,
//! and whatever can happen next does. With a budget of faults any message may also be lost or come twice, a timer may run
//! out too early, and a cache may crash and start again.

use super::super::bus::{self, Bus};
use super::super::cache::{self, Cached};
use super::super::line::{Content, Line};
use super::super::note::{Note, Why};
use super::super::{Access, Change, Ctx, Disk, Effects, Mesi, Message, Request, State, Tally, Timer, Write};
use crate::base::json::Payload;
use crate::coherence::{Family, State as LineState, Transaction};
use crate::labs;
use crate::protocol::{Crash, Input, Out, Protocol, What, context};
use crate::trace::NodeId;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

const BUS: NodeId = 2;

/// The whole system at a moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    caches: [Cached; 2],
    bus: Bus,
    memory: std::collections::BTreeMap<Rc<str>, Content>,
    /// Messages under way, in no order that would mean anything.
    flying: Vec<(NodeId, NodeId, Message)>,
    /// Whose timer to ask again is armed; and the bus's turn.
    retry: [bool; 3],
    turn: bool,
    /// Accesses that each processor has still to make.
    left: [u8; 2],
    faults: u8,
    /// What was written last to x.
    last: Content,
    /// Who flushes x in the open transaction, and whether he has crashed since.
    flushes: Option<(NodeId, bool)>,
    /// Who has crashed with his write-back of x under way.
    returns: Option<NodeId>,
    /// A cache has crashed that had x, in MOESI: memory may be older, and nobody answers for it.
    orphan: bool,
}

/// What an exploration may do.
#[derive(Clone, Copy)]
struct Bounds {
    setup: &'static str,
    /// Of each processor.
    accesses: [u8; 2],
    faults: u8,
    /// Whether processors also read another line, for which x has to go.
    evicts: bool,
}

/// What an exploration has found.
struct Explored {
    states: usize,
    ends: usize,
    violations: BTreeSet<&'static str>,
}

struct Explorer {
    ctx: Ctx,
    bounds: Bounds,
    x: Line,
    violations: BTreeSet<&'static str>,
}

fn ctx(setup: &str) -> Ctx {
    let memory = if setup.contains("memory_ms") { "" } else { ",\"memory_ms\":0" };
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"setup\":{{\"caches\":2,\"lines\":1,\"bus_ms\":0,\"transfer_ms\":0{setup}{memory}}}}}"
    );
    context::<Mesi>(&labs::parse(&text).unwrap_or_else(|e| panic!("{e}")).setup).expect("settings that fit")
}

/// What a step leaves on disk, and what it sends and says: all at once, since nobody looks in between.
fn effects(out: &mut Effects) -> (Vec<Write>, Vec<Note>, Vec<What<Message, Timer>>) {
    let (mut writes, mut notes, mut whats) = (Vec::new(), Vec::new(), Vec::new());
    writes.extend(out.input_write.take());
    notes.extend(out.input_note.take());
    for effect in out.effects.drain(..) {
        writes.extend(effect.write);
        notes.extend(effect.note);
        whats.push(effect.what);
    }
    (writes, notes, whats)
}

impl Explorer {
    fn new(bounds: Bounds) -> Explorer {
        let x = Line { name: "x".into(), set: 0 };
        Explorer { ctx: ctx(bounds.setup), bounds, x, violations: BTreeSet::new() }
    }

    fn start(&self) -> World {
        let boot = |me| cache::boot(&self.ctx, me, &Disk::default(), &mut Out::new());
        let start =
            self.ctx.setup.contents.iter().flatten().find(|start| start.state.is_dirty() && start.line == self.x);
        World {
            caches: [boot(0), boot(1)],
            bus: Bus::new(&self.ctx.setup),
            memory: self.ctx.setup.memory.iter().cloned().collect(),
            flying: Vec::new(),
            retry: [false; 3],
            turn: false,
            left: self.bounds.accesses,
            faults: self.bounds.faults,
            last: start.map(|start| start.content.clone()).unwrap_or_default(),
            flushes: None,
            returns: None,
            orphan: false,
        }
    }

    /// A process takes something in.
    fn step(&mut self, world: &World, node: NodeId, input: Input<'_, Mesi>) -> World {
        let mut next = world.clone();
        let mut out = Out::new();
        if node == BUS {
            bus::step(&self.ctx, &disk(world), input, &mut out);
        } else {
            let cached = &mut next.caches[usize::from(node)];
            cache::step(&self.ctx, node, cached, &Disk::default(), input, &mut out);
        }
        self.settle(&mut next, node, &mut out);
        next
    }

    fn settle(&mut self, world: &mut World, node: NodeId, out: &mut Effects) {
        let (writes, notes, whats) = effects(out);
        let mut disk = disk(world);
        for write in writes {
            if matches!(write.0, Change::Bus(_) | Change::Commit(..)) {
                Mesi::write(&mut disk, write);
            }
        }
        (world.bus, world.memory) = (disk.bus, Rc::unwrap_or_clone(disk.memory));
        for note in notes {
            self.hear(world, node, &note);
        }
        for what in whats {
            match what {
                What::Send { to, message } => world.flying.push((node, to, message)),
                What::Arm { timer: Timer::Retry, .. } => world.retry[usize::from(node)] = true,
                What::Disarm(Timer::Retry) => world.retry[usize::from(node)] = false,
                What::Arm { timer: Timer::Turn, .. } => world.turn = true,
                What::Disarm(Timer::Turn) => world.turn = false,
                What::Record(_) | What::Reply(_) | What::Apart => {}
            }
        }
        world.flying.sort();
    }

    /// What was written last, and whether reads give it.
    fn hear(&mut self, world: &mut World, node: NodeId, note: &Note) {
        match note {
            Note::Changed(change) if change.line == self.x => {
                world.returns = change.doubt.then_some(node);
                if let Some((key, value)) = &change.wrote {
                    world.last = world.last.with(key, value);
                }
                if change.flushed || change.gave {
                    world.flushes = Some((node, false));
                }
                if change.why == Why::Crash && change.from == LineState::M {
                    world.last = world.memory.get("x").cloned().unwrap_or_default();
                } else if change.why == Why::Crash {
                    world.orphan = self.ctx.setup.family() == Family::Moesi;
                }
            }
            Note::Committed(commit) if commit.line == self.x => {
                if let Some(word) = &commit.wrote {
                    world.last = world.last.overwritten(word);
                }
                let unsure = commit.flushed.is_some() || commit.from.is_none();
                let lost = world.flushes.take().is_some_and(|(_, down)| down) && unsure;
                let back = commit.transaction == Transaction::WriteBack && world.returns == Some(commit.by);
                let rescue = commit.transaction == Transaction::Rescue;
                let alive = world.caches.iter().any(|cached| cached.lines.find(0, &self.x.name).is_some());
                let nowhere = !alive && (commit.from.is_none() || rescue);
                if lost || back || (std::mem::take(&mut world.orphan) || rescue) && nowhere {
                    world.last = commit.memory.clone();
                }
            }
            Note::Served(served) if served.line == self.x => match &served.value {
                Some(value) if served.write && !served.told => world.last = world.last.with(&served.key, value),
                value if !served.write && value.as_ref() != world.last.get(&served.key) => {
                    self.violations.insert("read-last-write");
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn check(&mut self, world: &World) {
        let of = |cached: &Cached| {
            cached
                .lines
                .find(0, &self.x.name)
                .map(|slot| (cached.lines.at(slot).state, cached.lines.at(slot).value.clone()))
        };
        let copies: Vec<(LineState, Content)> = world.caches.iter().filter_map(of).collect();
        if copies.len() > 1 && copies.iter().any(|(state, _)| state.is_only()) {
            self.violations.insert("single-writer");
        }
        let open = world.bus.open.as_ref().is_some_and(|open| open.asked.line == self.x);
        let memory = world.memory.get("x").cloned().unwrap_or_default();
        let twice = |state| copies.iter().filter(|(other, _)| *other == state).count() > 1;
        if twice(LineState::O) || twice(LineState::F) {
            self.violations.insert("single-writer");
        }
        let owner = copies.iter().find(|(state, _)| *state == LineState::O);
        let differs = |(state, content): &(LineState, Content)| match owner {
            _ if state.is_dirty() => false,
            Some((_, owner)) => content != owner,
            None => *content != memory && !world.orphan,
        };
        if !open && copies.iter().any(differs) {
            self.violations.insert("clean-equals-memory");
        }
    }

    /// All states that can come next.
    fn next(&mut self, world: &World) -> Vec<World> {
        let mut found = Vec::new();
        for (i, (from, to, message)) in world.flying.iter().enumerate() {
            let mut rest = world.clone();
            rest.flying.remove(i);
            found.push(self.step(&rest, *to, Input::Message { from: *from, message }));
            if world.faults > 0 {
                rest.faults -= 1;
                // It is lost; or it arrives, and once more later.
                found.push(rest.clone());
                rest.flying = world.flying.clone();
                found.push(self.step(&rest, *to, Input::Message { from: *from, message }));
            }
        }
        for node in 0..2 {
            found.extend(self.accesses(world, node));
        }
        // Who waits asks again: when nothing is under way any more, or, as a fault, earlier.
        let quiet = world.flying.is_empty();
        for node in (0..=BUS).filter(|node| world.retry[usize::from(*node)] && (quiet || world.faults > 0)) {
            let mut before = world.clone();
            before.retry[usize::from(node)] = false;
            before.faults -= u8::from(!quiet);
            found.push(self.step(&before, node, Input::Timeout(Timer::Retry)));
        }
        if world.turn {
            let before = World { turn: false, ..world.clone() };
            found.push(self.step(&before, BUS, Input::Timeout(Timer::Turn)));
        }
        if world.faults > 0 {
            found.extend((0..2).map(|node| self.crash(world, node)));
        }
        found
    }

    fn accesses(&mut self, world: &World, node: NodeId) -> Vec<World> {
        let i = usize::from(node);
        if world.left[i] == 0 || !world.caches[i].is_idle() {
            return Vec::new();
        }
        let mut before = world.clone();
        before.left[i] -= 1;
        let access = |key: &str, value: Option<&str>| {
            let key: Rc<str> = key.into();
            let line = Line { name: Rc::clone(&key), set: 0 };
            Request::Access(Rc::new(Access { line, key, value: value.map(Payload::from_text) }))
        };
        let mut all = vec![access("x", None), access("x", Some("a")), access("x", Some("b"))];
        if self.bounds.evicts {
            all.push(access("y", None));
        }
        all.iter().map(|request| self.step(&before, node, Input::Request { id: 0, request })).collect()
    }

    /// A cache crashes, the bus is told, and it starts again.
    fn crash(&mut self, world: &World, node: NodeId) -> World {
        let mut next = world.clone();
        let i = usize::from(node);
        next.faults -= 1;
        let life = next.caches[i].life;
        let dying = State(Some(Box::new(next.caches[i].clone())));
        for note in Mesi::last_words(&self.ctx, node, &dying, &[]) {
            self.hear(&mut next, node, &note);
        }
        if let Some((_, down)) = next.flushes.as_mut().filter(|(who, _)| *who == node) {
            *down = true;
        }
        let mut out = Out::new();
        next.caches[i] = cache::boot(&self.ctx, node, &Disk { life, ..Disk::default() }, &mut out);
        next.retry[i] = false;
        let mut out = Out::new();
        bus::told_of_crash(&self.ctx, &disk(&next), Crash { node, just_now: true }, &mut out);
        self.settle(&mut next, BUS, &mut out);
        next
    }
}

fn disk(world: &World) -> Disk {
    let (tally, traffic) = (Tally::default(), Default::default());
    Disk { tally, bus: world.bus.clone(), traffic, memory: Rc::new(world.memory.clone()), ..Disk::default() }
}

/// Goes through all states.
fn explore(bounds: Bounds) -> Explored {
    let mut explorer = Explorer::new(bounds);
    let start = Rc::new(explorer.start());
    let mut known = BTreeSet::from([Rc::clone(&start)]);
    let mut open = VecDeque::from([start]);
    let mut ends = 0;
    while let Some(world) = open.pop_front() {
        explorer.check(&world);
        let next = explorer.next(&world);
        if world.flying.is_empty() && !world.turn && world.retry == [false; 3] {
            // Nothing moves by itself any more.
            if !world.caches.iter().all(Cached::is_idle) || !world.bus.is_idle() {
                explorer.violations.insert("stuck");
            }
        }
        ends += usize::from(next.is_empty());
        for world in next.into_iter().map(Rc::new) {
            if known.insert(Rc::clone(&world)) {
                open.push_back(world);
            }
        }
    }
    Explored { states: known.len(), ends, violations: explorer.violations }
}

const MOESI: &str = ",\"protocol\":\"moesi\"";
const ALLOCATES: &str = ",\"write\":\"through-allocate\"";
const OWNED: &str = ",\"protocol\":\"moesi\",\"memory\":{\"x\":\"o\"},\"contents\":{\"C1\":{\"x\":{\"state\":\"O\",\"value\":\"n\"}},\"C2\":{\"x\":\"S\"}}";
const PLAIN: Bounds = Bounds { setup: "", accesses: [3; 2], faults: 0, evicts: false };

/// Whether there is time for a minute of states: with `LIGHTCONE_CASES`, in percent, as the other tests have it.
fn thorough() -> bool {
    std::env::var("LIGHTCONE_CASES").ok().and_then(|text| text.parse::<u64>().ok()).is_some_and(|percent| percent > 100)
}

/// No state within these bounds breaks a rule, and there is an end.
fn hold(all: &[(&str, Bounds)]) {
    for (name, bounds) in all {
        let explored = explore(*bounds);
        println!("{name}: {} states, {} ends, {:?}", explored.states, explored.ends, explored.violations);
        assert!(explored.ends > 0, "{name}");
        assert_eq!(explored.violations, BTreeSet::new(), "{name}");
    }
}

#[test]
fn no_order_of_deliveries_breaks_a_rule() {
    hold(&[
        ("three accesses each", PLAIN),
        ("three accesses each, MSI", Bounds { setup: ",\"protocol\":\"msi\"", ..PLAIN }),
        ("three accesses each, MOESI", Bounds { setup: MOESI, ..PLAIN }),
        ("three accesses each, MESIF", Bounds { setup: ",\"protocol\":\"mesif\"", ..PLAIN }),
        ("three accesses each, clean lines from memory", Bounds { setup: ",\"supplier\":\"memory\"", ..PLAIN }),
        ("three accesses each, write-through", Bounds { setup: ",\"write\":\"through\"", ..PLAIN }),
        ("two accesses each, write-through with allocation", Bounds { setup: ALLOCATES, accesses: [2; 2], ..PLAIN }),
        ("with another line", Bounds { evicts: true, accesses: if thorough() { [3; 2] } else { [2; 2] }, ..PLAIN }),
        ("with another line, MOESI", Bounds { setup: MOESI, evicts: true, accesses: [2; 2], ..PLAIN }),
        (
            "with another line, MESIF",
            Bounds { setup: ",\"protocol\":\"mesif\"", evicts: true, accesses: [2; 2], ..PLAIN },
        ),
        ("with another line, write-through", Bounds { setup: ALLOCATES, evicts: true, accesses: [2, 1], ..PLAIN }),
        ("an owner and a sharer at the start", Bounds { setup: OWNED, evicts: true, accesses: [2; 2], ..PLAIN }),
    ]);
}

/// Accesses of each where there are as many states as a minute has time for.
fn few() -> [u8; 2] {
    if thorough() { [2; 2] } else { [2, 1] }
}

// Three tests, so that they share the processors.

#[test]
fn no_order_of_deliveries_with_a_fault_breaks_a_rule() {
    hold(&[
        ("two accesses each, one fault", Bounds { accesses: [2; 2], faults: 1, ..PLAIN }),
        ("two accesses each, one fault, MOESI", Bounds { setup: MOESI, accesses: [2; 2], faults: 1, ..PLAIN }),
        (
            "one fault, MOESI with clean lines from memory",
            Bounds { setup: ",\"protocol\":\"moesi\",\"supplier\":\"memory\"", accesses: few(), faults: 1, ..PLAIN },
        ),
        ("one fault, MESIF", Bounds { setup: ",\"protocol\":\"mesif\"", accesses: few(), faults: 1, ..PLAIN }),
    ]);
}

#[test]
fn no_order_of_deliveries_with_two_faults_or_written_through_breaks_a_rule() {
    hold(&[
        ("one fault, write-through", Bounds { setup: ",\"write\":\"through\"", accesses: few(), faults: 1, ..PLAIN }),
        ("one fault, write-through with allocation", Bounds { setup: ALLOCATES, accesses: few(), faults: 1, ..PLAIN }),
        ("one access each, two faults", Bounds { accesses: [1; 2], faults: 2, ..PLAIN }),
        (
            "an owner and a sharer at the start, two faults",
            Bounds { setup: OWNED, accesses: [1; 2], faults: 2, ..PLAIN },
        ),
    ]);
}

#[test]
fn no_order_of_deliveries_with_a_fault_and_another_line_breaks_a_rule() {
    hold(&[
        (
            "an owner and a sharer at the start, one fault",
            Bounds { setup: OWNED, accesses: few(), faults: 1, evicts: true },
        ),
        (
            "with another line, one fault",
            Bounds { accesses: if thorough() { [2; 2] } else { [1; 2] }, faults: 1, evicts: true, ..PLAIN },
        ),
        // Then a write-back takes its time, and its cache may crash meanwhile.
        (
            "with another line and a slow memory, one fault",
            Bounds { setup: ",\"memory_ms\":1", accesses: [2, 1], faults: 1, evicts: true },
        ),
    ]);
}

#[test]
fn each_switch_breaks_its_rule_in_some_order() {
    for (switch, rule, faults) in [
        ("no-invalidate", "single-writer", 0),
        ("no-flush", "clean-equals-memory", 0),
        ("exclusive-without-snoop", "single-writer", 0),
        ("stale-upgrade", "read-last-write", 0),
        ("no-retry", "stuck", 1),
    ] {
        let setup: &'static str = Box::leak(format!(",\"broken\":[\"{switch}\"]").into_boxed_str());
        // Who reads what was overwritten needs a third access.
        let accesses = if switch == "stale-upgrade" { [3; 2] } else { [2; 2] };
        let explored = explore(Bounds { setup, accesses, faults, ..PLAIN });
        println!("{switch}: {} states, {:?}", explored.states, explored.violations);
        assert!(explored.violations.contains(rule), "{switch}");
    }
}
