//! Every guide is built and gone through; what is wrong in one is named with its line.

use lightcone_core::views::guide::Guide;
use lightcone_guides::{Draft, build, files, rehearse};

#[test]
fn every_guide_can_be_gone_through_and_answers_its_own_questions() {
    let mut wrong = Vec::new();
    for (lab, path) in files().expect("the folder is there") {
        match build(&lab, &path) {
            Err(what) => wrong.push(what),
            Ok(json) => {
                let guide = Guide::parse(&json).expect("what is built is read");
                let steps = guide.steps.len();
                // The tour has twelve stops and an end.
                let fits = if lab == "tour" { steps == 13 } else { (6..=10).contains(&steps) };
                if !fits {
                    wrong.push(format!("{lab} has {steps} steps: a guide has 6 to 10"));
                }
                let answers = rehearse(&lab, &guide).expect("it was built");
                let asked: Vec<String> =
                    answers.iter().flatten().map(lightcone_core::views::guide::Answer::text).collect();
                println!("{lab}: {}", asked.join(" · "));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The line and the words of what is wrong with a guide.
fn wrong(body: &str) -> (usize, String) {
    let text = format!("---\ntitle: T\nsays: S\n---\n\n{body}");
    let e = Draft::read(&text).expect_err(body);
    (e.line, e.what)
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let cases: [(&str, usize, &str); 14] = [
        ("text", 6, "begins with the heading"),
        ("", 5, "there is no step"),
        ("## A\n\n```do\nfly\n```\n", 9, "fly is nothing"),
        ("## A\n\n```do\nload x\n", 8, "not closed"),
        ("## A\n\ntext\n\n<b>x</b>\n", 10, "no HTML"),
        ("## A\n\n[x](https://example.org)\n", 8, "a link is"),
        ("## A\n\n[x](<event:fall P1>)\n", 8, "no kind of event"),
        ("## A\n\n# B\n", 8, "nothing else"),
        ("## A\n```ask\nquestion: x\n```\n", 7, "answer: … is missing"),
        ("## A\n```ask\nquestion: x\nanswer: guess send\n```\n", 9, "guess is nothing"),
        ("## A\n```ask\nx: y\n```\n", 8, "an ask has"),
        ("## A\n```check\nuntil: broken\n```\n", 8, "until takes"),
        ("## A\n```check\nnothing\n```\n", 8, "key: value"),
        ("## A\n```scenario\n{}\n```\n", 7, "format"),
    ];
    for (body, line, what) in cases {
        let found = wrong(body);
        assert_eq!(found.0, line, "{body}: {}", found.1);
        assert!(found.1.contains(what), "{body}: {}", found.1);
    }
    assert_eq!(Draft::read("## A").expect_err("no head").line, 1);
    assert_eq!(Draft::read("---\ntitle: T\n## A").expect_err("an open head").line, 1);
}

#[test]
fn text_is_escaped_and_links_stay_on_the_page() {
    let text = "---\ntitle: T\nsays: S\n---\n## A\n*a* `b<c` & [m1](<event:send P1 \"m1\">) [Rules](panel:rules)\n";
    let json = Draft::read(text).expect("a guide").json();
    let guide = Guide::parse(&json).expect("a guide");
    let html = &guide.steps[0].html;
    assert!(html.starts_with("<p><em>a</em> <code>b&lt;c</code> &amp; <button"), "{html}");
    assert!(html.contains("data-event=\"send P1 &quot;m1&quot;\">m1</button>"), "{html}");
    assert!(html.contains("data-panel=\"rules\">Rules</button>"), "{html}");
}
