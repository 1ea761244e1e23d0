//! What a search leaves behind: its report, and its state to go on from.

use crate::terminal::{Failure, unusable};
use lightcone_core::base::json::{Doc, InputError, JsonObject, quote};
use lightcone_core::engine::explore::{Coverage, Found, Search};
use lightcone_core::engine::shrink::{Size, Small};
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use std::path::{Path, PathBuf};

/// The value of `format` of a state.
const STATE: &str = "lightcone-search/1";
/// The value of `format` of a report.
const REPORT: &str = "lightcone-explore/1";

/// What a search came to, as a JSON object that is not closed yet.
pub(super) fn result(
    tried: u64,
    runs_per_s: f64,
    coverage: usize,
    found: Option<(&Found, Option<&Small>)>,
) -> JsonObject {
    let mut o = JsonObject::new();
    o.int("runs", tried).raw("runs_per_s", &format!("{runs_per_s:.0}")).int("coverage", coverage as u64);
    match found {
        None => drop(o.raw("violation", "null")),
        Some((found, small)) => {
            o.raw("violation", &violation(found));
            if let Some(small) = small {
                o.raw("shrunk", &shrunk(small));
            }
        }
    }
    o
}

fn violation(found: &Found) -> String {
    let mut v = JsonObject::new();
    v.int("run", found.number).raw("seed", &found.scenario.seed.to_string());
    v.text("rule", found.violation.rule).text("explain", &found.violation.explain).bool("settle", found.liveness);
    v.end()
}

/// What shrinking came to: sizes before and after, and what each pass did.
fn shrunk(small: &Small) -> String {
    let mut o = JsonObject::new();
    o.int("runs", small.runs).text("rule", small.violation.rule).text("explain", &small.violation.explain);
    o.int("record", small.violation.id).bool("settle", small.settle);
    o.raw("before", &size(small.before)).raw("after", &size(small.after));
    o.list(
        "passes",
        small.stages.iter().map(|stage| {
            let mut o = JsonObject::new();
            o.text("pass", stage.pass.says()).int("runs", stage.tried).int("kept", stage.kept);
            o.raw("size", &size(stage.size)).end()
        }),
    );
    o.end()
}

fn size(size: Size) -> String {
    let mut o = JsonObject::new();
    o.int("acts", size.acts as u64).int("processes", size.processes as u64).int("events", size.events).end()
}

fn features(coverage: &Coverage) -> impl Iterator<Item = String> {
    coverage.features().map(|feature| quote(&format!("{feature:016x}")))
}

fn read_features(doc: &Doc<'_>) -> Result<Coverage, InputError> {
    let one = |doc: Doc<'_>| {
        let text = doc.string()?;
        u64::from_str_radix(&text, 16).or_else(|_| doc.error("expected up to 16 hex digits"))
    };
    doc.list()?.into_iter().map(one).collect()
}

/// The report that machines read: the result, with the scenario that was searched, the bad one, and all that was seen.
pub(super) fn report(mut result: JsonObject, base: &Scenario, coverage: &Coverage, bad: Option<&Scenario>) -> String {
    result.text("format", REPORT).raw("scenario", &base.to_json_line());
    result.raw("bad", &bad.map_or("null".to_string(), Scenario::to_json_line));
    format!("{}\n", result.list("features", features(coverage)).end())
}

/// The state of a search, to go on from.
pub(super) fn state(search: &Search, base: &Scenario, shard: (u64, u64), tried: u64) -> String {
    let mut o = JsonObject::new();
    o.text("format", STATE).raw("scenario", &base.to_json_line());
    o.list("shard", [shard.0.to_string(), shard.1.to_string()]);
    o.raw("next", &search.next().to_string()).raw("tried", &tried.to_string());
    o.list("features", features(search.coverage())).list("kept", search.kept().iter().map(Scenario::to_json_line));
    format!("{}\n", o.end())
}

/// Reads a state for the same search.
pub(super) fn resume(path: &Path, base: &Scenario, shard: (u64, u64)) -> Result<(Search, u64), Failure> {
    let wrong = |e: &dyn std::fmt::Display| unusable(format!("{}: {e}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
    read_state(&text, base, shard).map_err(|e| wrong(&e))
}

fn read_state(text: &str, base: &Scenario, shard: (u64, u64)) -> Result<(Search, u64), InputError> {
    let doc = Doc::parse(text)?;
    let mut object = doc.object()?;
    let format = object.need("format")?;
    if format.string()? != STATE {
        return format.error(format!("this program reads the format {}", quote(STATE)));
    }
    let scenario = object.need("scenario")?;
    if labs::parse(scenario.payload()?.json())? != *base {
        return scenario.error("this is the state of a search through another scenario");
    }
    let of = object.need("shard")?;
    let numbers = of.list()?.iter().map(|n| n.int(1, u64::MAX)).collect::<Result<Vec<u64>, InputError>>()?;
    if numbers != [shard.0, shard.1] {
        return of.error("this is the state of another shard");
    }
    let (next, tried) = (object.need("next")?.int(0, u64::MAX / 2)?, object.need("tried")?.int(0, u64::MAX / 2)?);
    let seen = read_features(&object.need("features")?)?;
    let kept = object.need("kept")?.list()?;
    let kept = kept.iter().map(|doc| labs::parse(doc.payload()?.json())).collect::<Result<Vec<_>, InputError>>()?;
    object.finish()?;
    Ok((Search::at(base.clone(), next, seen, kept), tried))
}

/// One report of several: runs add up, what was seen is put together, and the first bad run is the one that counts.
pub(super) fn merge(paths: &[PathBuf]) -> Result<(String, bool), Failure> {
    let (mut runs, mut seen) = (0_u64, Coverage::default());
    let mut first: Option<(u64, String, String, String)> = None;
    let mut searched: Option<String> = None;
    for path in paths {
        let wrong = |e: &dyn std::fmt::Display| unusable(format!("{}: {e}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
        let part = read_report(&text).map_err(|e| wrong(&e))?;
        runs = runs.saturating_add(part.runs);
        seen.add(&part.seen);
        if searched.as_ref().is_some_and(|s| *s != part.scenario) {
            return Err(wrong(&"this is the report of a search through another scenario"));
        }
        searched = Some(part.scenario);
        if let Some(bad) = part.bad
            && first.as_ref().is_none_or(|f| bad.0 < f.0)
        {
            first = Some(bad);
        }
    }
    let mut o = JsonObject::new();
    o.raw("runs", &runs.to_string()).int("coverage", seen.len() as u64);
    let found = first.is_some();
    let (violation, shrunk, bad) = first.map_or(("null".into(), "null".into(), "null".into()), |f| (f.1, f.2, f.3));
    o.raw("violation", &violation);
    if shrunk != "null" {
        o.raw("shrunk", &shrunk);
    }
    o.text("format", REPORT).raw("scenario", &searched.unwrap_or("null".into())).raw("bad", &bad);
    Ok((format!("{}\n", o.list("features", features(&seen)).end()), found))
}

struct Part {
    runs: u64,
    seen: Coverage,
    scenario: String,
    /// Number of the bad run, its violation, what shrinking came to, and its scenario.
    bad: Option<(u64, String, String, String)>,
}

fn read_report(text: &str) -> Result<Part, InputError> {
    let doc = Doc::parse(text)?;
    let mut object = doc.object()?;
    let format = object.need("format")?;
    if format.string()? != REPORT {
        return format.error(format!("this program reads the format {}", quote(REPORT)));
    }
    let runs = object.need("runs")?.int(0, u64::MAX / 2)?;
    let seen = read_features(&object.need("features")?)?;
    let scenario = labs::parse(object.need("scenario")?.payload()?.json())?.to_json_line();
    let violation = object.need("violation")?;
    let text = |doc: Option<Doc<'_>>| match doc {
        Some(doc) => doc.payload().map(|p| p.json().to_string()),
        None => Ok("null".to_string()),
    };
    let (shrunk, scenario_of_bad) = (text(object.take("shrunk"))?, object.need("bad")?);
    let bad = if violation.is_null() {
        None
    } else {
        let run = violation.object()?.need("run")?.int(0, u64::MAX)?;
        Some((run, text(Some(violation))?, shrunk, labs::parse(scenario_of_bad.payload()?.json())?.to_json_line()))
    };
    Ok(Part { runs, seen, scenario, bad })
}
