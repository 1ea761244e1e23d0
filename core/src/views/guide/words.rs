//! Events by words: `receive P2 #1`, `send P1 "m2"`, `deliver P3 last`, `receive P3 from P1`.

use crate::base::json::Doc;
use crate::engine::Run;
use crate::trace::{Kind, NO_NODE, RecordId};
use std::fmt;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Comma,
}

/// Cuts a line into words, texts in quotes and commas.
pub(super) fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let len = if rest.starts_with('"') {
            let len = quotation(rest).ok_or_else(|| format!("the quotation {rest} is not closed"))?;
            let text = Doc::parse(&rest[..len]).and_then(|doc| doc.string()).map_err(|e| e.what)?;
            found.push(Token::Text(text));
            len
        } else if rest.starts_with(',') {
            found.push(Token::Comma);
            1
        } else {
            let len = rest.find(|c: char| c.is_whitespace() || c == ',' || c == '"').unwrap_or(rest.len());
            found.push(Token::Word(rest[..len].to_string()));
            len
        };
        rest = rest[len..].trim_start();
    }
    Ok(found)
}

/// Length of a text in quotes, the quotes with it.
fn quotation(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (i, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// Which of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nth {
    /// Counted from 1.
    Number(usize),
    Last,
}

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRef {
    /// Its kind.
    pub kind: Kind,
    /// Where it happens.
    pub node: Option<String>,
    from: Option<String>,
    text: Option<String>,
    nth: Nth,
}

impl fmt::Display for EventRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if let Some(node) = &self.node {
            write!(f, " {node}")?;
        }
        if let Some(from) = &self.from {
            write!(f, " from {from}")?;
        }
        if let Some(text) = &self.text {
            write!(f, " “{text}”")?;
        }
        match self.nth {
            Nth::Number(1) => Ok(()),
            Nth::Number(n) => write!(f, " #{n}"),
            Nth::Last => f.write_str(" last"),
        }
    }
}

impl EventRef {
    /// Reads one event.
    ///
    /// # Errors
    /// One sentence.
    pub fn parse(line: &str) -> Result<EventRef, String> {
        let list = Self::list(&tokens(line)?)?;
        let [one] = <[EventRef; 1]>::try_from(list).map_err(|_| format!("one event is needed here: {line}"))?;
        Ok(one)
    }

    /// Reads events with commas between them.
    pub(super) fn list(tokens: &[Token]) -> Result<Vec<EventRef>, String> {
        tokens.split(|t| *t == Token::Comma).map(Self::from_tokens).collect()
    }

    fn from_tokens(tokens: &[Token]) -> Result<EventRef, String> {
        let Some((Token::Word(kind), rest)) = tokens.split_first() else {
            return Err("an event is needed here, such as receive P2 #1".into());
        };
        let kinds = || Kind::ALL.map(Kind::name).join(", ");
        let kind = Kind::ALL.into_iter().find(|k| k.name() == kind);
        let kind = kind.ok_or_else(|| format!("{} is no kind of event; there are {}", show(&tokens[0]), kinds()))?;
        let mut event = EventRef { kind, node: None, from: None, text: None, nth: Nth::Number(1) };
        let mut rest = rest.iter();
        while let Some(token) = rest.next() {
            match token {
                Token::Text(text) if event.text.is_none() => event.text = Some(text.clone()),
                Token::Word(word) if word == "last" => event.nth = Nth::Last,
                Token::Word(word) if word == "from" => match rest.next() {
                    Some(Token::Word(node)) => event.from = Some(node.clone()),
                    _ => return Err("behind from stands a process".into()),
                },
                Token::Word(word) if word.starts_with('#') => {
                    let n = word[1..].parse().ok().filter(|n| *n > 0);
                    event.nth = Nth::Number(n.ok_or_else(|| format!("{word} is no number counted from #1"))?);
                }
                Token::Word(word) if event.node.is_none() => event.node = Some(word.clone()),
                other => return Err(format!("{} does not belong to an event", show(other))),
            }
        }
        Ok(event)
    }

    fn fits(&self, run: &Run, id: RecordId) -> bool {
        let (trace, names) = (run.trace(), run.names());
        let record = trace.record(id);
        let name = |node: u16| names.get(usize::from(node)).filter(|_| node != NO_NODE);
        let is = |wanted: &Option<String>, node: u16| wanted.is_none() || name(node) == wanted.as_ref();
        let sender = || match record.kind {
            Kind::Receive | Kind::Drop => trace.message(record.message).from,
            _ => NO_NODE,
        };
        record.kind == self.kind
            && is(&self.node, record.node)
            && (self.from.is_none() || is(&self.from, sender()))
            && self.text.as_ref().is_none_or(|text| run.label(id).contains(text.as_str()))
    }

    /// Every event that fits, whichever is meant.
    #[must_use]
    pub fn all(&self, run: &Run) -> Vec<RecordId> {
        (0..run.trace().len()).filter(|&id| self.fits(run, id)).collect()
    }

    /// The event that is meant.
    #[must_use]
    pub fn find(&self, run: &Run) -> Option<RecordId> {
        let all = self.all(run);
        match self.nth {
            Nth::Number(n) => all.get(n - 1).copied(),
            Nth::Last => all.last().copied(),
        }
    }

    /// The event that is meant, or a sentence.
    ///
    /// # Errors
    /// When there is none.
    pub fn need(&self, run: &Run) -> Result<RecordId, String> {
        self.find(run).ok_or_else(|| format!("there is no event “{self}” in this run"))
    }
}

/// A token as it is shown to people.
pub(super) fn show(token: &Token) -> String {
    match token {
        Token::Word(word) => word.clone(),
        Token::Text(text) => format!("“{text}”"),
        Token::Comma => ",".into(),
    }
}
