//! The replicated account: what makes the order matter.
//!
//! Adding 100.00 and adding one per cent do not commute. Copies that apply the same changes in different
//! orders end with different balances.

use crate::base::json::{Doc, Payload};

/// What is in the account at first, in cents: 1000.00.
pub(super) const BALANCE_AT_FIRST: i64 = 100_000;

/// Most that a balance can be, up or down, in cents: beyond it the account stays where it is. It is the
/// largest whole number that every reader of JSON keeps exactly. All copies stop at the same place.
pub(super) const BALANCE_MAX: i64 = (1 << 53) - 1;

/// Most that one message may add or take away, in cents: ten thousand million, far above any example.
pub(super) const ADD_MAX: i64 = 1_000_000_000_000;

/// Most per cent that one message may add; as many may be taken away as there are, a hundred.
pub(super) const PERCENT_MAX: i64 = 10_000;

/// What a message does to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds so many cents.
    Add(i64),
    /// Adds so many per cent of the balance, rounded down to whole cents.
    Percent(i64),
}

/// The balance after a change.
pub(super) fn after(balance: i64, change: Option<Change>) -> i64 {
    let (old, max) = (i128::from(balance), i128::from(BALANCE_MAX));
    let new = match change {
        None => old,
        Some(Change::Add(cents)) => old + i128::from(cents),
        Some(Change::Percent(percent)) => old + (old * i128::from(percent)).div_euclid(100),
    };
    new.clamp(-max, max) as i64
}

/// What a payload does to the account: `{"add":100}` and `{"mul_percent":1}` with a number are for it,
/// anything else is for people.
pub(super) fn change(payload: &Payload) -> Result<Option<Change>, String> {
    let Ok(mut object) = Doc::parse(payload.json()).and_then(|doc| doc.object()) else { return Ok(None) };
    let keys = object.keys();
    let [key] = keys.as_slice() else { return Ok(None) };
    let (min, max, what) = match key.as_str() {
        "add" => (-ADD_MAX, ADD_MAX, "cents"),
        "mul_percent" => (-100, PERCENT_MAX, "per cent"),
        _ => return Ok(None),
    };
    let Some(value) = object.take(key).and_then(|doc| doc.payload().ok()) else { return Ok(None) };
    let is_number = value.json().starts_with(|c: char| c == '-' || c.is_ascii_digit());
    if !is_number {
        return Ok(None);
    }
    match whole(value.json()).filter(|n| (min..=max).contains(n)) {
        Some(n) if key == "add" => Ok(Some(Change::Add(n))),
        Some(n) => Ok(Some(Change::Percent(n))),
        None => Err(format!("{key} takes whole {what} from {min} to {max}, found {}", value.json())),
    }
}

/// A payload for a made-up request: mostly a change whose order matters.
pub(super) fn made_up(bits: u64) -> Payload {
    let (kind, size) = (bits % 8, (bits >> 8) % 9 + 1);
    let json = match kind {
        0..=3 => format!("{{\"add\":{}}}", size * 1000),
        4..=6 => format!("{{\"mul_percent\":{size}}}"),
        _ => format!("\"note {size}\""),
    };
    Payload::from_json(&json).expect("this is JSON")
}

/// A whole number, also a negative one, from its JSON text.
fn whole(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let size = Doc::parse(digits).and_then(|doc| doc.int(0, ADD_MAX as u64)).ok()?;
    Some(sign * size as i64)
}

/// Cents as people write them: `1010.00`.
pub(super) fn text(cents: i64) -> String {
    let (sign, size) = (if cents < 0 { "-" } else { "" }, cents.unsigned_abs());
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// A change in a few characters: `+1.00`, `+1 %`.
pub(super) fn short(change: Change) -> String {
    let plus = |n: i64| if n < 0 { "" } else { "+" };
    match change {
        Change::Add(cents) => format!("{}{}", plus(cents), text(cents)),
        Change::Percent(percent) => format!("{}{percent} %", plus(percent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> Result<Option<Change>, String> {
        change(&Payload::from_json(json).expect("JSON"))
    }

    #[test]
    fn adding_and_a_per_cent_do_not_commute_and_parts_of_cents_are_cut_off() {
        let (add, percent) = (Some(Change::Add(10_000)), Some(Change::Percent(1)));
        assert_eq!(after(after(100_000, add), percent), 111_100);
        assert_eq!(after(after(100_000, percent), add), 111_000);
        assert_eq!(after(199, percent), 200, "one per cent of 1.99 is 1.99 cents, rounded down to 1");
        assert_eq!(after(-199, percent), -201, "rounded down, not towards nought");
        assert_eq!(after(5, None), 5);
    }

    #[test]
    fn a_balance_stops_at_its_limit() {
        let mut balance = 100_000;
        for _ in 0..100 {
            balance = after(balance, Some(Change::Percent(PERCENT_MAX)));
        }
        assert_eq!(balance, BALANCE_MAX);
        assert_eq!(after(-BALANCE_MAX, Some(Change::Add(-1))), -BALANCE_MAX);
    }

    #[test]
    fn numbers_are_for_the_account_and_everything_else_for_people() {
        assert_eq!(of("{\"add\":100}"), Ok(Some(Change::Add(100))));
        assert_eq!(of("{\"add\": -2.5e2}"), Ok(Some(Change::Add(-250))));
        assert_eq!(of("{\"mul_percent\":0}"), Ok(Some(Change::Percent(0))));
        assert_eq!(of("{\"mul_percent\":-100}"), Ok(Some(Change::Percent(-100))));
        for json in ["1", "\"add\"", "{}", "{\"add\":\"milk\"}", "{\"add\":null}", "{\"add\":1,\"to\":2}", "[1]"] {
            assert_eq!(of(json), Ok(None), "{json}");
        }
        for json in ["{\"add\":1.5}", "{\"add\":1e13}", "{\"mul_percent\":-101}", "{\"mul_percent\":1e99}"] {
            assert!(of(json).is_err_and(|e| e.contains("takes whole")), "{json}");
        }
    }

    #[test]
    fn cents_are_written_as_people_write_them() {
        assert_eq!((text(100_005).as_str(), text(-5).as_str()), ("1000.05", "-0.05"));
        assert_eq!((short(Change::Add(-5)), short(Change::Percent(1))), ("-0.05".into(), "+1 %".into()));
    }
}
