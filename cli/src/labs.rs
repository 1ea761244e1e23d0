//! `lightcone labs`.

use crate::terminal::{Failure, print};
use lexopt::prelude::*;
use lightcone_core::labs::LABS;
use lightcone_core::tables::{LabSpec, Param, listing};
use std::fmt::Write;

pub(crate) fn command(mut args: lexopt::Parser) -> Result<(), Failure> {
    let mut json = false;
    while let Some(arg) = args.next()? {
        match arg {
            Long("json") => json = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if json {
        print(&format!("{}\n", listing(LABS.iter().map(|lab| lab.spec()))));
        return Ok(());
    }
    let mut text = String::new();
    for lab in LABS {
        describe(lab.spec(), &mut text);
    }
    print(&text);
    Ok(())
}

fn describe(spec: &LabSpec, text: &mut String) {
    let _ = writeln!(text, "{} – {}\n  {}\n", spec.id, spec.title, spec.says);
    for p in spec.setup {
        let _ = writeln!(text, "  setup {:<22} {}", argument(p), p.says);
    }
    for o in spec.operations {
        let args: Vec<String> = o.args.iter().map(argument).collect();
        let _ = writeln!(text, "  op    {:<22} {}", format!("{} {}", o.name, args.join(" ")), o.says);
    }
    for form in spec.http {
        let _ = writeln!(text, "  http  {:<22} {}", form.operation, form.usage());
    }
    for r in spec.rules {
        let _ = writeln!(text, "  rule  {:<22} {} ({}, {})", r.name, r.says, r.sort.name(), r.source);
    }
    for s in spec.switches {
        let _ =
            writeln!(text, "  break {:<22} {} (offends {}; see {}/{})", s.name, s.says, s.rule, spec.id, s.scenario);
    }
    for b in spec.scenarios {
        let _ = writeln!(text, "  scenario {:<19} {}", format!("{}/{}", spec.id, b.id), b.watch);
    }
    text.push('\n');
}

fn argument(p: &Param) -> String {
    match p.default {
        Some(default) => format!("{}={default}", p.name),
        None => p.name.to_string(),
    }
}
