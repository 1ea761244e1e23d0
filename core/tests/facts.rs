//! Facts with known answers: comparisons and a merge of vector clocks, from GoVector's tests. There identical clocks count
//! as concurrent besides; here they are equal.

use lightcone_core::base::clock::{Relation, compare, merge};

const COMPARED: [(&[u32], &[u32], Relation); 5] = [
    (&[2, 1, 1], &[1, 3, 1], Relation::Concurrent),
    (&[1, 0], &[1, 1], Relation::Before),
    (&[2, 0], &[1, 1], Relation::Concurrent),
    (&[1, 2, 3], &[1, 2, 3], Relation::Equal),
    (&[1, 2, 3], &[3, 2, 1], Relation::Concurrent),
];

#[test]
fn vector_clocks_compare_and_merge() {
    for row @ (a, b, relation) in COMPARED {
        let turned = match relation {
            Relation::Before => Relation::After,
            other => other,
        };
        assert_eq!((compare(a, b), compare(b, a)), (relation, turned), "{row:?}");
    }
    let mut merged = vec![2, 1, 1];
    merge(&mut merged, &[1, 3, 1]);
    assert_eq!(merged, [2, 3, 1]);
}
