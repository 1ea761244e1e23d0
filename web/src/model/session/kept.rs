//! The view as it is kept and shared: clocks, axis, stretch, hidden sorts of messages, speed, lanes, search.

use super::{SPAN_MIN, SPEEDS, Session};
use crate::model::look;
use lightcone_core::tables::Labels;
use lightcone_core::trace::NodeId;
use lightcone_core::views::diagram::{Axis, Index, LINK_LAYER, Orientation, lane_order};

/// Farthest edge of a stretch that is read from a link, in microseconds: longer than any run.
const EDGE_MAX: u64 = 1 << 50;

const LABELS: [(Labels, &str); 5] = [
    (Labels::None, "none"),
    (Labels::Lamport, "lamport"),
    (Labels::Vector, "vector"),
    (Labels::Both, "both"),
    (Labels::Own, "own"),
];

/// Pairs of key and value: the same in a link and in what the page keeps.
pub(crate) type Kept = Vec<(String, String)>;

/// Reads one key, and says whether its value makes sense.
type Read = fn(&mut Session, Option<&str>) -> bool;

/// What a view consists of.
const LOOKS: [(&str, Read); 11] = [
    ("l", Session::set_labels),
    ("a", Session::set_axis_named),
    ("p", Session::set_speed),
    ("h", Session::set_hidden),
    ("w", Session::set_window),
    ("f", Session::set_follow),
    ("d", Session::set_direction),
    ("o", Session::set_order),
    ("c", Session::set_collapsed),
    ("q", Session::set_search),
    ("r", Session::set_routine),
];

/// Axes by their names in a link.
const AXES: [(Axis, &str); 3] = [(Axis::Time, "time"), (Axis::Logical, "order"), (Axis::Story, "story")];

/// The keys of a view.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    LOOKS.iter().map(|(key, _)| *key)
}

/// Lanes as numbers, counted from 1.
fn lanes_text(lanes: &[NodeId]) -> String {
    lanes.iter().map(|lane| (lane + 1).to_string()).collect::<Vec<_>>().join(",")
}

impl Session {
    /// How it looks. Keys: `l` clocks, `a` axis, `w` stretch, `f` whether it follows now, `p` speed, `h` hidden sorts;
    /// and where they are not as usual, `d` direction, `o` order of the lanes, `c` collapsed lanes, `r` routine messages
    /// brought out of the folds of the story, `q` search.
    #[must_use]
    pub(crate) fn kept(&self) -> Kept {
        let labels = LABELS.iter().find(|(l, _)| *l == self.labels).map_or("none", |(_, name)| name);
        let axis = AXES.iter().find(|(axis, _)| *axis == self.axis).map_or("time", |(_, name)| name);
        let mut pairs = vec![
            ("l", labels.to_string()),
            ("a", axis.to_string()),
            ("w", format!("{},{}", self.window.0 as i64, self.window.1 as i64)),
            ("f", u8::from(self.follow).to_string()),
            ("p", self.speed.to_string()),
            ("h", self.hidden.join(",")),
        ];
        let look = &self.look;
        let more = [
            ("d", if look.orientation == Orientation::Down { "down".into() } else { String::new() }),
            ("o", lanes_text(&look.order)),
            ("c", lanes_text(&look.collapsed)),
            ("r", if self.routine { "1".into() } else { String::new() }),
            ("q", look.finder.as_ref().map_or_else(String::new, |f| f.text.clone())),
        ];
        pairs.extend(more.into_iter().filter(|(_, value)| !value.is_empty()));
        pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// Looks that way again. What makes no sense is passed over, since it is only the view; a sentence says what that was.
    pub(crate) fn set_kept(&mut self, kept: &Kept) -> Option<String> {
        let value = |key: &str| kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let fits = LOOKS.map(|(key, read)| read(self, value(key)));
        let wrong = LOOKS.iter().zip(fits).filter(|(_, fits)| !fits);
        let wrong: Vec<String> =
            wrong.map(|((key, _), _)| format!("“{key}={}”", value(key).unwrap_or_default())).collect();
        (!wrong.is_empty())
            .then(|| format!("The link says {}, which makes no sense here; the rest is as it says.", wrong.join(", ")))
    }

    fn set_labels(&mut self, value: Option<&str>) -> bool {
        let found = LABELS.iter().find(|(_, name)| value == Some(name)).map(|(labels, _)| *labels);
        let found = found.filter(|l| *l != Labels::Own || self.lab().spec().own_clock.is_some());
        self.labels = found.unwrap_or(self.labels);
        found.is_some() || value.is_none()
    }

    fn set_axis_named(&mut self, value: Option<&str>) -> bool {
        let found = AXES.iter().find(|(_, name)| value == Some(name)).map(|(axis, _)| *axis);
        if let Some(axis) = found.filter(|axis| *axis != self.axis) {
            self.axis = axis;
            self.window = self.first_window();
        }
        found.is_some() || value.is_none()
    }

    fn set_speed(&mut self, value: Option<&str>) -> bool {
        let found = value.and_then(|p| p.parse::<usize>().ok()).filter(|&p| p < SPEEDS.len());
        self.speed = found.unwrap_or(self.speed);
        found.is_some() || value.is_none()
    }

    fn set_window(&mut self, value: Option<&str>) -> bool {
        let edge = |text: &str| text.parse::<i64>().ok().filter(|e| e.unsigned_abs() <= EDGE_MAX).map(|e| e as f64);
        let edges = value.and_then(|w| w.split_once(',')).and_then(|(a, b)| Some((edge(a)?, edge(b)?)));
        let found = edges.filter(|(from, to)| to - from >= SPAN_MIN);
        self.window = found.unwrap_or(self.window);
        found.is_some() || value.is_none()
    }

    fn set_follow(&mut self, value: Option<&str>) -> bool {
        self.follow = value != Some("0");
        value.is_none_or(|f| f == "0" || f == "1")
    }

    fn set_direction(&mut self, value: Option<&str>) -> bool {
        self.look.orientation = if value == Some("down") { Orientation::Down } else { Orientation::Right };
        value.is_none_or(|d| d == "down" || d == "right")
    }

    fn set_order(&mut self, value: Option<&str>) -> bool {
        let (first, fits) = self.lanes_of(value);
        let order = lane_order(self.run.names().len(), &first);
        self.look.set_order(order);
        fits
    }

    fn set_collapsed(&mut self, value: Option<&str>) -> bool {
        let (collapsed, fits) = self.lanes_of(value);
        self.look.collapsed = collapsed;
        fits
    }

    fn set_search(&mut self, value: Option<&str>) -> bool {
        // What is wrong with a search stands below its field.
        look::carry_out(self, look::Wish::Search(value.unwrap_or_default().into()));
        true
    }

    fn set_routine(&mut self, value: Option<&str>) -> bool {
        self.routine = value == Some("1");
        value.is_none_or(|r| r == "0" || r == "1")
    }

    /// Lanes from a list of numbers, counted from 1 and each once; and whether all of them are there.
    fn lanes_of(&self, value: Option<&str>) -> (Vec<NodeId>, bool) {
        let (mut lanes, mut fits) = (Vec::new(), true);
        for text in value.unwrap_or_default().split(',').filter(|text| !text.is_empty()) {
            let lane = text.parse::<NodeId>().ok().and_then(|n| n.checked_sub(1));
            match lane.filter(|&n| usize::from(n) < self.run.names().len() && !lanes.contains(&n)) {
                Some(lane) => lanes.push(lane),
                None => fits = false,
            }
        }
        (lanes, fits)
    }

    fn set_hidden(&mut self, value: Option<&str>) -> bool {
        let Some(names) = value else { return true };
        self.hide_only(names);
        names.split(',').all(|name| name.is_empty() || self.hidden.contains(&name))
    }

    fn hide_only(&mut self, names: &str) {
        let wanted: Vec<&str> = names.split(',').filter(|n| !n.is_empty()).collect();
        self.index.update(&self.run);
        let mut kinds = self.index.kinds().to_vec();
        kinds.push(LINK_LAYER);
        if wanted.iter().any(|w| !kinds.contains(w)) {
            // Sorts are known by their messages: the whole run has them all.
            let mut whole = self.run.fork();
            whole.seek_time(whole.scenario().until_us, u32::MAX);
            let index = Index::of(&whole);
            kinds.extend(index.kinds());
        }
        self.hidden = Vec::new();
        for kind in kinds {
            if wanted.contains(&kind) && !self.hidden.contains(&kind) {
                self.hidden.push(kind);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::first_scenario;
    use super::*;
    use lightcone_core::labs;

    #[test]
    fn a_view_comes_back_and_nonsense_changes_nothing() {
        let mut session = Session::new(first_scenario());
        session.set_axis(Axis::Logical);
        session.labels = Labels::Both;
        session.zoom(0.5, 0.2);
        session.toggle_hidden(LINK_LAYER);
        session.change_speed(true);
        for wish in [
            look::Wish::Turn(Orientation::Down),
            look::Wish::Lane(2, 0),
            look::Wish::Fold(1),
            look::Wish::Search("kind:send \"a & b\"".into()),
        ] {
            look::carry_out(&mut session, wish);
        }
        let kept = session.kept();
        let mut other = Session::new(first_scenario());
        assert_ne!(other.kept(), kept);
        assert_eq!(other.set_kept(&kept), None);
        assert_eq!(other.kept(), kept);
        assert_eq!(other.view(100.0, 100.0).order, [2, 0, 1]);
        let nonsense = [("l", "x"), ("a", "y"), ("w", "5,1"), ("p", "99"), ("h", ""), ("f", "0")];
        let rest = kept[6..].to_vec();
        let said = other.set_kept(&[pairs(&nonsense), rest].concat()).expect("a sentence");
        assert_eq!(
            said,
            "The link says “l=x”, “a=y”, “p=99”, “w=5,1”, which makes no sense here; the rest is as it says."
        );
        assert_eq!(other.kept(), kept);
        for wide in ["9223372036854775807,1", "-9223372036854775808,9223372036854775807", "1", "a,b"] {
            other.set_kept(&pairs(&[("w", wide)]));
            assert_eq!(other.kept()[2], kept[2]);
        }
    }

    fn pairs(list: &[(&str, &str)]) -> Kept {
        list.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
    }

    #[test]
    fn lanes_that_are_not_there_are_named_and_the_others_stand_as_they_are_asked_to() {
        let mut session = Session::new(first_scenario());
        let said = session.set_kept(&pairs(&[("o", "3,9,x,3"), ("c", "0,2,70000"), ("d", "up"), ("q", "node:P9")]));
        let said = said.expect("a sentence");
        for bad in ["“d=up”", "“o=3,9,x,3”", "“c=0,2,70000”"] {
            assert!(said.contains(bad), "{said}");
        }
        assert!(!said.contains("q="), "a search says itself what is wrong with it");
        assert!(session.look.finder.as_ref().is_some_and(|f| f.trouble.is_some()));
        assert_eq!((session.look.lanes(3), session.look.collapsed.clone()), (vec![2, 0, 1], vec![1]));
        // The usual order is none, and goes into no link.
        assert_eq!(session.set_kept(&pairs(&[("o", "1,2,3")])), None);
        assert!(session.look.order.is_empty() && session.look.finder.is_none());
    }

    #[test]
    fn a_hidden_sort_of_messages_is_found_before_it_was_ever_sent() {
        let kinds = |session: &mut Session| {
            session.seek_time(1e9);
            session.index.kinds().to_vec()
        };
        let lab = lightcone_core::labs::LABS.iter().find(|lab| {
            let mut session = session_of(lab.spec());
            kinds(&mut session).len() > 2
        });
        let spec = lab.expect("some lab has several sorts of messages").spec();
        let kind = kinds(&mut session_of(spec))[1];
        let mut session = session_of(spec);
        session.set_kept(&vec![("h".into(), format!("{kind},nonsense"))]);
        assert_eq!(session.hidden, [kind]);
    }

    fn session_of(spec: &'static lightcone_core::tables::LabSpec) -> Session {
        let json = spec.scenarios[0].json();
        Session::new(labs::parse(&json).expect("a scenario"))
    }
}
