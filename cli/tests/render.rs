//! `lightcone render`: files of the right form, with the right content, and plain words where something is wrong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn lightcone(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lightcone")).args(args).output().expect("the program starts")
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn render(name: &str, more: &[&str]) -> Vec<u8> {
    let path = file(name);
    let text = path.to_str().expect("a path in Unicode");
    let mut args = vec!["render", "vector-clocks/textbook", "-o", text];
    args.extend(more);
    let output = lightcone(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "what was asked for is in the file");
    std::fs::read(path).expect("the file is there")
}

fn refused(args: &[&str], words: &str) {
    let output = lightcone(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(said.contains(words), "{args:?}: {said:?} does not say {words:?}");
}

#[test]
fn an_svg_has_its_text_as_text_and_opens_again() {
    let svg = String::from_utf8(render("a.svg", &[])).expect("text");
    for text in [">P1</text>", ">m4</text>", ">(5,5,3)</text>", ">100 ms</text>", "<title>The textbook example</title>"]
    {
        assert!(svg.contains(text), "{text} is missing");
    }
    let scenario = lightcone_core::views::diagram::svg::scenario_in(&svg).expect("the scenario is inside");
    std::fs::write(file("again.json"), scenario).expect("it can be written");
    let again = lightcone(&["run", file("again.json").to_str().expect("a path")]);
    let first = lightcone(&["run", "vector-clocks/textbook"]);
    assert_eq!(again.stdout, first.stdout, "the scenario inside makes the same run");
}

#[test]
fn time_runs_downwards_where_it_is_asked_to() {
    let svg = |name: &str, more: &[&str]| String::from_utf8(render(name, more)).expect("text");
    let size = |svg: &str, what: &str| -> f32 {
        let after = &svg[svg.find(&format!(" {what}=\"")).expect("the size of the picture") + what.len() + 3..];
        after[..after.find('"').expect("an end")].parse().expect("a number")
    };
    let (right, down) = (svg("right.svg", &[]), svg("down.svg", &["--orientation", "down"]));
    assert_eq!(size(&right, "width"), size(&down, "height"), "as long as it was wide");
    assert!(size(&down, "width") < size(&down, "height"));
    for text in [">P1</text>", ">m4</text>", ">(5,5,3)</text>", ">100 ms</text>"] {
        assert!(down.contains(text), "{text} is missing");
    }
    refused(&["render", "vector-clocks/textbook", "-o", "x.svg", "--orientation", "up"], "right, down");
}

#[test]
fn labels_theme_axis_and_stretch_change_the_picture() {
    let svg = |name: &str, more: &[&str]| String::from_utf8(render(name, more)).expect("text");
    let plain = svg("b.svg", &[]);
    let none = svg("c.svg", &["--labels", "none"]);
    assert!(!none.contains(">(5,5,3)</text>") && none.contains(">m4</text>"));
    assert!(svg("d.svg", &["--labels", "both"]).contains(">10 (5,5,3)</text>"));
    let dark = svg("e.svg", &["--theme", "dark"]);
    assert!(dark.contains("#14171d") && !plain.contains("#14171d"));
    let print = svg("f.svg", &["--theme", "print"]);
    assert!(!print.contains("#d55e00") && plain.contains("#d55e00"), "print has no colours");
    assert!(!svg("g.svg", &["--axis", "logical"]).contains(" ms</text>"));
    let part = svg("h.svg", &["--from-ms", "60", "--to-ms", "120"]);
    assert!(part.contains(">m3</text>") && !part.contains(">m4</text>"));
}

#[test]
fn a_figure_has_the_size_of_a_column_a_page_or_a_slide() {
    for (preset, wide) in [("column", "width=\"85mm\""), ("page", "width=\"170mm\""), ("slide", "width=\"338.67mm\"")] {
        let svg = String::from_utf8(render("p.svg", &["--preset", preset])).expect("text");
        assert!(svg.contains(wide) && svg.contains(">m4</text>") && svg.contains(">P1</text>"), "{preset}");
    }
    // 300 pixels an inch, unless somebody says something else.
    let png = png_width(&render("p.png", &["--preset", "column"]));
    assert!((1_003..=1_006).contains(&png), "{png} pixels for 85 mm");
    let story = String::from_utf8(render("q.svg", &["--story-of", "request 7", "--preset", "page"])).expect("text");
    assert!(story.contains("data-event=\"7\"") && !story.contains(">m4</text>"), "only what came of it");
    let past = String::from_utf8(render("r.svg", &["--story-of", "12"])).expect("text");
    assert!(past.contains("data-event=\"12\"") && !past.contains("data-event=\"13\""));
    let textbook = ["render", "vector-clocks/textbook", "-o", "x.svg"];
    for (option, value, words) in [
        ("--preset", "poster", "column, page, slide"),
        ("--story-of", "999", "there is no event"),
        ("--story-of", "request 0", "event 0 is no request"),
        ("--story-of", "key nowhere", "nothing in this run is about"),
        ("--story-of", "everything", "expected an event's number"),
    ] {
        refused(&[&textbook[..], &[option, value]].concat(), words);
    }
}

/// The width of a PNG, from its header.
fn png_width(png: &[u8]) -> u32 {
    u32::from_be_bytes(png[16..20].try_into().expect("four bytes"))
}

#[test]
fn a_png_has_the_size_asked_for_and_is_not_blank() {
    let png = render("i.png", &["--width", "600", "--scale", "1"]);
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(number(16), 600);
    let double = render("j.png", &["--width", "600", "--scale", "2"]);
    let wide = u32::from_be_bytes(double[16..20].try_into().expect("four bytes"));
    assert_eq!(wide, 1200);
    assert!(png.len() > 5_000, "{} bytes would be an empty picture", png.len());
}

#[test]
fn json_lines_are_the_trace() {
    let lines = render("k.jsonl", &[]);
    let trace = file("k.trace");
    lightcone(&["run", "vector-clocks/textbook", "--trace", trace.to_str().expect("a path")]);
    assert_eq!(lines, std::fs::read(trace).expect("the trace"));
}

#[test]
fn what_is_wrong_is_said_in_a_sentence() {
    let out = file("x.svg");
    let out = out.to_str().expect("a path");
    refused(&["render", "vector-clocks/textbook"], "needs -o FILE");
    refused(&["render", "vector-clocks/textbook", "-o", "x.bmp"], "the ending must be");
    refused(&["render", "vector-clocks/textbook", "-o", out, "--theme", "pink"], "one of light, dark, print");
    refused(&["render", "vector-clocks/textbook", "-o", out, "--from-ms", "9", "--to-ms", "9"], "must be before");
    refused(&["render", "vector-clocks/textbook", "-o", out, "--width", "7"], "from 200 to 8000");
    refused(&["render", "nowhere.json", "-o", out], "nowhere.json");
}
