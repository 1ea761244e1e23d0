//! The one way to change what is shared, and what is handed to components of it.

use super::session::Session;
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

/// Something that is shared, and how often it was changed. It changes in one way, [`Store::change`], so nobody need count.
pub(crate) struct Store<T = Session> {
    inner: RefCell<T>,
    version: Cell<u64>,
    /// Told after every change.
    after: Box<dyn Fn(&T)>,
}

impl<T: 'static> Store<T> {
    /// Takes something in; `after` is told of every change.
    pub(crate) fn new(inner: T, after: impl Fn(&T) + 'static) -> Rc<Store<T>> {
        after(&inner);
        Rc::new(Store { inner: RefCell::new(inner), version: Cell::new(0), after: Box::new(after) })
    }

    /// Looks into it.
    pub(crate) fn read(&self) -> Ref<'_, T> {
        self.inner.borrow()
    }

    /// Changes it, and says what came of that.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let said = change(&mut self.inner.borrow_mut());
        self.version.set(self.version.get() + 1);
        (self.after)(&self.inner.borrow());
        said
    }

    /// As it is now, as a property.
    pub(crate) fn model(self: &Rc<Self>) -> Model<T> {
        Model { store: Rc::clone(self), version: self.version.get() }
    }
}

/// Something shared at one of its versions, as a property: a component draws again only where the version is another one.
pub(crate) struct Model<T = Session> {
    store: Rc<Store<T>>,
    version: u64,
}

impl<T: 'static> Model<T> {
    /// Looks into it.
    #[must_use]
    pub(crate) fn get(&self) -> Ref<'_, T> {
        self.store.read()
    }
}

impl<T> Clone for Model<T> {
    // By hand, because what is shared need not be copied.
    fn clone(&self) -> Self {
        Model { store: Rc::clone(&self.store), version: self.version }
    }
}

impl<T> PartialEq for Model<T> {
    // By hand, because it is compared by its version and not by its content.
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && Rc::ptr_eq(&self.store, &other.store)
    }
}
