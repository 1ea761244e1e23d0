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

impl Setup {
    /// Switches a rule off, or on again; whether it is off now.
    pub fn turn(&mut self, switch: &'static str) -> bool {
        match self.broken.iter().position(|broken| *broken == switch) {
            Some(place) => {
                self.broken.remove(place);
                false
            }
            None => {
                self.broken.push(switch);
                true
            }
        }
    }
}
