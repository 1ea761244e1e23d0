//! A document for Typst that draws a picture with what Typst has by itself (0.13 or newer).
//!
//! As in TeX, other letters than those that were measured may stand in, so each text is told its room and is pressed together
//! where it would take more.

use super::{HALO, HATCH_WIDTH, degrees, hatch, scale, share_before};
use crate::views::diagram::font;
use crate::views::diagram::scene::{Item, Point, Rect, Scene, Shape};
use crate::views::diagram::svg::n;
use crate::views::diagram::theme::{Ink, Theme};
use crate::views::export::{ends_line, one_line};
use std::fmt::Write;

/// A text at its place, on its baseline: of its width, `before` stands before the place.
const WORDS: &str = r#"
#let words(x, y, size, room, ink, body, before: 0, weight: 400, halo: none, turn: 0deg) = place(
  top + left,
  dx: x,
  dy: y,
  rotate(turn, origin: top + left, box(width: 0pt, height: 0pt, context {
    let letters(..more) = text(
      font: ("Lightcone Sans", "IBM Plex Sans", "Inter", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"),
      size: size,
      weight: weight,
      fill: ink,
      top-edge: "baseline",
      bottom-edge: "baseline",
      ligatures: false,
      ..more,
      body,
    )
    let wide = measure(letters()).width
    let fit = if wide > room { room / wide } else { 1 }
    let put(what) = place(
      top + left,
      dx: -before * wide * fit,
      scale(x: fit * 100%, origin: top + left, block(width: wide + 1pt, what)),
    )
    if halo != none { put(letters(stroke: halo)) }
    put(letters())
  })),
)
"#;

/// Writes a scene as a document of one page that is as large as the picture.
#[must_use]
pub fn write(scene: &Scene, theme: Theme, title: &str) -> String {
    let by = scale(scene);
    let (w, h) = (n(scene.width * by), n(scene.height * by));
    let pen = Pen { by, theme, origin: (0.0, 0.0) };
    let paper = pen.ink(Ink::Paper, 1.0);
    let mut out = format!("// {}\n", one_line(title));
    out += "// Drawn by Lightcone. To put it into a text of yours, take everything but the lines that set the page.\n";
    let _ = writeln!(out, "#set document(title: {})", quote(title));
    let _ = writeln!(out, "#set page(width: {w}pt, height: {h}pt, margin: 0pt, fill: {paper})");
    // Names of fonts that are not there are no fault: the next one stands in.
    out += WORDS;
    let _ = writeln!(out, "\n#block(width: {w}pt, height: {h}pt, clip: true, fill: {paper}, {{");
    let clip = scene.clip.unwrap_or(Rect { x: 0.0, y: 0.0, w: scene.width, h: scene.height });
    let inside = Pen { origin: (clip.x, clip.y), ..pen };
    let mut clipped = false;
    for item in &scene.items {
        if item.clipped != clipped {
            clipped = item.clipped;
            if clipped {
                let (x, y, w, h) = (pen.n(clip.x), pen.n(clip.y), pen.n(clip.w), pen.n(clip.h));
                let _ = writeln!(out, "  place(dx: {x}, dy: {y}, block(width: {w}, height: {h}, clip: true, {{");
            } else {
                out += "  }))\n";
            }
        }
        out += &if clipped { &inside } else { &pen }.item(item);
    }
    if clipped {
        out += "  }))\n";
    }
    out + "})\n"
}

/// A text as a string of Typst.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if ends_line(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out + "\""
}

#[derive(Clone, Copy)]
struct Pen {
    /// Points for a unit of the scene.
    by: f32,
    theme: Theme,
    /// Where the ground on which it draws begins.
    origin: Point,
}

impl Pen {
    fn n(&self, value: f32) -> String {
        n(value * self.by) + "pt"
    }

    fn ink(&self, ink: Ink, alpha: f32) -> String {
        let hex = self.theme.hex(ink);
        if alpha < 0.995 {
            format!("rgb(\"{hex}{:02x}\")", (alpha.max(0.0) * 255.0).round() as u8)
        } else {
            format!("rgb(\"{hex}\")")
        }
    }

    fn at(&self, p: Point) -> String {
        format!("({}, {})", self.n(p.0 - self.origin.0), self.n(p.1 - self.origin.1))
    }

    /// Something at a place.
    fn place(&self, p: Point, what: &str) -> String {
        format!("  place(dx: {}, dy: {}, {what})\n", self.n(p.0 - self.origin.0), self.n(p.1 - self.origin.1))
    }

    fn points(&self, points: &[Point]) -> String {
        points.iter().map(|p| self.at(*p)).collect::<Vec<_>>().join(", ")
    }

    fn item(&self, item: &Item) -> String {
        let ink = self.ink(item.ink, item.alpha);
        let paper = self.ink(Ink::Paper, item.alpha);
        let stroke = |width: f32| format!("(paint: {ink}, thickness: {}, join: \"round\")", self.n(width));
        match &item.shape {
            Shape::Line { from, to, width, dash } => {
                let dash = dash.map_or(String::new(), |(on, off)| format!(", dash: ({}, {})", self.n(on), self.n(off)));
                let (from, to, width) = (self.at(*from), self.at(*to), self.n(*width));
                format!("  place(line(start: {from}, end: {to}, stroke: (paint: {ink}, thickness: {width}{dash})))\n")
            }
            Shape::Fill(r) => {
                let (w, h) = (self.n(r.w), self.n(r.h));
                self.place((r.x, r.y), &format!("rect(width: {w}, height: {h}, fill: {ink})"))
            }
            Shape::Hatched(r) => {
                let own = Pen { origin: (r.x, r.y), ..*self };
                let stroke = format!("{} + {}", self.n(HATCH_WIDTH), self.ink(Ink::Hatch, item.alpha));
                let lines = hatch(r)
                    .into_iter()
                    .map(|(a, b)| format!("place(line(start: {}, end: {}, stroke: {stroke}))", own.at(a), own.at(b)));
                let lines = lines.collect::<Vec<_>>().join("; ");
                let (w, h) = (self.n(r.w), self.n(r.h));
                self.place((r.x, r.y), &format!("block(width: {w}, height: {h}, clip: true, {{ {lines} }})"))
            }
            Shape::Polygon(p) => format!("  place(polygon(fill: {ink}, {}))\n", self.points(p)),
            Shape::Outline { points, width } => {
                format!("  place(polygon(fill: {paper}, stroke: {}, {}))\n", stroke(*width), self.points(points))
            }
            Shape::Disc { at, r } => {
                self.place((at.0 - r, at.1 - r), &format!("circle(radius: {}, fill: {ink})", self.n(*r)))
            }
            Shape::Ring { at, r, width, filled } => {
                let fill = if *filled { paper } else { "none".into() };
                let ring = format!("circle(radius: {}, fill: {fill}, stroke: {})", self.n(*r), stroke(*width));
                self.place((at.0 - r, at.1 - r), &ring)
            }
            Shape::Path { points, width } => {
                let Some((first, rest)) = points.split_first() else { return String::new() };
                let rest: Vec<String> = rest.iter().map(|p| format!("curve.line({})", self.at(*p))).collect();
                let (stroke, first) = (stroke(*width), self.at(*first));
                format!("  place(curve(stroke: {stroke}, curve.move({first}), {}))\n", rest.join(", "))
            }
            Shape::Text { at, size, bold, anchor, text, halo, along } => {
                let mut more = String::new();
                let before = share_before(*anchor);
                if before > 0.0 {
                    let _ = write!(more, ", before: {}", n(before));
                }
                if *bold {
                    more += ", weight: 600";
                }
                if *halo {
                    let _ = write!(more, ", halo: (paint: {paper}, thickness: {}, join: \"round\")", self.n(HALO));
                }
                let turn = degrees(*along);
                if turn != 0.0 {
                    let _ = write!(more, ", turn: {}deg", n(turn));
                }
                let room = self.n(font::text_width(text, *size, *bold).max(1.0));
                let (x, y) = (self.n(at.0 - self.origin.0), self.n(at.1 - self.origin.1));
                format!("  words({x}, {y}, {}, {room}, {ink}, {}{more})\n", self.n(*size), quote(text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quote;
    use proptest::prelude::*;

    proptest! {
        /// A string ends at its end, and says what it was given but for control characters.
        #[test]
        fn a_text_comes_out_of_its_string(text in any::<String>()) {
            let quoted = quote(&text);
            let (mut read, mut chars) = (String::new(), quoted[1..quoted.len() - 1].chars());
            while let Some(c) = chars.next() {
                prop_assert!(c != '"', "{}", quoted);
                read.push(if c == '\\' { chars.next().expect("something is behind a backslash") } else { c });
            }
            prop_assert_eq!(read.chars().count(), text.chars().count());
            prop_assert!(text.chars().zip(read.chars()).all(|(a, b)| a == b || b == ' '));
        }
    }
}
