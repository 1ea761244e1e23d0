//! Counting tests from what their runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed and were left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Reads libtest's line `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
pub(crate) fn libtest(line: &str) -> Option<Count> {
    let (_, rest) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let of = |what: &str| -> Option<u64> {
        let part = rest.split(';').find_map(|p| p.trim().strip_suffix(what))?;
        part.trim().parse().ok()
    };
    Some(Count { passed: of("passed")?, failed: of("failed")?, skipped: of("ignored").unwrap_or(0) })
}

/// Reads the `stats` at the end of Playwright's JSON report.
pub(crate) fn playwright(json: &str) -> Option<Count> {
    // The last one: a test's own output earlier in the report may contain anything.
    let stats = &json[json.rfind("\"stats\"")?..];
    let of = |key: &str| -> Option<u64> {
        let (_, rest) = stats.split_once(&format!("\"{key}\":"))?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    };
    // Flaky ones passed at the second try, which only CI gives them; Playwright lists them by name.
    Some(Count { passed: of("expected")? + of("flaky")?, failed: of("unexpected")?, skipped: of("skipped")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_are_counted() {
        let ok = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s";
        let count = Count { passed: 12, failed: 0, skipped: 1 };
        assert_eq!(libtest(ok), Some(count));
        let bad = "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        let count = Count { passed: 3, failed: 2, skipped: 0 };
        assert_eq!(libtest(bad), Some(count));
        assert_eq!(libtest("test core::a ... ok"), None);
        assert_eq!(libtest("test result: unclear"), None);
    }

    #[test]
    fn playwright_reports_are_counted() {
        let json = r#"{"suites":[{"title":"\"stats\""}],"errors":[],
            "stats":{"startTime":"x","duration":1.5,
            "expected": 7, "skipped": 2, "unexpected": 1, "flaky": 1}}"#;
        let count = Count { passed: 8, failed: 1, skipped: 2 };
        assert_eq!(playwright(json), Some(count));
        assert_eq!(playwright("{}"), None);
    }

    #[test]
    fn the_last_line_has_its_exact_form() {
        let mut count = Count { passed: 3, failed: 0, skipped: 0 };
        assert_eq!(count.to_string(), "3 passed, 0 failed");
        count += Count { passed: 1, failed: 2, skipped: 1 };
        assert_eq!(count.to_string(), "4 passed, 2 failed, 1 skipped");
    }
}
