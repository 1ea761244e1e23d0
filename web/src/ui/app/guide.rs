//! How a guide is opened, gone through and left.

use super::mode::Mode;
use super::{App, Msg};
use crate::model::Model;
use crate::model::command::Command;
use crate::model::guide::{Goal, Player, PlayerRef, TOUR, Wish};
use crate::model::session::Session;
use crate::platform;
use crate::ui::guide::{GuidePanel, Presented};
use lightcone_core::labs;
use lightcone_core::protocol::Lab;
use lightcone_core::tables::LabSpec;
use lightcone_core::views::guide::{EventRef, Guide, PANELS, whole};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Whether moving is welcome.
fn may_move() -> bool {
    !platform::prefers("(prefers-reduced-motion: reduce)")
}

/// The guide and the step that an address asks for: `guide=LAB` or `guide=LAB.3`, or the tour.
pub(super) fn linked(hash: &str) -> Option<(&'static str, usize)> {
    let value = hash.split('&').find_map(|part| part.strip_prefix("guide="))?;
    let (name, step) = value.split_once('.').unwrap_or((value, "1"));
    let name = crate::model::guide::named(name)?;
    Some((name, step.parse::<usize>().unwrap_or(1).saturating_sub(1)))
}

/// The lab that is opened for a guide before its words are there.
pub(super) fn lab_of(name: &str) -> &'static LabSpec {
    labs::find(name).unwrap_or(labs::LABS[0]).spec()
}

impl App {
    /// What the address says of the guide.
    pub(super) fn guide_in_link(&self) -> Option<String> {
        let player = self.guide.as_ref()?.0.borrow();
        Some(format!("{}.{}", player.name, player.at + 1))
    }

    pub(super) fn open_linked_guide(&mut self, ctx: &Context<Self>) {
        if let Some((name, step)) = linked(&platform::hash()) {
            // With a run in the address the guide finds its own place again; without one it begins there.
            let restored = !platform::hash().starts_with("guide=");
            self.fetch_guide(ctx, name, step, restored);
        }
    }

    fn fetch_guide(&self, ctx: &Context<Self>, name: &'static str, step: usize, restored: bool) {
        let link = ctx.link().clone();
        platform::fetch_text(&format!("guides/{name}.json"), move |text| {
            link.send_message(match text {
                Some(text) => Msg::Do(Command::Guide(Wish::Fetched(name, text, step, restored))),
                None => {
                    Msg::Notice("The guide cannot be loaded; the site may have been copied incompletely.".into(), true)
                }
            });
        });
    }

    /// Carries out what concerns a guide.
    pub(super) fn guide(&mut self, ctx: &Context<Self>, wish: Wish) {
        let done = match wish {
            Wish::Open => {
                crate::platform::guide_taken();
                let lab = self.store.read().lab().spec().id;
                self.fetch_guide(ctx, lab, 0, false);
                Ok(())
            }
            Wish::Tour => {
                crate::platform::guide_taken();
                self.fetch_guide(ctx, TOUR, 0, false);
                Ok(())
            }
            Wish::Fetched(name, text, step, restored) => self.begin(name, &text, step, restored),
            Wish::To(step) => self.enter(step),
            Wish::Restore => self.with_player(|player, _| player.at).map_or(Ok(()), |at| self.enter(at)),
            Wish::Leave => {
                self.leave_guide();
                Ok(())
            }
            Wish::Answer(given) => {
                let goal = self.move_by_player(|player, s| player.submit(s, given, may_move()));
                self.goal = goal.flatten();
                Ok(())
            }
            Wish::ShowMe => self.show_me(),
            Wish::Event(words) => self.show_event(&words),
            Wish::Panel(panel) => {
                self.point_at(&panel);
                Ok(())
            }
            Wish::Present(true) => {
                self.mode = Mode::Present;
                Ok(())
            }
            Wish::Present(false) => {
                self.mode = Mode::Usual;
                platform::forget_query();
                Ok(())
            }
            Wish::Onward(forward) => self.onward(forward),
        };
        self.last_ms = None;
        if let Err(what) = done {
            self.say(ctx, format!("The guide cannot go on: {what}."), true);
        }
        self.watch_guide();
    }

    /// Lets the guide's player look at the session.
    fn with_player<T>(&self, then: impl FnOnce(&mut Player, &Session) -> T) -> Option<T> {
        let player = self.guide.as_ref()?;
        Some(then(&mut player.0.borrow_mut(), &self.store.read()))
    }

    /// Lets the guide's player move the session.
    fn move_by_player<T>(&self, then: impl FnOnce(&mut Player, &mut Session) -> T) -> Option<T> {
        let player = self.guide.as_ref()?;
        Some(self.store.change(|s| then(&mut player.0.borrow_mut(), s)))
    }

    /// The guide is about another lab than the one that is open.
    fn open_for_guide(&mut self, scenario: lightcone_core::scenario::Scenario) {
        // Kept over the change, since the session itself is another one then.
        self.store.change(|s| s.set_guided(true));
        self.open(Session::new(scenario), String::new());
        self.store.change(|s| s.set_guided(false));
    }

    /// The step takes place in another lab than the one that is open: that one is opened.
    fn go_to_lab(&mut self, lab: Option<&'static dyn Lab>) -> Result<(), String> {
        let other = lab.map(|lab| lab.spec()).filter(|spec| self.store.read().lab().spec().id != spec.id);
        if let Some(first) = other.and_then(|spec| spec.scenarios.first()) {
            let scenario = labs::parse(&first.json()).map_err(|e| e.to_string())?;
            self.open_for_guide(scenario);
        }
        Ok(())
    }

    fn begin(&mut self, name: &'static str, text: &str, step: usize, restored: bool) -> Result<(), String> {
        let guide = Guide::parse(text).map_err(|e| e.to_string())?;
        let mut player = Player::new(name, guide);
        self.go_to_lab(player.lab_of(step))?;
        if restored {
            self.store.change(|s| player.attach(s, step))?;
            self.guide = Some(PlayerRef(Rc::new(RefCell::new(player))));
            return Ok(());
        }
        self.guide = Some(PlayerRef(Rc::new(RefCell::new(player))));
        self.enter(step)
    }

    fn enter(&mut self, step: usize) -> Result<(), String> {
        self.notice = None;
        // In a lab that the person has opened meanwhile the guide's scenarios are not known.
        let lab = self.with_player(|player, _| player.lab_of(step)).flatten();
        self.go_to_lab(lab)?;
        let goal = self.move_by_player(|player, s| player.enter(s, step, may_move()));
        self.goal = goal.transpose()?.flatten();
        let first = self.with_player(|player, _| player.points.first().copied()).flatten();
        if let Some(tab) = first.and_then(Self::tab_of) {
            self.show_tab(tab);
        }
        Ok(())
    }

    pub(super) fn leave_guide(&mut self) {
        self.guide = None;
        self.goal = None;
        self.store.change(|s| s.point_at(Vec::new(), None));
    }

    fn show_me(&mut self) -> Result<(), String> {
        let goal = self.move_by_player(|player, s| player.show(s, may_move()));
        self.goal = goal.transpose()?.flatten();
        Ok(())
    }

    /// Chooses an event that the text speaks of, as far as it has happened.
    fn show_event(&mut self, words: &str) -> Result<(), String> {
        let id = EventRef::parse(words)?.need(&whole(self.store.read().run()))?;
        if id < self.store.read().run().trace().len() {
            self.store.change(|s| s.choose_both([Some(id), None]));
        }
        Ok(())
    }

    fn point_at(&mut self, part: &str) {
        let known = PANELS.into_iter().find(|p| *p == part);
        self.with_player(|player, _| player.points = known.into_iter().collect());
        if let Some(tab) = Self::tab_of(part) {
            self.show_tab(tab);
        }
    }

    /// The one key: what moves comes to its end, what is asked is answered, then the next step or event.
    fn onward(&mut self, forward: bool) -> Result<(), String> {
        if let Some(goal) = self.goal.take().filter(|_| forward) {
            self.store.change(|s| goal.reach(s));
            return Ok(());
        }
        let here = self.with_player(|player, _| (player.at, player.guide.steps.len(), player.waits()));
        match here {
            Some((_, _, true)) if forward => self.show_me(),
            Some((at, count, _)) if forward && at + 1 < count => self.enter(at + 1),
            Some((at, _, _)) if !forward && at > 0 => self.enter(at - 1),
            Some(_) => Ok(()),
            None => {
                self.next_event(forward);
                Ok(())
            }
        }
    }

    fn next_event(&mut self, forward: bool) {
        self.goal = self.store.change(|session| {
            session.choose_both([None, None]);
            if !forward {
                session.step(false);
                return None;
            }
            session.pause();
            let id = crate::ui::guide::next_worth_seeing(session)?;
            Goal::event(&whole(session.run()), id).start(session, may_move())
        });
    }

    /// After every frame: stops where a guide wants it, and notices what the person has done.
    pub(super) fn watch_guide(&mut self) {
        if let Some(goal) = self.goal {
            let there = self.store.read().view_us() >= goal.at_us as f64;
            if there {
                self.store.change(|s| goal.reach(s));
            }
            if there || !self.store.read().is_playing() {
                self.goal = None;
            }
        }
        self.with_player(|player, s| player.watch(s));
    }

    /// The parts of the page that a guide points at.
    pub(super) fn pointed(&self) -> Option<String> {
        self.with_player(|player, _| player.points.join(" ")).filter(|points| !points.is_empty())
    }

    pub(super) fn guide_view(&self, model: &Model, on: &Callback<Command>) -> Html {
        let present = self.mode == Mode::Present;
        match &self.guide {
            Some(player) => {
                html! { <GuidePanel model={model.clone()} player={player.clone()} {present} on={on.clone()} /> }
            }
            None if present => html! { <Presented model={model.clone()} /> },
            None => html! {},
        }
    }
}
