//! The picture that `index.html` has before any program runs: the first scenario at its first moment, drawn by the same core as
//! the running page draws it, for a window of any size.
//!
//! Where a window gets wider or higher, most of the picture moves along in proportion, and now and then a label finds another
//! place. So the picture is drawn for ranges of sizes: in each of them the same shapes stand there, and every place is a plain
//! sum of the width and the height. A few lines in `index.html` choose the range and do the sums.

use lightcone_core::base::json::quote;
use lightcone_core::engine::Run;
use lightcone_core::labs::{self, LABS};
use lightcone_core::views::diagram::scene::{Item, Part, Point, Scene, Shape};
use lightcone_core::views::diagram::svg::{anchored, escape, n};
use lightcone_core::views::diagram::theme::{Ink, Theme};
use lightcone_core::views::diagram::{first_moment, first_view, lay_out};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Narrowest and widest window that the picture is drawn for, in pixels; beyond them the nearest one is stretched.
const WIDTHS: (u32, u32) = (320, 2_600);
/// Heights of the diagram, in pixels: up to the first limit the distance of the lanes grows in proportion, then it is the
/// largest.
const HEIGHTS: [(u32, u32); 2] = [(330, 406), (406, 1_300)];
/// How far off its right place a shape may be, in pixels.
const OFF_MAX: f32 = 0.8;
/// A range is not divided further than this, in pixels: there the picture of its least size stands for all.
const LEAST: u32 = 8;
/// In how many places of a range that is looked at.
const LOOKS: u32 = 8;

/// The run at its first moment.
struct Film {
    run: Run,
    at_us: u64,
}

impl Film {
    fn scene(&self, width: f32, height: f32) -> Scene {
        let (index, view) = first_view(&self.run, self.at_us, width, height);
        lay_out(&self.run, &index, &view, &self.run.frame())
    }
}

/// A picture for a size: its text, in which a `\u{1}` stands for each number, and the numbers.
#[derive(Clone, PartialEq)]
struct Sketch {
    text: String,
    numbers: Vec<f32>,
}

/// The picture for a range of sizes.
struct Piece {
    from: (u32, u32),
    to: (u32, u32),
    base: Sketch,
    /// What each number gains with each pixel of width and of height.
    gains: Vec<(f32, f32)>,
}

/// What goes into `index.html`: the style of the picture, and its pieces as JSON.
///
/// # Errors
/// When the first scenario cannot be read.
pub fn first_picture() -> Result<String, String> {
    let scenario = labs::parse(&LABS[0].spec().scenarios[0].json()).map_err(|e| e.to_string())?;
    let mut run = Run::new(scenario.clone());
    let at_us = first_moment(&scenario);
    run.seek_time(at_us, u32::MAX);
    let mut inks = BTreeMap::new();
    let pieces = pieces(&Film { run, at_us }, &mut inks);
    let mut style = String::new();
    for (theme, root) in [(Theme::Light, ""), (Theme::Dark, ":root[data-theme=\"dark\"] ")] {
        for (ink, name) in &inks {
            let _ = write!(style, "{root}.first .{name}{{color:{}}}", theme.hex(*ink));
        }
        let _ = write!(style, "{root}.first{{--paper:{}}}", theme.hex(Ink::Paper));
    }
    let pieces: Vec<String> = pieces.iter().map(Piece::json).collect();
    Ok(format!(
        "<style>{style}</style>\n<script type=\"application/json\" id=\"first-picture\">[{}]</script>\n",
        pieces.join(",\n")
    ))
}

fn pieces(film: &Film, inks: &mut BTreeMap<Ink, String>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (low, high) in HEIGHTS {
        let mut from = WIDTHS.0;
        while from < WIDTHS.1 {
            // The widest range in which all can be said by sums, to a few pixels.
            let (mut best, mut step) = (None, 512);
            let mut to = from;
            while step >= LEAST {
                match Piece::over(film, (from, low), ((to + step).min(WIDTHS.1), high), inks) {
                    Some(piece) => {
                        to = piece.to.0;
                        best = Some(piece);
                        if to == WIDTHS.1 {
                            break;
                        }
                    }
                    None => step /= 2,
                }
            }
            let piece = best.unwrap_or_else(|| Piece::at(film, (from, low), (from + LEAST, high), inks));
            from = piece.to.0;
            pieces.push(piece);
        }
    }
    pieces
}

impl Piece {
    /// The picture of one size, for a range.
    fn at(film: &Film, from: (u32, u32), to: (u32, u32), inks: &mut BTreeMap<Ink, String>) -> Piece {
        let base = Sketch::of(film, from.0 as f32, from.1 as f32, inks);
        let gains = vec![(0.0, 0.0); base.numbers.len()];
        Piece { from, to, base, gains }
    }

    /// The picture for a range of sizes, if sums can say it.
    fn over(film: &Film, from: (u32, u32), to: (u32, u32), inks: &mut BTreeMap<Ink, String>) -> Option<Piece> {
        let mut sketch = |w: f32, h: f32| Sketch::of(film, w, h, inks);
        let (w, h) = ((to.0 - from.0) as f32, (to.1 - from.1) as f32);
        let (left, top) = (from.0 as f32, from.1 as f32);
        let base = sketch(left, top);
        let (wider, higher) = (sketch(left + w, top), sketch(left, top + h));
        if wider.text != base.text || higher.text != base.text {
            return None;
        }
        let gains: Vec<(f32, f32)> = (0..base.numbers.len())
            .map(|i| ((wider.numbers[i] - base.numbers[i]) / w, (higher.numbers[i] - base.numbers[i]) / h))
            .collect();
        let piece = Piece { from, to, base, gains };
        let is_right = (0..=LOOKS).all(|i| {
            let share = i as f32 / LOOKS as f32;
            [0.0, 0.5, 1.0].into_iter().all(|down| {
                // In whole pixels, as windows are.
                let (dx, dy) = ((w * share).round(), (h * down).round());
                let right = sketch(left + dx, top + dy);
                let off = |(i, number): (usize, &f32)| (piece.number(i, dx, dy) - number).abs();
                right.text == piece.base.text && right.numbers.iter().enumerate().map(off).all(|off| off <= OFF_MAX)
            })
        });
        is_right.then_some(piece)
    }

    fn number(&self, i: usize, dx: f32, dy: f32) -> f32 {
        self.base.numbers[i] + self.gains[i].0 * dx + self.gains[i].1 * dy
    }

    fn json(&self) -> String {
        let mut text = String::new();
        let mut numbers = self.base.numbers.iter().zip(&self.gains);
        for part in self.base.text.split_inclusive('\u{1}') {
            text.push_str(part.trim_end_matches('\u{1}'));
            if part.ends_with('\u{1}') {
                let (base, gains) = numbers.next().expect("a number for each place");
                let gain = |gain: f32| if gain.abs() < 0.000_05 { "0".into() } else { format!("{gain:.4}") };
                match (gain(gains.0), gain(gains.1)) {
                    (w, h) if w == "0" && h == "0" => text.push_str(&n(*base)),
                    (w, h) => {
                        let _ = write!(text, "{{{},{w},{h}}}", n(*base));
                    }
                }
            }
        }
        let ((w0, h0), (w1, h1)) = (self.from, self.to);
        // A script element ends at `</script`, wherever that stands.
        let text = quote(&text).replace("</", "<\\/");
        format!("{{\"from\":[{w0},{h0}],\"to\":[{w1},{h1}],\"svg\":{text}}}")
    }
}

impl Sketch {
    fn of(film: &Film, width: f32, height: f32, inks: &mut BTreeMap<Ink, String>) -> Sketch {
        let scene = film.scene(width, height);
        let mut sketch = Sketch { text: String::new(), numbers: Vec::new() };
        let mut part = None;
        for item in &scene.items {
            if item.part != part {
                if part.is_some() {
                    sketch.text.push_str("</g>");
                }
                part = item.part;
                match part {
                    Some(Part::Event(id)) => {
                        let _ = write!(sketch.text, "<g data-event=\"{id}\">");
                    }
                    Some(Part::Arrow(place)) => {
                        let _ = write!(sketch.text, "<g data-message=\"{}\">", scene.arrows[place].message);
                    }
                    None => {}
                }
            }
            let known = inks.len();
            let ink = inks.entry(item.ink).or_insert_with(|| format!("i{known}")).clone();
            sketch.draw(item, &ink);
        }
        if part.is_some() {
            sketch.text.push_str("</g>");
        }
        sketch
    }

    fn number(&mut self, value: f32) {
        self.text.push('\u{1}');
        self.numbers.push(value);
    }

    fn pair(&mut self, (x, y): Point) {
        self.number(x);
        self.text.push(' ');
        self.number(y);
    }

    fn attribute(&mut self, name: &str, value: f32) {
        let _ = write!(self.text, " {name}=\"");
        self.number(value);
        self.text.push('"');
    }

    fn path(&mut self, points: &[Point], end: &str) {
        for (i, point) in points.iter().enumerate() {
            self.text.push(if i == 0 { 'M' } else { 'L' });
            self.pair(*point);
        }
        self.text.push_str(end);
    }

    fn draw(&mut self, item: &Item, ink: &str) {
        let alpha = if item.alpha < 0.995 { format!(" opacity=\"{}\"", n(item.alpha)) } else { String::new() };
        let open = |name: &str, paint: &str| format!("<{name} class=\"{ink} {paint}\"{alpha}");
        match &item.shape {
            Shape::Line { from, to, width, dash } => {
                let dash =
                    dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{} {}\"", n(on), n(off)));
                let _ = write!(self.text, "{} stroke-width=\"{}\"{dash} d=\"", open("path", "s"), n(*width));
                self.path(&[*from, *to], "\"/>");
            }
            Shape::Fill(r) | Shape::Hatched(r) => {
                self.text.push_str(&open("rect", "f"));
                for (name, value) in [("x", r.x), ("y", r.y), ("width", r.w), ("height", r.h)] {
                    self.attribute(name, value);
                }
                self.text.push_str("/>");
            }
            Shape::Polygon(points) => {
                let _ = write!(self.text, "{} d=\"", open("path", "f"));
                self.path(points, "z\"/>");
            }
            Shape::Outline { points, width } => {
                let _ = write!(self.text, "{} stroke-width=\"{}\" d=\"", open("path", "p"), n(*width));
                self.path(points, "z\"/>");
            }
            Shape::Path { points, width } => {
                let _ = write!(self.text, "{} stroke-width=\"{}\" d=\"", open("path", "s"), n(*width));
                self.path(points, "\"/>");
            }
            Shape::Disc { at, r } => {
                self.text.push_str(&open("circle", "f"));
                self.circle(*at, *r, "");
            }
            Shape::Ring { at, r, width, filled } => {
                self.text.push_str(&open("circle", if *filled { "p" } else { "s" }));
                self.circle(*at, *r, &format!(" stroke-width=\"{}\"", n(*width)));
            }
            Shape::Text { at, size, bold, anchor, text, halo, along } => {
                self.text.push_str(&open("text", if *halo { "f h" } else { "f" }));
                let _ = write!(self.text, " font-size=\"{}\"", n(*size));
                self.text.push_str(anchored(*anchor));
                if *bold {
                    self.text.push_str(" font-weight=\"600\"");
                }
                self.text.push_str(" transform=\"translate(");
                self.pair(*at);
                self.text.push(')');
                if let Some((dx, dy)) = along {
                    self.text.push_str(" rotate(");
                    self.number(dy.atan2(*dx).to_degrees());
                    self.text.push(')');
                }
                let _ = write!(self.text, "\">{}</text>", escape(text));
            }
        }
    }

    fn circle(&mut self, at: Point, r: f32, more: &str) {
        self.attribute("cx", at.0);
        self.attribute("cy", at.1);
        self.attribute("r", r);
        let _ = write!(self.text, "{more}/>");
    }
}
