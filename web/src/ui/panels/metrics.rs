//! Numbers over time: core works them out, here they become lines and bars.

use crate::model::Model;
use crate::model::command::{Command, Form};
use lightcone_core::base::json::millis_text;
use lightcone_core::base::words::grouped;
use lightcone_core::views::series::{BUCKETS, Chart, Line, charts};
use yew::prelude::*;

/// Height of a chart, in its own units.
const HEIGHT: u64 = 100;
/// How the lines of a chart are drawn, for those who see no colours: the pattern of dashes in pixels.
const DASHES: [&str; 4] = ["none", "6 4", "2 3", "10 3 2 3"];
/// The palette's colours for them, far enough from each other where the lines lie on each other.
const TONES: [&str; 4] = ["tone0", "tone1", "tone2", "tone3"];

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// All charts, and the way to take their numbers away.
#[component]
pub(crate) fn Metrics(props: &Props) -> Html {
    let s = props.model.get();
    let charts = charts(s.run(), s.end_us() as u64);
    let numbers = s.run().metrics();
    html! {
        <>
            <h2 class="sr">{ "Metrics" }</h2>
            <div class="charts">{ for charts.iter().map(|c| if c.bars { bars(c) } else { chart(c) }) }</div>
            <dl class="figures">{ for numbers.iter().map(|(name, value)| figure(name, *value)) }</dl>
            <p><button class="link" onclick={props.on.reform(|_| Command::Export(Form::Metrics))}>{ "The charts as CSV" }</button></p>
        </>
    }
}

/// One of the lab's numbers. Its name says its unit.
fn figure(name: &str, value: u64) -> Html {
    let (name, value) = match (name.strip_suffix("_percent"), name.find("_us")) {
        (Some(name), _) => (name.to_string(), format!("{value} %")),
        (None, Some(at)) => (format!("{}{}", &name[..at], &name[at + 3..]), value_text(value, "µs")),
        _ => (name.to_string(), grouped(value)),
    };
    html! { <div><dt>{ name.replace('_', " ") }</dt><dd>{ value }</dd></div> }
}

fn value_text(value: u64, unit: &str) -> String {
    if unit == "µs" { format!("{} ms", millis_text(value)) } else { format!("{value} {unit}") }
}

/// What a line has come to, if that is worth a word.
fn now_text(line: &Line, unit: &str) -> String {
    line.now.map_or(String::new(), |now| value_text(now, unit).trim_end().into())
}

/// The `i`-th line: more than four would be no picture any more, and no lab has them.
fn stroke(i: usize, d: String) -> Html {
    let i = i % DASHES.len();
    html! { <path class={classes!("line", TONES[i], (i == 0).then_some("first"))} stroke-dasharray={DASHES[i]} {d} /> }
}

fn chart(chart: &Chart) -> Html {
    let most = chart.lines.iter().flat_map(|l| l.values.iter().flatten()).copied().max().unwrap_or(0);
    // A share of a whole has its whole in sight; some percentages go beyond it.
    let top = if chart.unit == "%" { most.max(100) } else { most };
    let key = |(i, l): (usize, &Line)| {
        html! {
            <span>
                <svg viewBox="0 0 26 4" aria-hidden="true">{ stroke(i, "M0 2H26".into()) }</svg>
                { l.name }<b>{ now_text(l, chart.unit) }</b>
            </span>
        }
    };
    let said = |l: &Line| format!("; {} {}", l.name, now_text(l, chart.unit));
    let now: String = chart.lines.iter().filter(|l| l.now.is_some()).map(said).collect();
    let says = format!("{}, at most {}{now}", chart.title, value_text(most, chart.unit).trim_end());
    html! {
        <figure class="chart">
            <h3>{ chart.title }{ for chart.lines.iter().enumerate().map(key) }</h3>
            <svg viewBox={format!("0 0 {BUCKETS} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={says}>
                <path class="axis" d={format!("M0 0V{HEIGHT}H{BUCKETS}")} />
                { for chart.lines.iter().enumerate().map(|(i, l)| stroke(i, path(l, top))) }
            </svg>
            <figcaption class="empty">{ format!("up to {}", value_text(top, chart.unit)) }</figcaption>
        </figure>
    }
}

/// What lines have come to, side by side: a table whose numbers have lengths.
fn bars(chart: &Chart) -> Html {
    let most = chart.lines.iter().filter_map(|l| l.now).max().unwrap_or(0).max(1);
    let row = |l: &Line| {
        let now = l.now.unwrap_or(0);
        html! {
            <tr>
                <th scope="row">{ l.name }</th>
                <td><i style={format!("width:{}%", 100 * now / most)}></i></td>
                <td>{ now }</td>
            </tr>
        }
    };
    html! {
        <figure class="chart bars">
            <h3>{ chart.title }</h3>
            <table aria-label={chart.title}><tbody>{ for chart.lines.iter().map(row) }</tbody></table>
        </figure>
    }
}

/// A line through the buckets that have a value, over those that have none; one alone is a short dash.
fn path(line: &Line, most: u64) -> String {
    let mut d = String::new();
    for (i, value) in line.values.iter().enumerate() {
        let Some(value) = value else { continue };
        let y = HEIGHT - value * HEIGHT / most.max(1);
        d.push_str(&if d.is_empty() { format!("M{i} {y}h.9") } else { format!("L{i} {y}") });
    }
    d
}
