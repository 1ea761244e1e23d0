//! How a person looks at a run: which way time runs, which lanes are open, what is searched for, the cut.

pub(crate) use crate::model::command::look::Wish;
use crate::model::session::Session;
use lightcone_core::trace::causality::{self, Cut};
use lightcone_core::trace::{Kind, MessageId, NodeId, RecordId};
use lightcone_core::views::diagram::search::{Query, Search};
use lightcone_core::views::diagram::{Axis, CutLine, Fold, Orientation, lane_order};

/// Records that a search looks at before it asks the clock.
const SLICE: u32 = 256;

/// A search as the person sees it.
pub(crate) struct Finder {
    /// What was typed.
    pub text: String,
    /// What is wrong with it.
    pub trouble: Option<String>,
    /// What was found.
    pub search: Search,
    /// The hit that is shown.
    pub current: Option<RecordId>,
    /// Whether the person has stopped it.
    stopped: bool,
    /// Whether it has looked at everything.
    pub done: bool,
}

impl Finder {
    /// Place of the hit that is shown, counted from 1.
    #[must_use]
    pub(crate) fn place(&self) -> Option<usize> {
        self.search.hits().binary_search(&self.current?).ok().map(|i| i + 1)
    }

    /// Whether there is more to look at.
    #[must_use]
    pub(crate) fn is_working(&self) -> bool {
        !self.done && !self.stopped && self.trouble.is_none()
    }
}

/// A line over the lanes.
pub(crate) struct CutTool {
    handles: Vec<(f64, RecordId)>,
    /// The lane whose handle the keyboard moves.
    pub chosen: NodeId,
    /// What it parts.
    pub report: Cut,
    /// Length and revision of the trace that this was said of.
    known: (u32, u32),
}

/// How a run is looked at.
#[derive(Default)]
pub(crate) struct Look {
    /// Which way time runs.
    pub orientation: Orientation,
    /// Lanes that are drawn as a thin line only.
    pub collapsed: Vec<NodeId>,
    /// The order of the lanes; empty where they stand as they are numbered.
    pub order: Vec<NodeId>,
    /// A search.
    pub finder: Option<Finder>,
    /// A cut.
    pub cut: Option<CutTool>,
}

impl Look {
    /// What stays when the same lab is opened again; its lanes only where they are the same.
    #[must_use]
    pub(crate) fn again(&self, same_lanes: bool) -> Look {
        let lanes = |lanes: &Vec<NodeId>| if same_lanes { lanes.clone() } else { Vec::new() };
        let (collapsed, order) = (lanes(&self.collapsed), lanes(&self.order));
        Look { orientation: self.orientation, collapsed, order, ..Look::default() }
    }

    /// Puts the lanes into an order. That in which they are numbered is none.
    pub(crate) fn set_order(&mut self, order: Vec<NodeId>) {
        self.order = if order.is_sorted() { Vec::new() } else { order };
    }

    /// The lanes of so many, in the order in which they stand.
    #[must_use]
    pub(crate) fn lanes(&self, count: usize) -> Vec<NodeId> {
        lane_order(count, &self.order)
    }

    /// The cut as it is drawn.
    #[must_use]
    pub(crate) fn cut_line(&self) -> Option<CutLine> {
        self.cut.as_ref().map(|cut| CutLine {
            handles: cut.handles.clone(),
            chosen: Some(cut.chosen),
            backwards: cut.report.backwards.iter().map(|(message, _)| *message).collect(),
        })
    }
}

/// Does what a wish asks for.
pub(crate) fn carry_out(s: &mut Session, wish: Wish) {
    match wish {
        Wish::Turn(orientation) => s.look.orientation = orientation,
        Wish::Fold(node) => fold(s, node),
        Wish::Lane(node, place) => move_lane(s, node, place),
        Wish::HoverBelow(event) => {
            if let Some(compare) = &mut s.compare {
                compare.hover = event;
            }
        }
        Wish::Search(text) => search(s, text),
        Wish::StopSearch => {
            if let Some(finder) = &mut s.look.finder {
                finder.stopped = true;
            }
        }
        Wish::Hit(forward) => hit(s, forward),
        Wish::Cut(handles) => {
            let chosen = s.look.cut.as_ref().map_or(0, |cut| cut.chosen);
            s.look.cut = Some(CutTool { handles, chosen, report: Cut::default(), known: (0, u32::MAX) });
        }
        Wish::CutLane(node, units, bound) => {
            if let Some(cut) = &mut s.look.cut
                && let Some(handle) = cut.handles.get_mut(usize::from(node))
            {
                *handle = (units, bound);
                (cut.chosen, cut.known) = (node, (0, u32::MAX));
            }
        }
        Wish::CutStep(forward) => cut_step(s, forward),
        Wish::CutChoose(node) => {
            if let Some(cut) = &mut s.look.cut {
                cut.chosen = node;
            }
        }
        Wish::NoCut => s.look.cut = None,
        Wish::Break(at) => open_break(s, at),
        Wish::Routine => s.toggle_routine(),
        Wish::Window(from, to) => {
            if to - from >= crate::model::session::SPAN_MIN {
                s.window = (from, to);
                s.follow = false;
            }
        }
    }
    refresh(s);
}

/// Opens or closes a break of the bent axis.
fn open_break(s: &mut Session, at: Option<u64>) {
    let now = s.now_units();
    let nearest = || {
        let folds = s.index.folds(s.window.0, s.window.1).iter();
        let far = |fold: &Fold| (f64::midpoint(fold.from, fold.to) - now).abs();
        folds.min_by(|a, b| far(a).total_cmp(&far(b))).map(|fold| fold.from_us)
    };
    if let Some(from_us) = at.or_else(nearest).filter(|_| s.axis == Axis::Story) {
        s.index.toggle_fold(&s.run, from_us);
    }
}

fn fold(s: &mut Session, node: NodeId) {
    let collapsed = &mut s.look.collapsed;
    match collapsed.iter().position(|n| *n == node) {
        Some(i) => drop(collapsed.remove(i)),
        None => collapsed.push(node),
    }
}

fn move_lane(s: &mut Session, node: NodeId, place: usize) {
    let count = s.run.names().len();
    if usize::from(node) >= count {
        return;
    }
    let mut order = s.look.lanes(count);
    order.retain(|n| *n != node);
    order.insert(place.min(order.len()), node);
    s.look.set_order(order);
}

fn search(s: &mut Session, text: String) {
    s.index.update(&s.run);
    if text.trim().is_empty() {
        s.look.finder = None;
        return;
    }
    let (query, trouble) = match Query::parse(&text, &s.run, &s.index) {
        Ok(query) => (query, None),
        Err(trouble) => (Query::default(), Some(trouble)),
    };
    let search = Search::new(query);
    s.look.finder = Some(Finder { text, trouble, search, current: None, stopped: false, done: false });
}

/// Searches on until a clock says that it is enough. True while there is more to look at.
pub(crate) fn search_on(s: &mut Session, mut is_enough: impl FnMut() -> bool) -> bool {
    let Session { run, index, look, .. } = s;
    let Some(finder) = look.finder.as_mut().filter(|f| f.trouble.is_none() && !f.stopped) else { return false };
    finder.done = loop {
        if finder.search.advance(&*run, index, SLICE) {
            break true;
        }
        if is_enough() {
            break false;
        }
    };
    !finder.done
}

/// Chooses a hit, and puts the cursor and the window there.
fn hit(s: &mut Session, forward: bool) {
    let from = s.frame.event;
    let Some(finder) = &mut s.look.finder else { return };
    let Some(id) = finder.search.next(finder.current.or(from), forward) else { return };
    finder.current = Some(id);
    let node = s.run.trace().record(id).node;
    s.look.collapsed.retain(|lane| *lane != node);
    s.seek_event(id);
    s.chosen = [Some(id), None];
    let (at, (from, to)) = (units_of(s, id), s.window);
    if !(from..=to).contains(&at) {
        let half = (to - from) / 2.0;
        s.window = (at - half, at + half);
    }
}

/// Place of a record in units of the axis.
fn units_of(s: &Session, id: RecordId) -> f64 {
    s.index.units(s.axis, s.run.trace(), id)
}

/// The first record after a place of the axis.
#[must_use]
pub(crate) fn bound_at(s: &Session, units: f64) -> RecordId {
    s.index.bound_at(s.axis, s.run.trace(), units)
}

fn cut_step(s: &mut Session, forward: bool) {
    let Some(cut) = &s.look.cut else { return };
    let (node, trace) = (cut.chosen, s.run.trace());
    let Some(&(_, bound)) = cut.handles.get(usize::from(node)) else { return };
    let fits =
        |id: &RecordId| trace.record(*id).node == node && trace.record(*id).kind != Kind::Link && !s.is_hidden(*id);
    let found = if forward { (bound..trace.len()).find(fits) } else { (0..bound.min(trace.len())).rev().find(fits) };
    let Some(id) = found else { return };
    let handle = (units_of(s, id), if forward { id + 1 } else { id });
    if let Some(cut) = &mut s.look.cut {
        cut.handles[usize::from(node)] = handle;
        cut.known = (0, u32::MAX);
    }
}

/// Says anew what the cut parts, where the line or the run has changed.
pub(crate) fn refresh(s: &mut Session) {
    let Some(cut) = &mut s.look.cut else { return };
    let trace = s.run.trace();
    let known = (trace.len(), trace.revision());
    if cut.known != known {
        let bounds: Vec<RecordId> = cut.handles.iter().map(|(_, bound)| *bound).collect();
        cut.report = causality::cut(trace, &bounds);
        cut.known = known;
    }
}

/// A message in a few words.
#[must_use]
pub(crate) fn message_words(s: &Session, id: MessageId) -> String {
    lightcone_core::views::diagram::words::message(&s.run, id)
}

/// What the cut is like, in a sentence.
#[must_use]
pub(crate) fn verdict(s: &Session, cut: &CutTool) -> String {
    let Some(&(first, _)) = cut.report.backwards.first() else {
        return "Consistent: whatever is received inside was sent inside.".into();
    };
    let more = match cut.report.backwards.len() - 1 {
        0 => String::new(),
        1 => " So is 1 more.".into(),
        n => format!(" So are {n} more."),
    };
    format!("Not consistent: {} is received inside, but sent outside.{more}", message_words(s, first))
}

/// Up to where the chosen lane is inside.
#[must_use]
pub(crate) fn chosen_words(s: &Session, cut: &CutTool) -> Option<String> {
    let (_, bound) = *cut.handles.get(usize::from(cut.chosen))?;
    let name = s.run.names().get(usize::from(cut.chosen))?;
    let trace = s.run.trace();
    let last = (0..bound.min(trace.len())).rev().find(|&id| trace.record(id).node == cut.chosen && !s.is_hidden(id));
    Some(match last {
        Some(id) => format!("{name} up to event {id}: {}", s.run.label(id)),
        None => format!("{name}: nothing inside"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::session::first_scenario;

    fn played() -> Session {
        let mut session = Session::new(first_scenario());
        let end_us = session.end_us();
        session.seek_time(end_us);
        session
    }

    #[test]
    fn a_search_goes_on_in_slices_and_its_hits_are_walked_through() {
        let mut s = played();
        carry_out(&mut s, Wish::Search("kind:send".into()));
        let mut slices = 0;
        while search_on(&mut s, || true) {
            slices += 1;
        }
        let sends = s.run.trace().records.iter_from(0).filter(|r| r.kind == Kind::Send).count();
        let finder = s.look.finder.as_ref().expect("a search");
        assert_eq!((finder.search.hits().len(), slices), (sends, s.run.trace().len() / SLICE));
        let all = finder.search.hits().to_vec();
        for (i, id) in all.iter().enumerate() {
            // From the end the search goes on at the beginning.
            carry_out(&mut s, Wish::Hit(true));
            assert_eq!((s.chosen[0], s.run.position()), (Some(*id), id + 1));
            assert_eq!(s.look.finder.as_ref().and_then(Finder::place), Some(i + 1));
        }
        carry_out(&mut s, Wish::Hit(false));
        assert_eq!(s.chosen[0], all.iter().rev().nth(1).copied());
    }

    #[test]
    fn handles_go_from_event_to_event_and_the_verdict_follows() {
        let mut s = played();
        let receive = (0..s.run.trace().len()).find(|&id| s.run.trace().record(id).kind == Kind::Receive);
        let receive = receive.expect("there is one");
        let node = s.run.trace().record(receive).node;
        let lanes = s.run.names().len();
        carry_out(&mut s, Wish::Cut(vec![(0.0, 0); lanes]));
        carry_out(&mut s, Wish::CutChoose(node));
        let cut = |s: &Session| s.look.cut.as_ref().expect("a cut").report.clone();
        assert!(cut(&s).is_consistent());
        let events = (0..=receive).filter(|&id| s.run.trace().record(id).node == node).count();
        for _ in 0..events {
            carry_out(&mut s, Wish::CutStep(true));
        }
        assert_eq!(cut(&s).backwards, [(s.run.trace().record(receive).message, receive)]);
        assert!(verdict(&s, s.look.cut.as_ref().expect("a cut")).starts_with("Not consistent: "));
        carry_out(&mut s, Wish::CutStep(false));
        assert!(cut(&s).is_consistent());
    }
}
