//! Expressions that say how to read a log: in the dialect of JavaScript, since ShiViz runs in a browser.

use std::fmt;

/// Longest expression, in bytes: reading one recurses for each group within a group.
pub const EXPRESSION_BYTES_MAX: usize = 2_000;

/// GoVector's own form: a line with host and clock, a line with what happened.
pub const GOVECTOR: &str = r"^(?<host>\S+) (?<clock>\{.*\})[ \t]*\n(?<event>.*)$";
/// The other way round, as ShiViz has it by default.
const EVENT_FIRST: &str = r"^(?<event>.*)\n(?<host>\S+) (?<clock>\{.*\})[ \t]*$";
/// Everything in one line.
const ONE_LINE: &str = r"^(?<host>\S+) (?<clock>\{[^}]*\})[ \t]+(?<event>\S.*)$";
/// The forms that are tried where no expression is given, each with what must match to count for it: an event that says
/// something, lest the last clock of the one form be taken for an event of the other.
const FORMS: [(&str, &str); 3] = [
    (GOVECTOR, r"^\S+ \{.*\}[ \t]*\n.+$"),
    (EVENT_FIRST, r"^.+\n\S+ \{.*\}[ \t]*$"),
    (ONE_LINE, r"^\S+ \{[^}]*\}[ \t]+\S.*$"),
];
/// So many bytes of a log show its form.
const GUESS_BYTES: usize = 100_000;

/// The groups that an event needs.
const GROUPS: [&str; 3] = ["host", "clock", "event"];

/// A regular expression of JavaScript; `^` and `$` hold at each line.
#[derive(Clone)]
pub struct Regex(pub(super) regress::Regex);

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Regex")
    }
}

impl Regex {
    /// Reads an expression.
    ///
    /// # Errors
    /// One sentence, where it is none, or too long.
    pub fn new(source: &str) -> Result<Regex, String> {
        if source.len() > EXPRESSION_BYTES_MAX {
            return Err(format!("an expression may have {EXPRESSION_BYTES_MAX} bytes, this has {}", source.len()));
        }
        let wrong = |e: regress::Error| format!("this is no regular expression: {}", e.to_string().replace('\n', " "));
        regress::Regex::with_flags(source, "m").map(Regex).map_err(wrong)
    }
}

/// How to find the events of a log.
#[derive(Clone, Debug)]
pub enum Expression {
    /// Named groups `host`, `clock` and `event`; the others become fields.
    Groups {
        /// The expression.
        regex: Regex,
        /// The names of the other groups.
        fields: Vec<String>,
    },
    /// A JSON object a line, with keys of these names.
    JsonLines,
}

impl Expression {
    /// An expression with its groups.
    ///
    /// # Errors
    /// One sentence, where it is none, or lacks a group.
    pub fn new(source: &str) -> Result<Expression, String> {
        let names = group_names(source);
        if let Some(missing) = GROUPS.iter().find(|group| !names.iter().any(|name| name == *group)) {
            return Err(format!("the expression lacks the group (?<{missing}>…); it needs host, clock and event"));
        }
        let regex = Regex::new(source)?;
        let fields = names.into_iter().filter(|name| !GROUPS.contains(&name.as_str())).collect();
        Ok(Expression::Groups { regex, fields })
    }

    /// Whether a line is such an expression, as the first line of a file for ShiViz is.
    #[must_use]
    pub fn is_one(line: &str) -> bool {
        let names = group_names(line);
        GROUPS.iter().all(|group| names.iter().any(|name| name == group))
    }

    /// The form of a log that comes without an expression.
    ///
    /// # Errors
    /// One sentence, where it is in none of the known forms.
    pub fn guess(text: &str) -> Result<Expression, String> {
        if text.trim_start().starts_with('{') {
            return Ok(Expression::JsonLines);
        }
        let end = (0..=GUESS_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let mut best: Option<(usize, &str)> = None;
        for (source, probe) in FORMS {
            let count = Regex::new(probe)?.0.find_iter(&text[..end]).count();
            if count > best.map_or(0, |(most, _)| most) {
                best = Some((count, source));
            }
        }
        match best {
            Some((_, source)) => Expression::new(source),
            None => {
                Err("no line has a host and a clock such as P1 {\"P1\":1}; --parser says how to read this log".into())
            }
        }
    }
}

/// The names of the groups of an expression.
fn group_names(source: &str) -> Vec<String> {
    let name = |rest: &str| {
        let end = rest.find('>')?;
        let name = &rest[..end];
        let fits = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        (!name.is_empty() && name.chars().all(fits)).then(|| name.to_string())
    };
    source.split("(?<").skip(1).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_found_and_lookbehind_is_none() {
        assert_eq!(group_names(r"(?<a>x)(?<=y)(?<!z)(?<host>\S+)"), ["a", "host"]);
        assert!(Expression::is_one(GOVECTOR) && !Expression::is_one("P1 {\"P1\":1}"));
        assert!(Expression::new(r"(?<host>\S+)").expect_err("two are missing").contains("clock"));
        assert!(Expression::new(r"(?<host>(?<clock>(?<event>").expect_err("open").contains("no regular expression"));
    }

    #[test]
    fn a_form_is_guessed_by_the_first_lines() {
        let source = |text: &str| match Expression::guess(text) {
            Ok(Expression::Groups { .. }) => "groups",
            Ok(Expression::JsonLines) => "json",
            Err(_) => "none",
        };
        assert_eq!(source("{\"host\":\"a\",\"clock\":{\"a\":1},\"event\":\"x\"}"), "json");
        assert_eq!(source("a {\"a\":1}\nstarted"), "groups");
        assert_eq!(source("hello\nworld"), "none");
    }
}
