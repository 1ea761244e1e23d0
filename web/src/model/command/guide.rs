//! What a person can ask of a guide.

/// What a person wishes of a guide.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// The guide of the lab that is open.
    Open,
    /// The one through all labs.
    Tour,
    /// A guide was fetched: its name, its JSON, the step, and whether the run is that of an earlier visit.
    Fetched(&'static str, String, usize, bool),
    /// To a step.
    To(usize),
    /// The step as the guide wants it, after the person has done something else.
    Restore,
    /// Away with it.
    Leave,
    /// An answer.
    Answer(Vec<String>),
    /// The answer is shown, or what is to be done is done.
    ShowMe,
    /// An event that the text speaks of.
    Event(String),
    /// A part of the page that the text speaks of.
    Panel(String),
    /// Large type and one key, or not.
    Present(bool),
    /// The one key: true forward.
    Onward(bool),
}
