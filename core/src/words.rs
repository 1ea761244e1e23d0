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

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn what_fits_stays_and_what_is_longer_says_so() {
        assert_eq!(shorten("", 3), "");
        assert_eq!(shorten("äöü", 3), "äöü");
        assert_eq!(shorten("äöüß", 3), "äöü…");
        assert_eq!(shorten("a\nb\u{7}", 9), "a b ");
    }
}
