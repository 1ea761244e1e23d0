//! Messages in flight: which ones are drawn, and their places from frame to frame.
//!
//! The page's panels are drawn some ten times a second; messages move with every frame. So only their places are set
//! there, on the elements that the component has drawn.

use super::place::{between, lane};
use super::signs::{Arc, arcs, left};
use super::view::Cluster;
use crate::model::session::Session;
use lightcone_core::trace::frame::FlightFrame;
use lightcone_core::views::diagram::scene::Point;
use lightcone_core::views::diagram::sort_of_message;
use lightcone_core::views::diagram::svg::n;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Most messages that are drawn: more would only hide one another.
pub(super) const SHOWN_MAX: usize = 150;

/// What tells one thing in flight from every other: message, copy, the record of its sending.
pub(super) type Key = (Option<u32>, u16, u32);

/// A message on its way across the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) key: Key,
    pub(super) from: u16,
    pub(super) to: u16,
    /// Its sort, as a place in the list of sorts.
    pub(super) kind: usize,
    /// Whether it is a frame that the link layer added.
    pub(super) link: bool,
    pub(super) label: String,
    pub(super) sent_us: u64,
    pub(super) arrive_us: u64,
}

impl Token {
    /// Which share of its way it has gone.
    pub(super) fn share(&self, now_us: f64) -> f32 {
        let flight = (self.arrive_us.max(self.sent_us + 1) - self.sent_us) as f64;
        ((now_us - self.sent_us as f64) / flight).clamp(0.0, 1.0) as f32
    }
}

/// What the page and the component share.
#[derive(Default)]
struct Inner {
    layer: NodeRef,
    timers: NodeRef,
    arcs: RefCell<Vec<Arc>>,
    shown: RefCell<Vec<(Token, (Point, Point))>>,
    redraw: RefCell<Option<html::Scope<Cluster>>>,
    /// Nothing moves between two drawings of the panels: hidden, or motion is not wanted.
    still: Cell<bool>,
}

/// The messages as they are drawn; one for the whole page.
#[derive(Clone, Default)]
pub(crate) struct Tokens(Rc<Inner>);

impl PartialEq for Tokens {
    // By hand, because what matters is that it is the same cell.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn key(flight: &FlightFrame) -> Key {
    (flight.message, flight.copy, flight.origin)
}

/// What is in flight and wanted in the picture.
pub(super) fn visible(s: &Session) -> impl Iterator<Item = &FlightFrame> {
    let shows = |f: &&FlightFrame| !s.hidden().contains(&sort_of_message(s.run(), f.message, f.link));
    s.frame().in_flight.iter().filter(move |f| s.hidden().is_empty() || shows(f))
}

/// The first ones of them as tokens.
pub(super) fn tokens(s: &Session) -> Vec<Token> {
    let kinds = s.index().kinds();
    let token = |f: &FlightFrame| {
        let kind = sort_of_message(s.run(), f.message, f.link);
        Token {
            key: key(f),
            from: f.from,
            to: f.to,
            kind: kinds.iter().position(|k| *k == kind).unwrap_or(0),
            link: f.link,
            label: f.label.clone(),
            sent_us: f.sent_us,
            arrive_us: f.arrive_us,
        }
    };
    visible(s).take(SHOWN_MAX).map(token).collect()
}

impl Tokens {
    /// The element whose children the tokens are.
    pub(super) fn layer(&self) -> NodeRef {
        self.0.layer.clone()
    }

    /// The element whose children the timers' outlines are.
    pub(super) fn timers(&self) -> NodeRef {
        self.0.timers.clone()
    }

    /// Takes in what was drawn, each with its way, and moves all of it into place.
    pub(super) fn drawn(&self, shown: Vec<(Token, (Point, Point))>, arcs: Vec<Arc>, still: bool, now_us: f64) {
        *self.0.arcs.borrow_mut() = arcs;
        *self.0.shown.borrow_mut() = shown;
        self.0.still.set(still);
        self.place(now_us);
    }

    /// Who draws again when others are in flight.
    pub(super) fn drawn_by(&self, scope: html::Scope<Cluster>) {
        *self.0.redraw.borrow_mut() = Some(scope);
    }

    /// The token nearest to a point, within reach.
    pub(super) fn at(&self, p: Point, now_us: f64, reach: f32) -> Option<Token> {
        let shown = self.0.shown.borrow();
        let far = |(t, (a, b)): &(Token, (Point, Point))| super::place::length(p, between(*a, *b, t.share(now_us)));
        let near = shown.iter().filter(|(t, _)| !t.link).map(|s| (far(s), s)).filter(|(d, _)| *d <= reach);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, (t, _))| t.clone())
    }

    /// One frame of the page.
    pub(crate) fn frame(&self, s: &Session) {
        if self.0.still.get() {
            return;
        }
        let same = {
            let shown = self.0.shown.borrow();
            let now = visible(s).take(SHOWN_MAX).map(|f| (key(f), f.arrive_us));
            let arcs = arcs(s);
            let whose = |arcs: &[Arc]| arcs.iter().map(|a| a.0).collect::<Vec<_>>();
            let same = whose(&arcs) == whose(&self.0.arcs.borrow());
            // A timer that was armed anew goes on at the same place.
            *self.0.arcs.borrow_mut() = if same { arcs } else { Vec::new() };
            same && now.eq(shown.iter().map(|(t, _)| (t.key, t.arrive_us)))
        };
        if same {
            self.place(s.view_us());
        } else if let Some(scope) = &*self.0.redraw.borrow() {
            scope.send_message(super::view::Msg::Redraw);
        }
    }

    fn place(&self, now_us: f64) {
        let mut element = self.0.layer.cast::<Element>().and_then(|l| l.first_element_child());
        for (token, (a, b)) in &*self.0.shown.borrow() {
            let Some(e) = element else { break };
            let (x, y) = between(*a, *b, token.share(now_us));
            let _ = e.set_attribute("transform", &format!("translate({} {})", n(x), n(y)));
            element = e.next_element_sibling();
        }
        let mut element = self.0.timers.cast::<Element>().and_then(|l| l.first_element_child());
        for arc in &*self.0.arcs.borrow() {
            let Some(e) = element else { return };
            let _ = e.set_attribute("stroke-dasharray", &left(*arc, now_us));
            element = e.next_element_sibling();
        }
    }
}

/// The way of a token between two processes.
pub(super) fn way(token: &Token, spots: &[super::place::Spot]) -> (Point, Point) {
    lane(&spots[usize::from(token.from)], &spots[usize::from(token.to)])
}
