//! MESI caches on a snooping bus (Papamarcos & Patel 1984; Culler & Singh 1999, §5.3.2; transient states as in Sorin,
//! Hill & Wood 2011, §7), and their relatives: MSI, MOESI, MESIF and write-through. The states, the table and the counters
//! are in [`crate::coherence`]; here they travel.
//!
//! **Caches** serve their processor one access after the other. A hit is served at once. For a miss, and for a write to
//! a line that is shared, the cache asks the bus and waits; where the set is full, the least recently used line goes
//! first, and if it is modified it is written back before anything else is asked for.
//!
//! **The bus** serves one transaction at a time; requests queue. A transaction is snooped by all other caches: each
//! changes its line by the table and answers, with the data where it has them. When all have answered, memory takes what
//! was flushed, the requester gets its line, and when it says so, the transaction is over. A paused cache answers nothing
//! and so stalls the bus.
//!
//! **Two requests that meet.** The one that is served first is snooped by the other's cache. A pending BusUpgr whose
//! line is invalidated becomes a BusRdX, since the data are gone; a line that waits for its write-back is flushed as any
//! modified line, and the write-back is cancelled. The answer to the snoop tells the bus, so neither can come late.
//!
//! **Write-through.** A word goes to memory with a BusWr, and the cache has it in its own copy when memory has it. A line
//! whose write misses is fetched before that, or not at all. Who loses the line while his BusWr waits has nothing to give
//! up but the copy: the word goes to memory all the same.
//!
//! **Loss** is repaired by asking again: requests have serial numbers, snoops and grants the number of the transaction.
//! Whoever is asked again says again what it said; what is old is ignored. So a lost message never makes two writers.
//!
//! **Crashes.** A cache that crashes loses its lines, and with a modified one the newest value: the trace says so, and
//! that it is in doubt where a write-back was under way, since the bus ends one that is on its way into memory. The bus
//! is told of a crash at once, as a bus is whose wire from a board goes dead; it goes on without that cache, and
//! tells messages of its former life by the number of that life. In MOESI the owner of a line that others share may crash:
//! then memory takes the line from one of those (see [`bus`]). Memory and bus are on disk: their crash is a pause that
//! loses arrivals.

mod bus;
mod cache;
mod checks;
mod line;
mod loads;
mod note;
mod scenarios;
mod setup;
mod tables;
#[cfg(test)]
mod tests;
mod traced;
mod views;
mod why;
mod words;

use crate::base::json::{JsonObject, Payload};
use crate::base::sheet::Sheet;
use crate::coherence::{Counters, State as LineState, Transaction};
use crate::protocol::{Context, Crash, Guard, Input, Misfit, Out, Past, ProcessInfo, Protocol, Seen, Story};
use crate::tables::{LabSpec, Sample, Value, Values};
use crate::trace::frame::{Band, Field, Panel};
use crate::trace::{Kind, NodeId, RecordId};
use bus::Bus;
use cache::Cached;
use line::{Content, Line};
pub use note::Note;
pub use setup::Setup;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use tables::SPEC;
pub(super) use traced::scenario as from_memory_trace;

/// The lab.
#[derive(Clone, Copy, Debug)]
pub struct Mesi;

type Ctx = Context<Mesi>;
type Effects = Out<Mesi>;

/// Number of a transaction, counted from 1.
pub type Txn = u32;

/// What a process holds in memory. The bus has all that it knows on disk.
#[derive(Clone, Debug)]
pub struct State(Option<Box<Cached>>);

/// What is on disk: of a cache the number of its life, of the bus everything.
#[derive(Clone, Debug, Default)]
pub struct Disk {
    life: u32,
    tally: Tally,
    bus: Bus,
    traffic: Traffic,
    /// The last transactions that took place, the newest last.
    log: VecDeque<Rc<bus::Logged>>,
    memory: Rc<BTreeMap<Rc<str>, Content>>,
}

/// What a cache counts.
#[derive(Clone, Debug, Default)]
struct Tally {
    counters: Counters,
    /// What it did last to a line that is shown.
    last: Option<Moved>,
    /// Changes of state, from and to in the order of the states.
    moves: [[u64; LineState::COUNT]; LineState::COUNT],
    again: Again,
}

/// Misses of lines that another cache's write had taken away.
#[derive(Clone, Copy, Debug, Default)]
struct Again {
    /// All of them.
    coherence: u64,
    /// The word accessed was written by another cache meanwhile.
    true_sharing: u64,
    /// Only other words of the line were.
    false_sharing: u64,
}

impl Tally {
    /// A line that had been taken away was missed.
    fn missed_again(&mut self, taken: &note::Taken) {
        self.again.coherence += 1;
        self.again.true_sharing += u64::from(taken.sharing == Some(note::Sharing::True));
        self.again.false_sharing += u64::from(taken.is_false());
    }
}

/// What was done to a line; it may have stayed as it was.
#[derive(Clone, Debug)]
struct Moved {
    line: Line,
    from: LineState,
    to: LineState,
    why: note::Why,
    asked: Option<Transaction>,
    flushed: bool,
    at_us: u64,
}

/// What the bus counts.
#[derive(Clone, Copy, Debug, Default)]
struct Traffic {
    /// Transactions by their kinds.
    transactions: [u64; Transaction::ALL.len()],
    busy_us: u64,
}

/// A change of what is on disk.
#[derive(Clone, Debug)]
pub struct Write(Change);

#[derive(Clone, Debug)]
enum Change {
    Life(u32),
    Tally(Box<Tally>),
    Bus(Box<(Bus, Traffic)>),
    /// A transaction took place; memory may have a new value for a line.
    Commit(Box<(Bus, Traffic)>, Option<(Rc<str>, Content)>, Rc<bus::Logged>),
}

/// What a cache answers to a snoop.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer {
    /// The state of the line before.
    had: LineState,
    /// The line, where the transaction needs data and it has them.
    content: Option<Content>,
    /// Whether memory is to take it.
    flush: bool,
    /// Whether it is the one that has to give it, and memory does not take it.
    gives: bool,
    /// Its write-back with this number is cancelled.
    withdrawn: Option<u32>,
    /// Its BusUpgr has become a BusRdX with this number.
    instead: Option<u32>,
}

impl Answer {
    const NOTHING: Answer =
        Answer { had: LineState::I, content: None, flush: false, gives: false, withdrawn: None, instead: None };
}

/// What travels.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// A cache asks the bus.
    Request {
        /// Its life.
        life: u32,
        /// Number of the request in that life.
        serial: u32,
        /// What it wants.
        transaction: Transaction,
        /// Of which line.
        line: Line,
        /// The line itself, to be written back.
        content: Option<Content>,
    },
    /// The bus lets a cache see a transaction.
    Snoop {
        /// Its number.
        txn: Txn,
        /// What it is.
        transaction: Transaction,
        /// Of which line.
        line: Line,
    },
    /// A cache has seen it.
    Answer {
        /// Number of the transaction.
        txn: Txn,
        /// Life of the cache.
        life: u32,
        /// What it says.
        answer: Answer,
    },
    /// The bus gives what was asked for.
    Grant {
        /// Number of the transaction.
        txn: Txn,
        /// Life of the cache that asked.
        life: u32,
        /// Number of its request.
        serial: u32,
        /// What it wanted.
        transaction: Transaction,
        /// Of which line.
        line: Line,
        /// The line, where it wanted data.
        content: Option<Content>,
        /// Whether another cache had the line.
        shared: bool,
        /// The cache that the data come from; none: memory.
        from: Option<NodeId>,
    },
    /// The requester has it.
    Done {
        /// Number of the transaction.
        txn: Txn,
        /// Life of the cache.
        life: u32,
    },
}

/// Timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Ask again.
    Retry,
    /// The bus has arbitrated, or the data are there.
    Turn,
}

/// An access of the processor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Access {
    line: Line,
    key: Rc<str>,
    /// What it writes; it reads where this is none.
    value: Option<Payload>,
}

/// What is asked of a cache.
#[derive(Clone, Debug)]
pub enum Request {
    /// To read or write.
    Access(Rc<Access>),
    /// For its lines.
    Status,
    /// For its numbers.
    Metrics,
}

impl Protocol for Mesi {
    type Setup = Setup;
    type State = State;
    type Durable = Disk;
    type Write = Write;
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Note = Note;

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
        setup::read(given, broken)
    }

    fn processes(setup: &Setup) -> Vec<ProcessInfo> {
        setup::processes(setup)
    }

    fn request(ctx: &Ctx, node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
        setup::request(ctx, node, operation, args)
    }

    fn format(ctx: &Ctx, me: NodeId) -> Disk {
        if me != ctx.setup.bus() {
            return Disk::default();
        }
        let memory = Rc::new(ctx.setup.memory.iter().cloned().collect());
        Disk { bus: Bus::new(&ctx.setup), memory, ..Disk::default() }
    }

    fn write(disk: &mut Disk, write: Write) {
        match write.0 {
            Change::Life(life) => disk.life = life,
            Change::Tally(tally) => disk.tally = *tally,
            Change::Bus(bus) => (disk.bus, disk.traffic) = *bus,
            Change::Commit(bus, change, logged) => {
                (disk.bus, disk.traffic) = *bus;
                if disk.log.len() == bus::LOG_MAX {
                    disk.log.pop_front();
                }
                disk.log.push_back(logged);
                if let Some((line, content)) = change {
                    Rc::make_mut(&mut disk.memory).insert(line, content);
                }
            }
        }
    }

    fn boot(ctx: &Ctx, me: NodeId, disk: &Disk, out: &mut Effects) -> State {
        if me == ctx.setup.bus() {
            bus::boot(ctx, disk, out);
            return State(None);
        }
        State(Some(Box::new(cache::boot(ctx, me, disk, out))))
    }

    fn step(ctx: &Ctx, me: NodeId, state: &mut State, disk: &Disk, input: Input<'_, Self>, out: &mut Effects) {
        match &mut state.0 {
            Some(cached) => cache::step(ctx, me, cached, disk, input, out),
            None => bus::step(ctx, disk, input, out),
        }
    }

    fn watcher(setup: &Setup) -> Option<NodeId> {
        Some(setup.bus())
    }

    fn told_of_crash(ctx: &Ctx, _me: NodeId, _state: &mut State, disk: &Disk, crash: Crash, out: &mut Effects) {
        bus::told_of_crash(ctx, disk, crash, out);
    }

    fn last_words(_ctx: &Ctx, _me: NodeId, state: &State, unseen: &[&Note]) -> Vec<Note> {
        state.0.as_ref().map(|cached| cached.last_words(unseen)).unwrap_or_default()
    }

    fn timer_name(timer: Timer) -> &'static str {
        match timer {
            Timer::Retry => "retry",
            Timer::Turn => "turn",
        }
    }
}

impl Story for Mesi {
    fn make_up(ctx: &Ctx, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        setup::make_up(ctx, operation, param, bits)
    }

    fn describe_message(ctx: &Ctx, message: &Message, data: &mut JsonObject) -> String {
        words::message(ctx, message, data)
    }

    fn message_kind(message: &Message) -> &'static str {
        match message {
            Message::Request { .. } => "request",
            Message::Snoop { .. } => "snoop",
            Message::Answer { .. } => "answer",
            Message::Grant { .. } => "grant",
            Message::Done { .. } => "done",
        }
    }

    fn describe_note(ctx: &Ctx, _kind: Kind, note: &Note, data: &mut JsonObject) -> Option<String> {
        words::note(ctx, note, data)
    }

    fn why(ctx: &Ctx, _kind: Kind, node: NodeId, note: &Note) -> Option<(String, &'static str)> {
        why::why(ctx, node, note)
    }

    fn fields(ctx: &Ctx, me: NodeId, seen: &Seen<'_, Self>) -> Vec<Field> {
        views::fields(ctx, me, seen)
    }

    fn band(ctx: &Ctx, _me: NodeId, seen: &Seen<'_, Self>) -> Option<Band> {
        views::band(ctx, seen)
    }

    fn panels(ctx: &Ctx, seen: &[Seen<'_, Self>]) -> Vec<Panel> {
        views::panels(ctx, seen)
    }

    fn guards(ctx: &Ctx) -> Vec<Guard<Self>> {
        checks::all(ctx)
    }

    fn samples(note: &Note) -> Vec<Sample> {
        views::charts::samples(note)
    }

    fn sheet(ctx: &Ctx, past: &Past<'_, Self>, until: RecordId) -> Option<Sheet> {
        Some(views::walk::walk(ctx, past, until))
    }

    fn metrics(ctx: &Ctx, seen: &[Seen<'_, Self>], now_us: u64) -> Vec<(&'static str, u64)> {
        views::metrics(ctx, seen, now_us)
    }
}
