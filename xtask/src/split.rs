//! Cuts the page's wasm file in two, so that a first visit loads what it needs and the rest comes while one looks at it.

use crate::process::{cargo, run as run_command};
use crate::sizes;
use std::path::Path;

/// What is loaded later, in the words of `lightcone-split`: every lab but the one that a first visit shows, and what only
/// wishes lead to that the page holds back until all is there (`Command::needs_all` in web/src/command.rs).
const WORDS: &[&str] = &[
    "parent=lightcone_core::labs::",
    "stay=vector_clocks",
    // Used by all of them.
    "stay=group",
    // The tables are shown in the menus.
    "never=::spec",
    // Panels that are opened by a wish.
    "also=lightcone_web::panels::acts",
    "also=lightcone_web::panels::branches",
    "also=lightcone_web::panels::events",
    "also=lightcone_web::panels::metrics",
    // The form for many requests, and the card with what came of them.
    "also=lightcone_web::controls::load",
    "also=lightcone_web::memory::panel",
    "also=lightcone_web::memory::head",
    "also=lightcone_web::memory::costly",
    "also=lightcone_web::memory::strip",
    "also=lightcone_web::memory::views",
    "also=lightcone_web::guide::panel",
    "also=lightcone_web::guide::present",
];

/// Functions that are loaded later and that the rest may call by name, since it sees to it that they are there.
const GATES: &[&str] = &[
    "App>::carry_out_with_all",
    "App>::install_api",
    // `main` waits where there is an address.
    "app::address::from_hash",
    // The helper waits before it begins.
    "bridge::helper::work",
    // The first lab has no such form: what holds one comes by an address, a file, the console or a script.
    "lightcone_core::scenario::http::",
    // The first lab shows no such pictures.
    "lightcone_web::panels::caches",
    "lightcone_web::panels::graph",
    "lightcone_web::panels::matrix",
    "lightcone_web::panels::things",
];

/// Cuts the wasm file of a site that was just built.
pub(crate) fn split(root: &Path, site: &Path) -> Result<(), String> {
    let files = sizes::files(site)?;
    let whole = files.iter().find(|file| file.to_string_lossy().ends_with("_bg.wasm"));
    let whole = whole.ok_or("trunk has made no file that ends in _bg.wasm")?;
    let name = whole.file_name().map(|n| n.to_string_lossy().replace("_bg.wasm", "_rest.wasm")).unwrap_or_default();
    let rest = whole.with_file_name(&name);
    let (from, to) = (whole.to_string_lossy(), rest.to_string_lossy());
    let mut args = vec!["run", "--quiet", "--package", "lightcone-split", "--target-dir", "target/split", "--"];
    args.extend([&*from, &*from, &*to]);
    args.extend(WORDS);
    let gates: Vec<String> = GATES.iter().flat_map(|gate| [format!("also={gate}"), format!("gate={gate}")]).collect();
    args.extend(gates.iter().map(String::as_str));
    run_command(&mut cargo(root, &args))?;
    let page = site.join("index.html");
    let text = std::fs::read_to_string(&page).map_err(|e| format!("cannot read {}: {e}", page.display()))?;
    let with = named(&text, &name).ok_or("the page has no <title> to name the rest of the program before")?;
    std::fs::write(&page, with).map_err(|e| format!("cannot write {}: {e}", page.display()))
}

/// A page that names the rest of the program.
fn named(page: &str, rest: &str) -> Option<String> {
    let (before, after) = page.split_once("<title>")?;
    Some(format!("{before}<meta name=\"lightcone-rest\" content=\"./{rest}\"><title>{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_the_rest() {
        let page = named("<head><title>Lightcone</title>", "a_rest.wasm").unwrap();
        assert_eq!(page, r#"<head><meta name="lightcone-rest" content="./a_rest.wasm"><title>Lightcone</title>"#);
        assert_eq!(named("<head>", "a"), None);
    }
}
