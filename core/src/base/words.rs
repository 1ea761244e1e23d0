//! Texts of people, cut down to what fits into a label.

/// The first characters of a text, with … where it went on; control characters, line ends among them, as spaces. What
/// is shown is for the eye: the whole stands in `data`.
#[must_use]
pub fn shorten(text: &str, chars_max: usize) -> String {
    let end = text.char_indices().nth(chars_max).map(|(end, _)| end);
    let mut short: String =
        text[..end.unwrap_or(text.len())].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end.is_some() {
        short.push('…');
    }
    short
}

/// A number with a comma between each three digits.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{grouped, shorten};

    #[test]
    fn large_numbers_can_be_read() {
        let of = |n| grouped(n);
        assert_eq!([of(0), of(999), of(1_000), of(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn what_fits_stays_and_what_is_longer_says_so() {
        assert_eq!(shorten("", 3), "");
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöüß", 3), "äöü…");
        assert_eq!(shorten("a\nb\u{7}", 9), "a b ");
    }
}
