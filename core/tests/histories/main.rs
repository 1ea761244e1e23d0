//! Histories: against the answers of others, against a search over all orders, and the labs' own.

#[path = "../common/mod.rs"]
mod common;

mod broken;
mod brute;
mod labs;

use common::shared_data;
use lightcone_core::histories::{Consistency, Limits, Model, Verdict, judge, read, report};

/// The verdict on a text.
fn verdict(text: &str, model: Model, consistency: Consistency) -> Verdict {
    let history = read(text, model).unwrap_or_else(|e| panic!("{e}\n{text}"));
    judge(&history, model, consistency, Limits::default()).unwrap_or_else(|e| panic!("{e}\n{text}")).verdict
}

#[test]
#[ignore = "reads the data beside the project; cargo xtask test runs it where they are"]
fn published_verdicts_come_out() {
    let table = shared_data("linearizability/VERDICTS.tsv");
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows.len(), 56);
    for row in rows {
        let model = if row[0].starts_with("kv/") { Model::Kv } else { Model::CasRegister };
        let expected = if row[1] == "ok" { Verdict::Yes } else { Verdict::No };
        let text = shared_data(&format!("linearizability/{}", row[0]));
        assert_eq!(verdict(&text, model, Consistency::Linearizable), expected, "{}", row[0]);
    }
}

#[test]
fn the_longest_prefix_and_what_breaks_it_are_told() {
    let text = "{:process 0, :type :invoke, :f :write, :value 1}\n{:process 0, :type :ok, :f :write, :value 1}\n\
                {:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value 1}\n\
                {:process 0, :type :invoke, :f :write, :value 2}\n{:process 0, :type :ok, :f :write, :value 2}\n\
                {:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value 1}\n\
                {:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value 2}\n";
    let history = read(text, Model::Register).expect("a history");
    let judgement =
        judge(&history, Model::Register, Consistency::Linearizable, Limits::default()).expect("reads and writes");
    assert_eq!(
        (judgement.verdict, &judgement.order[..], &judgement.breaks[..]),
        (Verdict::No, &[0, 1, 2][..], &[3][..])
    );
    let said = report(&history, &judgement);
    assert!(said.starts_with("not linearizable\nlongest linearizable prefix: 3 of 5 operations"), "{said}");
    assert!(said.contains("cannot be placed: read → 1, by 1 (called in line 7, returned in line 8)"), "{said}");
    assert!(said.contains("would have found: 2"), "{said}");
}

#[test]
fn a_limit_is_answered_with_unknown() {
    // Many writes at once and a read of none of them.
    let mut text = String::new();
    for n in 0..12 {
        text += &format!("{{:process {n}, :type :invoke, :f :write, :value {n}}}\n");
    }
    text += "{:process 99, :type :invoke, :f :read, :value nil}\n{:process 99, :type :ok, :f :read, :value 77}\n";
    for n in 0..12 {
        text += &format!("{{:process {n}, :type :ok, :f :write, :value {n}}}\n");
    }
    let history = read(&text, Model::Register).expect("a history");
    let with = |states| {
        judge(&history, Model::Register, Consistency::Linearizable, Limits { states })
            .expect("reads and writes")
            .verdict
    };
    assert_eq!((with(1_000), with(1_000_000)), (Verdict::Unknown, Verdict::No));
}
