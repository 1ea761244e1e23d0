//! The style that the code keeps: sizes that one can read, and no leaks between its parts.
//!
//! A file that must be longer says why in a line with the word `style:`.

use std::path::{Path, PathBuf};

/// Most lines of a file, tests at its end not counted: about what one reads in one sitting.
const FILE_LINES_MAX: usize = 600;
/// Most lines of a function: about what one sees at once.
const FUNCTION_LINES_MAX: usize = 70;

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

const ALL: [&str; 4] = ["core/src", "cli/src", "web/src", "xtask/src"];

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
        // The code is formatted: a function ends at the first closing brace as deep as its head.
        let mut open: Option<(usize, usize, &str)> = None;
        for (i, line) in text.lines().enumerate() {
            let depth = line.len() - line.trim_start().len();
            match open {
                None if is_function(line) => open = Some((i, depth, line.trim())),
                Some((start, deep, head)) if depth == deep && line.trim() == "}" => {
                    let lines = i - start + 1;
                    if lines > FUNCTION_LINES_MAX {
                        long.push(format!("{name}:{}: {lines} lines: {head}", start + 1));
                    }
                    open = None;
                }
                Some((_, deep, _)) if depth == deep && line.trim().ends_with(';') => open = None,
                _ => {}
            }
        }
    }
    assert!(long.is_empty(), "a longer one says why in a line with \"style:\"\n{}", long.join("\n"));
}

fn is_function(line: &str) -> bool {
    let line = line.trim_start();
    let head = line.split('(').next().unwrap_or("");
    let words: Vec<&str> = head.split_whitespace().collect();
    let modifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe"];
    let first = words.iter().position(|w| !modifiers.contains(w));
    first.is_some_and(|i| words[i] == "fn") && !line.ends_with(';') && !line.ends_with("{}") && !line.ends_with('}')
}

#[test]
fn the_core_is_deterministic_by_construction() {
    let mut found = Vec::new();
    for (name, text) in sources(&["core/src"]) {
        if name.starts_with("core/src/diagram") {
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
