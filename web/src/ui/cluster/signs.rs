//! What stands around the processes: timers that run out, who leads, and small signs of what somebody has or awaits.

use super::place::{Point, RIM, Room, Spot, beside_box};
use crate::model::session::Session;
use lightcone_core::trace::frame::{Badge, ProcessFrame, Sign, Status};
use lightcone_core::views::diagram::svg::n;
use lightcone_core::views::diagram::theme::TONES;
use yew::prelude::*;

/// Width of a sign.
const SIGN: f32 = 13.0;

/// A timer as it is drawn: whose, and from when to when it runs.
pub(super) type Arc = (usize, u64, u64);

/// For each process that runs, the timer that runs out next.
pub(super) fn arcs(s: &Session) -> Vec<Arc> {
    let arc = |(i, p): (usize, &ProcessFrame)| {
        let next = p.timers.iter().min_by_key(|t| t.due_us)?;
        (p.status != Status::Crashed).then_some((i, next.armed_us, next.due_us))
    };
    s.frame().processes.iter().enumerate().filter_map(arc).collect()
}

/// What is left of a timer, as the dashes of a line that is 100 long.
pub(super) fn left((_, armed_us, due_us): Arc, now_us: f64) -> String {
    let whole = due_us.saturating_sub(armed_us).max(1) as f64;
    let share = ((due_us as f64 - now_us) / whole).clamp(0.0, 1.0);
    format!("{} 200", n((share * 100.0) as f32))
}

/// The outline on which a timer shrinks; how far, is set from frame to frame.
pub(super) fn arc(spot: &Spot) -> Html {
    let ((x, y), (hw, hh)) = (spot.at, (spot.half.0 + RIM, spot.half.1 + RIM));
    html! {
        <rect x={n(x - hw)} y={n(y - hh)} width={n(2.0 * hw)} height={n(2.0 * hh)} rx={n(hh)} pathLength="100" />
    }
}

/// Colour and role of a process in the picture: where the run has phases, by what it does in them, else its own.
pub(super) fn role(s: &Session, i: usize) -> (u8, &'static str) {
    let band = s.frame().processes[i].band.as_ref();
    match s.lab().spec().phases.zip(band).filter(|(phases, band)| phases.counts(band.word)) {
        Some((phases, band)) if phases.leads == band.word => (band.tone, "leads"),
        Some((phases, band)) if phases.stands.contains(&band.word) => (band.tone, "stands"),
        Some((_, band)) => (band.tone, "follows"),
        None => ((i % usize::from(TONES)) as u8, ""),
    }
}

/// The signs of a process in a row, where there is room.
pub(super) fn badges(p: &ProcessFrame, spot: &Spot, room: &mut Room, middle: Point) -> Html {
    if p.badges.is_empty() {
        return html! {};
    }
    let width = p.badges.len() as f32 * SIGN;
    let Some((x, y)) = room.place_box((width, SIGN), beside_box(spot, width, middle)) else { return html! {} };
    let sign = |(i, badge): (usize, &Badge)| {
        let at = (x - width / 2.0 + (i as f32 + 0.5) * SIGN - spot.at.0, y - spot.at.1);
        html! {
            <g transform={format!("translate({} {})", n(at.0), n(at.1))}>
                <title>{ format!("{}: {}", badge.says, badge.sign.name()) }</title>
                { shape(badge.sign) }
            </g>
        }
    };
    html! { <g class="signs">{ for p.badges.iter().enumerate().map(sign) }</g> }
}

/// A sign around 0: a full disc with a hook, a half disc, an empty one, a cross.
fn shape(sign: Sign) -> Html {
    let (class, d) = match sign {
        Sign::Have => ("have", "M-3 0-.8 2.4 3-2.4"),
        Sign::Coming => ("coming", "M0-5A5 5 0 0 1 0 5z"),
        Sign::Open => ("open", ""),
        Sign::Refused => return html! { <path class="refused" d="M-3.6-3.6 3.6 3.6M-3.6 3.6 3.6-3.6" /> },
    };
    html! { <g {class}><circle r="5" /><path {d} /></g> }
}

/// What the signs mean, while there are some; and what the outlines mean.
pub(super) fn key(s: &Session) -> Html {
    let drawn = |sign: Sign| s.frame().processes.iter().flat_map(|p| &p.badges).any(|b| b.sign == sign);
    let entry = |sign: Sign| {
        html! { <span class="signs"><svg viewBox="-7 -7 14 14" aria-hidden="true">{ shape(sign) }</svg>{ sign.name() }</span> }
    };
    let signs = [Sign::Have, Sign::Coming, Sign::Refused, Sign::Open].into_iter().filter(|sign| drawn(*sign));
    html! { <>{ for signs.map(entry) }</> }
}

/// What a screen reader hears of timers and signs.
pub(super) fn words(p: &ProcessFrame) -> String {
    let mut words = String::new();
    if let Some(timer) = p.timers.iter().min_by_key(|t| t.due_us).filter(|_| p.status != Status::Crashed) {
        words += &format!(", {} timer until {} ms", timer.name, lightcone_core::base::json::millis_text(timer.due_us));
    }
    for badge in &p.badges {
        words += &format!(", {}: {}", badge.says, badge.sign.name());
    }
    words
}
