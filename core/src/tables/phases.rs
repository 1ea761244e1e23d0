//! Phases of a run, such as terms.

/// What divides a run into phases: a number that the bands of some processes count up, such as a term, and who leads in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phases {
    /// What a phase is called: `term`.
    pub word: &'static str,
    /// The word of the band of whoever leads a phase.
    pub leads: &'static str,
    /// The words of those who want to.
    pub stands: &'static [&'static str],
    /// The words of the others whose bands count phases.
    pub follows: &'static [&'static str],
}

impl Phases {
    /// Whether a band with this word counts phases.
    #[must_use]
    pub fn counts(&self, word: &str) -> bool {
        self.leads == word || self.stands.contains(&word) || self.follows.contains(&word)
    }
}
