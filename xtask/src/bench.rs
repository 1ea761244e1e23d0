//! `cargo xtask bench`: how fast the simulator and the page are.

use crate::process::{Failure, cargo, run as run_command};
use crate::{browser, dist, node, tools};
use std::path::Path;
use std::process::ExitCode;

/// Runs the command.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<ExitCode, Failure> {
    if let Some(arg) = args.first() {
        return Err(Failure::Usage(format!("bench does not know `{arg}`")));
    }
    run_command(&mut cargo(root, &["bench", "-p", "lightcone-core"]))?;
    let config = "playwright.bench.config.ts";
    if root.join("e2e").join(config).is_file() {
        let folder = node::packages(root)?;
        let browser = browser::find(root)?;
        let tools = tools::page_tools(root)?;
        let site = dist::site_for_tests(root);
        dist::build(root, &tools, &site)?;
        dist::optimise(root, &site)?;
        let mut bench = node::playwright(&folder, &["test", "--config", config]);
        bench.env("LIGHTCONE_SITE", site).env("LIGHTCONE_CHROMIUM_PATH", browser);
        run_command(&mut bench)?;
    }
    Ok(ExitCode::SUCCESS)
}
