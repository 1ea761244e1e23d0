//! The names of the lanes, each with the arrow that collapses its lane.

use super::super::scene::{Anchor, NamePlace, Rect, Shape};
use super::super::theme::Ink;
use super::super::{Orientation, View, font};
use super::{Face, Sheet};
use crate::trace::NodeId;
use crate::trace::frame::Status;

/// Size of a name.
const SIZE: f32 = 13.0;
/// Size of the name of a collapsed lane.
const SIZE_THIN: f32 = 10.0;
/// Height of the row of names, where time runs downwards.
const ROW: f32 = 38.0;
/// Widest column of names, in pixels and as a share of the picture.
const COLUMN_MAX: (f32, f32) = (170.0, 0.3);

/// Room for the names before the time begins.
pub(super) fn head(names: &[String], view: &View) -> f32 {
    if view.orientation == Orientation::Down {
        return ROW;
    }
    let seen = names.iter().enumerate().filter(|(i, _)| !view.left_out.contains(&(*i as NodeId)));
    let widest = seen.map(|(_, n)| font::text_width(n, SIZE, true)).fold(0.0, f32::max);
    let beside = if view.millimetres.is_some() { 18.0 } else { 34.0 };
    (widest + beside).min(view.width * COLUMN_MAX.1).min(COLUMN_MAX.0)
}

/// As much of a text as there is room for.
fn shortened(text: &str, room: f32, size: f32) -> Option<String> {
    if font::text_width(text, size, true) <= room {
        return None;
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let short: String = kept.iter().collect::<String>().trim_end().to_string() + "…";
        if font::text_width(&short, size, true) <= room {
            return Some(short);
        }
    }
    Some(String::new())
}

impl Sheet<'_> {
    pub(super) fn draw_names(&mut self) {
        let column = Rect { x: 0.0, y: self.plot.y - 8.0, w: self.plot.x, h: self.plot.h + 16.0 };
        self.put_fixed(Shape::Fill(column), Ink::Paper, 1.0);
        let all = 0..self.scene.lanes.len() as NodeId;
        for node in all.filter(|node| !self.view.left_out.contains(node)) {
            self.draw_name(node);
        }
    }

    fn draw_name(&mut self, node: NodeId) {
        let thin = self.is_collapsed(node);
        let (index, lane) = (usize::from(node), self.lane(node));
        let breadth = if thin { super::THIN[usize::from(self.down)].min(self.gap) } else { self.gap };
        let size = if thin { SIZE_THIN } else { SIZE };
        let size = if self.down { size } else { size.min(breadth * 0.9).max(7.0) };
        let face =
            Face { size, bold: true, anchor: if self.down { Anchor::Middle } else { Anchor::Start }, halo: false };
        let before = if self.view.millimetres.is_some() { 4.0 } else { 19.0 };
        let room = if self.down { breadth - 6.0 } else { self.plot.x - before - 6.0 };
        let name = &self.run.names()[index];
        let short = shortened(name, room, size);
        let is_short = short.is_some();
        let text = short.unwrap_or_else(|| name.clone());
        let (w, h) = self.ground(&text, face);
        let opens = self.view.millimetres.is_none();
        let x = match (self.down, opens) {
            (true, _) => 16.0,
            (false, true) => 19.0,
            (false, false) => 4.0,
        };
        let words = self.words(Rect { x, y: lane - h / 2.0, w, h }, text, face);
        let faint = thin || self.frame.processes[index].status == Status::Crashed;
        // A lane that is silent has nothing to open, and on paper nobody opens any.
        if opens && (!thin || self.view.collapsed.contains(&node)) {
            self.put_fixed(self.fold_arrow(x - 8.5, lane, size / SIZE, thin), Self::ink_of(node), 1.0);
        }
        self.put_fixed(words, Ink::Text, if faint { 0.55 } else { 1.0 });
        let rect = Rect { x: 0.0, y: lane - breadth / 2.0, w: self.plot.x - 4.0, h: breadth };
        self.scene.names.push(NamePlace { node, rect, shortened: is_short });
    }

    /// Points down where a lane is open, and to the right where it is collapsed.
    fn fold_arrow(&self, x: f32, y: f32, scale: f32, thin: bool) -> Shape {
        let (half, deep) = (4.6 * scale, 3.2 * scale);
        Shape::Polygon(if thin == self.down {
            vec![(x - half, y - deep), (x + half, y - deep), (x, y + deep * 1.3)]
        } else {
            vec![(x - deep, y - half), (x - deep, y + half), (x + deep * 1.3, y)]
        })
    }
}
