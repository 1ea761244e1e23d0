//! What is shared as a property: compared by its version, so that a component draws again only when needed.

use crate::model::session::Session;
use std::cell::{Ref, RefCell};
use std::rc::Rc;

/// Something shared at one of its versions; usually the session.
pub(crate) struct Model<T = Session> {
    shared: Rc<RefCell<T>>,
    version: u64,
}

impl<T> Model<T> {
    /// As it is now.
    #[must_use]
    pub(crate) fn new(shared: Rc<RefCell<T>>, version: u64) -> Model<T> {
        Model { shared, version }
    }

    /// Looks into it.
    #[must_use]
    pub(crate) fn get(&self) -> Ref<'_, T> {
        self.shared.borrow()
    }
}

impl<T> Clone for Model<T> {
    // By hand, because what is shared need not be copied.
    fn clone(&self) -> Self {
        Model { shared: Rc::clone(&self.shared), version: self.version }
    }
}

impl<T> PartialEq for Model<T> {
    // By hand, because it is compared by its version and not by its content.
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.shared, &other.shared)
    }
}
