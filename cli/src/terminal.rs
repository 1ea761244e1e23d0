//! What all commands share: scenarios come in, data and words go out, and what can go wrong on the way.

use lightcone_core::labs::find;
use lightcone_core::tables::Builtin;
use std::ffi::OsString;
use std::fmt;
use std::io::Read;

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is unusable: status 2.
    Input(String),
    /// A rule was violated: status 1. What there is to say was said.
    Violated,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(what) => f.write_str(what),
            Failure::Violated => Ok(()),
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(e: lexopt::Error) -> Self {
        Failure::Input(format!("{e} (lightcone --help lists the commands)"))
    }
}

/// An unusable input.
pub(crate) fn unusable(what: impl Into<String>) -> Failure {
    Failure::Input(what.into())
}

/// Writes to standard output; a reader that has heard enough is no failure.
pub(crate) fn print(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Reads a scenario: a file, `-`, or a built-in one as `LAB/ID`.
pub(crate) fn scenario(name: &str) -> Result<lightcone_core::scenario::Scenario, Failure> {
    let text = match builtin(name) {
        Some(builtin) if !std::path::Path::new(name).exists() => builtin.json().to_string(),
        _ => text(name)?,
    };
    lightcone_core::labs::parse(&text).map_err(|e| unusable(format!("{name}: {e}")))
}

/// Reads a text: a file, or standard input as `-`.
pub(crate) fn text(name: &str) -> Result<String, Failure> {
    let (name, bytes) = if name == "-" {
        let mut bytes = Vec::new();
        ("standard input", std::io::stdin().read_to_end(&mut bytes).map(|_| bytes))
    } else {
        (name, std::fs::read(name))
    };
    let bytes = bytes.map_err(|e| unusable(format!("{name}: {e}")))?;
    String::from_utf8(bytes).map_err(|e| unusable(format!("{name}: this is not UTF-8: {e}")))
}

/// One of several words as what it stands for.
pub(crate) fn one_of<T: Copy>(value: &OsString, option: &str, words: &[&str], values: &[T]) -> Result<T, Failure> {
    let text = value.to_string_lossy();
    match words.iter().position(|w| *w == text) {
        Some(i) => Ok(values[i]),
        None => Err(unusable(format!("{option}: expected one of {}, found {text:?}", words.join(", ")))),
    }
}

/// A built-in scenario named `LAB/ID`.
fn builtin(name: &str) -> Option<&'static Builtin> {
    let (lab, id) = name.split_once('/')?;
    find(lab)?.spec().scenario(id)
}

/// Writes a file.
pub(crate) fn write_file(path: &std::path::Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| unusable(format!("{}: {e}", path.display())))
}

/// Milliseconds with at most three decimals, as microseconds.
pub(crate) fn millis(value: &std::ffi::OsStr, option: &str) -> Result<u64, Failure> {
    use lightcone_core::base::json::Doc;
    use lightcone_core::tables::TIME_US_MAX;
    let text = value.to_string_lossy();
    let read = Doc::parse(&text).and_then(|d| d.millis(0, TIME_US_MAX));
    read.map_err(|_| {
        unusable(format!("{option}: expected milliseconds from 0 on with at most three decimals, found {text:?}"))
    })
}
