//! Golden dialogues: what a test says is held against a file beside the lab.

use std::path::PathBuf;

/// Holds a dialogue against `labs/LAB/golden/NAME.txt`; with `UPDATE_GOLDEN` set the file is written first.
pub(crate) fn hold(lab: &str, name: &str, said: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/labs/{lab}/golden/{name}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, said).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(said, expected.replace("\r\n", "\n"), "{name}: UPDATE_GOLDEN=1 writes the new dialogue");
}
