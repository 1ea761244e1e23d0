//! `lightcone render`.

use crate::picture;
use crate::terminal::{Failure, millis, scenario, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::engine::{Run, run};
use lightcone_core::tables::Labels;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Axis, Index, LOGICAL_STEP, Orientation, View, lay_out, svg};
use std::ffi::OsString;
use std::path::PathBuf;

/// Width of a picture when nobody says, in pixels.
const WIDTH_DEFAULT: f32 = 1200.0;

struct Options {
    name: Option<String>,
    out: Option<PathBuf>,
    from_us: Option<u64>,
    to_us: Option<u64>,
    /// The lab's own choice where none was made.
    labels: Option<Labels>,
    theme: Theme,
    axis: Axis,
    orientation: Orientation,
    /// Length along the time.
    width: f32,
    scale: f32,
}

pub(crate) fn command(args: lexopt::Parser) -> Result<(), Failure> {
    let options = read(args)?;
    let name = options.name.as_deref().ok_or_else(|| unusable("lightcone render needs a scenario"))?;
    let out = options.out.as_deref().ok_or_else(|| unusable("lightcone render needs -o FILE"))?;
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if !["svg", "png", "jsonl"].contains(&ending.as_str()) {
        return Err(unusable(format!("{}: the ending must be .svg, .png or .jsonl", out.display())));
    }
    let scenario = scenario(name)?;
    let run = run(scenario);
    if ending == "jsonl" {
        let (from, to) = (options.from_us.unwrap_or(0), options.to_us.unwrap_or(u64::MAX));
        let ids = run.trace().first_at(from)..run.trace().count_until(to);
        let lines: Vec<String> = ids.map(|id| run.line(id) + "\n").collect();
        return write_file(out, lines.concat().as_bytes());
    }
    let picture = draw(&run, &options)?;
    match ending.as_str() {
        "svg" => write_file(out, picture.as_bytes()),
        _ => write_file(out, &picture::png(&picture, options.scale)?),
    }
}

fn draw(run: &Run, options: &Options) -> Result<String, Failure> {
    let mut index = Index::default();
    index.update(run);
    let until_us = run.scenario().until_us;
    let (from_us, to_us) = (options.from_us.unwrap_or(0), options.to_us.unwrap_or(until_us));
    if from_us >= to_us {
        return Err(unusable("--from-ms must be before --to-ms"));
    }
    let margin = (to_us - from_us) as f64 * 0.02;
    let (from, to) = match options.axis {
        Axis::Time => (from_us as f64 - margin, to_us as f64 + margin),
        Axis::Story => {
            let place = |us: u64| index.units_at(Axis::Story, run.trace(), us as f64);
            let end = if to_us >= until_us { index.end(Axis::Story, to_us as f64) } else { place(to_us) };
            let margin = (end - place(from_us)) * 0.02;
            (place(from_us) - margin, end + margin)
        }
        Axis::Logical => {
            let step = |us: u64| match run.trace().count_until(us) {
                0 => 0.0,
                count => f64::from(index.step(count - 1)) * LOGICAL_STEP,
            };
            (step(from_us.saturating_sub(1)), step(to_us) + LOGICAL_STEP)
        }
    };
    let mut view = View::whole(options.width, run.names().len(), from, to);
    if options.orientation == Orientation::Down {
        view = view.down(run.names().len());
    }
    view.labels = options.labels.unwrap_or(run.scenario().lab.spec().clocks);
    view.axis = options.axis;
    view.folded = options.axis == Axis::Story;
    view.lit = run.violations().iter().flat_map(|v| v.events.clone()).collect();
    let scene = lay_out(run, &index, &view, &run.frame());
    let title = &run.scenario().title;
    let title = if title.is_empty() { run.scenario().lab.spec().title } else { title };
    Ok(svg::write(&scene, run, &index, options.theme, title, &run.scenario().to_json()))
}

fn read(mut args: lexopt::Parser) -> Result<Options, Failure> {
    let mut o = Options {
        name: None,
        out: None,
        from_us: None,
        to_us: None,
        labels: None,
        theme: Theme::Light,
        axis: Axis::Time,
        orientation: Orientation::Right,
        width: WIDTH_DEFAULT,
        scale: 2.0,
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
                o.axis = one_of(
                    &args.value()?,
                    "--axis",
                    &["time", "logical", "story"],
                    &[Axis::Time, Axis::Logical, Axis::Story],
                )?;
            }
            Long("orientation") => {
                let all = [Orientation::Right, Orientation::Down];
                o.orientation = one_of(&args.value()?, "--orientation", &["right", "down"], &all)?;
            }
            Long("width") => o.width = number(&args.value()?, "--width", 200, 8000)?,
            Long("scale") => o.scale = number(&args.value()?, "--scale", 1, 4)?,
            Value(value) if o.name.is_none() => o.name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(o)
}

fn one_of<T: Copy>(value: &OsString, option: &str, words: &[&str], values: &[T]) -> Result<T, Failure> {
    let text = value.to_string_lossy();
    match words.iter().position(|w| *w == text) {
        Some(i) => Ok(values[i]),
        None => Err(unusable(format!("{option}: expected one of {}, found {text:?}", words.join(", ")))),
    }
}

fn number(value: &OsString, option: &str, min: u16, max: u16) -> Result<f32, Failure> {
    let text = value.to_string_lossy();
    match text.parse::<u16>() {
        Ok(n) if (min..=max).contains(&n) => Ok(f32::from(n)),
        _ => Err(unusable(format!("{option}: expected a whole number from {min} to {max}, found {text:?}"))),
    }
}
