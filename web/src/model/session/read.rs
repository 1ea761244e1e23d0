//! What can be seen of a session.

use super::look::Look;
use super::{History, Session};
use crate::model::branches::{Compare, Tree};
use crate::model::load::Load;
use lightcone_core::engine::Run;
use lightcone_core::tables::{Builtin, Labels};
use lightcone_core::trace::RecordId;
use lightcone_core::trace::frame::{Frame, Panel};
use lightcone_core::views::diagram::{Axis, Index};

impl Session {
    /// The run.
    #[must_use]
    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// What the diagram finds things with.
    #[must_use]
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// The moment at the cursor.
    #[must_use]
    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Whether the view clock runs.
    #[must_use]
    pub(crate) fn is_playing(&self) -> bool {
        self.playing
    }

    /// Place in [`SPEEDS`].
    #[must_use]
    pub(crate) fn speed(&self) -> usize {
        self.speed
    }

    /// The view clock, in microseconds.
    #[must_use]
    pub(crate) fn view_us(&self) -> f64 {
        self.view_us
    }

    /// What the diagram shows: left and right edge, in units of the axis.
    #[must_use]
    pub(crate) fn window(&self) -> (f64, f64) {
        self.window
    }

    /// Whether the window follows the view clock.
    #[must_use]
    pub(crate) fn follows(&self) -> bool {
        self.follow
    }

    /// What the axis shows.
    #[must_use]
    pub(crate) fn axis(&self) -> Axis {
        self.axis
    }

    /// What stands beside events.
    #[must_use]
    pub(crate) fn labels(&self) -> Labels {
        self.labels
    }

    /// Sorts of messages that are not shown.
    #[must_use]
    pub(crate) fn hidden(&self) -> &[&'static str] {
        &self.hidden
    }

    /// How else it is looked at.
    #[must_use]
    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    /// The event under the pointer.
    #[must_use]
    pub(crate) fn hover(&self) -> Option<RecordId> {
        self.hover
    }

    /// The events that were chosen.
    #[must_use]
    pub(crate) fn chosen(&self) -> [Option<RecordId>; 2] {
        self.chosen
    }

    /// Events that a guide points at.
    #[must_use]
    pub(crate) fn ringed(&self) -> &[RecordId] {
        &self.ringed
    }

    /// From this event on clocks are covered.
    #[must_use]
    pub(crate) fn veil(&self) -> Option<RecordId> {
        self.veil
    }

    /// The branches.
    #[must_use]
    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// What can be taken back.
    #[must_use]
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// The branch beside the one that is shown.
    #[must_use]
    pub(crate) fn compare(&self) -> Option<&Compare> {
        self.compare.as_ref()
    }

    /// The load that was started last.
    #[must_use]
    pub(crate) fn load(&self) -> Option<&Load> {
        self.load.as_ref()
    }

    /// Tells one scenario of this session from another: changes with every act, and with every other run.
    #[must_use]
    pub(crate) fn scenario_mark(&self) -> (u32, u32) {
        (self.runs, self.run.acts_made())
    }

    /// The lab's own views at the cursor: worked out when they are shown, once for each moment.
    #[must_use]
    pub(crate) fn panels(&self) -> &[Panel] {
        self.panels.get_or_init(|| self.run.panels())
    }

    /// Id of the built-in scenario that this began with.
    #[must_use]
    pub(crate) fn builtin_id(&self) -> Option<&'static str> {
        self.builtin
    }

    /// The built-in scenario that is open.
    #[must_use]
    pub(crate) fn builtin(&self) -> Option<&'static Builtin> {
        self.lab().spec().scenarios.iter().find(|b| Some(b.id) == self.builtin)
    }

    /// What the title bar and a file are called.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        self.run.scenario().name().to_string()
    }
}
