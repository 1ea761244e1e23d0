//! Sizes that one can read.
//!
//! A file that must be longer says why in a line with the word `style:`, one with a larger component in a line with
//! `large component:`.

use crate::sources::{ALL, code, excused, sources};
use std::collections::BTreeMap;

/// Most lines of a file, tests at its end not counted: about what one reads in one sitting.
const FILE_LINES_MAX: usize = 600;
/// Most lines of a function: about what one sees at once.
const FUNCTION_LINES_MAX: usize = 70;

/// Most lines of a part of the page: its function, or all that one file has of a type with a state.
const COMPONENT_LINES_MAX: usize = 150;

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

/// Most files that one folder has beside its subfolders: a list that one can take in at a glance.
const FOLDER_FILES_MAX: usize = 14;

#[test]
fn no_folder_is_a_long_list() {
    let mut counts = BTreeMap::new();
    for (name, _) in sources(&ALL) {
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
        *counts.entry(folder).or_insert(0usize) += 1;
    }
    counts.retain(|_, count| *count > FOLDER_FILES_MAX);
    assert!(counts.is_empty(), "more than {FOLDER_FILES_MAX} files: {counts:?}");
}
