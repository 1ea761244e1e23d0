//! `lightcone import`.

use crate::terminal::{Failure, print, text, unusable};
use lexopt::prelude::*;
use lightcone_core::base::json::JsonObject;
use lightcone_core::imports::{Execution, Expression, Log, Regex, Remark, read};

/// Most remarks of one sort about one execution: who has a thousand has one reason for them.
const REMARKS_MAX: usize = 20;

struct Options {
    name: Option<String>,
    parser: Option<String>,
    delimiter: Option<String>,
}

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
    let lines: Vec<String> = log.executions.iter().map(line).collect();
    print(&(lines.join("\n") + "\n"));
    Ok(())
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
    let mut o = Options { name: None, parser: None, delimiter: None };
    while let Some(arg) = args.next()? {
        match arg {
            Long("parser") => o.parser = Some(args.value()?.to_string_lossy().into_owned()),
            Long("delimiter") => o.delimiter = Some(args.value()?.to_string_lossy().into_owned()),
            Value(value) if o.name.is_none() => o.name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(o)
}
