//! Broken texts: one sentence with the line, never a panic.

use super::common::{Dice, cases};
use lightcone_core::histories::{Consistency, Limits, Model, judge, read};

const EDN: &str = "; a comment\n{:process 0, :type :invoke, :f :write, :value 3, :time 120}\n\
    {:process 1, :type :invoke, :f :cas, :value [3 4]}\n#jepsen.history.Op{:process 0, :type :ok, :f :write, :value 3}\n\
    {:process :nemesis, :type :info, :f :start, :value nil}\n{:process 1, :type :fail, :f :cas, :value [3 4]}\n\
    {:process 2, :type :invoke, :f :read, :value nil}\n{:process 2, :type :ok, :f :read, :value 3}\n";
const KEYS: &str = "[{:process 0, :type :invoke, :f :append, :key \"a\", :value \"x \\\"y\"}\n\
    {:process 0, :type :ok, :f :append, :key \"a\", :value \"x \\\"y\"}\n{:process 1, :type :invoke, :f :get, :key \"a\", :value nil},\n\
    {:process 1, :type :ok, :f :get, :key \"a\", :value \"x \\\"y\"}]\n";
const LOG: &str = "INFO  jepsen.util - 0\t:invoke\t:cas\t[3 0]\nINFO  jepsen.util - 1\t:invoke\t:read\tnil\n\
    INFO  jepsen.util - 0\t:info\t:cas\t:timed-out\nINFO  jepsen.util - 1\t:ok\t:read\t3\n";
const OWN: &str = "{\"type\":\"invoke\",\"operation\":4,\"process\":\"A\",\"at_us\":10,\"data\":{\"op\":\"acquire\",\"args\":{\"resource_id\":\"a\"}}}\n\
    {\"type\":\"return\",\"operation\":4,\"process\":\"A\",\"at_us\":20,\"data\":{\"op\":\"acquire\",\"result\":\"granted\",\"token\":1}}\n\
    {\"type\":\"expire\",\"process\":\"A\",\"at_us\":30,\"data\":{\"resource\":\"a\",\"token\":1}}\n\
    {\"type\":\"invoke\",\"operation\":9,\"process\":\"B\",\"at_us\":40,\"data\":{\"op\":\"locks\",\"args\":{}}}\n\
    {\"type\":\"return\",\"operation\":9,\"process\":\"B\",\"at_us\":50,\"data\":{\"op\":\"locks\",\"locks\":[{\"resource_id\":\"a\",\"holders\":[]}]}}\n";

/// A text with some bytes, words or lines changed.
fn mutated(dice: &mut Dice, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..dice.range(1, 4) {
        let at = dice.range(0, bytes.len().max(1) as u64 - 1) as usize;
        match dice.range(0, 6) {
            _ if bytes.is_empty() => {}
            0 => bytes[at] = dice.range(0, 255) as u8,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, dice.of(b"{}[]()\"\\:;#, \n0-tn")),
            3 => bytes.truncate(at),
            4 => {
                let end = (at + dice.range(1, 30) as usize).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = dice.range(0, bytes.len() as u64) as usize;
                bytes.splice(to..to, piece);
            }
            5 => {
                let word =
                    dice.of(&["nil", ":ok", ":info", "18446744073709551616", "[1 2]", "null", "-1", "#_", "\\u{0}"]);
                bytes.splice(at..at, word.bytes());
            }
            _ => {
                let mut lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
                let (a, b) =
                    (dice.range(0, lines.len() as u64 - 1) as usize, dice.range(0, lines.len() as u64 - 1) as usize);
                lines.swap(a, b);
                bytes = lines.join(&b'\n');
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_broken_text_is_told_in_a_sentence_with_its_line() {
    let (mut refused, mut judged) = (0u64, 0u64);
    for seed in 0..cases(20_000) {
        let mut dice = Dice::new(seed ^ 0xb40c);
        let (text, model) =
            dice.of(&[(EDN, Model::CasRegister), (KEYS, Model::Kv), (LOG, Model::CasRegister), (OWN, Model::Lock)]);
        let text = mutated(&mut dice, text);
        match read(&text, model) {
            Ok(history) => {
                judged += 1;
                for consistency in Consistency::ALL {
                    let judgement = judge(&history, model, consistency, Limits { states: 1_000 });
                    if let Err(e) = judgement {
                        assert!(consistency == Consistency::Causal && e.line > 0, "{e}\n{text}");
                    }
                }
            }
            Err(e) => {
                refused += 1;
                let said = e.to_string();
                assert!(!said.is_empty() && !said.contains('\n'), "{said:?}\n{text}");
                assert!(e.line <= text.matches('\n').count() + 1, "{said}\n{text}");
                assert!(
                    e.line > 0 || said.contains("empty") || said.contains("none of the operations"),
                    "{said}\n{text}"
                );
            }
        }
    }
    println!("{judged} mutations were judged, {refused} refused");
    assert!(refused > 0 && judged > 0);
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    for (text, model, line, words) in [
        ("", Model::Register, 0, "empty"),
        ("\n\nhello", Model::Register, 3, "this is no history"),
        ("{:process 0, :type :invoke, :f :read}\n{:process 0, :type :invoke, :f :read}", Model::Register, 2, "line 1"),
        ("{:process 0, :type :ok, :f :read}", Model::Register, 1, "has not called"),
        ("\n{:process 0, :type :maybe, :f :read}", Model::Register, 2, "found :maybe"),
        ("{:process 0, :type :invoke, :f :cas, :value [1 2]}", Model::Register, 1, "no operation :cas"),
        ("{:process 0, :type :invoke,\n :f :cas, :value 1}", Model::CasRegister, 1, "expected [expected new], found 1"),
        ("[{:process 0, :type :invoke, :f :read}\n", Model::Register, 2, "ends before the ]"),
        ("{:process 0,\n:type :invoke, :f :read", Model::Register, 2, "ends in the middle"),
        (
            "INFO  jepsen.util - 0 :invoke :read nil\nINFO  jepsen.util - 0 :ok :write 1",
            Model::Register,
            2,
            "has called :read",
        ),
        ("{\"type\":\"return\",\"operation\":1}", Model::Lock, 1, "was not called before"),
        (
            "{\"type\":\"invoke\",\"operation\":1,\"process\":\"a\",\"data\":{\"op\":\"dance\"}}",
            Model::Lock,
            0,
            "dance",
        ),
    ] {
        let e = read(text, model).expect_err(text);
        assert!(e.line == line && e.what.contains(words), "{text}: {e}");
    }
    let deep =
        format!("{{:process 0, :type :invoke, :f :write, :value {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&deep, Model::Register).expect_err("too deep").what.contains("nested"));
}
