//! A sequence diagram of Mermaid, which draws every message level, at the place of its end.
//!
//! A lost message is an arrow with a cross. That a message takes time is said in words, and where its sender did something else
//! meanwhile, a note stands where it was sent: so the order of what happens at each process is kept.

use super::sequence::{End, Row, Sequence};
use crate::engine::Run;
use crate::trace::{NodeId, RecordId};

/// Most characters that Mermaid draws unless it is told otherwise (`maxTextSize`), and most arrows (`maxEdges` is not for
/// sequence diagrams, so there is none).
const TEXT_MAX: usize = 50_000;

/// Some records as a sequence diagram.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    let told = Sequence::of(run, ids);
    let scenario = run.scenario();
    let mut body = String::from("sequenceDiagram\n");
    for &node in &told.lanes {
        body += &format!("    participant {} as {}\n", id(node), escape(&run.names()[usize::from(node)]));
    }
    for row in &told.rows {
        match row {
            Row::Says(node, lines) => {
                let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
                body += &format!("    Note over {}: {}\n", over(&told, *node), lines.join("<br/>"));
            }
            Row::Sent(flight) => {
                let f = &told.flights[*flight];
                if f.end == End::UnderWay {
                    body += &format!("    {}--){}: {} ({}, under way)\n", id(f.from), id(f.to), escape(&f.label), f.times());
                } else if told.leaves_early(*flight) {
                    body += &format!("    Note over {}: sends {}\n", id(f.from), escape(&f.label));
                }
            }
            Row::Ended(flight) => {
                let f = &told.flights[*flight];
                let (arrow, lost) = match f.end {
                    End::Lost(why) => ("-x", format!(", lost: {why}")),
                    _ => ("->>", String::new()),
                };
                let earlier = if told.is_sent_in_it(*flight) { "" } else { ", sent before" };
                let (from, to, label) = (id(f.from), id(f.to), escape(&f.label));
                body += &format!("    {from}{arrow}{to}: {label} ({}{lost}{earlier})\n", f.times());
            }
        }
    }
    let mut head = format!("%% Lightcone, {}, seed {}\n", plain(scenario.lab.spec().id), scenario.seed);
    head += "%% Mermaid cannot slant an arrow: each stands where its message ends, and says from when to when it was under way.\n\
             %% Where its sender did something else meanwhile, a note says where it was sent. Arrows of messages that overtake\n\
             %% each other do not cross, distances are no times, and clocks are left out.\n";
    if body.len() > TEXT_MAX {
        head += &format!(
            "%% This is longer than the {TEXT_MAX} characters that Mermaid draws by itself: set maxTextSize, or choose less.\n"
        );
    }
    head + &body
}

/// The name of a process inside the file, where only letters and digits are safe.
fn id(node: NodeId) -> String {
    format!("p{}", node + 1)
}

/// Over whom a note stands: where it is the network's, over all.
fn over(told: &Sequence, node: Option<NodeId>) -> String {
    match (node, told.lanes.first(), told.lanes.last()) {
        (Some(node), _, _) => id(node),
        (None, Some(first), Some(last)) if first != last => format!("{},{}", id(*first), id(*last)),
        (None, first, _) => id(first.copied().unwrap_or_default()),
    }
}

/// A text on one line of a comment.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text as Mermaid reads it as nothing else: what has a meaning there becomes a character code, `#59;`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => out.push(' '),
            // Ends of statements and codes, markup, directives, formulas, the words `wrap:` and `end`, escapes.
            '#' | ';' | '<' | '>' | '&' | '"' | '%' | '{' | '}' | '$' | '\\' | '`' | ':' | '@' => {
                out += &format!("#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    // Only spaces would be no text at all.
    if out.trim().is_empty() { "#160;".into() } else { out }
}
