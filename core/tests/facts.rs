//! Facts with known answers, from the shared data.

mod common;

use common::shared_data;
use lightcone_core::base::clock::{Relation, compare, merge};
use serde_json::{Map, Value};

/// A clock as components in the order of the names; who is not named counts as zero.
fn components(clock: &Value, names: &[String]) -> Vec<u32> {
    names.iter().map(|n| clock.get(n).map_or(0, |v| v.as_u64().expect("a component") as u32)).collect()
}

fn names<'a>(clocks: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
    let mut names: Vec<String> =
        clocks.into_iter().flat_map(|c| c.as_object().into_iter().flat_map(Map::keys).cloned()).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn vector_clocks_compare_and_merge_as_the_shared_table_says() {
    let Some(text) = shared_data("vector-clocks/compare.json") else { return };
    let table: Value = serde_json::from_str(&text).expect("the table is JSON");
    let rows = table["compare"].as_array().expect("rows");
    assert!(!rows.is_empty());
    for row in rows {
        let names = names([&row["a"], &row["b"]]);
        let (a, b) = (components(&row["a"], &names), components(&row["b"], &names));
        let (expected, turned) = match row["rel"].as_str().expect("a relation") {
            "equal" => (Relation::Equal, Relation::Equal),
            "before" => (Relation::Before, Relation::After),
            "after" => (Relation::After, Relation::Before),
            "concurrent" => (Relation::Concurrent, Relation::Concurrent),
            other => panic!("{other} is no relation"),
        };
        assert_eq!((compare(&a, &b), compare(&b, &a)), (expected, turned), "{row}");
    }
    let row = &table["merge"];
    let names = names([&row["a"], &row["b"], &row["merged"]]);
    let mut merged = components(&row["a"], &names);
    merge(&mut merged, &components(&row["b"], &names));
    assert_eq!(merged, components(&row["merged"], &names));
}
