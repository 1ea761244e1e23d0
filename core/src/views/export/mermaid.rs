//! A sequence diagram of Mermaid, which draws every message level, at the place of its end.
//!
//! A lost message is an arrow with a cross. That a message takes time is said in words, and where its sender did something else
//! meanwhile, a note stands where it was sent: so the order of what happens at each process is kept.

use super::ends_line;
use super::sequence::{End, Row, Sequence, id};
use crate::engine::Run;
use crate::trace::{NodeId, RecordId};

/// Most characters that Mermaid draws unless it is told otherwise (`maxTextSize`).
const TEXT_MAX: usize = 50_000;

/// Some records as a sequence diagram.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    let told = Sequence::of(run, ids);
    let scenario = run.scenario();
    let mut body = String::from("sequenceDiagram\n");
    for &node in &told.lanes {
        body += &format!("    participant {} as {}\n", id(node), name(&run.names()[usize::from(node)]));
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
                    body += &format!(
                        "    {}--){}: {} ({}, under way)\n",
                        id(f.from),
                        id(f.to),
                        escape(&f.label),
                        f.times()
                    );
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
    let mut head = format!("%% Lightcone, {}, seed {}\n", scenario.lab.spec().id, scenario.seed);
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

/// Over whom a note stands: where it is the network's, over all.
fn over(told: &Sequence, node: Option<NodeId>) -> String {
    match (node, told.lanes.first(), told.lanes.last()) {
        (Some(node), _, _) => id(node),
        (None, Some(first), Some(last)) if first != last => format!("{},{}", id(*first), id(*last)),
        (None, first, _) => id(first.copied().unwrap_or_default()),
    }
}

/// A text as Mermaid reads it as nothing else: what has a meaning there becomes a character code, `#59;`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // `wrap:` and `nowrap:` at the beginning say how to break lines.
    let words = text.trim_start().to_lowercase();
    let wraps = words.starts_with("wrap") || words.starts_with("nowrap");
    for c in text.chars() {
        match c {
            c if ends_line(c) => out.push(' '),
            // Ends of statements, codes and what stands for them inside, markup, directives, formulas, escapes.
            '#' | ';' | '<' | '>' | '&' | '%' | '$' | '\\' | 'ﬂ' | '¶' => code(&mut out, c),
            ':' if wraps => code(&mut out, c),
            c => out.push(c),
        }
    }
    // Only spaces would be no text at all.
    if out.trim().is_empty() { "#160;".into() } else { out }
}

fn code(out: &mut String, c: char) {
    *out += &format!("#{};", u32::from(c));
}

/// The name of a process: as a text, and without what begins its settings.
fn name(text: &str) -> String {
    escape(text).replace('@', "#64;").replace(':', "#58;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::export::says_the_same;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_written_as_it_is_meant() {
        assert_eq!(escape("a;b #1 <i> 50%"), "a#59;b #35;1 #60;i#62; 50#37;");
        assert_eq!((escape("wrap: x"), escape("p1: x")), ("wrap#58; x".into(), "p1: x".into()));
        assert_eq!((escape(""), name("P1: @x")), ("#160;".into(), "P1#58; #64;x".into()));
    }

    /// Reads codes as Mermaid does.
    fn read(text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once('#') {
            let (code, after) = after.split_once(';').expect("a code ends");
            out += before;
            out.push(code.parse().ok().and_then(char::from_u32).expect("a code is a number"));
            rest = after;
        }
        out + rest
    }

    proptest! {
        #[test]
        fn a_text_stays_one_text(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['\n', '\r', '%', '<', '$', '\\']), "{}", escaped);
            let read = read(&escaped);
            prop_assert!(says_the_same(&read, &text), "{:?} is read as {:?}", text, read);
        }
    }
}
