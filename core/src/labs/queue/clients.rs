//! Clients: producers that ask again until they are answered, and consumers that process what they get.

pub(super) mod consumer;
pub(super) mod producer;
