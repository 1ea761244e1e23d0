//! The glossary: terms of the field, each in one sentence, found in the words that a page shows.
//!
//! It is written in Markdown (`guides/glossary.md`; `docs/guides.md` has the format) and reaches the page as JSON. Where a
//! term stands in a label is worked out here, so that the page and the test that holds the glossary against all labels
//! cannot disagree.

use crate::base::json::{Doc, InputError};
use std::ops::Range;

/// All entries, in the order in which they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glossary {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A term and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The term.
    pub term: String,
    /// Other spellings of it.
    pub also: Vec<String>,
    /// Ids of the labs in which it means this; all, where the list is empty.
    pub labs: Vec<String>,
    /// One sentence, as plain text.
    pub text: String,
    /// The heading that it stands under.
    pub group: String,
}

/// Where terms stand in a text: the range in bytes, and the number of the entry.
pub type Found = Vec<(Range<usize>, usize)>;

impl Glossary {
    /// Reads the glossary as the page gets it.
    ///
    /// # Errors
    /// Names the path of what is wrong.
    pub fn parse(json: &str) -> Result<Glossary, InputError> {
        let entries = Doc::parse(json)?.list()?.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        Ok(Glossary { entries })
    }

    /// Where terms of a lab stand in a text, from left to right; none lies on another.
    ///
    /// At each place the longest spelling is taken. A spelling has word boundaries at both ends and may have an `s` more.
    /// [`is_exact`] says which spellings must be written exactly so; of all others the first letter may be large or small.
    #[must_use]
    pub fn find(&self, text: &str, lab: &str) -> Found {
        let mut spellings: Vec<(&str, usize)> = self.spellings(lab).collect();
        // The longest first. The sort is stable, so of two that are equally long the one that is written first goes before.
        spellings.sort_by_key(|(spelling, _)| std::cmp::Reverse(spelling.len()));
        let mut found = Vec::new();
        let mut end = 0;
        for (at, _) in text.char_indices() {
            if at < end {
                continue;
            }
            let here = spellings.iter().find_map(|(spelling, entry)| Some((reach(text, at, spelling)?, *entry)));
            if let Some((until, entry)) = here {
                found.push((at..until, entry));
                end = until;
            }
        }
        found
    }

    /// The entry of a term or of another spelling of it, in a lab.
    #[must_use]
    pub fn named(&self, word: &str, lab: &str) -> Option<&Entry> {
        let known = self.spellings(lab).find(|(spelling, _)| reach(word, 0, spelling) == Some(word.len()));
        known.map(|(_, entry)| &self.entries[entry])
    }

    /// All spellings that hold in a lab, with the numbers of their entries.
    fn spellings(&self, lab: &str) -> impl Iterator<Item = (&str, usize)> {
        let mine = self.entries.iter().enumerate().filter(move |(_, entry)| entry.is_of(lab));
        mine.flat_map(|(i, entry)| entry.spellings().map(move |spelling| (spelling, i)))
    }
}

impl Entry {
    /// Whether it holds in a lab.
    #[must_use]
    pub fn is_of(&self, lab: &str) -> bool {
        self.labs.is_empty() || self.labs.iter().any(|known| known == lab)
    }

    /// The term and its other spellings.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.term).chain(&self.also).map(String::as_str)
    }
}

/// Whether a spelling counts only as it is written: one character alone, or a capital behind the first character. So `S` is
/// no `s`, and `DIFF` is not what `diff` means; but a sentence may begin with `Lease`.
#[must_use]
pub fn is_exact(spelling: &str) -> bool {
    let mut rest = spelling.chars();
    rest.next();
    let mut rest = rest.peekable();
    rest.peek().is_none() || rest.any(char::is_uppercase)
}

/// Where a spelling that begins at a place of a text ends there, if it stands there as a word of its own.
fn reach(text: &str, at: usize, spelling: &str) -> Option<usize> {
    let mut left = text[at..].char_indices();
    let mut last = None;
    for (i, wanted) in spelling.chars().enumerate() {
        let (offset, is) = left.next()?;
        let same = is == wanted || (i == 0 && !is_exact(spelling) && is.to_lowercase().eq(wanted.to_lowercase()));
        if !same {
            return None;
        }
        last = Some((at + offset + is.len_utf8(), is));
    }
    let (end, last) = last?;
    let first = text[at..].chars().next()?;
    if text[..at].chars().next_back().is_some_and(|before| are_one_word(before, first)) {
        return None;
    }
    let ends = |end: usize, last: char| text[end..].chars().next().is_none_or(|next| !are_one_word(last, next));
    let plural = text[end..].starts_with('s') && last.is_alphanumeric() && !is_exact(spelling);
    match ends(end, last) {
        true => Some(end),
        false => (plural && ends(end + 1, 's')).then_some(end + 1),
    }
}

/// Whether there is no word boundary between two characters. Next to a sign such as → there always is one.
fn are_one_word(a: char, b: char) -> bool {
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    is_of_word(a) && is_of_word(b)
}

fn entry(doc: &Doc<'_>) -> Result<Entry, InputError> {
    let mut o = doc.object()?;
    let mut text = |key: &str| o.need(key)?.string();
    let (term, says, group) = (text("term")?, text("text")?, text("group")?);
    let mut texts = |key: &str| o.need(key)?.list()?.iter().map(Doc::string).collect::<Result<Vec<_>, _>>();
    let (also, labs) = (texts("also")?, texts("labs")?);
    o.finish()?;
    Ok(Entry { term, also, labs, text: says, group })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(terms: &[(&str, &[&str], &[&str])]) -> Glossary {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        let entry = |(term, also, labs): &(&str, &[&str], &[&str])| Entry {
            term: (*term).into(),
            also: texts(also),
            labs: texts(labs),
            text: "It is so.".into(),
            group: "G".into(),
        };
        Glossary { entries: terms.iter().map(entry).collect() }
    }

    /// What is found, as the words that it covers and the term that they mean.
    fn found<'a>(glossary: &'a Glossary, text: &'a str, lab: &str) -> Vec<(&'a str, &'a str)> {
        let found = glossary.find(text, lab);
        found.into_iter().map(|(range, i)| (&text[range], glossary.entries[i].term.as_str())).collect()
    }

    #[test]
    fn a_term_is_found_in_a_label() {
        let glossary = of(&[("AppendEntries", &["append"], &[]), ("term", &[], &[]), ("log index", &["prev"], &[])]);
        assert_eq!(
            found(&glossary, "AppendEntries term 2 prev 3", "raft-lock"),
            [("AppendEntries", "AppendEntries"), ("term", "term"), ("prev", "log index")]
        );
        assert_eq!(found(&glossary, "append 3 term 2", "raft-lock")[0], ("append", "AppendEntries"));
        assert_eq!(found(&glossary, "", "raft-lock"), []);
    }

    #[test]
    fn a_term_is_a_word_of_its_own() {
        let glossary = of(&[("term", &[], &[]), ("log", &[], &[])]);
        for text in ["determined", "termite", "term_2", "_log", "blog", "log2", "llog"] {
            assert_eq!(found(&glossary, text, ""), [], "{text}");
        }
        for text in ["term.", "(term)", "a term", "term-monotonic", "“term”", "term→", "P1's term", "äh term, oh"]
        {
            assert_eq!(found(&glossary, text, ""), [("term", "term")], "{text}");
        }
    }

    #[test]
    fn the_longest_spelling_is_taken_and_none_lies_on_another() {
        let glossary = of(&[("lock", &[], &[]), ("lock table", &[], &[]), ("table of nodes", &[], &[])]);
        assert_eq!(found(&glossary, "lock table of nodes", ""), [("lock table", "lock table")]);
        assert_eq!(found(&glossary, "lock tab", ""), [("lock", "lock")]);
    }

    #[test]
    fn single_letters_and_acronyms_count_only_as_they_are_written() {
        let glossary = of(&[("S", &[], &[]), ("M", &[], &[]), ("DIFF", &[], &[]), ("matchIndex", &[], &[])]);
        assert_eq!(found(&glossary, "x M→S", "mesi"), [("M", "M"), ("S", "S")]);
        for text in ["s", "m", "C1's", "diff", "Diff", "DIFFs", "MatchIndex", "matchindex", "Ms"] {
            assert_eq!(found(&glossary, text, ""), [], "{text}");
        }
        assert_eq!(found(&glossary, "had M, flushed", ""), [("M", "M")]);
        assert!(is_exact("zNode") && is_exact("S") && !is_exact("Lease") && !is_exact("zxid") && !is_exact("→ x"));
    }

    #[test]
    fn other_terms_may_begin_a_sentence_and_have_an_s() {
        let glossary = of(&[("lease", &[], &[]), ("Lamport clock", &[], &[]), ("zxid", &[], &[])]);
        assert_eq!(found(&glossary, "Leases end", ""), [("Leases", "lease")]);
        assert_eq!(found(&glossary, "lamport clocks", ""), [("lamport clocks", "Lamport clock")]);
        assert_eq!(found(&glossary, "Zxid", ""), [("Zxid", "zxid")]);
        for text in ["LEASE", "leASE", "leasess", "leased", "Lamport Clock"] {
            assert_eq!(found(&glossary, text, ""), [], "{text}");
        }
    }

    #[test]
    fn signs_need_no_space_around_them() {
        let glossary = of(&[("→", &[], &[]), ("concurrent", &["∥"], &[])]);
        assert_eq!(found(&glossary, "a→b, a ∥ b", ""), [("→", "→"), ("∥", "concurrent")]);
        assert_eq!(found(&glossary, "→s", ""), [("→", "→")]);
    }

    #[test]
    fn a_word_means_what_it_means_in_its_lab() {
        let glossary = of(&[("epoch", &[], &["zk-lock"]), ("vote", &[], &["raft-lock"]), ("vote", &[], &["zk-lock"])]);
        assert_eq!(glossary.find("vote, epoch", "raft-lock"), [(0..4, 1)]);
        assert_eq!(glossary.find("vote, epoch", "zk-lock"), [(0..4, 2), (6..11, 0)]);
        assert_eq!(glossary.find("vote, epoch", "mesi"), []);
        assert_eq!(glossary.named("Votes", "zk-lock"), Some(&glossary.entries[2]));
        assert_eq!(glossary.named("vote, epoch", "zk-lock"), None);
    }

    #[test]
    fn what_is_no_glossary_is_refused_with_its_path() {
        let json = r#"[{"term":"ack","also":["acks"],"labs":[],"text":"It is so.","group":"G"}]"#;
        let glossary = Glossary::parse(json).expect("a glossary");
        assert_eq!(glossary.entries[0].spellings().collect::<Vec<_>>(), ["ack", "acks"]);
        assert!(glossary.entries[0].is_of("mesi"));
        for (json, path) in [
            ("{}", "$"),
            ("[7]", "$[0]"),
            (r#"[{"term":"ack"}]"#, "$[0]"),
            (r#"[{"term":"ack","also":[7],"labs":[],"text":"","group":""}]"#, "$[0].also[0]"),
            (r#"[{"term":"ack","also":[],"labs":[],"text":"","group":"","more":1}]"#, "$[0]"),
        ] {
            assert!(Glossary::parse(json).expect_err(json).path.starts_with(path), "{json}");
        }
    }
}
