//! Numbers over time: core works them out, one component draws a line.

use crate::command::{Command, Form};
use crate::model::Model;
use lightcone_core::json::millis_text;
use lightcone_core::series::{BUCKETS, Chart, Line, charts};
use yew::prelude::*;

/// Height of a chart, in its own units.
const HEIGHT: u64 = 100;

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
    let charts = charts(&*s.run, s.end_us() as u64);
    let numbers = s.run.metrics();
    html! {
        <>
            <h2 class="sr">{ "Metrics" }</h2>
            <div class="charts">{ for charts.iter().map(chart) }</div>
            <p class="says">
                { for numbers.iter().map(|(name, value)| html! { <span>{ format!("{}: {value}  ", name.replace('_', " ")) }</span> }) }
                <button class="link" onclick={props.on.reform(|_| Command::Export(Form::Metrics))}>{ "CSV" }</button>
            </p>
        </>
    }
}

fn value_text(value: u64, unit: &str) -> String {
    if unit == "µs" { format!("{} ms", millis_text(value)) } else { format!("{value} {unit}") }
}

fn chart(chart: &Chart) -> Html {
    let most = chart.lines.iter().flat_map(|l| l.values.iter().flatten()).copied().max().unwrap_or(0);
    let class = |i: usize| if i == 0 { "first" } else { "second" };
    let key = |(i, l): (usize, &Line)| html! { <span><i class={(i > 0).then_some("second-key")}></i>{ l.name }</span> };
    let says = format!("{}, at most {}", chart.title, value_text(most, chart.unit));
    html! {
        <figure class="chart">
            <h3>{ chart.title }{ for chart.lines.iter().enumerate().map(key) }</h3>
            <svg viewBox={format!("0 0 {BUCKETS} {HEIGHT}")} preserveAspectRatio="none" role="img" aria-label={says}>
                <path class="axis" d={format!("M0 0V{HEIGHT}H{BUCKETS}")} />
                { for chart.lines.iter().enumerate().map(|(i, l)| html! { <path class={class(i)} d={path(l, most)} /> }) }
            </svg>
            <figcaption class="empty">{ format!("up to {}", value_text(most, chart.unit)) }</figcaption>
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
