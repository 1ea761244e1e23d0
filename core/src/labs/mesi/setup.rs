//! Settings, processes, and requests from checked fields.

mod contents;

use super::line::{Content, Line};
use super::{Access, Ctx, Request};
use crate::base::json::{Doc, InputError, Payload};
use crate::coherence::{Family, Geometry, Rules, State, read_address, rules_of};
use crate::labs::kit::cast;
use crate::protocol::{Misfit, ProcessInfo};
use crate::tables::{Value, Values};
use crate::trace::NodeId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Fewest and most caches: with one alone nothing is to be kept coherent, and more do not fit on a screen.
pub(super) const CACHES_MIN: u64 = 2;
pub(super) const CACHES_MAX: u64 = 8;
/// Most lines that memory is given at the start.
const MEMORY_LINES_MAX: usize = 1_000;
/// Most places of a cache in address mode: more is nothing that one could look at.
const PLACES_MAX: usize = 4_096;
/// Where made-up accesses to shared and to private addresses begin.
const SHARED_BASE: u64 = 0x1000;
const PRIVATE_BASE: u64 = 0x10_0000;
/// How many keys the made-up requests of `read` and `write` have: few, so that they meet, and enough to evict one another.
const MADE_UP: u64 = 5;
/// So many of a hundred made-up requests are to the first of these keys: a race for a line takes several who want it.
const FAVOURITE_PERCENT: u64 = 70;

/// How many values the accesses of a mix write: few enough for short names. A prime number: digits that decide something
/// else about the access have no part in the value.
const VALUES: u64 = 99_991;

/// Who goes first when several wait for the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arbitration {
    /// Who came first.
    Fifo,
    /// The next after the one that was served last.
    RoundRobin,
    /// The one with the lowest number.
    Fixed,
}

/// Settings. Times are in microseconds.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) caches: usize,
    pub(super) rules: Rules,
    pub(super) sets: usize,
    pub(super) ways: usize,
    /// In address mode.
    pub(super) geometry: Option<Geometry>,
    pub(super) bus_us: u64,
    pub(super) memory_us: u64,
    pub(super) transfer_us: u64,
    pub(super) retry_us: u64,
    pub(super) arbitration: Arbitration,
    /// The line whose state the lanes show.
    pub(super) show: Option<Line>,
    /// What is in memory at the start, by line.
    pub(super) memory: Vec<(Rc<str>, Content)>,
    /// What is in each cache at the start, the least recently used line first.
    pub(super) contents: Vec<Vec<Start>>,
    pub(super) broken: Broken,
}

/// A line that is in a cache at the start.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) line: Line,
    pub(super) state: State,
    pub(super) content: Content,
}

/// Rules that are switched off on purpose.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Broken {
    pub(super) no_invalidate: bool,
    pub(super) no_flush: bool,
    pub(super) exclusive_without_snoop: bool,
    pub(super) stale_upgrade: bool,
    pub(super) no_retry: bool,
}

impl Broken {
    pub(super) fn any(self) -> bool {
        self.no_invalidate || self.no_flush || self.exclusive_without_snoop || self.stale_upgrade || self.no_retry
    }
}

impl Setup {
    /// Which states there are.
    pub(super) fn family(&self) -> Family {
        self.rules.family
    }

    /// The bus is the last process.
    pub(super) fn bus(&self) -> NodeId {
        self.caches as NodeId
    }

    /// Whether keys are addresses.
    pub(super) fn by_address(&self) -> bool {
        self.geometry.is_some()
    }

    /// The line that a key is in, and the key as it is always written.
    fn place(&self, key: &str) -> Result<(Line, Rc<str>), String> {
        let Some(geometry) = self.geometry else {
            if key.is_empty() {
                return Err("a key has a character at least".into());
            }
            let name: Rc<str> = key.into();
            return Ok((Line { name: Rc::clone(&name), set: 0 }, name));
        };
        let Some(address) = read_address(key) else {
            return Err(format!("expected a hexadecimal address such as 0x1040, found {key:?}"));
        };
        let number = geometry.line(address);
        let line = Line { name: hex(geometry.base(number)), set: geometry.set(number) };
        Ok((line, hex(address)))
    }
}

fn hex(address: u64) -> Rc<str> {
    format!("{address:#x}").into()
}

pub(super) fn read(given: Values<'_>, broken: &[&'static str]) -> Result<Setup, Misfit> {
    let int = |name| given.int(name);
    let on = |name| broken.contains(&name);
    let geometry = match int("size") {
        0 => None,
        size => Some(Geometry::new(size, int("ways"), int("line")).map_err(|what| ("size", what))?),
    };
    let (sets, ways) = geometry.map_or((1, given.count("lines")), |g| (g.sets(), g.ways()));
    if sets * ways > PLACES_MAX {
        return Err(("size", format!("a cache has at most {PLACES_MAX} lines here, not {}", sets * ways)));
    }
    let (protocol, write, supplier) = (given.text("protocol"), given.text("write"), given.text("supplier"));
    let rules = rules_of(&protocol, &write, &supplier);
    let rules = rules.map_err(|(which, what)| (["protocol", "write", "supplier"][which], what))?;
    let mut setup = Setup {
        caches: given.count("caches"),
        rules,
        sets,
        ways,
        geometry,
        bus_us: int("bus_ms"),
        memory_us: int("memory_ms"),
        transfer_us: int("transfer_ms"),
        retry_us: int("retry_ms"),
        arbitration: match given.text("arbitration").as_str() {
            "round-robin" => Arbitration::RoundRobin,
            "fixed" => Arbitration::Fixed,
            _ => Arbitration::Fifo,
        },
        show: None,
        memory: Vec::new(),
        contents: Vec::new(),
        broken: Broken {
            no_invalidate: on("no-invalidate"),
            no_flush: on("no-flush"),
            exclusive_without_snoop: on("exclusive-without-snoop"),
            stale_upgrade: on("stale-upgrade"),
            no_retry: on("no-retry"),
        },
    };
    let show = given.text("show");
    if !show.is_empty() {
        setup.show = Some(setup.place(&show).map_err(|what| ("show", what))?.0);
    }
    setup.memory = memory(&setup, &given.json("memory")).map_err(|e| ("memory", e.what))?;
    setup.contents = contents::read(&setup, &given.json("contents"))
        .map_err(|e| ("contents", format!("{}{}", inner(&e.path), e.what)))?;
    Ok(setup)
}

/// Where something stands inside a setting, before what is wrong there.
fn inner(path: &str) -> String {
    let inner = path.trim_start_matches(['$', '.']);
    if inner.is_empty() { String::new() } else { format!("{inner}: ") }
}

/// What is in memory at the start: `{"user_1": "Ada"}`.
fn memory(setup: &Setup, payload: &Payload) -> Result<Vec<(Rc<str>, Content)>, InputError> {
    let doc = Doc::parse(payload.json())?;
    let mut object = doc.object()?;
    let keys = object.keys();
    if keys.len() > MEMORY_LINES_MAX {
        return doc.error(format!("at most {MEMORY_LINES_MAX} values"));
    }
    let mut lines: BTreeMap<Rc<str>, Content> = BTreeMap::new();
    for key in keys {
        let value = object.need(&key)?.payload()?;
        let (line, key) = setup.place(&key).or_else(|what| doc.error(what))?;
        let content = lines.entry(line.name).or_default();
        *content = content.with(&key, &value);
    }
    Ok(lines.into_iter().collect())
}

pub(super) fn processes(setup: &Setup) -> Vec<ProcessInfo> {
    let caches = cast::numbered("C", "cache", setup.caches);
    caches.chain([ProcessInfo { name: "bus".into(), role: "bus" }]).collect()
}

pub(super) fn request(ctx: &Ctx, node: NodeId, operation: &str, args: Values<'_>) -> Result<Request, Misfit> {
    let access = |key: &str, value| {
        let (line, key) = ctx.setup.place(key).map_err(|what| ("key", what))?;
        Ok(Request::Access(Rc::new(Access { line, key, value })))
    };
    match operation {
        "read" => access(&args.text("key"), None),
        "write" => access(&args.text("key"), Some(args.json("value"))),
        "access" => {
            let (key, value) = drawn(ctx, node, args);
            access(&key, value)
        }
        "status" => Ok(Request::Status),
        "metrics" => Ok(Request::Metrics),
        other => unreachable!("{other} is not in the table of operations"),
    }
}

/// What an access of a mix is, by the number drawn for it: key, and the value where it writes.
fn drawn(ctx: &Ctx, node: NodeId, args: Values<'_>) -> (String, Option<Payload>) {
    let int = |name| args.int(name);
    let pick = int("pick");
    let (write, shared) = (pick % 100 < int("write_percent"), pick / 100 % 100 < int("shared_percent"));
    let which = pick / 10_000 % int("keys");
    let key = match (ctx.setup.by_address(), shared) {
        (true, true) => format!("{:#x}", SHARED_BASE + which * int("stride")),
        (true, false) => format!("{:#x}", PRIVATE_BASE * (u64::from(node) + 1) + which * int("stride")),
        (false, true) => format!("s{which}"),
        (false, false) => format!("{}_{which}", ctx.name(node)),
    };
    // Different numbers write different values, nearly always: so a stale one shows.
    (key, write.then(|| Payload::from_text(&format!("v{:05}", pick % VALUES))))
}

/// Values of made-up requests.
pub(super) fn make_up(ctx: &Ctx, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
    match (operation, param) {
        ("access", "pick") => Some(Value::Int(bits >> 12)),
        (_, "key") if ctx.setup.by_address() => {
            // Two words of a line, and lines of one set and of others.
            let place = bits % 2 * 8 + favoured(bits / 2) * 64;
            Some(Value::Text(format!("{:#x}", SHARED_BASE + place)))
        }
        (_, "key") => Some(Value::Text(format!("k{}", favoured(bits) + 1))),
        _ => None,
    }
}

/// Which of the keys a made-up request is about, from 0.
fn favoured(bits: u64) -> u64 {
    if bits % 100 < FAVOURITE_PERCENT { 0 } else { bits / 100 % MADE_UP }
}
