//! The shapes of the cluster: grounds and cuts, links, processes, messages, and the same in words.

use super::place::{Measure, Point, Room, Spot, beside, between, grounds, lane, length};
use super::signs;
use super::tokens::Token;
use crate::model::session::Session;
use lightcone_core::base::json::{Doc, millis_text};
use lightcone_core::tables::Delay;
use lightcone_core::trace::frame::{LinkFrame, ProcessFrame, Status};
use lightcone_core::views::diagram::LINK_LAYER;
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// With no more processes than this, every link is a line; with more, only those that differ.
const WIRES_MAX: usize = 10;
/// One shape for each sort of messages, as paths around 0; then they begin again in other colours.
const SHAPES: [&str; 7] = [
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0",
    "M-4.6-4.6h9.2v9.2h-9.2z",
    "M0-6.6 6.6 0 0 6.6-6.6 0z",
    "M0-6.2 6.2 4.8H-6.2z",
    "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z",
    "M-5.2-5.6H5.2L-5.2 5.6H5.2z",
    "M0 6.2 6.2-4.8H-6.2z",
];
/// What the link layer adds.
const DOT: &str = "M-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0";
/// Colours of the sorts, in this order: the first ones are far apart.
const KIND_TONES: [u8; 7] = [0, 1, 2, 3, 4, 5, 6];
/// Longest label at a message, in characters.
const LABEL_CHARS: usize = 34;

/// Everything that the parts of the picture share.
pub(super) struct Picture<'a> {
    pub(super) s: &'a Session,
    pub(super) spots: &'a [Spot],
    pub(super) size: Point,
    pub(super) measure: Measure,
}

fn line(class: &'static str, a: Point, b: Point) -> Html {
    html! { <line {class} x1={n(a.0)} y1={n(a.1)} x2={n(b.0)} y2={n(b.1)} /> }
}

fn text(class: &'static str, at: Point, px: f32, words: &str) -> Html {
    // Not through `html!`, for which a variable tag called text is no element.
    html! { <@{"text"} {class} x={n(at.0)} y={n(at.1)} font-size={n(px)} text-anchor="middle">{ words }</@> }
}

impl Picture<'_> {
    /// Height of the middle of all processes.
    fn centre(&self) -> f32 {
        self.spots.iter().map(|s| s.at.1).sum::<f32>() / self.spots.len().max(1) as f32
    }

    /// Which ground is whose, while there is a partition.
    pub(super) fn cuts(&self) -> Html {
        let Some(groups) = &self.s.frame().network.groups else { return html! {} };
        let (all, borders) = grounds(self.spots, groups, self.size);
        let ground = |(g, points): (&u16, &Vec<Point>)| {
            let points: Vec<String> = points.iter().map(|p| format!("{},{}", n(p.0), n(p.1))).collect();
            html! { <polygon class={format!("zone zone{}", g % 4)} points={points.join(" ")} /> }
        };
        html! {
            <g class="cuts">
                { for groups.iter().zip(&all).map(ground) }
                { for borders.iter().map(|&(a, b)| html! { <>{ line("rift", a, b) }{ line("rift-edge", a, b) }</> }) }
            </g>
        }
    }

    /// The pairs of processes whose link is a line.
    pub(super) fn wires(&self) -> Vec<(usize, usize)> {
        let processes = &self.s.frame().processes;
        if processes.len() > WIRES_MAX {
            return Vec::new();
        }
        let first = |i: usize| processes[i].role == processes[0].role;
        let pairs = (0..processes.len()).flat_map(|i| (i + 1..processes.len()).map(move |j| (i, j)));
        pairs.filter(|&(i, j)| first(i) || first(j)).collect()
    }

    /// Lines between processes; those of links that differ are thicker and say how, as far as there is room.
    pub(super) fn links(&self, room: &mut Room) -> Html {
        let network = &self.s.frame().network;
        let wire = |(i, j): (usize, usize)| line("wire", self.spots[i].at, self.spots[j].at);
        let own = |link: &LinkFrame| {
            let (a, b) = lane(&self.spots[usize::from(link.from)], &self.spots[usize::from(link.to)]);
            let words = link_words(link);
            let px = self.measure.small;
            let shares = [0.5, 0.36, 0.64, 0.24, 0.76].map(|t| between(a, b, t));
            let (ux, uy) = ((b.0 - a.0) / length(a, b).max(1.0), (b.1 - a.1) / length(a, b).max(1.0));
            let offs = [px * 0.9 + 2.0, px * 1.6 + 8.0];
            let places =
                offs.into_iter().flat_map(|off| shares.map(|(x, y)| (x - uy * off * 1.6, y + ux * off + px * 0.35)));
            let place = room.place(&words, px, places.collect::<Vec<_>>());
            html! { <>{ line("own-link", a, b) }{ head("own-head", a, b, b) }
            { for place.map(|at| text("link-label", at, px, &words)) }</> }
        };
        let blocked = |&(from, to): &(u16, u16)| {
            let (a, b) = lane(&self.spots[usize::from(from)], &self.spots[usize::from(to)]);
            let (x, y) = between(a, b, 0.5);
            let cross = format!("M{} {}l10 10m0-10l-10 10", n(x - 5.0), n(y - 5.0));
            html! { <>{ line("blocked", a, b) }{ head("blocked-head", a, b, b) }<path class="blocked-cross" d={cross} /></> }
        };
        let own: Vec<Html> = network.links.iter().map(own).collect();
        html! {
            <g class="links" aria-hidden="true">
                { for self.wires().into_iter().map(wire) }
                { for own }
                { for network.blocked.iter().map(blocked) }
            </g>
        }
    }

    /// A process. Up, paused and crashed differ by their outlines, their ground and a word.
    pub(super) fn process(&self, i: usize, room: &mut Room, keys: Callback<KeyboardEvent>) -> Html {
        let (p, spot) = (&self.s.frame().processes[i], &self.spots[i]);
        let (hw, hh) = spot.half;
        let (tone, role) = signs::role(self.s, i);
        let state = state_words(p);
        let place = state
            .as_ref()
            .and_then(|w| room.place(w, self.measure.small, beside(spot, w, self.measure.small, self.centre())));
        let at = place.map(|(x, y)| (x - spot.at.0, y - spot.at.1));
        let disc = |class: &'static str| {
            html! { <rect {class} x={n(-hw)} y={n(-hh)} width={n(2.0 * hw)} height={n(2.0 * hh)} rx={n(hh)} /> }
        };
        let cross = format!("M{0} {1}L{2} {3}M{0} {3}L{2} {1}", n(-hw + 3.0), n(-hh), n(hw - 3.0), n(hh));
        html! {
            <g key={p.name.clone()} class={format!("node tone{tone} {role} {}", p.status.name())}
                tabindex="0" role="button" aria-haspopup="menu" aria-label={process_words(p)} data-node={p.name.clone()}
                transform={format!("translate({} {})", n(spot.at.0), n(spot.at.1))} onkeydown={keys}>
                <title>{ process_words(p) }</title>
                { disc("disc") }
                if p.status == Status::Paused { { disc("paused-ground") } }
                if p.status == Status::Crashed { <path class="cross" d={cross} /> }
                { text("name", (0.0, self.measure.name * 0.35), self.measure.name, &p.name) }
                if let (Some(at), Some(words)) = (at, &state) { { text("state", at, self.measure.small, words) } }
                if p.waiting > 0 {
                    <circle class="badge" cx={n(hw - 2.0)} cy={n(1.0 - hh)} r="8" />
                    { text("badge-text", (hw - 2.0, 4.6 - hh), 10.5, &p.waiting.to_string()) }
                }
                { signs::badges(p, spot, room, (self.size.0 / 2.0, self.centre())) }
            </g>
        }
    }

    /// A message; its place is set from frame to frame.
    pub(super) fn token(&self, t: &Token, tab: bool, a: Point, keys: Callback<KeyboardEvent>) -> Html {
        let name = |i: u16| self.s.run().names()[usize::from(i)].as_str();
        let key = format!("{:?} {} {}", t.key.0, t.key.1, t.key.2);
        if t.link {
            return html! { <g {key} class="token layer"><path d={DOT} /></g> };
        }
        let copy = if t.key.1 > 1 { format!(", copy {}", t.key.1) } else { String::new() };
        let arrives = millis_text(t.arrive_us);
        let words = format!("{} from {} to {}{copy}, arrives at {arrives} ms", t.label, name(t.from), name(t.to));
        let (anchor, dx) = if a.0 < self.size.0 * 0.3 {
            ("start", "-6")
        } else if a.0 > self.size.0 * 0.7 {
            ("end", "6")
        } else {
            ("middle", "0")
        };
        let dy = if a.1 < self.size.1 / 2.0 { "19" } else { "-10" };
        html! {
            <g {key} class={format!("token tone{}", KIND_TONES[t.kind % KIND_TONES.len()])}
                tabindex={if tab { "0" } else { "-1" }} role="button" aria-haspopup="menu" aria-label={words}
                data-message={t.key.0.map(|message| message.to_string())} data-copy={t.key.1.to_string()} onkeydown={keys}>
                <circle class="hit" r="11" />
                <path class={(t.key.1 > 1).then_some("second")} d={SHAPES[t.kind % SHAPES.len()]} />
                <@{"text"} class="says-what" x={dx} y={dy} font-size={n(self.measure.small)} text-anchor={anchor}>
                    { shortened(&t.label) }
                </@>
            </g>
        }
    }

    /// Which shape is which sort, where there is more than one.
    pub(super) fn legend(&self) -> Html {
        let kinds = self.s.index().kinds();
        let shown = kinds.iter().enumerate().filter(|(_, k)| !self.s.hidden().contains(k));
        let entry = |(i, kind): (usize, &&'static str)| {
            let (class, d) = if *kind == LINK_LAYER {
                ("token layer".to_string(), DOT)
            } else {
                (format!("token tone{}", KIND_TONES[i % KIND_TONES.len()]), SHAPES[i % SHAPES.len()])
            };
            html! { <span><svg viewBox="-8 -8 16 16" aria-hidden="true"><g {class}><path {d} /></g></svg>{ *kind }</span> }
        };
        let entries: Vec<Html> = shown.map(entry).collect();
        if entries.len() < 2 {
            html! {}
        } else {
            html! { <>{ for entries }</> }
        }
    }
}

/// An arrow's head at a point of a line.
fn head(class: &'static str, a: Point, b: Point, tip: Point) -> Html {
    let whole = length(a, b).max(0.001);
    let (ux, uy) = ((b.0 - a.0) / whole, (b.1 - a.1) / whole);
    let corner = |side: f32| (tip.0 - ux * 9.0 - uy * side, tip.1 - uy * 9.0 + ux * side);
    let points: Vec<String> =
        [tip, corner(4.0), corner(-4.0)].iter().map(|p| format!("{},{}", n(p.0), n(p.1))).collect();
    html! { <polygon {class} points={points.join(" ")} /> }
}

/// A text, cut where it gets too long to stand at a message.
fn shortened(words: &str) -> String {
    if words.chars().count() <= LABEL_CHARS {
        return words.to_string();
    }
    words.chars().take(LABEL_CHARS - 1).chain(['…']).collect()
}

/// What stands beside a process.
fn state_words(p: &ProcessFrame) -> Option<String> {
    match p.status {
        Status::Up => p.band.as_ref().map(|b| b.text()).filter(|t| !t.is_empty()),
        status => Some(status.name().to_string()),
    }
}

/// The same for a screen reader.
fn process_words(p: &ProcessFrame) -> String {
    let mut words = format!("{}, {}", p.name, p.status.name());
    if let Some(band) = p.band.as_ref().filter(|b| !b.text().is_empty()) {
        words += &format!(", {}", band.text());
    }
    if p.waiting > 0 {
        words += &format!(", {} waiting", p.waiting);
    }
    words + &signs::words(p)
}

/// A delay in a word.
pub(super) fn delay_words(json: &str) -> String {
    match Doc::parse(json).and_then(|d| Delay::read(&d)) {
        Ok(Delay::Constant(us)) => format!("{} ms", millis_text(us)),
        Ok(Delay::Uniform { min_us, max_us }) => format!("{}–{} ms", millis_text(min_us), millis_text(max_us)),
        Ok(Delay::Exponential { min_us, mean_us }) => {
            format!("{} ms + ~{} ms", millis_text(min_us), millis_text(mean_us - min_us))
        }
        Err(_) => json.to_string(),
    }
}

/// How a link differs.
fn link_words(link: &LinkFrame) -> String {
    let percent = |ppm: u32| format!("{} %", n(ppm as f32 / 10_000.0));
    let mut words: Vec<String> = link.delay.iter().map(|d| delay_words(d)).collect();
    words.extend(link.loss_ppm.map(|ppm| format!("{} lost", percent(ppm))));
    words.extend(link.duplicate_ppm.map(|ppm| format!("{} twice", percent(ppm))));
    words.extend(link.fifo.map(|fifo| if fifo { "in order" } else { "any order" }.to_string()));
    words.join(", ")
}

/// Groups and links in words: what a screen reader hears of the lines.
pub(super) fn network_words(s: &Session) -> String {
    let (network, names) = (&s.frame().network, s.run().names());
    let name = |i: u16| names[usize::from(i)].as_str();
    let mut words = Vec::new();
    if let Some(groups) = &network.groups {
        let mut numbers = groups.clone();
        numbers.sort();
        numbers.dedup();
        let members = |g: &u16| -> Vec<&str> {
            names.iter().zip(groups).filter(|(_, of)| *of == g).map(|(name, _)| name.as_str()).collect()
        };
        let sides: Vec<String> = numbers.iter().map(|g| members(g).join(" ")).collect();
        words.push(format!("The network is cut: {}.", sides.join(" | ")));
    }
    words.extend(network.blocked.iter().map(|&(a, b)| format!("Nothing gets from {} to {}.", name(a), name(b))));
    words.extend(network.links.iter().map(|l| format!("From {} to {}: {}.", name(l.from), name(l.to), link_words(l))));
    words.join(" ")
}
