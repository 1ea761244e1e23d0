//! Where a text finds room: never on another text, nor on an arrow.

use super::scene::{Point, Rect};
use crate::trace::MessageId;

/// Size of a cell of the grid in which taken ground is looked up: about that of a label.
const CELL: (f32, f32) = (48.0, 18.0);
/// Length of the pieces of a slanted text, in pixels.
const STRIP: f32 = 5.0;
/// Least distance of two texts side by side.
const APART: f32 = 2.0;
/// Room kept free around what is drawn.
const MARGIN: f32 = 1.5;

/// Which arrow a line belongs to: its message, and which copy.
pub(super) type Own = (MessageId, u16);

/// By what ground is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// A mark or a text: nothing may lie on it.
    Whole,
    /// The line of an arrow: a hairline may cross it, and its own name may stand close to it.
    Line(Own),
}

/// What ground is taken.
#[derive(Debug)]
pub(super) struct Room {
    cells: Vec<Vec<(Rect, Taken)>>,
    columns: usize,
    rows: usize,
    bounds: Rect,
}

impl Room {
    pub(super) fn new(bounds: Rect) -> Room {
        let columns = (bounds.w / CELL.0).ceil().max(1.0) as usize + 1;
        let rows = (bounds.h / CELL.1).ceil().max(1.0) as usize + 1;
        Room { cells: vec![Vec::new(); columns * rows], columns, rows, bounds }
    }

    /// The cells that a rectangle touches; what lies outside counts to the cells at the edge.
    fn cells_of(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let place = |at: f32, size: f32, count: usize| ((at / size).max(0.0) as usize).min(count - 1);
        let (x, y) = (rect.x - self.bounds.x, rect.y - self.bounds.y);
        let (left, right) = (place(x, CELL.0, self.columns), place(x + rect.w, CELL.0, self.columns));
        let (top, bottom) = (place(y, CELL.1, self.rows), place(y + rect.h, CELL.1, self.rows));
        let columns = self.columns;
        (top..=bottom).flat_map(move |row| (left..=right).map(move |column| row * columns + column))
    }

    /// Marks ground as taken.
    pub(super) fn take(&mut self, rect: Rect) {
        self.take_as(rect, Taken::Whole);
    }

    fn take_as(&mut self, rect: Rect, by: Taken) {
        for cell in self.cells_of(&rect) {
            self.cells[cell].push((rect, by));
        }
    }

    /// Marks a line as taken, piece by piece.
    pub(super) fn take_line(&mut self, a: Point, b: Point, of: Own) {
        let left = self.bounds.x - CELL.0;
        let right = self.bounds.x + self.bounds.w + CELL.0;
        for piece in pieces(a, b, MARGIN).filter(|piece| piece.x + piece.w >= left && piece.x <= right) {
            self.take_as(piece, Taken::Line(of));
        }
    }

    /// Whether a hairline touches no mark and no text.
    pub(super) fn is_clear(&self, a: Point, b: Point) -> bool {
        let touches = |piece: &Rect| {
            let taken = |c: usize| self.cells[c].iter().any(|(rect, by)| *by == Taken::Whole && rect.overlaps(piece));
            self.cells_of(piece).any(taken)
        };
        !pieces(a, b, 0.5).any(|piece| touches(&piece))
    }

    /// Whether a rectangle is free and inside.
    pub(super) fn is_free(&self, rect: &Rect) -> bool {
        self.is_inside(rect) && !self.is_taken(rect)
    }

    fn is_inside(&self, rect: &Rect) -> bool {
        let b = &self.bounds;
        rect.x >= b.x && rect.y >= b.y && rect.x + rect.w <= b.x + b.w && rect.y + rect.h <= b.y + b.h
    }

    fn is_taken(&self, rect: &Rect) -> bool {
        self.cells_of(rect).any(|c| self.cells[c].iter().any(|(taken, _)| taken.overlaps(rect)))
    }

    /// Takes a strip along a line where all of it is free: its middle, its direction, its length and its height.
    pub(super) fn place_strip(&mut self, middle: Point, along: Point, (w, h): (f32, f32), own: Own) -> bool {
        let strip: Vec<Rect> = strip(middle, along, (w + 2.0 * APART, h)).collect();
        let mine = |by: Taken| by == Taken::Line(own);
        let taken = |rect: &Rect| {
            let meets = |c: usize| self.cells[c].iter().any(|(taken, by)| !mine(*by) && taken.overlaps(rect));
            self.cells_of(rect).any(meets)
        };
        let free = strip.iter().all(|rect| self.is_inside(rect) && !taken(rect));
        if free {
            strip.into_iter().for_each(|rect| self.take(rect));
        }
        free
    }

    /// Takes the first free one of some places.
    pub(super) fn place(&mut self, candidates: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        let apart = |rect: &Rect| Rect { x: rect.x - APART, w: rect.w + 2.0 * APART, ..*rect };
        let rect = candidates.into_iter().find(|rect| self.is_free(rect) && !self.is_taken(&apart(rect)))?;
        self.take(rect);
        Some(rect)
    }
}

/// A slanted strip as rectangles that cover it, each a short piece of it.
fn strip(middle: Point, (dx, dy): Point, (w, h): (f32, f32)) -> impl Iterator<Item = Rect> {
    let count = (w / STRIP).ceil().max(1.0);
    let long = w / count;
    let (wide, high) = (long * dx.abs() + h * dy.abs(), long * dy.abs() + h * dx.abs());
    (0..count as usize).map(move |i| {
        let off = (i as f32 + 0.5) * long - w / 2.0;
        Rect { x: middle.0 + dx * off - wide / 2.0, y: middle.1 + dy * off - high / 2.0, w: wide, h: high }
    })
}

/// A line as small rectangles with some margin.
fn pieces(a: Point, b: Point, margin: f32) -> impl Iterator<Item = Rect> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let count = (dx.abs().max(dy.abs()) / 9.0).ceil().clamp(1.0, 200.0);
    let (px, py) = (dx / count, dy / count);
    (0..count as usize).map(move |i| {
        let (x, y) = (a.0 + px * i as f32, a.1 + py * i as f32);
        let (x, y) = (x.min(x + px) - margin, y.min(y + py) - margin);
        Rect { x, y, w: px.abs() + 2.0 * margin, h: py.abs() + 2.0 * margin }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_once_and_never_on_a_line() {
        let mut room = Room::new(Rect { x: 0.0, y: 0.0, w: 300.0, h: 100.0 });
        room.take_line((0.0, 0.0), (100.0, 100.0), (0, 1));
        let on_line = Rect { x: 40.0, y: 40.0, w: 20.0, h: 10.0 };
        let beside = Rect { x: 80.0, y: 20.0, w: 20.0, h: 10.0 };
        assert_eq!(room.place([on_line, beside]), Some(beside));
        assert_eq!(room.place([beside]), None);
        assert_eq!(room.place([Rect { x: 290.0, y: 0.0, w: 20.0, h: 10.0 }]), None, "outside");
    }
}
