//! Messages that wait at their receiver: a bar under the lane from arrival to delivery.

use super::super::font;
use super::super::index::Hold;
use super::super::scene::{Anchor, Rect, Shape};
use super::{SMALL, Sheet, within};
use crate::json::millis_text;

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
        holds.retain(|h| !self.is_ahead(h.from) || h.to.is_some());
        holds.sort_unstable_by_key(|h| h.from);
        let levels = LEVELS_MAX.min((self.gap / 12.0) as usize);
        let mut taken = vec![[f32::MIN; LEVELS_MAX]; self.scene.lanes.len()];
        for hold in holds {
            let from = self.x_of(hold.from);
            let now = self.x_of_now().unwrap_or(self.plot.x + self.plot.w);
            let to = hold.to.map_or(now, |to| self.x_of(to));
            let row = &mut taken[usize::from(hold.node)];
            let Some(level) = row[..levels].iter().position(|&end| end <= from) else { continue };
            if to - from < SHORTEST {
                continue;
            }
            row[level] = to + 2.0;
            self.draw_hold(&hold, from, to, level);
        }
    }

    fn draw_hold(&mut self, hold: &Hold, from: f32, to: f32, level: usize) {
        let y = self.lane(hold.node) + self.r * 1.3 + 2.0 + level as f32 * (BAR + 2.0);
        let (left, right) = (from.max(self.plot.x), to.min(self.plot.x + self.plot.w));
        if right <= left {
            return;
        }
        let now = within(self.x_of_now().unwrap_or(f32::MAX), left, right);
        let ink = Self::ink_of(hold.origin);
        for (a, b, alpha) in [(left, now, 0.62), (now, right, 0.2)] {
            if b > a {
                self.put(Shape::Fill(Rect { x: a, y, w: b - a, h: BAR }), ink, alpha);
            }
        }
        self.room.take(Rect { x: left, y, w: right - left, h: BAR });
        let Some(deliver) = hold.to.filter(|&to| !self.is_ahead(to)) else { return };
        let waited = self.trace.record(deliver).at_us - self.trace.record(hold.from).at_us;
        let text = format!("waits {} ms", millis_text(waited / 100 * 100));
        let w = font::text_width(&text, SMALL, false);
        let places = [right - w - 2.0, (left + right - w) / 2.0, left + 2.0];
        if right - left < w + 4.0 {
            return;
        }
        if let Some(rect) = self.room.place(places.map(|x| Rect { x, y: y + BAR + 1.0, w, h: 12.0 })) {
            let at = (rect.x, rect.y + 9.5);
            let shape = Shape::Text { at, size: SMALL, bold: false, anchor: Anchor::Start, text, halo: true };
            self.put(shape, ink, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Index, View, lay_out, scene::Shape};
    use crate::run::run;
    use crate::scenario::Scenario;

    #[test]
    fn a_message_that_waits_says_how_long() {
        let text = r#"{"format":"lightcone/1","lab":"total-order","network":{"delay_ms":10},
            "acts":[{"at_ms":10,"act":{"request":{"node":"P1","op":"multicast","args":{"payload":"x"}}}}]}"#;
        let mut run = run(Scenario::parse(text).expect("a scenario"));
        run.seek_time(200_000, u32::MAX);
        let mut index = Index::default();
        index.update(&*run);
        let view = View::whole(900.0, 3, 0.0, 60_000.0);
        let scene = lay_out(&*run, &index, &view, &run.frame());
        let says = |t: &&str| t.starts_with("waits ");
        let texts = scene.items.iter().filter_map(|i| match &i.shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let found: Vec<&str> = texts.filter(says).collect();
        // Everybody has it 10 ms after it left, and an acknowledgement from everybody 10 ms later.
        assert_eq!(found, ["waits 20 ms", "waits 10 ms", "waits 10 ms"]);
    }
}
