//! A moment of a run as plain data: what a view may know besides the records.

mod caches;
mod pictures;

pub use caches::{
    BusPast, BusPicture, BusRequest, BusTurn, CachePicture, CachePlace, CacheSet, MemoryLine, PlainTable, ThingRow,
    as_table, state_tone,
};
pub use pictures::{
    Badge, GraphEdge, GraphNode, Look, MatrixCell, MatrixRow, Pin, PinLook, RingKey, RingMember, RingMove, RingPlace,
    Sign,
};
use serde::Serialize;

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It handles what arrives.
    Up,
    /// It handles nothing; what arrives waits.
    Paused,
    /// It is down; what arrives is lost.
    Crashed,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Status::Up => "up",
            Status::Paused => "paused",
            Status::Crashed => "crashed",
        }
    }
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What it is.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

impl Field {
    /// A named value.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Field {
        Field { name: name.into(), value: value.into() }
    }
}

/// The state that matters in a lab, drawn along the lane. Asked for at every record, so it costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// A word.
    pub word: &'static str,
    /// A number that belongs to it: a term, how many.
    pub number: Option<u32>,
    /// Which of the palette's colours, 0 to 6.
    pub tone: u8,
}

impl Band {
    /// Word and number.
    #[must_use]
    pub fn text(&self) -> String {
        match self.number {
            Some(number) => format!("{} {number}", self.word),
            None => self.word.into(),
        }
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// How it stands out.
    pub mark: Mark,
}

/// How a value stands out. Every mark is shown by more than its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Not at all.
    #[default]
    Plain,
    /// The process's own.
    Own,
    /// Behind the truth, or old.
    Behind,
    /// Ahead of what it can know.
    Ahead,
    /// Held back, waiting.
    Held,
    /// What something waits for.
    Missing,
    /// Wrong, or in conflict.
    Bad,
}

impl Cell {
    /// A value that does not stand out.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), mark: Mark::Plain }
    }

    /// A value that stands out.
    #[must_use]
    pub fn marked(text: impl Into<String>, mark: Mark) -> Cell {
        Cell { text: text.into(), mark }
    }
}

/// A lab's own view. A closed set of kinds: a lab describes, a component draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "panel", rename_all = "lowercase")]
pub enum Panel {
    /// Rows and columns with heads.
    Table {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// Heads of the columns.
        columns: Vec<String>,
        /// Head and cells of each row.
        rows: Vec<(String, Vec<Cell>)>,
    },
    /// Rows of things of which one can be chosen to be looked at, as the lab's set-up field for that says.
    Things {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// Heads of the columns.
        columns: Vec<String>,
        /// Its rows.
        rows: Vec<ThingRow>,
    },
    /// Lists side by side, each under its head: queues, buffers, delivery orders.
    Lists {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// Head and items of each list, in order.
        lists: Vec<(String, Vec<Cell>)>,
    },
    /// Nodes and arrows between them: who waits for whom, the states of a machine.
    Graph {
        /// Heading.
        title: String,
        /// One sentence that says how to read it, or why it is empty.
        says: String,
        /// Its nodes.
        nodes: Vec<GraphNode>,
        /// Its arrows.
        edges: Vec<GraphEdge>,
    },
    /// Rows of cells along an axis, with marks between the columns: logs.
    Matrix {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// Heads of the columns.
        columns: Vec<String>,
        /// Its rows.
        rows: Vec<MatrixRow>,
    },
    /// A circle at points of which somebody stands, and things that belong to whom one meets from their places on.
    Ring {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// Who stands on it.
        members: Vec<RingMember>,
        /// What has a place on it.
        keys: Vec<RingKey>,
        /// What is to move.
        moves: Vec<RingMove>,
    },
    /// Caches with their lines, the bus between them, and memory.
    Caches {
        /// Heading.
        title: String,
        /// One sentence that says how to read it.
        says: String,
        /// The caches.
        caches: Vec<CachePicture>,
        /// The bus.
        bus: BusPicture,
        /// Lines of memory.
        memory: Vec<MemoryLine>,
    },
}

impl Panel {
    /// Its heading.
    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Panel::Table { title, .. }
            | Panel::Things { title, .. }
            | Panel::Lists { title, .. }
            | Panel::Graph { title, .. }
            | Panel::Matrix { title, .. }
            | Panel::Ring { title, .. }
            | Panel::Caches { title, .. } => title,
        }
    }
}

/// An armed timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimerFrame {
    /// Its name.
    pub name: String,
    /// When it was armed, in microseconds.
    pub armed_us: u64,
    /// When it runs out, in microseconds.
    pub due_us: u64,
}

/// A process at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProcessFrame {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Whether it runs.
    pub status: Status,
    /// The outside observer's Lamport clock.
    pub lamport: u32,
    /// The outside observer's vector clock.
    pub vector: Vec<u32>,
    /// What the lab shows of it.
    pub fields: Vec<Field>,
    /// The state that matters.
    pub band: Option<Band>,
    /// Its timers.
    pub timers: Vec<TimerFrame>,
    /// Arrivals that wait because it is paused.
    pub waiting: u32,
    /// What it has, awaits or was refused, one sign for each.
    pub badges: Vec<Badge>,
}

/// A message under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlightFrame {
    /// Its number; an acknowledgement of the link layer has none.
    pub message: Option<u32>,
    /// Which copy, 1 for the first.
    pub copy: u16,
    /// Index of the sender.
    pub from: u16,
    /// Index of the receiver.
    pub to: u16,
    /// It is the n-th on its link.
    pub n: u32,
    /// When it left, in microseconds.
    pub sent_us: u64,
    /// When it arrives, if nothing happens to it.
    pub arrive_us: u64,
    /// Its label.
    pub label: String,
    /// Whether it is a frame that the link layer added: one sent again, or an acknowledgement.
    pub link: bool,
    /// The record of its sending.
    pub origin: u32,
}

impl FlightFrame {
    /// Whether it carries a message of the protocol's, and not as a frame that the link layer added.
    #[must_use]
    pub fn carries(&self, message: u32) -> bool {
        self.message == Some(message) && !self.link
    }
}

/// What was set for one link alone; what is `None` is as in the whole network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkFrame {
    /// Index of the sender.
    pub from: u16,
    /// Index of the receiver.
    pub to: u16,
    /// Delay in the scenario's form, as JSON text.
    pub delay: Option<String>,
    /// Loss, in parts per million.
    pub loss_ppm: Option<u32>,
    /// Second copies, in parts per million.
    pub duplicate_ppm: Option<u32>,
    /// Whether order is kept.
    pub fifo: Option<bool>,
}

/// What holds for the links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NetworkFrame {
    /// Delay in the scenario's form, as JSON text.
    pub delay: String,
    /// Loss, in parts per million.
    pub loss_ppm: u32,
    /// Second copies, in parts per million.
    pub duplicate_ppm: u32,
    /// Whether order is kept.
    pub fifo: bool,
    /// The group of each process, while there is a partition.
    pub groups: Option<Vec<u16>>,
    /// Blocked links, as pairs of from and to.
    pub blocked: Vec<(u16, u16)>,
    /// Links with settings of their own besides that.
    pub links: Vec<LinkFrame>,
}

/// A rule and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleFrame {
    /// Its name.
    pub rule: String,
    /// The record of its violation, if it was violated so far.
    pub violated: Option<u32>,
}

/// A moment of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Number of records so far; the last one is `event − 1`.
    pub position: u32,
    /// The last record, if there is one.
    pub event: Option<u32>,
    /// Virtual time, in microseconds.
    pub at_us: u64,
    /// Whether a step is half done: some of its effects are still to come at this very instant.
    pub mid_step: bool,
    /// The processes.
    pub processes: Vec<ProcessFrame>,
    /// Messages under way, by number.
    pub in_flight: Vec<FlightFrame>,
    /// The links.
    pub network: NetworkFrame,
    /// The lab's rules.
    pub rules: Vec<RuleFrame>,
}
