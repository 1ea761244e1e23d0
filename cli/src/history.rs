//! `lightcone history`.

use crate::terminal::{Failure, one_of, print, text, unusable};
use lexopt::prelude::*;
use lightcone_core::histories::{Consistency, Limits, Model, STATES_DEFAULT, Verdict, judge, read, report};

/// Most states that one may ask for: the number of an entry has 32 bits.
const STATES_MAX: usize = 1_000_000_000;

pub(crate) fn command(mut args: lexopt::Parser) -> Result<(), Failure> {
    let (mut name, mut model, mut consistency, mut limits) =
        (None, None, Consistency::Linearizable, Limits { states: STATES_DEFAULT });
    while let Some(arg) = args.next()? {
        match arg {
            Long("model") => {
                model = Some(one_of(&args.value()?, "--model", &Model::ALL.map(Model::name), &Model::ALL)?);
            }
            Long("consistency") => {
                let names = Consistency::ALL.map(Consistency::name);
                consistency = one_of(&args.value()?, "--consistency", &names, &Consistency::ALL)?;
            }
            Long("states") => limits.states = states(&args.value()?.to_string_lossy())?,
            Value(value) if name.is_none() => name = Some(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let name = name.ok_or_else(|| unusable("lightcone history needs a file"))?;
    let model = model.ok_or_else(|| {
        unusable(format!("lightcone history needs --model, one of {}", Model::ALL.map(Model::name).join(", ")))
    })?;
    if consistency == Consistency::Causal && model == Model::Lock {
        return Err(unusable(
            "--consistency: causal consistency is about reads and writes, and the model lock has none",
        ));
    }
    let history = read(&text(&name)?, model).map_err(|e| unusable(format!("{name}: {e}")))?;
    for note in &history.notes {
        eprintln!("lightcone: {name}: {note}");
    }
    let judgement =
        judge(&history, model, consistency, limits).map_err(|e| unusable(format!("{name}: --consistency: {e}")))?;
    print(&report(&history, &judgement));
    match judgement.verdict {
        Verdict::Yes => Ok(()),
        Verdict::No => Err(Failure::Violated),
        Verdict::Unknown => Err(unusable(format!(
            "{name}: after {} states neither an order nor its absence was found; --states N allows more",
            limits.states
        ))),
    }
}

fn states(text: &str) -> Result<usize, Failure> {
    match text.parse() {
        Ok(n) if (1..=STATES_MAX).contains(&n) => Ok(n),
        _ => Err(unusable(format!("--states: expected a whole number from 1 to {STATES_MAX}, found {text:?}"))),
    }
}
