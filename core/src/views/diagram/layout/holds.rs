//! Messages that wait at their receiver: a bar under the lane from arrival to delivery.

use super::super::index::Hold;
use super::super::scene::{Rect, Shape};
use super::{LABEL, Sheet, within};
use crate::base::json::millis_text;

/// Height of a bar, in pixels.
const BAR: f32 = 3.0;
/// Most bars under one another: more would reach the next lane.
const LEVELS_MAX: usize = 4;
/// Shortest bar worth drawing, in pixels.
const SHORTEST: f32 = 3.0;

impl Sheet<'_> {
    /// The bars, each on the first level that is free.
    pub(super) fn draw_holds(&mut self) {
        let mut holds: Vec<Hold> = self.index.holds_between(self.stretch_us.0, self.stretch_us.1).collect();
        holds.retain(|h| !self.is_collapsed(h.node) && (!self.is_ahead(h.from) || h.to.is_some()));
        holds.sort_by_key(|h| (h.from, h.node));
        let levels = LEVELS_MAX.min((self.gap / 12.0) as usize);
        let mut taken = vec![[f32::MIN; LEVELS_MAX]; self.scene.lanes.len()];
        let mut bars: Vec<(Hold, Rect)> = Vec::new();
        for hold in holds {
            let from = self.x_of(hold.from);
            let now = self.x_of_now().unwrap_or(self.plot.x + self.plot.w);
            let to = hold.to.map_or(now, |to| self.x_of(to));
            let row = &mut taken[usize::from(hold.node)];
            let Some(level) = row[..levels].iter().position(|&end| end <= from) else { continue };
            let at_once = hold.to.is_some_and(|to| self.trace.record(to).at_us == self.trace.record(hold.from).at_us);
            if at_once || to - from < SHORTEST {
                continue;
            }
            row[level] = to + 2.0;
            let bar = self.draw_hold(&hold, from, to, level);
            bars.extend(bar.map(|bar| (hold, bar)));
        }
        // When it is known where all bars are, none is written over.
        for (hold, bar) in bars {
            self.label_hold(&hold, &bar);
        }
    }

    fn draw_hold(&mut self, hold: &Hold, from: f32, to: f32, level: usize) -> Option<Rect> {
        if self.index.leaves_out(hold.from) {
            return None;
        }
        let y = self.lane(hold.node) + self.r * 1.3 + 2.0 + level as f32 * (BAR + 2.0);
        let (left, right) = (from.max(self.plot.x), to.min(self.plot.x + self.plot.w));
        if right <= left {
            return None;
        }
        let now = within(self.x_of_now().unwrap_or(f32::MAX), left, right);
        let ink = Self::ink_of(hold.origin);
        for (a, b, alpha) in [(left, now, 0.62), (now, right, 0.2)] {
            if b > a {
                self.put(Shape::Fill(Rect { x: a, y, w: b - a, h: BAR }), ink, alpha);
            }
        }
        let bar = Rect { x: left, y, w: right - left, h: BAR };
        self.room.take(bar);
        Some(bar)
    }

    fn label_hold(&mut self, hold: &Hold, bar: &Rect) {
        let Some(deliver) = hold.to.filter(|&to| !self.is_ahead(to)) else { return };
        let waited = self.trace.record(deliver).at_us - self.trace.record(hold.from).at_us;
        let text = format!("waits {} ms", millis_text(waited / 100 * 100));
        let (w, h) = self.ground(&text, LABEL);
        if bar.w < w + 4.0 {
            return;
        }
        let places = [bar.x + bar.w - w - 2.0, bar.x + (bar.w - w) / 2.0, bar.x + 2.0];
        if let Some(rect) = self.room.place(places.map(|x| Rect { x, y: bar.y + BAR + 1.0, w, h })) {
            let words = self.words(rect, text, LABEL);
            self.put(words, Self::word_ink(hold.origin), 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::run;
    use crate::labs;
    use crate::views::diagram::scene::Shape;
    use crate::views::diagram::{Index, View, lay_out};

    #[test]
    fn a_message_that_waits_says_how_long() {
        let text = r#"{"format":"lightcone/1","lab":"total-order","network":{"delay_ms":10},
            "acts":[{"at_ms":10,"act":{"request":{"node":"P1","op":"multicast","args":{"payload":"x"}}}}]}"#;
        let mut run = run(labs::parse(text).expect("a scenario"));
        run.seek_time(200_000, u32::MAX);
        let index = Index::of(&run);
        let view = View::whole(900.0, 3, 0.0, 60_000.0);
        let scene = lay_out(&run, &index, &view, &run.frame());
        let says = |t: &&str| t.starts_with("waits ");
        let texts = scene.items.iter().filter_map(|i| match &i.shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let found: Vec<&str> = texts.filter(says).collect();
        // Everybody has it 10 ms after it left, and an acknowledgement from everybody 10 ms later.
        assert!(found.contains(&"waits 20 ms") && found.contains(&"waits 10 ms"), "{found:?}");
    }
}
