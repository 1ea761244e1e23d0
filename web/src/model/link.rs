//! The part of an address after `#`: a link that holds a whole run, or names what the page has.
//!
//! Version 2 is `v=2&lab=…&z=…&t=…&…&k=…`: `z` is the scenario's JSON, compressed (RFC 1950) and in the letters of addresses
//! (RFC 4648, section 5); then fields that a person may read; last the check over everything before it, eight hex digits of
//! xxHash32. Version 1 had the JSON itself in `s` and no check; such links, and those written by hand, go on being read.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use miniz_oxide::{deflate, inflate};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use xxhash_rust::xxh32::xxh32;

/// The version that is written.
const VERSION: u32 = 2;
/// Longest link that is written, in characters: what chat programs and learning platforms pass on whole.
pub(crate) const WRITTEN_CHARS_MAX: usize = 8_000;
/// Longest link that is read, in characters. Those of version 1 had up to 30,000.
const READ_CHARS_MAX: usize = 64_000;
/// Longest scenario that a link may unfold to, in bytes.
const UNFOLDED_BYTES_MAX: usize = 4_000_000;
/// Most characters that are quoted of a link.
const QUOTED_CHARS: usize = 40;
/// What `encodeURIComponent` leaves as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// A value as it can stand in a link.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

fn check(text: &str) -> String {
    format!("{:08x}", xxh32(text.as_bytes(), VERSION))
}

/// Writes a link that holds a run; `rest` are the fields behind it, such as the cursor and how it is looked at.
pub(crate) fn write(lab: &str, scenario: &str, rest: &[(&str, String)]) -> String {
    let small = URL_SAFE_NO_PAD.encode(deflate::compress_to_vec_zlib(scenario.as_bytes(), 9));
    let mut link = format!("v={VERSION}&lab={}&z={small}", encode(lab));
    for (key, value) in rest {
        link += &format!("&{key}={}", encode(value));
    }
    let check = check(&link);
    link + "&k=" + &check
}

/// Whether a text is a link that holds a run.
pub(crate) fn holds_run(text: &str) -> bool {
    text.starts_with("v=") || text.starts_with("s=")
}

/// What a link asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Asked {
    /// A scenario, as JSON.
    Run(String),
    /// A built-in scenario of a lab, or the lab's first.
    Builtin(String, Option<String>),
    /// A guide, and nothing else.
    Guide(String),
    /// What cannot be read; with the lab that it was about, where that came through, and a sentence that says what is wrong.
    Nothing(Option<String>, String),
}

/// A link, read as far as it goes.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) asked: Asked,
    fields: Vec<(String, String)>,
    /// A sentence on what is wrong with it, though it could be read.
    pub(crate) remark: Option<String>,
}

impl Link {
    /// A field's value.
    pub(crate) fn value(&self, key: &str) -> Option<String> {
        self.fields.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone())
    }

    /// Reads what stands behind `#`.
    pub(crate) fn read(text: &str) -> Link {
        let count = text.chars().count();
        if count > READ_CHARS_MAX {
            let what = format!("It has {count} characters, and a link has at most {READ_CHARS_MAX}.");
            return Link { asked: Asked::Nothing(None, what), fields: Vec::new(), remark: None };
        }
        let (whole, mut remark) = body(text);
        let fields: Vec<(String, String)> = whole.split('&').filter_map(field).collect();
        let mut link = Link { asked: Asked::Nothing(None, String::new()), fields, remark: None };
        link.asked = link.asks_for(whole, remark.as_deref());
        if matches!(link.asked, Asked::Nothing(..)) {
            // Its sentence says it already.
            remark = None;
        }
        link.remark = remark;
        link
    }

    fn asks_for(&self, text: &str, damage: Option<&str>) -> Asked {
        if let Some(small) = self.value("z") {
            return unfold(&small).map_or_else(
                || Asked::Nothing(self.value("lab"), damage.unwrap_or("Its scenario is damaged.").into()),
                Asked::Run,
            );
        }
        if self.value("v").is_some() {
            let what = damage.unwrap_or("It holds no scenario.");
            return Asked::Nothing(self.value("lab"), what.into());
        }
        if let Some(lab) = self.value("lab") {
            return Asked::Builtin(lab, self.value("scenario"));
        }
        if let Some(run) = self.value("s").filter(|run| run != "stored") {
            return Asked::Run(run);
        }
        if let Some(guide) = self.value("guide") {
            return Asked::Guide(guide);
        }
        let what = match text {
            "s=stored" => "The run was too long for a link, and this browser has not kept it.".into(),
            _ if text.starts_with("s=") => "It breaks off in the midst of a character.".into(),
            _ => format!("It holds no scenario: “{}” says nothing here.", quoted(text)),
        };
        Asked::Nothing(None, what)
    }
}

/// What stands in a link, as a message can quote it.
pub(crate) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(QUOTED_CHARS).collect();
    if short.len() < text.len() { short + "…" } else { short }
}

fn field(part: &str) -> Option<(String, String)> {
    let (key, value) = part.split_once('=')?;
    Some((key.to_string(), decode(value)?))
}

/// The link without its check, and a sentence where that does not fit.
fn body(text: &str) -> (&str, Option<String>) {
    let version = text.strip_prefix("v=").map(|rest| rest.split('&').next().unwrap_or(rest));
    let Some(version) = version else { return (text, None) };
    match version.parse::<u32>() {
        Ok(VERSION) => {}
        Ok(n) if n > VERSION => {
            let what = format!("It was made by a newer Lightcone (version {n} of links; this one reads {VERSION}).");
            return (text, Some(what));
        }
        _ => return (text, Some(format!("“{}” is no version of links.", quoted(version)))),
    }
    let Some(at) = text.find("&k=") else {
        return (text, Some("It is not whole: its end is missing.".into()));
    };
    let (whole, end) = (&text[..at], &text[at + 3..]);
    let check = check(whole);
    match end.strip_prefix(check.as_str()) {
        Some("") => (whole, None),
        Some(_) => (whole, Some("Something stands behind its end, and was left out.".into())),
        None if check.starts_with(end) => (whole, Some("Its last characters are missing.".into())),
        None => (whole, Some("It is not as it was made: a part of it was changed or is missing.".into())),
    }
}

/// The text that was compressed; `None` where it is damaged.
fn unfold(small: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(small).ok()?;
    let text = inflate::decompress_to_vec_zlib_with_limit(&bytes, UNFOLDED_BYTES_MAX).ok()?;
    String::from_utf8(text).ok()
}

/// The lab that a scenario's JSON is about, even where the rest of it is missing.
pub(crate) fn lab_in(json: &str) -> Option<&str> {
    let rest = json.split_once("\"lab\"")?.1.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    rest.split_once('"').map(|(lab, _)| lab)
}

#[cfg(test)]
mod tests;
