//! What a person can ask the page for.

pub(crate) mod guide;
pub(crate) mod look;

use crate::model::layout::{Edge, Slot, Stage};
use crate::model::memory::FileId;
use crate::model::{branches, load, memory};
use lightcone_core::tables::{LabSpec, Labels};
use lightcone_core::trace::{Act, MessageId, NodeId, RecordId, Surgery};
use lightcone_core::views::diagram::Axis;
use lightcone_core::views::diagram::Preset;

/// Forms in which the diagram leaves the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// The diagram as seen.
    Svg,
    /// The same as pixels, at twice the size.
    Png,
    /// The diagram in black on white.
    PrintSvg,
    /// A figure in a size for reports, in black on white; perhaps only of the causal past of what is chosen.
    Figure(Preset, bool),
    /// The scenario file.
    Scenario,
    /// Every record, one a line.
    Trace,
    /// The numbers of the charts, as CSV.
    Metrics,
    /// The lab's table over all that has happened, as CSV.
    Table,
}

/// Panels that share one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tab {
    /// The lab's own views.
    Lab,
    /// All events as a table.
    Events,
    /// Numbers over time.
    Metrics,
    /// The tree of branches.
    Branches,
    /// The list of acts.
    Acts,
    /// Memory traces, in labs about caches.
    Memory,
    /// Operations: on a wide screen beside the others.
    Act,
    /// Network and faults: in turn with the operations.
    Network,
    /// What is selected (small screens).
    Inspect,
}

impl Tab {
    /// All tabs with their names, in the order in which they stand.
    pub(crate) const ALL: [(Tab, &'static str, &'static str); 9] = [
        (Tab::Act, "act", "Act"),
        (Tab::Network, "network", "Network"),
        (Tab::Lab, "lab", "Clocks"),
        (Tab::Inspect, "inspect", "Inspect"),
        (Tab::Events, "events", "Events"),
        (Tab::Metrics, "metrics", "Metrics"),
        (Tab::Branches, "branches", "Branches"),
        (Tab::Acts, "acts", "Act list"),
        (Tab::Memory, "memory", "Memory trace"),
    ];

    /// The name under which style sheets know it.
    pub(crate) fn id(self) -> &'static str {
        Tab::ALL.iter().find(|(tab, ..)| *tab == self).map_or("", |(_, id, _)| id)
    }

    /// Whether it is one of the column at the left.
    pub(crate) fn is_beside(self) -> bool {
        matches!(self, Tab::Act | Tab::Network)
    }
}

/// A wish.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Play or pause.
    Play,
    /// One event forward or back.
    Step(bool),
    /// To the beginning or the end.
    Edge(bool),
    /// To an instant, in microseconds.
    Seek(f64),
    /// By a share of the run.
    Skip(f64),
    /// To just behind a record.
    SeekEvent(RecordId),
    /// The pointer is over an event, or over none.
    Hover(Option<RecordId>),
    /// An event is chosen, or none.
    Choose(Option<RecordId>),
    /// The next or previous event is chosen.
    ChooseNext(bool),
    /// Zoom by a factor around the cursor, where it is in sight.
    ZoomHere(f64),
    /// Zoom by a factor around a place of the window.
    Zoom(f64, f64),
    /// Move the window by a share of its width.
    Pan(f64),
    /// Show everything.
    Fit,
    /// Follow the view clock again.
    Follow,
    /// What stands beside events.
    Labels(Labels),
    /// What the axis shows.
    Axis(Axis),
    /// How the run is looked at.
    Look(look::Wish),
    /// The line over the lanes comes where the pointer is, or goes.
    Cut,
    /// The field for the search takes the focus.
    Find,
    /// A sort of messages is shown or not.
    Hide(&'static str),
    /// All faults end.
    Settle,
    /// Faster or slower.
    Speed(bool),
    /// An act.
    Act(Act),
    /// Back to where a message was sent, and something is done to it there.
    Back(MessageId, Surgery),
    /// One process is asked for what leads to another one, perhaps at an earlier instant, in microseconds; the place is
    /// where a menu stands if there is a choice.
    Ask(NodeId, NodeId, Option<f64>, (i32, i32)),
    /// An act as a form with fields to type in has it: in the scenario's form, still to be read.
    Written(String),
    /// One of the lab's situations is brought about, by its place.
    Situation(usize),
    /// To an instant, in microseconds, and to stay there.
    Visit(f64),
    /// To the next or previous moment of a scenario that is told step by step.
    Moment(bool),
    /// A line of the console.
    Line(String),
    /// The console is opened or closed.
    Console(bool),
    /// Something about a guide.
    Guide(guide::Wish),
    /// A switch of `setup.broken`.
    Switch(&'static str),
    /// Something about a load.
    Load(load::Wish),
    /// Something about branches, the list of acts, or the steps back.
    Tree(branches::Wish),
    /// A set-up field and its value as JSON.
    Setup(&'static str, String),
    /// A built-in scenario.
    Builtin(&'static LabSpec, &'static str),
    /// The scenario from its beginning, without what was done by hand.
    Reset,
    /// A file, whatever is in it.
    File(FileId),
    /// The text of a file or a paste.
    Open(String),
    /// Something about a memory trace.
    Memory(memory::Wish),
    /// Look through so many runs for a broken rule: random ones, or this one with other seeds.
    Explore(u64, bool),
    /// The work in the background is stopped.
    StopWork,
    /// Something leaves the page.
    Export(Form),
    /// A link to what is seen.
    CopyLink,
    /// Light or dark.
    Theme,
    /// Another panel.
    Tab(Tab),
    /// The part beside a line gets a size, in pixels.
    Split(Edge, f64),
    /// The part beside a line gets its usual size.
    Unsplit(Edge),
    /// Something else gets the most room, or the diagram gets it back.
    Stage(Stage),
    /// A panel is opened or closed.
    Slot(Slot),
    /// The screen is divided as at first.
    UsualLayout,
    /// No more hints.
    NoHints,
    /// The list of keys.
    Help(bool),
    /// A menu was opened.
    Menu(Option<Menu>),
    /// The message at the foot is read.
    Dismiss,
}

impl Command {
    /// Whether it only moves what is looked at, and comes many times a second.
    pub(crate) fn only_looks(&self) -> bool {
        matches!(
            self,
            Command::Hover(_) | Command::Zoom(..) | Command::ZoomHere(_) | Command::Pan(_) | Command::Seek(_)
        )
    }
}

/// What a context menu is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    /// A process.
    Node(u16),
    /// A message, and which of its copies.
    Message(u32, u16),
    /// What one process can be asked for that leads to another one.
    Offers(u16, u16),
    /// A link, from one process to another.
    Link(u16, u16),
}

/// An open context menu.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Menu {
    /// What it is about.
    pub target: Target,
    /// Where it stands, in pixels of the page.
    pub at: (i32, i32),
}
