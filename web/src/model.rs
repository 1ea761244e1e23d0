//! The session as a property: compared by its version, so that a component draws again only when needed.

use crate::session::Session;
use std::cell::{Ref, RefCell};
use std::rc::Rc;

/// A shared session at one of its versions.
#[derive(Clone)]
pub(crate) struct Model {
    session: Rc<RefCell<Session>>,
    version: u64,
}

impl Model {
    /// The session as it is now.
    #[must_use]
    pub(crate) fn new(session: Rc<RefCell<Session>>, version: u64) -> Model {
        Model { session, version }
    }

    /// Looks into the session.
    #[must_use]
    pub(crate) fn get(&self) -> Ref<'_, Session> {
        self.session.borrow()
    }
}

impl PartialEq for Model {
    // By hand, because a session is compared by its version and not by its content.
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.session, &other.session)
    }
}
