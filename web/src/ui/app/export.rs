//! What leaves the page: pictures, the scenario, the trace.

use super::App;
use crate::model::command::Form;
use crate::model::work::Job;
use crate::platform::{self, paint};
use lightcone_core::trace::RecordId;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Index, Only, figure, lay_out, svg};
use lightcone_core::views::series;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;
use yew::prelude::Context;

/// Longest trace that is written at once, in records: a longer one takes more than 200 ms.
const TRACE_AT_ONCE: u32 = 20_000;
/// Device pixels a pixel in an exported PNG.
const PNG_SCALE: f64 = 2.0;

impl App {
    pub(super) fn export(&mut self, ctx: &Context<Self>, form: Form) {
        let store = Rc::clone(&self.store);
        let s = &*store.read();
        let name = s.builtin_id().unwrap_or(s.lab().spec().id);
        let text = s.scenario().to_json();
        match form {
            Form::Scenario => platform::save_text(&text, &format!("{name}.lightcone.json"), "application/json"),
            Form::Metrics => {
                let end_us = s.end_us() as u64;
                let text = series::csv(&series::charts(s.run(), end_us), end_us);
                platform::save_text(&text, &format!("{name}.csv"), "text/csv");
            }
            Form::Table => {
                let text = s.run().sheet().map(|sheet| sheet.csv()).unwrap_or_default();
                platform::save_text(&text, &format!("{name}-{}.csv", s.lab().spec().sheet), "text/csv");
            }
            Form::Trace if s.run().trace().len() > TRACE_AT_ONCE => {
                let job = Job::Trace { scenario: s.scenario(), records: s.run().trace().len() };
                self.start_work(ctx, &job, format!("{name}.jsonl"));
            }
            Form::Trace => {
                let lines: Vec<String> = (0..s.run().trace().len()).map(|id| s.run().line(id) + "\n").collect();
                platform::save_text(&lines.concat(), &format!("{name}.jsonl"), "application/jsonl");
            }
            Form::Figure(preset, past) => {
                let events: Vec<RecordId> = s.chosen().into_iter().flatten().collect();
                let own = past.then(|| Index::only_of(s.run(), Only::past_of(s.run(), &events)));
                let index = own.as_ref().unwrap_or_else(|| s.index());
                let stretch = (!past).then(|| s.window());
                let mut view = figure(s.run(), index, s.axis(), preset, stretch);
                (view.labels, view.folded) = (s.labels(), s.folds());
                let scene = lay_out(s.run(), index, &view, s.frame());
                let picture = svg::write(&scene, s.run(), index, Theme::Print, &s.title(), &text);
                platform::save_text(&picture, &format!("{name}-{}.svg", preset.name()), "image/svg+xml");
            }
            Form::Svg | Form::PrintSvg | Form::Png => {
                let (w, h) = self.canvas.cast::<HtmlCanvasElement>().map_or((1200.0, 400.0), |c| {
                    (f64::from(c.client_width()).max(320.0), f64::from(c.client_height()).max(160.0))
                });
                let mut view = s.view(w as f32, h as f32);
                view.now_us = None;
                view.focus = s.chosen()[0].filter(|_| s.chosen()[1].is_none());
                let scene = lay_out(s.run(), s.index(), &view, s.frame());
                if form == Form::Png {
                    if let Some((canvas, ctx)) = platform::spare_canvas((w * PNG_SCALE) as u32, (h * PNG_SCALE) as u32)
                    {
                        paint(&ctx, &scene, self.theme, PNG_SCALE);
                        platform::save_canvas(&canvas, format!("{name}.png"));
                    }
                } else {
                    let theme = if form == Form::PrintSvg { Theme::Print } else { self.theme };
                    let picture = svg::write(&scene, s.run(), s.index(), theme, &s.title(), &text);
                    platform::save_text(&picture, &format!("{name}.svg"), "image/svg+xml");
                }
            }
        }
    }
}
