//! How fast Raft runs, with trace and checks on: `cargo bench -p lightcone-core --bench raft`.
//!
//! Five servers, heartbeats every 50 ms, election timeouts of 150 to 300 ms, 20 requests a second. Without `--bench`
//! among its arguments, as in `cargo test --benches`, it only shows that it works.
#![allow(clippy::disallowed_types, reason = "a benchmark is about wall-clock time")]

use lightcone_core::engine::run;
use lightcone_core::labs;
use lightcone_core::scenario::Scenario;
use std::time::Instant;

/// Rounds of the measurement; the fastest counts, because whatever disturbs only slows down.
const ROUNDS: usize = 7;

fn scenario(seconds: u64) -> Scenario {
    let clients: Vec<String> = ('A'..='J').map(|c| format!("\"client_{c}\"")).collect();
    let load = |op: &str, at_ms: u64, args: &str| {
        format!(
            "{{\"at_ms\":{at_ms},\"act\":{{\"workload\":{{\"op\":\"{op}\",\"nodes\":[{}],\"count\":{},\
             \"every_ms\":100,\"args\":{{{args}}}}}}}}}",
            clients.join(","),
            seconds * 10
        )
    };
    let text = format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"raft-lock\",\"setup\":{{\"servers\":5,\"clients\":10,\"heartbeat_ms\":50,\
         \"election_ms\":[150,300]}},\"acts\":[{},{}],\"until_ms\":{}}}",
        load("acquire", 500, "\"lock_type\":\"shared\""),
        load("release", 550, ""),
        seconds * 1000
    );
    labs::parse(&text).expect("a scenario")
}

fn main() {
    let long = std::env::args().any(|a| a == "--bench");
    let seconds = if long { 400 } else { 2 };
    let (mut best, mut records) = (f64::INFINITY, 0);
    for _ in 0..if long { ROUNDS } else { 1 } {
        let start = Instant::now();
        let run = run(scenario(seconds));
        best = best.min(start.elapsed().as_secs_f64());
        records = run.trace().len();
        assert_eq!(run.violations(), [], "nothing is broken");
    }
    println!("records of {seconds} simulated seconds  {records:>12}");
    println!("records a second               {:>12.0}", f64::from(records) / best);
    println!("simulated seconds a second     {:>12.0} (at least 2000)", seconds as f64 / best);
}
