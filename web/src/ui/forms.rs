//! What a person sets and asks for: operations, many requests at once, network, faults, settings.

mod act;
mod argument;
mod faults;
mod field;
mod load;
mod load_card;
mod network;
mod seed;
mod setup;
mod situations;
mod typed;

pub(crate) use act::ActPanel;
pub(crate) use faults::Faults;
pub(crate) use load_card::LoadCard;
pub(crate) use network::NetworkPanel;
pub(crate) use setup::SetupPanel;
pub(crate) use typed::Typed;
