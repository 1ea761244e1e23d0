//! Long pieces of work: what they are, told as JSON between the page and its helper in the background.
//!
//! The helper is the page's own program, started once more where there is no window. It is loaded when the first piece
//! of work begins and ended with the last word of it, or when the person stops it.

use lightcone_core::base::json::{Doc, InputError, JsonObject};
use lightcone_core::engine::Run;
use lightcone_core::engine::explore::{Found, attempt};
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;

/// Most runs of one search.
const RUNS_MAX: u64 = 10_000_000;
/// Records between two words about how far it is.
const RECORDS_A_WORD: u32 = 2_000;

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Job {
    /// Look for a run that breaks a rule.
    Explore {
        /// What to vary.
        scenario: Scenario,
        /// How many runs to try.
        runs: u64,
    },
    /// Write the trace of a run as JSON lines.
    Trace {
        /// The run.
        scenario: Scenario,
        /// So many records of it.
        records: u32,
    },
}

/// What is told of a piece of work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// So much of so much is done.
    Progress(u64, u64),
    /// A run that breaks a rule: its scenario, the rule, why, its number, and whether only settling shows it.
    Found {
        /// The scenario.
        scenario: String,
        /// The rule.
        rule: String,
        /// The sentence.
        explain: String,
        /// How many runs it took.
        tried: u64,
        /// Whether only settling shows it.
        settle: bool,
    },
    /// None of so many runs breaks a rule.
    Nothing(u64),
    /// The text asked for.
    Text(String),
    /// It could not be done.
    Error(String),
}

impl Job {
    /// What it is, for people.
    pub(crate) fn says(&self) -> &'static str {
        match self {
            Job::Explore { .. } => "Looking for a run that breaks a rule",
            Job::Trace { .. } => "Writing the trace",
        }
    }

    /// The form that [`Job::read`] reads.
    pub(crate) fn json(&self) -> String {
        let mut o = JsonObject::new();
        match self {
            Job::Explore { scenario, runs } => {
                o.text("job", "explore").text("scenario", &scenario.to_json_line()).int("runs", *runs)
            }
            Job::Trace { scenario, records } => {
                o.text("job", "trace").text("scenario", &scenario.to_json_line()).int("records", *records)
            }
        };
        o.end()
    }

    fn read(text: &str) -> Result<Job, InputError> {
        let doc = Doc::parse(text)?;
        let mut object = doc.object()?;
        let kind = object.need("job")?;
        let scenario = labs::parse(&object.need("scenario")?.string()?)?;
        match kind.string()?.as_str() {
            "explore" => Ok(Job::Explore { scenario, runs: object.need("runs")?.int(1, RUNS_MAX)? }),
            "trace" => {
                Ok(Job::Trace { scenario, records: object.need("records")?.int(0, u64::from(u32::MAX))? as u32 })
            }
            _ => kind.error("there is no such work"),
        }
    }

    fn carry_out(&self, tell: &mut dyn FnMut(Word)) -> Word {
        match self {
            Job::Explore { scenario, runs } => explore(scenario, *runs, tell),
            Job::Trace { scenario, records } => trace(scenario, *records, tell),
        }
    }
}

/// Carries a piece of work out, telling of it; the last word is the answer.
pub(crate) fn carry_out(job: &str, mut tell: impl FnMut(Word)) {
    let answer = match Job::read(job) {
        Ok(job) => job.carry_out(&mut tell),
        Err(e) => Word::Error(e.to_string()),
    };
    tell(answer);
}

fn explore(scenario: &Scenario, runs: u64, tell: &mut dyn FnMut(Word)) -> Word {
    for number in 0..runs {
        if let Some(Found { scenario, violation, liveness, .. }) = attempt(scenario, number) {
            let (rule, explain) = (violation.rule.to_string(), violation.explain);
            return Word::Found { scenario: scenario.to_json(), rule, explain, tried: number + 1, settle: liveness };
        }
        tell(Word::Progress(number + 1, runs));
    }
    Word::Nothing(runs)
}

fn trace(scenario: &Scenario, records: u32, tell: &mut dyn FnMut(Word)) -> Word {
    let mut run = Run::new(scenario.clone());
    run.seek(records);
    let records = records.min(run.trace().len());
    let mut text = String::new();
    for id in 0..records {
        text += &run.line(id);
        text.push('\n');
        if id.is_multiple_of(RECORDS_A_WORD) {
            tell(Word::Progress(u64::from(id), u64::from(records)));
        }
    }
    Word::Text(text)
}

impl Word {
    /// Whether it is the last one.
    pub(crate) fn is_answer(&self) -> bool {
        !matches!(self, Word::Progress(..))
    }

    /// The form that [`Word::read`] reads.
    pub(crate) fn json(&self) -> String {
        let mut o = JsonObject::new();
        match self {
            Word::Progress(done, of) => o.int("done", *done).int("of", *of),
            Word::Found { scenario, rule, explain, tried, settle } => {
                o.text("scenario", scenario).text("rule", rule).text("explain", explain);
                o.int("tried", *tried).bool("settle", *settle)
            }
            Word::Nothing(runs) => o.int("nothing", *runs),
            Word::Text(text) => o.text("text", text),
            Word::Error(what) => o.text("error", what),
        };
        o.end()
    }

    /// Reads what was told; what cannot be read is an error of its own.
    pub(crate) fn read(text: &str) -> Word {
        read_word(text).unwrap_or_else(|e| Word::Error(e.to_string()))
    }
}

fn read_word(text: &str) -> Result<Word, InputError> {
    let doc = Doc::parse(text)?;
    let mut o = doc.object()?;
    if let Some(done) = o.take("done") {
        return Ok(Word::Progress(done.int(0, u64::MAX)?, o.need("of")?.int(0, u64::MAX)?));
    }
    if let Some(runs) = o.take("nothing") {
        return Ok(Word::Nothing(runs.int(0, u64::MAX)?));
    }
    if let Some(text) = o.take("text") {
        return Ok(Word::Text(text.string()?));
    }
    if let Some(scenario) = o.take("scenario") {
        return Ok(Word::Found {
            scenario: scenario.string()?,
            rule: o.need("rule")?.string()?,
            explain: o.need("explain")?.string()?,
            tried: o.need("tried")?.int(0, u64::MAX)?,
            settle: o.need("settle")?.bool()?,
        });
    }
    Ok(Word::Error(o.need("error")?.string()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lightcone_core::labs::LABS;

    fn answer(job: &Job) -> (Vec<Word>, Word) {
        let mut words = Vec::new();
        // Through their written forms, as between the page and its helper.
        carry_out(&job.json(), |word| words.push(Word::read(&word.json())));
        let last = words.pop().expect("there is an answer");
        assert!(last.is_answer() && !words.iter().any(Word::is_answer));
        (words, last)
    }

    #[test]
    fn a_search_finds_the_same_run_as_the_command_line_and_it_is_broken() {
        let mut scenario = Scenario::empty(LABS[0]);
        scenario.setup.broken.push(LABS[0].spec().switches[0].name);
        let (words, Word::Found { scenario: text, rule, tried, .. }) = answer(&Job::Explore { scenario, runs: 500 })
        else {
            panic!("a broken lab is caught")
        };
        assert_eq!(words.len() as u64, tried - 1);
        let run = lightcone_core::engine::run(labs::parse(&text).expect("a scenario"));
        assert_eq!(run.violations()[0].rule, rule);
    }

    #[test]
    fn a_sound_lab_gives_nothing_and_says_how_far_it_is() {
        let (words, last) = answer(&Job::Explore { scenario: Scenario::empty(LABS[0]), runs: 5 });
        assert_eq!(last, Word::Nothing(5));
        assert_eq!(words, (1..=5).map(|n| Word::Progress(n, 5)).collect::<Vec<_>>());
    }

    #[test]
    fn a_trace_is_the_one_that_the_page_would_write() {
        let scenario = labs::parse(&LABS[0].spec().scenarios[0].json()).expect("a scenario");
        let run = lightcone_core::engine::run(scenario.clone());
        let all: String = (0..run.trace().len()).map(|id| run.line(id) + "\n").collect();
        let (_, last) = answer(&Job::Trace { scenario, records: run.trace().len() });
        assert_eq!(last, Word::Text(all));
    }

    #[test]
    fn nonsense_is_an_error() {
        let mut last = None;
        carry_out("{\"job\":\"dance\"}", |word| last = Some(word));
        assert!(matches!(last, Some(Word::Error(_))));
        assert!(matches!(Word::read("{}"), Word::Error(_)));
    }
}
