//! From a text to executions.

use super::execution::{Execution, Raw, Remark};
use super::expression::{Expression, Regex};
use std::collections::BTreeMap;

/// A log that was read.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Its executions, those without events left out.
    pub executions: Vec<Execution>,
    /// Lines that have something and belong to no event: the first, and how many.
    pub left_over: Option<(usize, usize)>,
}

/// Reads a log, whose lines are counted from `line` on.
#[must_use]
pub fn read(text: &str, line: usize, expression: &Expression, delimiter: Option<&Regex>) -> Log {
    let mut log = Log::default();
    let mut lines = Lines { text, at: 0, line };
    let mut pieces: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let (mut from, mut label) = (0, String::new());
    for found in
        delimiter.into_iter().flat_map(|delimiter| delimiter.0.find_iter(text)).filter(|m| !m.range().is_empty())
    {
        pieces.push((from..found.start(), std::mem::take(&mut label)));
        label = found.named_group("trace").map(|range| text[range].to_string()).unwrap_or_default();
        from = found.end();
    }
    pieces.push((from..text.len(), label));
    for (range, label) in pieces {
        let (mut events, mut wrong) = (Vec::new(), Vec::new());
        match expression {
            Expression::Groups { regex, fields } => {
                groups(range, regex, fields, &mut lines, &mut log, &mut events, &mut wrong);
            }
            Expression::JsonLines => {
                json_lines(&text[range.clone()], lines.number(range.start), &mut events, &mut wrong)
            }
        }
        if !events.is_empty() || !wrong.is_empty() {
            log.executions.push(Execution::of(label, events, wrong));
        }
    }
    log
}

/// Numbers of lines, asked for in order.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn number(&mut self, at: usize) -> usize {
        self.line += self.text[self.at..at].bytes().filter(|b| *b == b'\n').count();
        self.at = at;
        self.line
    }
}

fn groups(
    range: std::ops::Range<usize>,
    regex: &Regex,
    fields: &[String],
    lines: &mut Lines<'_>,
    log: &mut Log,
    events: &mut Vec<Raw>,
    wrong: &mut Vec<Remark>,
) {
    let text = lines.text;
    let (piece, start) = (&text[range.clone()], range.start);
    let mut end = start;
    for found in regex.0.find_iter(piece).filter(|m| !m.range().is_empty()) {
        left_over(end..start + found.start(), lines, log);
        end = start + found.end();
        let group = |name: &str| found.named_group(name).map(|range| piece[range].to_string());
        let clock = group("clock").unwrap_or_default();
        let line = lines.number(start + found.named_group("clock").map_or(found.start(), |range| range.start));
        match read_clock(&clock) {
            Ok(clock) => events.push(Raw {
                line,
                host: group("host").unwrap_or_default(),
                text: group("event").unwrap_or_default(),
                fields: fields.iter().filter_map(|name| Some((name.clone(), group(name)?))).collect(),
                clock,
            }),
            Err(what) => wrong.push(Remark::new(line, &what)),
        }
    }
    left_over(end..range.end, lines, log);
}

/// Takes down lines between two events that say something.
fn left_over(range: std::ops::Range<usize>, lines: &mut Lines<'_>, log: &mut Log) {
    let text = &lines.text[range.clone()];
    let said = text.split('\n').filter(|line| !line.trim().is_empty()).count();
    if said == 0 {
        return;
    }
    let first = range.start + (text.len() - text.trim_start().len());
    let line = lines.number(first);
    let (_, count) = log.left_over.get_or_insert((line, 0));
    *count += said;
}

fn json_lines(text: &str, first: usize, events: &mut Vec<Raw>, wrong: &mut Vec<Remark>) {
    for (n, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match json_event(line.trim(), first + n) {
            Ok(event) => events.push(event),
            Err(what) => wrong.push(Remark::new(first + n, &what)),
        }
    }
}

fn json_event(line: &str, number: usize) -> Result<Raw, String> {
    let said = |e: serde_json::Error| {
        format!("this is no JSON object: {}", e.to_string().replace(" at line 1 column", " at column"))
    };
    let fields: BTreeMap<String, &serde_json::value::RawValue> = serde_json::from_str(line).map_err(said)?;
    let text = |key: &str| {
        let raw = fields.get(key).map(|raw| raw.get()).ok_or_else(|| format!("the key \"{key}\" is missing"))?;
        Ok::<String, String>(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_string()))
    };
    let others = fields.iter().filter(|(key, _)| !["host", "clock", "event"].contains(&key.as_str()));
    let other = |(key, raw): (&String, &&serde_json::value::RawValue)| {
        (key.clone(), serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_string()))
    };
    let clock = text("clock")?;
    Ok(Raw {
        line: number,
        host: text("host")?,
        text: text("event")?,
        fields: others.map(other).collect(),
        clock: read_clock(&clock)?,
    })
}

fn read_clock(text: &str) -> Result<BTreeMap<String, u64>, String> {
    serde_json::from_str(text).map_err(|_| {
        let short: String = text.chars().take(60).collect();
        let more = if short.len() < text.len() { "…" } else { "" };
        format!("the clock is no JSON object of whole numbers, such as {{\"P1\":1}}: {short}{more}")
    })
}
