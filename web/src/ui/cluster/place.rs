//! Where things stand in the cluster: plain geometry, with circles by rational functions.

use lightcone_core::views::diagram::font::text_width;
pub(crate) use lightcone_core::views::diagram::scene::Point;
use lightcone_core::views::diagram::scene::Rect;

/// With more processes than this they are drawn small.
const MANY: usize = 12;
/// A picture narrower than this must be higher when there are many, in pixels.
const NARROW: f32 = 380.0;
/// Points of a quarter of the ring, for walking along it.
const QUARTER: usize = 48;
/// Messages keep to the right of the line between two processes, by so many pixels.
const RIGHT_PX: f32 = 4.5;
/// Room around a process for its timer, in pixels.
pub(super) const RIM: f32 = 5.0;
/// Free room around a label, in pixels.
const MARGIN: f32 = 1.0;

/// Sizes that follow from the number of processes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measure {
    /// Half the height of a process.
    pub(super) r: f32,
    /// Size of its name.
    pub(super) name: f32,
    /// Size of what stands beside it.
    pub(super) small: f32,
    /// Free room beside its name.
    pad: f32,
}

impl Measure {
    pub(super) fn of(count: usize) -> Measure {
        if count > MANY {
            Measure { r: 10.5, name: 11.0, small: 10.5, pad: 5.0 }
        } else {
            Measure { r: 15.0, name: 13.0, small: 11.5, pad: 8.0 }
        }
    }

    /// Height of a row: a process and a line under it.
    fn row(self) -> f32 {
        2.0 * self.r + self.small + 10.0 + RIM
    }
}

/// A process in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// Its middle.
    pub(super) at: Point,
    /// Half its width and height.
    pub(super) half: (f32, f32),
}

impl Spot {
    pub(super) fn rect(&self) -> Rect {
        Rect { x: self.at.0 - self.half.0, y: self.at.1 - self.half.1, w: 2.0 * self.half.0, h: 2.0 * self.half.1 }
    }

    pub(super) fn holds(&self, p: Point) -> bool {
        (p.0 - self.at.0).abs() <= self.half.0 && (p.1 - self.at.1).abs() <= self.half.1
    }
}

/// Height of the picture that so many processes need in a width.
pub(super) fn height(width: f32, roles: &[String]) -> f32 {
    let needed = match roles.len() > MANY {
        true if width < NARROW => 400.0 + 2.0 * RIM,
        true => 320.0 + 2.0 * RIM,
        false => 226.0,
    };
    let measure = Measure::of(roles.len());
    let others = roles.iter().filter(|r| **r != roles[0]).count();
    let rows = (others as f32 * (4.5 * measure.r) / width.max(1.0)).ceil();
    needed + rows * 12.0
}

/// The same in a pane of some height: as high as that where nothing would lie on anything else.
pub(super) fn height_in(width: f32, roles: &[String], pane: f32) -> f32 {
    let usual = height(width, roles);
    let measure = Measure::of(roles.len());
    let others = roles.iter().filter(|r| **r != roles[0]).count();
    let rows = (others as f32 * (4.5 * measure.r) / width.max(1.0)).ceil();
    let least = if roles.len() > MANY { usual } else { 132.0 + rows * measure.row() };
    pane.min(usual).max(least)
}

/// Where all processes stand: those of the first role on a ring, the others in rows below, and where a person put one,
/// there (in shares of the picture).
pub(super) fn spots(names: &[String], roles: &[String], size: Point, put: &[Option<Point>]) -> Vec<Spot> {
    let measure = Measure::of(names.len());
    let half = |name: &String| ((text_width(name, measure.name, true) / 2.0 + measure.pad).max(measure.r), measure.r);
    let halves: Vec<(f32, f32)> = names.iter().map(half).collect();
    let (ring, others): (Vec<usize>, Vec<usize>) = (0..names.len()).partition(|&i| roles[i] == roles[0]);
    let rows = rows(&others, &halves, size.0);
    let foot = size.1 - rows.len() as f32 * measure.row();
    let widest = ring.iter().map(|&i| halves[i].0).fold(measure.r, f32::max);
    let (top, bottom) = (measure.r + measure.small + 6.0 + RIM, foot - measure.r - measure.small - 8.0 - RIM);
    let centre = (size.0 / 2.0, (top + bottom) / 2.0);
    let radii = ((size.0 / 2.0 - widest - 8.0).clamp(1.0, 230.0), ((bottom - top) / 2.0).max(1.0));
    let mut at = vec![(0.0, 0.0); names.len()];
    for (&i, place) in ring.iter().zip(on_ring(ring.len(), centre, radii)) {
        at[i] = place;
    }
    for (k, row) in rows.iter().enumerate() {
        let used: f32 = row.iter().map(|&i| 2.0 * halves[i].0).sum();
        let gap = ((size.0 - used) / (row.len() as f32 + 1.0)).min(70.0);
        let mut x = (size.0 - used - gap * (row.len() as f32 - 1.0)) / 2.0;
        for &i in row {
            at[i] = (x + halves[i].0, foot + k as f32 * measure.row() + measure.r + 2.0);
            x += 2.0 * halves[i].0 + gap;
        }
    }
    let spot = |i: usize| {
        let (x, y) = put.get(i).copied().flatten().map_or(at[i], |(x, y)| (x * size.0, y * size.1));
        let (hw, hh) = halves[i];
        let x = x.clamp(hw + 2.0, (size.0 - hw - 2.0).max(hw + 2.0));
        let y = y.clamp(hh + 2.0, (size.1 - hh - 2.0).max(hh + 2.0));
        Spot { at: (x, y), half: halves[i] }
    };
    (0..names.len()).map(spot).collect()
}

/// The others in as few rows as they fit into, evenly.
fn rows(others: &[usize], halves: &[(f32, f32)], width: f32) -> Vec<Vec<usize>> {
    if others.is_empty() {
        return Vec::new();
    }
    let needed: f32 = others.iter().map(|&i| 2.0 * halves[i].0 + 14.0).sum();
    let count = (needed / width.max(1.0)).ceil().max(1.0) as usize;
    others.chunks(others.len().div_ceil(count)).map(<[usize]>::to_vec).collect()
}

/// So many points on an ellipse, equally far apart along it, clockwise from its top; two stand left and right.
pub(crate) fn on_ring(count: usize, centre: Point, radii: Point) -> Vec<Point> {
    if count == 1 {
        return vec![centre];
    }
    // A quarter circle from its top, by the parametrisation with rational functions.
    let quarter = |i: usize| {
        let t = i as f32 / QUARTER as f32;
        let d = 1.0 + t * t;
        (2.0 * t / d, (1.0 - t * t) / d)
    };
    let unit = |i: usize| {
        let (s, c) = quarter(i % QUARTER);
        match i / QUARTER % 4 {
            0 => (s, -c),
            1 => (c, s),
            2 => (-s, c),
            _ => (-c, -s),
        }
    };
    let first = if count == 2 { 3 * QUARTER } else { 0 };
    let point = |i: usize| {
        let (x, y) = unit(first + i);
        (centre.0 + x * radii.0, centre.1 + y * radii.1)
    };
    let mut lengths = vec![0.0];
    for i in 1..=4 * QUARTER {
        lengths.push(lengths[i - 1] + length(point(i - 1), point(i)));
    }
    let whole = lengths[4 * QUARTER];
    let place = |k: usize| {
        let goal = whole * k as f32 / count as f32;
        point(lengths.partition_point(|&l| l < goal - 0.01))
    };
    (0..count).map(place).collect()
}

/// Distance of two points.
pub(super) fn length(a: Point, b: Point) -> f32 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

/// The way of messages from one process to another, to the right of the line between them.
pub(super) fn lane(a: &Spot, b: &Spot) -> (Point, Point) {
    let whole = length(a.at, b.at).max(0.001);
    let (ux, uy) = ((b.at.0 - a.at.0) / whole, (b.at.1 - a.at.1) / whole);
    let edge = |s: &Spot| (s.half.0 / ux.abs().max(0.001)).min(s.half.1 / uy.abs().max(0.001)) + 4.0;
    let (start, end) = (edge(a).min(whole / 2.0), edge(b).min(whole / 2.0));
    let (sx, sy) = (-uy * RIGHT_PX, ux * RIGHT_PX);
    ((a.at.0 + ux * start + sx, a.at.1 + uy * start + sy), (b.at.0 - ux * end + sx, b.at.1 - uy * end + sy))
}

/// A point between two, by a share of the way.
pub(super) fn between(a: Point, b: Point, share: f32) -> Point {
    (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
}

/// Distance of a point from a stretch.
pub(super) fn off(p: Point, a: Point, b: Point) -> f32 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let square = (dx * dx + dy * dy).max(0.001);
    let share = (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / square).clamp(0.0, 1.0);
    length(p, between(a, b, share))
}

/// On which side of the line through two points a point lies.
pub(super) fn is_left(p: Point, a: Point, b: Point) -> bool {
    (b.0 - a.0) * (p.1 - a.1) - (b.1 - a.1) * (p.0 - a.0) < 0.0
}

/// The ground of each process – what is nearer to it than to any other – and the borders between groups.
pub(super) fn grounds(spots: &[Spot], groups: &[u16], size: Point) -> (Vec<Vec<Point>>, Vec<(Point, Point)>) {
    let mut borders = Vec::new();
    let mut all = Vec::new();
    for (i, here) in spots.iter().enumerate() {
        // Corners, each with the process on the other side of the edge that begins there.
        let mut ground: Vec<(Point, Option<usize>)> =
            [(0.0, 0.0), (size.0, 0.0), size, (0.0, size.1)].map(|p| (p, None)).to_vec();
        for (j, other) in spots.iter().enumerate().filter(|(j, _)| *j != i) {
            ground = halved(&ground, here.at, other.at, j);
        }
        for (k, &(from, beyond)) in ground.iter().enumerate() {
            if beyond.is_some_and(|j| j > i && groups[i] != groups[j]) {
                borders.push((from, ground[(k + 1) % ground.len()].0));
            }
        }
        all.push(ground.into_iter().map(|(p, _)| p).collect());
    }
    (all, borders)
}

/// What of a convex ground is nearer to one point than to another.
fn halved(ground: &[(Point, Option<usize>)], here: Point, other: Point, j: usize) -> Vec<(Point, Option<usize>)> {
    let (nx, ny) = (other.0 - here.0, other.1 - here.1);
    let middle = between(here, other, 0.5);
    let side = |p: Point| (p.0 - middle.0) * nx + (p.1 - middle.1) * ny;
    let mut kept = Vec::new();
    for (k, &(p, beyond)) in ground.iter().enumerate() {
        let (q, _) = ground[(k + 1) % ground.len()];
        let (a, b) = (side(p), side(q));
        if a <= 0.0 {
            kept.push((p, beyond));
        }
        if (a <= 0.0) != (b <= 0.0) {
            let crossing = between(p, q, a / (a - b));
            kept.push((crossing, if a <= 0.0 { Some(j) } else { beyond }));
        }
    }
    kept
}

/// Where texts find room: never on another text, nor on a process.
pub(super) struct Room {
    taken: Vec<Rect>,
    size: Point,
}

impl Room {
    pub(super) fn new(spots: &[Spot], size: Point) -> Room {
        Room { taken: spots.iter().map(Spot::rect).collect(), size }
    }

    /// The first of some places for the middle of a text's baseline at which it fits.
    pub(super) fn place(&mut self, text: &str, px: f32, places: impl IntoIterator<Item = Point>) -> Option<Point> {
        let size = (text_width(text, px, false), px * 1.1);
        let up = px * 0.3;
        let found = self.place_box(size, places.into_iter().map(|(x, y)| (x, y - up)))?;
        Some((found.0, found.1 + up))
    }

    /// The same for the middle of anything of a size.
    pub(super) fn place_box(&mut self, (w, h): Point, places: impl IntoIterator<Item = Point>) -> Option<Point> {
        let rect = |(x, y): Point| Rect {
            x: x - w / 2.0 - MARGIN,
            y: y - h / 2.0 - MARGIN,
            w: w + 2.0 * MARGIN,
            h: h + 2.0 * MARGIN,
        };
        let inside = |r: &Rect| r.x >= 0.0 && r.y >= 0.0 && r.x + r.w <= self.size.0 && r.y + r.h <= self.size.1;
        let found = places.into_iter().find(|&p| {
            let r = rect(p);
            inside(&r) && !self.taken.iter().any(|t| t.overlaps(&r))
        })?;
        self.taken.push(rect(found));
        Some(found)
    }
}

/// The places for what is said of a process: outside of the ring, where no messages pass; else where there is room.
pub(super) fn beside(spot: &Spot, text: &str, px: f32, centre: f32) -> [Point; 4] {
    let (x, y) = spot.at;
    let (hw, hh) = spot.half;
    let w = text_width(text, px, false) / 2.0 + 4.0;
    let (mut near, mut far) = ((x, y + hh + px + RIM), (x, y - hh - 4.0 - RIM));
    if y < centre {
        std::mem::swap(&mut near, &mut far);
    }
    [near, far, (x + hw + w, y + px * 0.35), (x - hw - w, y + px * 0.35)]
}

/// The places for a row of signs at a process: outwards, inwards, then above and below what is said of it.
pub(super) fn beside_box(spot: &Spot, width: f32, middle: Point) -> [Point; 4] {
    let (x, y) = spot.at;
    let aside = spot.half.0 + width / 2.0 + 9.0;
    let out = if x < middle.0 { -aside } else { aside };
    let far = spot.half.1 + 26.0;
    [(x + out, y), (x - out, y), (x, y + far), (x, y - far)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(servers: usize, clients: usize) -> (Vec<String>, Vec<String>) {
        let names = (1..=servers).map(|i| format!("S{i}")).chain((1..=clients).map(|i| format!("client_{i}")));
        let roles = (0..servers).map(|_| "server".to_string()).chain((0..clients).map(|_| "client".to_string()));
        (names.collect(), roles.collect())
    }

    #[test]
    fn no_process_stands_on_another_or_outside() {
        for (servers, clients) in [(1, 0), (2, 0), (3, 2), (5, 3), (3, 4), (7, 8), (26, 0), (20, 6)] {
            let (names, roles) = cast(servers, clients);
            for (width, pane) in [320.0, 400.0, 840.0].into_iter().flat_map(|w| [(w, f32::MAX), (w, 0.0)]) {
                let size = (width, height_in(width, &roles, pane));
                let spots = spots(&names, &roles, size, &[]);
                for (i, a) in spots.iter().enumerate() {
                    let r = a.rect();
                    assert!(r.x >= 0.0 && r.x + r.w <= size.0 && r.y >= 0.0 && r.y + r.h <= size.1, "{a:?}");
                    for b in &spots[..i] {
                        assert!(!r.overlaps(&b.rect()), "{servers} {clients} {width}: {a:?} {b:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn where_one_was_put_there_it_stands_but_never_outside() {
        let (names, roles) = cast(3, 0);
        let put = [Some((0.25, 0.5)), Some((9.0, -1.0)), None];
        let spots = spots(&names, &roles, (400.0, 200.0), &put);
        assert_eq!(spots[0].at, (100.0, 100.0));
        let r = spots[1].rect();
        assert!(r.x + r.w <= 400.0 && r.y >= 0.0, "{r:?}");
    }

    #[test]
    fn borders_run_between_groups_and_nowhere_else() {
        let spot = |x, y| Spot { at: (x, y), half: (10.0, 10.0) };
        let spots = [spot(100.0, 50.0), spot(100.0, 150.0), spot(300.0, 100.0)];
        let (grounds, borders) = grounds(&spots, &[0, 0, 1], (400.0, 200.0));
        assert_eq!(grounds.len(), 3);
        // The middle between what stands left and what stands right, and nothing between the two on the left.
        assert_eq!(borders.len(), 2);
        for ((ax, _), (bx, _)) in borders {
            assert!((170.0..=230.0).contains(&ax) && (170.0..=230.0).contains(&bx), "{ax} {bx}");
        }
        let area = |g: &Vec<Point>| {
            let twice = |i: usize| {
                let (p, q) = (g[i], g[(i + 1) % g.len()]);
                p.0 * q.1 - q.0 * p.1
            };
            (0..g.len()).map(twice).sum::<f32>().abs() / 2.0
        };
        let whole: f32 = grounds.iter().map(area).sum();
        assert!((whole - 80_000.0).abs() < 10.0, "the grounds cover the picture: {whole}");
    }

    #[test]
    fn two_ways_between_the_same_two_do_not_meet() {
        let spot = |x, y| Spot { at: (x, y), half: (15.0, 15.0) };
        let (a, b) = (spot(50.0, 50.0), spot(350.0, 50.0));
        let ((there, back), (_, end)) = ((lane(&a, &b), lane(&b, &a)), lane(&a, &b));
        assert!(there.0.1 > 50.0 && back.0.1 < 50.0);
        assert!(end.0 < 335.0 && there.0.0 > 65.0);
    }
}
