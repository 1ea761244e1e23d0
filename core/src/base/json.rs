//! Strict reading and canonical writing of JSON.
//!
//! Reading goes through `serde_json`'s raw values, one level at a time: every value knows its path, an
//! unknown or repeated key is an error, numbers are read from their decimal text (no float ever), and a
//! payload keeps its source text. Writing is a thin builder, because a trace must come out byte for byte
//! the same everywhere.

mod write;

pub use write::{JsonObject, list, millis_text, pretty, probability_text, quote};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// Deepest nesting of a payload. Other people's JSON readers give up somewhere above this.
pub const PAYLOAD_DEPTH_MAX: usize = 64;
/// Longest payload in bytes: generous for a teaching tool, small enough to draw and to share.
pub const PAYLOAD_BYTES_MAX: usize = 100_000;

/// What is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// JSON path of the offending value, such as `$.acts[2].at_ms`.
    pub path: String,
    /// One sentence.
    pub what: String,
}

impl InputError {
    /// An error at a path.
    pub fn new(path: impl Into<String>, what: impl Into<String>) -> InputError {
        InputError { path: path.into(), what: what.into() }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.what)
    }
}

impl std::error::Error for InputError {}

/// A JSON value as it was written, without the white space between its tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Payload(Arc<str>);

impl Payload {
    /// A payload that is a JSON string.
    #[must_use]
    pub fn from_text(text: &str) -> Payload {
        Payload(quote(text).into())
    }

    /// A payload from JSON source.
    ///
    /// # Errors
    /// When the text is not JSON, too long or too deep.
    pub fn from_json(text: &str) -> Result<Payload, InputError> {
        Doc::parse(text)?.payload()
    }

    /// The JSON source.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.0
    }

    /// How it is shown: a string without its quotes, anything else as its source.
    #[must_use]
    pub fn shown(&self) -> String {
        serde_json::from_str::<String>(&self.0).unwrap_or_else(|_| self.0.to_string())
    }
}

/// A JSON value with its path.
#[derive(Clone, Debug)]
pub struct Doc<'a> {
    path: String,
    raw: &'a str,
}

struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs: Vec<(String, &'de RawValue)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if pairs.iter().any(|(k, _)| *k == key) {
                        return Err(de::Error::custom(format!("the key {} stands there twice", quote(&key))));
                    }
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }
        d.deserialize_map(V)
    }
}

struct Items<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Items<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Items<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element::<&'de RawValue>()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        d.deserialize_seq(V)
    }
}

impl<'a> Doc<'a> {
    /// Reads a whole text as one JSON value.
    ///
    /// # Errors
    /// When it is not JSON; the sentence has line and column.
    pub fn parse(text: &'a str) -> Result<Doc<'a>, InputError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => Ok(Doc { path: "$".into(), raw: raw.get() }),
            Err(e) => Err(InputError::new("$", format!("this is not JSON: {e}"))),
        }
    }

    /// Where this value stands.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same value under another path.
    #[must_use]
    pub fn at(self, path: String) -> Doc<'a> {
        Doc { path, raw: self.raw }
    }

    /// An error at this value.
    pub fn error<T>(&self, what: impl Into<String>) -> Result<T, InputError> {
        Err(InputError::new(self.path.clone(), what))
    }

    fn expected<T>(&self, what: &str) -> Result<T, InputError> {
        let mut found: String = self.raw.chars().take(40).collect();
        if found.len() < self.raw.len() {
            found.push('…');
        }
        self.error(format!("expected {what}, found {found}"))
    }

    /// True for `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.raw == "null"
    }

    /// True for a JSON string.
    #[must_use]
    pub fn is_string(&self) -> bool {
        self.raw.starts_with('"')
    }

    /// True for an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.raw.starts_with('{')
    }

    /// The fields of an object.
    ///
    /// # Errors
    /// When it is something else, or a key stands there twice.
    pub fn object(&self) -> Result<Object<'a>, InputError> {
        if !self.is_object() {
            return self.expected("an object");
        }
        match serde_json::from_str::<Pairs<'a>>(self.raw) {
            Ok(pairs) => {
                let path = self.path.clone();
                let fields = pairs.0.into_iter().map(|(key, raw)| {
                    let doc = Doc { path: format!("{path}.{key}"), raw: raw.get() };
                    Some((key, doc))
                });
                Ok(Object { fields: fields.collect(), known: Vec::new(), path })
            }
            Err(e) => self.error(without_position(&e)),
        }
    }

    /// The items of a list.
    ///
    /// # Errors
    /// When it is something else.
    pub fn list(&self) -> Result<Vec<Doc<'a>>, InputError> {
        if !self.raw.starts_with('[') {
            return self.expected("a list");
        }
        match serde_json::from_str::<Items<'a>>(self.raw) {
            Ok(items) => {
                let doc = |(i, raw): (usize, &'a RawValue)| Doc { path: format!("{}[{i}]", self.path), raw: raw.get() };
                Ok(items.0.into_iter().enumerate().map(doc).collect())
            }
            Err(e) => self.error(without_position(&e)),
        }
    }

    /// A string.
    ///
    /// # Errors
    /// When it is something else, or has half of a surrogate pair in it.
    pub fn string(&self) -> Result<String, InputError> {
        if !self.is_string() {
            return self.expected("a string");
        }
        serde_json::from_str(self.raw).or_else(|e| self.error(without_position(&e)))
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn bool(&self) -> Result<bool, InputError> {
        match self.raw {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => self.expected("true or false"),
        }
    }

    /// A whole number in a range.
    ///
    /// # Errors
    /// When it is something else or out of range.
    pub fn int(&self, min: u64, max: u64) -> Result<u64, InputError> {
        match self.scaled(0) {
            Some(Scaled::Whole(n)) if (i128::from(min)..=i128::from(max)).contains(&n) => Ok(n as u64),
            _ => self.expected(&format!("a whole number from {min} to {max}")),
        }
    }

    /// Milliseconds with at most three decimals, as microseconds within a range. What is within a thousandth of a
    /// microsecond of a whole one is that one: programs write `0.35000000000000003` where they mean 0.35.
    ///
    /// # Errors
    /// When it is something else, finer than a microsecond, or out of range.
    pub fn millis(&self, min_us: u64, max_us: u64) -> Result<u64, InputError> {
        let range = || format!("from {} to {}", millis_text(min_us), millis_text(max_us));
        let scaled = match self.scaled(3) {
            Some(Scaled::Finer) => self.nearly_whole(3),
            other => other,
        };
        match scaled {
            Some(Scaled::Whole(n)) if (i128::from(min_us)..=i128::from(max_us)).contains(&n) => Ok(n as u64),
            Some(Scaled::Finer) => self.expected("milliseconds with at most three decimals"),
            Some(_) => self.expected(&format!("milliseconds {}", range())),
            None => self.expected(&format!("a number of milliseconds {}", range())),
        }
    }

    /// A probability from 0 to 1, rounded to whole parts per million.
    ///
    /// # Errors
    /// When it is something else or out of range.
    pub fn probability(&self) -> Result<u32, InputError> {
        // Twelve decimals are read exactly and rounded; nobody writes more, and finer ones round the same.
        match self.scaled(12).or_else(|| self.truncated(12)) {
            Some(Scaled::Whole(n)) if (0..=1_000_000_000_000).contains(&n) => Ok(((n + 500_000) / 1_000_000) as u32),
            Some(Scaled::Finer) => match self.truncated(12) {
                Some(Scaled::Whole(n)) if (0..1_000_000_000_000).contains(&n) => Ok(((n + 500_000) / 1_000_000) as u32),
                _ => self.expected("a probability from 0 to 1"),
            },
            _ => self.expected("a probability from 0 to 1"),
        }
    }

    /// Any JSON value, kept as it was written.
    ///
    /// # Errors
    /// When it is too long or too deep.
    pub fn payload(&self) -> Result<Payload, InputError> {
        let (text, depth) = compact(self.raw);
        if depth > PAYLOAD_DEPTH_MAX {
            return self.error(format!("a value may be nested {PAYLOAD_DEPTH_MAX} deep, this is {depth} deep"));
        }
        if text.len() > PAYLOAD_BYTES_MAX {
            return self.error(format!("a value may have {PAYLOAD_BYTES_MAX} bytes, this has {}", text.len()));
        }
        Ok(Payload(text.into()))
    }

    /// The number times ten to the `places`, exactly; `None` when it is no number.
    fn scaled(&self, places: i64) -> Option<Scaled> {
        let (digits, exponent) = decimal(self.raw)?;
        Some(scale(digits, exponent.saturating_add(places), false))
    }

    /// The number times ten to the `places`, where it is within a thousandth of a whole number.
    fn nearly_whole(&self, places: i64) -> Option<Scaled> {
        const ONE: i128 = 1_000_000_000_000;
        let Some(Scaled::Whole(n)) = self.truncated(places + 12) else { return Some(Scaled::Finer) };
        let nearest = (n + ONE / 2).div_euclid(ONE);
        Some(if (n - nearest * ONE).abs() <= ONE / 1000 { Scaled::Whole(nearest) } else { Scaled::Finer })
    }

    fn truncated(&self, places: i64) -> Option<Scaled> {
        let (digits, exponent) = decimal(self.raw)?;
        Some(scale(digits, exponent.saturating_add(places), true))
    }
}

enum Scaled {
    Whole(i128),
    Finer,
    Huge,
}

/// Splits a JSON number into its digits (with sign, without needless zeros) and a power of ten.
fn decimal(raw: &str) -> Option<(String, i64)> {
    let first = raw.bytes().next()?;
    if !(first == b'-' || first.is_ascii_digit()) {
        return None;
    }
    let (mantissa, exponent) = match raw.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i64>().unwrap_or(if e.starts_with('-') { i64::MIN / 4 } else { i64::MAX / 4 })),
        None => (raw, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(m) => (true, m),
        None => (false, mantissa),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut exponent = exponent.saturating_sub(part.len() as i64);
    let all = format!("{whole}{part}");
    let digits = all.trim_start_matches('0');
    let trimmed = digits.trim_end_matches('0');
    exponent = exponent.saturating_add((digits.len() - trimmed.len()) as i64);
    if trimmed.is_empty() {
        return Some(("0".into(), 0));
    }
    Some((if negative { format!("-{trimmed}") } else { trimmed.into() }, exponent))
}

fn scale(digits: String, exponent: i64, truncate: bool) -> Scaled {
    if exponent >= 0 {
        if digits == "0" {
            return Scaled::Whole(0);
        }
        if exponent > 30 || digits.len() as i64 + exponent > 36 {
            return Scaled::Huge;
        }
        let zeros = "0".repeat(exponent as usize);
        return format!("{digits}{zeros}").parse().map_or(Scaled::Huge, Scaled::Whole);
    }
    if !truncate {
        return Scaled::Finer;
    }
    let keep = digits.len() as i64 + exponent;
    if keep <= i64::from(digits.starts_with('-')) {
        return Scaled::Whole(if digits.starts_with('-') { -1 } else { 0 });
    }
    digits[..keep as usize].parse().map_or(Scaled::Huge, Scaled::Whole)
}

fn without_position(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_string()
}

/// Drops white space between tokens and measures the depth. The text is known to be JSON.
fn compact(raw: &str) -> (String, usize) {
    let mut out = String::with_capacity(raw.len());
    let (mut in_string, mut escaped) = (false, false);
    let (mut depth, mut deepest) = (0usize, 0usize);
    for c in raw.chars() {
        if in_string {
            out.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => continue,
            '"' => in_string = true,
            '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ']' | '}' => depth -= 1,
            _ => {}
        }
        out.push(c);
    }
    (out, deepest)
}

/// The fields of an object that have not been taken yet.
pub struct Object<'a> {
    fields: Vec<Option<(String, Doc<'a>)>>,
    known: Vec<String>,
    path: String,
}

impl<'a> Object<'a> {
    /// Where the object stands.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The keys that have not been taken, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.fields.iter().flatten().map(|(k, _)| k.clone()).collect()
    }

    /// Takes a field, if it is there.
    pub fn take(&mut self, key: &str) -> Option<Doc<'a>> {
        self.known.push(key.to_string());
        let slot = self.fields.iter_mut().find(|f| f.as_ref().is_some_and(|(k, _)| k == key))?;
        slot.take().map(|(_, doc)| doc)
    }

    /// Takes a field that must be there.
    ///
    /// # Errors
    /// When it is missing.
    pub fn need(&mut self, key: &str) -> Result<Doc<'a>, InputError> {
        self.take(key).ok_or_else(|| InputError::new(self.path.clone(), format!("the key \"{key}\" is missing")))
    }

    /// Says that no other key may be there.
    ///
    /// # Errors
    /// When there is one.
    pub fn finish(self) -> Result<(), InputError> {
        match self.fields.into_iter().flatten().next() {
            None => Ok(()),
            Some((_, doc)) => {
                let known = self.known.join(", ");
                let hint =
                    if known.is_empty() { "no key is known here".into() } else { format!("known here: {known}") };
                doc.error(format!("this key is unknown ({hint})"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(text: &str) -> Doc<'_> {
        Doc::parse(text).expect("JSON")
    }

    #[test]
    fn decimals_are_read_exactly() {
        for (text, us) in [
            ("10", 10_000),
            ("10.5", 10_500),
            ("0.001", 1),
            ("1e1", 10_000),
            ("1.50E+0", 1_500),
            ("2000.000", 2_000_000),
            ("0.35000000000000003", 350),
            ("0.3499999999999999", 350),
            ("1.000000999", 1_000),
            ("1e-99", 0),
        ] {
            assert_eq!(doc(text).millis(0, u64::MAX), Ok(us), "{text}");
        }
        for text in ["0.0001", "1.0000011", "-0.0001", "-1", "\"1\"", "1e99", "null", "1e999999999999999999999"] {
            assert!(doc(text).millis(0, 1 << 50).is_err(), "{text}");
        }
    }

    #[test]
    fn probabilities_round_to_parts_per_million() {
        for (text, ppm) in [
            ("0", 0),
            ("1", 1_000_000),
            ("0.25", 250_000),
            ("1e-05", 10),
            ("0.3333333333333333", 333_333),
            ("1e-300", 0),
        ] {
            assert_eq!(doc(text).probability(), Ok(ppm), "{text}");
        }
        for text in ["1.0000001", "-0.1", "2", "true", "1.00000000000001", "-1e-30"] {
            assert!(doc(text).probability().is_err(), "{text}");
        }
    }

    #[test]
    fn a_payload_keeps_its_source_and_loses_only_white_space() {
        let p = doc("{ \"a b\" : [1.50, 1e3 ,\n \"\\u0041 \\\" x\"] }").payload().expect("a payload");
        assert_eq!(p.json(), "{\"a b\":[1.50,1e3,\"\\u0041 \\\" x\"]}");
        assert_eq!(Payload::from_text("a\"b").shown(), "a\"b");
        assert!(doc(&"[".repeat(65).chars().chain("]".repeat(65).chars()).collect::<String>()).payload().is_err());
    }

    #[test]
    fn pretty_json_has_a_line_for_each_value() {
        assert_eq!(
            pretty(r#"{"a":[1,"x]\\\"y"],"b":{},"c":[]}"#),
            "{\n  \"a\": [\n    1,\n    \"x]\\\\\\\"y\"\n  ],\n  \"b\": {},\n  \"c\": []\n}"
        );
    }

    #[test]
    fn unknown_and_repeated_keys_are_named() {
        let d = doc("{\"a\":1,\"zz\":2}");
        let mut o = d.object().expect("an object");
        assert_eq!(o.need("a").and_then(|d| d.int(0, 9)), Ok(1));
        assert_eq!(o.finish().expect_err("unknown").to_string(), "$.zz: this key is unknown (known here: a)");
        let twice = doc("{\"a\":1,\"a\":2}").object().err().expect("twice");
        assert!(twice.what.contains("twice"), "{twice}");
    }
}
