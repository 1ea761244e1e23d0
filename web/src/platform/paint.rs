//! Paints a scene on a canvas. Styles are set only when they change: that is most of the cost.

use lightcone_core::views::diagram::scene::{Anchor, Item, Point, Rect, Scene, Shape};
use lightcone_core::views::diagram::svg::n;
use lightcone_core::views::diagram::theme::{Ink, Theme};
use web_sys::CanvasRenderingContext2d as Context;

/// The typeface on the canvas: the one whose widths core knows.
const FAMILY: &str = "\"Lightcone Sans\", \"IBM Plex Sans\", system-ui, sans-serif";
/// Distance between the lines of a hatching, in pixels.
const HATCH_PX: f64 = 6.0;

struct Brush<'a> {
    ctx: &'a Context,
    theme: Theme,
    fill: Option<Ink>,
    stroke: Option<Ink>,
    alpha: f32,
    width: f32,
    dash: Option<(f32, f32)>,
    font: (f32, bool),
    anchor: Option<Anchor>,
}

/// Paints everything; `scale` is the number of device pixels a pixel.
pub(crate) fn paint(ctx: &Context, scene: &Scene, theme: Theme, scale: f64) {
    let mut brush = Brush {
        ctx,
        theme,
        fill: None,
        stroke: None,
        alpha: 1.0,
        width: 0.0,
        dash: None,
        font: (0.0, false),
        anchor: None,
    };
    let _ = ctx.set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0);
    ctx.set_global_alpha(1.0);
    ctx.set_line_join("round");
    let _ = ctx.set_line_dash(&js_sys::Array::new());
    brush.set_fill(Ink::Paper);
    ctx.fill_rect(0.0, 0.0, f64::from(scene.width), f64::from(scene.height));
    let mut clipped = false;
    for item in &scene.items {
        if item.clipped != clipped {
            brush.clip(scene, item.clipped);
            clipped = item.clipped;
        }
        brush.item(item);
    }
    if clipped {
        brush.clip(scene, false);
    }
}

impl Brush<'_> {
    fn clip(&mut self, scene: &Scene, on: bool) {
        if !on {
            self.ctx.restore();
            (self.fill, self.stroke, self.alpha, self.width, self.dash) = (None, None, -1.0, 0.0, None);
            (self.font, self.anchor) = ((0.0, false), None);
            return;
        }
        self.ctx.save();
        if let Some(p) = scene.clip {
            self.ctx.begin_path();
            self.ctx.rect(p.x.into(), p.y.into(), p.w.into(), p.h.into());
            self.ctx.clip();
        }
    }

    fn set_fill(&mut self, ink: Ink) {
        if self.fill != Some(ink) {
            self.ctx.set_fill_style_str(self.theme.hex(ink));
            self.fill = Some(ink);
        }
    }

    fn set_stroke(&mut self, ink: Ink, width: f32) {
        if self.stroke != Some(ink) {
            self.ctx.set_stroke_style_str(self.theme.hex(ink));
            self.stroke = Some(ink);
        }
        if self.width.to_bits() != width.to_bits() {
            self.ctx.set_line_width(f64::from(width));
            self.width = width;
        }
    }

    fn set_dash(&mut self, dash: Option<(f32, f32)>) {
        if self.dash != dash {
            let list = js_sys::Array::new();
            if let Some((on, off)) = dash {
                list.push(&on.into());
                list.push(&off.into());
            }
            let _ = self.ctx.set_line_dash(&list);
            self.dash = dash;
        }
    }

    fn trace(&self, points: &[Point], closed: bool) {
        self.ctx.begin_path();
        for (i, &(x, y)) in points.iter().enumerate() {
            if i == 0 { self.ctx.move_to(x.into(), y.into()) } else { self.ctx.line_to(x.into(), y.into()) }
        }
        if closed {
            self.ctx.close_path();
        }
    }

    fn circle(&self, at: Point, r: f32) {
        self.ctx.begin_path();
        let _ = self.ctx.arc(at.0.into(), at.1.into(), r.into(), 0.0, std::f64::consts::TAU);
    }

    fn item(&mut self, item: &Item) {
        if self.alpha.to_bits() != item.alpha.to_bits() {
            self.ctx.set_global_alpha(f64::from(item.alpha));
            self.alpha = item.alpha;
        }
        let ctx = self.ctx;
        match &item.shape {
            Shape::Line { from, to, width, dash } => {
                self.set_stroke(item.ink, *width);
                self.set_dash(*dash);
                ctx.begin_path();
                ctx.move_to(from.0.into(), from.1.into());
                ctx.line_to(to.0.into(), to.1.into());
                ctx.stroke();
            }
            Shape::Fill(r) => {
                self.set_fill(item.ink);
                ctx.fill_rect(r.x.into(), r.y.into(), r.w.into(), r.h.into());
            }
            Shape::Hatched(r) => self.hatch(r, item.ink),
            Shape::Polygon(points) => {
                self.set_fill(item.ink);
                self.trace(points, true);
                ctx.fill();
            }
            Shape::Outline { points, width } => {
                self.set_fill(Ink::Paper);
                self.outline(item.ink, *width, |brush| brush.trace(points, true), true);
            }
            Shape::Disc { at, r } => {
                self.set_fill(item.ink);
                self.circle(*at, *r);
                ctx.fill();
            }
            Shape::Ring { at, r, width, filled } => {
                self.set_fill(Ink::Paper);
                self.outline(item.ink, *width, |brush| brush.circle(*at, *r), *filled);
            }
            Shape::Path { points, width } => self.outline(item.ink, *width, |brush| brush.trace(points, false), false),
            Shape::Text { at, size, bold, anchor, text, halo, along } => {
                self.write(*size, *bold, *anchor);
                let angle = along.map_or(0.0, |(dx, dy)| f64::from(dy.atan2(dx)));
                self.rotate(*at, angle);
                if *halo {
                    self.set_stroke(Ink::Paper, 3.5);
                    self.set_dash(None);
                    let _ = ctx.stroke_text(text, at.0.into(), at.1.into());
                }
                self.set_fill(item.ink);
                let _ = ctx.fill_text(text, at.0.into(), at.1.into());
                self.rotate(*at, -angle);
            }
        }
    }

    /// Turns what is drawn from now on around a point. It is turned back in the same way, since what is set must stay known.
    fn rotate(&self, (x, y): (f32, f32), angle: f64) {
        if angle != 0.0 {
            let _ = self.ctx.translate(x.into(), y.into());
            let _ = self.ctx.rotate(angle);
            let _ = self.ctx.translate((-x).into(), (-y).into());
        }
    }

    fn outline(&mut self, ink: Ink, width: f32, path: impl Fn(&Brush<'_>), filled: bool) {
        self.set_stroke(ink, width);
        self.set_dash(None);
        path(self);
        if filled {
            self.ctx.fill();
        }
        self.ctx.stroke();
    }

    fn write(&mut self, size: f32, bold: bool, anchor: Anchor) {
        if self.font != (size, bold) {
            self.ctx.set_font(&format!("{} {}px {FAMILY}", if bold { 600 } else { 400 }, n(size)));
            self.font = (size, bold);
        }
        if self.anchor != Some(anchor) {
            self.ctx.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            self.anchor = Some(anchor);
        }
    }

    fn hatch(&mut self, r: &Rect, ink: Ink) {
        let ctx = self.ctx;
        let (x, y, w, h) = (f64::from(r.x), f64::from(r.y), f64::from(r.w), f64::from(r.h));
        self.set_stroke(ink, 1.3);
        self.set_dash(None);
        ctx.begin_path();
        // Fixed to the ground and not to the rectangle, so that it does not crawl while the view moves.
        let mut start = ((x - h) / HATCH_PX).floor() * HATCH_PX;
        while start < x + w {
            let (from, to) = ((x - start).max(0.0), (x + w - start).min(h));
            if from < to {
                ctx.move_to(start + from, y + h - from);
                ctx.line_to(start + to, y + h - to);
            }
            start += HATCH_PX;
        }
        ctx.stroke();
    }
}
