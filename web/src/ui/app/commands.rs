//! How wishes are carried out.

use super::{App, Msg};
use crate::model::command::Command;
use crate::model::layout::Layout;
use crate::model::look;
use crate::model::session::Session;
use crate::platform;
use crate::ui::diagram::cut_at_pointer;
use lightcone_core::base::json::InputError;
use lightcone_core::trace::Act;
use lightcone_core::views::diagram::theme::Theme;
use std::rc::Rc;
use yew::prelude::*;

/// Where the page keeps the theme for the next visit.
pub(super) const STORED_THEME: &str = "lightcone.theme";
/// Where the page keeps how the screen is divided.
pub(super) const STORED_LAYOUT: &str = "lightcone.layout";

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
            self.session.borrow_mut().pause_load();
        }
        let left = in_session(&mut self.session.borrow_mut(), command);
        match left {
            None if hovers => {}
            None => self.menu = None,
            Some(command) => self.carry_out_outside(ctx, command),
        }
        self.session.borrow_mut().version += 1;
    }

    fn act(&mut self, ctx: &Context<Self>, act: Result<Act, InputError>) {
        let session = Rc::clone(&self.session);
        let before = session.borrow().tree.current().id;
        let done = act.map(|act| session.borrow_mut().act(act));
        let refusal = session.borrow().refusal();
        platform::remember_scenario(session.borrow().scenario().to_json());
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
                let read = self.session.borrow().run.scenario().read_act(&json);
                self.act(ctx, read);
            }
            Command::StopWork => self.working = None,
            Command::CopyLink => self.copy_link(ctx),
            Command::Theme => {
                self.theme = if self.theme == Theme::Dark { Theme::Light } else { Theme::Dark };
                platform::store(STORED_THEME, if self.theme == Theme::Dark { "dark" } else { "light" });
                self.show_theme();
            }
            Command::Split(..) | Command::Slot(_) | Command::UsualLayout => self.divide(&command),
            Command::Help(open) => self.help = open,
            Command::Menu(menu) => {
                if menu.is_some() {
                    let mut session = self.session.borrow_mut();
                    session.playing = false;
                    session.pause_load();
                }
                self.menu = menu;
            }
            Command::Cut => {
                let wish = cut_at_pointer(&self.session.borrow(), &self.scene);
                look::carry_out(&mut self.session.borrow_mut(), wish);
                platform::focus("#diagram");
            }
            Command::Find => platform::focus("#search"),
            Command::Dismiss => self.notice = None,
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

    /// Divides the screen, and keeps that for the next visit.
    fn divide(&mut self, command: &Command) {
        match *command {
            Command::Split(edge, size) => self.layout.set(edge, size),
            Command::Slot(slot) => self.layout.toggle(slot),
            _ => self.layout = Layout::default(),
        }
        platform::store(STORED_LAYOUT, &self.layout.text());
    }
}

/// Whether the person moves the cursor: then nothing that was going on stops the run.
fn moves_time(command: &Command) -> bool {
    use Command::{Edge, Moment, Seek, SeekEvent, Skip, Step, Visit};
    matches!(command, Step(_) | Moment(_) | Visit(_) | Edge(_) | Seek(_) | Skip(_) | SeekEvent(_))
}

fn choose_next(s: &mut Session, forward: bool) {
    let trace = s.run.trace();
    let start = s.chosen[0].or(s.frame.event).unwrap_or(0);
    let is_event = |id: &u32| lightcone_core::trace::causality::is_event(trace.record(*id));
    let next = if forward { (start + 1..trace.len()).find(is_event) } else { (0..start).rev().find(is_event) };
    if let Some(id) = next {
        s.chosen = [Some(id), None];
    }
}

/// Carries out what concerns the session alone; gives back what does not.
fn in_session(s: &mut Session, command: Command) -> Option<Command> {
    match command {
        Command::Play => s.toggle_play(),
        Command::Step(forward) => s.step(forward),
        Command::Edge(end) => {
            s.playing = false;
            let to = if end { s.end_us() } else { 0.0 };
            s.follow = true;
            s.seek_time(to);
        }
        Command::Seek(us) => s.seek_time(us),
        Command::Skip(share) => {
            let to = (s.view_us + share * s.end_us()).min(s.end_us()).max(0.0);
            s.seek_time(to);
        }
        Command::Visit(us) => s.visit(us),
        Command::Moment(forward) => s.seek_moment(forward),
        Command::SeekEvent(id) => s.seek_event(id),
        Command::Hover(event) => s.hover = event,
        Command::Choose(event) => s.choose(event),
        Command::ChooseNext(forward) => choose_next(s, forward),
        Command::Zoom(factor, place) => s.zoom(factor, place),
        Command::Pan(share) => s.pan(share),
        Command::Fit => s.fit(),
        Command::Follow => s.follow_now(),
        Command::Labels(labels) => s.labels = labels,
        Command::Axis(axis) => s.set_axis(axis),
        Command::Hide(kind) => s.toggle_hidden(kind),
        Command::Look(wish) => look::carry_out(s, wish),
        Command::Settle => s.settle(),
        Command::Speed(up) => s.change_speed(up),
        other => return Some(other),
    }
    None
}
