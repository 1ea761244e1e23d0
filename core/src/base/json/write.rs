//! Writing: a thin builder, and numbers as text.

/// A string as JSON, with its quotes.
#[must_use]
pub fn quote(text: &str) -> String {
    serde_json::to_string(text).expect("every string has a JSON form")
}

/// Microseconds as milliseconds, with as many decimals as needed: `10.5`.
#[must_use]
pub fn millis_text(us: u64) -> String {
    thousandths(us, 3)
}

/// Parts per million as a probability: `0.25`.
#[must_use]
pub fn probability_text(ppm: u32) -> String {
    thousandths(u64::from(ppm), 6)
}

fn thousandths(n: u64, places: u32) -> String {
    let unit = 10u64.pow(places);
    let (whole, part) = (n / unit, n % unit);
    if part == 0 {
        return whole.to_string();
    }
    let part = format!("{part:0width$}", width = places as usize);
    format!("{whole}.{}", part.trim_end_matches('0'))
}

/// JSON on several lines, for people to read. The text is known to be JSON.
#[must_use]
pub fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut in_string, mut escaped, mut depth) = (false, false, 0usize);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let mut last = ' ';
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            last = c;
            continue;
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => continue,
            ']' | '}' => {
                depth -= 1;
                if !matches!(last, '[' | '{') {
                    line(&mut out, depth);
                }
            }
            _ if matches!(last, '[' | '{') => line(&mut out, depth),
            _ => {}
        }
        out.push(c);
        match c {
            '"' => in_string = true,
            '[' | '{' => depth += 1,
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
        last = c;
    }
    out
}

/// Builds one JSON object as text, fields in the order in which they are given.
#[derive(Clone, Debug)]
pub struct JsonObject {
    text: String,
}

impl Default for JsonObject {
    fn default() -> Self {
        JsonObject::new()
    }
}

impl JsonObject {
    /// An empty object.
    #[must_use]
    pub fn new() -> JsonObject {
        JsonObject { text: "{".into() }
    }

    /// A field whose value is JSON already.
    pub fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push_str(&quote(key));
        self.text.push(':');
        self.text.push_str(json);
        self
    }

    /// A string.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.raw(key, &quote(value))
    }

    /// A whole number.
    pub fn int(&mut self, key: &str, value: impl Into<i128>) -> &mut Self {
        self.raw(key, &value.into().to_string())
    }

    /// `true` or `false`.
    pub fn bool(&mut self, key: &str, value: bool) -> &mut Self {
        self.raw(key, if value { "true" } else { "false" })
    }

    /// A list of values that are JSON already.
    pub fn list<S: AsRef<str>>(&mut self, key: &str, items: impl IntoIterator<Item = S>) -> &mut Self {
        self.raw(key, &list(items))
    }

    /// True when no field was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.len() == 1
    }

    /// The finished text.
    #[must_use]
    pub fn end(&self) -> String {
        format!("{}}}", self.text)
    }
}

/// A JSON list of values that are JSON already.
#[must_use]
pub fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let mut text = String::from("[");
    for item in items {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(item.as_ref());
    }
    text.push(']');
    text
}
