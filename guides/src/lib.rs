//! Guides, from Markdown to what the page fetches. `docs/guides.md` has the format.

mod first;
pub mod glossary;
mod rehearse;
mod text;

pub use first::first_picture;

pub use glossary::{GLOSSARY, build_glossary};
pub use rehearse::rehearse;

use lightcone_core::base::json::{JsonObject, list, quote};
use lightcone_core::labs;
use lightcone_core::views::guide::{Condition, Guide, Move, Query};
use std::path::{Path, PathBuf};
use text::{block, inline};

/// The folder of the guides, one file for each lab, and of the glossary.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Lab and path of every guide.
///
/// # Errors
/// When the folder cannot be read.
pub fn files() -> Result<Vec<(String, PathBuf)>, String> {
    let folder = folder();
    let entries = std::fs::read_dir(&folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_guide = path.file_stem().is_some_and(|stem| stem != GLOSSARY);
        if is_guide && path.extension().is_some_and(|e| e == "md") {
            found.push((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a guide, holds it against the simulator, and gives what the page fetches.
///
/// # Errors
/// File, line, and one sentence.
pub fn build(lab: &str, path: &Path) -> Result<String, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = std::fs::read_to_string(path).map_err(|e| format!("guides/{name}: {e}"))?;
    let place = |e: Wrong| format!("guides/{name}:{}: {}", e.line, e.what);
    let draft = Draft::read(&source).map_err(place)?;
    let json = draft.json();
    let guide = Guide::parse(&json).map_err(|e| format!("guides/{name}: {e}"))?;
    rehearse(lab, &guide).map_err(|(step, what)| place(Wrong { line: draft.steps[step].line, what }))?;
    Ok(json)
}

/// What is wrong, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Counted from 1.
    pub line: usize,
    /// One sentence.
    pub what: String,
}

fn wrong<T>(line: usize, what: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { line, what: what.into() })
}

/// A guide as it is written.
#[derive(Debug, Default)]
pub struct Draft {
    head: Vec<(String, String)>,
    /// Its steps.
    pub steps: Vec<DraftStep>,
}

/// A step as it is written.
#[derive(Debug, Default)]
pub struct DraftStep {
    /// The line of its heading.
    pub line: usize,
    title: String,
    html: String,
    moves: Vec<String>,
    ask: Option<JsonObject>,
    check: Option<JsonObject>,
}

/// A fenced block that the guide itself reads: its word, its first line, and its lines.
type Fence<'a> = (&'a str, usize, Vec<&'a str>);

const FENCES: [&str; 4] = ["do", "scenario", "ask", "check"];

impl Draft {
    /// Reads the Markdown of a guide.
    ///
    /// # Errors
    /// The line, and one sentence.
    pub fn read(source: &str) -> Result<Draft, Wrong> {
        let lines: Vec<&str> = source.lines().collect();
        let mut draft = Draft::default();
        let mut at = draft.read_head(&lines)?;
        let mut text: Vec<&str> = Vec::new();
        let mut code = false;
        while at < lines.len() {
            let line = lines[at];
            let number = at + 1;
            at += 1;
            if let Some(title) = line.strip_prefix("## ").filter(|_| !code) {
                draft.close(&mut text)?;
                draft.steps.push(DraftStep { line: number, title: title.trim().into(), ..DraftStep::default() });
            } else if let Some(word) = line.strip_prefix("```").map(str::trim).filter(|w| !code && FENCES.contains(w)) {
                let end = lines[at..].iter().position(|l| l.trim_end() == "```");
                let Some(end) = end else { return wrong(number, "this block is not closed") };
                let Some(step) = draft.steps.last_mut() else {
                    return wrong(number, "a block belongs to a step, which begins with a heading ##");
                };
                step.fence((word, number, lines[at..at + end].to_vec()))?;
                // Lines that were taken out leave as many empty ones, so that the text's lines still count.
                text.extend(std::iter::repeat_n("", end + 2));
                at += end + 1;
            } else {
                code ^= line.starts_with("```");
                if draft.steps.is_empty() && !line.trim().is_empty() {
                    return wrong(number, "a guide's text begins with the heading of its first step: ## …");
                }
                text.push(line);
            }
        }
        draft.close(&mut text)?;
        if draft.steps.is_empty() {
            wrong(lines.len().max(1), "there is no step: a heading that begins with ##")
        } else {
            Ok(draft)
        }
    }

    /// Reads `title: …` and `says: …` between two lines `---`; gives the place of the line after them.
    fn read_head(&mut self, lines: &[&str]) -> Result<usize, Wrong> {
        if lines.first() != Some(&"---") {
            return wrong(1, "a guide begins with --- and a title");
        }
        let Some(end) = lines[1..].iter().position(|l| *l == "---") else {
            return wrong(1, "the head is not closed by ---");
        };
        for (i, line) in lines[1..=end].iter().enumerate() {
            match line.split_once(": ") {
                Some((key @ ("title" | "says"), value)) => self.head.push((key.into(), value.trim().into())),
                _ => return wrong(i + 2, "the head has lines title: … and says: …"),
            }
        }
        if self.head.len() != 2 || self.head[0].0 == self.head[1].0 {
            return wrong(1, "the head has one title and one says");
        }
        Ok(end + 2)
    }

    /// The text of the last step is complete.
    fn close(&mut self, text: &mut Vec<&str>) -> Result<(), Wrong> {
        if let Some(step) = self.steps.last_mut() {
            step.html = block(&text.join("\n"), step.line)?;
        }
        text.clear();
        Ok(())
    }

    /// As the page fetches it.
    #[must_use]
    pub fn json(&self) -> String {
        let mut o = JsonObject::new();
        for (key, value) in &self.head {
            o.text(key, value);
        }
        o.list("steps", self.steps.iter().map(DraftStep::json));
        o.end()
    }
}

impl DraftStep {
    fn json(&self) -> String {
        let mut o = JsonObject::new();
        o.text("title", &self.title).text("html", &self.html).list("do", self.moves.iter().map(|m| quote(m)));
        for (key, block) in [("ask", &self.ask), ("check", &self.check)] {
            if let Some(block) = block {
                o.raw(key, &block.end());
            }
        }
        o.end()
    }

    fn fence(&mut self, (word, line, lines): Fence<'_>) -> Result<(), Wrong> {
        match word {
            "scenario" => {
                let json: String = lines.join("\n");
                let read = labs::parse(&json);
                match read {
                    Ok(scenario) => self.moves.push(format!("load {}", scenario.to_json_line())),
                    Err(e) => return wrong(line, e.to_string()),
                }
            }
            "do" => {
                for (i, text) in lines.iter().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
                    Move::parse(text).or_else(|what| wrong(line + 1 + i, what))?;
                    self.moves.push(text.trim().into());
                }
            }
            "ask" if self.ask.is_none() => self.ask = Some(ask(line, &lines)?),
            "check" if self.check.is_none() => self.check = Some(check(line, &lines)?),
            _ => return wrong(line, format!("a step has one block {word}")),
        }
        Ok(())
    }
}

/// Lines `key: value`, longer values going on in lines that begin with spaces; with the line of each.
fn pairs(first: usize, lines: &[&str]) -> Result<Vec<(usize, String, String)>, Wrong> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let number = first + 1 + i;
        match (line.starts_with(' '), found.last_mut(), line.split_once(':')) {
            _ if line.trim().is_empty() => {}
            (true, Some((_, _, value)), _) => *value += &format!(" {}", line.trim()),
            (false, _, Some((key, value))) => found.push((number, key.trim().into(), value.trim().into())),
            _ => return wrong(number, "expected key: value"),
        }
    }
    Ok(found)
}

fn ask(first: usize, lines: &[&str]) -> Result<JsonObject, Wrong> {
    let mut o = JsonObject::new();
    let mut seen = Vec::new();
    for (line, key, value) in pairs(first, lines)? {
        match key.as_str() {
            "question" | "right" | "wrong" => drop(o.text(&key, &inline(&value, line)?)),
            "answer" => {
                Query::parse(&value).or_else(|what| wrong(line, what))?;
                o.text(&key, &value);
            }
            "choices" => drop(o.list(&key, value.split('|').map(|c| quote(c.trim())))),
            _ => return wrong(line, format!("an ask has question, answer, choices, right and wrong, not {key}")),
        }
        seen.push(key);
    }
    need(first, &seen, &["question", "answer", "right", "wrong"])?;
    Ok(o)
}

fn check(first: usize, lines: &[&str]) -> Result<JsonObject, Wrong> {
    let mut o = JsonObject::new();
    let (mut seen, mut show) = (Vec::new(), Vec::new());
    for (line, key, value) in pairs(first, lines)? {
        match key.as_str() {
            "hint" | "done" => drop(o.text(&key, &inline(&value, line)?)),
            "until" => {
                Condition::parse(&value).or_else(|what| wrong(line, what))?;
                o.text(&key, &value);
            }
            "show" => {
                Move::parse(&value).or_else(|what| wrong(line, what))?;
                show.push(quote(&value));
            }
            _ => return wrong(line, format!("a check has until, hint, done and show, not {key}")),
        }
        seen.push(key);
    }
    need(first, &seen, &["until", "hint", "done", "show"])?;
    o.raw("show", &list(show));
    Ok(o)
}

fn need(line: usize, seen: &[String], keys: &[&str]) -> Result<(), Wrong> {
    for key in keys {
        let count = seen.iter().filter(|s| s == key).count();
        if count == 0 {
            return wrong(line, format!("the line {key}: … is missing"));
        }
        if count > 1 && *key != "show" {
            return wrong(line, format!("{key} stands there twice"));
        }
    }
    Ok(())
}
