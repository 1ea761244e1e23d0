//! Every form of every scenario, read back by readers that know the form alone.

mod common;

use common::{played, played_builtin};
use lightcone_core::base::clock::Relation;
use lightcone_core::engine::Run;
use lightcone_core::labs::LABS;
use lightcone_core::trace::causality::{is_event, relation};
use lightcone_core::trace::{Kind, LAYER_LINK, RecordId};
use lightcone_core::views::diagram::scene::{Scene, Shape};
use lightcone_core::views::diagram::theme::Theme;
use lightcone_core::views::diagram::{Index, Only, Preset, View, figure, lay_out, usual};
use lightcone_core::views::export::picture::{add_caption, tex, tex_escape, typst};
use lightcone_core::views::export::{Form, chosen, csv, jsonl, mermaid, plantuml, shiviz};
use serde_json::Value;
use std::collections::BTreeMap;

/// Most pairs of events of one run that are compared.
const PAIRS_MAX: usize = 40_000;

fn texts(scene: &Scene) -> Vec<&str> {
    fn text(shape: &Shape) -> Option<&str> {
        match shape {
            Shape::Text { text, .. } => Some(text),
            _ => None,
        }
    }
    scene.items.iter().filter_map(|item| text(&item.shape)).collect()
}

fn each_scenario(mut look: impl FnMut(&str, &Run, &Index)) {
    for lab in LABS {
        for builtin in lab.spec().scenarios {
            let (run, index) = played(&builtin.json());
            look(&format!("{}/{}", lab.spec().id, builtin.id), &run, &index);
        }
    }
}

#[test]
fn a_picture_for_paper_says_all_that_its_scene_says() {
    each_scenario(|name, run, index| {
        let view = figure(run, index, usual(run.scenario()).axis, Preset::Page, None);
        let scene = lay_out(run, index, &view, &run.frame());
        let (tex, typst) = (tex::write(&scene, Theme::Print, name), typst::write(&scene, Theme::Dark, name));
        for text in texts(&scene) {
            assert!(tex.contains(&format!("{{{}}}\n", tex_escape(text))), "{name}: {text:?} is not in TeX");
            assert!(typst.contains(&typst::quote(text)), "{name}: {text:?} is not in Typst");
        }
        assert!(tex.is_ascii(), "{name}: TeX has to know ASCII only");
        assert_eq!(tex.matches("\\begin{").count(), tex.matches("\\end{").count(), "{name}");
        let shapes = scene.items.iter().filter(|item| !matches!(item.shape, Shape::Text { .. })).count();
        let drawn =
            tex.matches("\\draw[").count() + tex.matches("\\fill[").count() + tex.matches("\\filldraw[").count();
        assert_eq!(drawn, shapes + 1, "{name}: each shape, and the paper");
    });
}

#[test]
fn json_lines_and_csv_have_a_line_for_each_record() {
    each_scenario(|name, run, index| {
        let half_us = run.scenario().until_us / 2;
        let ids = chosen(run, index, half_us / 2, half_us);
        let inside = |id: &RecordId| (half_us / 2..=half_us).contains(&run.trace().record(*id).at_us);
        assert_eq!(ids, (0..run.trace().len()).filter(inside).collect::<Vec<_>>(), "{name}");
        let lines: Vec<Value> =
            jsonl::write(run, &ids).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let table = csv::write(run, &ids);
        let mut reader = ::csv::Reader::from_reader(table.as_bytes());
        let heads = reader.headers().expect("heads").clone();
        let rows: Vec<::csv::StringRecord> =
            reader.records().map(|row| row.expect("a row as wide as its head")).collect();
        assert_eq!((lines.len(), rows.len()), (ids.len(), ids.len()), "{name}");
        for (row, line) in rows.iter().zip(&lines) {
            let cell = |head: &str| &row[heads.iter().position(|h| h == head).expect("a column")];
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
            for head in ["id", "at_us", "node", "kind", "label", "cause", "lamport"] {
                let known = line.get(head).filter(|value| !value.is_null()).map(text).unwrap_or_default();
                assert_eq!(cell(head), known, "{name}: {head} of {line}");
            }
            let data: Value = serde_json::from_str(cell("data")).expect("JSON in a cell");
            assert_eq!(data, line["data"], "{name}");
            for process in run.names() {
                let known = line.get("vector").map(|vector| vector[process].to_string()).unwrap_or_default();
                assert_eq!(cell(&format!("vector {process}")), known, "{name}: {process} of {line}");
            }
            let messages = line.get("messages").and_then(Value::as_array);
            let of = |key: &str| messages.map(|all| all.iter().map(|m| text(&m[key])).collect::<Vec<_>>().join(" "));
            let one = |key: &str| line.get(key).map(text).unwrap_or_default();
            assert_eq!(cell("message"), of("id").unwrap_or_else(|| one("message")), "{name}: {line}");
            assert_eq!(cell("peer"), of("to").unwrap_or_else(|| one("peer")), "{name}: {line}");
        }
    });
}

/// A host's name, its clock, and what happened.
type Logged = (String, BTreeMap<String, u64>, String);

/// Reads a log as ShiViz does: it knows the form, and nothing of Lightcone.
fn read_log(log: &str) -> Vec<Logged> {
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some(r"(?<host>\S+) (?<clock>\{.*\})\n(?<event>.*)"));
    assert_eq!(lines.next(), Some(""), "one execution");
    let mut events = Vec::new();
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    while let Some(line) = lines.next() {
        let (host, clock) = line.split_once(' ').expect("a host and its clock");
        let clock: BTreeMap<String, u64> = serde_json::from_str(clock).expect("a clock");
        let own = counted.entry(host.into()).or_default();
        *own += 1;
        assert_eq!(clock.get(host), Some(&*own), "a host counts its own events without a gap");
        assert!(clock.values().all(|count| *count > 0));
        events.push((host.to_string(), clock, lines.next().expect("what happened").to_string()));
    }
    events
}

fn happened_before(a: &Logged, b: &Logged) -> bool {
    a.1 != b.1 && a.1.iter().all(|(host, count)| b.1.get(host).is_some_and(|other| other >= count))
}

fn assert_same_order(name: &str, run: &Run, ids: &[RecordId]) -> usize {
    let log = read_log(&shiviz::write(run, ids));
    let events: Vec<RecordId> = ids.iter().copied().filter(|&id| is_event(run.trace().record(id))).collect();
    assert_eq!(log.len(), events.len(), "{name}: one entry for each event");
    let step = (events.len() * events.len()).div_ceil(PAIRS_MAX).max(1);
    let pairs = (0..events.len() * events.len()).step_by(step | 1);
    let mut compared = 0;
    for (a, b) in pairs.map(|pair| (pair / events.len(), pair % events.len())) {
        let before = relation(run.trace(), events[a], events[b]) == Some(Relation::Before);
        assert_eq!(happened_before(&log[a], &log[b]), before, "{name}: events {} and {}", events[a], events[b]);
        compared += 1;
    }
    for (entry, &id) in log.iter().zip(&events) {
        assert!(entry.2.contains(run.label(id).trim()) || run.label(id).contains('\n'), "{name}: {entry:?}");
    }
    compared
}

#[test]
fn a_log_for_shiviz_has_the_order_of_the_trace() {
    let mut compared = 0;
    each_scenario(|name, run, index| {
        compared += assert_same_order(name, run, &chosen(run, index, 0, u64::MAX));
        // A stretch begins in the midst: clocks are counted anew, and the order stays.
        let until_us = run.scenario().until_us;
        compared += assert_same_order(name, run, &chosen(run, index, until_us / 5, until_us / 2));
    });
    assert!(compared > 1_000_000, "{compared} pairs");
    let (run, _) = played_builtin("raft-lock", "first-election");
    let asked = (0..run.trace().len()).find(|&id| run.trace().record(id).kind == Kind::Request).expect("a request");
    let index = Index::only_of(&run, Only::request(&run, asked).expect("a request"));
    let ids = chosen(&run, &index, 0, u64::MAX);
    assert!(ids.len() < run.trace().len() as usize);
    assert_same_order("the story of a request", &run, &ids);
}

#[test]
fn sequence_diagrams_have_every_message_and_every_loss() {
    each_scenario(|name, run, index| {
        let ids = chosen(run, index, 0, u64::MAX);
        let records: Vec<_> = ids.iter().map(|&id| *run.trace().record(id)).collect();
        let of = |kind| records.iter().filter(move |record| record.kind == kind);
        let received = of(Kind::Receive).count();
        let lost = of(Kind::Drop).filter(|record| record.code & LAYER_LINK == 0).count();
        let lines = |text: &str, arrow: &str| {
            let is_arrow = |line: &&str| line.split(' ').next().is_some_and(|word| word.contains(arrow));
            text.lines().map(str::trim_start).filter(|line| line.starts_with('p')).filter(is_arrow).count()
        };
        let mmd = mermaid::write(run, &ids);
        assert_eq!((lines(&mmd, "->>"), lines(&mmd, "-x")), (received, lost), "{name}: Mermaid");
        assert!(mmd.starts_with("%% ") && mmd.contains("cannot slant"), "{name}: it says what it cannot");
        let puml = plantuml::write(run, &ids);
        let arrows = |head: &str| puml.lines().filter(|line| line.split(' ').nth(1).is_some_and(|w| w == head)).count();
        let slanted = puml.lines().filter(|line| line.split(' ').nth(1).is_some_and(|w| w.starts_with("->$"))).count();
        assert_eq!((slanted + arrows("->"), arrows("->x")), (received, lost), "{name}: PlantUML");
        assert!(puml.starts_with("@startuml\n' ") && puml.ends_with("@enduml\n"), "{name}");
    });
}

#[test]
fn what_people_type_comes_through_in_every_form() {
    let typed = r#"_ % & # $ { } ~ ^ \\ \" ; <b> é ∥ → 中 ' -- ** // end"#;
    let scenario = format!(
        r#"{{"format":"lightcone/1","lab":"vector-clocks","title":"{typed}","acts":[{{"at_ms":1,"act":{{"request":
        {{"node":"P1","op":"send","args":{{"to":"P2","message":"{typed}"}}}}}}}}],"until_ms":100}}"#
    );
    let (run, index) = played(&scenario);
    let ids = chosen(&run, &index, 0, u64::MAX);
    for form in Form::ALL {
        assert!(form.of_records(&run, &ids).is_none_or(|text| text.len() > 100), "{}", form.title());
    }
    assert_same_order("typed", &run, &ids);
    let mut scene = lay_out(&run, &index, &View::whole(1_200.0, 3, 0.0, 100_000.0), &run.frame());
    // A label is cut short; a caption is not.
    add_caption(&mut scene, &run.scenario().title);
    let tex = tex::write(&scene, Theme::Light, typed);
    assert!(tex.contains(r"\lcunknown{4E2D}") && tex.contains(r"\ensuremath{\parallel}"), "{tex}");
}
