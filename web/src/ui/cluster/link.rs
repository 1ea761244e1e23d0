//! One link, in one direction: what holds on it and nowhere else.

use super::draw::delay_words;
use crate::model::Model;
use crate::model::command::Command;
use crate::ui::controls::{input_value, is_checked, value_of};
use lightcone_core::base::json::{Doc, JsonObject, millis_text, probability_text, quote};
use lightcone_core::tables::Delay;
use lightcone_core::trace::frame::{LinkFrame, NetworkFrame};
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// The link that was pointed at.
    pub link: (u16, u16),
    /// Calls back.
    pub on: Callback<Command>,
}

/// What stands in the form; an empty text is "as in the network".
#[derive(Clone, Default, PartialEq)]
struct Typed {
    link: (u16, u16),
    model: String,
    low: String,
    high: String,
    loss: String,
    twice: String,
    order: String,
    blocked: bool,
}

fn percent(ppm: Option<u32>) -> String {
    ppm.map(|ppm| n(ppm as f32 / 10_000.0)).unwrap_or_default()
}

/// Percent as parts of one, in the scenario's form; what is no number goes on as it is, for the reader to refuse.
fn share(text: &str) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let ppm = (digits(whole) && digits(part) && part.len() <= 4 && whole.len() <= 4 && !text.is_empty())
        .then(|| format!("{whole}{part:0<4}").parse::<u32>().ok())
        .flatten();
    ppm.map_or_else(|| quote(text), probability_text)
}

fn number(text: &str) -> String {
    if text.trim().is_empty() { "0".into() } else { text.trim().into() }
}

impl Typed {
    /// How a link stands.
    fn of(network: &NetworkFrame, link: (u16, u16)) -> Typed {
        let own = own(network, link);
        let delay = own.and_then(|l| l.delay.as_ref()).and_then(|d| Delay::read(&Doc::parse(d).ok()?).ok());
        let (model, low, high) = match delay {
            None => ("", String::new(), String::new()),
            Some(Delay::Constant(us)) => ("constant", String::new(), millis_text(us)),
            Some(Delay::Uniform { min_us, max_us }) => ("uniform", millis_text(min_us), millis_text(max_us)),
            Some(Delay::Exponential { min_us, mean_us }) => ("exponential", millis_text(min_us), millis_text(mean_us)),
        };
        Typed {
            link,
            model: model.into(),
            low,
            high,
            loss: percent(own.and_then(|l| l.loss_ppm)),
            twice: percent(own.and_then(|l| l.duplicate_ppm)),
            order: own.and_then(|l| l.fifo).map(|fifo| fifo.to_string()).unwrap_or_default(),
            blocked: network.blocked.contains(&link),
        }
    }

    /// The act: the link has exactly these settings of its own.
    fn json(&self, names: &[String]) -> String {
        let name = |i: u16| quote(&names[usize::from(i)]);
        let mut link = JsonObject::new();
        link.raw("from", &name(self.link.0)).raw("to", &name(self.link.1)).bool("reset", true);
        let (low, high) = (number(&self.low), number(&self.high));
        let delay = match self.model.as_str() {
            "constant" => high,
            "uniform" => format!("{{\"uniform\":[{low},{high}]}}"),
            "exponential" => format!("{{\"exponential\":{{\"min\":{low},\"mean\":{high}}}}}"),
            _ => String::new(),
        };
        if !delay.is_empty() {
            link.raw("delay_ms", &delay);
        }
        if !self.loss.is_empty() {
            link.raw("loss", &share(&self.loss));
        }
        if !self.twice.is_empty() {
            link.raw("duplicate", &share(&self.twice));
        }
        if !self.order.is_empty() {
            link.raw("fifo", &self.order);
        }
        if self.blocked {
            link.bool("blocked", true);
        }
        format!("{{\"link\":{}}}", link.end())
    }
}

fn own(network: &NetworkFrame, link: (u16, u16)) -> Option<&LinkFrame> {
    network.links.iter().find(|l| (l.from, l.to) == link)
}

/// The form while it is filled in.
struct Form<'a> {
    typed: &'a UseStateHandle<Typed>,
    names: &'a [String],
    network: &'a NetworkFrame,
}

impl Form<'_> {
    fn change<T: 'static>(&self, change: impl Fn(&mut Typed, T) + 'static) -> Callback<T> {
        let typed = self.typed.clone();
        Callback::from(move |value| {
            let mut next = (*typed).clone();
            change(&mut next, value);
            typed.set(next);
        })
    }

    /// One of the two ends; whoever is chosen twice changes places.
    fn end(&self, name: &'static str, text: &'static str, first: bool) -> Html {
        let (from, to) = self.typed.link;
        let (chosen, other) = if first { (from, to) } else { (to, from) };
        let network = self.network.clone();
        let onchange = self.change(move |typed, e: Event| {
            let value = value_of(&e).parse().unwrap_or(0);
            let other = if value == other { chosen } else { other };
            *typed = Typed::of(&network, if first { (value, other) } else { (other, value) });
        });
        let options = self.names.iter().enumerate().map(|(i, n)| {
            html! { <option value={i.to_string()} selected={i == usize::from(chosen)}>{ n }</option> }
        });
        html! { <label class="row"><span>{ text }</span><select aria-label={name} {onchange}>{ for options }</select></label> }
    }

    fn choice(
        &self,
        name: &'static str,
        now: &str,
        options: &[(&'static str, String)],
        set: fn(&mut Typed, String),
    ) -> Html {
        let onchange = self.change(move |typed, e: Event| set(typed, value_of(&e)));
        let options = options.iter().map(|(value, text)| {
            html! { <option value={*value} selected={*value == now}>{ text }</option> }
        });
        html! { <select aria-label={name} {onchange}>{ for options }</select> }
    }

    fn field(&self, name: &'static str, value: &str, hint: String, set: fn(&mut Typed, String)) -> Html {
        let oninput = self.change(move |typed, e: InputEvent| set(typed, input_value(&e)));
        html! {
            <input type="text" inputmode="decimal" aria-label={name} value={value.to_string()} placeholder={hint} {oninput} />
        }
    }

    fn delay(&self) -> Html {
        let typed = &**self.typed;
        let says = match typed.model.as_str() {
            "uniform" => "from, to",
            "exponential" => "least, mean",
            _ => "",
        };
        let options = [
            ("", format!("network’s: {}", delay_words(&self.network.delay))),
            ("constant", "constant".into()),
            ("uniform", "uniform".into()),
            ("exponential", "exponential".into()),
        ];
        html! {
            <>
                <label class="row"><span>{ "delay" }</span>
                    { self.choice("Delay model", &typed.model, &options, |t, v| t.model = v) }
                </label>
                if !typed.model.is_empty() {
                    <div class="row with-unit"><span>{ says }</span>
                        <span class="pair">
                            if !says.is_empty() { { self.field("Shortest delay", &typed.low, "1".into(), |t, v| t.low = v) } }
                            { self.field("Delay", &typed.high, "80".into(), |t, v| t.high = v) }
                        </span>
                        <span>{ "ms" }</span>
                    </div>
                }
            </>
        }
    }

    fn rest(&self) -> Html {
        let (typed, network) = (&**self.typed, self.network);
        let order = if network.fifo { "FIFO" } else { "unordered" };
        let orders = [("", format!("network’s: {order}")), ("false", "unordered".into()), ("true", "FIFO".into())];
        let onchange = self.change(|typed, e: Event| typed.blocked = is_checked(&e));
        let percents = |name: &'static str, text: &'static str, value: &str, ppm: u32, set: fn(&mut Typed, String)| {
            html! {
                <label class="row with-unit"><span>{ text }</span>{ self.field(name, value, percent(Some(ppm)), set) }<span>{ "%" }</span></label>
            }
        };
        html! {
            <>
                { percents("Loss", "loss", &typed.loss, network.loss_ppm, |t, v| t.loss = v) }
                { percents("Duplication", "duplication", &typed.twice, network.duplicate_ppm, |t, v| t.twice = v) }
                <label class="row"><span>{ "order" }</span>{ self.choice("Order", &typed.order, &orders, |t, v| t.order = v) }</label>
                <label class="switch"><input type="checkbox" checked={typed.blocked} {onchange} />{ "blocked: nothing gets through" }</label>
            </>
        }
    }
}

/// The form, in the place of a menu.
#[component]
pub(crate) fn LinkForm(props: &Props) -> Html {
    let s = props.model.get();
    let (names, network) = (s.run().names(), &s.frame().network);
    let typed = use_state(|| Typed::of(network, props.link));
    let form = Form { typed: &typed, names, network };
    let apply = {
        let (on, json) = (props.on.clone(), typed.json(names));
        Callback::from(move |e: SubmitEvent| {
            e.prevent_default();
            on.emit(Command::Written(json.clone()));
        })
    };
    let plain = Typed { link: typed.link, ..Typed::default() }.json(names);
    let reset = props.on.reform(move |_: MouseEvent| Command::Written(plain.clone()));
    let differs = own(network, typed.link).is_some() || network.blocked.contains(&typed.link);
    let why = if differs { "Forget what was set for this link alone" } else { "Nothing was set for this link alone." };
    html! {
        <form onsubmit={apply}>
            { form.end("From", "from", true) }{ form.end("To", "to", false) }{ form.delay() }{ form.rest() }
            <div class="group wrap">
                <button type="submit" class="primary">{ "apply" }</button>
                <button type="button" onclick={reset} disabled={!differs} title={why}>{ "as in the network" }</button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_become_parts_of_one_without_rounding() {
        for (text, json) in [("25", "0.25"), ("0.5", "0.005"), ("100", "1"), ("0.0001", "0.000001")] {
            assert_eq!(share(text), json);
        }
        for text in ["", "x", "1.23456", "-1", "1e2"] {
            assert_eq!(share(text), quote(text), "the reader refuses it");
        }
    }
}
