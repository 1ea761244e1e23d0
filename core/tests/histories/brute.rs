//! Small random histories, judged a second time by looking at all orders.

use super::common::{Dice, cases};
use super::verdict;
use lightcone_core::histories::{Call, Consistency, History, Limits, Model, Operation, Value, Verdict, judge, read};
use std::collections::{BTreeMap, BTreeSet};

/// A random history of keys or of one register, in EDN: operations overlap, fail, or never return.
fn random(dice: &mut Dice, model: Model, unique: bool) -> String {
    random_of(dice, model, unique, (3, 6), &["x", "y"])
}

/// The same with so many operations on these keys.
fn random_of(dice: &mut Dice, model: Model, unique: bool, count: (u64, u64), keys: &[&str]) -> String {
    let processes = dice.range(2, 3);
    let mut free: Vec<u64> = (0..processes).collect();
    let mut open: Vec<(u64, String, String)> = Vec::new();
    let (mut text, mut left, mut written) = (String::new(), dice.range(count.0, count.1), 0);
    let (mut next, mut values) = (processes, vec![1]);
    while left > 0 || !open.is_empty() {
        if left > 0 && !free.is_empty() && (open.is_empty() || dice.percent(55)) {
            left -= 1;
            let process = free.remove(dice.range(0, free.len() as u64 - 1) as usize);
            let key = if model == Model::Kv { format!(", :key \"{}\"", dice.of(keys)) } else { String::new() };
            written += 1;
            let value = if unique { written } else { dice.range(1, 2) };
            let (f, asked) = match dice.range(0, 9) {
                0..=3 => {
                    values.push(value);
                    ("write", value.to_string())
                }
                4 if model == Model::CasRegister => ("cas", format!("[{} {value}]", dice.range(1, 2))),
                _ => ("read", "nil".to_string()),
            };
            text += &format!("{{:process {process}, :type :invoke, :f :{f}{key}, :value {asked}}}\n");
            open.push((process, format!(":f :{f}{key}"), asked));
            continue;
        }
        let (process, what, asked) = open.remove(dice.range(0, open.len() as u64 - 1) as usize);
        let kind = dice.of(&["ok", "ok", "ok", "ok", "ok", "ok", "fail", "info"]);
        let answer = match dice.range(0, 9) {
            _ if !what.contains(":read") => asked,
            0 | 1 => "nil".into(),
            2 => "7".into(),
            _ => dice.of(&values).to_string(),
        };
        text += &format!("{{:process {process}, :type :{kind}, {what}, :value {answer}}}\n");
        if kind == "info" {
            free.push(next);
            next += 1;
        } else {
            free.push(process);
        }
    }
    text
}

type Store = BTreeMap<Option<String>, Value>;

/// One operation after the other, as plainly as can be.
fn apply(store: &mut Store, operation: &Operation) -> bool {
    let key = operation.key.as_deref().map(String::from);
    let held = store.get(&key).cloned().unwrap_or(Value::Nil);
    match &operation.call {
        Call::Read(value) => *value == held,
        Call::Write(value) => {
            store.insert(key, value.clone());
            true
        }
        Call::Cas(from, to) if held == *from => {
            store.insert(key, to.clone());
            true
        }
        _ => false,
    }
}

/// Whether some order of the operations keeps what comes before what, and is one in which they could happen.
fn some_order(
    operations: &[&Operation],
    before: &dyn Fn(&Operation, &Operation) -> bool,
    done: &mut Vec<usize>,
    store: &Store,
) -> bool {
    let missing = (0..operations.len()).filter(|n| !done.contains(n)).collect::<Vec<_>>();
    if missing.iter().all(|n| operations[*n].returned.is_none()) {
        return true;
    }
    for &n in &missing {
        let late = missing.iter().any(|m| *m != n && before(operations[*m], operations[n]));
        let mut after = store.clone();
        if late || !apply(&mut after, operations[n]) {
            continue;
        }
        done.push(n);
        if some_order(operations, before, done, &after) {
            return true;
        }
        done.pop();
    }
    false
}

fn ends_before(a: &Operation, b: &Operation) -> bool {
    a.returned.is_some_and(|mark| mark.place < b.invoked.place)
}

fn by_brute_force(history: &History, consistency: Consistency) -> bool {
    let all: Vec<&Operation> = history.operations.iter().collect();
    let order: &dyn Fn(&Operation, &Operation) -> bool = match consistency {
        Consistency::Linearizable => &ends_before,
        _ => &|a, b| a.process == b.process && ends_before(a, b),
    };
    some_order(&all, order, &mut Vec::new(), &Store::new())
}

/// Causal memory by its definition: for each way in which reads can have seen writes, causality, and for each process some
/// order of all writes and its own reads that keeps it, in which each read sees its write.
fn causal_by_brute_force(operations: &[Operation]) -> bool {
    let reads: Vec<usize> = (0..operations.len()).filter(|n| operations[*n].call.only_reads()).collect();
    let mut choices: Vec<Vec<Option<usize>>> = Vec::new();
    for &read in &reads {
        let Call::Read(value) = &operations[read].call else { unreachable!() };
        let fits =
            |n: &usize| operations[*n].key == operations[read].key && operations[*n].call == Call::Write(value.clone());
        let mut writes: Vec<Option<usize>> = (0..operations.len()).filter(fits).map(Some).collect();
        if *value == Value::Nil {
            writes.push(None);
        }
        choices.push(writes);
    }
    ways(&choices).iter().any(|way| {
        let seen: BTreeMap<usize, Option<usize>> = reads.iter().copied().zip(way.iter().copied()).collect();
        let n = operations.len();
        let mut before = vec![vec![false; n]; n];
        for a in 0..n {
            for b in 0..n {
                let own = operations[a].process == operations[b].process && ends_before(&operations[a], &operations[b]);
                before[a][b] = own || seen.get(&b) == Some(&Some(a));
            }
        }
        for k in 0..n {
            for a in 0..n {
                for b in 0..n {
                    before[a][b] |= before[a][k] && before[k][b];
                }
            }
        }
        let processes: BTreeSet<&str> = operations.iter().map(|o| &*o.process).collect();
        (0..n).all(|a| !before[a][a])
            && processes.iter().all(|process| {
                let mine: Vec<usize> = (0..n)
                    .filter(|i| !operations[*i].call.only_reads() || *operations[*i].process == **process)
                    .collect();
                serializes(operations, &mine, &before, &seen, &mut Vec::new())
            })
    })
}

fn ways(choices: &[Vec<Option<usize>>]) -> Vec<Vec<Option<usize>>> {
    let Some((first, rest)) = choices.split_first() else { return vec![Vec::new()] };
    let rest = ways(rest);
    first.iter().flat_map(|one| rest.iter().map(|more| [&[*one], more.as_slice()].concat())).collect()
}

fn serializes(
    operations: &[Operation],
    mine: &[usize],
    before: &[Vec<bool>],
    seen: &BTreeMap<usize, Option<usize>>,
    done: &mut Vec<usize>,
) -> bool {
    if done.len() == mine.len() {
        return true;
    }
    for &n in mine.iter().filter(|n| !done.contains(n)).collect::<Vec<_>>() {
        if mine.iter().any(|m| !done.contains(m) && before[*m][n]) {
            continue;
        }
        let last =
            done.iter().rev().find(|m| operations[**m].key == operations[n].key && !operations[**m].call.only_reads());
        if seen.get(&n).is_some_and(|write| *write != last.copied()) {
            continue;
        }
        done.push(n);
        if serializes(operations, mine, before, seen, done) {
            return true;
        }
        done.pop();
    }
    false
}

#[test]
fn verdicts_agree_with_a_search_over_all_orders() {
    let mut answers: BTreeMap<(&str, bool), u64> = BTreeMap::new();
    for seed in 0..cases(3_000) {
        let mut dice = Dice::new(seed ^ 0x11ea);
        let model = dice.of(&[Model::Register, Model::CasRegister, Model::Kv]);
        let text = random(&mut dice, model, seed % 2 == 0);
        let history = read(&text, model).expect("a history");
        for consistency in [Consistency::Linearizable, Consistency::Sequential] {
            let expected = by_brute_force(&history, consistency);
            *answers.entry((consistency.name(), expected)).or_default() += 1;
            let found = verdict(&text, model, consistency);
            assert_eq!(found == Verdict::Yes, expected, "{consistency:?} seed {seed}:\n{text}");
        }
    }
    println!("{answers:?}");
    assert!(answers.len() == 4 && answers.values().all(|n| *n > 0), "both answers come up: {answers:?}");
}

#[test]
fn causal_verdicts_agree_with_a_search_over_all_orders() {
    let (mut answers, mut apart) = (BTreeMap::new(), 0);
    for seed in 0..cases(3_000) {
        let mut dice = Dice::new(seed ^ 0xca5a1);
        let keys: &[&str] = if seed % 2 == 0 { &["x"] } else { &["x", "y"] };
        let text = random_of(&mut dice, Model::Kv, seed % 3 > 0, (4, 8), keys);
        let history = read(&text, Model::Kv).expect("a history");
        let expected = causal_by_brute_force(&history.operations);
        let found = verdict(&text, Model::Kv, Consistency::Causal);
        assert_eq!(found == Verdict::Yes, expected, "seed {seed}:\n{text}");
        *answers.entry(expected).or_insert(0) += 1;
        let sequential = verdict(&text, Model::Kv, Consistency::Sequential);
        assert!(expected || sequential != Verdict::Yes, "what is sequential is causal; seed {seed}:\n{text}");
        apart += u64::from(expected && sequential == Verdict::No);
    }
    println!("causal: {answers:?}, causal and not sequential: {apart}");
    assert!(answers.len() == 2 && (apart > 0 || cases(3_000) < 3_000), "{apart}");
}

#[test]
fn a_prefix_is_linearizable_and_one_operation_more_is_not() {
    for seed in 0..cases(1_500) {
        let mut dice = Dice::new(seed ^ 0x9ef1);
        let text = random(&mut dice, Model::CasRegister, false);
        let history = read(&text, Model::CasRegister).expect("a history");
        let limits = Limits::default();
        let judgement =
            judge(&history, Model::CasRegister, Consistency::Linearizable, limits).expect("it can be judged");
        let mut store = Store::new();
        let placed = judgement.order.iter().all(|n| apply(&mut store, &history.operations[*n]));
        assert!(placed, "the order that is shown is one that is possible; seed {seed}:\n{text}");
        for (at, n) in judgement.order.iter().enumerate() {
            let late =
                judgement.order[at..].iter().any(|m| ends_before(&history.operations[*m], &history.operations[*n]));
            assert!(!late, "it keeps real time; seed {seed}:\n{text}");
        }
        let Some(breaks) = judgement.breaks.first() else { continue };
        // All that had returned before it is placed; with its return, brute force finds nothing either.
        let end = history.operations[*breaks].returned.expect("it has returned").place;
        let cut = |upto: usize| {
            let mut part = history.clone();
            for operation in &mut part.operations {
                operation.returned = operation.returned.filter(|mark| mark.place < upto);
            }
            part.operations.retain(|o| o.invoked.place < upto && (o.returned.is_some() || !o.call.only_reads()));
            part
        };
        assert!(by_brute_force(&cut(end), Consistency::Linearizable), "seed {seed}:\n{text}");
        assert!(!by_brute_force(&cut(end + 1), Consistency::Linearizable), "seed {seed}:\n{text}");
    }
}
