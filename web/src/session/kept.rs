//! The view as it is kept and shared: clocks, axis, stretch, hidden sorts of messages, speed.

use super::{SPAN_MIN, SPEEDS, Session};
use lightcone_core::diagram::{Axis, Index, LINK_LAYER, Labels};

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

impl Session {
    /// How it looks. Keys: `l` clocks, `a` axis, `w` stretch, `f` whether it follows now, `p` speed, `h` hidden sorts.
    #[must_use]
    pub(crate) fn kept(&self) -> Kept {
        let labels = LABELS.iter().find(|(l, _)| *l == self.labels).map_or("none", |(_, name)| name);
        let axis = if self.axis == Axis::Time { "time" } else { "order" };
        let pairs = [
            ("l", labels.to_string()),
            ("a", axis.to_string()),
            ("w", format!("{},{}", self.window.0 as i64, self.window.1 as i64)),
            ("f", u8::from(self.follow).to_string()),
            ("p", self.speed.to_string()),
            ("h", self.hidden.join(",")),
        ];
        pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
    }

    /// Looks that way again. What makes no sense is passed over: it is only the view.
    pub(crate) fn set_kept(&mut self, kept: &Kept) {
        let value = |key: &str| kept.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        if let Some((labels, _)) = LABELS.iter().find(|(_, name)| value("l") == Some(name)) {
            let fits = *labels != Labels::Own || self.lab().spec().own_clock.is_some();
            self.labels = if fits { *labels } else { self.labels };
        }
        match value("a") {
            Some("time") => self.axis = Axis::Time,
            Some("order") => self.axis = Axis::Logical,
            _ => {}
        }
        if let Some(speed) = value("p").and_then(|p| p.parse::<usize>().ok()).filter(|&p| p < SPEEDS.len()) {
            self.speed = speed;
        }
        if let Some(hidden) = value("h") {
            self.hide_only(hidden);
        }
        let edge = |text: &str| text.parse::<i64>().ok().filter(|e| e.unsigned_abs() <= EDGE_MAX).map(|e| e as f64);
        let edges = value("w").and_then(|w| w.split_once(',')).and_then(|(a, b)| Some((edge(a)?, edge(b)?)));
        if let Some(window) = edges.filter(|(from, to)| to - from >= SPAN_MIN) {
            self.window = window;
        }
        self.follow = value("f") != Some("0");
        self.version += 1;
    }

    fn hide_only(&mut self, names: &str) {
        let wanted: Vec<&str> = names.split(',').filter(|n| !n.is_empty()).collect();
        self.index.update(&*self.run);
        let mut kinds = self.index.kinds().to_vec();
        kinds.push(LINK_LAYER);
        if wanted.iter().any(|w| !kinds.contains(w)) {
            // Sorts are known by their messages: the whole run has them all.
            let mut whole = self.run.fork();
            whole.seek_time(whole.scenario().until_us, u32::MAX);
            let mut index = Index::default();
            index.update(&*whole);
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

    #[test]
    fn a_view_comes_back_and_nonsense_changes_nothing() {
        let mut session = Session::new(first_scenario());
        session.set_axis(Axis::Logical);
        session.labels = Labels::Both;
        session.zoom(0.5, 0.2);
        session.toggle_hidden(LINK_LAYER);
        session.change_speed(true);
        let kept = session.kept();
        let mut other = Session::new(first_scenario());
        assert_ne!(other.kept(), kept);
        other.set_kept(&kept);
        assert_eq!(other.kept(), kept);
        let nonsense = [("l", "x"), ("a", "y"), ("w", "5,1"), ("p", "99"), ("h", ""), ("f", "0")];
        other.set_kept(&nonsense.map(|(k, v)| (k.to_string(), v.to_string())).to_vec());
        assert_eq!(other.kept(), kept);
        for wide in ["9223372036854775807,1", "-9223372036854775808,9223372036854775807", "1", "a,b"] {
            other.set_kept(&vec![("w".into(), wide.into())]);
            assert_eq!(other.kept()[2], kept[2]);
        }
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

    fn session_of(spec: &'static lightcone_core::schema::LabSpec) -> Session {
        let json = spec.scenarios[0].json;
        Session::new(lightcone_core::scenario::Scenario::parse(json).expect("a scenario"))
    }
}
