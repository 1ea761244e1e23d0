//! `lightcone memory-trace`: a trace of memory accesses through coherent caches.

use crate::terminal::{Failure, print, unusable};
use lexopt::prelude::*;
use lightcone_core::base::json::list;
use lightcone_core::coherence::{BadLine, Counters, Family, Geometry, LINE_BYTES_MAX, System, TraceReader};
use std::io::Read;

/// Most processors: more are on no bus.
const CPUS_MAX: u64 = 64;
/// How much of a trace is in memory at a time, in bytes: what a disk gives at once, and it fits into a processor's cache.
const PIECE_BYTES: usize = 256 << 10;
const _: () = assert!(PIECE_BYTES > 2 * LINE_BYTES_MAX, "a piece has room for a whole line");

pub(crate) fn command(mut args: lexopt::Parser) -> Result<(), Failure> {
    let (mut file, mut cpus, mut size, mut ways, mut line) = (None, None, None, None, None);
    let mut family = Family::Mesi;
    while let Some(arg) = args.next()? {
        match arg {
            Long("cpus") => cpus = Some(number(&args.value()?, "--cpus", 1, CPUS_MAX)?),
            Long("size") => size = Some(number(&args.value()?, "--size", 1, u64::MAX)?),
            Long("ways") => ways = Some(number(&args.value()?, "--ways", 1, u64::MAX)?),
            Long("line") => line = Some(number(&args.value()?, "--line", 1, u64::MAX)?),
            Long("msi") => family = Family::Msi,
            Value(value) if file.is_none() => file = Some(value),
            other => return Err(other.unexpected().into()),
        }
    }
    let need = |value: Option<u64>, option| value.ok_or_else(|| unusable(format!("memory-trace needs {option}")));
    let file = file.ok_or_else(|| unusable("memory-trace needs a file, or - for standard input"))?;
    let cpus = need(cpus, "--cpus")?;
    let (size, ways, line) = (need(size, "--size")?, need(ways, "--ways")?, need(line, "--line")?);
    let geometry =
        Geometry::new(size, ways, line).map_err(|what| unusable(format!("--size, --ways, --line: {what}")))?;
    let name = if file == "-" { "standard input".into() } else { file.to_string_lossy().into_owned() };
    let source: Box<dyn Read> = if file == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(&file).map_err(|e| unusable(format!("{name}: {e}")))?)
    };
    let mut system = System::new(cpus as usize, geometry, family);
    run(source, &mut system).map_err(|what| unusable(format!("{name}: {what}")))?;
    print(&format!("{}\n", list(system.counters().iter().map(Counters::json))));
    Ok(())
}

fn number(value: &std::ffi::OsStr, option: &str, min: u64, max: u64) -> Result<u64, Failure> {
    let text = value.to_string_lossy();
    // The parser would take a sign.
    let digits = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    digits.filter(|n| (min..=max).contains(n)).ok_or_else(|| {
        let most = if max == u64::MAX { String::new() } else { format!(" to {max}") };
        unusable(format!("{option}: expected a whole number from {min}{most}, found {text:?}"))
    })
}

/// Lets the caches serve a whole trace, piece by piece: memory does not grow with its length.
fn run(mut source: impl Read, system: &mut System) -> Result<(), String> {
    let mut reader = TraceReader::new(system.processors());
    let told = |bad: BadLine| format!("line {}: {}", bad.number, bad.what);
    let mut piece = vec![0; PIECE_BYTES];
    let mut held = 0;
    loop {
        let more = match source.read(&mut piece[held..]) {
            Ok(more) => more,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e.to_string()),
        };
        let mut serve = |access: lightcone_core::coherence::Access| {
            system.access(access.processor, access.write, access.address);
        };
        held += more;
        if more == 0 {
            return reader.end(&piece[..held], &mut serve).map_err(told);
        }
        let used = reader.read(&piece[..held], &mut serve).map_err(told)?;
        // Half a line, shorter than any line may be, goes before the next piece.
        piece.copy_within(used..held, 0);
        held -= used;
    }
}
