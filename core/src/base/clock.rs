//! Lamport's scalar clock and the vector clock of Fidge and Mattern.

use serde::Serialize;

/// How two vector clocks, and so two events, stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Every component is the same: the same event, or the same knowledge.
    Equal,
    /// The left one happened before the right one.
    Before,
    /// The right one happened before the left one.
    After,
    /// Neither happened before the other.
    Concurrent,
}

impl Relation {
    /// The sign used in text: `=`, `<`, `>` or `∥`.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::Before => "<",
            Relation::After => ">",
            Relation::Concurrent => "∥",
        }
    }
}

/// Compares two clocks of the same processes, component by component. Missing components count as zero.
#[must_use]
pub fn compare(a: &[u32], b: &[u32]) -> Relation {
    let (mut less, mut greater) = (false, false);
    for i in 0..a.len().max(b.len()) {
        let (x, y) = (a.get(i).copied().unwrap_or(0), b.get(i).copied().unwrap_or(0));
        less |= x < y;
        greater |= x > y;
    }
    match (less, greater) {
        (false, false) => Relation::Equal,
        (true, false) => Relation::Before,
        (false, true) => Relation::After,
        (true, true) => Relation::Concurrent,
    }
}

/// Component-wise maximum, written into `into`.
#[inline]
pub fn merge(into: &mut [u32], other: &[u32]) {
    for (mine, theirs) in into.iter_mut().zip(other) {
        *mine = (*mine).max(*theirs);
    }
}

/// A clock as text: `(2,1,0)`.
#[must_use]
pub fn text(clock: &[u32]) -> String {
    let parts: Vec<String> = clock.iter().map(u32::to_string).collect();
    format!("({})", parts.join(","))
}

/// A clock as text; a scalar clock, which has one component, as its number.
#[must_use]
pub fn short(clock: &[u32]) -> String {
    if let [number] = clock { number.to_string() } else { text(clock) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identical_clocks_are_equal_and_not_concurrent() {
        assert_eq!(compare(&[1, 2, 3], &[1, 2, 3]), Relation::Equal);
        assert_eq!(compare(&[], &[]), Relation::Equal);
    }

    #[test]
    fn facts_from_govectors_tests() {
        // GoVector vclock_test.go (MIT); its "identical clocks are concurrent" is left out on purpose.
        assert_eq!(compare(&[2, 1, 1], &[1, 3, 1]), Relation::Concurrent);
        assert_eq!(compare(&[1], &[1, 1]), Relation::Before);
        assert_eq!(compare(&[2, 0], &[1, 1]), Relation::Concurrent);
        assert_eq!(compare(&[1, 2, 3], &[3, 2, 1]), Relation::Concurrent);
        let mut merged = [2, 1, 1];
        merge(&mut merged, &[1, 3, 1]);
        assert_eq!(merged, [2, 3, 1]);
    }

    #[test]
    fn comparing_the_other_way_round_turns_the_answer_round() {
        assert_eq!(compare(&[1, 1], &[1]), Relation::After);
        assert_eq!(text(&[2, 1, 0]), "(2,1,0)");
    }
}
