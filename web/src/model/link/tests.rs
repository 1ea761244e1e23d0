use super::{Asked, Link, encode, lab_in, write};
use lightcone_core::labs;
use proptest::prelude::*;

const JSON: &str = r#"{"format":"lightcone/1","lab":"mesi","title":"Größe & “mehr”","acts":[]}"#;

fn link() -> String {
    write("mesi", JSON, &[("t", "175000".into()), ("q", "kind:send \"m1\"".into())])
}

#[test]
fn a_link_gives_back_what_was_put_in() {
    let read = Link::read(&link());
    assert_eq!((read.asked, read.remark), (Asked::Run(JSON.into()), None));
    let read = Link::read(&link());
    assert_eq!(read.value("t").as_deref(), Some("175000"));
    assert_eq!(read.value("q").as_deref(), Some("kind:send \"m1\""));
    assert_eq!(read.value("nope"), None);
}

#[test]
fn what_is_wrong_with_a_link_is_said_and_the_rest_is_read() {
    let whole = link();
    let said = |text: &str| {
        let link = Link::read(text);
        (matches!(link.asked, Asked::Run(_)), link.remark.unwrap_or_default())
    };
    assert_eq!(said(&whole[..whole.len() - 1]), (true, "Its last characters are missing.".into()));
    assert_eq!(said(&whole[..whole.len() - 12]), (true, "It is not whole: its end is missing.".into()));
    assert_eq!(said(&format!("{whole}http://x/#{whole}")).1, "Something stands behind its end, and was left out.");
    let changed = whole.replace("t=175000", "t=17500");
    assert_eq!(said(&changed), (true, "It is not as it was made: a part of it was changed or is missing.".into()));
    let newer = said(&whole.replace("v=2", "v=3"));
    assert_eq!(newer, (true, "It was made by a newer Lightcone (version 3 of links; this one reads 2).".into()));
    // Cut in the midst of the scenario: the lab came through.
    let cut = Link::read(&whole[..60]);
    assert_eq!(cut.asked, Asked::Nothing(Some("mesi".into()), "It is not whole: its end is missing.".into()));
}

#[test]
fn names_and_links_of_the_first_version_are_read() {
    let asked = |text: &str| Link::read(text).asked;
    assert_eq!(asked("lab=mesi"), Asked::Builtin("mesi".into(), None));
    assert_eq!(asked("lab=nope&scenario=x&p=1"), Asked::Builtin("nope".into(), Some("x".into())));
    assert_eq!(asked("guide=mesi.2"), Asked::Guide("mesi.2".into()));
    assert_eq!(asked(&format!("s={}&t=5", encode(JSON))), Asked::Run(JSON.into()));
    for nothing in ["", "section-3", "s=stored", "s=%C3", "v=", "v=2", "v=x&z=", "&&=", "=", "z=%%"] {
        let Asked::Nothing(None, what) = asked(nothing) else { panic!("{nothing}") };
        assert!(what.ends_with('.') && !what.contains('\n'), "{what}");
    }
    let Asked::Nothing(None, what) = asked(&"x".repeat(2_000_000)) else { panic!("it was read") };
    assert_eq!(what, "It has 2000000 characters, and a link has at most 64000.");
}

#[test]
fn the_lab_of_a_cut_scenario_is_found() {
    assert_eq!(lab_in(r#"{"format":"lightcone/1", "lab" : "mesi","ti"#), Some("mesi"));
    assert_eq!(lab_in(r#"{"lab":"me"#), None);
}

#[test]
fn every_built_in_scenario_comes_back_by_a_link() {
    for lab in labs::LABS {
        for builtin in lab.spec().scenarios {
            let scenario = labs::parse(&builtin.json()).expect("a scenario").to_json_line();
            let link = write(lab.spec().id, &scenario, &[("t", "1".into())]);
            assert_eq!(Link::read(&link).asked, Asked::Run(scenario.clone()), "{}", builtin.id);
            assert!(link.len() < super::WRITTEN_CHARS_MAX, "{}: {} characters", builtin.id, link.len());
        }
    }
}

#[test]
fn links_of_every_version_are_still_read() {
    for (name, text, lab) in [
        ("version 1", include_str!("../../../old-links/1.txt"), "raft-lock"),
        ("version 2", include_str!("../../../old-links/2.txt"), "raft-lock"),
    ] {
        let link = Link::read(text.trim());
        let Asked::Run(json) = &link.asked else { panic!("{name}: {:?}", link.asked) };
        let scenario = labs::parse(json).expect(name);
        assert_eq!(scenario.lab.spec().id, lab);
        assert_eq!((link.remark.as_deref(), link.value("t").as_deref()), (None, Some("638000")), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_link_never_panics_and_is_never_taken_for_whole(
        at in any::<prop::sample::Index>(), what in 0u8..4, letter in "[ -~é]", upto in any::<prop::sample::Index>(),
    ) {
        let whole = link();
        let mut letters: Vec<char> = whole.chars().collect();
        let at = at.index(letters.len());
        match what {
            0 => letters[at] = letter.chars().next().unwrap_or('x'),
            1 => drop(letters.remove(at)),
            2 => letters.insert(at, letter.chars().next().unwrap_or('x')),
            _ => letters.truncate(upto.index(letters.len())),
        }
        let text: String = letters.into_iter().collect();
        let read = Link::read(&text);
        // A letter may have been put in the place of the same letter.
        if text != whole && text.starts_with("v=2&") {
            let silent = matches!(read.asked, Asked::Run(_) | Asked::Builtin(..)) && read.remark.is_none();
            prop_assert!(!silent, "{text}");
        }
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        let _ = Link::read(&text);
    }
}
