//! The text under a figure.

use crate::views::diagram::font;
use crate::views::diagram::scene::{Anchor, Item, Scene, Shape};
use crate::views::diagram::theme::Ink;

/// Size of its letters, distance of its lines, and the room above the first and below the last of them, in pixels.
const SIZE: f32 = 12.0;
const LINE: f32 = 16.0;
const ABOVE: f32 = 8.0;
const BELOW: f32 = 8.0;
/// Room on both sides.
const MARGIN: f32 = 10.0;

/// How much higher a picture of some width becomes by a caption, in pixels.
#[must_use]
pub fn height(width: f32, text: &str) -> f32 {
    ABOVE + LINE * lines(width, text).len() as f32 + BELOW
}

/// Puts a caption under a picture, which becomes as much higher as it needs.
pub fn add(scene: &mut Scene, text: &str) {
    let top = scene.height + ABOVE;
    for (i, text) in lines(scene.width, text).into_iter().enumerate() {
        let at = (MARGIN, top + LINE * i as f32 + SIZE);
        let shape = Shape::Text { at, size: SIZE, bold: false, anchor: Anchor::Start, text, halo: false, along: None };
        scene.items.push(Item { shape, ink: Ink::Text, alpha: 1.0, clipped: false, part: None });
    }
    scene.height += height(scene.width, text);
}

/// The text in lines that fit; a word that is too long by itself is broken.
fn lines(width: f32, text: &str) -> Vec<String> {
    let room = width - 2.0 * MARGIN;
    let fits = |line: &str| font::text_width(line, SIZE, false) <= room;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always one line");
        let longer = if last.is_empty() { word.to_string() } else { format!("{last} {word}") };
        if fits(&longer) {
            *last = longer;
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let last = lines.last_mut().expect("there is always one line");
            if last.is_empty() || fits(&format!("{last}{c}")) {
                last.push(c);
            } else {
                lines.push(c.to_string());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_breaks_into_lines_that_fit_and_loses_nothing() {
        let text = "A lab whose title is long: and a scenario, too, with averyveryverylongwordinit, seed 42";
        for width in [90.0, 200.0, 4_000.0] {
            let lines = lines(width, text);
            assert!(lines.iter().all(|line| font::text_width(line, SIZE, false) <= width - 2.0 * MARGIN), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        let mut scene = Scene { width: 200.0, height: 100.0, ..Scene::default() };
        add(&mut scene, text);
        assert_eq!(scene.height, 100.0 + height(200.0, text));
    }
}
