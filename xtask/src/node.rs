//! Node and the npm packages of the browser tests. Only tests and `dist` use them.

use crate::process::{command, output, run};
use crate::tools::version_in;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest Node that Playwright runs on.
const OLDEST: u32 = 20;

/// Whether a Node that is new enough is there.
pub(crate) fn present(root: &Path) -> bool {
    let version = output(&mut command(root, "node", &["--version"]));
    version.and_then(|text| version_in(&text)).is_some_and(|v| v.0 >= OLDEST)
}

/// npm with these arguments. No download of a browser: tests use one that is installed.
pub(crate) fn npm(folder: &Path, args: &[&str]) -> Command {
    // On Windows npm is a batch file, which is found only by its whole name.
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut npm = command(folder, name, args);
    npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    npm
}

/// The folder of the browser tests, with its packages installed as its lock file says.
pub(crate) fn packages(root: &Path) -> Result<PathBuf, String> {
    if !present(root) {
        return Err(format!(
            "the browser tests need Node {OLDEST} or newer: install it, or test with --without-browser"
        ));
    }
    let folder = root.join("e2e");
    let lock = std::fs::read(folder.join("package-lock.json"))
        .map_err(|e| format!("cannot read e2e/package-lock.json: {e}"))?;
    // A copy of the lock file, written last: packages are there exactly when it matches.
    let stamp = folder.join("node_modules").join(".lightcone-lock.json");
    if std::fs::read(&stamp).is_ok_and(|done| done == lock) {
        return Ok(folder);
    }
    run(&mut npm(&folder, &["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, lock).map_err(|e| format!("cannot write {}: {e}", stamp.display()))?;
    Ok(folder)
}

/// Playwright with these arguments. Its script runs in Node directly: npx would be a batch file
/// on Windows and may try to download.
pub(crate) fn playwright(folder: &Path, args: &[&str]) -> Command {
    let script = folder.join("node_modules/@playwright/test/cli.js");
    let mut node = command(folder, "node", &[]);
    node.arg(script).args(args);
    node.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    node
}

/// The compiler's check of the tests' types.
pub(crate) fn type_check(folder: &Path) -> Command {
    let mut node = command(folder, "node", &[]);
    node.arg(folder.join("node_modules/typescript/bin/tsc"));
    node.args(["--noEmit", "--project", "."]);
    node
}
