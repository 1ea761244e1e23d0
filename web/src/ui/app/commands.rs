//! How wishes are carried out.

use super::{App, Msg};
use crate::model::command::{Command, Menu, Target};
use crate::model::session::Session;
use crate::model::{ask, look};
use crate::platform;
use crate::ui::diagram::cut_at_pointer;
use lightcone_core::base::json::InputError;
use lightcone_core::trace::{Act, NodeId};
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
        match done {
            // What could not be read can still be corrected where it was typed.
            Err(e) => self.say(ctx, e.to_string(), true),
            Ok(()) => {
                self.menu = None;
                self.say_done(ctx, before);
            }
        }
    }

    /// After an act: that it was refused, or that it has begun a branch.
    fn say_done(&mut self, ctx: &Context<Self>, before: u32) {
        let refusal = self.store.read().refusal();
        match refusal {
            Some(refusal) => self.say(ctx, refusal, true),
            None => self.say_branch(ctx, before),
        }
    }

    /// A line was drawn from one process to another: what can be asked there is asked, or offered where it is several things.
    fn ask(&mut self, ctx: &Context<Self>, (from, to): (NodeId, NodeId), at_us: Option<f64>, at: (i32, i32)) {
        if let Some(at_us) = at_us {
            self.store.change(|s| s.visit(at_us));
        }
        let mut offers = ask::between(&self.store.read(), from, to);
        match offers.len() {
            0 => {
                let text = {
                    let s = self.store.read();
                    let name = |node: NodeId| &s.run().names()[usize::from(node)];
                    format!("There is nothing that {} could be asked for that leads to {}.", name(from), name(to))
                };
                self.say(ctx, text, false);
            }
            1 => self.act(ctx, Ok(offers.remove(0).act)),
            _ => self.carry_out_outside(ctx, Command::Menu(Some(Menu { target: Target::Offers(from, to), at }))),
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
            Command::Back(message, surgery) => {
                let before = self.store.read().tree().current().id;
                self.store.change(|s| s.act_at_sending(message, surgery));
                self.menu = None;
                self.say_done(ctx, before);
            }
            Command::Ask(from, to, at_us, place) => self.ask(ctx, (from, to), at_us, place),
            Command::Moment(forward) => {
                let words = self.store.change(|s| s.seek_moment(forward));
                let none =
                    if forward { "No moment of this run is later." } else { "No moment of this run is earlier." };
                self.say(ctx, words.unwrap_or_else(|| none.into()), false);
            }
            Command::StopWork => {
                self.working = None;
                self.store.change(Session::stop_ahead);
            }
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
