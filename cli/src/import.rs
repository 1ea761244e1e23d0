//! `lightcone import`.

use crate::picture;
use crate::terminal::{Failure, one_of, print, text, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::base::json::JsonObject;
use lightcone_core::imports::{Execution, Expression, Log, Regex, Remark, read};
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{lay_out_log, svg};
use lightcone_core::views::export::Form;
use lightcone_core::views::export::picture::{pdf, tex, typst};
use std::path::{Path, PathBuf};

/// The forms in which a log is drawn.
const PICTURES: [Form; 5] = [Form::Svg, Form::Png, Form::Pdf, Form::Tex, Form::Typst];
/// Most remarks of one sort about one execution: who has a thousand has one reason for them.
const REMARKS_MAX: usize = 20;

struct Options {
    name: Option<String>,
    parser: Option<String>,
    delimiter: Option<String>,
    out: Option<PathBuf>,
    /// Which execution is drawn, counted from 1.
    execution: usize,
    theme: Theme,
}

/// Pixels of a PNG for each unit of a picture.
const SCALE: f32 = 2.0;

pub(crate) fn command(args: lexopt::Parser) -> Result<(), Failure> {
    let options = options(args)?;
    let name = options.name.as_deref().ok_or_else(|| unusable("lightcone import needs a log"))?;
    let log = log(name, &options)?;
    if log.executions.iter().all(|execution| execution.events.is_empty()) {
        let first = log.executions.iter().find_map(|execution| execution.impossible.first());
        let why =
            first.map_or_else(|| "the expression matches nothing".into(), |r| format!("line {}: {}", r.line, r.what));
        return Err(unusable(format!("{name}: this log has no events: {why}")));
    }
    if let Some((line, count)) = log.left_over {
        eprintln!("lightcone: {name}: line {line}: {} no event", belong(count));
    }
    for (n, execution) in log.executions.iter().enumerate() {
        tell(name, n + 1, log.executions.len(), execution);
    }
    if let Some(out) = &options.out {
        let count = log.executions.len();
        let chosen = log.executions.get(options.execution - 1).ok_or_else(|| {
            unusable(format!("--execution: {name} has {count} executions, and {} was asked for", options.execution))
        })?;
        draw(chosen, name, out, options.theme)?;
    }
    let lines: Vec<String> = log.executions.iter().map(line).collect();
    print(&(lines.join("\n") + "\n"));
    Ok(())
}

/// Draws an execution; the form follows the ending.
fn draw(execution: &Execution, name: &str, out: &Path, theme: Theme) -> Result<(), Failure> {
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let form = Form::of_ending(&ending).filter(|form| PICTURES.contains(form)).ok_or_else(|| {
        let endings: Vec<String> = PICTURES.iter().map(|form| format!(".{}", form.ending())).collect();
        unusable(format!("{}: the ending must be one of {}", out.display(), endings.join(" ")))
    })?;
    let title = match execution.label.as_str() {
        "" => Path::new(name).file_name().map_or(name.into(), |name| name.to_string_lossy().into_owned()),
        label => label.to_string(),
    };
    let scene = lay_out_log(execution);
    let svg = || svg::write_log(&scene, execution, theme, &title);
    let bytes = match form {
        Form::Tex => tex::write(&scene, theme, &title).into_bytes(),
        Form::Typst => typst::write(&scene, theme, &title).into_bytes(),
        Form::Pdf => pdf::write(&scene, theme, &title, picture::FACES),
        Form::Png => picture::png(&svg(), SCALE)?,
        _ => svg().into_bytes(),
    };
    write_file(out, &bytes)
}

fn belong(count: usize) -> String {
    if count == 1 { "this line belongs to".into() } else { format!("this and {} more lines belong to", count - 1) }
}

/// Reads the log, with the expression that was given, the one in its first lines, or one that fits.
fn log(name: &str, options: &Options) -> Result<Log, Failure> {
    let text = text(name)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n");
    let regex = |what: &str, source: &str| Regex::new(source).map_err(|e| unusable(format!("{what}: {e}")));
    let mut delimiter = options.delimiter.as_deref().map(|source| regex("--delimiter", source)).transpose()?;
    if let Some(source) = &options.parser {
        let expression = Expression::new(source).map_err(|e| unusable(format!("--parser: {e}")))?;
        return Ok(read(&text, 1, &expression, delimiter.as_ref()));
    }
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    if Expression::is_one(first) {
        let expression = Expression::new(first.trim()).map_err(|e| unusable(format!("{name}: line 1: {e}")))?;
        let (second, rest) = rest.split_once('\n').unwrap_or((rest, ""));
        if delimiter.is_none() && !second.trim().is_empty() {
            delimiter = Some(regex(&format!("{name}: line 2"), second.trim())?);
        }
        return Ok(read(rest, 3, &expression, delimiter.as_ref()));
    }
    let expression = Expression::guess(&text).map_err(|e| unusable(format!("{name}: {e}")))?;
    Ok(read(&text, 1, &expression, delimiter.as_ref()))
}

fn line(execution: &Execution) -> String {
    let pairs = execution.pairs();
    let mut o = JsonObject::new();
    o.int("hosts", execution.hosts.len() as u64).int("events", execution.events.len() as u64);
    o.int("happens_before_pairs", pairs.happens_before).int("concurrent_pairs", pairs.concurrent);
    o.end()
}

/// Says what is missing in an execution and what cannot be.
fn tell(name: &str, number: usize, of: usize, execution: &Execution) {
    let which = match (of, execution.label.as_str()) {
        (1, _) => String::new(),
        (_, "") => format!("execution {number}: "),
        (_, label) => format!("execution {number} ({label}): "),
    };
    let tell = |remarks: &[Remark]| {
        for remark in remarks.iter().take(REMARKS_MAX) {
            eprintln!("lightcone: {name}: {which}line {}: {}", remark.line, remark.what);
        }
        if let Some(more) = remarks.len().checked_sub(REMARKS_MAX).filter(|more| *more > 0) {
            eprintln!("lightcone: {name}: {which}and {more} more like these");
        }
    };
    tell(&execution.gaps);
    tell(&execution.impossible);
}

fn options(mut args: lexopt::Parser) -> Result<Options, Failure> {
    let (out, theme) = (None, Theme::Light);
    let mut o = Options { name: None, parser: None, delimiter: None, out, execution: 1, theme };
    while let Some(arg) = args.next()? {
        match arg {
            Long("parser") => o.parser = Some(args.value()?.to_string_lossy().into_owned()),
            Long("delimiter") => o.delimiter = Some(args.value()?.to_string_lossy().into_owned()),
            Short('o') | Long("output") => o.out = Some(PathBuf::from(args.value()?)),
            Long("execution") => o.execution = execution(&args.value()?.to_string_lossy())?,
            Long("theme") => {
                let all = [Theme::Light, Theme::Dark, Theme::Print];
                o.theme = one_of(&args.value()?, "--theme", &["light", "dark", "print"], &all)?;
            }
            Value(value) if o.name.is_none() => o.name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(o)
}

fn execution(text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(unusable(format!("--execution: expected a whole number from 1 on, found {text:?}"))),
    }
}
