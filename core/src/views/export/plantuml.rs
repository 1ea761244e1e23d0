//! A sequence diagram of PlantUML: a message is a slanted arrow that begins where it is sent, and a lost one ends in a cross.
//!
//! PlantUML puts whatever comes next below the lower end of a slanted arrow. So the slant says that a message takes time, the
//! more the more happens meanwhile, and where its receiver did something else before, a note stands where it arrives.

use super::ends_line;
use super::sequence::{End, Row, Sequence, id};
use crate::engine::Run;
use crate::trace::RecordId;

/// By how many pixels an arrow falls, and by how many more for each row that stands between its ends; at most.
const SLANT_PX: usize = 10;
const SLANT_ROW_PX: usize = 4;
const SLANT_PX_MAX: usize = 60;

/// What makes an arrow slanted where that is known. A version that is no number is that of a build of today.
const SLANT_FUNCTION: &str = "\
!function $falls($px)
!if (%version() > \"1.\" && %version() < \"1.2022.06\")
!return \"\"
!endif
!return \"(\" + $px + \")\"
!endfunction
";

/// Some records as a sequence diagram.
#[must_use]
pub fn write(run: &Run, ids: &[RecordId]) -> String {
    let told = Sequence::of(run, ids);
    let scenario = run.scenario();
    let mut out = String::from("@startuml\n");
    out += &format!("' Lightcone, {}, seed {}\n", scenario.lab.spec().id, scenario.seed);
    out += "' Slanted arrows, ->(n), need PlantUML 1.2022.6: in an older one they are level. A slant says that a message takes\n\
            ' time, not how long: what comes next stands below its lower end, so arrows of messages that overtake each other do\n\
            ' not cross. Where the receiver did something else before, a note says where the message arrives. Lost messages end\n\
            ' in a cross, which cannot be slanted. Clocks are left out.\n";
    out += SLANT_FUNCTION;
    out += "hide footbox\n";
    if !scenario.title.is_empty() {
        out += &format!("title {}\n", escape(&scenario.title));
    }
    for &node in &told.lanes {
        out += &format!(
            "participant \"{}\" as {}\n",
            escape(&run.names()[usize::from(node)]).replace('"', "<U+0022>"),
            id(node)
        );
    }
    for row in &told.rows {
        match row {
            Row::Says(node, lines) => {
                let lines: Vec<String> = lines.iter().map(|line| escape(line)).collect();
                let lines = lines.join("\\n");
                out += &match node {
                    Some(node) => format!("note over {} : {lines}\n", id(*node)),
                    None => format!("note across : {lines}\n"),
                };
            }
            Row::Sent(flight) => {
                out += &arrow(&told, *flight);
            }
            Row::Ended(flight) => {
                let f = &told.flights[*flight];
                if !told.is_sent_in_it(*flight) {
                    out += &arrow(&told, *flight);
                } else if f.end == End::Received && told.arrives_late(*flight) {
                    out += &format!("note over {} : {} arrives\n", id(f.to), escape(&f.label));
                }
            }
        }
    }
    out + "@enduml\n"
}

fn arrow(told: &Sequence, flight: usize) -> String {
    let f = &told.flights[flight];
    let slant = (SLANT_PX + SLANT_ROW_PX * told.rows_between(flight)).min(SLANT_PX_MAX);
    let (line, more) = match f.end {
        End::Received if told.is_sent_in_it(flight) => (format!("->$falls({slant})"), String::new()),
        End::Received => ("->".into(), " (sent before)".into()),
        End::Lost(why) => ("->x".into(), format!(" (lost: {why})")),
        End::UnderWay => (format!("-->>$falls({slant})"), " (under way)".into()),
    };
    format!("{} {line} {} : {}{more}\n", id(f.from), id(f.to), escape(&f.label))
}

/// A text as PlantUML reads it as nothing else: what has a meaning there becomes a character code, `<U+005C>`.
#[must_use]
pub fn escape(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (i, &c) in chars.iter().enumerate() {
        let first = out.trim().is_empty();
        let doubled = chars.get(i + 1) == Some(&c) || i > 0 && chars[i - 1] == c;
        let means = match c {
            '\\' | '~' | '<' | '>' | '&' | '%' | '[' | ']' | '|' | '$' | '!' | '^' | '@' => true,
            // Bold, italic, struck out, underlined, in one width, a diagram inside; headings and lists at the beginning.
            '*' | '/' | '-' | '_' | '\'' | '"' | '{' | '}' => first || doubled,
            '#' | '=' | '.' | ':' | ';' | '+' => first,
            _ => false,
        };
        match c {
            c if ends_line(c) => out.push(' '),
            c if means => out += &format!("<U+{:04X}>", u32::from(c)),
            c => out.push(c),
        }
    }
    // Only spaces would be no text at all.
    if out.trim().is_empty() { "<U+00A0>".into() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::export::says_the_same;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_written_as_it_is_meant() {
        assert_eq!(escape(r"a\n **b** c_d"), "a<U+005C>n <U+002A><U+002A>b<U+002A><U+002A> c_d");
        assert_eq!(escape(r#"put {"k":1}"#), r#"put {"k":1}"#);
        assert_eq!((escape("# x"), escape(" ")), ("<U+0023> x".into(), "<U+00A0>".into()));
    }

    /// Reads codes as PlantUML does.
    fn read(text: &str) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once("<U+") {
            let (code, after) = after.split_once('>').expect("a code ends");
            out += before;
            out.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a code is a number"));
            rest = after;
        }
        out + rest
    }

    proptest! {
        #[test]
        fn a_text_stays_one_text(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['\n', '\r', '\\', '~', '%', '$']), "{}", escaped);
            for pair in ["**", "//", "--", "__", "\"\"", "{{", "[["] {
                prop_assert!(!escaped.contains(pair), "{}", escaped);
            }
            let read = read(&escaped);
            prop_assert!(says_the_same(&read, &text), "{:?} is read as {:?}", text, read);
        }
    }
}
