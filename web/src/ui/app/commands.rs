//! How wishes are carried out.

use super::{App, Msg};
use crate::model::command::Command;
use crate::model::look;
use crate::model::session::Session;
use crate::platform;
use crate::ui::diagram::cut_at_pointer;
use lightcone_core::base::json::InputError;
use lightcone_core::trace::Act;
use lightcone_core::views::diagram::theme::Theme;
use yew::prelude::*;

/// Where the page keeps the theme for the next visit.
pub(super) const STORED_THEME: &str = "lightcone.theme";

impl App {
    /// Carries a wish out: most concern the session alone.
    pub(super) fn carry_out(&mut self, ctx: &Context<Self>, command: Command) {
        if matches!(command, Command::Play) {
            self.last_ms = None;
        }
        // The menu's own veil makes the pointer leave the diagram.
        let hovers = matches!(command, Command::Hover(_) | Command::Look(look::Wish::HoverBelow(_)));
        if moves_time(&command) {
            self.goal = None;
        }
        if moves_time(&command) || matches!(command, Command::Play | Command::Settle) {
            self.store.change(Session::pause_load);
        }
        self.note_hint(&command);
        let left = self.store.change(|s| s.carry_out(command));
        match left {
            None if hovers => {}
            None => self.menu = None,
            Some(command) => self.carry_out_outside(ctx, command),
        }
    }

    fn act(&mut self, ctx: &Context<Self>, act: Result<Act, InputError>) {
        let before = self.store.read().tree().current().id;
        let done = act.map(|act| self.store.change(|s| s.act(act)));
        let refusal = self.store.read().refusal();
        // What could not be read can still be corrected where it was typed.
        if done.is_ok() {
            self.menu = None;
        }
        match (done, refusal) {
            (Err(e), _) => self.say(ctx, e.to_string(), true),
            (_, Some(refusal)) => self.say(ctx, refusal, true),
            _ => self.say_branch(ctx, before),
        }
    }

    /// Wishes that concern more than the session.
    fn carry_out_outside(&mut self, ctx: &Context<Self>, command: Command) {
        match command {
            Command::Act(act) => self.act(ctx, Ok(act)),
            Command::Written(json) => {
                let read = self.store.read().run().scenario().read_act(&json);
                self.act(ctx, read);
            }
            Command::StopWork => self.working = None,
            Command::CopyLink => self.copy_link(ctx),
            Command::Theme => {
                self.theme = if self.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
                platform::store(STORED_THEME, if self.theme == Theme::Dark { "dark" } else { "light" });
                self.show_theme();
            }
            Command::Split(..) | Command::Unsplit(_) | Command::Stage(_) | Command::Slot(_) | Command::UsualLayout => {
                self.divide(&command);
            }
            Command::Help(open) => self.help = open,
            Command::Menu(menu) => {
                if menu.is_some() {
                    self.store.change(|s| {
                        s.pause();
                        s.pause_load();
                    });
                }
                self.menu = menu;
            }
            Command::Cut => {
                let wish = cut_at_pointer(&self.store.read(), &self.scene);
                self.store.change(|s| look::carry_out(s, wish));
                platform::focus("#diagram");
            }
            Command::Find => platform::focus("#search"),
            Command::Dismiss => self.notice = None,
            // It was noted already.
            Command::NoHints => {}
            other => self.carry_out_opening(ctx, other),
        }
    }

    fn copy_link(&mut self, ctx: &Context<Self>) {
        if !self.write_address() {
            self.say(ctx, "This run is too long for a link: save it as a file and send that.".into(), false);
            self.offers_file = true;
            return;
        }
        let link = ctx.link().clone();
        platform::copy(&platform::address(), move |worked| {
            let text = if worked { "The link is on the clipboard." } else { "Copy the link from the address bar." };
            link.send_message(Msg::Notice(text.into(), false));
        });
    }
}

/// Whether the person moves the cursor: then nothing that was going on stops the run.
fn moves_time(command: &Command) -> bool {
    use Command::{Edge, Moment, Seek, SeekEvent, Skip, Step, Visit};
    matches!(command, Step(_) | Moment(_) | Visit(_) | Edge(_) | Seek(_) | Skip(_) | SeekEvent(_))
}
