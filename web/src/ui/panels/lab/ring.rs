//! A circle at points of which somebody stands, and things with places on it: the figure of consistent hashing.

use super::class;
use super::tables::ring_words;
use crate::ui::cluster::Point;
use lightcone_core::trace::frame::{RingKey, RingMember, RingMove, RingPlace};
use lightcone_core::views::diagram::svg::n;
use yew::prelude::*;

/// Size of the picture, in its own units, and where its middle is.
const WIDTH: f32 = 560.0;
const HEIGHT: f32 = 400.0;
const CENTRE: Point = (WIDTH / 2.0, HEIGHT / 2.0);
/// The band whose stretches belong to members, the ticks of their points, and the band of what is to move.
const BAND: (f32, f32) = (118.0, 132.0);
const TICK: f32 = 137.0;
const MOVES: f32 = 142.0;
/// Where keys stand, and where the lines to their names turn.
const KEY: f32 = 150.0;
const TURN: f32 = 164.0;
/// The outermost way of a key inside the ring, how far the next one is from it, and how many there are before the first
/// comes again.
const WAY: f32 = 109.0;
const WAY_STEP: f32 = 4.5;
const WAYS: usize = 8;
/// Size of names, and how far apart they stand at least.
const NAME: f32 = 11.5;
const LINE: f32 = 15.0;
/// Where names stand, left and right, from the middle.
const COLUMN: f32 = 176.0;
/// More points than this are a band without ticks.
const TICKS_MAX: usize = 640;

/// The angle of a place, clockwise from the top.
fn angle(place: RingPlace) -> f32 {
    place as f32 / 4_294_967_296.0 * std::f32::consts::TAU
}

fn at(angle: f32, radius: f32) -> Point {
    (CENTRE.0 + radius * angle.sin(), CENTRE.1 - radius * angle.cos())
}

fn xy(p: Point) -> String {
    format!("{} {}", n(p.0), n(p.1))
}

/// An arc clockwise from a place to another one; a whole circle where they are the same.
fn arc(from: RingPlace, to: RingPlace, radius: f32) -> String {
    let span = to.wrapping_sub(from);
    let r = n(radius);
    let point = |place: RingPlace| xy(at(angle(place), radius));
    if span == 0 {
        let half = from.wrapping_add(1 << 31);
        return format!("M{}A{r} {r} 0 1 1 {}A{r} {r} 0 1 1 {}", point(from), point(half), point(from));
    }
    let large = u8::from(span > 1 << 31);
    format!("M{}A{r} {r} 0 {large} 1 {}", point(from), point(to))
}

/// The picture, and the same in words.
pub(super) fn ring(title: &str, members: &[RingMember], keys: &[RingKey], moves: &[RingMove]) -> Html {
    if members.is_empty() {
        return html! {};
    }
    html! {
        <>
            <svg class="ring" viewBox={format!("0 0 {} {}", n(WIDTH), n(HEIGHT))} role="img" aria-label={title.to_string()}>
                { band(members) }
                <g class="moves">{ for moves.iter().map(|m| stretch(members, m)) }</g>
                <g>{ for keys.iter().enumerate().map(|(i, key)| way(members, key, i)) }</g>
                <g>{ for names(members, keys) }</g>
                <g>{ for members.iter().enumerate().map(|(i, m)| legend(m, i, members.len())) }</g>
            </svg>
            { ring_words(members, keys) }
        </>
    }
}

/// The stretches of the circle in the colours of their members, and a tick for each point.
fn band(members: &[RingMember]) -> Html {
    let mut points: Vec<(RingPlace, usize)> = Vec::new();
    // Who is only about to come has points, but no stretch yet.
    for (i, member) in members.iter().enumerate().filter(|(_, m)| m.share_ppm > 0) {
        points.extend(member.points.iter().map(|point| (*point, i)));
    }
    points.sort_unstable();
    let Some((last, _)) = points.last().copied() else { return html! {} };
    let middle = (BAND.0 + BAND.1) / 2.0;
    let mut stretches = vec![String::new(); members.len()];
    let mut from = last;
    for (i, (point, member)) in points.iter().enumerate() {
        // Neighbouring stretches of one member are one.
        if points.get(i + 1).is_none_or(|(_, next)| next != member) {
            stretches[*member] += &arc(from, *point, middle);
            from = *point;
        }
    }
    let count: usize = members.iter().map(|member| member.points.len()).sum();
    let ticks = |member: &RingMember| -> String {
        let tick = |p: &RingPlace| format!("M{}L{}", xy(at(angle(*p), BAND.0)), xy(at(angle(*p), TICK)));
        if count > TICKS_MAX { String::new() } else { member.points.iter().map(tick).collect() }
    };
    let draw = |(member, d): (&RingMember, String)| {
        html! {
            <g class={classes!(format!("tone{}", member.tone), class(member.mark))}>
                <path class="stretch" {d} stroke-width={n(BAND.1 - BAND.0)} />
                <path class="tick" d={ticks(member)} />
            </g>
        }
    };
    html! { <g>{ for members.iter().zip(stretches).map(draw) }</g> }
}

/// A stretch that is to belong to somebody else.
fn stretch(members: &[RingMember], m: &RingMove) -> Html {
    let tone = members.get(usize::from(m.member)).map(|member| format!("tone{}", member.tone));
    html! { <path class={classes!("move", tone)} d={arc(m.from, m.to, MOVES)} /> }
}

/// The way of a key: from its place on, to the members whom it meets.
fn way(members: &[RingMember], key: &RingKey, i: usize) -> Html {
    let radius = WAY - WAY_STEP * (i % WAYS) as f32;
    let tone = |member: u16| members.get(usize::from(member)).map(|m| format!("tone{}", m.tone));
    let (start, Some((_, end))) = (angle(key.at), key.walk.last()) else { return html! {} };
    let met = |(nth, (member, point)): (usize, &(u16, RingPlace))| {
        let (x, y) = at(angle(*point), radius);
        let class = classes!(if nth == 0 { "owner" } else { "copy" }, tone(*member));
        html! { <circle {class} cx={n(x)} cy={n(y)} r="3.2" /> }
    };
    let first = key.walk.first().and_then(|(member, _)| tone(*member));
    html! {
        <g class={classes!("way", class(key.mark))}>
            <path d={format!("M{}L{}", xy(at(start, KEY)), xy(at(start, radius)))} />
            <path d={arc(key.at, *end, radius)} />
            { for key.walk.iter().enumerate().map(met) }
            <circle class={classes!("key", first)} cx={n(at(start, KEY).0)} cy={n(at(start, KEY).1)} r="4" />
        </g>
    }
}

/// Names of keys, in a column on either side, each as near to its place as the others let it.
fn names(members: &[RingMember], keys: &[RingKey]) -> Vec<Html> {
    let mut drawn = Vec::new();
    for right in [true, false] {
        let mut side: Vec<&RingKey> = keys.iter().filter(|key| (key.at < 1 << 31) == right).collect();
        side.sort_by_key(|key| if right { key.at } else { !key.at });
        for (key, y) in side.iter().zip(heights(&side)) {
            drawn.push(name(members, key, right, y));
        }
    }
    drawn
}

/// Heights of names: in order, at least a line apart, and within the picture.
fn heights(keys: &[&RingKey]) -> Vec<f32> {
    let step = LINE.min((HEIGHT - 2.0 * NAME) / keys.len().max(1) as f32);
    let mut heights: Vec<f32> = keys.iter().map(|key| at(angle(key.at), TURN).1).collect();
    let mut least = NAME;
    for y in &mut heights {
        *y = y.max(least);
        least = *y + step;
    }
    let mut most = HEIGHT - NAME;
    for y in heights.iter_mut().rev() {
        *y = y.min(most);
        most = *y - step;
    }
    heights
}

fn name(members: &[RingMember], key: &RingKey, right: bool, y: f32) -> Html {
    let side = if right { 1.0 } else { -1.0 };
    let x = CENTRE.0 + side * COLUMN;
    let (start, turn) = (at(angle(key.at), KEY), at(angle(key.at), TURN));
    let line = format!("M{}L{}L{} {}", xy(start), xy(turn), n(x - side * 3.0), n(y));
    let met: Vec<&str> =
        key.walk.iter().filter_map(|(m, _)| Some(members.get(usize::from(*m))?.name.as_str())).collect();
    html! {
        <g class={classes!("name", class(key.mark))}>
            <path d={line} />
            <text x={n(x)} y={n(y + NAME * 0.35)} font-size={n(NAME)} text-anchor={if right { "start" } else { "end" }}>
                <tspan class="label">{ &key.label }</tspan>{ format!(" {}", met.join(" ")) }
                <title>{ &key.says }</title>
            </text>
        </g>
    }
}

/// A member in the middle of the ring: its colour, name, share and how it stands.
fn legend(member: &RingMember, i: usize, count: usize) -> Html {
    let y = CENTRE.1 + (i as f32 - (count as f32 - 1.0) / 2.0) * LINE;
    let x = CENTRE.0 - 50.0;
    let tenths = (member.share_ppm + 500) / 1_000;
    let share = if member.share_ppm > 0 { format!("{}.{} %", tenths / 10, tenths % 10) } else { String::new() };
    let stands = if member.says == "member" { String::new() } else { member.says.clone() };
    html! {
        <g class={classes!("legend", format!("tone{}", member.tone), class(member.mark))}>
            <rect x={n(x)} y={n(y - 4.5)} width="9" height="9" rx="2" />
            <text x={n(x + 15.0)} y={n(y + NAME * 0.35)} font-size={n(NAME)}>
                <tspan class="label">{ &member.name }</tspan>{ format!(" {share} {stands}") }
            </text>
        </g>
    }
}
