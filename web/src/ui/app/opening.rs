//! Wishes that open something: panels, guides, files, other scenarios, long work.

use super::App;
use crate::model::command::{Command, Tab};
use crate::model::console::{Log, LogRef};
use crate::model::layout::Slot;
use crate::model::session::Session;
use crate::platform;
use lightcone_core::labs;
use lightcone_core::protocol::How;
use lightcone_core::views::diagram::svg;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Where the page keeps what was typed into the console.
const STORED_LINES: &str = "lightcone.console";

/// What was typed into the console in earlier visits.
pub(super) fn kept_lines() -> LogRef {
    LogRef(Rc::new(RefCell::new(platform::stored(STORED_LINES).map(|text| Log::from_text(&text)).unwrap_or_default())))
}

impl App {
    /// Does what a line says; what came of it stands in the console.
    fn run_line(&mut self, line: &str) {
        let mut log = self.lines.0.borrow_mut();
        self.store.change(|s| log.run(s, line));
        platform::store(STORED_LINES, &log.text());
    }

    /// Carries out a wish that opens something.
    pub(super) fn carry_out_opening(&mut self, ctx: &Context<Self>, command: Command) {
        match command {
            Command::Guide(wish) => self.guide(ctx, wish),
            Command::Line(line) => self.run_line(&line),
            Command::Console(open) => self.console = open,
            Command::Tab(tab) => {
                self.show_tab(tab);
                // The menu of branches asks for a panel that may be closed.
                if matches!(tab, Tab::Branches | Tab::Acts | Tab::Memory) && !self.layout.is_open(Slot::Below) {
                    self.layout.toggle(Slot::Below);
                }
            }
            Command::Switch(name) => {
                let next = self.store.read().with_switch(name);
                self.open(next, format!("switch {name}"));
            }
            Command::Setup(field, json) if self.store.read().lab().spec().shows == Some(field) => {
                let shown = self.store.change(|s| s.look_at(field, &json));
                if let Err(e) = shown {
                    self.say(ctx, e.to_string(), true);
                }
            }
            Command::Load(wish) => self.load(ctx, wish),
            Command::Setup(field, json) => {
                let next = self.store.read().with_setup(field, &json);
                match next {
                    Ok(next) => self.open(next, format!("set {field} to {json}")),
                    Err(e) => self.say(ctx, e.to_string(), true),
                }
            }
            Command::Situation(place) => self.bring_about(ctx, place),
            Command::Tree(wish) => self.carry_out_in_tree(ctx, wish),
            Command::Builtin(spec, id) => {
                if let Some(builtin) = spec.scenario(id) {
                    self.open_text(ctx, &builtin.json());
                }
            }
            Command::Reset => {
                let text = self.store.read().tree().origin.to_json();
                self.open_text(ctx, &text);
            }
            Command::File(file) => self.open_file(ctx, file),
            Command::Open(text) => {
                let scenario = svg::scenario_in(&text).unwrap_or(text);
                self.open_text(ctx, &scenario);
            }
            Command::Memory(wish) => self.memory(ctx, wish),
            Command::Export(form) => self.export(ctx, form),
            Command::Explore(runs, random) => self.explore(ctx, runs, random),
            _ => unreachable!("the others are carried out with the session at hand"),
        }
    }

    /// Brings one of the lab's situations about.
    fn bring_about(&mut self, ctx: &Context<Self>, place: usize) {
        let situations = self.store.read().run().situations();
        let Some(situation) = situations.into_iter().nth(place) else { return };
        match situation.how {
            How::Acts(acts) => {
                let before = self.store.read().tree().current().id;
                self.store.change(|s| s.act_all(acts, situation.name));
                self.say_branch(ctx, before);
            }
            How::Opens(id) => {
                let spec = self.store.read().lab().spec();
                self.carry_out_opening(ctx, Command::Builtin(spec, id));
            }
            How::Cannot(why) => self.say(ctx, format!("{}: {why}.", situation.name), true),
        }
    }

    pub(super) fn open_text(&mut self, ctx: &Context<Self>, text: &str) {
        match labs::parse(text) {
            Ok(scenario) => {
                self.notice = None;
                // The browser's way back leads to what was open, as it is now.
                let _ = self.write_address();
                self.new_entry.set(true);
                let next = Session::new(scenario);
                let what = format!("open {}", next.title());
                self.open(next, what);
            }
            Err(e) => self.say(ctx, format!("This cannot be opened. {e}"), true),
        }
    }
}
