//! Keys, as in a video player.

use super::App;
use crate::bridge;
use crate::command::Command;
use web_sys::KeyboardEvent;

impl App {
    /// What a key asks for.
    pub(super) fn key(&self, e: &KeyboardEvent) -> Option<Command> {
        let key = e.key();
        if let Some(wish) = self.present_key(e) {
            return Some(Command::Guide(wish));
        }
        if key == "Escape" {
            return Some(match (self.help, self.menu) {
                (true, _) => Command::Help(false),
                (_, Some(_)) => Command::Menu(None),
                _ => Command::Choose(None),
            });
        }
        if e.ctrl_key() || e.meta_key() || e.alt_key() || bridge::is_typing(e.target()) || self.help {
            return None;
        }
        Some(match key.as_str() {
            " " | "k" if !bridge::is_button(e.target()) => Command::Play,
            "," => Command::Step(false),
            "." => Command::Step(true),
            "ArrowLeft" => Command::Skip(-0.02),
            "ArrowRight" => Command::Skip(0.02),
            "Home" => Command::Edge(false),
            "End" => Command::Edge(true),
            "+" | "=" => Command::Zoom(0.8, 0.5),
            "-" => Command::Zoom(1.25, 0.5),
            "0" => Command::Fit,
            "f" => Command::Follow,
            "<" => Command::Speed(false),
            ">" => Command::Speed(true),
            "n" => Command::ChooseNext(true),
            "p" => Command::ChooseNext(false),
            "t" => Command::Theme,
            "`" | ":" => Command::Console(true),
            "?" => Command::Help(true),
            _ => return None,
        })
    }
}
