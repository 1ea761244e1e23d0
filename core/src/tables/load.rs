//! Loads: many requests, made up from the seed, that a lab has ready by name.

/// Who of the processes that take an operation are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// All of them.
    All,
    /// One alone, by its place among them.
    Only(usize),
    /// All but the first one.
    Others,
}

impl Share {
    /// Whether the process at a place among those that take the operation is asked.
    #[must_use]
    pub const fn takes(self, here: usize) -> bool {
        match self {
            Share::All => true,
            Share::Only(place) => here == place,
            Share::Others => here > 0,
        }
    }
}

/// Requests of one sort to some processes: a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// What is asked for.
    pub operation: &'static str,
    /// Who is asked.
    pub at: Share,
    /// How many requests.
    pub count: u64,
    /// Time between two, in microseconds.
    pub every_us: u64,
    /// Arguments that are the same in each, as JSON; the others are made up.
    pub args: &'static [(&'static str, &'static str)],
}

/// A load by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Its name.
    pub name: &'static str,
    /// One sentence on what it shows.
    pub says: &'static str,
    /// A set-up field that must not be at its default, and a value worth setting, as JSON.
    pub sets: Option<(&'static str, &'static str)>,
    /// What is asked for, all from the same instant on.
    pub groups: &'static [Group],
}

/// What a lab says about loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loads {
    /// Those worth trying.
    pub named: &'static [Load],
    /// Arguments that are drawn anew for each request and never set by hand.
    pub drawn: &'static [&'static str],
    /// The metrics that tell most about one, in their order.
    pub metrics: &'static [&'static str],
    /// Heading of the panel that counts for each process.
    pub panel: Option<&'static str>,
}

impl Loads {
    /// None, and nothing to say.
    pub const NONE: Loads = Loads { named: &[], drawn: &[], metrics: &[], panel: None };
}
