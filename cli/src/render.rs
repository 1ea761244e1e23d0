//! `lightcone render`.

use crate::picture;
use crate::terminal::{Failure, millis, one_of, scenario, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::engine::{Run, run};
use lightcone_core::tables::Labels;
use lightcone_core::views::diagram::scene::Scene;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{
    Axis, Index, LOGICAL_STEP, Only, Orientation, Preset, View, figure, lay_out, svg, usual,
};
use lightcone_core::views::export::picture::{add_caption, caption_height, pdf, tex, typst};
use lightcone_core::views::export::{Form, Source, chosen};
use std::ffi::OsString;
use std::path::PathBuf;

/// Width of a picture when nobody says, in pixels.
const WIDTH_DEFAULT: f32 = 1200.0;

/// Pixels of a PNG for each unit of a picture when nobody says, and of one for paper: 300 of them an inch.
const SCALE_DEFAULT: f32 = 2.0;
const PAPER_SCALE: f32 = 300.0 / 96.0;

const WRONG_STRETCH: &str = "--from-ms must be before --to-ms";

struct Options {
    name: Option<String>,
    out: Option<PathBuf>,
    from_us: Option<u64>,
    to_us: Option<u64>,
    /// The lab's own choice where none was made.
    labels: Option<Labels>,
    theme: Theme,
    /// Told as a story in the sizes for reports, else in time.
    axis: Option<Axis>,
    orientation: Orientation,
    /// Length along the time.
    width: f32,
    scale: Option<f32>,
    /// A size for reports.
    preset: Option<Preset>,
    /// Only what matters.
    story_of: Option<String>,
    /// Whether lab, title and seed stand under the picture.
    caption: bool,
}

pub(crate) fn command(args: lexopt::Parser) -> Result<(), Failure> {
    let options = read(args)?;
    let name = options.name.as_deref().ok_or_else(|| unusable("lightcone render needs a scenario"))?;
    let out = options.out.as_deref().ok_or_else(|| unusable("lightcone render needs -o FILE"))?;
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let form = Form::of_ending(&ending).ok_or_else(|| {
        let endings: Vec<String> = Form::ALL.iter().map(|form| format!(".{}", form.ending())).collect();
        unusable(format!("{}: the ending must be one of {}", out.display(), endings.join(" ")))
    })?;
    let run = run(scenario(name)?);
    let index = match &options.story_of {
        Some(what) => Index::only_of(&run, only(&run, what).map_err(|what| unusable(format!("--story-of: {what}")))?),
        None => Index::of(&run),
    };
    if form.source() == Source::Records {
        let (from_us, to_us) = (options.from_us.unwrap_or(0), options.to_us.unwrap_or(u64::MAX));
        if from_us >= to_us {
            return Err(unusable(WRONG_STRETCH));
        }
        let text = form.of_records(&run, &chosen(&run, &index, from_us, to_us)).unwrap_or_default();
        return write_file(out, text.as_bytes());
    }
    let scene = draw(&run, &index, &options)?;
    let (theme, title) = (options.theme, run.scenario().name());
    let svg = || svg::write(&scene, &run, &index, theme, title, &run.scenario().to_json());
    let bytes = match form {
        Form::Tex => tex::write(&scene, theme, title).into_bytes(),
        Form::Typst => typst::write(&scene, theme, title).into_bytes(),
        Form::Pdf => pdf::write(&scene, theme, title, picture::FACES),
        Form::Png => {
            let usual = if options.preset.is_some() { PAPER_SCALE } else { SCALE_DEFAULT };
            picture::png(&svg(), options.scale.unwrap_or(usual))?
        }
        _ => svg().into_bytes(),
    };
    write_file(out, &bytes)
}

/// Lab, title and seed, as they stand under a figure.
fn caption(run: &Run) -> String {
    let scenario = run.scenario();
    let lab = scenario.lab.spec().title;
    let title = if scenario.title.is_empty() { String::new() } else { format!(" {}.", scenario.title) };
    format!("{lab}.{title} Seed {}.", scenario.seed)
}

fn draw(run: &Run, index: &Index, options: &Options) -> Result<Scene, Failure> {
    let usual_axis = if options.preset.is_some() { usual(run.scenario()).axis } else { Axis::Time };
    let axis = options.axis.unwrap_or(usual_axis);
    let mut view = match options.preset {
        Some(preset) => {
            let chosen = options.from_us.is_some() || options.to_us.is_some();
            let stretch = if chosen { Some(stretch(run, index, axis, options)?) } else { None };
            figure(run, index, axis, preset, stretch)
        }
        None => whole(run, index, axis, options)?,
    };
    if let Some(labels) = options.labels {
        view.labels = labels;
    }
    let caption = options.caption.then(|| caption(run));
    if let (Some(text), Some(Preset::Slide)) = (&caption, options.preset) {
        // A slide stays as high as it is.
        view.height -= caption_height(view.width, text);
    }
    let mut scene = lay_out(run, index, &view, &run.frame());
    if let Some(text) = caption {
        add_caption(&mut scene, &text);
    }
    Ok(scene)
}

/// Only what matters: the causal past of an event (`333`), what came of a request (`request 12`), what is about a key (`key x`).
fn only(run: &Run, what: &str) -> Result<Only, String> {
    let event = |text: &str| {
        let id = text.trim().parse::<u32>();
        let known = id.ok().filter(|&id| id < run.trace().len());
        known.ok_or_else(|| format!("there is no event {:?}; the run has {}", text.trim(), run.trace().len()))
    };
    match what.trim().split_once(' ') {
        Some(("request", id)) => Only::request(run, event(id)?),
        Some(("key", key)) => Only::key(run, key.trim()),
        None if what.trim().parse::<u32>().is_ok() => Ok(Only::past_of(run, &[event(what)?])),
        _ => Err(format!("expected an event's number, \"request ID\" or \"key K\", found {what:?}")),
    }
}

/// A stretch of a run, in units of the axis.
fn stretch(run: &Run, index: &Index, axis: Axis, options: &Options) -> Result<(f64, f64), Failure> {
    let until_us = run.scenario().until_us;
    let (from_us, to_us) = (options.from_us.unwrap_or(0), options.to_us.unwrap_or(until_us));
    if from_us >= to_us {
        return Err(unusable(WRONG_STRETCH));
    }
    let place = |us: u64| index.units_at(axis, run.trace(), us as f64);
    Ok(match axis {
        Axis::Time => (from_us as f64, to_us as f64),
        Axis::Story => (place(from_us), if to_us >= until_us { index.end(axis, to_us as f64) } else { place(to_us) }),
        Axis::Logical => {
            let step = |us: u64| match run.trace().count_until(us) {
                0 => 0.0,
                count => f64::from(index.step(count - 1)) * LOGICAL_STEP,
            };
            (step(from_us.saturating_sub(1)), step(to_us) + LOGICAL_STEP)
        }
    })
}

/// All of it, or the stretch that was asked for, as long as was asked for.
fn whole(run: &Run, index: &Index, axis: Axis, options: &Options) -> Result<View, Failure> {
    let (from, to) = stretch(run, index, axis, options)?;
    let margin = if axis == Axis::Logical { 0.0 } else { (to - from) * 0.02 };
    let left_out = index.only().map(Only::lanes_left_out).unwrap_or_default();
    let lanes = run.names().len() - left_out.len();
    let mut view = View::whole(options.width, lanes, from - margin, to + margin);
    if options.orientation == Orientation::Down {
        view = view.down(lanes);
    }
    (view.axis, view.folded, view.left_out) = (axis, axis == Axis::Story, left_out);
    (view.labels, view.lit) = (run.scenario().lab.spec().clocks, run.blamed());
    Ok(view)
}

fn read(mut args: lexopt::Parser) -> Result<Options, Failure> {
    let mut o = Options {
        name: None,
        out: None,
        from_us: None,
        to_us: None,
        labels: None,
        theme: Theme::Light,
        axis: None,
        orientation: Orientation::Right,
        width: WIDTH_DEFAULT,
        scale: None,
        preset: None,
        story_of: None,
        caption: false,
    };
    while let Some(arg) = args.next()? {
        match arg {
            Short('o') | Long("output") => o.out = Some(PathBuf::from(args.value()?)),
            Long("from-ms") => o.from_us = Some(millis(&args.value()?, "--from-ms")?),
            Long("to-ms") => o.to_us = Some(millis(&args.value()?, "--to-ms")?),
            Long("labels") => {
                let all = [Labels::None, Labels::Lamport, Labels::Vector, Labels::Both, Labels::Own];
                let words = ["none", "lamport", "vector", "both", "own"];
                o.labels = Some(one_of(&args.value()?, "--labels", &words, &all)?);
            }
            Long("theme") => {
                let all = [Theme::Light, Theme::Dark, Theme::Print];
                o.theme = one_of(&args.value()?, "--theme", &["light", "dark", "print"], &all)?;
            }
            Long("axis") => {
                let all = [Axis::Time, Axis::Logical, Axis::Story];
                o.axis = Some(one_of(&args.value()?, "--axis", &["time", "logical", "story"], &all)?);
            }
            Long("orientation") => {
                let all = [Orientation::Right, Orientation::Down];
                o.orientation = one_of(&args.value()?, "--orientation", &["right", "down"], &all)?;
            }
            Long("width") => o.width = number(&args.value()?, "--width", 200, 8000)?,
            Long("scale") => o.scale = Some(number(&args.value()?, "--scale", 1, 4)?),
            Long("preset") => {
                o.preset = Some(one_of(&args.value()?, "--preset", &Preset::ALL.map(Preset::name), &Preset::ALL)?);
            }
            Long("caption") => o.caption = true,
            Long("story-of") => o.story_of = Some(args.value()?.to_string_lossy().into_owned()),
            Value(value) if o.name.is_none() => o.name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(o)
}

fn number(value: &OsString, option: &str, min: u16, max: u16) -> Result<f32, Failure> {
    let text = value.to_string_lossy();
    match text.parse::<u16>() {
        Ok(n) if (min..=max).contains(&n) => Ok(f32::from(n)),
        _ => Err(unusable(format!("{option}: expected a whole number from {min} to {max}, found {text:?}"))),
    }
}
