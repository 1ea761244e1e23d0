//! A lab: a protocol with its story, whatever their types.

use super::machine::Machine;
use super::typed::Typed;
use super::{Context, Story};
use crate::coherence::{Accesses, Shape};
use crate::tables::{LabSpec, Setup, Values};
use std::marker::PhantomData;

/// A setting or an argument that does not fit: its name and a sentence.
pub type Misfit = (&'static str, String);

/// A lab, as everything above the protocols sees it.
pub trait Lab: Sync {
    /// Its tables.
    fn spec(&self) -> &'static LabSpec;

    /// The protocol under some settings, before anything has happened.
    ///
    /// # Errors
    /// The setting that does not fit to the others.
    fn machine(&self, setup: &Setup) -> Result<Box<dyn Machine>, Misfit>;

    /// What it can do besides running.
    fn capabilities(&self) -> &Capabilities;
}

impl PartialEq for dyn Lab {
    fn eq(&self, other: &Self) -> bool {
        self.spec().id == other.spec().id
    }
}

impl Eq for dyn Lab {}

/// Makes a scenario, as JSON, in which the first accesses of a memory trace happen one after the other, or says why there
/// can be none.
pub type FromMemoryTrace = fn(&Accesses, Shape) -> Result<String, String>;

/// What some labs can do and others cannot. A lab registers it where it is put into the list of labs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capabilities {
    /// Memory traces can be run through its caches.
    pub memory_trace: Option<FromMemoryTrace>,
}

/// The lab of a protocol: put one into the list of labs.
pub struct Of<P> {
    capabilities: Capabilities,
    protocol: PhantomData<fn() -> P>,
}

impl<P: Story> Of<P> {
    /// The lab, with nothing besides its protocol.
    pub const NEW: Of<P> = Of::with(Capabilities { memory_trace: None });

    /// The lab, with something that it can do besides.
    #[must_use]
    pub const fn with(capabilities: Capabilities) -> Of<P> {
        Of { capabilities, protocol: PhantomData }
    }
}

/// What all parts of a lab look at under some settings.
pub(crate) fn context<P: Story>(setup: &Setup) -> Result<Context<P>, Misfit> {
    let setup = P::setup(Values::of(P::spec().setup, &setup.fields), &setup.broken)?;
    let processes = P::processes(&setup);
    let roles = processes.iter().map(|p| p.role).collect();
    Ok(Context { setup, names: processes.into_iter().map(|p| p.name).collect(), roles })
}

impl<P: Story> Lab for Of<P> {
    fn spec(&self) -> &'static LabSpec {
        P::spec()
    }

    fn machine(&self, setup: &Setup) -> Result<Box<dyn Machine>, Misfit> {
        Ok(Box::new(Typed::<P>::new(context(setup)?)))
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }
}
