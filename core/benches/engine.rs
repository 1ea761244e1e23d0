//! How fast the engine is, measured against a bare event queue: `cargo bench -p lightcone-core`.
//!
//! Without `--bench` among its arguments, as in `cargo test --benches`, it only shows that it works.
#![allow(clippy::disallowed_types, reason = "a benchmark is about wall-clock time")]

use lightcone_core::base::json::JsonObject;
use lightcone_core::engine::Run;
use lightcone_core::labs;
use lightcone_core::protocol::{Context, Input, Misfit, Of, Out, ProcessInfo, Protocol, Story};
use lightcone_core::scenario::Scenario;
use lightcone_core::tables::{LabSpec, Values};
use lightcone_core::trace::{NodeId, Trace};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Instant;

const PROCESSES: NodeId = 5;
/// Messages under way at any time.
const PENDING: u64 = 100;
/// Rounds of each measurement; the fastest counts, because whatever disturbs only slows down.
const ROUNDS: usize = 12;

/// Each message that arrives is sent on to the next process.
#[derive(Clone, Copy, Debug)]
struct Relay;

static SPEC: LabSpec = LabSpec { id: "relay", title: "Relay", ..LabSpec::EMPTY };

static LAB: Of<Relay> = Of::NEW;

impl Protocol for Relay {
    type Setup = ();
    type State = ();
    type Durable = ();
    type Write = ();
    type Message = u32;
    type Timer = ();
    type Request = ();
    type Note = ();

    fn spec() -> &'static LabSpec {
        &SPEC
    }

    fn setup(_: Values<'_>, _: &[&'static str]) -> Result<(), Misfit> {
        Ok(())
    }

    fn processes((): &()) -> Vec<ProcessInfo> {
        (1..=PROCESSES).map(|i| ProcessInfo { name: format!("P{i}"), role: "process" }).collect()
    }

    fn request(_: &Context<Self>, _: NodeId, _: &str, _: Values<'_>) -> Result<(), Misfit> {
        Ok(())
    }

    fn format(_: &Context<Self>, _: NodeId) {}

    fn write((): &mut (), (): ()) {}

    fn boot(_: &Context<Self>, me: NodeId, (): &(), out: &mut Out<Self>) {
        for i in 0..PENDING as u32 / u32::from(PROCESSES) {
            out.send((me + 1 + (i % 4) as NodeId) % PROCESSES, i);
        }
    }

    fn step(_: &Context<Self>, me: NodeId, (): &mut (), (): &(), input: Input<'_, Self>, out: &mut Out<Self>) {
        if let Input::Message { message, .. } = input {
            out.send((me + 1 + (message % 4) as NodeId) % PROCESSES, message.wrapping_add(1));
        }
    }

    fn timer_name((): ()) -> &'static str {
        unreachable!("it arms none")
    }
}

impl Story for Relay {
    fn describe_message(_: &Context<Self>, message: &u32, _: &mut JsonObject) -> String {
        message.to_string()
    }
}

/// Pops and pushes events of 24 bytes, 100 of them pending.
fn bare_queue(events: u64) {
    let mut heap: BinaryHeap<Reverse<(u64, u64, u64)>> = (0..PENDING).map(|i| Reverse((i, i, i))).collect();
    let mut bits = 1u64;
    for order in 0..events {
        let Reverse((at_us, _, what)) = heap.pop().expect("there are always 100");
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        heap.push(Reverse((at_us + 5_000 + bits % 15_000, order, what)));
    }
    black_box(heap.len());
}

fn relay() -> Run {
    let scenario = Scenario::empty(&LAB);
    Run::new(scenario)
}

/// Messages delivered and sent on, with the trace recorded.
fn simulator(messages: u64) {
    let mut run = relay();
    // A receive and the send that follows are two records.
    run.seek_time(u64::MAX, (2 * messages) as u32);
    assert_eq!(run.frame().in_flight.len() as u64, PENDING);
    black_box(run.trace().len());
}

fn seconds(work: impl Fn(u64), events: u64) -> f64 {
    let start = Instant::now();
    work(events);
    start.elapsed().as_secs_f64()
}

/// Events a second of both, by turns, so that whatever disturbs disturbs both.
fn rates(events: u64) -> (f64, f64) {
    // The GNU C library gives memory back to the system at once and fetches it again, page by page, in the
    // next round, until a block as large as this was freed. What fresh pages cost is shown apart.
    drop(black_box(vec![1u8; (32 << 20) - (1 << 16)]));
    let (mut bare, mut simulated) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        bare = bare.min(seconds(bare_queue, 4 * events));
        simulated = simulated.min(seconds(simulator, events));
    }
    (4.0 * events as f64 / bare, events as f64 / simulated)
}

/// Resident memory of this process in bytes, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(status.split_whitespace().nth(1)?.parse::<u64>().ok()? * 4096)
}

fn memory(records: u32) {
    let before = resident();
    let mut run = relay();
    run.seek_time(u64::MAX, records);
    let n = usize::from(PROCESSES);
    println!("a record with its stamp        {:>12} bytes", Trace::bytes_a_record(n));
    if let (Some(before), Some(after)) = (before, resident()) {
        let each = after.saturating_sub(before) / u64::from(run.trace().len());
        println!("memory of a run, each record   {each:>12} bytes (at most {})", 180 + 4 * n);
    }
}

/// Median time of a seek to a random position, in milliseconds.
fn seek(records: u32, seeks: u64) -> f64 {
    let text = r#"{"format":"lightcone/1","lab":"vector-clocks","setup":{"processes":5},"until_ms":100000,
        "network":{"delay_ms":{"uniform":[5,100]}},"acts":[{"at_ms":0,"act":{"workload":{"op":"send",
        "nodes":["P1","P2","P3","P4","P5"],"count":100000,"every_ms":0.5}}}]}"#;
    let scenario = labs::parse(text).expect("a scenario");
    let mut run = Run::new(scenario);
    run.seek_time(u64::MAX, records);
    let mut bits = 88_172_645_463_325_252_u64;
    let mut times: Vec<f64> = (0..seeks)
        .map(|_| {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let start = Instant::now();
            run.seek((bits % u64::from(records)) as u32);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("longest of {seeks} seeks           {:>12.3} ms", times[times.len() - 1]);
    times[times.len() / 2]
}

/// Milliseconds to read a scenario with so many acts, the fastest of some times.
fn parse(acts: u64) -> f64 {
    let acts: Vec<String> = (0..acts)
        .map(|i| {
            let (from, to) = (i % 5 + 1, (i + 1) % 5 + 1);
            format!(
                "{{\"at_ms\":{i},\"act\":{{\"request\":{{\"node\":\"P{from}\",\"op\":\"send\",\
                 \"args\":{{\"to\":\"P{to}\",\"message\":{i}}}}}}}}}"
            )
        })
        .collect();
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"setup\":{{\"processes\":5}},\"acts\":[{}],\
         \"until_ms\":1000}}",
        acts.join(",")
    );
    let once = || {
        let start = Instant::now();
        black_box(labs::parse(&text).expect("a scenario"));
        start.elapsed().as_secs_f64() * 1e3
    };
    (0..ROUNDS).map(|_| once()).fold(f64::INFINITY, f64::min)
}

fn main() {
    let scale = if std::env::args().any(|a| a == "--bench") { 100 } else { 1 };
    memory(10_000 * scale as u32);
    let fresh = 3_000 * scale;
    println!("simulator, fresh memory        {:>12.0} messages a second", fresh as f64 / seconds(simulator, fresh));
    let (bare, simulated) = rates(3_000 * scale);
    println!("bare queue, pop and push       {bare:>12.0} events a second");
    println!("simulator, receive and send    {simulated:>12.0} messages a second");
    println!("ratio                          {:>12.3} (at least 0.2)", simulated / bare);
    let median = seek(1_000 * scale as u32, 2 * scale);
    println!("reading {:>7} acts           {:>12.0} ms", 1_000 * scale, parse(1_000 * scale));
    println!("median seek in {:>7} records  {median:>12.3} ms (at most 4)", 1_000 * scale);
}
