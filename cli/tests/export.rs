//! Every form that `render` writes, and what other programs make of it, where they are on the machine.

use lightcone_core::labs::{LABS, parse};
use lightcone_core::views::diagram::scene::Shape;
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Index, Preset, figure, lay_out, usual};
use lightcone_core::views::export::Form;
use lightcone_core::views::export::picture::pdf::{self, Faces};
use std::path::{Path, PathBuf};
use std::process::Command;

const FACES: Faces = Faces {
    regular: include_bytes!("../../static/fonts/lightcone-sans-400.ttf"),
    semibold: include_bytes!("../../static/fonts/lightcone-sans-600.ttf"),
};

/// What people type, where a label shows it.
const TYPED: &str = r##"{"format":"lightcone/1","lab":"vector-clocks","title":"a_1 50% & #$ {x} ~^ \\ \" ; <b> é ∥ → 中 ** // -- end §¶©€ßœłı¡¿«»‹›†−½³°µ✓ĂčŐșïķ",
    "acts":[{"at_ms":1,"act":{"request":{"node":"P1","op":"multicast","args":{"message":"_%&#${}~^\\\";<b>é∥→中"}}}},
            {"at_ms":40,"act":{"request":{"node":"P2","op":"multicast","args":{"message":"end; ** // \"\" $$x$$"}}}}],
    "until_ms":100}"##;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Writes a scenario in some form, and says where.
fn render(scenario: &str, name: &str, form: Form, more: &[&str]) -> PathBuf {
    let path = file(&format!("{name}.{}", form.ending()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_lightcone"));
    let output = command.args(["render", scenario, "-o"]).arg(&path).args(more).output().expect("the program runs");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    path
}

/// One scenario of each lab, and one with whatever people type, each with a name for files.
fn scenarios() -> Vec<(String, String)> {
    let typed = file("typed.json");
    std::fs::write(&typed, TYPED).expect("it can be written");
    let of_labs = LABS.iter().map(|lab| {
        let (lab, first) = (lab.spec().id, lab.spec().scenarios[0].id);
        (format!("{lab}/{first}"), format!("{lab}-{first}"))
    });
    of_labs.chain([(typed.to_string_lossy().into_owned(), "typed".into())]).collect()
}

/// Whether a program is here; says a word where it is not.
fn is_here(program: &str, args: &[&str]) -> bool {
    let here = Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    if !here {
        println!("{program} {args:?} is not here: left out");
    }
    here
}

fn succeeds(command: &mut Command) -> String {
    let output = command.output().expect("it was here a moment ago");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

#[test]
fn every_form_of_a_scenario_of_each_lab_is_written() {
    for (scenario, name) in scenarios() {
        for form in Form::ALL {
            let bytes = std::fs::read(render(&scenario, &name, form, &["--caption"])).expect("the file is there");
            let begins: &[u8] = match form {
                Form::Svg => b"<svg",
                Form::Png => b"\x89PNG",
                Form::Tex => b"% ",
                Form::Typst => b"// ",
                Form::Pdf => b"%PDF-1.",
                Form::Mermaid => b"%% ",
                Form::PlantUml => b"@startuml",
                Form::Shiviz => b"(?<host>",
                Form::Csv => b"id,at_us,node,kind",
                Form::JsonLines => b"{\"id\":0,",
            };
            assert!(bytes.starts_with(begins), "{name}: {}", form.title());
        }
    }
}

#[test]
fn what_is_chosen_holds_for_every_form() {
    let textbook = "vector-clocks/textbook";
    let text =
        |name: &str, form, more: &[&str]| std::fs::read_to_string(render(textbook, name, form, more)).expect("text");
    for (preset, tex, typst) in
        [("column", "240.94bp", "240.94pt"), ("page", "481.89bp", "481.89pt"), ("slide", "960bp", "960pt")]
    {
        let width = format!("\\paperwidth{{{tex}}}");
        assert!(text("p", Form::Tex, &["--preset", preset]).contains(&width), "{preset}");
        assert!(text("p", Form::Typst, &["--preset", preset]).contains(&format!("page(width: {typst}")), "{preset}");
    }
    // A slide has room for its caption.
    let slide = text("s", Form::Tex, &["--preset", "slide", "--caption"]);
    assert!(slide.contains("\\paperheight{540bp}") && slide.contains("Seed"), "{slide}");
    assert!(text("d", Form::Typst, &["--theme", "dark"]).contains("#14171d"));
    assert!(!text("l", Form::Tex, &["--axis", "logical"]).contains(" ms}"));
    assert!(!text("n", Form::Tex, &["--labels", "none"]).contains("(5,5,3)"));
    for form in [Form::Tex, Form::Typst, Form::Mermaid, Form::PlantUml, Form::Shiviz, Form::Csv, Form::JsonLines] {
        let part = text("w", form, &["--from-ms", "60", "--to-ms", "120"]);
        assert!(part.contains("m3") && !part.contains("m4"), "{}: {part}", form.title());
        let story = text("t", form, &["--story-of", "request 7"]);
        assert!(story.len() > 100 && !story.contains("m4"), "{}: {story}", form.title());
    }
}

/// All texts of a page, without spaces: where a word ends is the reader's guess.
fn read_pdf(path: &Path) -> String {
    succeeds(Command::new("pdftotext").args(["-enc", "UTF-8", "-raw"]).arg(path).arg("-")).split_whitespace().collect()
}

#[test]
fn every_label_is_found_in_a_pdf() {
    let reads = is_here("pdftotext", &["-v"]);
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let name = format!("{}-{}", lab.spec().id, builtin.id);
            let run = lightcone_core::engine::run(parse(&builtin.json()).expect("a scenario"));
            let index = Index::of(&run);
            let view = figure(&run, &index, usual(run.scenario()).axis, Preset::Column, None);
            let scene = lay_out(&run, &index, &view, &run.frame());
            let page = pdf::write(&scene, Theme::Light, &name, FACES);
            assert!(page.starts_with(b"%PDF-1.") && page.ends_with(b"%%EOF"), "{name}");
            if !reads {
                continue;
            }
            let path = file(&format!("{name}-column.pdf"));
            std::fs::write(&path, page).expect("it can be written");
            let found = read_pdf(&path);
            let inside = |p: (f32, f32)| scene.clip.is_none_or(|clip| clip.holds(p));
            for item in &scene.items {
                let Shape::Text { text, at, .. } = &item.shape else { continue };
                // What begins outside of what is shown is cut.
                let text: String = text.split_whitespace().collect();
                assert!(found.contains(&text) || item.clipped && !inside(*at), "{name}: {text:?} is not in {found}");
            }
            let _ = std::fs::remove_file(path);
        }
    }
}

#[test]
fn a_pdf_is_as_large_as_its_preset() {
    if !is_here("pdfinfo", &["-v"]) {
        return;
    }
    for (preset, size) in [("column", "240.94 x "), ("page", "481.89 x "), ("slide", "960 x 540 pts")] {
        let path = render("vector-clocks/textbook", &format!("size-{preset}"), Form::Pdf, &["--preset", preset]);
        let said = succeeds(Command::new("pdfinfo").arg(path));
        assert!(said.contains(&format!("Page size:       {size}")), "{preset}: {said}");
    }
}

#[test]
fn latex_draws_it() {
    if !is_here("pdflatex", &["--version"]) || !is_here("kpsewhich", &["tikz.sty"]) {
        return;
    }
    for (scenario, name) in scenarios() {
        let path = render(&scenario, &format!("tex-{name}"), Form::Tex, &["--preset", "page", "--caption"]);
        let folder = path.parent().expect("a folder");
        let mut command = Command::new("pdflatex");
        command.args(["-interaction=nonstopmode", "-halt-on-error"]).arg("-output-directory").arg(folder).arg(&path);
        let said = succeeds(command.current_dir(folder).env("max_print_line", "1000"));
        assert!(said.contains("(1 page"), "{name}: {said}");
        assert!(!said.contains("Overfull") && !said.contains("Missing character"), "{name}: {said}");
    }
}

#[test]
fn typst_draws_it() {
    let compile = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])";
    let (own, python) = (is_here("typst", &["--version"]), is_here("python3", &["-c", "import typst"]));
    if !own && !python {
        return;
    }
    for (scenario, name) in scenarios() {
        let path = render(&scenario, &format!("typ-{name}"), Form::Typst, &["--preset", "page", "--caption"]);
        let page = path.with_extension("pdf");
        let mut command = Command::new(if own { "typst" } else { "python3" });
        let args: &[&str] = if own { &["compile"] } else { &["-c", compile] };
        succeeds(command.args(args).arg(&path).arg(&page));
        assert!(std::fs::read(&page).expect("the page").starts_with(b"%PDF"), "{name}");
    }
}

#[test]
fn plantuml_draws_it() {
    if !is_here("plantuml", &["-help"]) {
        return;
    }
    let all = scenarios().into_iter();
    let files: Vec<PathBuf> =
        all.map(|(scenario, name)| render(&scenario, &format!("puml-{name}"), Form::PlantUml, &[])).collect();
    // One start of a virtual machine for all of them; it fails where one has an error.
    succeeds(Command::new("plantuml").args(["-failfast2", "-tsvg"]).args(&files));
}
