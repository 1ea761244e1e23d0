//! How the screen is divided: widths, heights, which panels are closed, and what has the most room. Kept for the next visit, for
//! each lab: caches want another balance than clocks.

/// A panel that can be closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Operations.
    Act,
    /// Delay, loss, cuts.
    Network,
    /// Crash and pause.
    Faults,
    /// Settings and switches.
    Setup,
    /// What is selected.
    Inspect,
    /// The lab's rules.
    Rules,
    /// Everything below the diagram.
    Below,
}

impl Slot {
    /// All of them with the name under which they are kept and the one for people.
    pub(crate) const ALL: [(Slot, &'static str, &'static str); 7] = [
        (Slot::Act, "act", "Act"),
        (Slot::Network, "network", "Network"),
        (Slot::Faults, "faults", "Faults"),
        (Slot::Setup, "setup", "Set-up"),
        (Slot::Inspect, "inspect", "Inspector"),
        (Slot::Rules, "rules", "Rules"),
        (Slot::Below, "below", "Views below the diagram"),
    ];

    /// The name under which it is kept.
    pub(crate) fn id(self) -> &'static str {
        Slot::ALL.iter().find(|(slot, _, _)| *slot == self).map_or("", |(_, id, _)| id)
    }

    /// Its name for people.
    pub(crate) fn title(self) -> &'static str {
        Slot::ALL.iter().find(|(slot, _, _)| *slot == self).map_or("", |(_, _, title)| title)
    }
}

/// A line between two parts that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// Between the left column and the diagram.
    Left,
    /// Between the diagram and the right column.
    Right,
    /// Between the diagram and what is below it.
    Below,
}

/// The least, the usual and the most of a part, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// Least.
    pub min: u32,
    /// Usual.
    pub usual: u32,
    /// Most.
    pub max: u32,
}

impl Edge {
    /// How large the part beside the line may be.
    pub(crate) const fn range(self) -> Range {
        match self {
            Edge::Left => Range { min: 200, usual: 272, max: 520 },
            Edge::Right => Range { min: 220, usual: 300, max: 640 },
            Edge::Below => Range { min: 90, usual: 280, max: 900 },
        }
    }
}

/// What has the most room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The diagram.
    #[default]
    Diagram,
    /// The lab's views, in the diagram's place.
    Views,
    /// The lab's views, over the whole window.
    Whole,
}

impl Stage {
    /// All of them with the names under which they are kept.
    const ALL: [(Stage, &'static str); 3] =
        [(Stage::Diagram, "diagram"), (Stage::Views, "views"), (Stage::Whole, "whole")];

    fn id(self) -> &'static str {
        Stage::ALL.iter().find(|(stage, _)| *stage == self).map_or("", |(_, id)| id)
    }
}

/// How the screen is divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    left: u32,
    right: u32,
    /// What the person wants; else the diagram has its share, and the rest is what remains.
    below: Option<u32>,
    closed: Vec<Slot>,
    /// What has the most room.
    pub stage: Stage,
}

impl Default for Layout {
    fn default() -> Self {
        let usual = |edge: Edge| edge.range().usual;
        let (left, right) = (usual(Edge::Left), usual(Edge::Right));
        Layout { left, right, below: None, closed: Vec::new(), stage: Stage::Diagram }
    }
}

impl Layout {
    /// The size of the part beside a line, in pixels.
    pub(crate) fn size(&self, edge: Edge) -> u32 {
        match edge {
            Edge::Left => self.left,
            Edge::Right => self.right,
            Edge::Below => self.below.unwrap_or(edge.range().usual),
        }
    }

    /// Moves a line; what is too small or too large becomes the least or the most.
    pub(crate) fn set(&mut self, edge: Edge, size: f64) {
        let Range { min, max, .. } = edge.range();
        let size = (size.max(0.0) as u32).clamp(min, max);
        match edge {
            Edge::Left => self.left = size,
            Edge::Right => self.right = size,
            Edge::Below => self.below = Some(size),
        }
    }

    /// Puts a line where it is as a rule.
    pub(crate) fn reset(&mut self, edge: Edge) {
        self.set(edge, f64::from(edge.range().usual));
        if edge == Edge::Below {
            self.below = None;
        }
    }

    /// Whether the person has said how high the views are.
    pub(crate) fn is_sized(&self) -> bool {
        self.below.is_some()
    }

    /// Whether nothing under the diagram is open.
    pub(crate) fn is_bare(&self) -> bool {
        Slot::ALL.iter().all(|(slot, ..)| !self.is_open(*slot))
    }

    /// Whether a panel is open.
    pub(crate) fn is_open(&self, slot: Slot) -> bool {
        !self.closed.contains(&slot)
    }

    /// Opens or closes a panel.
    pub(crate) fn toggle(&mut self, slot: Slot) {
        match self.closed.iter().position(|s| *s == slot) {
            Some(i) => drop(self.closed.remove(i)),
            None => self.closed.push(slot),
        }
    }

    /// As text, for the next visit.
    pub(crate) fn text(&self) -> String {
        let closed: Vec<&str> = self.closed.iter().map(|slot| slot.id()).collect();
        let below = self.below.map_or("-".into(), |px| px.to_string());
        format!("{} {} {below} {} {}", self.left, self.right, closed.join(","), self.stage.id())
    }

    /// From text; what cannot be read stays as usual.
    pub(crate) fn from_text(text: &str) -> Layout {
        let mut layout = Layout::default();
        let mut words = text.split(' ');
        for edge in [Edge::Left, Edge::Right, Edge::Below] {
            if let Some(size) = words.next().and_then(|w| w.parse::<u32>().ok()) {
                layout.set(edge, f64::from(size));
            }
        }
        let closed = words.next().unwrap_or_default();
        let is_closed = |id: &str| closed.split(',').any(|c| c == id);
        layout.closed = Slot::ALL.iter().filter(|(_, id, _)| is_closed(id)).map(|(slot, _, _)| *slot).collect();
        let stage = words.next().unwrap_or_default();
        layout.stage = Stage::ALL.iter().find(|(_, id)| *id == stage).map_or(Stage::Diagram, |(stage, _)| *stage);
        layout
    }

    /// As the style of the page, for so many lanes.
    pub(crate) fn style(&self, lanes: usize) -> String {
        let column = |slots: &[Slot], size: u32| if slots.iter().any(|s| self.is_open(*s)) { size } else { 0 };
        let left = column(&[Slot::Act, Slot::Network, Slot::Faults, Slot::Setup], self.left);
        let right = column(&[Slot::Inspect, Slot::Rules], self.right);
        let below = self.below.map_or(String::new(), |px| format!(";--under:{px}px"));
        format!("--left:{left}px;--right:{right}px;--lanes:{lanes}{below}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_nonsense_stays_as_usual() {
        let mut layout = Layout::default();
        layout.set(Edge::Left, 300.0);
        layout.set(Edge::Below, 1e9);
        layout.toggle(Slot::Rules);
        layout.stage = Stage::Whole;
        assert_eq!(Layout::from_text(&layout.text()), layout);
        assert_eq!(layout.size(Edge::Below), Edge::Below.range().max);
        layout.toggle(Slot::Rules);
        assert!(layout.is_open(Slot::Rules));
        for nonsense in ["", "x", "-1 y  ,,nothing", "999999999999 0 0 "] {
            let read = Layout::from_text(nonsense);
            assert!(Slot::ALL.iter().all(|(slot, _, _)| read.is_open(*slot)), "{nonsense}");
            assert!(read.size(Edge::Left) <= Edge::Left.range().max);
        }
    }

    #[test]
    fn a_column_without_open_panels_takes_no_room() {
        let mut layout = Layout::default();
        layout.toggle(Slot::Inspect);
        assert!(layout.style(3).contains("--right:300px"));
        layout.toggle(Slot::Rules);
        assert!(layout.style(3).contains("--right:0px"));
    }
}
