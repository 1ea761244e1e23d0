//! A line over the lanes: what lies before it is inside.

use super::super::scene::{Point, Shape};
use super::super::theme::Ink;
use super::Sheet;
use crate::trace::{MessageId, NO_NODE, NodeId, RecordId};

/// Radius of a handle.
const HANDLE: f32 = 6.5;

impl Sheet<'_> {
    /// Whether a message runs backwards over the line.
    pub(super) fn runs_backwards(&self, message: MessageId) -> bool {
        self.view.cut.as_ref().is_some_and(|cut| cut.backwards.contains(&message))
    }

    pub(super) fn draw_cut(&mut self) {
        let Some(cut) = &self.view.cut else { return };
        let places: Vec<Point> = (0..self.scene.lanes.len().min(cut.handles.len()))
            .map(|lane| (self.cut_place(lane as NodeId, cut.handles[lane]), self.scene.lanes[lane]))
            .collect();
        let in_order: Vec<Point> =
            self.in_order().into_iter().filter_map(|lane| places.get(usize::from(lane)).copied()).collect();
        let ([first, ..], [.., last]) = (&in_order[..], &in_order[..]) else { return };
        let consistent = cut.backwards.is_empty();
        let ink = if consistent { Ink::Accent } else { Ink::Bad };
        let mut way = vec![(first.0, self.plot.y - 6.0)];
        way.extend(&in_order);
        way.push((last.0, self.plot.y + self.plot.h));
        if consistent {
            self.put(Shape::Path { points: way, width: 2.4 }, ink, 0.9);
        } else {
            for pair in way.windows(2) {
                let line = Shape::Line { from: pair[0], to: pair[1], width: 2.4, dash: Some((7.0, 4.0)) };
                self.put(line, ink, 0.9);
            }
        }
        for (lane, &at) in places.iter().enumerate() {
            self.put(Shape::Ring { at, r: HANDLE, width: 2.4, filled: true }, ink, 1.0);
            if cut.chosen == Some(lane as NodeId) {
                self.put(Shape::Disc { at, r: HANDLE - 3.0 }, ink, 1.0);
            }
        }
        self.scene.handles = places;
    }

    /// Where the line crosses a lane: as near to where it is wanted as the events allow that it parts.
    fn cut_place(&self, node: NodeId, (units, bound): (f64, RecordId)) -> f32 {
        let wanted = self.x(units);
        if self.is_dense() {
            return wanted;
        }
        let (mut inside, mut outside) = (f32::MIN, f32::MAX);
        for id in self.visible.0..self.visible.1 {
            let record = self.trace.record(id);
            if record.node != node || record.node == NO_NODE || self.is_hidden(record) {
                continue;
            }
            let x = self.x_of(id);
            if id < bound {
                inside = inside.max(x);
            } else {
                outside = outside.min(x);
            }
        }
        let r = self.r.min((outside - inside) / 2.0).max(0.0);
        wanted.max(inside + r).min(outside - r)
    }
}
