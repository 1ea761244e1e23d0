//! A small program is cut in two, and both parts are what they should be.

use lightcone_split::plan::{Later, plan};
use lightcone_split::{cut, read::read};

/// `main` calls `helper` by name and `labs::queue::step` through the table; `only` is needed by that lab alone.
const PROGRAM: &str = r#"(module
  (type $t (func (param i32) (result i32)))
  (import "js" "log" (func $log (param i32)))
  (memory 1) (global $stack (mut i32) (i32.const 9))
  (table 3 3 funcref)
  (elem (i32.const 1) $core::labs::queue::step $core::labs::clocks::step)
  (func $main (export "main") (param i32) (result i32)
    (call $helper (i32.const 2))
    (call_indirect (type $t) (i32.const 5) (i32.const 1)))
  (func $helper (param i32) (call $log (global.get $stack)))
  (func $core::labs::queue::step (type $t) (call $helper (i32.const 1)) (call $only (local.get 0)))
  (func $core::labs::clocks::step (type $t) (local.get 0))
  (func $only (type $t) (i32.load (local.get 0)))
)"#;

fn later() -> Later {
    Later {
        parent: "core::labs::".into(),
        stay: vec!["clocks".into()],
        also: Vec::new(),
        never: Vec::new(),
        gates: Vec::new(),
    }
}

#[test]
fn a_lab_goes_with_what_only_it_needs() {
    let file = wat::parse_str(PROGRAM).unwrap();
    let program = read(&file).unwrap();
    let plan = plan(&program, &later());
    let names: Vec<&str> = plan.later.iter().map(|f| program.names[f].as_str()).collect();
    assert_eq!(names, ["core::labs::queue::step", "only"]);
    assert_eq!(plan.places.keys().copied().collect::<Vec<_>>(), [1], "its place in the table is filled later");
    assert_eq!(plan.shared.iter().map(|f| program.names[f].as_str()).collect::<Vec<_>>(), ["helper"]);

    let (first, rest) = cut(&file, &later()).unwrap();
    let (first, rest) = (read(&first).unwrap(), read(&rest).unwrap());
    assert_eq!(rest.imported, 1, "the helper comes from the first file");
    assert_eq!(rest.types.len(), 3);
    assert_eq!(rest.places.keys().copied().collect::<Vec<_>>(), [1]);
    assert_eq!((rest.memories.len(), rest.globals.len(), rest.tables.len()), (1, 1, 1));
    assert_eq!(first.places.len(), 2, "every place of the table is still there");
    assert!(first.calls.iter().flatten().all(|f| *f < 3), "nobody calls what has gone");
}

#[test]
fn a_call_by_name_goes_through_the_table_if_it_is_a_gate_and_is_refused_if_not() {
    let calls = PROGRAM.replace("(call $helper (i32.const 2))", "(drop (call $core::labs::queue::step (i32.const 2)))");
    let file = wat::parse_str(calls).unwrap();
    let why = cut(&file, &later()).unwrap_err();
    assert_eq!(why, "main stays and calls core::labs::queue::step, which is loaded later and is no gate");
    let gates = Later { gates: vec!["queue::step".into()], ..later() };
    assert!(cut(&file, &gates).is_ok());
}

#[test]
fn a_function_that_two_need_stays() {
    let calls = PROGRAM.replace(
        "(func $core::labs::clocks::step (type $t) (local.get 0))",
        "(func $core::labs::clocks::step (type $t) (call $only (local.get 0)))",
    );
    let file = wat::parse_str(calls).unwrap();
    let program = read(&file).unwrap();
    assert_eq!(plan(&program, &later()).later.len(), 1);
}

#[test]
fn what_cannot_be_cut_says_why() {
    assert!(cut(b"no wasm", &later()).unwrap_err().starts_with("the wasm file cannot be read"));
    let nameless = wat::parse_str("(module (func))").unwrap();
    assert_eq!(
        cut(&nameless, &later()).unwrap_err(),
        "no function has one of the names: was the file made with names in it?"
    );
    let value = wat::parse_str("(module (func $f) (elem declare func $f) (func (drop (ref.func $f))))").unwrap();
    assert!(cut(&value, &later()).unwrap_err().contains("this tool does not know"));
}

#[test]
fn names_tell_children_of_a_module_from_its_functions() {
    let later = later();
    assert!(later.names("core::typed::Typed<core::labs::queue::Queue>::step"));
    assert!(!later.names("core::typed::Typed<core::labs::clocks::Clocks>::step"));
    assert!(!later.names("core::labs::find"));
    assert!(!later.names("core::labs::context::<core::labs::clocks::Clocks>"));
    assert!(later.names("core::labs::context::<core::labs::queue::Queue>"));
}
