//! Lamport's scalar clock and the vector clock of Fidge and Mattern.

use crate::json::Doc;
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

/// The protocol's own clock before and after an event, as text, from the `data` of its record: a number for a Lamport
/// clock, `(1,0,2)` for a vector over those of these names that it knows. `None` where the record has none.
#[must_use]
pub fn own_change(data: &str, names: &[String]) -> Option<(String, String)> {
    let mut object = Doc::parse(data).ok()?.object().ok()?;
    let mut part = |key: &str| {
        let doc = object.take(key)?;
        if let Ok(number) = doc.int(0, u64::from(u32::MAX)) {
            return Some(number.to_string());
        }
        let mut components = doc.object().ok()?;
        let mut component = |name: &String| components.take(name)?.int(0, u64::from(u32::MAX)).ok().map(|n| n as u32);
        let vector: Vec<u32> = names.iter().filter_map(&mut component).collect();
        (!vector.is_empty()).then(|| text(&vector))
    };
    Some((part("before")?, part("after")?))
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
    fn the_own_clock_of_a_record_is_a_number_or_a_vector() {
        let names = ["P1".to_string(), "P2".to_string()];
        let text = |data: &str| own_change(data, &names);
        assert_eq!(text(r#"{"before":3,"after":5}"#), Some(("3".into(), "5".into())));
        let vectors = r#"{"x":1,"before":{"P1":0,"P2":2},"after":{"P1":1,"P2":2}}"#;
        assert_eq!(text(vectors), Some(("(0,2)".into(), "(1,2)".into())));
        for none in ["{}", "[]", r#"{"before":3}"#, r#"{"before":"x","after":{}}"#] {
            assert_eq!(text(none), None, "{none}");
        }
    }

    #[test]
    fn comparing_the_other_way_round_turns_the_answer_round() {
        assert_eq!(compare(&[1, 1], &[1]), Relation::After);
        assert_eq!(text(&[2, 1, 0]), "(2,1,0)");
    }
}
