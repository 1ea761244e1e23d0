//! A run, or a part of it, in the forms that other programs read: one file for each form, each a pure function that returns a text
//! or bytes.
//!
//! There are two sorts. A picture ([`picture`]: TikZ, Typst, PDF, beside the SVG of [`diagram`](super::diagram)) is written from
//! a finished [`Scene`], so that it has the same marks and texts wherever it goes. Everything else is written from records: the
//! trace as JSON lines and as CSV, a log for ShiViz, sequence diagrams for Mermaid and PlantUML, and the operations of clients.
//! [`chosen`] says which records.
//!
//! Deliberately knows no files, no browser and no command line, and not how a picture is laid out: whoever asks brings a scene, or
//! the numbers of records. It knows no lab either.

pub mod csv;
pub mod history;
pub mod jsonl;
pub mod mermaid;
pub mod picture;
pub mod plantuml;
mod sequence;
pub mod shiviz;

use super::diagram::Index;
use crate::engine::Run;
use crate::trace::RecordId;

/// What a form is written from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From a picture that is laid out: axis, labels, theme and size hold.
    Scene,
    /// From records: only the choice of them holds.
    Records,
}

/// A form in which a run leaves Lightcone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A picture whose text is text, with the scenario inside.
    Svg,
    /// A picture in pixels.
    Png,
    /// A document of LaTeX that draws with TikZ.
    Tex,
    /// A document of Typst.
    Typst,
    /// A page whose text is text.
    Pdf,
    /// A sequence diagram of Mermaid.
    Mermaid,
    /// A sequence diagram of PlantUML.
    PlantUml,
    /// A log that ShiViz reads.
    Shiviz,
    /// A row for each record.
    Csv,
    /// The trace, a line for each record.
    JsonLines,
}

impl Form {
    /// All of them, pictures first.
    pub const ALL: [Form; 10] = [
        Form::Svg,
        Form::Png,
        Form::Pdf,
        Form::Tex,
        Form::Typst,
        Form::Mermaid,
        Form::PlantUml,
        Form::Shiviz,
        Form::Csv,
        Form::JsonLines,
    ];

    /// The ending of a file's name, without the dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Form::Svg => "svg",
            Form::Png => "png",
            Form::Tex => "tex",
            Form::Typst => "typ",
            Form::Pdf => "pdf",
            Form::Mermaid => "mmd",
            Form::PlantUml => "puml",
            Form::Shiviz => "shiviz",
            Form::Csv => "csv",
            Form::JsonLines => "jsonl",
        }
    }

    /// The form of a file with this ending, in whatever case.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.ending().eq_ignore_ascii_case(ending))
    }

    /// The media type of such a file.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Form::Svg => "image/svg+xml",
            Form::Png => "image/png",
            Form::Tex => "application/x-tex",
            Form::Pdf => "application/pdf",
            Form::Csv => "text/csv",
            Form::JsonLines => "application/jsonl",
            Form::Typst | Form::Mermaid | Form::PlantUml | Form::Shiviz => "text/plain",
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Form::Svg => "SVG",
            Form::Png => "PNG",
            Form::Tex => "LaTeX (TikZ)",
            Form::Typst => "Typst",
            Form::Pdf => "PDF",
            Form::Mermaid => "Mermaid",
            Form::PlantUml => "PlantUML",
            Form::Shiviz => "ShiViz log",
            Form::Csv => "CSV",
            Form::JsonLines => "JSON lines",
        }
    }

    /// What it is written from.
    #[must_use]
    pub const fn source(self) -> Source {
        match self {
            Form::Svg | Form::Png | Form::Tex | Form::Typst | Form::Pdf => Source::Scene,
            Form::Mermaid | Form::PlantUml | Form::Shiviz | Form::Csv | Form::JsonLines => Source::Records,
        }
    }

    /// Some records of a run in this form; none where it is a picture.
    #[must_use]
    pub fn of_records(self, run: &Run, ids: &[RecordId]) -> Option<String> {
        match self {
            Form::Mermaid => Some(mermaid::write(run, ids)),
            Form::PlantUml => Some(plantuml::write(run, ids)),
            Form::Shiviz => Some(shiviz::write(run, ids)),
            Form::Csv => Some(csv::write(run, ids)),
            Form::JsonLines => Some(jsonl::write(run, ids)),
            Form::Svg | Form::Png | Form::Tex | Form::Typst | Form::Pdf => None,
        }
    }
}

/// The records of a stretch of time, both ends included, that are not left out of the picture.
#[must_use]
pub fn chosen(run: &Run, index: &Index, from_us: u64, to_us: u64) -> Vec<RecordId> {
    let ids = run.trace().first_at(from_us)..run.trace().count_until(to_us);
    ids.filter(|&id| !index.leaves_out(id)).collect()
}

/// Whether a character would end a line somewhere, or is none that can be seen.
fn ends_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text on one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if ends_line(c) { ' ' } else { c }).collect()
}

/// For the tests of escapes: whether two texts say the same on one line, whatever space stands around them.
#[cfg(test)]
fn says_the_same(escaped: &str, text: &str) -> bool {
    let trimmed = |text: &str| text.trim_matches([' ', '\u{a0}']).trim().to_string();
    trimmed(escaped) == trimmed(&one_line(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_ending() {
        for form in Form::ALL {
            assert_eq!(Form::of_ending(form.ending()), Some(form));
            assert!(!form.title().is_empty() && form.mime().contains('/'));
        }
        assert_eq!(Form::of_ending("PDF"), Some(Form::Pdf));
        assert_eq!(Form::of_ending("bmp"), None);
    }
}
