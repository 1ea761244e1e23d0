//! Memory traces: a line for each access, `cpu r|w hexaddress`.
//!
//! Teaching simulators have more ways to write the same, and all of them are read:
//! - `P0`, `cpu0` or `core0` for the processor 0;
//! - the labels of dinero's traces (Hill & Smith 1989; Edler & Hill, Dinero IV) for `r` and `w`: 0 is a read, 1 a write, and 2
//!   an instruction fetch, which is a read here;
//! - a file for each processor ([`TraceReader::of`]), whose lines have no processor: `r|w hexaddress`, or `label hexaddress`
//!   as in a file of dinero's, perhaps with a size behind it, which does not count;
//! - decimal addresses, where that is asked for ([`TraceReader::decimal`]); with `0x` before it an address is hexadecimal
//!   all the same;
//! - `#`, `//` or `;` and what follows it on a line is a comment.

/// Longest line of a trace in bytes: what is read at a time has an end.
pub const LINE_BYTES_MAX: usize = 1_000;

/// One access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The processor, counted from 0.
    pub processor: usize,
    /// Whether it writes.
    pub write: bool,
    /// Where.
    pub address: u64,
}

/// A line that is no access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub number: u64,
    /// One sentence.
    pub what: String,
}

/// Reads a trace piece by piece.
#[derive(Clone, Debug)]
pub struct TraceReader {
    processors: usize,
    /// The processor that all accesses are of, where lines do not name one.
    of: Option<usize>,
    /// Whether addresses are decimal.
    decimal: bool,
    /// Lines that were read.
    lines: u64,
}

impl TraceReader {
    /// A reader for so many processors.
    #[must_use]
    pub fn new(processors: usize) -> TraceReader {
        TraceReader { processors, of: None, decimal: false, lines: 0 }
    }

    /// The same for a file of one processor alone, whose lines do not name it.
    ///
    /// # Panics
    /// When there is no such processor.
    #[must_use]
    pub fn of(self, processor: usize) -> TraceReader {
        assert!(processor < self.processors, "it is one of the processors");
        TraceReader { of: Some(processor), ..self }
    }

    /// The same with decimal addresses.
    #[must_use]
    pub fn decimal(self, decimal: bool) -> TraceReader {
        TraceReader { decimal, ..self }
    }

    /// Whether the first access at the beginning of a file says nothing of its processor: then it is a file of one. None where
    /// no line there is an access.
    #[must_use]
    pub fn is_of_one(head: &[u8]) -> Option<bool> {
        for line in head.split(|b| *b == b'\n') {
            let parsed = |mut reader: TraceReader| {
                let mut found = false;
                reader.end(line, |_| found = true).ok().map(|()| found)
            };
            match (parsed(TraceReader::new(usize::MAX)), parsed(TraceReader::new(1).of(0))) {
                // Blank, or a comment.
                (Some(false), _) => {}
                (Some(true), _) => return Some(false),
                (None, Some(true)) => return Some(true),
                (None, _) => return None,
            }
        }
        None
    }

    /// Takes the whole lines of a piece, and hands each access over. Tells how many bytes were read; the rest is the
    /// beginning of a line and belongs before the next piece.
    ///
    /// # Errors
    /// At the first line that is no access.
    pub fn read(&mut self, piece: &[u8], mut each: impl FnMut(Access)) -> Result<usize, BadLine> {
        let mut start = 0;
        while start < piece.len() {
            let usual = if self.of.is_none() && !self.decimal { usual(&piece[start..]) } else { None };
            let Some((access, length)) = usual.filter(|(a, _)| a.processor < self.processors) else {
                // Blanks, a mistake, or half a line: slower, with words.
                let Some(length) = piece[start..].iter().position(|b| *b == b'\n') else {
                    return self.half(start, &piece[start..]);
                };
                if let Some(access) = self.line(&piece[start..start + length])? {
                    each(access);
                }
                start += length + 1;
                continue;
            };
            self.lines += 1;
            each(access);
            start += length;
        }
        Ok(start)
    }

    /// Takes what is left at the end: a last line without a line end.
    ///
    /// # Errors
    /// When it is no access.
    pub fn end(&mut self, rest: &[u8], mut each: impl FnMut(Access)) -> Result<(), BadLine> {
        if !rest.is_empty()
            && let Some(access) = self.line(rest)?
        {
            each(access);
        }
        Ok(())
    }

    fn half(&self, start: usize, rest: &[u8]) -> Result<usize, BadLine> {
        if rest.len() > LINE_BYTES_MAX {
            let what = format!("a line of a trace has at most {LINE_BYTES_MAX} bytes");
            return Err(BadLine { number: self.lines + 1, what });
        }
        Ok(start)
    }

    /// One line; nothing where it is blank.
    fn line(&mut self, line: &[u8]) -> Result<Option<Access>, BadLine> {
        self.lines += 1;
        let bad = |what: String| Err(BadLine { number: self.lines, what });
        if line.len() > LINE_BYTES_MAX {
            return bad(format!("a line of a trace has at most {LINE_BYTES_MAX} bytes"));
        }
        let Ok(text) = std::str::from_utf8(line) else { return bad("this is not UTF-8".into()) };
        let words: Vec<&str> = without_comment(text).split_whitespace().collect();
        let alone = self.of.or_else(|| (self.processors == 1 && words.len() == 2).then_some(0));
        let (processor, kind, address) = match (alone, &words[..]) {
            (_, []) => return Ok(None),
            (Some(processor), [kind, address] | [kind, address, _]) => (processor, kind, address),
            (Some(_), words) => {
                return bad(format!(
                    "expected `r|w hexaddress` of a file for each processor, found {} words",
                    words.len()
                ));
            }
            (None, [processor, kind, address]) => match read_processor(processor).filter(|n| *n < self.processors) {
                Some(number) => (number, kind, address),
                None => {
                    return bad(format!("expected a processor from 0 to {}, found {processor:?}", self.processors - 1));
                }
            },
            (None, words) => return bad(format!("expected `cpu r|w hexaddress`, found {} words", words.len())),
        };
        let write = match *kind {
            "r" | "R" | "0" | "2" => false,
            "w" | "W" | "1" => true,
            other if other.bytes().all(|b| b.is_ascii_digit()) => {
                return bad(format!("expected r or w, or a label from 0 to 2, found {other:?}"));
            }
            other => return bad(format!("expected r or w, found {other:?}")),
        };
        match if self.decimal { read_decimal(address) } else { read_address(address) } {
            Some(address) => Ok(Some(Access { processor, write, address })),
            None if self.decimal => bad(format!("expected a decimal address of at most 64 bits, found {address:?}")),
            None => bad(format!("expected a hexadecimal address of at most 64 bits, found {address:?}")),
        }
    }
}

/// A line up to its comment.
fn without_comment(line: &str) -> &str {
    let end = ["#", "//", ";"].into_iter().filter_map(|mark| line.find(mark)).min();
    &line[..end.unwrap_or(line.len())]
}

/// The number of a processor: `3`, `P3`, `cpu3`, `core3`.
fn read_processor(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let named = ["p", "cpu", "core"].into_iter().find_map(|name| lower.strip_prefix(name));
    let digits = named.unwrap_or(&lower);
    // The parser would take a sign.
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

/// An address in decimal digits, or with `0x` in hexadecimal ones.
fn read_decimal(text: &str) -> Option<u64> {
    if text.starts_with("0x") || text.starts_with("0X") {
        return read_address(text);
    }
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// An address in hexadecimal digits, with or without `0x`; `None` where it is none of at most 64 bits.
#[must_use]
pub fn read_address(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    // The parser would take a sign.
    digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// The line at the beginning of a text in its usual form, `1 w 7fff0040`, and its length with the line end.
#[inline]
fn usual(text: &[u8]) -> Option<(Access, usize)> {
    let digit = |b: u8| b.wrapping_sub(b'0');
    let mut at = 0;
    let mut processor = 0;
    while let Some(d) = text.get(at).map(|b| digit(*b)).filter(|d| *d < 10) {
        processor = processor * 10 + usize::from(d);
        at += 1;
        if at > 4 {
            return None;
        }
    }
    let write = match text.get(at..at + 3)? {
        b" r " if at > 0 => false,
        b" w " if at > 0 => true,
        _ => return None,
    };
    at += 3;
    if text.get(at..at + 2) == Some(b"0x") {
        at += 2;
    }
    let first = at;
    let mut address = 0u64;
    loop {
        let nibble = NIBBLES[usize::from(*text.get(at)?)];
        if nibble > 15 {
            break;
        }
        address = address << 4 | u64::from(nibble);
        at += 1;
    }
    // Up to 16 digits fit; a longer one may have zeros before it, or be wrong.
    if text[at] != b'\n' || at == first || at - first > 16 {
        return None;
    }
    Some((Access { processor, write, address }, at + 1))
}

/// The value of each byte as a hexadecimal digit; 16 where it is none.
static NIBBLES: [u8; 256] = {
    let mut table = [16; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b'0'..=b'9' => b - b'0',
            b'a'..=b'f' => b - b'a' + 10,
            b'A'..=b'F' => b - b'A' + 10,
            _ => 16,
        };
        byte += 1;
    }
    table
};
