//! Texts for LaTeX with the fonts that every installation has (OT1): ASCII only, whatever the text.

use crate::views::export::ends_line;
use std::fmt::Write;

/// Accents of OT1, the letters that have them, and the letters below.
const ACCENTS: [(&str, &str, &str); 13] = [
    ("`", "ÀÈÌÒÙàèìòù", "AEIOUaeiou"),
    ("'", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź", "AEIOUYaeiouyCcLlNnRrSsZz"),
    ("^", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ", "AEIOUaeiouCcGgHhJjSsWwYy"),
    ("\"", "ÄËÏÖÜäëïöüÿŸ", "AEIOUaeiouyY"),
    ("~", "ÃÑÕãñõĨĩŨũ", "ANOanoIiUu"),
    ("=", "ĀāĒēĪīŌōŪū", "AaEeIiOoUu"),
    ("u", "ĂăĔĕĞğĬĭŎŏŬŭ", "AaEeGgIiOoUu"),
    (".", "ĊċĖėĠġİŻż", "CcEeGgIZz"),
    ("v", "ČčĎďĚěŇňŘřŠšŤťŽžĽľ", "CcDdEeNnRrSsTtZzLl"),
    ("c", "ÇçĢĶķĻļŅņŖŗŞşŢţ", "CcGKkLlNnRrSsTt"),
    ("H", "ŐőŰű", "OoUu"),
    ("r", "ÅåŮů", "AaUu"),
    ("d", "ȘșȚț", "SsTt"),
];

/// What a character is in LaTeX, where it is more than itself: special characters, marks between words, letters without an accent.
const fn special(c: char) -> Option<&'static str> {
    Some(match c {
        '#' => r"\#",
        '$' => r"\$",
        '%' => r"\%",
        '&' => r"\&",
        '_' => r"\_",
        '{' => r"\ensuremath{\lbrace}",
        '}' => r"\ensuremath{\rbrace}",
        '\\' => r"\ensuremath{\backslash}",
        '^' => r"\^{}",
        '~' => r"\~{}",
        '<' => r"\ensuremath{<}",
        '>' => r"\ensuremath{>}",
        '|' => r"\ensuremath{|}",
        '"' => "{''}",
        '`' => r"{\char18}",
        // Of two of these in a row a font makes one.
        '-' => "{-}",
        '\'' | '’' | '′' => "{'}",
        '″' => "{'}{'}",
        '‘' => "{`}",
        '“' => "{``}",
        '”' | '„' => "{''}",
        '‚' => "{,}",
        '–' => "{--}",
        '—' => "{---}",
        '‐' | '‑' => "{-}",
        '…' => "...",
        '§' => r"\S{}",
        '¶' => r"\P{}",
        '©' => "(c)",
        '®' => "(R)",
        '€' => "EUR",
        'ß' => r"\ss{}",
        'æ' => r"\ae{}",
        'Æ' => r"\AE{}",
        'œ' => r"\oe{}",
        'Œ' => r"\OE{}",
        'ø' => r"\o{}",
        'Ø' => r"\O{}",
        'ł' => r"\l{}",
        'Ł' => r"\L{}",
        'ı' => r"\i{}",
        '¡' => "{!`}",
        '¿' => "{?`}",
        '\u{a0}' | '\u{202f}' => "~",
        '\u{2007}' => r"\phantom{0}",
        '\u{2009}' | '\u{200a}' => r"\,",
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => "",
        _ => return None,
    })
}

/// Symbols that labels use, from the fonts for formulas.
const fn symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '−' => r"\ensuremath{-}",
        '†' => r"\ensuremath{\dagger}",
        '«' => r"\ensuremath{\ll}",
        '»' => r"\ensuremath{\gg}",
        '‹' => r"\ensuremath{<}",
        '›' => r"\ensuremath{>}",
        '→' => r"\ensuremath{\rightarrow}",
        '←' => r"\ensuremath{\leftarrow}",
        '↑' => r"\ensuremath{\uparrow}",
        '↓' => r"\ensuremath{\downarrow}",
        '↔' => r"\ensuremath{\leftrightarrow}",
        '⇒' => r"\ensuremath{\Rightarrow}",
        '∥' | '‖' => r"\ensuremath{\parallel}",
        '·' => r"\ensuremath{\cdot}",
        '•' => r"\ensuremath{\bullet}",
        '×' => r"\ensuremath{\times}",
        '÷' => r"\ensuremath{\div}",
        '±' => r"\ensuremath{\pm}",
        '≤' => r"\ensuremath{\leq}",
        '≥' => r"\ensuremath{\geq}",
        '≠' => r"\ensuremath{\neq}",
        '≈' => r"\ensuremath{\approx}",
        '∞' => r"\ensuremath{\infty}",
        '∈' => r"\ensuremath{\in}",
        '∅' => r"\ensuremath{\emptyset}",
        '∧' => r"\ensuremath{\wedge}",
        '∨' => r"\ensuremath{\vee}",
        '¬' => r"\ensuremath{\neg}",
        '◊' => r"\ensuremath{\diamond}",
        '✓' => r"\ensuremath{\surd}",
        '°' => r"\ensuremath{^\circ}",
        'µ' | 'μ' => r"\ensuremath{\mu}",
        '½' => r"\ensuremath{\frac12}",
        '¼' => r"\ensuremath{\frac14}",
        '¾' => r"\ensuremath{\frac34}",
        '¹' => r"\ensuremath{^1}",
        '²' => r"\ensuremath{^2}",
        '³' => r"\ensuremath{^3}",
        _ => return None,
    })
}

/// A text for LaTeX. What these fonts cannot write is said by its number, `U+4E2D`.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, special(c).or_else(|| symbol(c))) {
            (_, Some(known)) => out.push_str(known),
            // A space at the beginning, or behind another one, would be none.
            (' ', _) if out.is_empty() || out.ends_with([' ', '~']) => out.push('~'),
            (' '..='~', _) => out.push(c),
            (c, _) if ends_line(c) => out.push('~'),
            _ => match accented(c) {
                Some(letter) => out.push_str(&letter),
                None => {
                    let _ = write!(out, "\\lcunknown{{{:04X}}}", u32::from(c));
                }
            },
        }
    }
    out
}

/// A letter with its accent: `\'{e}`.
fn accented(c: char) -> Option<String> {
    ACCENTS.iter().find_map(|(accent, letters, below)| {
        let place = letters.chars().position(|letter| letter == c)?;
        let below = match (below.chars().nth(place)?, *accent) {
            ('i', "c" | "d") => "i".into(),
            ('i', _) => r"\i".into(),
            ('j', _) => r"\j".into(),
            (letter, _) => letter.to_string(),
        };
        Some(format!("\\{accent}{{{below}}}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_is_written_as_it_is_meant() {
        assert_eq!(
            escape("a_1 50% {x} \\n"),
            r"a\_1 50\% \ensuremath{\lbrace}x\ensuremath{\rbrace} \ensuremath{\backslash}n"
        );
        assert_eq!(escape("é ∥ → ſ"), r"\'{e} \ensuremath{\parallel} \ensuremath{\rightarrow} \lcunknown{017F}");
        assert_eq!(escape("ï--î"), r#"\"{\i}{-}{-}\^{\i}"#);
        assert_eq!(escape("  a  b"), "~~a ~b");
        for (accent, letters, below) in ACCENTS {
            assert_eq!(letters.chars().count(), below.chars().count(), "{accent}");
        }
    }

    proptest! {
        /// Only ASCII, on one line, with braces that close, and nothing special that is not behind a backslash.
        #[test]
        fn nothing_of_a_text_is_a_command(text in any::<String>()) {
            let tex = escape(&text);
            prop_assert!(tex.chars().all(|c| (' '..='~').contains(&c)), "{}", tex);
            let (mut depth, mut before) = (0i64, ' ');
            for c in tex.chars() {
                if before != '\\' {
                    prop_assert!(!matches!(c, '%' | '#' | '$' | '&' | '_'), "{}", tex);
                    depth += i64::from(c == '{') - i64::from(c == '}');
                }
                prop_assert!(depth >= 0, "{}", tex);
                before = if before == '\\' && c == '\\' { ' ' } else { c };
            }
            prop_assert_eq!(depth, 0, "{}", tex);
        }
    }
}
