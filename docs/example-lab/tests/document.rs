//! `docs/adding-a-lab.md` quotes real code: each block stands in a source file, whatever its indentation.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

fn collect(folder: &Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|e| e == "rs") {
            sources.push(plain(&read(&path)));
        }
    }
}

/// The lines without the indentation that they have in common, or any other.
fn plain(text: &str) -> String {
    text.lines().flat_map(|line| ["\n", line.trim_start()]).chain(["\n"]).collect()
}

/// The fenced blocks of Rust in a document.
fn blocks(document: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = document.lines();
    while lines.by_ref().any(|line| line.trim() == "```rust") {
        let block: Vec<&str> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

#[test]
fn every_quote_of_the_document_is_real_code() {
    let mut sources = Vec::new();
    collect(&root().join("docs/example-lab/src"), &mut sources);
    collect(&root().join("core/src"), &mut sources);
    let document = read(&root().join("docs/adding-a-lab.md"));
    let blocks = blocks(&document);
    assert_eq!(blocks.len(), document.matches("```rust").count(), "each block ends");
    assert!(blocks.len() > 10, "the document quotes the lab");
    for block in blocks {
        assert!(sources.iter().any(|source| source.contains(&plain(&block))), "this stands nowhere:\n{block}");
    }
}

#[test]
fn blocks_are_found_and_compared_without_their_indentation() {
    let found = blocks("a\n```rust\n  x {\n    y\n  }\n```\n```sh\nz\n```\n   ```rust\n   w\n   ```\n");
    assert_eq!(found, ["  x {\n    y\n  }", "   w"]);
    assert!(plain("if a {\n        x {\n            y\n        }\n}").contains(&plain(&found[0])));
    assert!(!plain("xx {\ny\n}").contains(&plain(&found[0])), "whole lines are compared");
}
