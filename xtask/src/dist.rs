//! `cargo xtask dist`: the optimised static site.

use crate::process::{Failure, command, on_path, output, run as run_command};
use crate::tools::{self, PageTools};
use crate::{install, node, sizes};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The npm package that holds wasm-opt, and its version.
const BINARYEN: (&str, u32) = ("132.0.0", 132);

/// What rustc's wasm target uses; without them wasm-opt rejects the file. Not --all-features: it
/// would rewrite imports into types that browsers reject.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Measured on a page of 4000 lines: -Oz makes 9% less gzip than -O2 or -O3, and the simulator runs as fast with
/// it as with -O2 and -O3, since rustc has already inlined what counts.
const LEVEL: &str = "-Oz";

/// Runs the command.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<ExitCode, Failure> {
    if let Some(arg) = args.first() {
        return Err(Failure::Usage(format!("dist does not know `{arg}`")));
    }
    let tools = tools::page_tools(root)?;
    let site = root.join("dist");
    build(root, &tools, &site)?;
    optimise(root, &site)?;
    check_paths(&site)?;
    sizes::print(root, &site)?;
    println!("The site is in dist: copy it to any folder of any static web server.");
    Ok(ExitCode::SUCCESS)
}

/// Where `test` and `bench` put the page, so that they leave dist/ alone.
pub(crate) fn site_for_tests(root: &Path) -> PathBuf {
    root.join("target").join("site")
}

/// Builds the page as users get it, except for what wasm-opt does.
pub(crate) fn build(root: &Path, tools: &PageTools, site: &Path) -> Result<(), String> {
    let folder = site.to_string_lossy();
    let args = ["build", "--release", "--public-url", "./", "--dist", &folder];
    let mut trunk = tools.trunk(root, &args);
    if std::env::var_os("RUSTFLAGS").is_none() && std::env::var_os("CARGO_ENCODED_RUSTFLAGS").is_none() {
        trunk.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(root));
    }
    run_command(&mut trunk)
}

/// Panic messages name source files: flags that keep the builder's own folders out of them.
fn rust_flags(root: &Path) -> OsString {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        std::env::var_os(home).map(|home| PathBuf::from(home).join(".cargo"))
    });
    let mut flags = OsString::from("--remap-path-prefix=");
    flags.push(root);
    flags.push("=lightcone");
    if let Some(home) = home {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(home);
        flags.push("=cargo");
    }
    flags
}

/// Makes the wasm files smaller where wasm-opt can be had.
pub(crate) fn optimise(root: &Path, site: &Path) -> Result<(), String> {
    let Some(make) = wasm_opt(root)? else {
        println!("The site is larger than it need be: there is no wasm-opt on PATH, and no Node to get it with.");
        return Ok(());
    };
    for file in sizes::files(site)? {
        if file.extension().is_some_and(|e| e == "wasm") {
            let smaller = file.with_extension("wasm.tmp");
            let mut wasm_opt = make();
            wasm_opt.arg(LEVEL).args(FEATURES).arg(&file).arg("-o").arg(&smaller);
            run_command(&mut wasm_opt)?;
            std::fs::rename(&smaller, &file).map_err(|e| format!("cannot replace {}: {e}", file.display()))?;
        }
    }
    Ok(())
}

/// What starts wasm-opt: from PATH, else from the npm package in the tool cache.
fn wasm_opt(root: &Path) -> Result<Option<Box<dyn Fn() -> Command>>, String> {
    let root = root.to_path_buf();
    if let Some(found) = on_path("wasm-opt") {
        let printed = output(&mut command(&root, &found, &["--version"]));
        if printed.and_then(|text| binaryen_version(&text)).is_some_and(|v| v >= BINARYEN.1) {
            return Ok(Some(Box::new(move || command(&root, &found, &[]))));
        }
    }
    if !node::present(&root) {
        return Ok(None);
    }
    let name = format!("binaryen-{}", BINARYEN.0);
    let inside = Path::new("node_modules").join("binaryen").join("bin").join("wasm-opt");
    let script = install::cache_folder()?.join(&name).join(&inside);
    if !script.is_file() {
        println!("wasm-opt is missing: putting the npm package binaryen into the cache.");
        let package = format!("binaryen@{}", BINARYEN.0);
        install::install(&name, |to| {
            let args = ["install", "--no-audit", "--no-fund", "--no-save", &package];
            let mut npm = node::npm(to, &args);
            // Without this npm looks for a package.json in the folders above.
            npm.arg("--prefix").arg(to);
            run_command(&mut npm)
        })?;
    }
    Ok(Some(Box::new(move || {
        let mut node = command(&root, "node", &[]);
        node.arg(&script);
        node
    })))
}

/// Reads `wasm-opt version 132 (version_132)`.
fn binaryen_version(printed: &str) -> Option<u32> {
    printed.strip_prefix("wasm-opt version ")?.split_whitespace().next()?.parse().ok()
}

/// The site must work under any sub-path, so its page may name no path from the server's root.
fn check_paths(site: &Path) -> Result<(), String> {
    let page =
        std::fs::read_to_string(site.join("index.html")).map_err(|e| format!("cannot read dist/index.html: {e}"))?;
    match absolute_path(&page) {
        Some(found) => Err(format!("dist/index.html names an absolute path: {found}")),
        None => Ok(()),
    }
}

/// The first text in quotes that starts with one slash.
fn absolute_path(page: &str) -> Option<&str> {
    ['"', '\''].into_iter().find_map(|quote| {
        page.match_indices(quote).find_map(|(at, _)| {
            let rest = &page[at + 1..];
            let path = &rest[..rest.find(quote)?];
            let root = path.starts_with('/') && path.len() > 1 && !path.contains([' ', '\n', '<', '>']);
            root.then_some(path)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_are_seen() {
        assert_eq!(absolute_path(r#"<link href="./a.css"><a href='b'>"#), None);
        assert_eq!(absolute_path(r#"<link href="/a.css">"#), Some("/a.css"));
        assert_eq!(absolute_path("import x from '/a.js';"), Some("/a.js"));
        assert_eq!(absolute_path(r#"<script src="//host/a.js">"#), Some("//host/a.js"));
    }

    #[test]
    fn wasm_opt_tells_its_version() {
        assert_eq!(binaryen_version("wasm-opt version 132 (version_132)\n"), Some(132));
        assert_eq!(binaryen_version("wasm-opt"), None);
    }
}
