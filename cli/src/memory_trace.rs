//! `lightcone memory-trace`: a trace of memory accesses through coherent caches.

use crate::terminal::{Failure, print, unusable};
use lexopt::prelude::*;
use lightcone_core::base::json::list;
use lightcone_core::base::sheet::csv_line;
use lightcone_core::coherence::{
    Access, BadLine, Geometry, LINE_BYTES_MAX, PROTOCOLS, Row, Rules, SUPPLIERS, System, TraceReader, WRITES, rules_of,
    sheet,
};
use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufWriter, Read, Write};

/// Most processors: more are on no bus.
const CPUS_MAX: u64 = 64;
/// How much of a trace is in memory at a time, in bytes: what a disk gives at once, and it fits into a processor's cache.
const PIECE_BYTES: usize = 256 << 10;
/// The same for one of several files.
const SMALL_PIECE_BYTES: usize = 16 << 10;
const _: () = assert!(SMALL_PIECE_BYTES > 2 * LINE_BYTES_MAX, "a piece has room for a whole line");

/// What was asked for.
struct Wanted {
    files: Vec<OsString>,
    cpus: usize,
    geometry: Geometry,
    rules: Rules,
    decimal: bool,
    table: Option<OsString>,
}

pub(crate) fn command(args: lexopt::Parser) -> Result<(), Failure> {
    let Wanted { files, cpus, geometry, rules, decimal, table } = wanted(args)?;
    let mut caches = Caches { system: System::new(cpus, geometry, rules), table: None, served: 0 };
    if let Some(path) = &table {
        caches.open_table(path)?;
    }
    let reader = TraceReader::new(cpus).decimal(decimal);
    match &files[..] {
        [file] => {
            let mut source = Source::open(file, reader, PIECE_BYTES)?;
            while source.more(|access| caches.serve(access))? {}
        }
        files => take_turns(files, reader, &mut caches)?,
    }
    if let Some(table) = &mut caches.table {
        let name = table.name.clone();
        table.file.flush().map_err(|e| unusable(format!("{name}: {e}")))?;
        if let Some(what) = &table.failed {
            return Err(unusable(format!("{name}: {what}")));
        }
    }
    print(&format!("{}\n", list(caches.system.counters().iter().map(|c| c.json(rules.family)))));
    Ok(())
}

fn wanted(mut args: lexopt::Parser) -> Result<Wanted, Failure> {
    let (mut files, mut cpus, mut size, mut ways, mut line) = (Vec::new(), None, None, None, None);
    let protocols = PROTOCOLS.map(|family| family.name().to_lowercase());
    let (mut protocol, mut write, mut supplier) = (protocols[0].clone(), WRITES[0].into(), SUPPLIERS[0].into());
    let (mut decimal, mut table) = (false, None);
    while let Some(arg) = args.next()? {
        match arg {
            Long("cpus") => cpus = Some(number(&args.value()?, "--cpus", 1, CPUS_MAX)?),
            Long("size") => size = Some(number(&args.value()?, "--size", 1, u64::MAX)?),
            Long("ways") => ways = Some(number(&args.value()?, "--ways", 1, u64::MAX)?),
            Long("line") => line = Some(number(&args.value()?, "--line", 1, u64::MAX)?),
            Long("protocol") => protocol = choice(&args.value()?, "--protocol", &protocols)?,
            Long("msi") => protocol = "msi".into(),
            Long("write") => write = choice(&args.value()?, "--write", &WRITES)?,
            Long("supplier") => supplier = choice(&args.value()?, "--supplier", &SUPPLIERS)?,
            Long("decimal") => decimal = true,
            Long("table") => table = Some(args.value()?),
            Value(value) => files.push(value),
            other => return Err(other.unexpected().into()),
        }
    }
    let need = |value: Option<u64>, option| value.ok_or_else(|| unusable(format!("memory-trace needs {option}")));
    if files.is_empty() {
        return Err(unusable("memory-trace needs a file, or - for standard input"));
    }
    let cpus = need(cpus, "--cpus")? as usize;
    let (size, ways, line) = (need(size, "--size")?, need(ways, "--ways")?, need(line, "--line")?);
    let geometry =
        Geometry::new(size, ways, line).map_err(|what| unusable(format!("--size, --ways, --line: {what}")))?;
    let rules = rules_of(&protocol, &write, &supplier)
        .map_err(|(which, what)| unusable(format!("{}: {what}", ["--protocol", "--write", "--supplier"][which])))?;
    if files.len() > 1 && files.len() > cpus {
        let told = format!("{} files are one for each processor, and --cpus says that there are {cpus}", files.len());
        return Err(unusable(told));
    }
    if files.iter().filter(|file| *file == "-").count() > 1 {
        return Err(unusable("standard input can be one of the files only"));
    }
    Ok(Wanted { files, cpus, geometry, rules, decimal, table })
}

fn choice(value: &OsStr, option: &str, names: &[impl AsRef<str>]) -> Result<String, Failure> {
    let text = value.to_string_lossy();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let found = names.iter().find(|name| **name == text).map(|name| (*name).to_string());
    found.ok_or_else(|| unusable(format!("{option}: expected one of {}, found {text:?}", names.join(", "))))
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

/// The caches, and the file that gets a row for each access.
struct Caches {
    system: System,
    table: Option<Table>,
    served: u64,
}

struct Table {
    name: String,
    file: BufWriter<File>,
    /// What went wrong while it was written.
    failed: Option<String>,
}

impl Caches {
    fn open_table(&mut self, path: &OsStr) -> Result<(), Failure> {
        let name = path.to_string_lossy().into_owned();
        let file = File::create(path).map_err(|e| unusable(format!("{name}: {e}")))?;
        let names: Vec<String> = (0..self.system.processors()).map(|p| format!("P{p}")).collect();
        let mut table = Table { name, file: BufWriter::new(file), failed: None };
        table.line(&sheet("access number", &names, false, &[]).columns);
        self.table = Some(table);
        Ok(())
    }

    fn serve(&mut self, access: Access) {
        let outcome = self.system.access(access.processor, access.write, access.address);
        if let Some(table) = &mut self.table {
            self.served += 1;
            table.line(&Row::of_access(&self.system, self.served, access, outcome).cells());
        }
    }
}

impl Table {
    fn line(&mut self, cells: &[String]) {
        if self.failed.is_none()
            && let Err(e) = self.file.write_all(csv_line(cells).as_bytes())
        {
            self.failed = Some(e.to_string());
        }
    }
}

/// A trace that is read piece by piece: memory does not grow with its length.
struct Source {
    name: String,
    file: Box<dyn Read>,
    reader: TraceReader,
    piece: Vec<u8>,
    /// Bytes of a line that was not whole yet.
    held: usize,
    ended: bool,
}

impl Source {
    fn open(file: &OsStr, reader: TraceReader, piece_bytes: usize) -> Result<Source, Failure> {
        let name = if file == "-" { "standard input".into() } else { file.to_string_lossy().into_owned() };
        let file: Box<dyn Read> = if file == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(File::open(file).map_err(|e| unusable(format!("{name}: {e}")))?)
        };
        Ok(Source { name, file, reader, piece: vec![0; piece_bytes], held: 0, ended: false })
    }

    /// Hands the accesses of the next piece over. False at the end.
    fn more(&mut self, mut each: impl FnMut(Access)) -> Result<bool, Failure> {
        let Source { name, file, reader, piece, held, ended } = self;
        if *ended {
            return Ok(false);
        }
        let told = |bad: BadLine| unusable(format!("{name}: line {}: {}", bad.number, bad.what));
        let more = match file.read(&mut piece[*held..]) {
            Ok(more) => more,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => return Ok(true),
            Err(e) => return Err(unusable(format!("{name}: {e}"))),
        };
        *held += more;
        if more == 0 {
            *ended = true;
            reader.end(&piece[..*held], &mut each).map_err(told)?;
            return Ok(false);
        }
        let used = reader.read(&piece[..*held], &mut each).map_err(told)?;
        // Half a line, shorter than any line may be, goes before the next piece.
        piece.copy_within(used..*held, 0);
        *held -= used;
        Ok(true)
    }
}

/// Files of one processor each: they take turns, an access each, and who is at the end of his file is left out.
fn take_turns(files: &[OsString], reader: TraceReader, caches: &mut Caches) -> Result<(), Failure> {
    let mut sources = Vec::new();
    for (processor, file) in files.iter().enumerate() {
        let source = Source::open(file, reader.clone().of(processor), SMALL_PIECE_BYTES)?;
        sources.push((source, VecDeque::new()));
    }
    while !sources.is_empty() {
        let mut left = Vec::new();
        for (mut source, mut waiting) in sources {
            while waiting.is_empty() && source.more(|access| waiting.push_back(access))? {}
            if let Some(access) = waiting.pop_front() {
                caches.serve(access);
                left.push((source, waiting));
            }
        }
        sources = left;
    }
    Ok(())
}
