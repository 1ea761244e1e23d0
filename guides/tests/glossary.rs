//! The glossary holds against what the labs really say: no word of the field without an entry, no entry without its word.

use lightcone_core::engine::{Run, run};
use lightcone_core::labs::{self, LABS};
use lightcone_core::protocol::Lab;
use lightcone_core::tables::LabSpec;
use lightcone_core::trace::frame::Panel;
use lightcone_core::trace::{Act, Kind};
use lightcone_core::views::glossary::{Entry, Glossary};
use lightcone_guides::glossary::read;
use lightcone_guides::{build_glossary, files};
use std::collections::BTreeSet;
use std::path::Path;

/// How many moments of each scenario are looked at.
const MOMENTS: u32 = 8;

/// Words that look like terms, or that a lab declares, and need no entry: the lab, the word, and why.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("vector-clocks", "message", "what the whole lab sends"),
    ("total-order", "plain message", "a message that nobody orders"),
    ("total-order", "cents", "the unit of the account"),
    ("causal-multicast", "message", "what the whole lab sends"),
    ("causal-kv", "answer", "an everyday word"),
    ("causal-kv", "request", "an everyday word"),
    ("causal-kv", "waits", "an everyday word"),
    ("zk-lock", "file", "the thing that the lock protects, shown in a panel of its own"),
    ("zk-lock", "counter", "a number in the file"),
    ("zk-lock", "away", "an everyday word"),
    ("queue", "answer", "an everyday word"),
    ("queue", "request", "an everyday word"),
    ("queue", "asks", "an everyday word"),
    ("queue", "waits", "an everyday word"),
    ("queue", "works", "an everyday word"),
    ("queue", "out", "an everyday word"),
    ("mesi", "answer", "an everyday word"),
    ("mesi", "request", "an everyday word"),
    ("mesi", "done", "an everyday word"),
    ("mesi", "L", "a letter of somebody's name, in a value"),
];

/// What a lab says.
#[derive(Default)]
struct Words {
    /// Texts in which words that look like terms are looked for: labels, names of facts, titles, heads, names of operations.
    labels: BTreeSet<String>,
    /// Words that the lab declares: roles, states along the lanes, sorts of messages.
    declared: BTreeSet<String>,
    /// Texts that explain: rules, switches, settings, what to watch for, why something happened, the guide.
    texts: BTreeSet<String>,
}

impl Words {
    fn of(lab: &dyn Lab) -> Words {
        let mut words = Words::default();
        for builtin in lab.spec().scenarios {
            let mut run = run(labs::parse(&builtin.json()).expect("a scenario"));
            words.texts.insert(builtin.watch.into());
            words.records(&run);
            let len = run.trace().len();
            for moment in 1..=MOMENTS {
                run.seek(len * moment / MOMENTS);
                words.moment(&run);
            }
        }
        words.tables(lab.spec());
        words
    }

    fn records(&mut self, run: &Run) {
        for id in 0..run.trace().len() {
            // What a person asks for has the person's own words in it, and their operations are in the tables.
            let asked = matches!(run.act_of(id), Some(Act::Request(_) | Act::Workload(_)));
            if !asked {
                self.labels.insert(without_numbers(&run.label(id)));
            }
            if run.trace().record(id).kind != Kind::Boot
                && let Some((why, source)) = run.why(id)
            {
                self.texts.extend([without_numbers(&why), source.into()]);
            }
        }
        self.declared.extend((0..run.trace().message_count()).map(|id| run.message_kind(id).into()));
        let bands = (0..run.trace().bands.len()).filter_map(|i| run.trace().bands.at(i).band);
        self.declared.extend(bands.map(|band| band.word.into()));
    }

    fn moment(&mut self, run: &Run) {
        for process in run.frame().processes {
            self.declared.insert(process.role);
            self.labels.extend(process.fields.into_iter().map(|field| field.name));
        }
        for panel in run.panels() {
            self.labels.insert(panel.title().into());
            match panel {
                Panel::Table { says, columns, .. } | Panel::Things { says, columns, .. } => {
                    self.labels.extend(columns);
                    self.texts.insert(says);
                }
                Panel::Lists { says, lists, .. } => {
                    self.labels.extend(lists.into_iter().map(|(head, _)| head));
                    self.texts.insert(says);
                }
                Panel::Matrix { says, rows, .. } => {
                    self.texts.insert(says);
                    self.texts.extend(rows.iter().flat_map(|row| &row.pins).map(|pin| pin.says.clone()));
                    self.texts.extend(rows.iter().flat_map(|row| &row.cells).map(|cell| cell.word.clone()));
                }
                Panel::Graph { says, .. } | Panel::Ring { says, .. } | Panel::Caches { says, .. } => {
                    self.texts.insert(says);
                }
            }
        }
        self.texts.extend(run.metrics().into_iter().map(|(name, _)| name.into()));
        self.texts.extend(run.situations().into_iter().flat_map(|s| [s.name.into(), s.says.into()]));
        if let Some(outlook) = run.outlook() {
            self.texts.insert(outlook.says);
            self.texts.extend(outlook.numbers.into_iter().map(|field| field.name));
        }
    }

    fn tables(&mut self, spec: &LabSpec) {
        self.labels.extend(spec.operations.iter().map(|o| o.name.into()));
        let mut add = |texts: &[&str]| self.texts.extend(texts.iter().map(ToString::to_string));
        add(&[spec.title, spec.says]);
        spec.setup.iter().for_each(|p| add(&[p.name, p.says, p.default.unwrap_or_default()]));
        spec.setup.iter().for_each(|p| {
            if let lightcone_core::tables::Takes::Choice(choices) = p.takes {
                add(choices);
            }
        });
        spec.operations.iter().for_each(|o| add(&[o.says]));
        spec.operations.iter().flat_map(|o| o.args).for_each(|p| add(&[p.name, p.says]));
        spec.rules.iter().for_each(|r| add(&[r.name, r.says, r.source, r.sort.name()]));
        spec.switches.iter().for_each(|s| add(&[s.name, s.says]));
        spec.series.iter().for_each(|s| add(&[s.title, s.line]));
        add(spec.timers);
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().chain(&self.declared).chain(&self.texts).map(String::as_str)
    }
}

/// Numbers make thousands of labels out of one; no term has a digit in it.
fn without_numbers(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// Words that look like terms: capitals alone (`DIFF`, and in a lab with states of one letter also `M`), or a capital behind a
/// small letter (`commitIndex`). What has a digit or a line `_` in it is a name, and what is quoted is data.
fn term_like(text: &str) -> Vec<&str> {
    let plain = text.split('"').step_by(2);
    let words = plain.flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let is_term = |word: &&str| {
        let capitals = word.chars().all(char::is_uppercase);
        let camel = word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
        !word.is_empty() && word.chars().all(char::is_alphabetic) && (capitals || camel)
    };
    words.filter(is_term).collect()
}

fn glossary() -> Glossary {
    Glossary::parse(&build_glossary().expect("a glossary")).expect("what is built is read")
}

/// What stands between quotation marks in the page's own source: buttons, titles, sentences.
fn page(folder: &Path, texts: &mut Vec<String>) {
    for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            page(&path, texts);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let source = std::fs::read_to_string(&path).expect("a file");
            let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            texts.extend(code.join("\n").split('"').skip(1).step_by(2).map(String::from));
        }
    }
}

#[test]
fn every_term_of_a_lab_is_explained() {
    let glossary = glossary();
    let mut wrong = BTreeSet::new();
    let mut used = BTreeSet::new();
    for lab in LABS {
        let id = lab.spec().id;
        let words = Words::of(*lab);
        let mut check = |word: &str, known: bool| {
            let allowed = ALLOWED.iter().position(|(of, allowed, _)| *of == id && *allowed == word);
            match (known, allowed) {
                (false, None) => drop(wrong.insert(format!("{id}: {word}"))),
                (false, Some(i)) => drop(used.insert(i)),
                (true, _) => {}
            }
        };
        for word in words.labels.iter().flat_map(|text| term_like(text)) {
            check(word, glossary.named(word, id).is_some());
        }
        for word in &words.declared {
            check(word, !glossary.find(word, id).is_empty());
        }
    }
    assert!(wrong.is_empty(), "guides/glossary.md does not explain\n{}", Vec::from_iter(wrong).join("\n"));
    let idle: Vec<&str> = (0..ALLOWED.len()).filter(|i| !used.contains(i)).map(|i| ALLOWED[i].1).collect();
    assert!(idle.is_empty(), "nothing has to be allowed for {idle:?}");
}

#[test]
fn every_entry_is_about_a_word_that_is_there() {
    let glossary = glossary();
    let mut on_the_page = Vec::new();
    page(&lightcone_guides::folder().join("../web/src"), &mut on_the_page);
    let mut seen = vec![BTreeSet::new(); glossary.entries.len()];
    for lab in LABS {
        let id = lab.spec().id;
        let words = Words::of(*lab);
        let guides = files().expect("the folder is there").into_iter().filter(|(of, _)| of == id || of == "tour");
        let guides: Vec<String> = guides.map(|(_, path)| std::fs::read_to_string(path).expect("a guide")).collect();
        for text in words.all().chain(guides.iter().map(String::as_str)) {
            for (_, entry) in glossary.find(text, id) {
                seen[entry].insert(id);
            }
        }
        // The page's own words are the same in all labs.
        for text in &on_the_page {
            for (_, entry) in glossary.find(text, id).into_iter().filter(|(_, i)| glossary.entries[*i].labs.is_empty())
            {
                seen[entry].insert(id);
            }
        }
    }
    let mut dead = Vec::new();
    for (Entry { term, labs, .. }, seen) in glossary.entries.iter().zip(&seen) {
        if seen.is_empty() {
            dead.push(format!("{term} is nowhere"));
        }
        dead.extend(
            labs.iter().filter(|lab| !seen.contains(lab.as_str())).map(|lab| format!("{term} is not in {lab}")),
        );
    }
    assert!(dead.is_empty(), "guides/glossary.md\n{}", dead.join("\n"));
}

/// The line and the words of what is wrong with a glossary.
fn wrong(body: &str) -> (usize, String) {
    let e = read(&format!("# Glossary\n\nWords.\n\n{body}")).expect_err(body);
    (e.line, e.what)
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let long = format!("## A\n- **a**: {}end.", "and ".repeat(45));
    let cases: [(&str, usize, &str); 19] = [
        ("", 4, "there is no entry"),
        ("- **a**: It is so.", 5, "under a heading"),
        ("## A\n\ntext", 7, "entries alone"),
        ("## A\n- a: It is so.", 6, "an entry is"),
        ("## A\n- **a** It is so.", 6, "an entry is"),
        ("## A\n- **a** (also: b) It is so.", 6, "an entry is"),
        ("## A\n- **a** (also b): It is so.", 6, "an entry is"),
        ("## A\n- **a** (like: b): It is so.", 6, "not like"),
        ("## A\n- **a** (labs: mesi; also: b): It is so.", 6, "not also"),
        ("## A\n- **a** (labs: mossi): It is so.", 6, "there is no lab mossi"),
        ("## A\n- **a** (also: b,  ): It is so.", 6, "is not empty"),
        ("## A\n- **a**: It is *so*.", 6, "without *"),
        ("## A\n- **a**: It is so", 6, "ends with a dot"),
        ("## A\n- **a**: It is so. It is.", 6, "one sentence"),
        (&long, 6, "46 words"),
        ("## A\n- **a** (also: a): It is so.", 6, "a stands there twice"),
        ("## A\n- **a**: It is\n  so.\n- **b** (also: a): It is so.", 8, "a is explained already, as a"),
        ("## A\n- **a** (labs: mesi): It is so.\n- **a**: It is so.", 7, "in mesi, a is explained"),
        ("## A\n- **a**: It is so.\n- **a** (labs: queue): It is so.", 7, "in queue, a is explained"),
    ];
    for (body, line, what) in cases {
        let found = wrong(body);
        assert_eq!(found.0, line, "{body}: {}", found.1);
        assert!(found.1.contains(what), "{body}: {}", found.1);
    }
}

#[test]
fn an_entry_is_read_with_all_that_it_has() {
    let text = "# G\n\nWords.\n\n## A b\n\n- **a** (also: b c, →; labs: mesi, queue): It is\n  so (Raft §5.3).\n- **a** (labs: zk-lock): No.\n";
    let glossary = read(text).expect("a glossary");
    let [a, other] = glossary.entries.as_slice() else { panic!("{glossary:?}") };
    assert_eq!((a.term.as_str(), a.group.as_str(), a.text.as_str()), ("a", "A b", "It is so (Raft §5.3)."));
    assert_eq!(
        (a.also.as_slice(), a.labs.as_slice()),
        (&["b c".into(), "→".into()][..], &["mesi".into(), "queue".into()][..])
    );
    assert_eq!(other.labs, ["zk-lock"]);
}

#[test]
fn words_that_look_like_terms_are_seen() {
    assert_eq!(term_like("append DIFF +3, commitIndex of S1: x S→M"), ["DIFF", "commitIndex", "S", "M"]);
    assert_eq!(term_like(r#"put "A Name" client_A BusRd s0 Lease it"#), ["BusRd"]);
}
