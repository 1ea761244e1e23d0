//! The walk with known answers, through the lab: the same 24 steps as on the caches alone, with messages.

use super::{lines, play};
use serde_json::Value;

/// A step: its accesses (cache, operation, line), and all changes of state that it makes, in any order.
type Step = (&'static [(u8, char, char)], &'static str);

/// `2 A SM BusUpgr` is: C2's line A goes from S to M, and it asked for a BusUpgr.
const WALK: [Step; 24] = [
    (&[(1, 'R', 'A')], "1 A IE BusRd"),
    (&[(1, 'R', 'A')], ""),
    (&[(2, 'R', 'A')], "2 A IS BusRd, 1 A ES"),
    (&[(2, 'R', 'A')], ""),
    (&[(3, 'R', 'A')], "3 A IS BusRd"),
    (&[(2, 'W', 'A')], "2 A SM BusUpgr, 1 A SI, 3 A SI"),
    (&[(2, 'W', 'A')], ""),
    (&[(2, 'R', 'A')], ""),
    (&[(4, 'R', 'A')], "4 A IS BusRd, 2 A MS flush"),
    (&[(3, 'W', 'A')], "3 A IM BusRdX, 2 A SI, 4 A SI"),
    (&[(1, 'R', 'B')], "1 B IE BusRd"),
    (&[(1, 'W', 'B')], "1 B EM"),
    (&[(4, 'W', 'B')], "4 B IM BusRdX, 1 B MI flush"),
    (&[(2, 'R', 'D')], "2 D IE BusRd"),
    (&[(3, 'W', 'D')], "3 D IM BusRdX, 2 D EI"),
    (&[(1, 'R', 'A')], "1 A IS BusRd, 3 A MS flush"),
    (&[(1, 'R', 'B')], "1 B IS BusRd, 4 B MS flush"),
    (&[(1, 'R', 'C')], "1 A SI, 1 C IE BusRd"),
    (&[(1, 'W', 'B')], "1 B SM BusUpgr, 4 B SI"),
    (&[(1, 'R', 'A')], "1 C EI, 1 A IS BusRd"),
    (&[(1, 'R', 'C')], "1 B MI WriteBack, 1 C IE BusRd"),
    (
        &[(1, 'R', 'D'), (2, 'R', 'D'), (3, 'R', 'D'), (4, 'R', 'D')],
        "1 D IS BusRd, 2 D IS BusRd, 3 D MS flush, 4 D IS BusRd",
    ),
    (
        &[(1, 'W', 'A'), (2, 'W', 'A'), (3, 'W', 'A')],
        "1 A SM BusUpgr, 3 A SI, 2 A IM BusRdX, 1 A MI flush, 3 A IM BusRdX, 2 A MI flush",
    ),
    (&[(4, 'R', 'A')], "4 A IS BusRd, 3 A MS flush"),
];

fn address(line: char) -> &'static str {
    match line {
        'A' => "0x0",
        'B' => "0x80",
        'C' => "0x100",
        _ => "0x40",
    }
}

fn change(line: &Value) -> String {
    let (data, node) = (&line["data"], line["node"].as_str().expect("a cache"));
    let word = |key: &str| data[key].as_str().unwrap_or_default();
    let name = "ABCD".chars().find(|c| address(*c) == word("line")).expect("one of the four");
    let more = if data["flush"] == true { " flush" } else { "" };
    let asked = data["asked"].as_str().map_or(String::new(), |asked| format!(" {asked}"));
    format!("{} {name} {}{}{asked}{more}", &node[1..], word("from"), word("to"))
}

#[test]
fn the_lab_walks_as_the_shared_table_says() {
    let mut acts = Vec::new();
    for (i, (accesses, _)) in WALK.iter().enumerate() {
        for (cache, op, line) in *accesses {
            let (op, value) = if *op == 'W' {
                ("write", format!(",\"value\":\"{cache} in step {}\"", i + 1))
            } else {
                ("read", String::new())
            };
            acts.push(format!(
                "{{\"at_ms\":{},\"act\":{{\"request\":{{\"node\":\"C{cache}\",\"op\":\"{op}\",\"args\":{{\"key\":\"{}\"{value}}}}}}}}}",
                100 * (i + 1),
                address(*line)
            ));
        }
    }
    let run = play(&format!(
        "{{\"format\":\"lightcone/1\",\"lab\":\"mesi\",\"network\":{{\"delay_ms\":1}},\"setup\":{{\"caches\":4,\"size\":256,\
         \"ways\":2,\"line\":64}},\"acts\":[{}],\"until_ms\":2600}}",
        acts.join(",")
    ));
    assert_eq!(run.violations(), []);
    let all = lines(&run);
    for (i, (accesses, expected)) in WALK.iter().enumerate() {
        let (from, to) = (100_000 * (i as u64 + 1), 100_000 * (i as u64 + 2));
        let ours: Vec<&Value> =
            all.iter().filter(|l| l["at_us"].as_u64().is_some_and(|at| (from..to).contains(&at))).collect();
        let mut changes: Vec<String> =
            ours.iter().filter(|l| l["kind"] == "state" && l["data"]["to"].is_string()).map(|l| change(l)).collect();
        let mut expected: Vec<&str> = expected.split(", ").filter(|c| !c.is_empty()).collect();
        changes.sort();
        expected.sort_unstable();
        assert_eq!(changes, expected, "step {}", i + 1);
        let replies = ours.iter().filter(|l| l["kind"] == "reply").count();
        assert_eq!(replies, accesses.len(), "step {}", i + 1);
    }
    // Who lost the line in step 23 was told that its BusUpgr can help no more; and step 24 reads the last winner's value.
    assert_eq!(all.iter().filter(|l| l["data"]["busrdx_instead"] == true).count(), 1);
    let last = all.iter().rfind(|l| l["kind"] == "reply").expect("a reply");
    assert_eq!(last["data"]["value"], "3 in step 23");
}
