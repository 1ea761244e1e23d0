//! The glossary, from Markdown to what the page fetches. `docs/guides.md` has the format.

use crate::{Wrong, folder, wrong};
use lightcone_core::base::json::{JsonObject, list, quote};
use lightcone_core::labs;
use lightcone_core::views::glossary::{Entry, Glossary};

/// The name of its file, without the ending: it stands among the guides and is none.
pub const GLOSSARY: &str = "glossary";
/// Most words of an entry's sentence: it is read beside a diagram.
const WORDS_MAX: usize = 45;
/// What Markdown would make something of. A text is plain, so that nobody has to take marks out of it again.
const MARKS: [char; 5] = ['*', '`', '[', '<', '_'];

/// Reads the glossary, and gives what the page fetches.
///
/// # Errors
/// File, line, and one sentence.
pub fn build_glossary() -> Result<String, String> {
    let name = format!("{GLOSSARY}.md");
    let source = std::fs::read_to_string(folder().join(&name)).map_err(|e| format!("guides/{name}: {e}"))?;
    let glossary = read(&source).map_err(|e| format!("guides/{name}:{}: {}", e.line, e.what))?;
    let json = list(glossary.entries.iter().map(entry_json));
    Glossary::parse(&json).map_err(|e| format!("guides/{name}: {e}"))?;
    Ok(json)
}

/// Reads the Markdown of a glossary.
///
/// # Errors
/// The line, and one sentence.
pub fn read(source: &str) -> Result<Glossary, Wrong> {
    let (mut glossary, mut group) = (Glossary::default(), None);
    let lines: Vec<&str> = source.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let (line, number) = (lines[at], at + 1);
        at += 1;
        if let Some(heading) = line.strip_prefix("## ") {
            group = Some(heading.trim());
        } else if let Some(item) = line.strip_prefix("- ") {
            let Some(group) = group else { return wrong(number, "an entry stands under a heading ##") };
            let more = lines[at..].iter().take_while(|l| l.starts_with("  ")).count();
            let rest = lines[at..at + more].iter().map(|l| format!(" {}", l.trim()));
            let item: String = std::iter::once(item.to_string()).chain(rest).collect();
            let entry = entry(&item, group).or_else(|what| wrong(number, what))?;
            is_new(&glossary, &entry).or_else(|what| wrong(number, what))?;
            glossary.entries.push(entry);
            at += more;
        } else if group.is_some() && !line.trim().is_empty() {
            return wrong(number, "under a heading there are entries alone: - **term** (also: …; labs: …): …");
        }
    }
    if glossary.entries.is_empty() { wrong(lines.len().max(1), "there is no entry") } else { Ok(glossary) }
}

/// Reads `**term** (also: a, b; labs: x, y): One sentence.`; what is in parentheses may be left out.
fn entry(item: &str, group: &str) -> Result<Entry, String> {
    const FORM: &str = "an entry is - **term** (also: …; labs: …): One sentence.";
    let (term, rest) = item.strip_prefix("**").and_then(|rest| rest.split_once("**")).ok_or(FORM)?;
    let (mut also, mut of) = (Vec::new(), Vec::new());
    let text = if let Some(rest) = rest.strip_prefix(" (") {
        let (fields, text) = rest.split_once("): ").ok_or(FORM)?;
        for field in fields.split("; ") {
            let (key, values) = field.split_once(": ").ok_or(FORM)?;
            let values = values.split(", ").map(|v| v.trim().to_string()).collect();
            match key {
                "also" if also.is_empty() && of.is_empty() => also = values,
                "labs" if of.is_empty() => of = values,
                _ => return Err(format!("in parentheses there is also: … and then labs: …, not {key}")),
            }
        }
        text
    } else {
        rest.strip_prefix(": ").ok_or(FORM)?
    };
    if let Some(empty) =
        std::iter::once(term).chain(also.iter().map(String::as_str)).find(|s| s.trim() != *s || s.is_empty())
    {
        return Err(format!("a spelling has no spaces around it and is not empty: “{empty}”"));
    }
    if let Some(id) = of.iter().find(|id| labs::find(id).is_none()) {
        return Err(format!("there is no lab {id}; there are {}", labs::ids().join(", ")));
    }
    is_sentence(text.trim())?;
    Ok(Entry { term: term.into(), also, labs: of, text: text.trim().into(), group: group.into() })
}

/// Whether a text is one sentence of plain words, and not a long one.
fn is_sentence(text: &str) -> Result<(), String> {
    let words = text.split_whitespace().count();
    if words > WORDS_MAX {
        return Err(format!("{words} words are too many, {WORDS_MAX} are enough"));
    }
    if let Some(mark) = text.chars().find(|c| MARKS.contains(c)) {
        return Err(format!("the text is plain, without {mark}"));
    }
    // A dot that a capital follows ends a sentence; so names are written without “et al.” before one.
    let ends: Vec<usize> = text.match_indices(['.', '?', '!']).map(|(i, _)| i + 1).collect();
    let inside = ends.iter().any(|end| {
        let mut rest = text[*end..].chars();
        rest.next() == Some(' ') && rest.next().is_some_and(char::is_uppercase)
    });
    match (inside, ends.last() == Some(&text.len())) {
        (true, _) => Err("one sentence is enough".into()),
        (false, false) => Err("a sentence ends with a dot".into()),
        (false, true) => Ok(()),
    }
}

/// Whether each spelling of an entry means this alone, in each lab.
fn is_new(glossary: &Glossary, entry: &Entry) -> Result<(), String> {
    let mut own: Vec<&str> = Vec::new();
    for spelling in entry.spellings() {
        if own.contains(&spelling) {
            return Err(format!("{spelling} stands there twice"));
        }
        own.push(spelling);
        for lab in labs::ids().into_iter().filter(|lab| entry.is_of(lab)) {
            let mut others = glossary.entries.iter().filter(|other| other.is_of(lab));
            if let Some(other) = others.find(|other| other.spellings().any(|s| s == spelling)) {
                return Err(format!("in {lab}, {spelling} is explained already, as {}", other.term));
            }
        }
    }
    Ok(())
}

fn entry_json(entry: &Entry) -> String {
    let mut o = JsonObject::new();
    o.text("term", &entry.term).list("also", entry.also.iter().map(|s| quote(s)));
    o.list("labs", entry.labs.iter().map(|s| quote(s))).text("text", &entry.text).text("group", &entry.group).end()
}
