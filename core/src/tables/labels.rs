//! Which clocks stand beside the events of a diagram.

/// What stands beside the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Nothing.
    None,
    /// The Lamport stamp.
    Lamport,
    /// The vector stamp.
    Vector,
    /// Both.
    Both,
    /// The protocol's own clock, where it is another one.
    Own,
}
