//! Scenarios that a lab brings along.

use crate::base::json::{Doc, InputError, JsonObject, list, quote};
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
}

impl Builtin {
    /// A scenario as its file has it.
    #[must_use]
    pub const fn new(id: &'static str, stop_us: u64, file: &'static str, watch: &'static str) -> Builtin {
        Builtin { id, watch, stop_us, file, broken: &[], title: None }
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
        let mut derived = JsonObject::new();
        for key in object.keys() {
            let value = object.need(&key)?;
            match (key.as_str(), self.title) {
                ("title", Some(title)) => derived.text("title", title),
                ("setup", _) => derived.raw("setup", &self.setup(&value)?),
                _ => derived.raw(&key, value.payload()?.json()),
            };
        }
        Ok(derived.end())
    }

    fn setup(&self, doc: &Doc<'_>) -> Result<String, InputError> {
        let mut object = doc.object()?;
        let mut setup = JsonObject::new();
        for key in object.keys() {
            setup.raw(&key, object.need(&key)?.payload()?.json());
        }
        Ok(setup.raw("broken", &list(self.broken.iter().map(|switch| quote(switch)))).end())
    }
}
