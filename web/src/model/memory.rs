//! Memory traces: read from a file or made up, run through caches, and looked at access by access. Knows no Yew and no
//! browser.

use crate::model::{Model, Store};
use lightcone_core::base::json::list;
use lightcone_core::base::words::grouped;
use lightcone_core::coherence::{
    ACCESSES_MAX, Access, Accesses, BadLine, Family, LineTally, Mix, PROCESSORS_MAX, Row, Shape, Sort, Step, Study,
    Supplier, System, TraceReader, Wanted, WordUse, sheet,
};
use std::collections::VecDeque;
use std::rc::Rc;

/// A file that a person has chosen, by the number under which the platform holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(pub u32);

/// Bytes that are read at a time: some milliseconds of work.
pub(crate) const PIECE_BYTES: f64 = 262_144.0;
/// Accesses between two looks at the clock.
const ACCESSES_A_LOOK: usize = 4_096;
/// Stretches of a trace that are drawn.
const STRETCHES: usize = 150;
/// So many lines that cost most are shown.
const COSTLY: usize = 12;
/// Beginning of a file that is looked at to tell what it is, in bytes.
pub(crate) const HEAD_BYTES: f64 = 2_048.0;

/// The caches at first: a small first-level cache, as in the description of `memory-trace`.
const USUAL: Shape = Shape { size: 8_192, ways: 8, line: 64, family: Family::Mesi, supplier: Supplier::Cache };

/// What a person can ask of a memory trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    /// A file is opened; or several, one for each processor.
    Open(Vec<FileId>),
    /// Whether addresses in the next file are decimal.
    Decimal(bool),
    /// A piece of a file has come.
    Piece(Piece),
    /// A trace is made up.
    Make(Mix),
    /// Other caches.
    Shape(Shape),
    /// Goes on with what takes long.
    Work,
    /// Stops it.
    Stop,
    /// To just behind so many accesses.
    Go(usize),
    /// What the buttons go to.
    Seek(Sort),
    /// To the next or last one of that sort.
    Find(bool),
    /// Whether counters are those of the whole trace, and not until here.
    Whole(bool),
    /// Who uses which words of a line; again: not any more.
    Words(u64),
    /// Whether the buttons go through that line alone.
    Only(bool),
    /// The beginning of the trace goes onto the simulated bus.
    Simulate,
    /// The counters go to the clipboard.
    CopyCounters,
    /// The trace goes into a file.
    Save,
    /// The table of its accesses goes into a file.
    SaveTable,
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    /// The file.
    pub file: FileId,
    /// The number under which it is read.
    pub ticket: u32,
    /// Where the piece begins.
    pub from: f64,
    /// What is in it; none: it cannot be read.
    pub bytes: Option<Vec<u8>>,
}

/// What is wanted of the files when a piece has been taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Wants {
    /// The next piece of the same file.
    More,
    /// The next file, from its beginning.
    Next(FileId),
    /// Nothing.
    Nothing,
}

/// How far the work is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stage {
    /// There is nothing to do.
    Still,
    /// A file is read: so many bytes of so many.
    Reading {
        /// Bytes read.
        done: f64,
        /// Bytes in all.
        of: f64,
    },
    /// The accesses are run through the caches.
    Running,
}

/// A trace on the desk.
pub(crate) struct Desk {
    /// Name of the file, or of the pattern.
    pub name: String,
    /// What there is of it.
    pub accesses: Rc<Accesses>,
    /// How the caches are.
    pub shape: Shape,
    /// What came of it.
    pub study: Option<Study>,
    /// All of it at a glance.
    pub overview: Overview,
    /// The access that one looks at.
    pub step: Option<Step>,
    /// How far the work is.
    pub stage: Stage,
    /// What the buttons go to.
    pub sort: Sort,
    /// Whether counters are those of the whole trace.
    pub whole: bool,
    /// The line whose words are shown, by its first address, and who uses them.
    pub line: Option<(u64, Vec<WordUse>)>,
    /// Whether the buttons go through that line alone.
    pub only: bool,
    /// What was wrong, or left out.
    pub trouble: Option<String>,
    /// Whether addresses in the next file are decimal.
    pub decimal: bool,
    /// What was read of files that are one for each processor; a single file has none.
    parts: Vec<Accesses>,
    /// Name of the file that is read, and how many bytes there are up to its end.
    reading: String,
    ends: f64,
    /// Files that come after it, with their names and bytes.
    next: VecDeque<(FileId, String, f64)>,
    /// Number of the file that is read: what comes of an earlier one is late.
    ticket: u32,
    reader: TraceReader,
    /// Half a line.
    held: Vec<u8>,
}

/// What is drawn of a whole trace, worked out once when it was run.
#[derive(Default)]
pub(crate) struct Overview {
    /// Misses by their cause, in stretches of the trace of the same length.
    pub stretches: Vec<[u32; 4]>,
    /// The lines that cost most.
    pub costly: Vec<(u64, LineTally)>,
}

/// The desk, from wherever it is used.
pub(crate) type DeskRef = Rc<Store<Desk>>;

/// The desk as a property.
pub(crate) type DeskModel = Model<Desk>;

impl Default for Desk {
    fn default() -> Desk {
        Desk {
            name: String::new(),
            accesses: Rc::default(),
            shape: USUAL,
            study: None,
            overview: Overview::default(),
            step: None,
            stage: Stage::Still,
            sort: Sort::Miss,
            whole: true,
            line: None,
            only: true,
            trouble: None,
            decimal: false,
            parts: Vec::new(),
            reading: String::new(),
            ends: 0.0,
            next: VecDeque::new(),
            ticket: 0,
            reader: TraceReader::new(PROCESSORS_MAX),
            held: Vec::new(),
        }
    }
}

/// Whether a file begins as a memory trace does.
pub(crate) fn looks_like_trace(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    let Some(first) = head.lines().find(|line| TraceReader::is_of_one(line.as_bytes()).is_some()) else { return false };
    let before = head.lines().take_while(|line| *line != first);
    let (mut reader, mut found) = (TraceReader::new(PROCESSORS_MAX), 0);
    // Nothing but comments stands before it, and the processor is one that there may be.
    before.chain([first]).all(|line| reader.end(line.as_bytes(), |_| found += 1).is_ok() || line == first)
        && (found == 1 || TraceReader::is_of_one(first.as_bytes()) == Some(true))
}

impl Desk {
    /// Carries out what needs nobody else.
    pub(crate) fn carry_out(&mut self, wish: &Wish) {
        match wish {
            Wish::Make(mix) => {
                self.begin(pattern_name(mix));
                self.accesses = Rc::new(mix.accesses());
                self.run_again();
            }
            Wish::Shape(shape) => self.reshape(*shape),
            Wish::Stop => self.stop(),
            Wish::Go(position) => self.go(*position),
            Wish::Seek(sort) => self.sort = *sort,
            Wish::Find(forward) => {
                if let Some(number) = self.found(*forward) {
                    self.go(number);
                }
            }
            Wish::Whole(whole) => self.whole = *whole,
            Wish::Only(only) => self.only = *only,
            Wish::Words(base) => {
                let open = self.line.as_ref().is_some_and(|(line, _)| line == base);
                let words = self.study.as_ref().map(|s| s.words(&self.accesses, *base));
                self.line = words.filter(|_| !open).map(|words| (*base, words));
            }
            Wish::Decimal(decimal) => self.decimal = *decimal,
            Wish::Open(_) | Wish::Piece(_) | Wish::Work | Wish::Simulate | Wish::CopyCounters => {}
            Wish::Save | Wish::SaveTable => {}
        }
    }

    /// Puts another trace onto the desk.
    fn begin(&mut self, name: String) {
        let (shape, ticket, decimal) = (self.shape, self.ticket + 1, self.decimal);
        let reader = TraceReader::new(PROCESSORS_MAX).decimal(decimal);
        *self = Desk { name, shape, ticket, decimal, reader, sort: self.sort, ..Desk::default() };
    }

    /// Begins to read a file of so many bytes; under which number its pieces come.
    pub(crate) fn open(&mut self, name: String, bytes: f64) -> u32 {
        self.begin(name.clone());
        (self.reading, self.ends) = (name, bytes);
        self.stage = Stage::Reading { done: 0.0, of: bytes };
        self.ticket
    }

    /// Begins to read several files, one for each processor, each with its name and bytes: the first is wanted.
    pub(crate) fn open_all(&mut self, files: Vec<(FileId, String, f64)>) -> u32 {
        let count = files.len().min(PROCESSORS_MAX);
        let left_out = files.len() - count;
        let of = files.iter().take(count).map(|(.., bytes)| bytes).sum();
        let mut files = files.into_iter().take(count);
        let Some((_, name, bytes)) = files.next() else { return self.ticket };
        self.begin(format!("{count} files, a processor each"));
        (self.reading, self.ends) = (name, bytes);
        self.stage = Stage::Reading { done: 0.0, of };
        self.next = files.collect();
        self.parts = vec![Accesses::default()];
        self.reader = self.reader_of(0);
        if left_out > 0 {
            self.trouble =
                Some(format!("There are at most {PROCESSORS_MAX} processors: {left_out} files are left out."));
        }
        self.ticket
    }

    /// A reader for a file of one processor.
    fn reader_of(&self, processor: usize) -> TraceReader {
        TraceReader::new(PROCESSORS_MAX).decimal(self.decimal).of(processor)
    }

    /// Takes a piece of the file; what is wanted then.
    pub(crate) fn take(&mut self, ticket: u32, piece: Option<&[u8]>) -> Wants {
        let Stage::Reading { done, of } = self.stage else { return Wants::Nothing };
        if ticket != self.ticket {
            return Wants::Nothing;
        }
        let Some(piece) = piece else {
            self.trouble = Some(format!("{}: this file cannot be read.", self.reading));
            self.end_reading();
            return Wants::Nothing;
        };
        let first = self.held.is_empty() && self.accesses.is_empty() && self.parts.is_empty();
        if first && TraceReader::is_of_one(piece) == Some(true) {
            self.reader = self.reader_of(0);
        }
        self.held.extend_from_slice(piece);
        let done = done + piece.len() as f64;
        // What ends before its end was shortened meanwhile.
        let last = done >= self.ends || piece.is_empty();
        self.stage = Stage::Reading { done: if last { self.ends } else { done }, of };
        match self.read(last) {
            Ok(true) if !last => return Wants::More,
            Ok(true) => {
                if let Some((file, name, bytes)) = self.next.pop_front() {
                    (self.reading, self.ends) = (name, self.ends + bytes);
                    self.reader = self.reader_of(self.parts.len());
                    self.parts.push(Accesses::default());
                    return Wants::Next(file);
                }
            }
            Ok(false) => {
                self.trouble = Some(format!(
                    "{} is longer: these are its first {} accesses.",
                    self.reading,
                    grouped(ACCESSES_MAX as u64)
                ));
            }
            Err(BadLine { number, what }) => {
                self.take_turns();
                self.trouble = Some(format!("{}, line {number}: {what}. {}", self.reading, self.kept()));
            }
        }
        self.end_reading();
        Wants::Nothing
    }

    /// The files of one processor each take turns, an access each; who has no more is left out.
    fn take_turns(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        let longest = parts.iter().map(Accesses::len).max().unwrap_or(0);
        let accesses = Rc::make_mut(&mut self.accesses);
        let turn = |i: usize| parts.iter().filter(move |part| i < part.len()).map(move |part| part.get(i));
        let mut room = true;
        (0..longest).flat_map(turn).for_each(|access| room &= accesses.push(access));
        if !room {
            let most = grouped(ACCESSES_MAX as u64);
            self.trouble = Some(format!("Together they are longer: these are their first {most} accesses."));
        }
    }

    /// Nothing more is read.
    fn end_reading(&mut self) {
        self.take_turns();
        self.next.clear();
        self.run_again();
    }

    /// What there is of a trace that was not read to its end.
    fn kept(&self) -> String {
        match self.accesses.len() {
            0 => "Nothing came before it.".into(),
            1 => "The one access before it is kept.".into(),
            n => format!("The {} accesses before it are kept.", grouped(n as u64)),
        }
    }

    /// Reads what is held. False when there is no room for all of it.
    fn read(&mut self, last: bool) -> Result<bool, BadLine> {
        let accesses = match self.parts.last_mut() {
            Some(part) => part,
            None => Rc::make_mut(&mut self.accesses),
        };
        let mut room = true;
        let mut each = |access| room &= accesses.push(access);
        let used = self.reader.read(&self.held, &mut each)?;
        self.held.drain(..used);
        if last {
            let rest = std::mem::take(&mut self.held);
            self.reader.end(&rest, &mut each)?;
        }
        Ok(room)
    }

    /// Runs what there is through the caches, from the beginning.
    fn run_again(&mut self) {
        (self.study, self.step, self.line, self.stage) = (None, None, None, Stage::Still);
        self.overview = Overview::default();
        self.held = Vec::new();
        if self.accesses.is_empty() {
            self.trouble.get_or_insert_with(|| format!("{} has no accesses in it.", self.name));
            return;
        }
        let study = self
            .shape
            .geometry()
            .and_then(|geometry| Study::new(self.accesses.processors(), geometry, self.shape.rules()));
        match study {
            Ok(study) => (self.study, self.stage) = (Some(study), Stage::Running),
            Err(what) => self.trouble = Some(format!("{what}.")),
        }
    }

    /// Other caches; those before stay where they do not fit together.
    fn reshape(&mut self, shape: Shape) {
        let processors = self.accesses.processors();
        let fits = shape.geometry().and_then(|geometry| Study::new(processors, geometry, shape.rules()));
        match fits {
            Ok(_) if self.is_busy() => self.shape = shape,
            Ok(_) if self.accesses.is_empty() => (self.shape, self.trouble) = (shape, None),
            Ok(_) => {
                (self.shape, self.trouble) = (shape, None);
                self.run_again();
            }
            Err(what) => self.trouble = Some(format!("{what}.")),
        }
    }

    /// Whether there is work to be done.
    pub(crate) fn is_busy(&self) -> bool {
        self.stage != Stage::Still
    }

    /// Works until it is late, at least a little. True when there is more to do at once.
    pub(crate) fn work(&mut self, late: impl Fn() -> bool) -> bool {
        let (Stage::Running, Some(study)) = (&self.stage, &mut self.study) else { return false };
        loop {
            if study.run(&self.accesses, ACCESSES_A_LOOK) {
                self.end();
                return false;
            }
            if late() {
                return true;
            }
        }
    }

    /// What was run can be looked at.
    fn end(&mut self) {
        self.stage = Stage::Still;
        if let Some(study) = &self.study {
            let stretches = study.stretches(STRETCHES.min(study.len()));
            self.overview = Overview { stretches, costly: study.costly(COSTLY) };
        }
        self.go(1);
    }

    /// Stops the work; what is there is kept.
    fn stop(&mut self) {
        match self.stage {
            Stage::Still => {}
            Stage::Reading { .. } => {
                self.end_reading();
                let all = self.accesses.len();
                self.trouble =
                    Some(format!("Stopped while it was read: these are its first {} accesses.", grouped(all as u64)));
            }
            Stage::Running => {
                let (run, all) = (self.study.as_ref().map_or(0, Study::len), self.accesses.len());
                self.end();
                self.trouble =
                    Some(format!("Stopped: {} of {} accesses were run.", grouped(run as u64), grouped(all as u64)));
            }
        }
    }

    /// Where a button would go to.
    pub(crate) fn found(&self, forward: bool) -> Option<usize> {
        let study = self.study.as_ref()?;
        study.find(&self.accesses, study.position(), forward, Wanted { sort: self.sort, line: self.only() })
    }

    /// The line alone that the buttons go through.
    pub(crate) fn only(&self) -> Option<u64> {
        self.line.as_ref().filter(|_| self.only).map(|(line, _)| *line)
    }

    fn go(&mut self, position: usize) {
        if let Some(study) = &mut self.study {
            self.step = study.step_to(&self.accesses, position);
        }
    }

    /// The counters of all caches as the command line prints them.
    pub(crate) fn counters_json(&self) -> String {
        list(self.study.iter().flat_map(|s| s.counters().iter().map(|c| c.json(self.shape.family))))
    }

    /// The table of all accesses as the command line writes it, as CSV.
    pub(crate) fn table_csv(&self) -> String {
        let Ok(geometry) = self.shape.geometry() else { return String::new() };
        let mut system = System::new(self.accesses.processors(), geometry, self.shape.rules());
        let names: Vec<String> = (0..system.processors()).map(|p| format!("P{p}")).collect();
        let row = |(i, access): (usize, Access)| {
            let outcome = system.access(access.processor, access.write, access.address);
            Row::of_access(&system, i as u64 + 1, access, outcome)
        };
        let rows: Vec<Row> = self.accesses.iter().enumerate().map(row).collect();
        sheet("access number", &names, false, &rows).csv()
    }
}

/// What a made-up trace is called.
fn pattern_name(mix: &Mix) -> String {
    let name =
        lightcone_core::coherence::Pattern::ALL.iter().find(|(p, ..)| *p == mix.pattern).map_or("", |(_, n, _)| n);
    format!("Made up: {name}")
}

#[cfg(test)]
mod tests;
