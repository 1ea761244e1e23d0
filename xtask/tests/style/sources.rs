//! What files the project has, and their code.

use std::path::{Path, PathBuf};

/// Where the sources of all members stand.
pub(crate) const ALL: [&str; 6] = ["core/src", "cli/src", "web/src", "guides/src", "xtask/src", "docs/example-lab/src"];

/// The project's folder.
pub(crate) fn root() -> PathBuf {
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
pub(crate) fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in folders {
        collect(&root().join(folder), &mut files);
    }
    files.sort();
    assert!(!files.is_empty(), "{folders:?} have sources");
    files
}

/// Whether a file says why it is longer.
pub(crate) fn excused(text: &str) -> bool {
    text.lines().any(|line| line.contains("style:"))
}

/// The code of a file that is not test code, without comments, line by line.
pub(crate) fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.lines().position(|l| l.trim_start() == "mod tests {").unwrap_or(usize::MAX);
    text.lines().enumerate().take_while(move |(i, _)| *i < tests).map(|(i, line)| {
        let line = line.split("//").next().unwrap_or(line);
        (i + 1, line)
    })
}
