//! The beginning of a memory trace as a scenario: so that what the counters count can be seen to travel.

use super::setup::{CACHES_MAX, CACHES_MIN};
use crate::base::json::{JsonObject, millis_text};
use crate::coherence::{Accesses, Shape, Supplier, WRITES};

/// Most accesses of a trace that become acts: what one can still follow, and a file that one can still read.
const ACCESSES_MAX: usize = 300;
/// Time of flight, in microseconds.
const DELAY_US: u64 = 1_000;
/// From one access to the next, in microseconds: longer than any access takes at the usual latencies, with a write-back
/// before it, so that the bus serves them in the order of the trace.
const EVERY_US: u64 = 50_000;

/// The scenario as JSON.
pub(in crate::labs) fn scenario(accesses: &Accesses, shape: Shape) -> Result<String, String> {
    let Shape { size, ways, line, family, supplier } = shape;
    let processors = accesses.processors() as u64;
    if processors > CACHES_MAX {
        return Err(format!("the simulated bus has at most {CACHES_MAX} caches, and this trace needs {processors}"));
    }
    let caches = processors.max(CACHES_MIN);
    let mut setup = JsonObject::new();
    setup.int("caches", caches).int("size", size).int("ways", ways).int("line", line);
    let (protocol, write) = family.settings();
    setup.text("protocol", &protocol);
    // What is usual is left out.
    if write != WRITES[0] {
        setup.text("write", write);
    }
    if supplier != Supplier::default() {
        setup.text("supplier", supplier.name());
    }
    let count = accesses.len().min(ACCESSES_MAX);
    let acts = accesses.iter().take(count).enumerate().map(|(i, access)| {
        let mut args = JsonObject::new();
        args.text("key", &format!("{:#x}", access.address));
        if access.write {
            // What is written says by which access.
            args.int("value", i as u64 + 1);
        }
        let mut request = JsonObject::new();
        request
            .text("node", &format!("C{}", access.processor + 1))
            .text("op", if access.write { "write" } else { "read" });
        let request = request.raw("args", &args.end()).end();
        let act = JsonObject::new().raw("request", &request).end();
        JsonObject::new().raw("at_ms", &millis_text((i as u64 + 1) * EVERY_US)).raw("act", &act).end()
    });
    let mut o = JsonObject::new();
    o.text("format", "lightcone/1").text("lab", super::SPEC.id).text("title", "The beginning of a memory trace");
    o.int("seed", 1).raw("setup", &setup.end());
    o.raw("network", &JsonObject::new().raw("delay_ms", &millis_text(DELAY_US)).end());
    o.list("acts", acts).raw("until_ms", &millis_text((count as u64 + 2) * EVERY_US));
    Ok(o.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coherence::{Family, Mix, Pattern, System};
    use crate::labs;

    fn numbers(run: &crate::engine::Run) -> Vec<String> {
        let panels = run.panels();
        let counters = panels.iter().find(|p| p.title() == "Counters");
        let Some(crate::trace::frame::Panel::Table { rows, .. }) = counters else {
            panic!("there is a table of counters")
        };
        rows.iter().flat_map(|(_, cells)| cells.iter().map(|c| c.text.clone())).collect()
    }

    #[test]
    fn on_the_simulated_bus_a_trace_has_the_counters_that_it_has_without_time() {
        for (pattern, name, _) in Pattern::ALL {
            let both = Family::ALL.into_iter().flat_map(|f| [(f, Supplier::Cache), (f, Supplier::Memory)]);
            for ((family, supplier), processors) in both.zip([3, 8].into_iter().cycle()) {
                if (family, supplier) == (Family::Mesif, Supplier::Memory) {
                    continue;
                }
                let mix =
                    Mix { pattern, count: 290, processors, write_percent: 40, shared_percent: 60, words: 40, seed: 5 };
                let accesses = mix.accesses();
                let shape = Shape { size: 256, ways: 2, line: 32, family, supplier };
                let text = scenario(&accesses, shape).expect("it fits");
                let run = crate::engine::run(labs::parse(&text).expect("a scenario"));
                assert_eq!(run.violations(), [], "{name}");
                let mut system = System::new(processors, shape.geometry().expect("it fits"), shape.rules());
                for a in accesses.iter() {
                    system.access(a.processor, a.write, a.address);
                }
                let all: Vec<String> =
                    system.counters().iter().flat_map(|c| c.named_in(family)).map(|(_, n)| n.to_string()).collect();
                assert_eq!(numbers(&run), all, "{name} {shape:?}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_on_the_bus_is_refused() {
        let mix = Mix {
            pattern: Pattern::Mixed,
            count: 100,
            processors: 9,
            write_percent: 0,
            shared_percent: 0,
            words: 1,
            seed: 1,
        };
        let shape = Shape { size: 256, ways: 2, line: 32, family: Family::Mesi, supplier: Supplier::Cache };
        assert!(scenario(&mix.accesses(), shape).expect_err("too many").contains("at most 8 caches"));
        let one = Mix { processors: 1, count: 1_000, ..mix }.accesses();
        let text = scenario(&one, shape).expect("one processor has a neighbour that does nothing");
        assert_eq!(labs::parse(&text).expect("a scenario").acts.len(), ACCESSES_MAX);
    }
}
