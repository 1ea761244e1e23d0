//! Settings of a run.

use super::params::Fields;

/// Settings of a run besides the acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The lab's fields, where they are not at their defaults.
    pub fields: Fields,
    /// Rules that are switched off on purpose.
    pub broken: Vec<&'static str>,
}
