//! Which part may know which: layers, rooms without circles, and words that a part does without.

use crate::sources::{ALL, code, sources};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn the_core_is_deterministic_by_construction() {
    let mut found = Vec::new();
    for (name, text) in sources(&["core/src", "docs/example-lab/src"]) {
        // What is drawn has places with fractions: the layout, and what is written from it.
        if name.starts_with("core/src/views/diagram") || name.starts_with("core/src/views/export/picture") {
            continue;
        }
        for (number, line) in code(&text) {
            for banned in ["HashMap", "HashSet", "Instant", "SystemTime", "f32", "f64"] {
                let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                if words.into_iter().any(|word| word == banned) {
                    found.push(format!("{name}:{number}: {banned}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_outside_the_labs_knows_a_lab() {
    let ids = lightcone_core::labs::ids();
    assert!(!ids.is_empty());
    let mut found = Vec::new();
    for (name, text) in sources(&ALL) {
        let own = name.starts_with("core/src/labs/") || name.ends_with("/tests.rs");
        if own {
            continue;
        }
        for (number, line) in code(&text) {
            for id in &ids {
                if line.contains(&format!("\"{id}\"")) {
                    found.push(format!("{name}:{number} speaks of {id}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The layers of each member, lowest first: none imports one that stands above it or beside it. A layer is a folder with the
/// file of its name, or a file.
const LAYERS: [(&str, &[&[&str]]); 4] = [
    (
        "core/src",
        &[
            &["base"],
            &["coherence", "histories", "imports"],
            &["tables"],
            &["trace"],
            &["protocol"],
            &["scenario"],
            &["engine"],
            &["labs", "views"],
        ],
    ),
    ("web/src", &[&["model"], &["platform"], &["ui"]]),
    (
        "cli/src",
        &[
            &["terminal"],
            &["picture"],
            &["explore", "history", "import", "labs", "memory_trace", "render", "run"],
            &["main"],
        ],
    ),
    (
        "xtask/src",
        &[
            &["process", "count"],
            &["install"],
            &["tools"],
            &["node"],
            &["browser", "sizes"],
            &["dist"],
            &["bench", "serve", "test"],
            &["main"],
        ],
    ),
];
/// What the lowest storey of the page does without.
const NOT_IN_MODEL: [&str; 5] = ["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo_timers"];

/// The module of a file, from its crate's root: `labs/mesi/bus.rs` is `["labs", "mesi", "bus"]`.
fn module<'a>(name: &'a str, root: &str) -> Vec<&'a str> {
    let inside = name.strip_prefix(root).map_or(name, |rest| rest.trim_start_matches('/')).trim_end_matches(".rs");
    inside.split('/').filter(|part| *part != "lib").collect()
}

/// The paths in a path or in a tree of paths: `a::{b, c::{d, e}}` has `a::b`, `a::c::d` and `a::c::e`.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start();
    if let Some(tree) = text.strip_prefix('{') {
        let (mut depth, mut start, mut found) = (0, 0, Vec::new());
        for (at, c) in tree.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    found.extend(paths(&tree[start..at]));
                    start = at + 1;
                    if c == '}' {
                        return found;
                    }
                }
                _ => {}
            }
        }
        return found;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (head, rest) = text.split_at(end);
    if head.is_empty() {
        return Vec::new();
    }
    let below = rest.strip_prefix("::").map(paths).filter(|below| !below.is_empty());
    let below = below.unwrap_or_else(|| vec![Vec::new()]);
    below.into_iter().map(|path| [vec![head.to_string()], path].concat()).collect()
}

/// All that a file names of its own crate, be it on one line or on many: the line, and the path from the crate's root.
fn named(name: &str, text: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let own: Vec<String> = module(name, root).into_iter().map(String::from).collect();
    let plain: String = code(text).flat_map(|(_, line)| [line, "\n"]).collect();
    let mut found = Vec::new();
    for (at, _) in plain.match_indices("crate::") {
        let line = plain[..at].matches('\n').count() + 1;
        found.extend(paths(&plain[at + "crate::".len()..]).into_iter().map(|path| (line, path)));
    }
    for (at, _) in plain.match_indices("super::").filter(|(at, _)| !plain[..*at].ends_with("super::")) {
        let line = plain[..at].matches('\n').count() + 1;
        let rest = plain[at..].trim_start_matches("super::");
        let ups = (plain[at..].len() - rest.len()) / "super::".len();
        let base = &own[..own.len().saturating_sub(ups)];
        found.extend(paths(rest).into_iter().map(|path| (line, [base, &path].concat())));
    }
    found
}

fn is_test(name: &str) -> bool {
    name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("/golden.rs")
}

/// Imports and paths that point from a layer to one above or beside it, or to the crate's root, with their lines.
fn upward(name: &str, text: &str, root: &str, layers: &[&[&str]]) -> Vec<String> {
    let height = |layer: &str| layers.iter().position(|floor| floor.contains(&layer));
    let own = module(name, root).first().copied().unwrap_or_default();
    let Some(here) = height(own).filter(|_| !is_test(name)) else { return Vec::new() };
    let mut found = Vec::new();
    for (line, path) in named(name, text, root) {
        let head = path.first().map_or("", String::as_str);
        // What is no layer is an item of the crate's root, which knows them all.
        let above = height(head).is_none_or(|there| there > here || (there == here && head != own));
        if above {
            found.push(format!("{name}:{line}: {own} imports {head}"));
        }
    }
    found
}

#[test]
fn no_layer_imports_one_that_stands_above_it() {
    let mut found = Vec::new();
    for (root, layers) in LAYERS {
        for (name, text) in sources(&[root]) {
            found.extend(upward(&name, &text, root, layers));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_file_stands_in_a_layer() {
    for (root, layers) in LAYERS {
        for (name, _) in sources(&[root]) {
            let own = module(&name, root);
            let known = own.is_empty() || own == ["main"] || layers.iter().any(|floor| floor.contains(&own[0]));
            assert!(known, "{name} stands in no layer");
        }
    }
}

#[test]
fn an_arrow_upwards_is_found() {
    let layers = LAYERS[0].1;
    let found = |name: &str, text: &str| upward(name, text, "core/src", layers).len();
    assert_eq!(found("core/src/base/json.rs", "use crate::engine::Run;\n"), 1);
    assert_eq!(found("core/src/base.rs", "use crate::{engine, tables::Param};\n"), 2);
    let on_many_lines = "use crate::{\n    base::{ids, json},\n    labs::{self, LABS},\n    views,\n};\n";
    assert_eq!(found("core/src/base/log.rs", on_many_lines), 3);
    assert_eq!(found("core/src/trace/act.rs", "fn f() -> crate::scenario::Scenario {}\n"), 1);
    assert_eq!(found("core/src/views/series.rs", "use crate::labs::LABS;\n"), 1);
    assert_eq!(found("core/src/labs/mesi.rs", "use crate::views::svg;\n"), 1);
    assert_eq!(found("core/src/base/json/read.rs", "use super::super::super::engine::Run;\n"), 1);
    assert_eq!(found("core/src/engine/run.rs", "use crate::trace::Act; // crate::labs\n"), 0);
    assert_eq!(found("core/src/engine/run.rs", "#[cfg(test)]\nmod tests {\n    use crate::labs;\n}\n"), 0);
    let cli = LAYERS[2].1;
    assert_eq!(upward("cli/src/run.rs", "use crate::{Failure, terminal::print};\n", "cli/src", cli).len(), 1);
    assert_eq!(upward("cli/src/main.rs", "use crate::run;\n", "cli/src", cli).len(), 0);
}

/// What the rooms of each folder know of each other. A room is a file or a folder with the file of its name; rooms of one
/// folder stand side by side.
type Rooms = BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>>;

fn rooms(files: &[(String, String)], root: &str) -> Rooms {
    let modules: BTreeSet<Vec<String>> =
        files.iter().map(|(name, _)| module(name, root).into_iter().map(String::from).collect()).collect();
    let mut rooms = Rooms::new();
    for (name, text) in files.iter().filter(|(name, _)| !is_test(name)) {
        let own: Vec<String> = module(name, root).into_iter().map(String::from).collect();
        for (_, path) in named(name, text, root) {
            let Some(there) = (1..=path.len()).rev().map(|n| &path[..n]).find(|p| modules.contains(*p)) else {
                continue;
            };
            let same = own.iter().zip(there).take_while(|(a, b)| a == b).count();
            if let (Some(from), Some(to)) = (own.get(same), there.get(same)) {
                rooms.entry(own[..same].to_vec()).or_default().entry(from.clone()).or_default().insert(to.clone());
            }
        }
    }
    rooms
}

/// The rooms that one comes to from a room by what it knows.
fn reached<'a>(known: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = known.get(from).into_iter().flatten().map(String::as_str).collect();
    while let Some(room) = open.pop() {
        if found.insert(room) {
            open.extend(known.get(room).into_iter().flatten().map(String::as_str));
        }
    }
    found
}

/// Folders that know themselves by way of another room beside them.
fn circles(files: &[(String, String)], root: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (parent, known) in rooms(files, root) {
        let place = [&[root.to_string()], parent.as_slice()].concat().join("/");
        for room in known.keys() {
            let folder = files.iter().any(|(name, _)| name.starts_with(&format!("{place}/{room}/")));
            if folder && reached(&known, room).contains(room.as_str()) {
                found.push(format!("{place}/{room}"));
            }
        }
    }
    found
}

#[test]
fn no_circle_goes_through_a_folder() {
    let mut found = Vec::new();
    for root in ALL {
        found.extend(circles(&sources(&[root]), root));
    }
    assert!(found.is_empty(), "these know themselves by way of others beside them: {found:?}");
}

#[test]
fn a_circle_through_a_folder_is_found() {
    let files = |texts: &[(&str, &str)]| -> Vec<(String, String)> {
        texts.iter().map(|(name, text)| (format!("x/{name}"), text.to_string())).collect()
    };
    let knot = files(&[
        ("a/one.rs", "use crate::b::two;\n"),
        ("b/two.rs", "use super::super::c::Y;\n"),
        ("c.rs", "use crate::{a::one::X};\n"),
    ]);
    assert_eq!(circles(&knot, "x"), ["x/a", "x/b"]);
    let tree = files(&[
        ("a/one.rs", "use crate::b::two;\nuse super::two::X;\n"),
        ("a/two.rs", "use super::one::X;\n"),
        ("b/two.rs", ""),
    ]);
    assert!(circles(&tree, "x").is_empty(), "files of one folder may know each other");
}

#[test]
fn the_model_of_the_page_knows_no_browser() {
    let mut found = Vec::new();
    for (name, text) in sources(&["web/src/model", "core/src"]) {
        for (number, line) in code(&text) {
            let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            for banned in words.filter(|word| NOT_IN_MODEL.contains(word)) {
                found.push(format!("{name}:{number}: {banned}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
