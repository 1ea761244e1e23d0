//! What documents say and a test can check.

use crate::sources::root;

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
