use super::*;
use crate::base::draw::{Purpose, draw, in_range};
use crate::imports::{Expression, Regex, read};
use proptest::prelude::*;

fn execution(text: &str) -> Execution {
    let expression = Expression::guess(text).expect("a known form");
    let log = read(text, 1, &expression, None);
    assert_eq!(log.executions.len(), 1, "{text}");
    log.executions[0].clone()
}

/// A log of hosts that send each other messages, in GoVector's form; some events are left out.
fn random(seed: u64, events: usize, lost: u64) -> String {
    let mut thrown = 0;
    let mut dice = |most: u64| {
        thrown += 1;
        in_range(draw(seed, Purpose::Explore, 0, 0, thrown), 0, most)
    };
    let hosts = dice(4) as usize + 2;
    let mut clocks = vec![vec![0u64; hosts]; hosts];
    let mut flying: Vec<Vec<u64>> = Vec::new();
    let mut text = String::new();
    for n in 0..events {
        let host = dice(hosts as u64 - 1) as usize;
        if !flying.is_empty() && dice(9) < 4 {
            let message = flying.remove(dice(flying.len() as u64 - 1) as usize);
            clocks[host].iter_mut().zip(message).for_each(|(own, seen)| *own = seen.max(*own));
        }
        clocks[host][host] += 1;
        if dice(9) < 5 {
            flying.push(clocks[host].clone());
        }
        if dice(99) < lost {
            continue;
        }
        let entries = clocks[host].iter().enumerate().filter(|(_, entry)| **entry > 0);
        let entries: Vec<String> = entries.map(|(host, entry)| format!("\"h{host}\":{entry}")).collect();
        text += &format!("h{host} {{{}}}\nevent {n}\n", entries.join(", "));
    }
    text
}

#[test]
fn pairs_are_those_that_a_comparison_of_all_clocks_finds() {
    for seed in 0..60 {
        let text = random(seed, 80, if seed % 2 == 0 { 0 } else { 5 });
        let execution = execution(&text);
        let less = |a: &Event, b: &Event| a.clock != b.clock && a.clock.iter().all(|(h, v)| *v <= b.entry(*h));
        let mut expected = 0;
        for (n, a) in execution.events.iter().enumerate() {
            expected += execution.events[n + 1..].iter().filter(|b| less(a, b) || less(b, a)).count() as u64;
        }
        let (pairs, n) = (execution.pairs(), execution.events.len() as u64);
        assert_eq!(pairs.happens_before, expected, "seed {seed}");
        assert_eq!(pairs.happens_before + pairs.concurrent, n * (n - 1) / 2);
        // What is missing at a host's end nobody can know, and whoever has seen it is said to know too much.
        assert!(seed % 2 == 1 || execution.impossible.is_empty() && execution.gaps.is_empty(), "seed {seed}");
    }
}

#[test]
fn messages_and_the_order_of_each_host_make_all_pairs() {
    for seed in 0..60 {
        let execution = execution(&random(seed, 80, 0));
        let placed = execution.placed();
        let n = placed.len();
        let mut before = vec![vec![false; n]; n];
        let mut steps: Vec<(u32, usize)> = placed.iter().enumerate().map(|(n, p)| (p.step, n)).collect();
        steps.sort_unstable();
        let mut last = vec![None; execution.hosts.len()];
        for (_, event) in steps {
            let host = execution.events[event].host as usize;
            let heard = placed[event].heard.iter().map(|(source, exact)| {
                assert!(*exact && placed[*source as usize].step < placed[event].step, "seed {seed}");
                *source as usize
            });
            for source in heard.chain(last[host]) {
                let known = before[source].clone();
                before[event].iter_mut().zip(known).for_each(|(own, theirs)| *own |= theirs);
                before[event][source] = true;
            }
            last[host] = Some(event);
        }
        let pairs = before.iter().flatten().filter(|known| **known).count() as u64;
        assert_eq!(pairs, execution.pairs().happens_before, "seed {seed}");
    }
}

#[test]
fn contradictions_are_drawn_all_the_same() {
    let text = "a {\"a\":1,\"b\":1}\nx\nb {\"a\":1,\"b\":1}\ny\nb {\"a\":5,\"b\":3}\nz\na {\"a\":3}\nw\n";
    let execution = execution(text);
    assert!(!execution.impossible.is_empty());
    assert!(execution.placed().iter().all(|placed| placed.step > 0));
}

#[test]
fn gaps_are_no_fault_and_faults_have_their_line() {
    let gap = execution("a {\"a\":1}\nx\na {\"a\":4}\ny\nb {\"b\":1,\"a\":2}\nz\n");
    assert!(gap.impossible.is_empty(), "{:?}", gap.impossible);
    assert_eq!(gap.gaps, [Remark::new(3, "events 2 to 3 of a are missing")]);
    for (text, line, words) in [
        ("a {\"a\":1}\nx\na {\"a\":1}\ny\n", 3, "must grow"),
        ("a {\"a\":1}\nx\nb {\"b\":1,\"a\":2}\ny\n", 3, "never had more than 1"),
        ("a {\"b\":1}\nx\nb {\"b\":1}\ny\n", 1, "no entry of a"),
        ("a {\"a\":1,\"c\":1}\nx\n", 1, "names c, of which there is no event"),
        ("a {\"a\":1}\nx\nb {\"a\":1,\"b\":1}\ny\nb {\"b\":2}\nz\n", 5, "knows of fewer now"),
        ("a {\"a\":1}\nx\nb {\"a\":1,\"b\":1}\ny\nc {\"c\":1,\"b\":1}\nz\n", 5, "does not know those"),
        ("a {\"a\":1}\nx\na {\"a\":-2}\ny\n", 3, "no JSON object of whole numbers"),
    ] {
        let found = execution(text).impossible;
        assert!(found.iter().any(|r| r.line == line && r.what.contains(words)), "{text}: {found:?}");
    }
}

#[test]
fn the_known_forms_are_told_apart() {
    let (govector, one, json) = (
        "a {\"a\":1}\nx\nb {\"a\":1,\"b\":1}\ny\n",
        "a {\"a\":1} x\nb {\"a\":1,\"b\":1} y\n",
        "{\"host\":\"a\",\"clock\":{\"a\":1},\"event\":\"x\"}\n{\"host\":\"b\",\"clock\":{\"a\":1,\"b\":1},\"event\":\"y\",\"n\":3}\n",
    );
    for text in [govector, "x\na {\"a\":1} \ny\nb {\"a\":1,\"b\":1} \n", one, json] {
        let execution = execution(text);
        assert_eq!(execution.hosts, ["a", "b"], "{text}");
        let said: Vec<&str> = execution.events.iter().map(|event| event.text.as_str()).collect();
        assert_eq!((said, execution.pairs().happens_before), (vec!["x", "y"], 1), "{text}");
    }
    assert_eq!(execution(json).events[1].fields, [("n".to_string(), "3".to_string())]);
}

#[test]
fn a_delimiter_parts_executions_and_may_name_them() {
    let text =
        "a {\"a\":1}\nx\n=== one ===\na {\"a\":1}\ny\na {\"a\":2}\nz\n=== two ===\n=== three ===\na {\"a\":2}\nw\n";
    let delimiter = Regex::new("^=== (?<trace>.*) ===$").expect("an expression");
    let log = read(text, 1, &Expression::guess(text).expect("a form"), Some(&delimiter));
    let seen: Vec<(&str, usize)> = log.executions.iter().map(|e| (e.label.as_str(), e.events.len())).collect();
    assert_eq!(seen, [("", 1), ("one", 2), ("three", 1)]);
    assert_eq!(log.executions[2].gaps[0].line, 10);
    assert_eq!(log.left_over, None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_log_is_read_as_far_as_it_goes(
        seed in any::<u64>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0u8..4, any::<u8>()), 1..6),
    ) {
        let mut bytes = random(seed, 12, 0).into_bytes();
        for (at, what, byte) in edits {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                // One byte stays, so that the next edit has a place.
                1 if bytes.len() > 1 => drop(bytes.remove(at)),
                1 => {}
                2 => bytes.insert(at, b"{}\":,\n 9-"[usize::from(byte) % 9]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Ok(expression) = Expression::guess(&text) else { return Ok(()) };
        let log = read(&text, 1, &expression, None);
        let lines = text.matches('\n').count() + 1;
        for execution in &log.executions {
            prop_assert!(execution.placed().iter().all(|placed| placed.step > 0));
            let (pairs, n) = (execution.pairs(), execution.events.len() as u64);
            prop_assert_eq!(pairs.happens_before + pairs.concurrent, n * n.saturating_sub(1) / 2);
            for remark in execution.gaps.iter().chain(&execution.impossible) {
                prop_assert!((1..=lines).contains(&remark.line) && !remark.what.contains('\n'), "{remark:?}");
            }
        }
    }

    #[test]
    fn any_expression_is_one_or_is_refused(source in "[a-z(){}\\[\\]\\\\.*+?<>=!|^$:0-9]{0,40}") {
        let whole = format!("(?<host>a)(?<clock>b)(?<event>c){source}");
        if let Err(what) = Expression::new(&whole) {
            prop_assert!(!what.is_empty() && !what.contains('\n'), "{what}");
        }
    }
}
