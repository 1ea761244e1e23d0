//! Tells the page which labs have a guide, so that it asks for none that is not there.

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("cannot read {}: {e}", folder.display()));
    let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut labs: Vec<String> = files.filter_map(|name| name.strip_suffix(".md").map(String::from)).collect();
    labs.sort();
    println!("cargo::rustc-env=LIGHTCONE_GUIDES={}", labs.join(","));
}
