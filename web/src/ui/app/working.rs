//! Long work in the background: started, watched, stopped, and what becomes of its answer.

use super::load::{PICTURE_EVERY_MS, SLICE_MS};
use super::{App, Msg};
use crate::model::command::Command;
use crate::model::session::Session;
use crate::model::session::ahead::{Ahead, RECORDS_MAX};
use crate::model::work::{Job, Word};
use crate::platform::{self, Helper};
use lightcone_core::base::words::grouped;
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use yew::prelude::*;

/// Work that goes on.
pub(super) struct Working {
    _helper: Helper,
    says: &'static str,
    done: u64,
    of: u64,
    /// Name of the file in which a text ends.
    file: String,
}

impl App {
    /// Starts a piece of work in place of the one that goes on.
    pub(super) fn start_work(&mut self, ctx: &Context<Self>, job: &Job, file: String) {
        let link = ctx.link().clone();
        let helper = Helper::start(&job.json(), move |word| link.send_message(Msg::Word(word)));
        match helper {
            Some(helper) => self.working = Some(Working { _helper: helper, says: job.says(), done: 0, of: 0, file }),
            None => self.say(ctx, "This browser has no workers, in which this work could be done.".into(), true),
        }
    }

    /// Looks for a run that breaks a rule: random ones of this lab under these settings, or this one with other seeds.
    pub(super) fn explore(&mut self, ctx: &Context<Self>, runs: u64, random: bool) {
        let mut scenario = self.store.read().run().scenario().clone();
        if random {
            let (setup, seed) = (scenario.setup.clone(), scenario.seed);
            scenario = Scenario { setup, seed, ..Scenario::empty(scenario.lab) };
        }
        self.store.change(Session::pause);
        self.start_work(ctx, &Job::Explore { scenario, runs }, String::new());
    }

    /// A word of the work that goes on.
    pub(super) fn hear(&mut self, ctx: &Context<Self>, word: Word) {
        let Some(working) = &mut self.working else { return };
        match word {
            Word::Progress(done, of) => (working.done, working.of) = (done, of),
            Word::Found { scenario, rule, explain, tried, settle } => {
                self.working = None;
                match labs::parse(&scenario) {
                    Ok(scenario) => {
                        let mut session = Session::new(scenario);
                        session.go_to_violation(settle);
                        self.open(session, "open a bad run".into());
                        self.say(ctx, format!("Run {tried} breaks {rule}. {explain}"), true);
                    }
                    Err(e) => self.say(ctx, e.to_string(), true),
                }
            }
            Word::Nothing(runs) => {
                self.working = None;
                self.say(ctx, format!("None of {runs} runs breaks a rule."), false);
            }
            Word::Text(text) => {
                platform::save_text(&text, &working.file, "application/jsonl");
                self.working = None;
            }
            Word::Error(what) => {
                self.working = None;
                self.say(ctx, format!("This could not be done. {what}"), true);
            }
        }
    }

    /// A frame while the run works its way to a place far behind what was known. True when the panels are to be drawn too.
    pub(super) fn ahead_frame(&mut self, ctx: &Context<Self>, ms: f64) -> bool {
        let until = platform::now_ms() + SLICE_MS;
        let how = self.store.change(|s| s.go_ahead(|| platform::now_ms() >= until));
        self.frames.ask();
        match how {
            Ahead::Going if ms - self.panels_ms < PICTURE_EVERY_MS => return false,
            Ahead::Going => self.store.change(Session::show_ahead),
            Ahead::There => self.plan_address(ctx),
            Ahead::Full => {
                let records = grouped(u64::from(RECORDS_MAX));
                let what = format!(
                    "The run stands still: it has {records} records, which is as many as a page can hold. Save it as a file; the command line takes it further."
                );
                self.say(ctx, what, true);
                self.offers_file = true;
            }
        }
        self.panels_ms = ms;
        self.paint();
        true
    }

    /// How far the work is, and the button that stops it.
    pub(super) fn working_view(&self, on: &Callback<Command>) -> Html {
        if let Some((goal, now)) = self.store.read().ahead() {
            let far = format!("{} ms", grouped(now as u64 / 1000));
            return progress("Running ahead", now as u64, goal as u64, far, on);
        }
        let Some(w) = &self.working else { return html! {} };
        let far = if w.of > 0 { format!("{} of {}", w.done, w.of) } else { String::new() };
        progress(w.says, w.done, w.of, far, on)
    }
}

fn progress(says: &'static str, done: u64, of: u64, far: String, on: &Callback<Command>) -> Html {
    html! {
        <div class="working" role="status">
            <span>{ says }</span>
            <progress max={of.max(1).to_string()} value={done.to_string()} aria-label={says}></progress>
            <output>{ far }</output>
            <button onclick={on.reform(|_| Command::StopWork)}>{ "Stop" }</button>
        </div>
    }
}
