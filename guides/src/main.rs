//! Writes every guide and the glossary as JSON into the folder `guides` of the site that is being built.
//!
//! Trunk runs this before it builds the page, and says in `TRUNK_STAGING_DIR` where the site comes to be. What
//! is wrong stops the build with its file and line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let named = std::env::args_os().nth(1).or_else(|| std::env::var_os("TRUNK_STAGING_DIR"));
    let Some(site) = named.map(PathBuf::from) else {
        eprintln!("usage: lightcone-guides SITE_FOLDER");
        return ExitCode::from(2);
    };
    match write_all(&site.join("guides")).and_then(|()| write_first_picture()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(to: &Path) -> Result<(), String> {
    let wrong = |e: std::io::Error| format!("cannot write into {}: {e}", to.display());
    std::fs::create_dir_all(to).map_err(wrong)?;
    for (id, path) in lightcone_guides::files()? {
        let json = lightcone_guides::build(&id, &path)?;
        std::fs::write(to.join(format!("{id}.json")), json).map_err(wrong)?;
    }
    let glossary = lightcone_guides::build_glossary()?;
    std::fs::write(to.join(format!("{}.json", lightcone_guides::GLOSSARY)), glossary).map_err(wrong)
}

/// Where `index.html` takes the first picture from; a folder that is made anew with every build.
const FIRST_PICTURE: &str = "../target/guides/first-picture.html";

fn write_first_picture() -> Result<(), String> {
    let path = lightcone_guides::folder().join(FIRST_PICTURE);
    let wrong = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    std::fs::write(&path, lightcone_guides::first_picture()?).map_err(wrong)
}
