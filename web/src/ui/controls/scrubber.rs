//! The run from end to end, painted with what happened: phases, faults, broken rules, and what the person did.

use super::{Props, input_number};
use crate::model::command::Command;
use crate::model::session::Session;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::{Kind, RecordId};
use lightcone_core::views::diagram::Phase;
use lightcone_core::views::diagram::svg::n;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Most marks of a sort: more would only paint over one another.
const MARKS_MAX: usize = 400;
/// Most phases that are drawn.
const PHASES_MAX: usize = 200;
/// How near a mark must be to be told of, as a share of the whole run.
const NEAR: f64 = 0.012;

/// What is marked: its name, its shape around 0 in a strip 16 high, and its records.
struct Sort {
    name: &'static str,
    class: &'static str,
    d: &'static str,
    kinds: &'static [Kind],
}

const SORTS: [Sort; 5] = [
    Sort { name: "your act", class: "act", d: "M0 16-3.5 10h7z", kinds: &[Kind::Request, Kind::Act, Kind::Network] },
    Sort { name: "pause or cut", class: "cut", d: "M-1.2 1h2.4v14h-2.4z", kinds: &[Kind::Pause, Kind::Partition] },
    Sort {
        name: "back again",
        class: "back",
        d: "M0 8m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
        kinds: &[Kind::Restart, Kind::Resume, Kind::Heal],
    },
    Sort { name: "crash", class: "crash", d: "M-3.5 4.5l7 7m0-7l-7 7", kinds: &[Kind::Crash] },
    Sort { name: "broken rule", class: "violation", d: "M-5 0h10L0 8zM-1 6h2v10h-2z", kinds: &[Kind::Violation] },
];

/// The records of each sort, and between which of them a process was down or the network cut.
struct Painted {
    marks: [Vec<RecordId>; SORTS.len()],
    /// Class, from, to: in microseconds.
    stretches: Vec<(&'static str, u64, u64)>,
}

impl Painted {
    fn of(s: &Session, end_us: u64) -> Painted {
        let trace = s.run().trace();
        let mut painted = Painted { marks: Default::default(), stretches: Vec::new() };
        let mut down = vec![None; trace.width()];
        let mut cut = None;
        // The index is brought up to date when the diagram is painted, which may be a moment later.
        for &id in s.index().outstanding().iter().filter(|id| **id < trace.len()) {
            let record = trace.record(id);
            if let Some(sort) = SORTS.iter().position(|sort| sort.kinds.contains(&record.kind)) {
                painted.marks[sort].push(id);
            }
            let node = usize::from(record.node);
            let ended = match record.kind {
                Kind::Crash => {
                    down[node] = Some(record.at_us);
                    None
                }
                Kind::Restart => down[node].take().map(|from| ("down", from)),
                Kind::Partition => {
                    cut = cut.or(Some(record.at_us));
                    None
                }
                Kind::Heal => cut.take().map(|from| ("parted", from)),
                _ => None,
            };
            painted.stretches.extend(ended.map(|(class, from)| (class, from, record.at_us)));
        }
        painted.stretches.extend(down.into_iter().flatten().map(|from| ("down", from, end_us)));
        painted.stretches.extend(cut.map(|from| ("parted", from, end_us)));
        painted.stretches.truncate(MARKS_MAX);
        for marks in &mut painted.marks {
            let every = marks.len().div_ceil(MARKS_MAX).max(1);
            *marks = marks.iter().copied().step_by(every).collect();
        }
        painted
    }
}

fn percent(us: u64, end_us: u64) -> String {
    format!("{}%", n((us as f64 / end_us.max(1) as f64 * 100.0) as f32))
}

/// The phase at a time, if the lab has phases.
fn phase_text(s: &Session, at_us: u64) -> Option<String> {
    let spec = s.lab().spec().phases?;
    let phases = s.index().phases();
    let at = phases.partition_point(|p| p.from_us <= at_us).checked_sub(1)?;
    Some(phases[at].text(&spec, s.run().names()))
}

/// The slider and what is painted on it.
#[component]
pub(super) fn Scrubber(props: &Props) -> Html {
    let s = props.model.get();
    let end = s.end_us().max(1.0);
    let end_us = end as u64;
    let oninput = props.on.reform(move |e: InputEvent| Command::Seek(input_number(&e).min(end).max(0.0)));
    let view_us = s.view_us() as u64;
    let mut text = format!("{} of {} milliseconds", millis_text(view_us), millis_text(end_us));
    if let Some(phase) = phase_text(&s, view_us) {
        text = format!("{text}, {phase}");
    }
    let painted = Painted::of(&s, end_us);
    let pointed = use_state(|| None::<f64>);
    let point = pointed.setter();
    let leave = Callback::from(move |_: PointerEvent| point.set(None));
    let point = pointed.setter();
    let onpointermove = Callback::from(move |e: PointerEvent| {
        let Some(place) = e.target_dyn_into::<HtmlElement>().filter(|p| p.id() == "scrubber") else { return };
        let share = f64::from(e.offset_x()) / f64::from(place.offset_width().max(1));
        point.set(Some(share.clamp(0.0, 1.0)));
    });
    html! {
        <div class={classes!("scrubber", (!s.index().phases().is_empty()).then_some("taped"))} {onpointermove} onpointerleave={leave}>
            if let Some(share) = *pointed { { tip(&s, &painted, share, end) } }
            { tape(&s, end_us, &props.on) }
            <svg class="marks" aria-hidden="true">
                { for painted.stretches.iter().map(|stretch| block(stretch, end_us)) }
                { for SORTS.iter().zip(&painted.marks).map(|(sort, ids)| marks(&s, sort, ids, end_us)) }
            </svg>
            <input type="range" id="scrubber" min="0" max={end_us.to_string()} step="any" value={view_us.to_string()}
                aria-label="Time" aria-valuetext={text} {oninput} />
        </div>
    }
}

/// What is at a place: the time, the phase, and the nearest mark.
fn tip(s: &Session, painted: &Painted, share: f64, end: f64) -> Html {
    let at_us = (share * end) as u64;
    let far = |id: &RecordId| s.run().trace().record(*id).at_us.abs_diff(at_us);
    let near = painted.marks.iter().flatten().copied().min_by_key(far).filter(|id| far(id) as f64 <= end * NEAR);
    let side = if share > 0.5 {
        format!("right:{}%", n(((1.0 - share) * 100.0) as f32))
    } else {
        format!("left:{}%", n((share * 100.0) as f32))
    };
    html! {
        <div class="tip" style={side} aria-hidden="true">
            <b>{ format!("{} ms", millis_text(at_us)) }</b>
            if let Some(phase) = phase_text(s, at_us) { <span>{ phase }</span> }
            if let Some(id) = near { <span>{ s.run().label(id) }</span> }
        </div>
    }
}

fn block((class, from, to): &(&'static str, u64, u64), end_us: u64) -> Html {
    let width = percent(to - from, end_us);
    html! { <rect class={*class} x={percent(*from, end_us)} y={if *class == "down" { "13" } else { "2" }} {width} height={if *class == "down" { "3" } else { "12" }} /> }
}

fn marks(s: &Session, sort: &Sort, ids: &[RecordId], end_us: u64) -> Html {
    let mark = |id: &RecordId| {
        let at_us = s.run().trace().record(*id).at_us;
        html! { <svg x={percent(at_us, end_us)} class={sort.class}><path d={sort.d} /></svg> }
    };
    html! { <>{ for ids.iter().map(mark) }</> }
}

/// The phases, one beside the other; their words fit or go.
fn tape(s: &Session, end_us: u64, on: &Callback<Command>) -> Html {
    let Some(spec) = s.lab().spec().phases else { return html! {} };
    let phases = s.index().phases();
    let stretch = |(i, phase): (usize, &Phase)| {
        let to_us = phases.get(i + 1).map_or(end_us, |next| next.from_us).min(end_us);
        let width = percent(to_us.saturating_sub(phase.from_us), end_us);
        let leader = phase.leader.map(|leader| s.run().names()[usize::from(leader)].as_str());
        let tone = phase.leader.map_or("nobody".into(), |leader| format!("tone{}", leader % 7));
        html! {
            <li class={tone} style={format!("left:{};width:{width}", percent(phase.from_us, end_us))} title={phase.text(&spec, s.run().names())}>
                <span class="long">{ format!("{} {}{}", spec.word, phase.number, leader.map(|l| format!(" · {l}")).unwrap_or_default()) }</span>
                <span class="short">{ phase.number }</span>
            </li>
        }
    };
    // The newest, where there are too many.
    let first = phases.len().saturating_sub(PHASES_MAX);
    // The slider below it says the same to keys.
    let on = on.clone();
    let onclick = Callback::from(move |e: MouseEvent| {
        // Not the current target: events are taken in at the root of the page.
        let under = e.target_dyn_into::<HtmlElement>();
        if let Some(tape) = under.and_then(|under| under.closest(".tape").ok().flatten()) {
            let rect = tape.get_bounding_client_rect();
            let share = (f64::from(e.client_x()) - rect.left()) / rect.width().max(1.0);
            on.emit(Command::Visit(share.clamp(0.0, 1.0) * end_us as f64));
        }
    });
    html! { <ol class="tape" aria-hidden="true" {onclick}>{ for phases.iter().enumerate().skip(first).map(stretch) }</ol> }
}

/// What the marks mean, for the help.
pub(super) fn key() -> Html {
    let entry = |sort: &Sort| {
        html! {
            <span><svg viewBox="-7 -1 14 18" class="marks" aria-hidden="true"><g class={sort.class}><path d={sort.d} /></g></svg>{ sort.name }</span>
        }
    };
    html! { <p class="legend">{ for SORTS.iter().map(entry) }</p> }
}
