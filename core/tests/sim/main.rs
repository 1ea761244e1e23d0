//! The rules of the simulated world, one by one, with a protocol made for the purpose.

#[path = "../common/mod.rs"]
mod common;
mod toy;

use common::{Dice, cases, lines, parse, read_lines};
use lightcone_core::engine::{Run, run};
use lightcone_core::scenario::Scenario;
use serde_json::Value;
use toy::LAB;

/// A run of the toy: acts as `when act`, one a line, over links of 10 ms.
fn toy(acts: &str) -> Run {
    let mut scenario = Scenario::empty(&LAB);
    scenario.network.delay = lightcone_core::tables::Delay::Constant(10_000);
    for line in acts.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (when, act) = line.split_once(' ').expect("a time and an act");
        let number = |text: &str| text.parse::<u64>().expect("a number");
        let when = match when.strip_prefix('#') {
            Some(id) => lightcone_core::trace::When::After(number(id) as u32),
            None => lightcone_core::trace::When::At(number(when) * 1000),
        };
        let act = scenario.read_act(act).unwrap_or_else(|e| panic!("{e}: {act}"));
        scenario.acts.push(lightcone_core::trace::PlannedAct { when, act });
    }
    assert_eq!(scenario.processes().len(), 3);
    run(scenario)
}

/// Each record from `from` on as `time process kind label`.
fn said_from(run: &Run, from: usize) -> Vec<String> {
    let text = |v: &Value| v.as_str().unwrap_or("-").to_string();
    let say = |l: &Value| {
        let at_us = l["at_us"].as_u64().expect("a time");
        format!("{} {} {} {}", at_us / 1000, text(&l["node"]), text(&l["kind"]), text(&l["label"]))
    };
    read_lines(run).iter().skip(from).map(say).collect()
}

/// Each record after the three boots.
fn said(run: &Run) -> Vec<String> {
    said_from(run, 3)
}

fn disk(run: &Run, process: usize) -> String {
    run.frame().processes[process].fields[0].value.clone()
}

const BURST: &str = r#"5 {"request":{"node":"P1","op":"burst"}}"#;

#[test]
fn effects_take_place_in_order_and_sends_in_a_row_are_one_event() {
    let run = toy(BURST);
    let said = said(&run);
    let step = [
        "5 P1 request burst",
        "5 P1 state first",
        "5 P1 send one to P2",
        "5 P1 persist kept",
        "5 P1 send two to P2, P3",
        "5 P1 local last",
        "5 P1 reply done",
    ];
    assert_eq!(said[..7], step);
    assert_eq!(disk(&run, 0), "101");
}

#[test]
fn a_reply_names_its_request_and_the_operation() {
    let reply = read_lines(&toy(BURST)).into_iter().find(|l| l["kind"] == "reply").expect("a reply");
    assert_eq!((reply["data"]["request"].as_u64(), reply["data"]["op"].as_str()), (Some(3), Some("burst")));
}

#[test]
fn a_crash_in_the_middle_of_a_step_cancels_the_rest() {
    // Records 0 to 2 are the boots, 3 the request, 4 the state, 5 the first send.
    let acts = format!("{BURST}\n#5 {{\"crash\":{{\"node\":\"P1\"}}}}\n50 {{\"restart\":{{\"node\":\"P1\"}}}}");
    let run = toy(&acts);
    let said = said(&run);
    let expected = [
        "5 P1 request burst",
        "5 P1 state first",
        "5 P1 send one to P2",
        "5 P1 crash crash",
        "15 P2 receive one",
        "15 P2 state got one",
        "50 P1 restart disk 1",
    ];
    assert_eq!(said, expected, "nothing was persisted, sent to all, or answered");
    assert_eq!(disk(&run, 0), "2");
}

#[test]
fn what_was_persisted_before_a_crash_is_there_after_it() {
    let acts = format!("{BURST}\n#6 {{\"crash\":{{\"node\":\"P1\"}}}}\n50 {{\"restart\":{{\"node\":\"P1\"}}}}");
    assert_eq!(said(&toy(&acts)).last().map(String::as_str), Some("50 P1 restart disk 101"));
}

#[test]
fn a_write_at_boot_is_that_process_s_own_and_takes_place_at_boot() {
    let run = toy(r#"5 {"crash":{"node":"P2"}}
           6 {"restart":{"node":"P2"}}
           7 {"request":{"node":"P3","op":"ping","args":{"to":"P1"}}}"#);
    assert_eq!((disk(&run, 0), disk(&run, 1), disk(&run, 2)), ("1".into(), "2".into(), "1".into()));
}

#[test]
fn nobody_is_restarted_before_the_run_has_started_it() {
    let run = toy(r##"#0 {"restart":{"node":"P3"}}"##);
    let said = said_from(&run, 0);
    assert_eq!(said.len(), 4);
    assert_eq!(said.iter().filter(|s| s.contains("P3 boot")).count(), 1);
    assert!(said[1].contains("refused"), "{said:?}");
}

#[test]
fn a_pause_in_the_middle_of_a_step_lets_the_rest_follow_on_resume() {
    let acts = format!("{BURST}\n#4 {{\"pause\":{{\"node\":\"P1\"}}}}\n9 {{\"resume\":{{\"node\":\"P1\"}}}}");
    let said = said(&toy(&acts));
    assert_eq!(said[2..6], ["5 P1 pause pause", "9 P1 resume resume", "9 P1 send one to P2", "9 P1 persist kept"]);
}

#[test]
fn a_paused_process_takes_in_what_arrived_in_order_when_it_goes_on() {
    let run = toy(r#"1 {"pause":{"node":"P2"}}
           2 {"request":{"node":"P1","op":"ping","args":{"to":"P2","says":"a"}}}
           3 {"request":{"node":"P3","op":"ping","args":{"to":"P2","says":"b"}}}
           14 {"request":{"node":"P2","op":"ping","args":{"to":"P1","says":"c"}}}
           50 {"resume":{"node":"P2"}}"#);
    let said = said(&run);
    let late: Vec<&str> = said.iter().map(String::as_str).filter(|s| s.starts_with("50 ")).collect();
    let expected = [
        "50 P2 resume resume",
        "50 P2 receive a",
        "50 P2 state got a",
        "50 P2 receive b",
        "50 P2 state got b",
        "50 P2 request ping {\"to\":\"P1\",\"says\":\"c\"}",
        "50 P2 send c to P1",
    ];
    assert_eq!(late, expected);
}

#[test]
fn an_overdue_timer_fires_on_resume() {
    let run = toy(r#"1 {"request":{"node":"P1","op":"arm","args":{"in_ms":10}}}
           2 {"pause":{"node":"P1"}}
           30 {"resume":{"node":"P1"}}"#);
    assert_eq!(said(&run)[2..], ["30 P1 resume resume", "30 P1 timeout tick timeout", "30 P1 state tick"]);
}

#[test]
fn an_overdue_timer_that_an_earlier_arrival_disarms_does_not_fire() {
    for (says, expected) in [("disarm", 0), ("arm", 1)] {
        let run = toy(&format!(
            r#"1 {{"request":{{"node":"P1","op":"arm","args":{{"in_ms":20}}}}}}
               2 {{"request":{{"node":"P2","op":"ping","args":{{"to":"P1","says":"{says}"}}}}}}
               3 {{"pause":{{"node":"P1"}}}}
               30 {{"resume":{{"node":"P1"}}}}"#
        ));
        let said = said(&run);
        let fired: Vec<&String> = said.iter().filter(|s| s.contains("timeout")).collect();
        assert_eq!(fired.len(), expected, "{said:?}");
        assert!(fired.iter().all(|s| s.starts_with("80 ")), "armed anew at 30 for 50 ms: {said:?}");
    }
}

#[test]
fn timers_die_in_a_crash() {
    let run = toy(r#"1 {"request":{"node":"P1","op":"arm","args":{"in_ms":10}}}
           2 {"crash":{"node":"P1"}}
           3 {"restart":{"node":"P1"}}"#);
    assert!(!said(&run).iter().any(|s| s.contains("timeout")));
}

#[test]
fn a_person_can_fire_a_timer_that_runs() {
    let run = toy(r#"1 {"request":{"node":"P1","op":"arm","args":{"in_ms":10}}}
           4 {"timeout":{"node":"P1","timer":"tick"}}
           5 {"timeout":{"node":"P1","timer":"tick"}}"#);
    let said = said(&run);
    let expected =
        ["4 P1 timeout tick timeout", "4 P1 state tick", "5 - refused refused: P1 has no tick timer running"];
    assert_eq!(said[1..], expected);
}

#[test]
fn an_act_comes_after_the_events_of_its_time_and_acts_of_one_time_in_the_order_of_the_file() {
    // The ping sent at 2 arrives at 12: before the crash of that time, which comes before the pause of P3.
    let run = toy(r#"12 {"crash":{"node":"P2"}}
           12 {"pause":{"node":"P3"}}
           2 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}
           12 {"resume":{"node":"P3"}}"#);
    let expected = [
        "2 P1 request ping {\"to\":\"P2\"}",
        "2 P1 send ping to P2",
        "12 P2 receive ping",
        "12 P2 state got ping",
        "12 P2 crash crash",
        "12 P3 pause pause",
        "12 P3 resume resume",
    ];
    assert_eq!(said(&run), expected);
}

#[test]
fn acts_that_make_no_sense_are_refused_with_a_reason_and_change_nothing() {
    for (acts, reason) in [
        (r#"1 {"restart":{"node":"P1"}}"#, "P1 is not down"),
        (r#"1 {"resume":{"node":"P1"}}"#, "P1 is not paused"),
        (r#"1 {"heal":{}}"#, "nothing is cut"),
        (r#"1 {"message":{"id":0,"drop":true}}"#, "this message is not under way"),
        (r#"1 {"message":{"from":"P1","to":"P1","n":1,"drop":true}}"#, "this message is not under way"),
        (r#"1 {"link":{"from":"P1","to":"P1","loss":1}}"#, "a process's way to itself is no link that can change"),
        (r#"1 {"timeout":{"node":"P1","timer":"tick"}}"#, "P1 has no tick timer running"),
    ] {
        let lines = read_lines(&toy(acts));
        assert_eq!(lines.len(), 4, "{acts}");
        assert_eq!(lines[3]["kind"], "refused");
        assert_eq!(lines[3]["data"]["reason"], reason);
        let act: Value = serde_json::from_str(acts.split_once(' ').expect("two parts").1).expect("JSON");
        assert_eq!(lines[3]["data"]["act"], act);
    }
    for (second, reason) in [
        (r#"{"crash":{"node":"P1"}}"#, "P1 is down already"),
        (r#"{"pause":{"node":"P1"}}"#, "P1 is crashed"),
        (r#"{"request":{"node":"P1","op":"burst"}}"#, "P1 is down"),
        (r#"{"timeout":{"node":"P1","timer":"tick"}}"#, "P1 is crashed"),
    ] {
        let lines = read_lines(&toy(&format!("1 {{\"crash\":{{\"node\":\"P1\"}}}}\n2 {second}")));
        assert_eq!(lines[4]["data"]["reason"], reason);
    }
}

#[test]
fn a_message_is_named_by_its_number_or_by_its_place_on_its_link() {
    let ping = r#"1 {"request":{"node":"P1","op":"ping","args":{"to":"P2","says":"a"}}}
                  2 {"request":{"node":"P1","op":"ping","args":{"to":"P2","says":"b"}}}"#;
    for which in ["\"id\":1", "\"from\":\"P1\",\"to\":\"P2\",\"n\":2"] {
        let operate = |what: &str| said(&toy(&format!("{ping}\n5 {{\"message\":{{{which},{what}}}}}")));
        let dropped = operate("\"drop\":true");
        assert!(dropped.contains(&"5 - drop b lost: taken away on purpose".to_string()), "{dropped:?}");
        assert!(!dropped.iter().any(|s| s.contains("receive b")));
        let earlier = operate("\"deliver_in_ms\":1");
        assert!(earlier.contains(&"6 P2 receive b".to_string()), "{earlier:?}");
        let twice = operate("\"duplicate\":true");
        assert!(twice.contains(&"12 P2 receive b".to_string()), "{twice:?}");
        assert!(twice.contains(&"15 P2 receive b".to_string()), "{twice:?}");
    }
}

#[test]
fn a_message_about_to_be_lost_can_be_delivered_all_the_same() {
    let run = toy(r#"0 {"network":{"loss":1}}
           1 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}
           2 {"message":{"id":0,"deliver_in_ms":20}}"#);
    let said = said(&run);
    assert!(said.contains(&"22 P2 receive ping".into()) && !said.iter().any(|s| s.contains("drop")), "{said:?}");
}

#[test]
fn one_copy_can_be_meant_and_the_other_travels_on() {
    let acts = |last: &str| {
        said(&toy(&format!(
            "1 {{\"request\":{{\"node\":\"P1\",\"op\":\"ping\",\"args\":{{\"to\":\"P2\"}}}}}}\n2 \
             {{\"message\":{{\"id\":0,\"duplicate\":true}}}}\n3 {{\"message\":{{\"id\":0,{last}}}}}"
        )))
    };
    let received = |said: &[String]| said.iter().filter(|s| s.contains("receive")).cloned().collect::<Vec<_>>();
    assert_eq!(received(&acts(r#""copy":2,"drop":true"#)), ["11 P2 receive ping"]);
    assert_eq!(received(&acts(r#""copy":1,"drop":true"#)), ["12 P2 receive ping"]);
    let none = acts(r#""copy":3,"drop":true"#);
    assert!(none.iter().any(|s| s.contains("this message is not under way")), "{none:?}");
}

#[test]
fn a_frame_tells_which_links_have_settings_of_their_own() {
    let run = toy(r#"1 {"link":{"from":"P1","to":"P2","delay_ms":80,"loss":0.25}}
           2 {"link":{"from":"P2","to":"P1","blocked":true}}
           3 {"link":{"from":"P3","to":"P1","fifo":true}}
           4 {"link":{"from":"P3","to":"P1","reset":true}}"#);
    let network = run.frame().network;
    let [link] = network.links.as_slice() else { panic!("one link differs: {:?}", network.links) };
    assert_eq!((link.from, link.to, link.delay.as_deref(), link.loss_ppm), (0, 1, Some("80"), Some(250_000)));
    assert_eq!((link.duplicate_ppm, link.fifo), (None, None));
    assert_eq!(network.blocked, [(1, 0)]);
}

#[test]
fn what_arrives_across_a_partition_while_it_is_cut_is_lost_and_nothing_else() {
    let ping = |at: u32, from: &str, to: &str| {
        format!("{at} {{\"request\":{{\"node\":\"{from}\",\"op\":\"ping\",\"args\":{{\"to\":\"{to}\"}}}}}}\n")
    };
    // Cut from 20 to 40. Sent before and arriving in it: lost. Sent in it and arriving after it: delivered.
    let acts = ping(5, "P1", "P3")
        + &ping(15, "P1", "P3")
        + &ping(16, "P1", "P2")
        + &ping(35, "P3", "P1")
        + "20 {\"partition\":{\"groups\":[[\"P3\"]]}}\n40 {\"heal\":{}}";
    let said = said(&toy(&acts));
    let ends: Vec<&str> =
        said.iter().map(String::as_str).filter(|s| s.contains("receive") || s.contains("drop")).collect();
    let expected =
        ["15 P3 receive ping", "25 - drop ping lost: it met a partition", "26 P2 receive ping", "45 P1 receive ping"];
    assert_eq!(ends, expected);
}

#[test]
fn a_blocked_link_is_cut_one_way_until_it_is_opened() {
    let said = said(&toy(r#"1 {"link":{"from":"P1","to":"P2","blocked":true}}
           2 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}
           3 {"request":{"node":"P2","op":"ping","args":{"to":"P1"}}}
           20 {"link":{"from":"P1","to":"P2","blocked":false}}
           21 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}"#));
    let ends: Vec<&str> =
        said.iter().map(String::as_str).filter(|s| s.contains("receive") || s.contains("drop")).collect();
    assert_eq!(ends, ["12 - drop ping lost: it met a partition", "13 P1 receive ping", "31 P2 receive ping"]);
}

#[test]
fn messages_to_a_crashed_process_are_lost_on_arrival() {
    let said = said(&toy(r#"1 {"crash":{"node":"P2"}}
           2 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}
           5 {"request":{"node":"P1","op":"ping","args":{"to":"P2"}}}
           13 {"restart":{"node":"P2"}}"#));
    assert!(said.contains(&"12 - drop ping lost: its receiver was down".into()), "{said:?}");
    assert!(said.contains(&"15 P2 receive ping".into()), "{said:?}");
}

#[test]
fn a_crash_loses_what_a_pause_kept_and_says_so() {
    // P2 has four things to do when it goes on; it is paused again in the middle of the first, and then crashes.
    let run = toy(r#"1 {"pause":{"node":"P2"}}
           2 {"request":{"node":"P1","op":"ping","args":{"to":"P2","says":"a"}}}
           3 {"request":{"node":"P3","op":"ping","args":{"to":"P2","says":"b"}}}
           4 {"request":{"node":"P2","op":"burst"}}
           14 {"request":{"node":"P2","op":"ping","args":{"to":"P1"}}}
           50 {"resume":{"node":"P2"}}
           #11 {"pause":{"node":"P2"}}
           60 {"crash":{"node":"P2"}}"#);
    let said = said(&run);
    let expected = [
        "50 P2 resume resume",
        "50 P2 request burst",
        "50 P2 pause pause",
        "60 P2 crash crash",
        "60 - drop a lost: its receiver was down",
        "60 - drop b lost: its receiver was down",
        "60 - refused refused: P2 crashed before it took this in",
    ];
    assert_eq!(said[7..], expected, "{said:?}");
    let waiting = |at_us| {
        let mut run = run.fork();
        run.seek_time(at_us, 0);
        run.frame().processes[1].waiting
    };
    assert_eq!((waiting(11_000), waiting(20_000), waiting(55_000)), (1, 4, 3));
}

#[test]
fn a_fifo_link_keeps_order_and_another_lets_messages_overtake() {
    let overtaken = |fifo: bool| {
        let text = format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"setup\":{{\"processes\":2}},\
             \"network\":{{\"delay_ms\":{{\"uniform\":[1,50]}},\"fifo\":{fifo}}},\"until_ms\":1000,\"acts\":[\
             {{\"at_ms\":0,\"act\":{{\"workload\":{{\"op\":\"send\",\"nodes\":[\"P1\"],\"count\":100,\
             \"every_ms\":2}}}}}}]}}"
        );
        let arrived: Vec<u64> = read_lines(&run(parse(&text)))
            .iter()
            .filter(|l| l["kind"] == "receive")
            .map(|l| l["message"].as_u64().expect("a number"))
            .collect();
        assert_eq!(arrived.len(), 100);
        arrived.windows(2).filter(|w| w[0] > w[1]).count()
    };
    assert_eq!(overtaken(true), 0);
    assert!(overtaken(false) > 10);
}

#[test]
fn one_message_more_elsewhere_changes_no_other_delay_or_loss() {
    let fates = |extra: &str| {
        let text = format!(
            "{{\"format\":\"lightcone/1\",\"lab\":\"vector-clocks\",\"seed\":4,\
             \"network\":{{\"loss\":0.3,\"duplicate\":0.3}},\"until_ms\":1000,\"acts\":[{extra}\
             {{\"at_ms\":10,\"act\":{{\"workload\":{{\"op\":\"send\",\"nodes\":[\"P1\"],\"count\":50,\
             \"every_ms\":5,\"args\":{{\"to\":\"P2\"}}}}}}}}]}}"
        );
        let run = run(parse(&text));
        let of_link = |l: &Value| {
            let id = l["message"].as_u64()? as u32;
            let message = run.trace().message(id);
            let ours = message.from == 0 && message.to == 1;
            ours.then(|| (message.n, l["kind"].to_string(), l["at_us"].clone(), l["data"]["copy"].clone()))
        };
        read_lines(&run).iter().filter_map(of_link).collect::<Vec<_>>()
    };
    let quiet = fates("");
    let busy = fates(
        r#"{"at_ms":3,"act":{"request":{"node":"P3","op":"multicast"}}},
           {"at_ms":4,"act":{"request":{"node":"P2","op":"send","args":{"to":"P1"}}}},"#,
    );
    assert!(quiet.len() > 50);
    assert_eq!(quiet, busy);
}

#[test]
fn a_workload_that_has_nobody_to_send_to_is_refused_and_does_not_stop_the_run() {
    let text = r#"{"format":"lightcone/1","lab":"vector-clocks","setup":{"processes":1},"until_ms":10,"acts":[
        {"at_ms":0,"act":{"workload":{"op":"send","nodes":["P1"],"count":2,"every_ms":1}}}]}"#;
    let lines = read_lines(&run(parse(text)));
    let refused: Vec<&Value> = lines.iter().filter(|l| l["kind"] == "refused").collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0]["data"]["reason"], "nothing fits the argument to of send");
}

/// An act of any kind on the toy.
fn toy_act(dice: &mut Dice) -> String {
    let node = dice.range(1, 3);
    let to = node % 3 + 1;
    let on = |act: &str| format!("{{\"{act}\":{{\"node\":\"P{node}\"}}}}");
    match dice.range(0, 12) {
        0..=2 => format!("{{\"request\":{{\"node\":\"P{node}\",\"op\":\"burst\"}}}}"),
        3 | 4 => format!(
            "{{\"request\":{{\"node\":\"P{node}\",\"op\":\"arm\",\"args\":{{\"in_ms\":{}}}}}}}",
            dice.range(1, 40)
        ),
        5 | 6 => format!(
            "{{\"request\":{{\"node\":\"P{node}\",\"op\":\"ping\",\"args\":{{\"to\":\"P{to}\",\"says\":\"{}\"}}}}}}",
            dice.of(&["arm", "disarm", "hello"])
        ),
        7 => format!("{{\"timeout\":{{\"node\":\"P{node}\",\"timer\":\"tick\"}}}}"),
        8 => on("crash"),
        9 => on("restart"),
        10 => on("pause"),
        11 => on("resume"),
        _ => format!("{{\"message\":{{\"id\":{},\"deliver_in_ms\":{}}}}}", dice.range(0, 20), dice.range(1, 20)),
    }
}

#[test]
fn with_timers_and_long_steps_too_acts_made_anywhere_replay_and_moments_stay_what_they_were() {
    for seed in 0..cases(300) {
        let mut dice = Dice::new(seed);
        let mut live = Run::new(Scenario::empty(&LAB));
        for _ in 0..dice.range(1, 25) {
            match dice.range(0, 3) {
                0 => live.seek(dice.range(0, u64::from(live.trace().len())) as u32),
                1 => drop(live.seek_time(live.now_us() + dice.range(0, 30_000), u32::MAX)),
                _ => {
                    for _ in 0..dice.range(0, 6) {
                        live.step();
                    }
                }
            }
            let act = live.scenario().read_act(&toy_act(&mut dice)).expect("an act");
            let at_us = live.now_us() + dice.range(0, 1) * dice.range(0, 9_000);
            live.act(act, at_us);
        }
        live.seek_time(1_000_000, u32::MAX);
        let again = run(live.scenario().clone());
        assert_eq!(lines(&live), lines(&again), "seed {seed}\n{}", live.scenario().to_json());
        assert_eq!(live.frame(), again.frame(), "seed {seed}");
        let mut stepped = Run::new(live.scenario().clone());
        let mut moments = vec![stepped.frame()];
        while stepped.step() {
            moments.push(stepped.frame());
        }
        for _ in 0..20 {
            let goal = dice.range(0, u64::from(live.trace().len())) as u32;
            live.seek(goal);
            let there = moments.iter().find(|f| f.position >= goal).expect("stepping went that far");
            assert_eq!(live.frame(), *there, "seed {seed}, position {goal}");
        }
    }
}
