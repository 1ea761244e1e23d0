//! `cargo xtask serve`: build the page, serve it, build it again when a file changes.

use crate::process::{Failure, shown};
use crate::tools;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

const PORT: u16 = 8080;

/// How many ports after the wanted one are tried.
const TRIES: u16 = 100;

#[derive(Debug, PartialEq, Eq)]
struct Options {
    open: bool,
    port: u16,
    release: bool,
}

fn parse(args: &[String]) -> Result<Options, String> {
    let mut options = Options { open: false, port: PORT, release: false };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (arg.as_str(), None),
        };
        match (name, value) {
            ("--open", None) => options.open = true,
            ("--release", None) => options.release = true,
            ("--port", value) => {
                let value = value.or_else(|| args.next().map(String::as_str));
                let port = value.and_then(|v| v.parse().ok()).filter(|port| *port > 0);
                options.port = port.ok_or("--port needs a number from 1 to 65535")?;
            }
            _ => return Err(format!("serve does not know `{arg}`")),
        }
    }
    Ok(options)
}

/// Runs the command.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<ExitCode, Failure> {
    let options = parse(args).map_err(Failure::Usage)?;
    let tools = tools::page_tools(root)?;
    let port = (options.port..=options.port.saturating_add(TRIES))
        .find(|port| is_free(*port))
        .ok_or_else(|| format!("port {} and the {TRIES} after it are busy", options.port))?;
    if port != options.port {
        println!("Port {} is busy: taking {port}.", options.port);
    }
    let mut args = vec!["serve", "--address", "127.0.0.1", "--port"];
    let number = port.to_string();
    args.push(&number);
    if options.open {
        args.push("--open");
    }
    if options.release {
        args.push("--release");
    }
    // Not dist/: what `dist` has made stays there.
    let folder = root.join("target").join("serve");
    let folder = folder.to_string_lossy();
    args.extend(["--dist", &folder]);
    println!("Lightcone will be at http://127.0.0.1:{port}/ once it is built; Ctrl-C ends it.");
    become_server(tools.trunk(root, &args))
}

/// Trunk takes this program's place, so that whoever ends the one it started ends the server.
#[cfg(unix)]
fn become_server(mut trunk: Command) -> Result<ExitCode, Failure> {
    use std::os::unix::process::CommandExt;
    let error = trunk.exec();
    Err(Failure::Work(format!("cannot start `{}`: {error}", shown(&trunk))))
}

/// Windows cannot replace a running program; Ctrl-C reaches both.
#[cfg(not(unix))]
fn become_server(mut trunk: Command) -> Result<ExitCode, Failure> {
    let status = trunk.status().map_err(|e| format!("cannot start `{}`: {e}", shown(&trunk)))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_free(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    // Binding alone is not enough: some systems allow it beside a server on all addresses.
    let answered = TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok();
    !answered && TcpListener::bind(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Options, String> {
        parse(&args.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_command_line_is_read() {
        let options = Options { open: true, port: 9000, release: false };
        assert_eq!(parsed(&["--open", "--port", "9000"]).as_ref(), Ok(&options));
        assert_eq!(parsed(&["--port=9000", "--open"]).as_ref(), Ok(&options));
        let options = Options { open: false, port: 8080, release: true };
        assert_eq!(parsed(&["--release"]), Ok(options));
        for wrong in [&["--port"][..], &["--port", "0"], &["--port=x"], &["--opne"], &["--open=1"]] {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_port_with_a_listener_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("some port is free");
        let port = listener.local_addr().expect("it has an address").port();
        assert!(!is_free(port));
    }
}
