//! The colours: enough contrast in every theme, and tones that stay apart for those who see fewer colours.
//! `docs/design-checks.md` says the same in words; its figures are held against what is computed here.

use lightcone_core::engine::run;
use lightcone_core::labs::{self, LABS};
use lightcone_core::views::diagram::scene::Shape;
use lightcone_core::views::diagram::theme::{Ink, TONES, Theme};
use lightcone_core::views::diagram::{Index, View, lay_out};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Least contrast of text (WCAG 2.2, 1.4.3) and of marks that mean something (1.4.11).
const TEXT: f64 = 4.5;
const MARK: f64 = 3.0;
/// Least distance of two tones, in CIELAB: about four times what can just be told apart.
const APART: f64 = 10.0;
/// Pairs nearer than this are named in the document, with what doubles them.
const NEAR: f64 = 20.0;
const THEMES: [(&str, Theme); 3] = [("light", Theme::Light), ("dark", Theme::Dark), ("print", Theme::Print)];

type Rgb = [f64; 3];

/// Linear light of a colour such as `#0072b2`.
fn linear(hex: &str) -> Rgb {
    [1, 3, 5].map(|i| {
        let v = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).expect("a colour has six hexadecimal digits")) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    })
}

fn luminance(hex: &str) -> f64 {
    let [r, g, b] = linear(hex);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The custom properties with a colour, of the light theme and of the dark one.
fn properties() -> [BTreeMap<String, String>; 2] {
    let text = read("static/style.css") + &read("static/cluster.css");
    ["\n:root {", "\n:root[data-theme=\"dark\"] {"].map(|head| {
        let mut found = BTreeMap::new();
        for (at, _) in text.match_indices(head) {
            let block = text[at + head.len()..].split('}').next().unwrap_or_default();
            for (name, value) in block.split(';').filter_map(|p| p.split_once(':')) {
                let value = value.trim();
                if value.len() == 7 && value.starts_with('#') {
                    found.insert(name.trim().trim_start_matches("--").to_string(), value.to_string());
                }
            }
        }
        assert!(found.len() > 15, "{head} has colours");
        found
    })
}

#[test]
fn inks_of_the_diagram_stand_out_from_the_paper() {
    let tones = || 0..TONES;
    let text = [Ink::Text, Ink::Muted, Ink::Accent, Ink::Bad].into_iter().chain(tones().map(Ink::Word));
    let marks = [Ink::Lane, Ink::Past, Ink::Future, Ink::Hatch].into_iter().chain(tones().map(Ink::Process));
    let all: Vec<(Ink, f64)> = text.map(|ink| (ink, TEXT)).chain(marks.map(|ink| (ink, MARK))).collect();
    let mut low = Vec::new();
    for (name, theme) in THEMES {
        for (ink, least) in &all {
            let has = contrast(theme.hex(*ink), theme.hex(Ink::Paper));
            if has < *least {
                low.push(format!("{name}: {ink:?} has {has:.2}, needs {least}"));
            }
        }
    }
    assert!(low.is_empty(), "{}", low.join("\n"));
}

#[test]
fn whatever_is_written_in_a_diagram_is_written_in_an_ink_for_text() {
    let mut inks = BTreeSet::new();
    for builtin in LABS.iter().flat_map(|lab| lab.spec().scenarios) {
        let run = run(labs::parse(&builtin.json()).expect("a built-in scenario"));
        let mut index = Index::default();
        index.update(&run);
        let view = View::whole(1_400.0, run.names().len(), 0.0, run.scenario().until_us as f64 / 2.0);
        for item in lay_out(&run, &index, &view, &run.frame()).items {
            if matches!(item.shape, Shape::Text { .. }) {
                inks.insert(item.ink);
            }
        }
    }
    assert!(inks.len() > 4, "names, the axis, clocks and messages are written");
    for ink in inks {
        for (name, theme) in THEMES {
            let has = contrast(theme.hex(ink), theme.hex(Ink::Paper));
            assert!(has >= TEXT, "{name}: something is written in {ink:?}, which has {has:.2}");
        }
    }
}

/// Colours of the page and what they stand on.
const ON: [(&str, &[&str]); 8] = [
    ("text", &["paper", "ground", "accent-soft", "bad-soft", "zone", "zone-other"]),
    ("muted", &["paper", "ground", "accent-soft"]),
    ("accent", &["paper", "ground", "accent-soft"]),
    ("bad", &["paper", "ground", "bad-soft"]),
    ("good", &["paper", "ground"]),
    ("future", &["paper", "ground"]),
    ("on-accent", &["accent"]),
    ("paper", &["text"]),
];

#[test]
fn colours_of_the_page_stand_out_from_what_they_stand_on() {
    let mut low = Vec::new();
    for (theme, colours) in ["light", "dark"].iter().zip(properties()) {
        let mut check = |front: &str, back: &str, least: f64| {
            let has = contrast(&colours[front], &colours[back]);
            if has < least {
                low.push(format!("{theme}: {front} on {back} has {has:.2}, needs {least}"));
            }
        };
        for (front, backs) in ON {
            backs.iter().for_each(|back| check(front, back, TEXT));
        }
        // Lines of the charts.
        check("past", "paper", MARK);
        // Processes and messages of the cluster, on the paper and on both sides of a partition.
        for tone in 0..TONES {
            for back in ["paper", "zone", "zone-other", "ground", "accent-soft"] {
                check(&format!("tone{tone}"), back, MARK);
            }
        }
    }
    assert!(low.is_empty(), "{}", low.join("\n"));
}

#[test]
fn the_page_and_the_diagram_have_the_same_tones() {
    for ((_, theme), colours) in THEMES.iter().zip(properties()) {
        for tone in 0..TONES {
            assert_eq!(colours[&format!("tone{tone}")], theme.hex(Ink::Process(tone)), "{theme:?}");
        }
    }
}

/// What is left of linear light: Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of
/// color vision deficiency", severity 1.0.
const SEEN: [(&str, [Rgb; 3]); 4] = [
    ("all colours", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanopia",
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ),
    (
        "deuteranopia",
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
    ),
    (
        "tritanopia",
        [[1.255_528, -0.076_749, -0.178_779], [-0.078_411, 0.930_809, 0.147_602], [0.004_733, 0.691_367, 0.303_900]],
    ),
];

/// CIELAB under D65 of linear light.
fn lab([r, g, b]: Rgb) -> Rgb {
    let x = 0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b;
    let y = 0.212_672_9 * r + 0.715_152_2 * g + 0.072_175_0 * b;
    let z = 0.019_333_9 * r + 0.119_192_0 * g + 0.950_304_1 * b;
    let [x, y, z] = [x / 0.950_47, y, z / 1.088_83]
        .map(|t: f64| if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: &str, b: &str, seen: &[Rgb; 3]) -> f64 {
    let of = |hex: &str| {
        let light = linear(hex);
        lab(seen.map(|row| row.iter().zip(light).map(|(m, v)| m * v).sum::<f64>().clamp(0.0, 1.0)))
    };
    of(a).iter().zip(of(b)).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn no_two_tones_come_too_close_and_the_document_names_the_nearest() {
    let document = read("docs/design-checks.md");
    let (mut close, mut missing) = (Vec::new(), Vec::new());
    for (name, theme) in &THEMES[..2] {
        for (sight, seen) in &SEEN {
            let pairs = (0..TONES).flat_map(|a| (a + 1..TONES).map(move |b| (a, b)));
            let far = |(a, b): (u8, u8)| distance(theme.hex(Ink::Process(a)), theme.hex(Ink::Process(b)), seen);
            let all: Vec<(f64, u8, u8)> = pairs.map(|(a, b)| (far((a, b)), a, b)).collect();
            let least = all.iter().map(|p| p.0).fold(f64::MAX, f64::min);
            if least < APART {
                close.push(format!("{name}, {sight}: {least:.1}"));
            }
            let near: Vec<String> =
                all.iter().filter(|p| p.0 < NEAR).map(|(far, a, b)| format!("{a}–{b} {far:.1}")).collect();
            let near = if near.is_empty() { "none".into() } else { near.join(", ") };
            let line = format!("| {name} | {sight} | {least:.1} | {near} |");
            if !document.contains(&line) {
                missing.push(line);
            }
        }
    }
    assert!(close.is_empty(), "tones that cannot be told apart:\n{}", close.join("\n"));
    assert!(missing.is_empty(), "docs/design-checks.md is to say\n{}", missing.join("\n"));
}

#[test]
fn what_is_computed_agrees_with_known_values() {
    assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
    assert!((contrast("#ffffff", "#767676") - 4.54).abs() < 0.01, "the grey that just passes");
    let [l, a, b] = lab(linear("#ffffff"));
    assert!((l - 100.0).abs() < 0.01 && a.abs() < 0.05 && b.abs() < 0.05);
    // Red and green of the same lightness are far apart, and nearer for somebody without the middle cones.
    let far = |i: usize| distance("#d00000", "#008000", &SEEN[i].1);
    assert!(far(2) < 0.5 * far(0), "{} and {}", far(2), far(0));
}

#[test]
fn the_outline_has_the_colours_of_the_page() {
    let html = read("index.html");
    let pairs = [
        ("sheet", "paper"),
        ("desk", "ground"),
        ("rule", "line"),
        ("words", "muted"),
        ("sign", "accent"),
        ("ink", "text"),
    ];
    for (head, colours) in ["\n:root {", "\n:root[data-theme=\"dark\"] {"].into_iter().zip(properties()) {
        let at = html.find(head).unwrap_or_else(|| panic!("{head} is there"));
        let block = html[at..].split('}').next().unwrap_or_default();
        for (outline, page) in pairs {
            let right = format!("--{outline}: {};", colours[page]);
            assert!(block.contains(&right), "{head} {right}");
        }
    }
}
