//! The style that the code keeps: sizes that one can read, and no leaks between its parts.
//!
//! A file that must be longer says why in a line with the word `style:`, one with a larger component in a line with
//! `large component:`.

use std::path::{Path, PathBuf};

/// Most lines of a file, tests at its end not counted: about what one reads in one sitting.
const FILE_LINES_MAX: usize = 600;
/// Most lines of a function: about what one sees at once.
const FUNCTION_LINES_MAX: usize = 70;

/// Most lines of a part of the page: its function, or all that one file has of a type with a state.
const COMPONENT_LINES_MAX: usize = 150;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((name, std::fs::read_to_string(&path).expect("a source file is text")));
        }
    }
}

/// Name and text of every source file below some folders of the workspace.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut files);
    }
    files.sort();
    assert!(!files.is_empty(), "{folders:?} have sources");
    files
}

const ALL: [&str; 6] = ["core/src", "cli/src", "web/src", "guides/src", "xtask/src", "docs/example-lab/src"];

fn excused(text: &str) -> bool {
    text.lines().any(|line| line.contains("style:"))
}

/// The code of a file that is not test code, without comments, line by line.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.lines().position(|l| l.trim_start() == "mod tests {").unwrap_or(usize::MAX);
    text.lines().enumerate().take_while(move |(i, _)| *i < tests).map(|(i, line)| {
        let line = line.split("//").next().unwrap_or(line);
        (i + 1, line)
    })
}

#[test]
fn files_and_functions_are_short_enough_to_read() {
    let mut long = Vec::new();
    for (name, text) in sources(&ALL) {
        if excused(&text) {
            continue;
        }
        let lines = code(&text).count();
        if lines > FILE_LINES_MAX {
            long.push(format!("{name} has {lines} lines, more than {FILE_LINES_MAX}"));
        }
        for (start, lines, head) in functions(&text) {
            if lines > FUNCTION_LINES_MAX {
                long.push(format!("{name}:{start}: {lines} lines: {head}"));
            }
        }
    }
    assert!(long.is_empty(), "a longer one says why in a line with \"style:\"\n{}", long.join("\n"));
}

/// First line, number of lines and head of each function that does not end on its first line.
///
/// The code is formatted: a function ends at the first closing brace as deep as its head.
fn functions(text: &str) -> Vec<(usize, usize, &str)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, &str)> = None;
    for (i, line) in text.lines().enumerate() {
        let depth = line.len() - line.trim_start().len();
        match open {
            None if is_function(line) => open = Some((i, depth, line.trim())),
            Some((start, deep, head)) if depth == deep && line.trim() == "}" => {
                found.push((start + 1, i - start + 1, head));
                open = None;
            }
            // A trait's function without a body.
            Some((_, deep, _)) if depth == deep && line.ends_with(';') => open = None,
            _ => {}
        }
    }
    found
}

fn is_function(line: &str) -> bool {
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
    let first = line.split_whitespace().find(|word| !modifiers.contains(word));
    first == Some("fn") && !line.ends_with(';') && !line.ends_with('}')
}

#[test]
fn functions_are_found_and_measured() {
    let text = "fn a() {}\nimpl X {\n    pub(super) fn b(\n        x: u8,\n    ) -> u8 {\n        x\n    }\n\n    \
                const fn c() {\n    }\n}\ntrait Y {\n    fn d(\n        &self,\n    ) -> u8;\n    fn e(&self);\n}\n";
    let found: Vec<(usize, usize)> = functions(text).into_iter().map(|(start, lines, _)| (start, lines)).collect();
    assert_eq!(found, [(3, 5), (9, 2)]);
}

/// Name and number of lines of each component in a file: of a function, or of all blocks of a type.
fn components(text: &str) -> Vec<(String, usize)> {
    let mut found: Vec<(String, usize)> = Vec::new();
    let mut typed = found.clone();
    let lines: Vec<&str> = text.lines().collect();
    for (i, line) in lines.iter().enumerate() {
        let end = || lines[i..].iter().position(|l| *l == "}").map_or(lines.len() - i, |n| n + 1);
        let head = line.trim_end_matches(" {");
        let name = |rest: &str| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("").to_string();
        if *line == "#[component]" {
            let signature = lines.get(i + 1).and_then(|l| l.split_once("fn ")).map_or("", |(_, rest)| rest);
            found.push((name(signature), end() - 1));
        } else if let Some(rest) = head.strip_prefix("impl Component for ").or_else(|| head.strip_prefix("impl ")) {
            if rest.contains(' ') {
                continue;
            }
            match typed.iter_mut().find(|(known, _)| *known == name(rest)) {
                Some((_, sum)) => *sum += end(),
                None => typed.push((name(rest), end())),
            }
        }
    }
    let has_state = |name: &str| text.contains(&format!("impl Component for {name} {{"));
    found.extend(typed.into_iter().filter(|(name, _)| has_state(name)));
    found
}

#[test]
fn components_are_small_or_say_why_not() {
    let mut large = Vec::new();
    for (name, text) in sources(&["web/src"]) {
        let excused = text.lines().any(|line| line.starts_with("//") && line.contains("large component:"));
        for (component, lines) in components(&text) {
            if lines > COMPONENT_LINES_MAX && !excused {
                large.push(format!("{name}: {component} has {lines} lines, more than {COMPONENT_LINES_MAX}"));
            }
        }
    }
    assert!(large.is_empty(), "a larger one says why in a line with \"large component:\"\n{}", large.join("\n"));
}

#[test]
fn components_are_found_and_measured() {
    let text = "#[component]\npub(crate) fn Row(props: &Props) -> Html {\n    html! {}\n}\n\nstruct Big;\nimpl Component for Big {\n    \
                fn view() {\n    }\n}\nimpl Big {\n    fn more() {}\n}\nimpl Plain {\n}\nimpl PartialEq for Big {\n}\n";
    assert_eq!(components(text), [("Row".to_string(), 3), ("Big".to_string(), 7)]);
}

#[test]
fn the_core_is_deterministic_by_construction() {
    let mut found = Vec::new();
    for (name, text) in sources(&["core/src", "docs/example-lab/src"]) {
        if name.starts_with("core/src/views/diagram") {
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

/// The layers of core and the storeys of the page, lowest first: none imports one that stands above it. Labs and views stand
/// side by side.
const LAYERS: [(&str, &[&str]); 2] = [
    ("core/src", &["base", "coherence", "tables", "trace", "protocol", "scenario", "engine", "labs", "views"]),
    ("web/src", &["model", "platform", "ui"]),
];
/// Two layers of one height.
const APART: (&str, &str) = ("views", "labs");
/// What the lowest storey of the page does without.
const NOT_IN_MODEL: [&str; 5] = ["yew", "web_sys", "js_sys", "wasm_bindgen", "gloo_timers"];

/// The layer of a file: the name of its folder, or of the folder's root file.
fn layer<'a>(name: &'a str, root: &str) -> &'a str {
    let inside = name.strip_prefix(root).map_or(name, |rest| rest.trim_start_matches('/'));
    inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// The first names of a path or of a tree of paths, such as `a` and `b` of `{a, b::{c, d}}`.
fn heads(path: &str) -> Vec<&str> {
    let Some(tree) = path.trim_start().strip_prefix('{') else {
        return vec![path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()];
    };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in tree.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                found.extend(heads(tree[start..at].trim_start()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

/// Imports and paths that point from a layer to one above it, with their lines, be they on one line or on many.
fn upward(name: &str, text: &str, root: &str, layers: &[&str]) -> Vec<String> {
    let height = |layer: &str| layers.iter().position(|known| *known == layer);
    let own = layer(name, root);
    let tests = name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("/golden.rs");
    let Some(here) = height(own).filter(|_| !tests) else { return Vec::new() };
    let plain: String = code(text).flat_map(|(_, line)| [line, "\n"]).collect();
    let mut found = Vec::new();
    for (at, word) in plain.match_indices("crate::") {
        let number = plain[..at].matches('\n').count() + 1;
        for head in heads(&plain[at + word.len()..]) {
            if height(head).is_some_and(|there| there > here) || (own, head) == APART {
                found.push(format!("{name}:{number}: {own} imports {head}"));
            }
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
fn an_arrow_upwards_is_found() {
    let layers = LAYERS[0].1;
    let found = |name: &str, text: &str| upward(name, text, "core/src", layers).len();
    assert_eq!(found("core/src/base/json.rs", "use crate::engine::Run;\n"), 1);
    assert_eq!(found("core/src/base.rs", "use crate::{engine, tables::Param};\n"), 2);
    assert_eq!(
        found(
            "core/src/base/log.rs",
            "use crate::{\n    base::{ids, json},\n    labs::{self, LABS},\n    views,\n};\n"
        ),
        2
    );
    assert_eq!(found("core/src/trace/act.rs", "fn f() -> crate::scenario::Scenario {}\n"), 1);
    assert_eq!(found("core/src/views/series.rs", "use crate::labs::LABS;\n"), 1);
    assert_eq!(found("core/src/labs/mesi.rs", "use crate::views::svg;\n"), 1);
    assert_eq!(found("core/src/engine/run.rs", "use crate::trace::Act; // crate::labs\n"), 0);
    assert_eq!(found("core/src/engine/run.rs", "#[cfg(test)]\nmod tests {\n    use crate::labs;\n}\n"), 0);
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

/// Most files that one folder has beside its subfolders: a list that one can take in at a glance.
const FOLDER_FILES_MAX: usize = 14;
#[test]
fn no_folder_is_a_long_list() {
    let mut counts = std::collections::BTreeMap::new();
    for (name, _) in sources(&["core/src", "web/src"]) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
        *counts.entry(folder).or_insert(0usize) += 1;
    }
    counts.retain(|_, count| *count > FOLDER_FILES_MAX);
    assert!(counts.is_empty(), "more than {FOLDER_FILES_MAX} files: {counts:?}");
}

#[test]
fn the_files_that_the_architecture_names_are_there() {
    let text = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the document is there");
    let quoted = text.split('`').skip(1).step_by(2);
    let members = ["core/", "web/", "cli/", "xtask/", "guides/", "docs/", "e2e/", "static/"];
    let named: Vec<&str> =
        quoted.filter(|q| members.iter().any(|m| q.starts_with(m)) && !q.contains(['<', ' '])).collect();
    assert!(named.len() > 15, "{named:?}");
    let missing: Vec<&&str> = named.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
