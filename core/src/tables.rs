//! Layer 3: what a lab says of itself, as data.
//!
//! Set-up fields, operations with their arguments, rules, switches, built-in scenarios, HTTP forms, loads and series are
//! rows of tables; so are the rules that links can follow. The scenario reader, the command line's listing, the page's
//! forms and its console all read these same tables, so they cannot disagree, and none of them knows a lab.
//!
//! Deliberately knows no lab, no protocol and no run. The layers above use what is named here.

mod builtin;
mod http;
mod labels;
mod load;
mod made_up;
mod network;
mod params;
mod phases;
mod setup;
mod spec;

pub use builtin::Builtin;
pub use http::{HttpForm, HttpKey, Performer};
pub use labels::Labels;
pub use load::{Group, Load, Loads, Share};
pub(crate) use made_up::{Asked, made_up, typed};
pub use network::{DELAY_US_MIN, Delay, LinkChange, LinkRule, MEAN_US_MAX, TIME_US_MAX, read_range};
pub use params::{Fields, Param, Takes, Value, Values, read_node};
pub use phases::Phases;
pub use setup::Setup;
pub use spec::{Fold, LabSpec, Operation, Rule, Sample, Series, Sort, Step, Switch, listing};
