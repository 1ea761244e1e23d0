//! Tells the page which labs have a guide, so that it asks for none that is not there.

fn main() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../guides");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("cannot read {}: {e}", folder.display()));
    let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let named = files.filter_map(|name| name.strip_suffix(".md").map(String::from));
    // The glossary stands among the guides and is none.
    let mut labs: Vec<String> = named.filter(|name| name != "glossary").collect();
    labs.sort();
    println!("cargo::rustc-env=LIGHTCONE_GUIDES={}", labs.join(","));
}
