//! Delay, loss, duplication, order, partitions: for all links, from now on.

use crate::model::command::Command;
use crate::ui::cluster::Partitions;
use crate::ui::controls::{Props, input_value, segmented, value_of};
use lightcone_core::base::json::millis_text;
use lightcone_core::protocol::Outlook;
use lightcone_core::tables::{Delay, LinkChange};
use lightcone_core::trace::Act;
use lightcone_core::trace::frame::Mark;
use yew::prelude::*;

/// Steps of the delay sliders, in microseconds: fine where delays are short.
const DELAYS_US: [u64; 22] = [
    1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 12_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 60_000, 80_000,
    100_000, 150_000, 200_000, 300_000, 500_000, 700_000, 1_000_000,
];

#[derive(Clone, Copy, PartialEq)]
enum Model {
    Constant,
    Uniform,
    Exponential,
}

fn parts(delay: Delay) -> (Model, u64, u64) {
    match delay {
        Delay::Constant(us) => (Model::Constant, us, us),
        Delay::Uniform { min_us, max_us } => (Model::Uniform, min_us, max_us),
        Delay::Exponential { min_us, mean_us } => (Model::Exponential, min_us, mean_us),
    }
}

fn whole(model: Model, low: u64, high: u64) -> Delay {
    let (low, high) = (low.min(high), high.max(low));
    match model {
        Model::Constant => Delay::Constant(high),
        Model::Uniform => Delay::Uniform { min_us: low, max_us: high },
        Model::Exponential => Delay::Exponential { min_us: low, mean_us: high },
    }
}

fn nearest(us: u64) -> usize {
    (0..DELAYS_US.len()).min_by_key(|&i| DELAYS_US[i].abs_diff(us)).unwrap_or(0)
}

/// One slider with its value beside it; tells of a change when it is let go.
#[derive(Properties, PartialEq)]
struct SliderProps {
    name: &'static str,
    max: usize,
    value: usize,
    text: Callback<usize, String>,
    on: Callback<usize>,
}

#[component]
fn Slider(props: &SliderProps) -> Html {
    let held = use_state(|| None::<usize>);
    let shown = held.unwrap_or(props.value);
    let oninput = {
        let held = held.clone();
        Callback::from(move |e: InputEvent| held.set(input_value(&e).parse().ok()))
    };
    let onchange = {
        let (held, on) = (held.clone(), props.on.clone());
        Callback::from(move |e: Event| {
            held.set(None);
            if let Ok(value) = value_of(&e).parse() {
                on.emit(value);
            }
        })
    };
    let text = props.text.emit(shown);
    html! {
        <label class="row slider"><span>{ props.name }</span>
            <input type="range" min="0" max={props.max.to_string()} value={shown.to_string()} aria-valuetext={text.clone()}
                aria-label={props.name} {oninput} {onchange} />
            <output>{ text }</output>
        </label>
    }
}

/// The network panel.
#[component]
pub(crate) fn NetworkPanel(props: &Props) -> Html {
    let s = props.model.get();
    let network = &s.frame().network;
    let rule = lightcone_core::base::json::Doc::parse(&network.delay).and_then(|d| Delay::read(&d));
    let (model, low, high) = parts(rule.unwrap_or(Delay::Constant(10_000)));
    let change = |change: LinkChange| Command::Act(Act::Network(change));
    let set_delay = move |delay: Delay| change(LinkChange { delay: Some(delay), ..LinkChange::default() });
    let models = [(Model::Constant, "constant"), (Model::Uniform, "uniform"), (Model::Exponential, "exponential")];
    let exact = |us: u64| {
        Callback::from(move |i: usize| {
            let us = if i == nearest(us) { us } else { DELAYS_US[i.min(DELAYS_US.len() - 1)] };
            format!("{} ms", millis_text(us))
        })
    };
    let percent = Callback::from(|i: usize| format!("{i} %"));
    // In percent, and the parts per million that a link counts in.
    let ppm = |percent: usize| Some(percent as u32 * 10_000);
    let on_loss = props.on.reform(move |i| change(LinkChange { loss_ppm: ppm(i), ..LinkChange::default() }));
    let on_twice = props.on.reform(move |i| change(LinkChange { duplicate_ppm: ppm(i), ..LinkChange::default() }));
    let on_model = props
        .on
        .reform(move |m| set_delay(whole(m, if m == Model::Constant { low } else { low.min(high / 2).max(1) }, high)));
    let on_low = props.on.reform(move |i: usize| set_delay(whole(model, DELAYS_US[i], high.max(DELAYS_US[i]))));
    let on_high = props.on.reform(move |i: usize| set_delay(whole(model, low.min(DELAYS_US[i]), DELAYS_US[i])));
    let on_fifo = props.on.reform(move |fifo: bool| change(LinkChange { fifo: Some(fifo), ..LinkChange::default() }));
    let high_name = match model {
        Model::Constant => "delay",
        Model::Uniform => "longest",
        Model::Exponential => "mean",
    };
    let steps = DELAYS_US.len() - 1;
    html! {
        <section class="card network">
            <h2>{ "Network" }</h2>
            { segmented("Delay model", &models, model, on_model) }
            if model != Model::Constant {
                <Slider name="shortest" max={steps} value={nearest(low)} text={exact(low)} on={on_low} />
            }
            <Slider name={high_name} max={steps} value={nearest(high)} text={exact(high)} on={on_high} />
            <Slider name="loss" max={100} value={(network.loss_ppm / 10_000) as usize} text={percent.clone()} on={on_loss} />
            <Slider name="duplication" max={100} value={(network.duplicate_ppm / 10_000) as usize} text={percent} on={on_twice} />
            <div class="row"><span>{ "order" }</span>
                { segmented("Order of messages on a link", &[(false, "unordered"), (true, "FIFO")], network.fifo, on_fifo) }
            </div>
            if let Some(outlook) = s.run().outlook() { { outlook_view(&outlook) } }
            <Partitions model={props.model.clone()} on={props.on.clone()} />
        </section>
    }
}

/// What the lab's settings lead to on this network.
fn outlook_view(outlook: &Outlook) -> Html {
    let word = match outlook.mark {
        Mark::Bad => "unstable",
        Mark::Plain => "steady",
        _ => "shaky",
    };
    html! {
        <section class={classes!("outlook", word)} aria-label={outlook.title}>
            <h3>{ outlook.title }<b>{ word }</b></h3>
            <dl>{ for outlook.numbers.iter().map(|n| html! { <><dt>{ &n.name }</dt><dd>{ &n.value }</dd></> }) }</dl>
            <p>{ &outlook.says }</p>
        </section>
    }
}
