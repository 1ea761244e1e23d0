//! Finding a browser for the tests.

use crate::process::{command, on_path, output, run};
use std::path::{Path, PathBuf};

const NAMES: [&str; 9] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
    "headless_shell",
];

type Variables<'a> = &'a dyn Fn(&str) -> Option<PathBuf>;

/// A Chromium, Chrome or Edge: named by LIGHTCONE_CHROMIUM, else installed, else Playwright's own,
/// else (as root on Debian) installed now.
pub(crate) fn find(root: &Path) -> Result<PathBuf, String> {
    let vars = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(named) = vars("LIGHTCONE_CHROMIUM") {
        return if named.is_file() {
            Ok(named)
        } else {
            Err(format!("LIGHTCONE_CHROMIUM names {}, which is no file", named.display()))
        };
    }
    installed(&vars).or_else(|| playwrights_own(&vars)).or_else(|| from_apt(root)).ok_or_else(|| {
        "found no browser: install Chromium, Chrome or Edge, name one in \
             LIGHTCONE_CHROMIUM, or test with --without-browser"
            .to_string()
    })
}

fn installed(vars: Variables) -> Option<PathBuf> {
    NAMES
        .iter()
        .find_map(|name| on_path(name))
        .or_else(|| usual_places(std::env::consts::OS, vars).into_iter().find(|p| p.is_file()))
}

/// Where installers put browsers without adding them to PATH.
fn usual_places(os: &str, vars: Variables) -> Vec<PathBuf> {
    let mut places = Vec::new();
    match os {
        "macos" => {
            let bases = [Some(PathBuf::from("/")), vars("HOME")];
            for base in bases.into_iter().flatten() {
                for app in ["Chromium", "Google Chrome", "Microsoft Edge"] {
                    let inside = format!("Applications/{app}.app/Contents/MacOS/{app}");
                    places.push(base.join(inside));
                }
            }
        }
        "windows" => {
            let bases = ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"];
            for base in bases.into_iter().filter_map(vars) {
                for (folder, file) in
                    [("Chromium", "chrome.exe"), ("Google/Chrome", "chrome.exe"), ("Microsoft/Edge", "msedge.exe")]
                {
                    places.push(base.join(folder).join("Application").join(file));
                }
            }
        }
        _ => {
            for place in [
                "/usr/bin/chromium",
                "/usr/lib/chromium/chromium",
                "/snap/bin/chromium",
                "/opt/google/chrome/chrome",
                "/opt/microsoft/msedge/msedge",
            ] {
                places.push(PathBuf::from(place));
            }
        }
    }
    places
}

/// The newest Chromium that Playwright has downloaded.
fn playwrights_own(vars: Variables) -> Option<PathBuf> {
    let registry = playwright_registry(std::env::consts::OS, vars)?;
    let mut folders: Vec<(u32, PathBuf)> = std::fs::read_dir(registry)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let (kind, revision) = name.to_str()?.rsplit_once('-')?;
            let wanted = kind == "chromium" || kind == "chromium_headless_shell";
            Some((revision.parse().ok().filter(|_| wanted)?, entry.path()))
        })
        .collect();
    folders.sort();
    folders.into_iter().rev().find_map(|(_, folder)| program_in(&folder))
}

fn playwright_registry(os: &str, vars: Variables) -> Option<PathBuf> {
    if let Some(named) = vars("PLAYWRIGHT_BROWSERS_PATH") {
        return Some(named);
    }
    let base = match os {
        "windows" => vars("LOCALAPPDATA"),
        "macos" => vars("HOME").map(|home| home.join("Library/Caches")),
        _ => vars("XDG_CACHE_HOME").or_else(|| vars("HOME").map(|home| home.join(".cache"))),
    };
    base.map(|folder| folder.join("ms-playwright"))
}

/// The browser's program in a folder such as `chromium-1200`: its place differs from system to
/// system and from version to version.
fn program_in(folder: &Path) -> Option<PathBuf> {
    let inside = std::fs::read_dir(folder).ok()?.flatten().map(|e| e.path());
    inside.filter(|path| path.is_dir()).find_map(|path| {
        [
            "chrome",
            "chrome.exe",
            "headless_shell",
            "chrome-headless-shell",
            "chrome-headless-shell.exe",
            "Chromium.app/Contents/MacOS/Chromium",
            "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
        ]
        .iter()
        .map(|name| path.join(name))
        .find(|file| file.is_file())
    })
}

/// Only where it surprises nobody: as root on Debian, which is what a build machine looks like.
fn from_apt(root: &Path) -> Option<PathBuf> {
    let apt = on_path("apt-get")?;
    let user = output(&mut command(root, "id", &["-u"]))?;
    if user.trim() != "0" || !Path::new("/etc/debian_version").is_file() {
        return None;
    }
    println!("There is no browser: installing Debian's Chromium.");
    let mut install = command(root, &apt, &["install", "--yes", "--no-install-recommends", "chromium"]);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    let done = run(&mut command(root, &apt, &["update"])).and_then(|()| run(&mut install));
    if let Err(e) = done {
        println!("{e}");
    }
    on_path("chromium")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_places_follow_the_system() {
        let vars = |name: &str| Some(PathBuf::from(format!("<{name}>")));
        let windows = usual_places("windows", &vars);
        let edge = Path::new("<ProgramFiles(x86)>/Microsoft/Edge/Application/msedge.exe");
        assert!(windows.iter().any(|p| p == edge));
        let mac = usual_places("macos", &vars);
        let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
        assert!(mac.iter().any(|p| p == Path::new(chrome)));
        assert!(usual_places("linux", &|_| None).contains(&PathBuf::from("/usr/bin/chromium")));
    }

    #[test]
    fn playwrights_registry_can_be_named() {
        let home = |name: &str| (name == "HOME").then(|| PathBuf::from("home"));
        let place = Path::new("home").join(".cache").join("ms-playwright");
        assert_eq!(playwright_registry("linux", &home), Some(place));
        let named = |name: &str| (name == "PLAYWRIGHT_BROWSERS_PATH").then(|| PathBuf::from("browsers"));
        assert_eq!(playwright_registry("macos", &named), Some(PathBuf::from("browsers")));
    }
}
