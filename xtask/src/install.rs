//! The tool cache: one folder for each tool and version, complete or absent.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// An interrupted install leaves a folder behind; after this long nobody can be working in it.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder that holds the tools: LIGHTCONE_TOOLS, else `lightcone` in the user's cache folder.
pub(crate) fn cache_folder() -> Result<PathBuf, String> {
    cache_folder_from(std::env::consts::OS, |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from))
        .ok_or_else(|| "found no folder for tools: set LIGHTCONE_TOOLS to one".to_string())
}

fn cache_folder_from(os: &str, var: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    if let Some(named) = var("LIGHTCONE_TOOLS") {
        // Children run in other folders, so a relative one would mean several places.
        return std::path::absolute(named).ok();
    }
    let base = match os {
        "windows" => var("LOCALAPPDATA"),
        "macos" => var("HOME").map(|home| home.join("Library").join("Caches")),
        _ => var("XDG_CACHE_HOME")
            .filter(|folder| folder.is_absolute())
            .or_else(|| var("HOME").map(|home| home.join(".cache"))),
    };
    base.map(|folder| folder.join("lightcone"))
}

/// Fills `<cache>/<name>` through `fill`, which gets a folder of its own that takes the final name
/// only when all of it is there: an interrupted install is never mistaken for a finished one.
pub(crate) fn install(name: &str, fill: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let cache = cache_folder()?;
    let target = cache.join(name);
    let partial = cache.join(format!("{name}.tmp-{}", std::process::id()));
    let error = |what: &Path, e: std::io::Error| format!("cannot write {}: {e}", what.display());
    std::fs::create_dir_all(&cache).map_err(|e| error(&cache, e))?;
    remove_stale(&cache);
    let _ = std::fs::remove_dir_all(&partial);
    std::fs::create_dir_all(&partial).map_err(|e| error(&partial, e))?;
    if let Err(e) = fill(&partial) {
        let _ = std::fs::remove_dir_all(&partial);
        return Err(e);
    }
    // What is there already did not work, or nobody would have called.
    let _ = std::fs::remove_dir_all(&target);
    std::fs::rename(&partial, &target).map_err(|e| error(&target, e))?;
    Ok(target)
}

fn remove_stale(cache: &Path) {
    let Ok(entries) = std::fs::read_dir(cache) else {
        return;
    };
    for entry in entries.flatten() {
        let old = entry
            .metadata()
            .and_then(|m| m.modified())
            .is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age > STALE));
        if old && entry.file_name().to_string_lossy().contains(".tmp-") {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(os: &str, vars: &[(&str, &str)]) -> Option<PathBuf> {
        cache_folder_from(os, |name| {
            let found = vars.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| PathBuf::from(value))
        })
    }

    #[test]
    fn each_system_has_its_cache_folder() {
        let home = ("HOME", "/home/me");
        assert_eq!(folder("linux", &[home]), Some(Path::new("/home/me").join(".cache").join("lightcone")));
        assert_eq!(folder("macos", &[home]), Some(Path::new("/home/me/Library/Caches/lightcone").to_path_buf()));
        assert_eq!(folder("windows", &[home, ("LOCALAPPDATA", "local")]), Some(Path::new("local").join("lightcone")));
        assert_eq!(folder("linux", &[]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_named_folder_wins() {
        let vars = [("HOME", "/home/me"), ("XDG_CACHE_HOME", "/cache")];
        assert_eq!(folder("linux", &vars), Some(PathBuf::from("/cache/lightcone")));
        let vars = [("HOME", "/home/me"), ("LIGHTCONE_TOOLS", "/tools")];
        assert_eq!(folder("linux", &vars), Some(PathBuf::from("/tools")));
    }
}
