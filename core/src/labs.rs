//! The registry: one line for each lab.

pub mod causal_kv;
pub mod causal_multicast;
#[cfg(test)]
mod golden;
mod group;
pub mod mesi;
pub mod raft_lock;
pub mod total_order;
pub mod vector_clocks;

use crate::act::RequestAct;
use crate::coherence::{Accesses, Shape};
use crate::protocol::{Context, ProcessInfo, Protocol};
use crate::run::Run;
use crate::scenario::{Scenario, Setup};
use crate::schema::{LabSpec, Value};
use crate::timeline::Timeline;
use crate::typed::Typed;
use std::marker::PhantomData;

/// All labs, in the order in which they are shown.
pub static LABS: &[&dyn Lab] = &[
    &Of::<vector_clocks::VectorClocks>::NEW,
    &Of::<total_order::TotalOrder>::NEW,
    &Of::<causal_multicast::CausalMulticast>::NEW,
    &Of::<causal_kv::CausalKv>::NEW,
    &Of::<raft_lock::RaftLock>::NEW,
    &Of::<mesi::Mesi>::NEW,
];

/// A lab, whatever its protocol.
pub trait Lab: Sync {
    /// Its tables.
    fn spec(&self) -> &'static LabSpec;

    /// The processes under some settings.
    fn processes(&self, setup: &Setup) -> Vec<ProcessInfo>;

    /// Whether settings fit together.
    ///
    /// # Errors
    /// The field and a sentence.
    fn check_setup(&self, setup: &Setup) -> Result<(), (&'static str, String)>;

    /// Whether a request makes sense at all.
    ///
    /// # Errors
    /// The argument and a sentence.
    fn check_request(&self, setup: &Setup, request: &RequestAct) -> Result<(), (&'static str, String)>;

    /// See [`Protocol::make_up`].
    fn make_up(&self, setup: &Setup, operation: &'static str, param: &'static str, bits: u64) -> Option<Value>;

    /// A scenario in which the first accesses of a memory trace happen one after the other, as JSON; nothing where the lab is
    /// not about caches.
    ///
    /// # Errors
    /// Why there can be none.
    fn trace_scenario(&self, accesses: &Accesses, shape: Shape) -> Option<Result<String, String>>;

    /// Starts a run.
    fn open(&self, scenario: Scenario) -> Box<dyn Run>;
}

impl PartialEq for dyn Lab {
    fn eq(&self, other: &Self) -> bool {
        self.spec().id == other.spec().id
    }
}

impl Eq for dyn Lab {}

/// A lab by its id.
#[must_use]
pub fn find(id: &str) -> Option<&'static dyn Lab> {
    LABS.iter().copied().find(|lab| lab.spec().id == id)
}

/// The ids of all labs.
#[must_use]
pub fn ids() -> Vec<&'static str> {
    LABS.iter().map(|lab| lab.spec().id).collect()
}

/// The lab of a protocol: put one into [`LABS`].
pub struct Of<P>(PhantomData<fn() -> P>);

impl<P: Protocol> Of<P> {
    /// The lab.
    pub const NEW: Of<P> = Of(PhantomData);
}

/// What all parts of a lab look at under some settings, which were checked.
pub(crate) fn context<P: Protocol>(setup: &Setup) -> Context<P> {
    let setup = P::setup(&setup.fields, &setup.broken).expect("settings are checked when they are read");
    let processes = P::processes(&setup);
    let roles = processes.iter().map(|p| p.role).collect();
    Context { setup, names: processes.into_iter().map(|p| p.name).collect(), roles }
}

impl<P: Protocol> Lab for Of<P> {
    fn spec(&self) -> &'static LabSpec {
        P::spec()
    }

    fn processes(&self, setup: &Setup) -> Vec<ProcessInfo> {
        P::processes(&context::<P>(setup).setup)
    }

    fn check_setup(&self, setup: &Setup) -> Result<(), (&'static str, String)> {
        P::setup(&setup.fields, &setup.broken).map(drop)
    }

    fn check_request(&self, setup: &Setup, request: &RequestAct) -> Result<(), (&'static str, String)> {
        let ctx = context::<P>(setup);
        P::request(&ctx, request.node, request.operation.name, &request.args).map(drop)
    }

    fn make_up(&self, setup: &Setup, operation: &'static str, param: &'static str, bits: u64) -> Option<Value> {
        P::make_up(&context::<P>(setup), operation, param, bits)
    }

    fn trace_scenario(&self, accesses: &Accesses, shape: Shape) -> Option<Result<String, String>> {
        P::trace_scenario(accesses, shape)
    }

    fn open(&self, scenario: Scenario) -> Box<dyn Run> {
        let machine = Typed::<P>::new(context(&scenario.setup));
        Box::new(Timeline::new(scenario, Box::new(machine)))
    }
}
