//! Where a text finds room: never on another text, nor on an arrow.

use super::scene::{Point, Rect};

/// Size of a cell of the grid in which taken ground is looked up: about that of a label.
const CELL: (f32, f32) = (48.0, 18.0);
/// Room kept free around what is drawn.
const MARGIN: f32 = 1.5;

/// What ground is taken.
#[derive(Debug)]
pub(super) struct Room {
    cells: Vec<Vec<Rect>>,
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
        for cell in self.cells_of(&rect) {
            self.cells[cell].push(rect);
        }
    }

    /// Marks a line as taken, piece by piece.
    pub(super) fn take_line(&mut self, a: Point, b: Point) {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let left = self.bounds.x - CELL.0;
        let right = self.bounds.x + self.bounds.w + CELL.0;
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
        inside && self.cells_of(rect).all(|c| self.cells[c].iter().all(|taken| !taken.overlaps(rect)))
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
