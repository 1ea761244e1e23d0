//! `cargo xtask test`: every check, in stages.

use crate::count::{self, Count};
use crate::process::{Failure, cargo, run as run_command, run_lines};
use crate::{browser, dist, node, tools};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// The variable that scales the number of random cases, in percent.
const CASES: &str = "LIGHTCONE_CASES";

/// The variable that names the folder of public data with known answers.
const DATA: &str = "LIGHTCONE_DATA";

/// That folder: tests that read it are ignored where there is none.
fn data(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os(DATA).map(PathBuf::from);
    named.or_else(|| Some(root.parent()?.join("shared/data"))).filter(|folder| folder.is_dir())
}

/// Chores are checked apart from the running program's folder: on Windows that is locked.
const OWN_TARGET: &str = "target/xtask-check";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Fmt,
    Clippy,
    Style,
    Core,
    Cli,
    Tools,
    Wasm,
    Browser,
}

const STAGES: [(Stage, &str); 8] = [
    (Stage::Fmt, "fmt"),
    (Stage::Clippy, "clippy"),
    (Stage::Style, "style"),
    (Stage::Core, "core"),
    (Stage::Cli, "cli"),
    (Stage::Tools, "tools"),
    (Stage::Wasm, "wasm"),
    (Stage::Browser, "browser"),
];

impl Stage {
    fn name(self) -> &'static str {
        STAGES.iter().find(|(stage, _)| *stage == self).map_or("", |(_, name)| name)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Options {
    stages: Vec<Stage>,
    cases: Option<&'static str>,
    without_browser: bool,
    playwright: Vec<String>,
}

fn parse(args: &[String]) -> Result<Options, String> {
    let mut options = Options { stages: Vec::new(), cases: None, without_browser: false, playwright: Vec::new() };
    let mut args = args.iter();
    let mut quick = false;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => quick = true,
            "--full" => options.cases = Some("1000"),
            "--without-browser" => options.without_browser = true,
            "--" => options.playwright = args.by_ref().cloned().collect(),
            name => match STAGES.iter().find(|(_, known)| *known == name) {
                Some((stage, _)) => options.stages.push(*stage),
                None => return Err(format!("test does not know `{name}`")),
            },
        }
    }
    if quick && options.cases.is_some() {
        return Err("--quick and --full exclude each other".into());
    }
    if quick {
        options.cases = Some("20");
    }
    if options.stages.is_empty() {
        let all = STAGES.iter().map(|(stage, _)| *stage);
        let slow = [Stage::Tools, Stage::Wasm, Stage::Browser];
        options.stages = all.filter(|stage| !(quick && slow.contains(stage))).collect();
    }
    Ok(options)
}

/// What a stage came to.
struct Done {
    stage: Stage,
    count: Count,
    error: Option<String>,
    time: Duration,
}

struct Suite<'a> {
    root: &'a Path,
    options: &'a Options,
    /// Whether this run has built the page: None before it tried.
    page: Option<bool>,
}

/// Runs the command.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<ExitCode, Failure> {
    let options = parse(args).map_err(Failure::Usage)?;
    let mut suite = Suite { root, options: &options, page: None };
    let mut all = Vec::new();
    for stage in &options.stages {
        println!("\n== {} ==", stage.name());
        let start = Instant::now();
        let mut count = Count::default();
        let error = suite.stage(*stage, &mut count).err();
        if let Some(text) = &error {
            println!("{}: {text}", stage.name());
            // A stage can fail without any test having failed, when nothing compiles for example.
            count.failed = count.failed.max(1);
        }
        all.push(Done { stage: *stage, count, error, time: start.elapsed() });
    }
    Ok(summary(root, &all, &options))
}

/// Prints the table of stages and, last, the count.
fn summary(root: &Path, all: &[Done], options: &Options) -> ExitCode {
    println!("\n{:<8} {:>7}", "stage", "minutes");
    let mut total = Count::default();
    for done in all {
        let minutes = done.time.as_secs_f64() / 60.0;
        println!("{:<8} {minutes:>7.1}  {}", done.stage.name(), done.count);
        total += done.count;
    }
    for done in all {
        if let Some(error) = &done.error {
            println!("failed: {}: {error}", done.stage.name());
        }
    }
    if total.skipped > 0 && data(root).is_none() {
        println!("Tests of public data were left out: {DATA} names no folder, and none is beside the project.");
    }
    if options.without_browser && options.stages.contains(&Stage::Browser) {
        println!("The browser tests were left out (--without-browser).");
    }
    println!("{total}");
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Suite<'_> {
    fn stage(&mut self, stage: Stage, count: &mut Count) -> Result<(), String> {
        match stage {
            Stage::Fmt => self.fmt(count),
            Stage::Clippy => self.clippy(count),
            // Tests of the workspace, of its documents and style sheets, and of the chores themselves.
            Stage::Style => self.libtest(&["-p", "xtask", "--target-dir", OWN_TARGET], count),
            Stage::Core => {
                // The pure parts of the page run natively too; and a lab outside core, with the document that explains it.
                // All at once: each alone would have its own features of shared crates, and core built anew for them.
                const MEMBERS: [&str; 4] =
                    ["lightcone-core", "lightcone-web", "lightcone-guides", "lightcone-example-lab"];
                let args: Vec<&str> = MEMBERS.iter().flat_map(|member| ["-p", member]).collect();
                self.libtest(&args, count)
            }
            Stage::Cli => self.libtest(&["-p", "lightcone"], count),
            Stage::Tools => self.tools(count),
            Stage::Wasm => self.wasm(count),
            Stage::Browser => self.browser(count),
        }
    }

    /// A check without tests in it counts as one.
    fn check(&self, command: &mut Command, count: &mut Count) -> Result<(), String> {
        let result = run_command(command);
        count.passed += u64::from(result.is_ok());
        count.failed += u64::from(result.is_err());
        result
    }

    fn fmt(&self, count: &mut Count) -> Result<(), String> {
        tools::component(self.root, "fmt", "rustfmt")?;
        self.check(&mut cargo(self.root, &["fmt", "--all", "--check"]), count)
    }

    fn clippy(&self, count: &mut Count) -> Result<(), String> {
        tools::component(self.root, "clippy", "clippy")?;
        tools::wasm_target(self.root)?;
        let runs: [&[&str]; 3] = [
            &["--workspace", "--exclude", "xtask", "--all-targets"],
            &["-p", "lightcone-web", "--target", "wasm32-unknown-unknown"],
            &["-p", "xtask", "--all-targets", "--target-dir", OWN_TARGET],
        ];
        let mut first = Ok(());
        for args in runs {
            let mut clippy = cargo(self.root, &["clippy"]);
            clippy.args(args).args(["--", "-D", "warnings"]);
            first = first.and(self.check(&mut clippy, count));
        }
        first
    }

    /// `cargo test` with these arguments; its tests are counted.
    fn libtest(&self, args: &[&str], count: &mut Count) -> Result<(), String> {
        let mut test = cargo(self.root, &["test", "--no-fail-fast"]);
        test.args(args);
        self.set_cases(&mut test);
        if data(self.root).is_some() {
            test.args(["--", "--include-ignored"]);
        }
        let mut own = Count::default();
        let result = run_lines(&mut test, |line| {
            if let Some(more) = count::libtest(line) {
                own += more;
            }
        });
        if result.is_err() {
            own.failed = own.failed.max(1);
        }
        *count += own;
        result
    }

    fn set_cases(&self, command: &mut Command) {
        if let Some(cases) = self.options.cases {
            command.env(CASES, cases);
        }
    }

    fn tools(&self, count: &mut Count) -> Result<(), String> {
        tools::page_tools(self.root)?;
        if !self.options.without_browser {
            node::packages(self.root)?;
        }
        count.passed += 1;
        Ok(())
    }

    fn wasm(&mut self, count: &mut Count) -> Result<(), String> {
        self.page = Some(false);
        let tools = tools::page_tools(self.root)?;
        let site = dist::site_for_tests(self.root);
        dist::build(self.root, &tools, &site)?;
        // As users get it: a browser test weighs it.
        dist::optimise(self.root, &site)?;
        count.passed += 1;
        self.page = Some(true);
        Ok(())
    }

    /// The built page: LIGHTCONE_SITE as it is, else what the stage before has made.
    fn site(&mut self) -> Result<PathBuf, String> {
        if let Some(named) = std::env::var_os("LIGHTCONE_SITE").filter(|v| !v.is_empty()) {
            return std::path::absolute(named).map_err(|e| format!("LIGHTCONE_SITE: {e}"));
        }
        match self.page {
            Some(true) => {}
            Some(false) => return Err("not run, since the page was not built".into()),
            // Asked for alone: an old page must not be what is tested.
            None => self.wasm(&mut Count::default())?,
        }
        Ok(dist::site_for_tests(self.root))
    }

    fn browser(&mut self, count: &mut Count) -> Result<(), String> {
        if self.options.without_browser {
            count.skipped += 1;
            return Ok(());
        }
        let browser = browser::find(self.root)?;
        println!("The browser is {}.", browser.display());
        let folder = node::packages(self.root)?;
        let site = self.site()?;
        let types = self.check(&mut node::type_check(&folder), count);
        let report = folder.join("test-results").join("results.json");
        // An old report must not be taken for this run's.
        let _ = std::fs::remove_file(&report);
        let mut playwright = node::playwright(&folder, &["test"]);
        playwright.args(&self.options.playwright);
        playwright.env("LIGHTCONE_SITE", site);
        playwright.env("LIGHTCONE_CHROMIUM_PATH", browser);
        self.set_cases(&mut playwright);
        let result = run_command(&mut playwright);
        let mut own =
            std::fs::read_to_string(&report).ok().and_then(|json| count::playwright(&json)).unwrap_or_default();
        if result.is_err() {
            own.failed = own.failed.max(1);
        }
        *count += own;
        types.and(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options, String> {
        parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn all_stages_run_unless_some_are_named() {
        let all = parsed(&[]).expect("no arguments are right");
        assert_eq!(all.stages.len(), STAGES.len());
        assert_eq!(all.cases, None);
        let one = parsed(&["core"]).expect("a stage is right");
        assert_eq!(one.stages, [Stage::Core]);
        let two = parsed(&["--full", "cli", "browser", "--", "--grep", "x"]).expect("right too");
        assert_eq!(two.stages, [Stage::Cli, Stage::Browser]);
        assert_eq!(two.cases, Some("1000"));
        assert_eq!(two.playwright, ["--grep", "x"]);
    }

    #[test]
    fn quick_leaves_the_slow_stages_out() {
        let quick = parsed(&["--quick"]).expect("right");
        assert_eq!(quick.stages, [Stage::Fmt, Stage::Clippy, Stage::Style, Stage::Core, Stage::Cli]);
        assert_eq!(quick.cases, Some("20"));
        let named = parsed(&["--quick", "browser"]).expect("right");
        assert_eq!(named.stages, [Stage::Browser]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(parsed(&["--quick", "--full"]).is_err());
        assert!(parsed(&["cores"]).is_err());
        assert!(parsed(&["--slow"]).is_err());
    }
}
