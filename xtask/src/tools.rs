//! What the page's build needs beyond cargo: the wasm target, trunk and wasm-bindgen.

use crate::install;
use crate::process::{cargo, command, on_path, output, path_with, run};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";

/// A version of three numbers.
pub(crate) type Version = (u32, u32, u32);

/// Trunk, and the folders that must come first on PATH when it runs.
pub(crate) struct PageTools {
    trunk: PathBuf,
    folders: Vec<PathBuf>,
}

impl PageTools {
    /// Trunk with these arguments, in the project's folder.
    pub(crate) fn trunk(&self, root: &Path, args: &[&str]) -> Command {
        let mut trunk = command(root, &self.trunk, args);
        trunk.env("PATH", self.path());
        trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
        // The convention is NO_COLOR=1; trunk 0.21 understands only `true` and stops otherwise.
        if std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) {
            trunk.env("NO_COLOR", "true");
        } else {
            trunk.env_remove("NO_COLOR");
        }
        trunk
    }

    fn path(&self) -> OsString {
        path_with(&self.folders)
    }
}

/// Adds the wasm target where it is missing.
pub(crate) fn wasm_target(root: &Path) -> Result<(), String> {
    let libraries = output(&mut command(root, "rustc", &["--print", "target-libdir", "--target", TARGET]));
    if libraries.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return Err(format!(
            "Rust's target {TARGET} is missing and there is no rustup to add it: \
             install it with the package manager that Rust came from"
        ));
    }
    run(&mut command(root, "rustup", &["target", "add", TARGET]))
}

/// Adds the parts of the toolchain that checks need where they are missing.
pub(crate) fn component(root: &Path, subcommand: &str, component: &str) -> Result<(), String> {
    if output(&mut cargo(root, &[subcommand, "--version"])).is_some() {
        return Ok(());
    }
    run(&mut command(root, "rustup", &["component", "add", component]))
}

/// The wasm target, trunk and wasm-bindgen: found, or installed now.
pub(crate) fn page_tools(root: &Path) -> Result<PageTools, String> {
    wasm_target(root)?;
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).map_err(|e| format!("cannot read Cargo.lock: {e}"))?;
    let bindgen = locked_version(&lock, "wasm-bindgen").ok_or("Cargo.lock names no version of wasm-bindgen")?;
    let mut folders = Vec::new();
    let trunk = provide(root, &Tool::trunk(), &mut folders)?;
    provide(root, &Tool::wasm_bindgen(bindgen), &mut folders)?;
    Ok(PageTools { trunk, folders })
}

/// A program that cargo can install.
struct Tool {
    program: &'static str,
    package: &'static str,
    version: String,
    /// Whether a later patch release will do too.
    later_patch: bool,
    install_args: &'static [&'static str],
    minutes: &'static str,
}

impl Tool {
    fn trunk() -> Self {
        Tool {
            program: "trunk",
            package: "trunk",
            version: TRUNK.into(),
            later_patch: true,
            // No default features: its update check and the C library of TLS are not needed.
            install_args: &["--locked", "--no-default-features", "--features", "rustls"],
            minutes: "5 to 6",
        }
    }

    fn wasm_bindgen(version: &str) -> Self {
        Tool {
            program: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            version: version.into(),
            // The program and the library must agree exactly.
            later_patch: false,
            // Not --locked: its lock file names a crate that the registry no longer has.
            install_args: &[],
            minutes: "2 to 3",
        }
    }

    fn fits(&self, printed: &str) -> bool {
        let (Some(found), Some(wanted)) = (version_in(printed), version_in(&self.version)) else {
            return false;
        };
        let later = (found.0, found.1) == (wanted.0, wanted.1) && found.2 > wanted.2;
        found == wanted || (self.later_patch && later)
    }

    fn works(&self, root: &Path, program: &Path) -> bool {
        output(&mut command(root, program, &["--version"])).is_some_and(|text| self.fits(&text))
    }
}

/// The program's file. A folder that must be on PATH for it is added to `folders`.
fn provide(root: &Path, tool: &Tool, folders: &mut Vec<PathBuf>) -> Result<PathBuf, String> {
    if let Some(found) = on_path(tool.program)
        && tool.works(root, &found)
    {
        return Ok(found);
    }
    let name = format!("{}-{}", tool.program, tool.version);
    let file = format!("{}{}", tool.program, std::env::consts::EXE_SUFFIX);
    let mut folder = install::cache_folder()?.join(&name).join("bin");
    if !tool.works(root, &folder.join(&file)) {
        folder = install::install(&name, |to| fetch(root, tool, to))?.join("bin");
        if !tool.works(root, &folder.join(&file)) {
            return Err(format!("{name} was installed in {} but does not run", folder.display()));
        }
    }
    let program = folder.join(file);
    folders.push(folder);
    Ok(program)
}

fn fetch(root: &Path, tool: &Tool, to: &Path) -> Result<(), String> {
    let folder = to.to_string_lossy();
    if output(&mut cargo(root, &["binstall", "-V"])).is_some() {
        let wanted = format!("{}@{}", tool.package, tool.version);
        let mut binstall = cargo(root, &["binstall", "--no-confirm", "--disable-telemetry"]);
        // Should it find nothing ready-made, the build below is quicker than its own.
        binstall.args(["--disable-strategies", "compile", "--root", &folder, &wanted]);
        match run(&mut binstall) {
            Ok(()) => return Ok(()),
            Err(e) => println!("{e}; building {} instead", tool.program),
        }
    }
    println!(
        "{} {} is missing. Building it once takes {} minutes on two cores; \
         later runs find it in the cache.",
        tool.program, tool.version, tool.minutes
    );
    let mut build = cargo(root, &["install", tool.package, "--version", &tool.version]);
    // A debug build: it takes a third of the time, and these tools are quick enough.
    build.args(["--debug", "--root", &folder]);
    build.args(tool.install_args);
    build.env("CARGO_PROFILE_DEV_DEBUG", "0");
    run(&mut build)
}

/// The first version of three numbers in a text such as `trunk 0.21.14 (abc)`.
pub(crate) fn version_in(text: &str) -> Option<Version> {
    text.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        let word = word.split(['-', '+']).next().unwrap_or(word);
        let mut parts = word.split('.').map(str::parse::<u32>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(a)), Some(Ok(b)), Some(Ok(c)), None) => Some((a, b, c)),
            _ => None,
        }
    })
}

/// The version of a package in the text of a Cargo.lock.
pub(crate) fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines();
    lines.find(|line| *line == name)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_programs_print() {
        assert_eq!(version_in("trunk 0.21.14\n"), Some((0, 21, 14)));
        assert_eq!(version_in("wasm-bindgen 0.2.130 (abc 1.2.3)"), Some((0, 2, 130)));
        assert_eq!(version_in("v20.20.2"), Some((20, 20, 2)));
        assert_eq!(version_in("trunk 0.22.0-beta.1"), Some((0, 22, 0)));
        assert_eq!(version_in("no version at all 1.2"), None);
    }

    #[test]
    fn the_lock_file_tells_the_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.1.0\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "trunk"), None);
        let windows = lock.replace('\n', "\r\n");
        assert_eq!(locked_version(&windows, "wasm-bindgen"), Some("0.2.130"));
    }

    #[test]
    fn trunk_may_be_newer_but_wasm_bindgen_must_match() {
        let trunk = Tool::trunk();
        assert!(trunk.fits("trunk 0.21.14"));
        assert!(trunk.fits("trunk 0.21.20"));
        assert!(!trunk.fits("trunk 0.21.9"));
        assert!(!trunk.fits("trunk 0.22.0"));
        let bindgen = Tool::wasm_bindgen("0.2.130");
        assert!(bindgen.fits("wasm-bindgen 0.2.130"));
        assert!(!bindgen.fits("wasm-bindgen 0.2.131"));
    }
}
