//! The project's chores. `cargo xtask --help` lists them.
//!
//! They are Rust and not shell scripts so that they run the same on Linux, macOS and Windows, and
//! they use only the standard library so that the first of them starts after a few seconds.
#![allow(
    clippy::disallowed_types,
    reason = "the ban on clocks keeps the simulator deterministic; chores report how long they took"
)]

mod bench;
mod browser;
mod count;
mod dist;
mod install;
mod node;
mod process;
mod serve;
mod sizes;
mod test;
mod tools;

use process::Failure;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  serve   Build the page, serve it on 127.0.0.1 and build it again when a file changes
            --open        open it in the browser
            --port N      port to use instead of 8080 (the next free one if it is busy)
            --release     the optimised page that `dist` makes (builds more slowly)
  test    Run every check; the last line counts them
            --quick             about five minutes: fmt, clippy, style, core and cli with fewer random cases
            --full              all random cases, ten times over
            --without-browser   leave the browser tests out
            [stage...]          only these: fmt clippy style core cli tools wasm browser
            [-- arguments]      handed to Playwright
  dist    Make the optimised static site in dist/, with relative paths
  bench   Measure the simulator, and the page where it has measurements

Tools that are missing (trunk, wasm-bindgen) are put once into the user's cache folder;
the variable LIGHTCONE_TOOLS names another folder. LIGHTCONE_CHROMIUM names the browser for tests.
";

/// The project's folder: the parent of this crate's.
fn project_root() -> PathBuf {
    // Cargo sets the variable at run time as well, which stays right when the folder was moved.
    let own =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    own.parent().map_or(own.clone(), PathBuf::from)
}

fn dispatch(args: &[String]) -> Result<ExitCode, Failure> {
    let Some((name, rest)) = args.split_first() else {
        print!("{HELP}");
        return Err(Failure::Usage("name a command".into()));
    };
    if name == "help" || args.iter().take_while(|a| *a != "--").any(|a| a == "--help" || a == "-h") {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    }
    let root = project_root();
    match name.as_str() {
        "serve" => serve::run(&root, rest),
        "test" => test::run(&root, rest),
        "dist" => dist::run(&root, rest),
        "bench" => bench::run(&root, rest),
        other => Err(Failure::Usage(format!("there is no command `{other}`: choose serve, test, dist or bench"))),
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(Failure::Usage(text)) => {
            eprintln!("xtask: {text} (see `cargo xtask --help`)");
            ExitCode::from(2)
        }
        Err(Failure::Work(text)) => {
            eprintln!("xtask: {text}");
            ExitCode::FAILURE
        }
    }
}
