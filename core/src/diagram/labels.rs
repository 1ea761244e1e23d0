//! Where a text finds room: never on another text, nor on an arrow.

use super::scene::{Point, Rect};

const COLUMN: f32 = 48.0;
/// Room kept free around what is drawn.
const MARGIN: f32 = 1.5;

/// What ground is taken.
#[derive(Debug)]
pub(super) struct Room {
    columns: Vec<Vec<Rect>>,
    bounds: Rect,
}

impl Room {
    pub(super) fn new(bounds: Rect) -> Room {
        let count = ((bounds.x + bounds.w) / COLUMN).ceil().max(1.0) as usize + 1;
        Room { columns: vec![Vec::new(); count], bounds }
    }

    fn columns_of(&self, rect: &Rect) -> std::ops::Range<usize> {
        let last = self.columns.len() - 1;
        let column = |x: f32| ((x / COLUMN).max(0.0) as usize).min(last);
        column(rect.x)..column(rect.x + rect.w) + 1
    }

    /// Marks ground as taken.
    pub(super) fn take(&mut self, rect: Rect) {
        for column in self.columns_of(&rect) {
            self.columns[column].push(rect);
        }
    }

    /// Marks a line as taken, piece by piece.
    pub(super) fn take_line(&mut self, a: Point, b: Point) {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let left = self.bounds.x - COLUMN;
        let right = self.bounds.x + self.bounds.w + COLUMN;
        let pieces = (dx.abs().max(dy.abs()) / 9.0).ceil().clamp(1.0, 200.0);
        let (px, py) = (dx / pieces, dy / pieces);
        for i in 0..pieces as usize {
            let (x0, y0) = (a.0 + px * i as f32, a.1 + py * i as f32);
            let (x, y) = (x0.min(x0 + px), y0.min(y0 + py));
            if x + px.abs() >= left && x <= right {
                self.take(Rect {
                    x: x - MARGIN,
                    y: y - MARGIN,
                    w: px.abs() + 2.0 * MARGIN,
                    h: py.abs() + 2.0 * MARGIN,
                });
            }
        }
    }

    /// Whether a rectangle is free and inside.
    pub(super) fn is_free(&self, rect: &Rect) -> bool {
        let b = &self.bounds;
        let inside = rect.x >= b.x && rect.y >= b.y && rect.x + rect.w <= b.x + b.w && rect.y + rect.h <= b.y + b.h;
        inside && self.columns_of(rect).all(|c| self.columns[c].iter().all(|taken| !taken.overlaps(rect)))
    }

    /// Takes the first free one of some places.
    pub(super) fn place(&mut self, candidates: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        let rect = candidates.into_iter().find(|rect| self.is_free(rect))?;
        self.take(rect);
        Some(rect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_once_and_never_on_a_line() {
        let mut room = Room::new(Rect { x: 0.0, y: 0.0, w: 300.0, h: 100.0 });
        room.take_line((0.0, 0.0), (100.0, 100.0));
        let on_line = Rect { x: 40.0, y: 40.0, w: 20.0, h: 10.0 };
        let beside = Rect { x: 80.0, y: 20.0, w: 20.0, h: 10.0 };
        assert_eq!(room.place([on_line, beside]), Some(beside));
        assert_eq!(room.place([beside]), None);
        assert_eq!(room.place([Rect { x: 290.0, y: 0.0, w: 20.0, h: 10.0 }]), None, "outside");
    }
}
