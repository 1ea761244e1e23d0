//! Keys, as in a video player.

use super::App;
use crate::model::branches::Wish;
use crate::model::command::Command;
use crate::model::layout::Stage;
use crate::model::look;
use crate::platform;
use web_sys::KeyboardEvent;

impl App {
    /// What a key asks for.
    pub(super) fn key(&self, e: &KeyboardEvent) -> Option<Command> {
        let key = e.key();
        if e.default_prevented() {
            // Whatever has the focus has a use for it.
            return None;
        }
        if let Some(wish) = self.present_key(e) {
            return Some(Command::Guide(wish));
        }
        if key == "Escape" {
            let compares = self.store.read().compare().is_some();
            return Some(match (self.help, self.menu) {
                (true, _) => Command::Help(false),
                (_, Some(_)) => Command::Menu(None),
                _ if compares && self.store.read().chosen()[0].is_none() => Command::Tree(Wish::Compare(None)),
                _ => Command::Choose(None),
            });
        }
        if let Some(wish) = self.tree_key(e) {
            return Some(Command::Tree(wish));
        }
        if e.ctrl_key()
            || e.meta_key()
            || e.alt_key()
            || platform::is_text(e.target())
            || (platform::is_typing(e.target())
                && moves_a_slider(&key)
                && (key == " " || !platform::is_check_box(e.target())))
            || (key != " " && moves_a_slider(&key) && platform::is_scrolled(e.target()))
            || self.help
            || self.menu.is_some()
        {
            return None;
        }
        Some(match key.as_str() {
            " " | "k" if !platform::is_button(e.target()) => Command::Play,
            "," => Command::Step(false),
            "." => Command::Step(true),
            "ArrowLeft" => Command::Skip(-0.02),
            "ArrowRight" => Command::Skip(0.02),
            "PageUp" | "PageDown" => Command::Moment(key == "PageDown"),
            "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" => {
                let place = usize::from(key.as_bytes()[0] - b'1');
                if place >= self.store.read().run().situations().len() {
                    return None;
                }
                Command::Situation(place)
            }
            "Home" => Command::Edge(false),
            "End" => Command::Edge(true),
            "+" | "=" => Command::ZoomHere(0.8),
            "-" => Command::ZoomHere(1.25),
            "0" => Command::Fit,
            "f" => Command::Follow,
            "<" => Command::Speed(false),
            ">" => Command::Speed(true),
            "n" => Command::ChooseNext(true),
            "p" => Command::ChooseNext(false),
            "c" => Command::Cut,
            "r" => Command::Look(look::Wish::Routine),
            "o" => Command::Look(look::Wish::Break(None)),
            "v" => Command::Stage(Stage::Views),
            "w" => Command::Stage(Stage::Whole),
            "/" => Command::Find,
            "t" => Command::Theme,
            "`" | ":" => Command::Console(true),
            "?" => Command::Help(true),
            _ => return None,
        })
    }
}

/// Whether a slider or a check box has a use for a key; the others mean there what they mean everywhere.
fn moves_a_slider(key: &str) -> bool {
    key == " " || key.starts_with("Arrow") || matches!(key, "Home" | "End" | "PageUp" | "PageDown")
}
