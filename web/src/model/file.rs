//! Files that a person has chosen.

/// A file that a person has chosen, by the number under which the platform holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(pub u32);
