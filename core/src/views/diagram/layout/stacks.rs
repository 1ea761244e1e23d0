//! Marks that would lie on one another stand across their lane, each at its own instant.
//!
//! A mark takes the first level on which it touches no earlier one. A pile of marks that touch has its middle on the lane: the
//! first on top, what comes later under it. What asks and what answers hovers over the pile. Where a pile would reach the next
//! lane it is pressed together, and says how many there are.

use super::super::scene::Rect;
use super::super::theme::Ink;
use super::{LABEL, Sheet};
use crate::trace::{Kind, NodeId, RecordId};

/// Least distance of two marks on one level, in radii.
const APART: f32 = 2.2;
/// Distance of two levels, in radii.
const LEVEL: f32 = 2.3;
/// The same of what hovers.
const HOVER: f32 = 1.5;
/// Most of the distance between two lanes that a pile takes.
const SHARE: f32 = 0.62;
/// Levels nearer than this, in radii, hide marks: then the pile says how many it has.
const PRESSED: f32 = 1.3;

/// Least distance between two lanes at which a number beside a pile belongs to no other lane, in pixels.
const COUNTED: f32 = 48.0;

/// How far off their lanes marks stand.
#[derive(Debug, Default)]
pub(super) struct Stacks {
    first: RecordId,
    offs: Vec<f32>,
    /// Piles in which marks hide one another: where, on which lane, how high above it, and how many there are.
    pressed: Vec<(f32, NodeId, f32, usize)>,
}

impl Stacks {
    /// How far off its lane a record's mark stands; 0 for what is not in sight.
    pub(super) fn off(&self, id: RecordId) -> f32 {
        id.checked_sub(self.first).and_then(|i| self.offs.get(i as usize)).copied().unwrap_or(0.0)
    }
}

/// A mark on a lane.
#[derive(Clone, Copy)]
struct Mark {
    id: RecordId,
    x: f32,
}

/// Marks in the order of their places, each with its level.
#[derive(Default)]
struct Levels {
    marks: Vec<(Mark, usize)>,
    /// Where the last mark of each level stands.
    last: Vec<f32>,
}

impl Levels {
    /// Puts a mark on the first level on which it touches none.
    fn add(&mut self, mark: Mark, apart: f32) {
        let free = self.last.iter().position(|last| mark.x - last >= apart);
        let level = free.unwrap_or(self.last.len());
        self.last.resize(self.last.len().max(level + 1), mark.x);
        self.last[level] = mark.x;
        self.marks.push((mark, level));
    }

    /// The marks nearer than this to a place.
    fn near(&self, x: f32, apart: f32) -> impl Iterator<Item = &(Mark, usize)> {
        let first = self.marks.partition_point(|(mark, _)| mark.x <= x - apart);
        self.marks[first..].iter().take_while(move |(mark, _)| mark.x < x + apart)
    }
}

/// Marks of one lane that touch.
#[derive(Default)]
struct Pile {
    standing: Levels,
    /// What asks and what answers.
    hovering: Levels,
    /// Where the last one stands, once there is one.
    end: Option<f32>,
}

impl Sheet<'_> {
    /// Finds the places of all marks in sight.
    pub(super) fn stack_marks(&mut self) {
        let (first, end) = self.visible;
        self.stacks = Stacks { first, offs: vec![0.0; (end - first) as usize], pressed: Vec::new() };
        let apart = self.r * APART;
        let mut piles: Vec<Pile> = (0..self.scene.lanes.len()).map(|_| Pile::default()).collect();
        // A boot is the end of its lane, and in nobody's way.
        for &(id, record) in self.drawn().iter().filter(|(_, record)| record.kind != Kind::Boot) {
            let lane = usize::from(record.node);
            let x = self.x_of(id);
            if piles[lane].end.is_some_and(|end| x - end >= apart) {
                let done = std::mem::take(&mut piles[lane]);
                self.place_pile(record.node, &done);
            }
            let pile = &mut piles[lane];
            let hovers = matches!(record.kind, Kind::Request | Kind::Reply);
            if hovers { &mut pile.hovering } else { &mut pile.standing }.add(Mark { id, x }, apart);
            pile.end = Some(x);
        }
        for (lane, pile) in piles.iter().enumerate() {
            self.place_pile(lane as NodeId, pile);
        }
    }

    fn place_pile(&mut self, node: NodeId, pile: &Pile) {
        let marks = &pile.standing.marks;
        let deep = pile.standing.last.len().saturating_sub(1) as f32;
        let step = (self.r * LEVEL).min(self.gap * SHARE / deep.max(1.0));
        let off = |level: usize| (level as f32 - deep / 2.0) * step;
        for (mark, level) in marks {
            self.stacks.offs[(mark.id - self.stacks.first) as usize] = off(*level);
        }
        // What hovers stands over the highest mark near it.
        for (mark, level) in &pile.hovering.marks {
            let under = pile.standing.near(mark.x, self.r * APART);
            let top = under.map(|(_, level)| off(*level)).fold(0.0, f32::min);
            let room = (self.gap * SHARE / 2.0 + top).max(0.0);
            let up = (*level as f32 * self.r * HOVER).min(room);
            self.stacks.offs[(mark.id - self.stacks.first) as usize] = top - up;
        }
        if deep > 0.0 && step < self.r * PRESSED && self.gap >= COUNTED {
            let first = marks.first().map_or(0.0, |(mark, _)| mark.x);
            let middle = (first + pile.end.unwrap_or(first)) / 2.0;
            self.stacks.pressed.push((middle, node, off(0) - self.r, marks.len()));
        }
    }

    /// How many marks a pile has in which they hide one another.
    pub(super) fn draw_counts(&mut self) {
        for (x, node, up, count) in std::mem::take(&mut self.stacks.pressed) {
            let text = format!("×{count}");
            let (w, h) = self.ground(&text, LABEL);
            let y = self.lane(node) + up;
            let places = [y - h - 2.0, y - 2.0 * up + 2.0].into_iter();
            let places = places.flat_map(|y| [x - w / 2.0, x - w - 4.0, x + 4.0].map(|x| Rect { x, y, w, h }));
            if let Some(rect) = self.room.place(places) {
                let words = self.words(rect, text, LABEL);
                self.put(words, Ink::Muted, 1.0);
            }
        }
    }
}
