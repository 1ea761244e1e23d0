//! A scene as an SVG file: text stays text, and the scenario is inside, so that the file can be opened again.

use super::Index;
use super::scene::{Anchor, Item, Part, Point, Rect, Scene, Shape};
use super::theme::{Ink, Theme};
use super::words;
use crate::engine::Run;
use crate::imports::Execution;
use crate::trace::{NONE, RecordId};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Id of the element that holds the scenario.
pub const SCENARIO_ID: &str = "lightcone-scenario";
/// The typeface, and what stands in for it where it is not installed.
pub const FONT_FAMILY: &str = "Lightcone Sans, IBM Plex Sans, Inter, Helvetica, Arial, sans-serif";

/// Writes a scene of a run. The mark of an event is a group at its place, a message's line another one; both say in a title what
/// the page says to who points at them.
#[must_use]
pub fn write(scene: &Scene, run: &Run, index: &Index, theme: Theme, title: &str, scenario: &str) -> String {
    let metadata = format!("<metadata id=\"{SCENARIO_ID}\">{}</metadata>\n", escape(scenario));
    write_scene(scene, theme, title, &metadata, &|part| part_of_run(run, index, part, scene))
}

/// Writes a scene: what is said of a part of it are attributes of its group and lines of its title.
fn write_scene(
    scene: &Scene,
    theme: Theme,
    title: &str,
    metadata: &str,
    part_says: &dyn Fn(Part) -> (String, Vec<String>),
) -> String {
    let mut out = opening(scene, theme, title, metadata);
    let places: BTreeMap<RecordId, Point> = scene.events.iter().map(|event| (event.id, event.at)).collect();
    let place_of = |part| match part {
        Part::Event(id) => places.get(&id).copied(),
        Part::Arrow(_) => None,
    };
    let mut clipped = false;
    let mut part = None;
    for item in &scene.items {
        if item.part != part && part.is_some() {
            let _ = writeln!(out, "</g>");
        }
        if item.clipped != clipped {
            let _ = writeln!(out, "{}", if item.clipped { "<g clip-path=\"url(#plot)\">" } else { "</g>" });
            clipped = item.clipped;
        }
        if item.part != part {
            part = item.part;
            if let Some(part) = part {
                let (attributes, lines) = part_says(part);
                let moved = place_of(part).map(|(x, y)| format!(" transform=\"translate({} {})\"", n(x), n(y)));
                let moved = moved.unwrap_or_default();
                let _ = writeln!(out, "<g {attributes}{moved}><title>{}</title>", escape(&lines.join("\n")));
            }
        }
        match part.and_then(place_of) {
            Some((x, y)) => {
                let mut moved = item.clone();
                moved.shape.shift(-x, -y);
                write_item(&mut out, &moved, theme);
            }
            None => write_item(&mut out, item, theme),
        }
    }
    for _ in 0..usize::from(part.is_some()) + usize::from(clipped) {
        let _ = writeln!(out, "</g>");
    }
    out.push_str("</svg>\n");
    out
}

/// The beginning of the file: its size, its title, what is defined, and the paper.
fn opening(scene: &Scene, theme: Theme, title: &str, metadata: &str) -> String {
    let (w, h) = (n(scene.width), n(scene.height));
    let mut out = String::new();
    // On paper a picture has the size that was asked for.
    let (wide, high) = match scene.millimetres {
        Some(mm) => (format!("{}mm", n(mm)), format!("{}mm", n(mm * scene.height / scene.width))),
        None => (w.clone(), h.clone()),
    };
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" viewBox=\"0 0 {w} {h}\" role=\"img\" \
         font-family=\"{FONT_FAMILY}\">"
    );
    let _ = writeln!(out, "<title>{}</title>", escape(title));
    out.push_str(metadata);
    let _ = writeln!(out, "<defs>");
    if let Some(clip) = &scene.clip {
        let _ = writeln!(out, "<clipPath id=\"plot\"><rect {}/></clipPath>", rect(clip));
    }
    let _ = writeln!(
        out,
        "<pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"1.5\" height=\"5\" fill=\"{}\"/></pattern>",
        theme.hex(Ink::Hatch)
    );
    let _ = writeln!(out, "</defs>");
    let _ = writeln!(out, "<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>", theme.hex(Ink::Paper));
    out
}

/// What the page says of the mark of an event, or of a message's line.
fn part_of_run(run: &Run, index: &Index, part: Part, scene: &Scene) -> (String, Vec<String>) {
    match part {
        Part::Event(id) => {
            let at_us = run.trace().record(id).at_us;
            (format!("data-event=\"{id}\" data-at-us=\"{at_us}\""), words::event_lines(run, index, id))
        }
        Part::Arrow(place) => {
            let arrow = &scene.arrows[place];
            // What the link layer adds has no message of its own.
            let attributes = match arrow.message {
                NONE => "data-link=\"acknowledgement\"".into(),
                id if arrow.link => format!("data-message=\"{id}\" data-link=\"frame\""),
                id => format!("data-message=\"{id}\""),
            };
            (attributes, words::arrow_lines(run, arrow))
        }
    }
}

/// Writes a log of another program, as [`lay_out_log`](super::lay_out_log) has it. A mark says its event, a line from where to
/// where it goes; `data-line` is the line of the log.
#[must_use]
pub fn write_log(scene: &Scene, execution: &Execution, theme: Theme, title: &str) -> String {
    let host = |n: RecordId| &execution.hosts[execution.events[n as usize].host as usize];
    write_scene(scene, theme, title, "", &|part| match part {
        Part::Event(n) => {
            let event = &execution.events[n as usize];
            let clock: Vec<String> = event
                .clock
                .iter()
                .map(|(host, entry)| format!("{}: {entry}", execution.hosts[*host as usize]))
                .collect();
            let fields = event.fields.iter().map(|(name, value)| format!("{name}: {value}"));
            let mut lines = vec![event.text.clone(), format!("{}, line {}", host(n), event.line), clock.join(", ")];
            lines.extend(fields);
            (format!("data-event=\"{n}\" data-line=\"{}\"", event.line), lines)
        }
        Part::Arrow(place) => {
            let arrow = &scene.arrows[place];
            let to = arrow.end.map_or("", |end| host(end));
            (format!("data-message=\"{}\"", arrow.message), vec![format!("{} to {to}", host(arrow.origin))])
        }
    })
}

/// The scenario inside an SVG file that [`write`] made.
#[must_use]
pub fn scenario_in(svg: &str) -> Option<String> {
    let start = svg.find(&format!("<metadata id=\"{SCENARIO_ID}\">"))?;
    let text = &svg[start..];
    let text = &text[text.find('>')? + 1..];
    Some(unescape(&text[..text.find("</metadata>")?]))
}

/// A number with at most two decimals and no needless zeros, rounded once, in whole hundredths.
#[must_use]
pub fn n(value: f32) -> String {
    let hundredths = (value * 100.0).round() as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        _ if part % 10 == 0 => format!("{sign}{whole}.{}", part / 10),
        _ => format!("{sign}{whole}.{part:02}"),
    }
}

fn points(points: &[Point]) -> String {
    points.iter().map(|(x, y)| format!("{},{}", n(*x), n(*y))).collect::<Vec<_>>().join(" ")
}

fn rect(r: &Rect) -> String {
    format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", n(r.x), n(r.y), n(r.w), n(r.h))
}

fn write_item(out: &mut String, item: &Item, theme: Theme) {
    let ink = theme.hex(item.ink);
    let paper = theme.hex(Ink::Paper);
    let alpha = if item.alpha < 0.995 { format!(" opacity=\"{}\"", n(item.alpha)) } else { String::new() };
    let _ = match &item.shape {
        Shape::Line { from, to, width, dash } => {
            let dash = dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{} {}\"", n(on), n(off)));
            let (x1, y1, x2, y2) = (n(from.0), n(from.1), n(to.0), n(to.1));
            writeln!(
                out,
                "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"{ink}\" stroke-width=\"{}\"{dash}{alpha}/>",
                n(*width)
            )
        }
        Shape::Fill(r) => writeln!(out, "<rect {} fill=\"{ink}\"{alpha}/>", rect(r)),
        Shape::Hatched(r) => writeln!(out, "<rect {} fill=\"url(#hatch)\"{alpha}/>", rect(r)),
        Shape::Polygon(p) => writeln!(out, "<polygon points=\"{}\" fill=\"{ink}\"{alpha}/>", points(p)),
        Shape::Outline { points: p, width } => writeln!(
            out,
            "<polygon points=\"{}\" fill=\"{paper}\" stroke=\"{ink}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{alpha}/>",
            points(p),
            n(*width)
        ),
        Shape::Disc { at, r } => {
            writeln!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{ink}\"{alpha}/>", n(at.0), n(at.1), n(*r))
        }
        Shape::Ring { at, r, width, filled } => writeln!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" stroke=\"{ink}\" stroke-width=\"{}\"{alpha}/>",
            n(at.0),
            n(at.1),
            n(*r),
            if *filled { paper } else { "none" },
            n(*width)
        ),
        Shape::Path { points: p, width } => writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"{}\" stroke-linejoin=\"round\"{alpha}/>",
            points(p),
            n(*width)
        ),
        Shape::Text { .. } => write_text(out, item, ink, paper, &alpha),
    };
}

fn write_text(out: &mut String, item: &Item, ink: &str, paper: &str, alpha: &str) -> std::fmt::Result {
    let Shape::Text { at, size, bold, anchor, text, halo, along } = &item.shape else {
        unreachable!("only texts come here")
    };
    let anchor = anchored(*anchor);
    let bold = if *bold { " font-weight=\"600\"" } else { "" };
    let halo = if *halo {
        format!(" stroke=\"{paper}\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"")
    } else {
        String::new()
    };
    let (x, y, size) = (n(at.0), n(at.1), n(*size));
    let turned = along
        .map_or(String::new(), |(dx, dy)| format!(" transform=\"rotate({} {x} {y})\"", n(dy.atan2(dx).to_degrees())));
    let text = escape(text);
    writeln!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{ink}\"{anchor}{bold}{halo}{alpha}{turned}>{text}</text>"
    )
}

/// The attribute, behind a space, that says which end of a text stands at its place.
#[must_use]
pub fn anchored(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    }
}

/// Text for XML; characters that XML cannot hold become a replacement character.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' || c == '\r' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run;
    use crate::labs;
    use crate::views::diagram::{Index, View, lay_out};

    #[test]
    fn the_scenario_comes_out_of_the_file_as_it_went_in() {
        let builtin = &crate::labs::LABS[0].spec().scenarios[0];
        let run = run(labs::parse(&builtin.json()).expect("a scenario"));
        let index = Index::of(&run);
        let view = View::whole(900.0, 3, 0.0, 180_000.0);
        let scene = lay_out(&run, &index, &view, &run.frame());
        let text = run.scenario().to_json();
        let svg = write(&scene, &run, &index, Theme::Light, "A <title> & \"more\"", &text);
        assert_eq!(scenario_in(&svg), Some(text));
        assert!(svg.contains("A &lt;title&gt; &amp; &quot;more&quot;"));
        assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
    }
}
