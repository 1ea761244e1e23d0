//! Scenarios that a lab brings along.

use crate::base::json::{Doc, InputError, JsonObject, Object, list, quote};
use std::borrow::Cow;

/// A built-in scenario: a file of the lab, and what a broken variant of it has on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its id: what stands in an address.
    pub id: &'static str,
    /// One sentence on what to watch for.
    pub watch: &'static str,
    /// The moment worth stopping at, in microseconds.
    pub stop_us: u64,
    /// The file.
    file: &'static str,
    /// Switches that are turned on top of what the file says.
    broken: &'static [&'static str],
    /// A title other than the file's.
    title: Option<&'static str>,
    /// The lab's views that an audience should see beside the diagram, by their titles; the first one where nobody says.
    pub lesson: &'static [&'static str],
}

impl Builtin {
    /// A scenario as its file has it.
    #[must_use]
    pub const fn new(id: &'static str, stop_us: u64, file: &'static str, watch: &'static str) -> Builtin {
        Builtin { id, watch, stop_us, file, broken: &[], title: None, lesson: &[] }
    }

    /// The same with views that an audience should see.
    #[must_use]
    pub const fn with_views(self, lesson: &'static [&'static str]) -> Builtin {
        Builtin { lesson, ..self }
    }

    /// The same with rules of the implementation switched off.
    #[must_use]
    pub const fn broken(self, switches: &'static [&'static str]) -> Builtin {
        Builtin { broken: switches, ..self }
    }

    /// The same under another title.
    #[must_use]
    pub const fn titled(self, title: &'static str) -> Builtin {
        Builtin { title: Some(title), ..self }
    }

    /// The scenario's text.
    ///
    /// # Panics
    /// When the file is no JSON object: a test reads all of them.
    #[must_use]
    pub fn json(&self) -> Cow<'static, str> {
        if self.broken.is_empty() && self.title.is_none() {
            return Cow::Borrowed(self.file);
        }
        Cow::Owned(self.derived().unwrap_or_else(|e| panic!("{}: {e}", self.id)))
    }

    /// The file's text with the switches in its set-up, and the other title.
    fn derived(&self) -> Result<String, InputError> {
        let doc = Doc::parse(self.file)?;
        let mut object = doc.object()?;
        let file_title = object.take("title").map(|doc| doc.string()).transpose()?;
        let mut setup = match object.take("setup") {
            Some(doc) => copied(&mut doc.object()?)?,
            None => JsonObject::new(),
        };
        let mut derived = copied(&mut object)?;
        if let Some(title) = self.title.or(file_title.as_deref()) {
            derived.text("title", title);
        }
        setup.raw("broken", &list(self.broken.iter().map(|switch| quote(switch))));
        Ok(derived.raw("setup", &setup.end()).end())
    }
}

/// An object with the keys that nobody has taken yet.
fn copied(object: &mut Object<'_>) -> Result<JsonObject, InputError> {
    let mut copy = JsonObject::new();
    for key in object.keys() {
        copy.raw(&key, object.need(&key)?.payload()?.json());
    }
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_and_a_title_come_on_top_of_a_file_whatever_it_has() {
        let of = |file| Builtin::new("x", 0, file, "").broken(&["a", "b"]).titled("T").json().into_owned();
        assert_eq!(of(r#"{"lab":"l"}"#), r#"{"lab":"l","title":"T","setup":{"broken":["a","b"]}}"#);
        let full = r#"{"title":"old","setup":{"n":[1, 2]},"lab":"l"}"#;
        assert_eq!(of(full), r#"{"lab":"l","title":"T","setup":{"n":[1,2],"broken":["a","b"]}}"#);
        let kept = Builtin::new("x", 0, full, "").broken(&["a"]).json().into_owned();
        assert_eq!(kept, r#"{"lab":"l","title":"old","setup":{"n":[1,2],"broken":["a"]}}"#);
        assert_eq!(Builtin::new("x", 0, full, "").json(), full);
    }
}
