//! Loads: a slice of each frame goes into them, and the picture follows now and then.

use super::App;
use crate::model::Model;
use crate::model::command::Command;
use crate::model::load::Wish;
use crate::model::session::Session;
use crate::platform;
use crate::ui::forms::LoadCard;
use yew::prelude::*;

/// Milliseconds of a frame that a load may take.
pub(super) const SLICE_MS: f64 = 8.0;
/// Milliseconds between two pictures meanwhile.
pub(super) const PICTURE_EVERY_MS: f64 = 120.0;

impl App {
    /// Carries out a wish about loads.
    pub(super) fn load(&mut self, ctx: &Context<Self>, wish: Wish) {
        match wish {
            // It is drawn as soon as it can be.
            Wish::Form => {}
            Wish::Start(acts, to_end) => {
                let before = self.store.read().tree().current().id;
                let started = self.store.change(|s| s.start_load(&acts, to_end));
                match started {
                    Ok(()) => self.say_branch(ctx, before),
                    Err(e) => self.say(ctx, e.to_string(), true),
                }
            }
            Wish::Stop => self.store.change(Session::pause_load),
            Wish::GoOn => self.store.change(Session::resume_load),
            Wish::Close => self.store.change(Session::close_load),
        }
    }

    /// A frame while a load goes on. True when the panels are to be drawn too.
    pub(super) fn load_frame(&mut self, ctx: &Context<Self>, ms: f64) -> bool {
        let until = platform::now_ms() + SLICE_MS;
        self.store.change(|s| s.load_on(|| platform::now_ms() >= until));
        self.frames.ask();
        let over = !self.store.read().is_loading();
        if !over && ms - self.panels_ms < PICTURE_EVERY_MS {
            return false;
        }
        self.panels_ms = ms;
        self.store.change(Session::show_load);
        if over {
            self.after_stop(ctx);
        }
        self.paint();
        true
    }

    /// Goes on with making the run again for another view of it.
    pub(super) fn remake_on(&mut self) -> bool {
        let until = platform::now_ms() + SLICE_MS;
        self.store.read().is_remaking() && self.store.change(|s| s.remake_on(|| platform::now_ms() >= until))
    }

    /// How far a load is, and what came of it.
    pub(super) fn load_view(&self, model: &Model, on: &Callback<Command>) -> Html {
        if self.store.read().load().is_none() {
            return html! {};
        }
        html! { <LoadCard model={model.clone()} on={on.clone()} /> }
    }
}
