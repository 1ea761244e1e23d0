//! The state that matters in a lab, as a band along each lane: a colour and a word.

use super::super::scene::{Rect, Shape};
use super::{LABEL, Sheet, within};
use crate::trace::NodeId;
use crate::trace::frame::Band;

/// Shortest band worth drawing, in pixels.
const SHORTEST: f32 = 2.0;

/// A stretch of a lane in one state.
pub(super) struct Stretch {
    node: NodeId,
    from: f32,
    to: f32,
    band: Band,
}

impl Sheet<'_> {
    /// Half the height of a band.
    fn band_half(&self) -> f32 {
        (self.gap * 0.085).clamp(2.0, 6.0)
    }

    /// The bands, under everything that happens on their lanes.
    pub(super) fn draw_bands(&mut self) {
        if self.is_dense() {
            return;
        }
        let end = self.plot.x + self.plot.w;
        let now = self.x_of_now().unwrap_or(f32::MAX);
        let half = self.band_half();
        for node in self.in_order() {
            let changes = self.index.bands(node, self.visible.0, self.visible.1);
            for (i, (id, band)) in changes.iter().enumerate() {
                let from = self.x_of(*id).max(self.plot.x);
                let to = changes.get(i + 1).map_or(end, |(next, _)| self.x_of(*next)).min(end);
                let Some(band) = band.filter(|_| to - from >= SHORTEST) else { continue };
                let (y, middle) = (self.lane(node), within(now, from, to));
                for (a, b, alpha) in [(from, middle, 0.3), (middle, to, 0.09)] {
                    if b > a {
                        let rect = Rect { x: a, y: y - half, w: b - a, h: 2.0 * half };
                        self.put(Shape::Fill(rect), Self::ink_of(NodeId::from(band.tone)), alpha);
                    }
                }
                if !self.is_ahead(*id) && !self.is_collapsed(node) {
                    self.bands.push(Stretch { node, from, to: middle.max(from), band });
                }
            }
        }
    }

    /// Says what the bands mean, where there is room for a word.
    pub(super) fn draw_band_words(&mut self) {
        for Stretch { node, from, to, band } in std::mem::take(&mut self.bands) {
            let text = band.text();
            let (w, h) = self.ground(&text, LABEL);
            let (room, y) = (to - from - w, self.lane(node));
            if room < 2.0 {
                continue;
            }
            let off = self.band_half() + 1.5;
            let sides = [y - off - h, y + off];
            let places = [0.0, 0.25, 0.5, 0.75, 1.0].into_iter().flat_map(|share| sides.map(|y| (share, y)));
            let places = places.map(|(share, y)| Rect { x: from + 1.0 + (room - 2.0) * share, y, w, h });
            let Some(rect) = self.room.place(places) else { continue };
            let words = self.words(rect, text, LABEL);
            self.put(words, Self::word_ink(NodeId::from(band.tone)), 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::{Run, run};
    use crate::labs;
    use crate::trace::BandChange;
    use crate::views::diagram::scene::Shape;
    use crate::views::diagram::{Index, View, lay_out};

    const HELD: &str = r#"{"format":"lightcone/1","lab":"total-order","network":{"delay_ms":10},"until_ms":100,
        "acts":[{"at_ms":10,"act":{"request":{"node":"P1","op":"multicast","args":{"payload":"x"}}}}]}"#;

    fn changes(run: &Run) -> Vec<BandChange> {
        run.trace().bands.iter_from(0).copied().collect()
    }

    #[test]
    fn a_band_says_what_is_held_while_it_is_held() {
        let run = run(labs::parse(HELD).expect("a scenario"));
        let index = Index::of(&run);
        let first: Vec<BandChange> = changes(&run).into_iter().filter(|c| c.node == 0).collect();
        let at = |c: &BandChange| run.trace().record(c.record).at_us;
        // P1 holds its message from its sending until everybody has acknowledged it.
        let tone = |c: &BandChange| c.band.map(|b| b.tone);
        assert_eq!(
            first.iter().map(|c| (at(c), tone(c))).collect::<Vec<_>>(),
            [(0, Some(0)), (10_000, Some(3)), (30_000, Some(0))]
        );
        assert_eq!(index.band(0, first[1].record - 1).map(|b| (b.text(), b.tone)), Some(("cents 100000".into(), 0)));
        assert_eq!(index.band(0, first[1].record).map(|b| b.tone), Some(3));
        let scene = lay_out(&run, &index, &View::whole(1_200.0, 3, 0.0, 60_000.0), &run.frame());
        let says = |t: &str| scene.items.iter().any(|i| matches!(&i.shape, Shape::Text { text, .. } if text == t));
        assert!(says("cents 100000"));
    }

    #[test]
    fn bands_are_cut_with_the_past_and_the_same_in_a_replay() {
        let mut whole = run(labs::parse(HELD).expect("a scenario"));
        let all = changes(&whole);
        assert!(all.len() >= 6, "everybody holds it, and then nobody");
        for position in (0..=whole.trace().len()).rev() {
            whole.seek(position);
            assert_eq!(changes(&whole), all, "looking back forgets nothing");
        }
        let mut other = whole.fork();
        other.seek_time(15_000, u32::MAX);
        let act = other.scenario().read_act(r#"{"crash":{"node":"P2"}}"#).expect("an act");
        other.act(act, 15_000);
        other.seek_time(100_000, u32::MAX);
        let kept: Vec<_> = all.iter().filter(|c| whole.trace().record(c.record).at_us < 15_000).collect();
        let cut = changes(&other);
        assert!(cut.iter().zip(&kept).all(|(a, b)| a == *b) && cut != all);
        assert_eq!(changes(&run(other.scenario().clone())), cut);
        assert_eq!(changes(&whole), all, "the other branch is as it was");
    }
}
