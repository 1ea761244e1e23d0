//! `lightcone run`.

use crate::terminal::{Failure, millis, print, scenario, unusable, write_file};
use lexopt::prelude::*;
use lightcone_core::base::json::{JsonObject, list, quote};
use lightcone_core::engine::{Run, run};
use lightcone_core::trace::Kind;
use lightcone_core::views::export::history;
use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub(crate) fn command(mut args: lexopt::Parser) -> Result<(), Failure> {
    let (mut name, mut trace, mut history, mut table, mut until_us, mut settle) = (None, None, None, None, None, false);
    while let Some(arg) = args.next()? {
        match arg {
            Long("trace") => trace = Some(PathBuf::from(args.value()?)),
            Long("history") => history = Some(PathBuf::from(args.value()?)),
            Long("table") => table = Some(PathBuf::from(args.value()?)),
            Long("settle") => settle = true,
            Long("until-ms") => until_us = Some(millis(&args.value()?, "--until-ms")?),
            Value(value) if name.is_none() => name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let mut scenario = scenario(&name.ok_or_else(|| unusable("lightcone run needs a scenario"))?)?;
    scenario.until_us = until_us.unwrap_or(scenario.until_us);
    let mut run = run(scenario);
    if settle && !run.settle() {
        eprintln!("lightcone: something still moves 120 s after the last fault");
    }
    if let Some(path) = trace {
        write_trace(&run, &path).map_err(|e| unusable(format!("{}: {e}", path.display())))?;
    }
    if let Some(path) = history {
        write_file(&path, history::write(&run).as_bytes())?;
    }
    if let Some(path) = table {
        let what = || unusable(format!("--table: the lab {} has no table", run.scenario().lab.spec().id));
        write_file(&path, run.sheet().ok_or_else(what)?.csv().as_bytes())?;
    }
    print(&format!("{}\n", summary(&run)));
    let violations = run.violations();
    for v in &violations {
        eprintln!("{} violated at event {}: {}", v.rule, v.id, v.explain);
    }
    if violations.is_empty() { Ok(()) } else { Err(Failure::Violated) }
}

/// Writes every record on a line of its own.
pub(crate) fn write_trace(run: &Run, path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for id in 0..run.trace().len() {
        writeln!(file, "{}", run.line(id))?;
    }
    file.flush()
}

fn summary(run: &Run) -> String {
    let scenario = run.scenario();
    let trace = run.trace();
    let mut o = JsonObject::new();
    o.text("lab", scenario.lab.spec().id).raw("seed", &scenario.seed.to_string());
    o.int("until_us", scenario.until_us).int("events", trace.len());
    o.text("trace_hash", &format!("{:016x}", run.hash()));
    o.list(
        "violations",
        run.violations().iter().map(|v| {
            let mut o = JsonObject::new();
            o.int("id", v.id).text("rule", v.rule).text("explain", &v.explain);
            o.list("events", v.events.iter().map(u32::to_string)).end()
        }),
    );
    o.raw("metrics", &metrics(run));
    let replies = (0..trace.len()).filter(|&id| trace.record(id).kind == Kind::Reply);
    o.list("replies", replies.map(|id| reply(run, id)));
    o.raw("state", &state(run)).end()
}

fn metrics(run: &Run) -> String {
    let trace = run.trace();
    let count = |kind: Kind| trace.records.iter_from(0).filter(|r| r.kind == kind).count() as u64;
    let mut o = JsonObject::new();
    o.int("messages", trace.messages.len() as u64);
    for kind in [Kind::Send, Kind::Receive, Kind::Drop, Kind::Local, Kind::Deliver, Kind::Timeout, Kind::Refused] {
        o.int(kind.name(), count(kind));
    }
    for (name, value) in run.metrics() {
        o.int(name, value);
    }
    o.end()
}

fn reply(run: &Run, id: u32) -> String {
    let record = run.trace().record(id);
    let mut o = JsonObject::new();
    o.int("id", id).int("at_us", record.at_us).text("node", &run.names()[usize::from(record.node)]);
    o.raw("data", &run.data(id)).end()
}

fn state(run: &Run) -> String {
    let frame = run.frame();
    let mut o = JsonObject::new();
    for process in &frame.processes {
        let mut p = JsonObject::new();
        p.text("status", process.status.name());
        for field in &process.fields {
            p.text(&field.name, &field.value);
        }
        o.raw(&process.name, &p.end());
    }
    // Copies and frames that are sent again carry the same message.
    let in_flight: BTreeSet<u32> = frame.in_flight.iter().filter_map(|f| f.message).collect();
    o.raw("in_flight", &list(in_flight.iter().map(u32::to_string)));
    if let Some(groups) = &frame.network.groups {
        let sides = (0..=groups.iter().copied().max().unwrap_or(0)).map(|g| {
            let members = run.names().iter().zip(groups).filter(|(_, group)| **group == g);
            list(members.map(|(name, _)| quote(name)))
        });
        o.raw("partition", &list(sides));
    }
    o.end()
}
